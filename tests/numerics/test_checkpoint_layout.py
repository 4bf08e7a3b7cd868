"""A resumed run of the recipes refuses a checkpoint whose tensors are not its own, in one line."""

import pytest
import torch
from safetensors.torch import load_file, save_file

from numerics.checkpoint import RunFolder, State
from numerics.launch import train
from numerics.recipes import RECIPES
from theory.errors import InputError
from theory.task import Task


def run(folder):
    return train(Task.cyclic(2, 5), RECIPES["adam"], m=6, out=folder, resume=True, target=0.5)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t.update(u=torch.zeros(7, 2, 5)), r"u must be float32 \(6, 2, 5\).*got float32 \(7, 2, 5\)"),
        (lambda t: t.update(w=t["w"].double()), r"w must be float32 \(6, 5\).*got float64"),
        (lambda t: t.pop("vu"), r"vu must be float32 .*got absent"),
        (lambda t: t.update(more=torch.zeros(1)), "more must be absent"),
    ],
)
def test_another_tensor_is_one_line(tmp_path, change, told):
    run(tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    tensors = load_file(folder.state_path)
    change(tensors)
    save_file(tensors, folder.state_path, {"state": '{"phase": "descent", "step": 3, "history": []}'})
    with pytest.raises(InputError, match=told) as refused:
        run(tmp_path / "run")
    assert "\n" not in str(refused.value)


def test_another_phase_is_one_line(tmp_path):
    run(tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    folder.save(State("training", 3, load_file(folder.state_path)))
    with pytest.raises(InputError, match="must be in the phase descent or polish; got 'training'"):
        run(tmp_path / "run")
