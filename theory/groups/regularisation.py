r"""Finite regularisation on a group: what the global minimiser of the plain cross-entropy looks like at lambda.

For any finite group, any k and a wide enough network (ours),

.. math:: \min_\theta\ \mathrm{CE} + \lambda \|\theta\|_{2,k+1}^{k+1} = \min_{x \ge 0}\
   \log\Bigl(1 + \sum_{\delta \ne e} e^{-\sum_V x_V (1 - \chi_V(\delta)/D_V)}\Bigr) + \lambda \sum_V \frac{x_V}{c_V}:

a small convex programme over the real irreducible representations, solved by
``theory.regularisation.predict_classwise``.  Representations switch on as lambda falls; 0 is optimal iff
:math:`\lambda \ge \max_V c_V`, so those of least dimension come first (k >= 2).  With non-uniform class weights the
minimiser is in general not maximum-margin.
"""

import numpy as np

from theory.groups.group import Group
from theory.groups.margin import single_neuron_values
from theory.groups.real import real_characters
from theory.regularisation import ClasswisePrediction, predict_classwise


def character_ratios(group: Group) -> np.ndarray:
    r""":math:`\chi_V(\delta)/D_V` for non-trivial V and every element but the identity: shape (R - 1, n - 1)."""
    characters = real_characters(group)
    others = np.flatnonzero(np.arange(group.order) != group.identity)
    dimensions = np.array([[float(v.dimension)] for v in characters.irreps])
    return (characters.values / dimensions)[1:, group.class_of[others]]


def predict_group(group: Group, k: int, lambda_: float) -> ClasswisePrediction:
    """The global minimum of plain cross-entropy + lambda ||theta||^(k+1) for products of k elements.

    ``masses`` are those of the non-trivial real irreducible representations, in the order of
    ``real_characters(group).irreps[1:]``; ``margins`` those over the elements other than the identity, in order.

    Raises:
        InputError: for k < 1 or lambda that is not positive and finite.

    Examples:
        >>> from theory.groups import load_group
        >>> round(predict_group(load_group("S3"), 2, 0.005).margin, 4)  # below gamma* = 0.0236: no class weights
        0.0214
    """
    values = single_neuron_values(group, k)[1:]
    return predict_classwise(character_ratios(group), values, lambda_, k)
