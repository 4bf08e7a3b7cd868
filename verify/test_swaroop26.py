"""Swaroop26: periodicity, squares against cosines, idealised networks, and what a noisy network holds."""

from functools import cache

import numpy as np
import pytest
import torch

from numerics.analysis.fits import fit_waves
from numerics.analysis.spectra import periodicity
from numerics.models.idealised import KINDS
from numerics.studies.swaroop26 import SIZES, Size, examine, train
from numerics.studies.swaroop26_table1 import BEST_UP_TO, MOST_Z, PAPER, WIDTHS, best, cell
from verify.result import at_least, at_most, close

PERIODICITY = "Swaroop26:periodicity"


@pytest.mark.statement(PERIODICITY)
def test_a_cosine_is_the_most_periodic_vector(check, twin):
    generator = np.random.default_rng(0)
    for p in (3, 7, 31, 97):
        ceiling = (p - 1) / 2
        for k in {1, 2 % p, (p - 1) // 2}:
            cosine = np.cos(2 * np.pi * (k * np.arange(p) / p + 0.1))
            check(close(PERIODICITY, f"cosine of frequency {k}, p = {p}", float(periodicity(cosine)), ceiling, 1e-9))
        # random vectors stay far below; a cosine with little beside it comes as near as one likes
        near = cosine + np.logspace(-6, 0, 300)[:, None] * generator.normal(size=(300, p)) ** 3
        largest = float(periodicity(near).max())
        check(at_most(PERIODICITY, f"perturbed cosines, p = {p}", largest, ceiling, 1e-9))
        check(at_least(PERIODICITY, f"perturbed cosines, p = {p}: they come near", largest, 0.99 * ceiling))
        twin(at_most(PERIODICITY, f"perturbed cosines, p = {p}, below 0.99 of it", largest, 0.99 * ceiling, 1e-9))


HANDICAP = "Swaroop26:handicap of the cosine"


@pytest.mark.statement(HANDICAP)
@pytest.mark.parametrize("p", [1009, 10007])
def test_what_cosines_leave_of_a_square_wave(p, check, twin):
    fits = fit_waves(np.sign(np.cos(2 * np.pi * (5 * np.arange(p) / p + 0.123))))
    tolerance = 20 / p  # an edge lies between two inputs: ten edges, each of them off by at most one
    check(close(HANDICAP, f"amplitude of the best cosine, p = {p}", float(fits.waves.amplitude), 4 / np.pi, tolerance))
    check(close(HANDICAP, f"left by the best cosine, p = {p}", float(fits.cosine), 1 - 8 / np.pi**2, tolerance))
    check(
        close(HANDICAP, f"left by the compared one, p = {p}", float(fits.cosine_of_square), 1.5 - 4 / np.pi, tolerance)
    )
    check(at_most(HANDICAP, f"left by the square wave, p = {p}", float(fits.square), 0.0, tolerance))
    twin(close(HANDICAP, f"amplitude of the best cosine as of the square, p = {p}", float(fits.waves.amplitude), 1.0,
               tolerance))  # fmt: skip
    round_wave = fit_waves(np.cos(2 * np.pi * (5 * np.arange(p) / p + 0.123)))
    twin(close(HANDICAP, f"left by the best cosine of a cosine, p = {p}", float(round_wave.cosine), 1 - 8 / np.pi**2,
               tolerance))  # fmt: skip


TABLE, SHAPE = "Swaroop26:Table 1", "Swaroop26:Table 1, best shape"


@cache
def cells(m):
    return [cell(97, m, kind, 40) for kind in KINDS]


@pytest.mark.statement(TABLE, SHAPE)
@pytest.mark.parametrize("m", sorted(PAPER))
def test_the_widths_whose_numbers_are_known(m, check, twin):
    for found in cells(m):
        label = f"{found['kind']}, {m} neurons: |z|, mean {found['mean']:.4f}"
        check(at_most(TABLE, label, abs(found["z"]), MOST_Z))
    kinds = cells(m)
    paper = [PAPER[m][found["kind"]] for found in kinds]
    errors = [abs(found["mean"] - paper[i - 1][0]) / np.hypot(found["sd"], paper[i - 1][1]) * 40**0.5
              for i, found in enumerate(kinds)]  # fmt: skip
    twin(at_most(TABLE, f"{m} neurons: |z| against another column", max(errors), MOST_Z))
    _check_best(m, check)
    twin(at_least(SHAPE, f"{m} neurons: lead of the rival, upper 95%", -best(kinds)["interval"][0], 0.0))


@pytest.mark.statement(SHAPE)
@pytest.mark.slow
@pytest.mark.parametrize("m", [m for m in WIDTHS if m not in PAPER and m <= BEST_UP_TO])
def test_the_best_shape_at_the_other_widths(m, check):
    _check_best(m, check)


def _check_best(m, check):
    test = best(cells(m))
    check(at_least(SHAPE, f"{m} neurons: lead over {test['rival']}, lower 95%", test["interval"][0], 0.0))
    check(at_most(SHAPE, f"{m} neurons: p-value of the lead", test["p_value"], 0.01))


SATURATION = "Swaroop26:the algorithm at saturation"


@pytest.mark.statement(SATURATION)
def test_a_network_that_has_learnt_the_noise_by_heart(check, twin):
    paper = SIZES["full"]
    size = Size(paper.p, paper.m, paper.structured, paper.low, {0.30: 325}, paper.patience)
    torch.set_num_threads(1)
    run = train(size, 0.30, None)
    assert run.saturation is not None
    accuracy = examine(run.saturation, run.data, size)["accuracy"]
    pairs = "6596 clean pairs"
    check(at_least(SATURATION, "training labels fitted", run.history[-1]["train_accuracy"], 0.99))
    check(at_most(SATURATION, f"the network on {pairs}", accuracy["real"], 0.002))
    twin(at_least(SATURATION, f"the network itself on {pairs}", accuracy["real"], 0.5))
    for kind in KINDS:
        check(at_least(SATURATION, f"{kind} on {pairs}", accuracy[kind], 0.5))
