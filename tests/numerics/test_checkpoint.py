"""A resumed run refuses a checkpoint that is damaged, or not its own, in one line."""

import random

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from numerics.checkpoint import RunFolder, State, load_sealed, save_sealed
from numerics.launch import train
from numerics.recipes import RECIPES
from theory.errors import InputError
from theory.task import Task


def run(folder):
    return train(Task.cyclic(2, 5), RECIPES["adam"], m=6, out=folder, resume=True, target=0.5)


@pytest.fixture
def state_path(tmp_path):
    """The checkpoint of a run that has ended."""
    run(tmp_path / "run")
    return RunFolder(tmp_path / "run").state_path


def rewrite(path, change):
    """Another state under a good digest."""
    summary, tensors = load_sealed(path)
    change(summary, tensors)
    save_sealed(path, summary, tensors)


def refusal(path):
    with pytest.raises(InputError) as refused:
        run(path.parents[1])
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda s, t: t.update({"model/u": torch.zeros(7, 2, 5)}), "model/u must be float32 (6, 2, 5)"),
        (lambda s, t: t.update({"model/w": t["model/w"].double()}), "model/w must be float32 (6, 5)"),
        (lambda s, t: t.pop("optimiser/0/exp_avg_sq"), "optimiser/0/exp_avg_sq must be float32"),
        (lambda s, t: t.update(more=torch.zeros(1)), "more must be absent"),
        (lambda s, t: s.update(stage="training"), "must be in the stage descent; got 'training'"),
        (lambda s, t: s.update(step=-1), "must be a checkpoint of a run"),
        (lambda s, t: s.update(step=10**6), "must not be past its end"),
        (lambda s, t: (t["model/u"].fill_(torch.nan), s.update(step=3, history=[])), "must be finite"),
    ],
)
def test_another_state_is_one_line(state_path, change, told):
    rewrite(state_path, change)
    assert told in refusal(state_path)


@pytest.mark.parametrize("place", ["tensors", "history", "anywhere"])
def test_a_flipped_bit_is_noticed(state_path, place):
    good, whole = state_path.read_bytes(), load_sealed(state_path)
    header = 8 + int.from_bytes(good[:8], "little")
    first = good.index(b"history") if place == "history" else header if place == "tensors" else 0
    last = header if place == "history" else len(good)
    chance = random.Random(place)
    for at in chance.sample(range(first, last), 40):
        flipped = bytearray(good)
        flipped[at] ^= 1 << chance.randrange(8)
        state_path.write_bytes(flipped)
        try:
            found = load_sealed(state_path)
        except InputError:
            continue
        assert place == "anywhere"  # a bit without a meaning
        assert found[0] == whole[0]
        assert all(torch.equal(found[1][name], x) for name, x in whole[1].items())
    flipped = bytearray(good)
    flipped[-1] ^= 1
    state_path.write_bytes(flipped)
    assert "is damaged: its digest is another" in refusal(state_path)


def test_a_checkpoint_without_a_digest_is_one_line(state_path):
    with safe_open(state_path, "pt") as stream:
        metadata = stream.metadata()
    _, tensors = load_sealed(state_path)
    save_file(tensors, state_path, {"state": metadata["state"]})
    assert "it has none (an older version's?)" in refusal(state_path)


def test_what_is_sealed_comes_back(tmp_path):
    tensors = {"a": torch.tensor(True), "b": torch.zeros(0, 3), "c": torch.arange(6.0).view(2, 3).T}
    save_sealed(tmp_path / "file", {"x": [1, None]}, tensors)
    summary, found = load_sealed(tmp_path / "file")
    assert summary == {"x": [1, None]}
    assert all(torch.equal(found[name], x) for name, x in tensors.items())
    assert load_sealed(tmp_path / "none") is None


def test_seconds_are_those_of_all_processes(tmp_path):
    with RunFolder(tmp_path / "run").open({}, resume=False) as folder:
        folder.save(State("training", 3, {}, seconds=12.5))
        assert folder.load().seconds == 12.5
