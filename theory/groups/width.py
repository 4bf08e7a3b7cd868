r"""How many neurons a maximum-margin network on a group needs (**upper**: constructions; **lower**: ranks).

Upper: the constructions of ``theory.groups.construction``, summed over the representations that carry mass.

Lower (ours).  For k >= 2 each neuron of an optimal network has one representation V, and every required V, or Galois
orbit of V where masses are not forced, has a neuron.  Where all class weights are positive every wrong label ties, so
what V must contribute is forced, :math:`\gamma^* n_V \chi_V(a_1 \cdots a_k c^{-1}) / n`, and

* real type: it is the identity of :math:`V^{\otimes(k+1)}`, of rank :math:`D^{k+1}`, and a neuron adds rank one; at
  D = 1 the signs of the neurons must moreover be balanced over all :math:`2^{k-1}` sign classes;
* complex type, D = 2: V is a frequency of the cyclic group G/ker V, and the bounds of ``theory.width`` hold;
* any type: as a matrix, inputs by labels, it has rank :math:`n_V D_V`, and a neuron has rank one.

At k = 1 the ties force f to be a constant per input plus a multiple of the identity, of rank at least n - 1.
"""

from dataclasses import dataclass

from theory.errors import require_integer
from theory.groups.construction import sparsest, widths
from theory.groups.group import Group
from theory.groups.margin import GroupMargin, max_margin
from theory.groups.real import RealIrrep
from theory.width import LARGEST_K, order_width


@dataclass(frozen=True)
class GroupWidth:
    """Widths for k inputs in a group of order n.

    Attributes:
        morwani23: 2 sum D^3 over the non-trivial representations, where that theorem speaks (k = 2, real type,
            its class condition); None elsewhere.
        attaining: neurons of the construction with sign patterns.
        sufficient: neurons of the narrowest construction known to us.
        necessary: fewer neurons cannot attain gamma*.
        representations: (name, sufficient neurons) of those that the narrowest construction uses.
    """

    group: str
    order: int
    k: int
    morwani23: int | None
    attaining: int
    sufficient: int
    necessary: int
    representations: tuple[tuple[str, int], ...]


def group_width(group: Group, k: int) -> GroupWidth:
    """The widths for ``group`` and k.

    Raises:
        InputError: for k outside 1..12.

    Examples:
        >>> from theory.groups import load_group
        >>> found = group_width(load_group("S3"), 2)
        >>> found.morwani23, found.sufficient, found.necessary
        (18, 12, 10)
    """
    require_integer("k", k, 1, LARGEST_K)
    margin = max_margin(group, k)
    irreps = margin.characters.irreps[1:]
    used = widths(sparsest(margin))
    morwani23 = 2 * sum(v.dimension**3 for v in irreps) if k == 2 and margin.morwani23_applies else None
    ties = all(weight.sign() > 0 for weight in margin.s[1:])
    required = [v for v in irreps if v.name in margin.required]
    if not ties:
        necessary = max(len(required), len(margin.required_orbits))
    elif k == 1:
        necessary = group.order - 1
    else:
        necessary = sum(_least(margin, v) for v in required)
    attaining = sum(widths(sparsest(margin, "attaining"), "attaining").values())
    return GroupWidth(
        group.name, group.order, k, morwani23, attaining, sum(used.values()), necessary, tuple(used.items())
    )


def _least(margin: GroupMargin, v: RealIrrep) -> int:
    """Neurons that V needs where all wrong labels tie, k >= 2."""
    if v.kind == "real":
        return max(v.dimension ** (margin.k + 1), 2 ** (margin.k - 1))
    if v.kind == "complex" and v.dimension == 2:
        # Modulo a prime, x + 1/x = 2 only at x = 1: the residues decide the kernel exactly.
        residues = margin.characters.residues[margin.characters.irreps.index(v)]
        kernel = int((residues[margin.group.class_of] == 2).sum())
        return order_width(margin.k, margin.group.order // kernel).lower
    return v.multiplicity * v.dimension
