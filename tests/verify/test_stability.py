"""What is said about trained networks: the bounds hold, and a wrong bound, angle or constant is noticed."""

import json
import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import theory.nearest_neuron
import theory.stability
import verify.stability
from tests.verify.networks import changed, constructed, spoilt
from theory.account import neuron_factors
from theory.errors import InputError
from theory.nearest_neuron import Neurons
from theory.network_file import NetworkFile
from theory.stability import best_without, efficiency_loss, frequencies_needed, loss_bound
from verify.checks.stability import every_frequency_guaranteed, stability_checks
from verify.network_checks import Examination, check_network, examine
from verify.report.stability import draw_angles, draw_neurons, stability_document, stability_lines
from verify.result import CheckResult
from verify.stability import Stability
from verify.subject import Subject


def near(k: int = 2, p: int = 11, size: float = 0.05) -> NetworkFile:
    network = constructed(k, p)
    noise = size * np.abs(network.u).max() * np.random.default_rng(0).normal(size=network.u.shape)
    return changed(network, network.u + noise, network.w)


def examined(network: NetworkFile) -> tuple[Stability, dict[str, CheckResult]]:
    examination = Examination(Subject.of(network), trained=True)
    results = {result.key: result for result in examine(examination)}
    assert examination.stability is not None
    return examination.stability, results


@pytest.mark.parametrize(("k", "p"), [(2, 3), (2, 6), (2, 11), (3, 5), (4, 4)])
def test_every_bound_holds(k: int, p: int) -> None:
    for size in (0.0, 1e-6, 1e-3, 0.1):
        found, results = examined(near(k, p, size))
        keys = ("efficiencies", "angles", "halfway", "amounts", "loss_bound")
        assert {results[key].status for key in keys} == {"passed"}
        assert found.eps1 + found.eps2 == pytest.approx(found.eps, abs=1e-12)


def test_every_check_shows_what_it_compared() -> None:
    found, results = examined(near())
    short, (low, high) = found.least_losses - found.neurons.losses, found.allowed_amounts
    outside = np.maximum(low - found.amounts, found.amounts - high)
    compared = {
        "efficiencies": (found.neurons.losses[short.argmax()], found.least_losses[short.argmax()]),
        "angles": found.mean_square,
        "halfway": found.mass_beyond(45),
        "amounts": (found.amounts[outside.argmax()], 1),
        "loss_bound": (found.eps1, found.from_loss),
    }
    assert {key: (results[key].measured, results[key].predicted) for key in compared} == compared


FAULTS = {
    "efficiencies": (verify.stability, "efficiency_loss", lambda t, k, p: np.asarray(t) * 2.5),
    "angles": (theory.nearest_neuron, "angle_constant", lambda k: 0.1),
    "halfway": (theory.nearest_neuron, "efficiency_loss", lambda t, k, p: 1e9 * np.asarray(t)),
    "amounts": (
        verify.stability,
        "amount_slopes",
        lambda k, p: tuple(0 * x for x in theory.stability.amount_slopes(k, p)),
    ),
    "loss_bound": (verify.stability, "loss_bound", lambda *given: 0.9 * loss_bound(*given)),
}


@pytest.mark.parametrize("key", FAULTS)
def test_a_bound_that_is_too_strong_fails(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two neurons of equal strength at two frequencies, an unequal network, a loss without slack: near equality."""
    network = near(2, 11, 0.3)
    module, name, wrong = FAULTS[key]
    if key == "halfway":
        # Past 45 degrees: a neuron of three frequencies.
        u = network.u.copy()
        u[0, :, 1:] = u[0, :, :-1]
        u[0] = np.random.default_rng(3).normal(size=u[0].shape) * np.abs(u).max()
        network = changed(network, u, network.w)
    monkeypatch.setattr(module, name, wrong)
    _, results = examined(network)
    assert results[key].status == "failed"


def test_a_wrong_angle_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = examined(near())
    wrong = found.neurons.sine_squared * 2
    monkeypatch.setattr(Neurons, "sine_squared", property(lambda self: wrong))
    _, results = examined(near())
    assert results["efficiencies"].status == "failed"


def test_where_the_neurons_lose_too_much_the_bounds_say_so() -> None:
    _, results = examined(near(2, 11, 0.5))
    assert results["halfway"].status == "undecided"


def test_thresholds_are_asked_for_only_where_they_are_given() -> None:
    plain = {result.key for result in check_network(near(), trained=True)}
    assert not {"purity", "phase_sum", "norm_at_lambda"} & plain
    assert not [result for result in check_network(near(), trained=True) if not result.holds]


def test_a_margin_of_zero_is_not_positive() -> None:
    network = constructed(2, 5)
    _, results = examined(changed(network, network.u, -network.w))
    assert results["margin"].status == "failed"


@pytest.mark.parametrize("size", [0.0, 1e-9, 0.02, 0.5])
def test_the_angle_is_that_to_a_neuron_that_exists(size: float) -> None:
    """Small angles keep their digits: they are sums of what is lost, not 1 - cos^2."""
    base, moved = constructed(3, 7), near(3, 7, size)
    v, w = (np.concatenate([x.u, x.w[:, None]], axis=1) for x in (base, moved))
    v, w = (x / np.sqrt((x**2).sum(axis=(1, 2)))[:, None, None] for x in (v, w))
    distance = np.sqrt(((v - w) ** 2).sum(axis=(1, 2)))
    chord = 2 * np.sin(Neurons(w).angle / 2)
    assert (chord <= 1.01 * distance + 1e-14).all()
    if size:
        assert (chord >= 0.3 * distance).mean() > 0.9


def test_more_than_two_frequencies() -> None:
    """c = cos^2 alpha in (1/4, 1/3]: three frequencies of share c and a rest, at k = 3."""
    c = 0.3
    assert efficiency_loss(np.array([1 - c]), 3, 97)[0] == pytest.approx(1 - 3 * c**2 - (1 - 3 * c) ** 2)
    assert efficiency_loss(np.array([1 - c]), 3, 7)[0] == pytest.approx(1 - 3 * c**2)
    assert efficiency_loss(np.array([1e-20]), 3, 7)[0] == pytest.approx(2e-20)


def test_formulas_at_their_edges() -> None:
    with pytest.raises(InputError, match="odd"):
        best_without(6, 1)
    with pytest.raises(InputError, match="zeta"):
        best_without(5, 3)
    assert [frequencies_needed(p, 0.0) for p in (5, 113, 10**6 + 3)] == [2, 4, 10]
    assert frequencies_needed(5, -1e-16) == 2
    assert loss_bound(math.log(5), 1.0, 5) == pytest.approx(1.0)
    assert loss_bound(1e4, 1.0, 5) > 1e3


def test_document_and_lines(tmp_path: Path) -> None:
    found, _ = examined(near())
    document = json.loads(json.dumps(stability_document(found), allow_nan=False))
    m, half = found.subject.m, 5
    assert {len(values) for values in document["neurons"].values()} == {m}
    assert len(document["frequencies"]["amount"]) == half
    for row in document["mass_beyond"]:
        assert row["found"] <= row["allowed"] + 1e-12
    lines = stability_lines(found)
    assert len(lines) == 3
    assert "5 of 5" in lines[2]
    unknown = replace(found, least=None, loss=None)
    assert stability_document(unknown)["frequencies"]["amount_at_least"] is None
    assert len(stability_lines(unknown)) == 3
    assert [r.key for r in stability_checks(unknown)] == ["efficiencies", "angles", "halfway"]


def test_drawings_take_and_return_their_axes() -> None:
    for network in (near(), constructed(2, 5), spoilt(constructed(2, 7))):
        found, _ = examined(network)
        for draw in (draw_angles, draw_neurons):
            ax = Figure().subplots()
            assert draw(ax, found) is ax
            ax.figure.canvas.draw()


def test_the_guarantee_is_told_with_the_frequencies() -> None:
    found, results = examined(near())
    plain = replace(results["every_frequency"], detail="x")
    told = every_frequency_guaranteed(plain, found)
    assert re.findall(r"\d+", told.detail) == [str(found.guaranteed), "5"]
    assert replace(told, detail="x") == plain
    assert every_frequency_guaranteed(plain, replace(found, least=None)) == plain


def test_neurons_of_zero_weights_are_far_from_everything() -> None:
    network = near()
    u, w = network.u.copy(), network.w.copy()
    u[3], w[3] = 0, 0
    found, results = examined(changed(network, u, w))
    assert found.neurons.sine_squared[3] == 1
    assert results["efficiencies"].status == "passed"
    assert neuron_factors(found.subject.vectors).prod(axis=0)[3] == 0


def test_a_network_that_others_trained_with_plain_weight_decay() -> None:
    """Plain PyTorch, AdamW, no penalty of ours: no threshold is met, and what is said is true and says something."""
    import torch

    generator = torch.Generator().manual_seed(0)
    p, m = 5, 32
    u = (0.3 * torch.randn(m, 2, p, generator=generator)).requires_grad_()
    w = (0.3 * torch.randn(m, p, generator=generator)).requires_grad_()
    a = torch.cartesian_prod(torch.arange(p), torch.arange(p))
    optimiser = torch.optim.AdamW([u, w], lr=1e-2, weight_decay=1.0)
    for _ in range(800):
        optimiser.zero_grad()
        outputs = ((u[:, 0, a[:, 0]] + u[:, 1, a[:, 1]]) ** 2).T @ w
        torch.nn.functional.cross_entropy(outputs, a.sum(1) % p).backward()
        optimiser.step()
    found, results = examined(NetworkFile(u.detach().numpy(), w.detach().numpy(), 2, p))
    assert not [key for key, result in results.items() if not result.holds]
    beyond, allowed = found.mass_beyond(45)
    assert beyond <= allowed < 0.9
    assert found.from_loss is not None
    assert found.eps1 <= found.from_loss < 0.5
    assert found.least is not None
    assert 0.3 < found.least < 0.99
    assert found.guaranteed == 2
