r"""Clock or pizza: two numbers that tell apart how a network adds (k = 2), as Zhong23 defines them.

**Distance irrelevance**, of the logits :math:`L_{ij} = f(i, j)[i + j]` of the labels:

.. math:: q = \frac1p \sum_d \mathrm{std}_i(L_{i,i+d}) \Big/ \mathrm{std}(L),

1 where the difference of the inputs does not matter, 0 where nothing else does.  **Gradient symmetricity**: the mean,
over random triples (a, b, c), c not necessarily the label, of the cosine between the gradients of :math:`f(a, b)[c]`
with respect to the embedded a and the embedded b.  Their clock has q = .85 and .33, their pizza .17 and .99; they take
100 triples, and so do we.

Source: Zhong23, Definitions 4.1 and 4.2; code fjzzq2002/pizza.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from numerics.diagnosis.open_model import at_rest
from numerics.diagnosis.opened import Opened
from numerics.diagnosis.readings import answer

TRIPLES = 100


@dataclass(frozen=True)
class Clock:
    """The two numbers; the second is None where the network has no embedding layer to differentiate at."""

    distance_irrelevance: float | None
    gradient_symmetricity: float | None


def distance_irrelevance(at_label: np.ndarray) -> float | None:
    """q of the logits of the labels, shape (p, p); None where they are all equal.

    Examples:
        >>> i, j = np.ogrid[:7, :7]
        >>> round(distance_irrelevance(np.cos(2 * np.pi * (i - j) / 7)), 9)
        0.0
    """
    p, whole = len(at_label), float(at_label.std())
    if whole <= 1e-12 * np.abs(at_label).max(initial=0):
        return None
    i = np.arange(p)
    return float(np.mean([at_label[i, (i + d) % p].std() for d in range(p)]) / whole)


def gradient_symmetricity(opened: Opened, triples: int = TRIPLES, seed: int = 0) -> float | None:
    """The mean cosine; None without exactly two embedded symbols per input, or where a gradient vanishes throughout."""
    module, task = opened.module, opened.task
    if module is None or opened.inputs_of is None or task.k != 2:
        return None
    generator = torch.Generator().manual_seed(seed)
    values = torch.randint(task.n, (triples, 2), generator=generator)
    classes = torch.randint(task.n, (triples,), generator=generator)
    embedded: list[Tensor] = []

    def cut(layer: nn.Module, given: tuple[Tensor, ...], output: Tensor) -> Tensor:
        embedded.append(output.detach().requires_grad_())
        return embedded[-1]

    watched = [layer for layer in module.modules() if isinstance(layer, nn.Embedding)]
    handles = [layer.register_forward_hook(cut) for layer in watched]
    try:
        with at_rest(module), torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):  # its RNNs need training
            logits = answer(module(*opened.inputs_of(values)), triples, task.n)
            chosen = logits.gather(1, classes[:, None].to(logits.device)).sum()
            if not embedded or not chosen.requires_grad:
                return None
            gradients = torch.autograd.grad(chosen, embedded, allow_unused=True)
    finally:
        for handle in handles:
            handle.remove()
    pair = _of_two_symbols(gradients, values, embedded)
    if pair is None:
        return None
    left, right = pair
    norms = left.norm(dim=1) * right.norm(dim=1)
    cosines = (left * right).sum(dim=1)[norms > 0] / norms[norms > 0]
    return float(cosines.mean()) if len(cosines) else None


def _of_two_symbols(
    gradients: tuple[Tensor | None, ...], values: Tensor, embedded: list[Tensor]
) -> tuple[Tensor, Tensor] | None:
    """Gradients at the two symbols, (N, d) each: in one call of an embedding layer, or in two."""
    count = len(values)
    wide = [g for g in gradients if g is not None and g.dim() == 3 and len(g) == count and g.shape[1] >= 2]
    if len(wide) == 1:
        return wide[0][:, 0], wide[0][:, 1]
    flat = [g for g in gradients if g is not None and g.shape == (count, embedded[0].shape[-1])]
    return (flat[0], flat[1]) if len(flat) == 2 and not wide else None
