"""Ours: how many neurons a group needs, with more than two inputs and from below."""

import numpy as np
import pytest

from theory.groups import load_group
from theory.groups.construction import construct as construct_group
from theory.groups.construction import widths
from theory.groups.designs import chains_of
from theory.groups.margin import group_task
from theory.groups.margin import max_margin as group_margin
from theory.groups.matrices import representation
from theory.task import logits, margins
from verify.result import at_least, at_most, close, proved

MORE = "Ours:width of a group, more inputs"


@pytest.mark.statement(MORE)
@pytest.mark.parametrize(("name", "k"), [("S3", 3), ("D4", 3), ("S3", 4), ("S3", 5), ("Q8", 3)])
def test_product_designs_for_more_inputs(name, k, check, twin):
    """Simplices and orthonormal bases: the width of the formula where that is less, and the maximum margin."""
    group = load_group(name)
    margin = group_margin(group, k)
    found = widths(margin, "minimal")
    for v in margin.characters.irreps[1:]:
        if v.name in found:
            n, D = v.multiplicity, v.dimension
            simplex = {3: (n + 1) * D**2 * (D + 1), 4: (n + 1) * D * (D + 1) ** 3, 5: (n + 1) * (D + 1) ** 5}[k]
            check(at_most(MORE, f"{name}, k={k}: neurons of {v.name}", found[v.name], simplex))
    network = construct_group(group, k, "minimal")
    task = group_task(group, k)
    spread = np.abs(margins(task, logits(network.u, network.w)) / margin.value - 1)
    check(close(MORE, f"{len(network.w)} neurons: every input on the margin", float(spread.max()), 0.0, 1e-10))
    less = margins(task, logits(network.u[1:], network.w[1:])) / margin.value
    twin(close(MORE, "one neuron less: every input on the margin", float(np.abs(less - 1).max()), 0.0, 1e-10))


RANK = "Ours:least width of a group"


@pytest.mark.statement(RANK)
@pytest.mark.parametrize(("name", "k"), [("S3", 2), ("S4", 2), ("S3", 3), ("S3", 4)])
@pytest.mark.parametrize("method", ["minimal", "attaining"])
def test_a_real_type_needs_the_rank_of_the_identity(name, k, method, check, twin):
    """A design's chains add up to a multiple of the identity of dimension D^(k+1), each of them to rank one."""
    group = load_group(name)
    margin = group_margin(group, k)
    positive = all(weight.sign() > 0 for weight in margin.s[1:])
    check(proved(RANK, f"{name}, k={k}: every class weight is positive", positive))
    for v, irrep in enumerate(margin.characters.irreps[1:], start=1):
        chains = chains_of(representation(group, v), k, method)
        size = irrep.dimension ** (k + 1)

        def identity(chains, size=size, name=irrep.name):
            products = chains[:, 0]
            for j in range(1, k + 1):
                products = np.einsum("na,nb->nab", products, chains[:, j]).reshape(len(chains), -1)
            error = float(np.abs(products.T @ products * size / len(chains) - np.eye(size)).max())
            return close(RANK, f"{name}: their sum is the identity", error, 0.0, 1e-12)

        check(identity(chains))
        check(at_least(RANK, f"{irrep.name}: neurons, beside D^(k+1)", len(chains), size))
        twin(identity(chains[: size - 1] if irrep.dimension > 1 else 2 * chains))


@pytest.mark.statement(RANK)
def test_a_class_weight_of_zero_leaves_it_open(twin):
    """S6 at k = 2: the hypothesis fails, and some representations need no neuron at all."""
    margin = group_margin(load_group("S6"), 2)
    twin(proved(RANK, "S6: every class weight is positive", all(weight.sign() > 0 for weight in margin.s[1:])))
