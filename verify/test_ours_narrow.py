"""Ours: designs that are narrower where exponents alias, and what is known of the least of them."""

from dataclasses import replace
from itertools import product

import pytest

from theory.construction import construct
from theory.core.optimality import decide
from theory.narrow_designs import narrow, stored_designs
from theory.narrow_margins import best_ratio, margin_table
from theory.width import order_width
from verify.result import at_least, at_most, close, proved

ALIASED, FOUR = "Ours:narrow designs", "Ours:least design of order four"


@pytest.mark.statement(ALIASED)
@pytest.mark.parametrize(
    ("k", "p", "neurons", "ordinary"), [(2, 4, 6, 8), (3, 3, 9, 16), (3, 4, 16, 20), (4, 4, 40, 48)]
)
def test_narrower_networks_are_optimal(k, p, neurons, ordinary, check, twin):
    """At p = 4 the frequency of order two adds 2^(k-1) neurons to the design of order four: 4, 12 and 32 of them."""
    network = narrow(k, p)
    check(proved(ALIASED, f"{neurons} neurons", network.width == neurons < construct(k, p).width == ordinary))
    check(proved(ALIASED, "decided by class sums", decide(network).optimal))
    block = next(block for block in network.blocks if 2 * block.frequencies[0] != p)
    first, second, *rest = block.neurons
    fewer = (replace(second, share=first.share + second.share), *rest)
    less = replace(network, blocks=tuple(replace(b, neurons=fewer) if b is block else b for b in network.blocks))
    twin(proved(ALIASED, "one point given to another", decide(less).optimal))
    turned = (replace(first, output=first.output + second.share), second, *rest)
    off = replace(network, blocks=tuple(replace(b, neurons=turned) if b is block else b for b in network.blocks))
    twin(proved(ALIASED, "one output phase moved", decide(off).optimal))


def sizes(signs: tuple[int, int, int]) -> tuple[int, int]:
    """|e_0 + e_1 + e_2|^2 and |e_0 + e_1 w + e_2 w^2|^2, w a cube root of one, for signs e."""
    pairs = signs[0] * signs[1] + signs[0] * signs[2] + signs[1] * signs[2]
    return 3 + 2 * pairs, 3 - pairs


@pytest.mark.statement(FOUR)
def test_four_points_and_not_three(check, twin):
    """The proof of ``theory.narrow_designs``: for no signs are the two moments that must cancel equally large."""
    found = [sizes(signs) for signs in product((1, -1), repeat=3)]
    check(proved(FOUR, "three points: the two moments have different sizes", all(a != b for a, b in found)))
    check(proved(FOUR, "they are 9 and 0, or 1 and 4", set(found) == {(9, 0), (1, 4)}))
    twin(proved(FOUR, "three points: some signs make them equal", any(a == b for a, b in found)))
    check(proved(FOUR, "four points do", len(stored_designs()[2, 4]) == 4 and decide(narrow(2, 4)).optimal))
    known = order_width(2, 4)
    check(proved(FOUR, "and the width says so", known.lower == known.upper == 4))


TABLE = "Ours:narrow networks"


@pytest.mark.statement(TABLE)
@pytest.mark.parametrize("m", [3, 5, 6])
def test_an_entry_is_attained_again(m, check, twin):
    """Optimised anew: what is found is a margin of a network, so it bounds the entry from below."""
    entry, found = margin_table()[2, 3][m], best_ratio(2, 3, m, starts=14, seed=m)  # as the table was made
    check(close(TABLE, f"k=2, p=3, width {m}: over gamma*", found, entry, 1e-3))
    check(at_most(TABLE, f"k=2, p=3, width {m}: never above gamma*", found, 1.0, 1e-9))
    twin(
        close(TABLE, f"k=2, p=3, width {m}: against an entry that is larger by a hundredth", found, entry + 0.01, 1e-3)
    )
    if m < 6:
        twin(at_least(TABLE, f"k=2, p=3, width {m}: nothing is lost", found, 1 - 1e-3))
