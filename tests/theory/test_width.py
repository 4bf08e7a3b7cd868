"""Widths: formulas, the account by orders, the designs behind the upper bounds, and the command."""

import itertools
import json
from fractions import Fraction

import numpy as np
import pytest

from theory import narrow_designs, narrow_margins
from theory.certificates import store
from theory.command_line import run
from theory.construction import construct, minimal_design
from theory.core.dual_certificate import Certificate, Square, check
from theory.core.exact_network import Block, ExactNetwork, Neuron
from theory.core.optimality import decide
from theory.errors import InputError
from theory.floats import weights
from theory.task import Task, normalised_margin
from theory.width import enough_between, is_enough, order_width, width
from verify.cli import build


@pytest.mark.parametrize("p", [3, 5, 7, 9, 15, 23, 113])
def test_two_inputs_odd_modulus(p):
    answer = width(2, p)
    assert answer.li24 == answer.morwani23 == 4 * (p - 1)
    assert answer.sufficient == answer.best_known == answer.necessary == 3 * (p - 1)
    assert answer.exact


@pytest.mark.parametrize(("p", "least"), [(2, 2), (4, 6), (6, 14), (10, 26), (14, 38), (8, 18), (12, 30)])
def test_two_inputs_even_modulus_is_settled(p, least):
    """3p - 4 at p = 2 mod 4, and 2 fewer where order four occurs."""
    answer = width(2, p)
    assert answer.necessary == answer.best_known == least == 3 * p - 4 - 2 * (p % 4 == 0)
    assert answer.morwani23 is None


@pytest.mark.parametrize(("k", "p"), [(3, 5), (3, 35), (4, 7), (5, 7), (5, 49)])
def test_prime_factors_above_k_are_settled(k, p):
    answer = width(k, p)
    assert answer.exact
    assert answer.necessary == (k + 1) * 2 ** (k - 1) * (p - 1) // 2
    assert answer.li24 == 4 ** (k - 1) * (p - 1)


@pytest.mark.parametrize("k", range(1, 8))
def test_order_two_needs_half_the_signs(k):
    answer = width(k, 2)
    assert answer.necessary == answer.best_known == answer.sufficient == 2 ** (k - 1)


@pytest.mark.parametrize("p", range(2, 12))
def test_one_input_is_a_rank(p):
    answer = width(1, p)
    assert answer.necessary == answer.best_known == answer.sufficient == p - 1


def test_bounds_are_consistent_everywhere():
    for k, p in itertools.product(range(1, 13), range(2, 31)):
        answer = width(k, p)
        assert 0 < answer.necessary <= answer.best_known <= answer.sufficient <= answer.li24
        assert (answer.k, answer.p) == (k, p)
        if k <= 4 and p <= 9:
            assert answer.sufficient == construct(k, p, "minimal").width
            assert answer.li24 == construct(k, p, "li24").width
            assert answer.best_known == narrow_designs.narrow(k, p).width
        assert sum(o.frequencies for o in answer.orders) == (p // 2 if k > 1 else 0)
        if k > 2 and all(o.order > k for o in answer.orders) and p % 2:
            assert answer.necessary >= width(k - 1, p).necessary


@pytest.mark.parametrize("k", range(2, 7))
def test_orthonormal_characters_for_every_k(k):
    """The 2^(k-1) characters of the theorem are a certificate: the exact checker accepts their sum of squares."""
    characters = []
    for size in range(0, k + 1, 2):
        for subset in itertools.combinations(range(k), size):
            x = [0] * k
            for place, i in enumerate(subset):
                x[i] = 1 if place < size // 2 else -1
            characters.append((tuple(x), 1))
    certificate = Certificate(k, (Square(1, tuple(characters)),), Fraction(2 ** (k - 1)))
    assert check(certificate).neurons_per_frequency == 2 ** (k - 1)


def test_three_points_do_not_do_at_order_four():
    """The by-hand proof, all cases: a 3-point design would be Hadamard, and the class sum is then not 0.

    Three points make the characters 1, z_1^2, (z_1 z_2)^2 orthonormal, so the masses are 1/3 and z_1^2 = alpha w^r,
    (z_1 z_2)^2 = beta w^(2r), r = 0, 1, 2, w a primitive cube root of 1.  M(-1,-1) = 0 then needs equal signs in
    z_1 z_2 = +- sqrt(beta) w^r, which leaves M(1,-1) + M(-3,-1) with modulus 1.
    """
    bound = check(store.stored(2, 4))
    assert bound.bound == 3
    w = np.exp(2j * np.pi / 3)
    r = np.arange(3)
    for root in (w, w.conj()):
        for signs in itertools.product((1, -1), repeat=3):
            z12 = np.array(signs) * root**r
            if abs(z12.sum()) > 1e-9:
                continue
            for alpha in np.exp(2j * np.pi * np.linspace(0, 1, 25)):
                z1_squared = alpha * root**r
                # M(1,-1) + M(-3,-1) with z_1/z_2 = z_1^2 / (z_1 z_2) and 1/(z_1^3 z_2) = 1/(z_1^2 z_1 z_2).
                total = z1_squared / z12 + 1 / (z1_squared * z12)
                assert abs(total.sum()) == pytest.approx(3)


class TestNarrowDesigns:
    @pytest.mark.parametrize(("k", "order"), sorted(narrow_designs.stored_designs()))
    def test_exactly_optimal(self, k, order):
        network = narrow_designs.narrow(k, order)
        assert decide(network).optimal
        assert len(narrow_designs.stored_designs()[k, order]) < (k + 1) * 2 ** (k - 1)

    @pytest.mark.parametrize(("k", "p"), [(2, 4), (2, 12), (3, 3), (3, 4), (3, 12)])
    def test_attained_by_enumeration(self, k, p):
        """The float network, by the definition of the margin."""
        u, w = weights(narrow_designs.narrow(k, p))
        assert normalised_margin(Task.cyclic(k, p), u, w) == pytest.approx(gamma(k, p), rel=1e-12)

    @pytest.mark.parametrize(("k", "order"), sorted(narrow_designs.stored_designs()))
    def test_every_point_is_needed_and_every_phase_matters(self, k, order):
        design = narrow_designs.stored_designs()[k, order]
        share = Fraction(1, len(design) - 1)
        fewer = tuple(Neuron(n.phases, n.output, share) for n in design[1:])
        turned = (design[0].phases[0] + Fraction(1, 7)) % 1
        first = Neuron((turned, *design[0].phases[1:]), (design[0].output + Fraction(1, 7)) % 1, design[0].share)
        for forged in (fewer, (first, *design[1:])):
            whole = narrow_designs.narrow(k, order)
            blocks = tuple(Block(forged, b.frequencies, b.mass) if b.neurons == design else b for b in whole.blocks)
            assert not decide(ExactNetwork(k, order, blocks)).optimal

    def test_not_designs_at_free_orders(self):
        """They need the aliasing: at a larger order the same points are not optimal."""
        for (k, _), design in narrow_designs.stored_designs().items():
            blocks = tuple(Block(design, b.frequencies, b.mass) for b in construct(k, 11).blocks)
            assert not decide(ExactNetwork(k, 11, blocks)).optimal

    @pytest.mark.parametrize(
        ("k", "order", "neurons", "orbit"), [(2, 4, 4, 2), (2, 5, 6, 1), (3, 3, 9, 3), (4, 3, 21, 3), (4, 4, 32, 4)]
    )
    def test_search_finds_them_again(self, k, order, neurons, orbit):
        found = narrow_designs.search(k, order, neurons, orbit=orbit)
        assert found.residual < 1e-10
        assert found.shares.sum() == pytest.approx(1)
        waves, sums = narrow_designs._class_sums(k, order)
        moments = found.shares @ np.exp(2j * np.pi * found.phases @ waves.T)
        assert np.abs(sums @ moments).max() < 1e-9
        assert narrow_designs.search(k, order, neurons - orbit, starts=2, orbit=orbit).residual > 1e-3

    def test_search_residual_is_the_class_sum(self):
        """The minimal design has residual zero at every order: the search's equations are those of the core."""
        waves, sums = narrow_designs._class_sums(3, 5)
        t = 2 * np.pi * np.array([[float(x) for x in n.phases] for n in minimal_design(3)])
        assert np.abs(sums @ np.exp(1j * t @ waves.T).mean(axis=0)).max() < 1e-12

    def test_measured_rows(self):
        for row in narrow_designs.measured():
            assert row["found"] <= (row["k"] + 1) * 2 ** (row["k"] - 1)
            stored = narrow_designs.narrow_design_size(row["k"], row["order"])
            assert stored is None or stored == row["found"]


def gamma(k, p):
    from theory.margin import max_margin_float

    return max_margin_float(k, p)


class TestMargins:
    def test_table_rises_to_one_at_the_known_width(self):
        for (k, p), rows in narrow_margins.margin_table().items():
            ratios = [rows[m] for m in sorted(rows)]
            assert ratios == sorted(ratios)
            assert sorted(rows) == list(range(1, width(k, p).best_known + 1))
            assert ratios[-1] == 1.0
            if width(k, p).exact:
                assert ratios[-2] < 1.0

    def test_entry_is_attained_again(self):
        assert narrow_margins.best_ratio(2, 3, 2, starts=4) == pytest.approx(
            narrow_margins.known_ratio(2, 3, 2), abs=2e-3
        )

    def test_gradient(self):
        import scipy.optimize

        objective = narrow_margins._Objective(Task.cyclic(3, 3), 2)
        x = np.random.default_rng(0).normal(size=24)
        error = scipy.optimize.check_grad(lambda y: objective(y, 2.0)[0], lambda y: objective(y, 2.0)[1], x)
        assert error < 1e-5

    def test_ratio_is_the_margin_of_the_definition(self):
        x = np.random.default_rng(1).normal(size=(4, 3, 5))
        expected = normalised_margin(Task.cyclic(2, 5), x[:, :2], x[:, 2]) / gamma(2, 5)
        assert narrow_margins._Objective(Task.cyclic(2, 5), 4).ratio(x.ravel()) == pytest.approx(expected)

    def test_unknown_and_empty(self):
        assert narrow_margins.known_ratio(5, 97, 100) is None
        assert narrow_margins.known_ratio(5, 97, 0) == 0.0
        assert narrow_margins.known_ratio(2, 5, 500) == 1.0


class TestEnough:
    @pytest.mark.parametrize(
        ("k", "p", "m", "answer"),
        [
            (2, 113, 336, "yes"),
            (2, 113, 335, "no"),
            (2, 113, 0, "no"),
            (3, 3, 9, "yes"),
            (3, 3, 8, "open"),
            (3, 3, 1, "no"),
            (12, 97, 100_000, "no"),
            (12, 97, 300_000, "open"),
            (1, 10, 9, "yes"),
            (1, 10, 8, "no"),
            (4, 2, 8, "yes"),
            (4, 2, 7, "no"),
        ],
    )
    def test_answers(self, k, p, m, answer):
        assert is_enough(width(k, p), m).answer == answer

    @pytest.mark.parametrize("arguments", [(0, 5), (13, 5), (2, 1), (2, 10**7), (2.0, 5), (True, 5)])
    def test_refusals(self, arguments):
        with pytest.raises(InputError):
            width(*arguments)
        with pytest.raises(InputError):
            is_enough(width(2, 5), -1)


class TestCommand:
    def test_text(self, capsys):
        assert run(build(), ["width", "--k", "2", "--p", "113", "--m", "128"]) == 0
        out = capsys.readouterr().out
        assert "m=128: no" in out
        assert "336  necessary: exactly the least width" in out

    def test_json(self, capsys):
        assert run(build(), ["width", "--k", "3", "--p", "12", "--m", "0", "--json"]) == 0
        content = json.loads(capsys.readouterr().out)
        assert content["enough"] == "no"
        assert content["best_known"] == 73
        assert content["best_known_margin_ratio"] == 0.0
        assert [o["order"] for o in content["orders"]] == [2, 3, 4, 6, 12]

    @pytest.mark.parametrize("arguments", [["--k", "0", "--p", "5"], ["--k", "2", "--p", "1"],
                                           ["--k", "2", "--p", "5", "--m", "-1"], ["--k", "2"]])  # fmt: skip
    def test_unusable_input(self, arguments, capsys):
        assert run(build(), ["width", *arguments]) == 2
        assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("k", "p", "orders"),
    [
        (2, 12, [(2, 1, 2, 2), (3, 1, 6, 6), (4, 1, 4, 4), (6, 1, 6, 6), (12, 2, 6, 6)]),
        (3, 12, [(2, 1, 4, 4), (3, 1, 4, 9), (4, 1, 4, 12), (6, 1, 12, 16), (12, 2, 16, 16)]),
        (2, 5, [(5, 2, 6, 6)]),
        (1, 6, []),
    ],
)
def test_orders_of_the_frequencies_and_their_bounds(k, p, orders):
    answer = width(k, p)
    assert [(o.order, o.frequencies, o.lower, o.upper) for o in answer.orders] == orders
    if orders:
        assert answer.necessary == sum(count * lower for _, count, lower, _ in orders)
        assert answer.best_known == sum(count * upper for _, count, _, upper in orders)
    assert answer.li24 == (p - 1) // 2 * 2 ** (2 * k - 1) + (p % 2 == 0) * 2 ** (k - 1)


@pytest.mark.parametrize(
    ("k", "order", "lower", "how"),
    [(6, 13, 224, "certified"), (7, 17, 224, "theorem"), (8, 17, 384, "theorem"), (9, 19, 768, "theorem"),
     (12, 13, 6144, "theorem"), (6, 5, 2, "theorem"), (5, 4, 2, "theorem"), (2, 4, 4, "theorem")],
)  # fmt: skip
def test_what_bounds_the_width_from_below(k, order, lower, how):
    found = order_width(k, order, 3)
    assert (found.order, found.frequencies, found.lower, found.lower_by.split(":")[0]) == (order, 3, lower, how)


@pytest.mark.parametrize(("p", "expected"), [(3, 8), (9, 32), (7, 24), (4, None), (6, None)])
def test_width_of_morwani23(p, expected):
    assert width(2, p).morwani23 == expected
    assert width(3, p).morwani23 is None


def test_is_it_enough():
    assert [is_enough(width(2, 113), m).answer for m in (335, 336)] == ["no", "yes"]
    assert [is_enough(width(2, 4), m).answer for m in (5, 6, 8)] == ["no", "yes", "yes"]
    assert [enough_between(m, 3, 5).answer for m in (2, 3, 4, 5)] == ["no", "open", "open", "yes"]
    assert enough_between(0, 0, 0).answer == "yes"
    assert all(number in enough_between(4, 3, 5).why for number in "35")


@pytest.mark.parametrize("call", [lambda: width(0, 5), lambda: width(13, 5), lambda: width(2, 1),
                                  lambda: width(2, 10**6 + 1), lambda: enough_between(-1, 3, 5)])  # fmt: skip
def test_refused_widths(call):
    with pytest.raises(InputError, match="must be at"):
        call()
