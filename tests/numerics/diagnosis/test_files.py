"""Files: tensors are read, anything that would run code is refused in one line."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from numerics.diagnosis.diagnose import diagnose_file
from numerics.diagnosis.files import import_named, load_model, task_of
from tests.numerics.diagnosis.conftest import P
from theory.construction import construct
from theory.errors import InputError
from theory.floats import weights
from theory.network_file import NetworkFile, save_network
from theory.solution import construct as construct_for
from theory.task import Task

TASK = Task.cyclic(2, P)


class Evil:
    """Unpickling this would call a function."""

    def __reduce__(self):
        return (Path.touch, (Path("evil-ran"),))


@pytest.mark.parametrize("wrap", [lambda s: s, lambda s: {"model": s, "step": 3}, lambda s: {"state_dict": s}])
def test_state_dicts_of_all_kinds(tmp_path, transformer, wrap):
    torch.save(wrap(transformer.lens_state()), tmp_path / "net.pt")
    assert diagnose_file(tmp_path / "net.pt", TASK).logits.accuracy == 1


def test_safetensors_of_others_and_tables_of_logits(tmp_path, transformer):
    save_file(transformer.lens_state(), tmp_path / "net.safetensors")
    assert diagnose_file(tmp_path / "net.safetensors", TASK).logits.accuracy == 1
    logits = np.random.default_rng(0).normal(size=(P, P, P))
    np.save(tmp_path / "logits.npy", logits)
    torch.save(torch.from_numpy(logits), tmp_path / "logits.pt")
    first, second = (diagnose_file(tmp_path / name, TASK) for name in ("logits.npy", "logits.pt"))
    assert str(first) == str(second)


@pytest.mark.parametrize(
    "name", ["evil.pt", "module.pt", "plain.pt", "half.pt", "evil.npy", "net.txt", "folder.pt", "none.pt"]
)
def test_files_that_are_refused(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / name
    if name == "evil.pt":
        torch.save({"weight": Evil()}, path)
    elif name == "module.pt":
        torch.save(nn.Linear(3, 3), path)
    elif name == "plain.pt":
        path.write_bytes(pickle.dumps(Evil()))
    elif name == "half.pt":
        torch.save({"a": torch.zeros(1000)}, path)
        path.write_bytes(path.read_bytes()[:500])
    elif name == "evil.npy":
        np.save(path, np.array([Evil()], dtype=object), allow_pickle=True)
    elif name == "net.txt":
        path.write_text("hello")
    elif name == "folder.pt":
        path.mkdir()
    with pytest.raises(InputError) as error:
        load_model(path)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "evil-ran").exists()
    if name in ("evil.pt", "module.pt", "plain.pt"):
        assert "weights_only=True" in str(error.value)


def test_a_module_of_the_user_s_own(tmp_path, monkeypatch, sequential):
    monkeypatch.chdir(tmp_path)
    layers = f"nn.Linear({2 * P}, 64), nn.ReLU(), nn.Linear(64, {P})"
    source = f"from torch import nn\ndef make():\n    return nn.Sequential({layers})\n"
    (tmp_path / "my_diagnosed_net.py").write_text(source + "small = lambda: nn.Linear(2, 2)\nnumber = lambda: 3\n")
    torch.save(sequential.state_dict(), tmp_path / "net.pt")
    found = diagnose_file(tmp_path / "net.pt", TASK, "my_diagnosed_net:make")
    assert found.logits.accuracy == 1
    assert "relu" in found.kind
    for spec, need in {
        "my_diagnosed_net:small": "must take the file's tensors",
        "my_diagnosed_net:number": "must be or make an nn.Module; it made int",
        "my_diagnosed_net:nothing": "must be importable; AttributeError",
        "my_diagnosed_net": "must be package.module:name",
        "no_such_module_here:x": "must be importable; ModuleNotFoundError",
    }.items():
        with pytest.raises(InputError, match=need) as error:
            load_model(tmp_path / "net.pt", spec)
        assert "\n" not in str(error.value)
    assert callable(import_named("my_diagnosed_net:make"))


def test_our_own_files_name_their_task(tmp_path):
    u, w = weights(construct(3, 5))
    save_network(tmp_path / "net.safetensors", NetworkFile(u, w, 3, 5))
    assert task_of(tmp_path / "net.safetensors").arguments == "k=3, p=5"
    task = Task.of_group(2, "S3")
    u, w = construct_for(task).weights
    save_network(tmp_path / "s3.safetensors", NetworkFile(u, w, 2, 6, task.table, {"group": "S3"}))
    named = task_of(tmp_path / "s3.safetensors")
    assert named.arguments == "k=2, group=S3"
    assert diagnose_file(tmp_path / "s3.safetensors", named).account.margin == pytest.approx(1)
    with pytest.raises(InputError, match="it says k = 2, p = 6, S3"):
        diagnose_file(tmp_path / "s3.safetensors", Task.cyclic(2, 6))
    save_file({"u": torch.zeros(2, 2, 3)}, tmp_path / "other.safetensors")
    with pytest.raises(InputError, match="does not name its task"):
        task_of(tmp_path / "other.safetensors")
    (tmp_path / "bad.safetensors").write_bytes(b"no")
    with pytest.raises(InputError, match="must be a safetensors file"):
        task_of(tmp_path / "bad.safetensors")


def test_a_transposed_array_that_safetensors_wrote_wrongly_is_read_right(tmp_path):
    """The header says (m, p), the bytes are those of (p, m)."""
    u, w = weights(construct(2, P))
    scrambled = np.ascontiguousarray(w.T).reshape(w.shape)
    save_network(tmp_path / "net.safetensors", NetworkFile(u, scrambled, 2, P))
    found = diagnose_file(tmp_path / "net.safetensors", TASK)
    assert found.logits.accuracy == 1
    assert found.account.margin == pytest.approx(1)
    assert any("as stored it is" in note for note in found.notes)
