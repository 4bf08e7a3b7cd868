"""Ours: how narrow a maximum-margin network can be, from both sides."""

from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import combinations

import pytest

from theory.certificates.store import stored, stored_bound
from theory.construction import construct
from theory.core.dual_certificate import Certificate, Square, bound_of
from theory.core.dual_certificate import check as check_certificate
from theory.core.exact_network import Block, ExactNetwork
from theory.core.exponents import is_free
from theory.core.optimality import decide, frequency_mass, nonzero_moments
from theory.floats import weights
from theory.margin import max_margin_float
from theory.narrow_designs import narrow, search, stored_designs
from theory.narrow_margins import margin_table
from theory.task import Task, normalised_margin
from theory.width import is_enough, width
from verify.result import CheckResult, at_least, at_most, close, proved
from verify.statements.ours import LOWER_BOUNDS


@cache
def certified(k):
    """The stored certificate, re-checked from scratch, all of it in exact integers."""
    return stored_bound(k)


def one_block(k, p, design):
    """One design at every frequency (odd p)."""
    return ExactNetwork(k, p, (Block(design, tuple(range(1, p // 2 + 1)), frequency_mass(k, p, 1)),))


@pytest.mark.parametrize(
    "k", [pytest.param(k, marks=pytest.mark.statement(f"Ours:lower bound k={k}")) for k in LOWER_BOUNDS]
)
def test_the_lower_bound(k, check, twin):
    name = f"Ours:lower bound k={k}"
    bound = certified(k)

    def needs(neurons):
        return proved(name, f"the stored squares prove {neurons}, in integers", bound.bound > neurons - 1)

    check(needs(LOWER_BOUNDS[k]))
    twin(needs(LOWER_BOUNDS[k] + 1))
    whole = stored(k)
    if len(whole.squares) > 1:
        less = bound_of(replace(whole, squares=whole.squares[1:]))
        twin(proved(name, "without its first square", less >= bound.bound))


@pytest.mark.statement("Ours:lower bound k=2")
def test_search_agrees_with_the_lower_bound(check, twin):
    found = [search(2, 7, neurons, starts=8).residual for neurons in (5, 6)]
    check(at_least("Ours:lower bound k=2", "least residual with 5 neurons", found[0], 1e-2))
    check(at_most("Ours:lower bound k=2", "least residual with 6 neurons", found[1], 1e-10))
    twin(at_most("Ours:lower bound k=2", "least residual with 5 neurons", found[0], 1e-10))


EVERY = "Ours:lower bound, every k"


@pytest.mark.statement(EVERY)
@pytest.mark.parametrize("k", sorted(LOWER_BOUNDS))
def test_evidence_for_every_k(k, check, twin):
    bound, needed = certified(k), (k + 1) * 2 ** (k - 1)
    detail = f"certified {bound.neurons_per_frequency} of {needed} neurons per frequency"
    status = "proved" if bound.neurons_per_frequency == needed else "undecided"
    check(CheckResult(EVERY, f"k={k}", status, float(bound.neurons_per_frequency), float(needed), detail=detail))
    twin(proved(EVERY, f"k={k}: one neuron more", bound.neurons_per_frequency > needed))


POWER = "Ours:lower bound 2^(k-1)"


@pytest.mark.statement(POWER)
@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 6])
def test_orthonormal_characters(k, check, twin):
    # +1 on the first half of an even subset, -1 on the second: all differences are unwanted moments.
    vectors = []
    for size in range(0, k + 1, 2):
        for subset in combinations(range(k), size):
            vectors.append(tuple((1 if i in subset[: size // 2] else -1) if i in subset else 0 for i in range(k)))
    certificate = Certificate(k, (Square(1, tuple((vector, 1) for vector in vectors)),), Fraction(0))
    check(proved(POWER, f"their square proves 2^(k-1), k={k}", bound_of(certificate) == 2 ** (k - 1)))
    if k > 1:  # one more character, whose differences are wanted moments
        more = Certificate(k, (Square(1, tuple((v, 1) for v in [*vectors, (1,) + (0,) * (k - 1)])),), Fraction(0))
        twin(proved(POWER, f"one character more proves one more, k={k}", bound_of(more) == 2 ** (k - 1) + 1))
    network = construct(k, 2)
    check(
        proved(POWER, "order two: 2^(k-1) neurons suffice", network.width == 2 ** (k - 1) and decide(network).optimal)
    )
    # Each sign class must carry its mass: none of them can be given to another.
    (block,) = network.blocks
    for i in range(1, len(block.neurons)):
        first, other = block.neurons[0], block.neurons[i]
        rest = [neuron for j, neuron in enumerate(block.neurons) if j not in (0, i)]
        fewer = replace(block, neurons=(replace(first, share=first.share + other.share), *rest))
        less = replace(network, blocks=(fewer,))
        twin(proved(POWER, f"order two, k={k}, without sign class {i}: optimal", decide(less).optimal))


ALIASED = "Ours:narrow designs"


@pytest.mark.statement(ALIASED)
@pytest.mark.parametrize(("k", "p", "neurons"), [(3, 3, 9), (2, 4, 6), (3, 9, 57)])
def test_narrow_designs_are_optimal(k, p, neurons, check):
    network = narrow(k, p)
    check(proved(ALIASED, "decided by class sums", decide(network).optimal))
    check(proved(ALIASED, f"{neurons} neurons in all", network.width == neurons < construct(k, p).width))
    check(
        close(
            ALIASED,
            "enumerated margin over gamma*",
            normalised_margin(Task.cyclic(k, p), *weights(network)) / max_margin_float(k, p),
            1.0,
            1e-11,
        )
    )


@pytest.mark.statement(ALIASED)
def test_their_moments_do_not_all_vanish(check, twin):
    for (k, order), design in stored_designs().items():
        check(proved(ALIASED, f"k={k}, order {order}: exponents coincide", not is_free(k, order)))
        check(proved(ALIASED, f"k={k}, order {order}: unwanted moments", len(nonzero_moments(design, k)) > 1))
        prime = next(p for p in (7, 11) if is_free(k, p))
        at_free_order = decide(one_block(k, prime, design)).optimal
        check(proved(ALIASED, f"not optimal at p={prime}", not at_free_order))
        twin(proved(ALIASED, f"optimal at p={prime}", at_free_order))


@pytest.mark.statement(ALIASED)
@pytest.mark.parametrize(("k", "order"), [(2, 4), (3, 3), (3, 4)])
def test_certificates_at_orders_that_alias(k, order, check):
    bound, design = check_certificate(stored(k, order)), stored_designs()[k, order]
    detail = f"at least {bound.neurons_per_frequency}, at most {len(design)} neurons"
    check(proved(ALIASED, f"k={k}, order {order}", bound.bound <= len(design), detail))


ANSWER = "Ours:width"


@pytest.mark.statement(ANSWER)
@pytest.mark.parametrize(("k", "p"), [(2, 7), (2, 113), (3, 97), (4, 11), (5, 23), (2, 9), (2, 6), (6, 11)])
def test_the_widths(k, p, check, twin):
    answer, known = width(k, p), narrow(k, p)
    ordered = answer.necessary <= answer.best_known <= answer.sufficient
    check(proved(ANSWER, "necessary <= best known <= sufficient", ordered))
    check(proved(ANSWER, "sufficient is what the construction uses", answer.sufficient == construct(k, p).width))
    attained = known.width == answer.best_known and decide(known).optimal
    check(proved(ANSWER, "the best known is the width of an optimal network", attained))
    if k <= 6 and all(is_free(k, o.order) for o in answer.orders):
        check(proved(ANSWER, "nothing is open", answer.exact and answer.necessary == answer.sufficient))
        # The stored bounds are not trusted: the certificate is checked again, and the frequencies are counted here.
        proven = certified(k).neurons_per_frequency * (p - 1) // 2
        check(proved(ANSWER, "the certificate, re-checked, proves the necessary width", proven == answer.necessary))
        twin(proved(ANSWER, "one neuron fewer is necessary", proven == answer.necessary - 1))
    answers = [is_enough(answer, m).answer for m in (answer.best_known, answer.necessary - 1)]
    check(proved(ANSWER, "yes at the best known, no below the necessary", answers == ["yes", "no"]))
    (block, *others) = known.blocks
    first, second, *rest = block.neurons
    fewer = replace(block, neurons=(replace(second, share=first.share + second.share), *rest))
    less = replace(known, blocks=(fewer, *others))
    twin(proved(ANSWER, "a neuron of every frequency given to another: still optimal", decide(less).optimal))


TABLE = "Ours:narrow networks"


@pytest.mark.statement(TABLE)
def test_narrow_networks_lose_margin(check, twin):
    for (k, p), row in margin_table().items():
        needed = width(k, p).necessary
        below = max((value for m, value in row.items() if m < needed), default=0.0)
        check(at_most(TABLE, f"k={k}, p={p}: best margin below width {needed}", below, 1 - 1e-6))
        twin(at_most(TABLE, f"k={k}, p={p}: best margin at the best known width", max(row.values()), 1 - 1e-6))
