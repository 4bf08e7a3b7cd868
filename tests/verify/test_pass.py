"""One pass over the inputs gives margin and loss and goes on after a kill; without one the loss is bounded."""

import json
import math
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from tests.stages import Staged
from tests.verify.networks import changed, constructed, cross_entropy, on_group, spoilt
from theory.network_file import NetworkFile, save_network
from theory.regularisation import predict_from_margin
from verify import network_checks
from verify import sweep as module
from verify.loss import EVERY, Loss
from verify.network_checks import Examination, examine
from verify.subject import Subject
from verify.sweep import Sweep, sweep
from verify.tally import Kept, Tally
from verify.verification import verify_file


def spoilt_and_scaled() -> Subject:
    network = spoilt(constructed(2, 6), size=0.2)
    return Subject.of(changed(network, 5 * network.u, 5 * network.w))


def at_its_minimum(k: int, p: int, lambda_: float = 0.1, noise: float = 0.0) -> NetworkFile:
    """A maximum-margin network with the norm that is best at lambda (over gamma*), and noise."""
    network = constructed(k, p)
    gamma = float(Subject.of(network).gamma)
    scale = predict_from_margin(gamma, p, k, lambda_ * gamma).mass ** (1 / (k + 1))
    u = scale * network.u * (1 + noise * np.random.default_rng(0).normal(size=network.u.shape))
    return NetworkFile(u, scale * network.w, k, p, None, {"lambda": str(lambda_ * gamma)})


@pytest.mark.parametrize("network", [at_its_minimum(3, 5, noise=0.1), at_its_minimum(2, 6, noise=0.1)])
def test_the_loss_of_the_pass_is_that_of_the_definition(network: NetworkFile) -> None:
    assert sweep(Subject.of(network), loss=True).cross_entropy == pytest.approx(cross_entropy(network), rel=1e-12)
    assert sweep(Subject.of(network)).cross_entropy is None


def test_the_loss_of_a_wrong_class_without_weight_is_not_counted() -> None:
    """On Dic3 with k = 3 one class has weight 0: its logit may be anything."""
    subject = Subject.of(on_group("Dic3", 3))
    free = int(np.flatnonzero(subject.task.tau == 0)[-1])
    assert free != subject.task.identity
    label = np.zeros(1, dtype=np.int64)
    values = [
        float(module._losses(subject, row[None], module._class_weights(subject.task, label))[0])
        for size in (0.0, 1e6)
        for row in [size * (np.arange(12) == subject.task.table[0, free])]
    ]
    assert values[0] == values[1]


@pytest.fixture
def no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every pass is a long one, and none is made."""
    monkeypatch.setattr(network_checks, "MUCH_WORK", 0)

    def made(*_: object) -> Sweep:
        raise AssertionError("a pass over the inputs was made")

    monkeypatch.setattr(network_checks, "sweep", made)


@pytest.mark.usefixtures("no_pass")
@pytest.mark.parametrize("size", [(2, 11), (3, 7), (2, 10)])
def test_without_a_pass_the_loss_is_estimated_and_bounded(size: tuple[int, int]) -> None:
    network = at_its_minimum(*size, noise=1e-6)
    found = Examination(Subject.of(network), trained=True)
    results = {r.key: r for r in examine(found)}
    assert found.loss is not None
    assert found.loss.how != EVERY
    true = cross_entropy(network)
    assert abs(found.loss.value - true) <= found.loss.error < 1e-6
    assert true <= found.loss.high <= true * (1 + 1e-3)
    assert {results[key].status for key in ("loss_floor", "loss_bound", "margin")} == {"passed"}
    assert f"{size[1]}^{size[0]}" in results["loss_floor"].detail


def test_an_estimate_far_from_the_optimum_says_how_far_it_may_be_off() -> None:
    subject = spoilt_and_scaled()
    found, true = Loss.estimated(subject, sweep(subject).minimum), sweep(subject, loss=True).cross_entropy
    assert true is not None
    assert found.error > 1e-6
    assert abs(found.value - true) <= found.error
    assert true <= found.high
    assert Loss.estimated(subject, None).high == math.inf


@pytest.mark.usefixtures("no_pass")
def test_a_mean_margin_that_is_wrong_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from numerics.full_size.mean_margin import MeanMargin

    honest = MeanMargin.__call__
    monkeypatch.setattr(MeanMargin, "__call__", lambda *given: (1.01 * honest(*given)[0], honest(*given)[1]))
    results = {r.key: r.status for r in examine(Examination(Subject.of(at_its_minimum(3, 7)), trained=True))}
    assert results["loss_floor"] == "failed"


def small_blocks(monkeypatch: pytest.MonkeyPatch) -> Subject:
    monkeypatch.setattr(module, "BLOCK_ENTRIES", 100)
    monkeypatch.setattr(module, "KEEP_EVERY", 0)
    return spoilt_and_scaled()


def same(a: Sweep, b: Sweep) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(vars(a).values(), vars(b).values(), strict=True))


def test_a_pass_goes_on_where_it_was_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before every touch of the folder in turn; what is left to do grows less, and the end is the same."""
    subject, keep, left = small_blocks(monkeypatch), tmp_path / "pass.json", []
    undisturbed = sweep(subject, loss=True)
    for stage in count(1):
        child = Staged(lambda: sweep(subject, loss=True, keep=keep) and 0, tmp_path, stage)
        if not child.stopped:
            assert child.finish() == 0
            break
        child.kill()
        told: list[tuple[int, int]] = []
        assert same(sweep(subject, loss=True, keep=keep, progress=lambda *now: told.append(now)), undisturbed)  # noqa: B023
        left.append(len(told))
        assert not told or told[-1][0] == told[-1][1]  # killed before it removed the file: nothing is left to do
        assert not keep.exists()
    assert max(left) > 3
    assert min(left) == 0 < len(set(left)) - 3


def test_what_another_pass_kept_is_not_taken_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subject, keep = small_blocks(monkeypatch), tmp_path / "pass.json"
    undisturbed = sweep(subject)
    wrong = Tally(blocks=2, inputs=30, margins=np.array([-9.0]), positions=np.array([0]), weighted_minimum=-9.0)
    marks = [module._mark(other, loss) for other, loss in
             ((Subject.of(constructed(2, 6)), False), (subject, True))]  # fmt: skip
    for mark in marks:
        Kept(keep, mark).save(wrong)
        assert same(sweep(subject, keep=keep), undisturbed)
    Kept(keep, module._mark(subject, False)).save(wrong)
    assert not same(sweep(subject, keep=keep), undisturbed)  # the same mark is believed
    for text in ("", "[]", '{"format": "fourier-margin/pass"}', json.dumps({"mark": marks[1], "tally": 3})):
        keep.write_text(text)
        assert same(sweep(subject, keep=keep), undisturbed)


def test_verify_keeps_its_pass_beside_the_file_and_minds_no_folder_it_cannot_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEEP_EVERY", 0)
    path, seen = tmp_path / "n.safetensors", []
    save_network(path, at_its_minimum(2, 7))
    assert verify_file(path, trained=True, progress=lambda *_: seen.extend(tmp_path.iterdir())).holds
    assert {found.name for found in seen} == {path.name, ".n.safetensors.pass.json"}
    assert list(tmp_path.iterdir()) == [path]
    kept = Kept(tmp_path / "no" / "where", "mark")
    kept.save(Tally(weighted_minimum=0.0))
    kept.remove()
    assert kept.load().blocks == 0
