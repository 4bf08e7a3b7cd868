"""Networks from files: tensors and nothing else, or the tensors of a module that the user names.

Nothing from a file is ever executed: ``.pt`` files are read with ``weights_only=True``, ``.npy`` files without pickles.
Only ``--module`` runs code, the user's own.
"""

import importlib
import os
import pickle
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from torch import Tensor, nn

from theory.errors import InputError
from theory.files import open_regular
from theory.groups.group import Group
from theory.network_file import FORMAT, NetworkFile, load_network
from theory.task import Task

SUFFIXES = (".safetensors", ".pt", ".pth", ".bin", ".npy")
INSIDE = ("model", "state_dict", "model_state_dict", "net", "weights")


def load_model(path: Path, module: str | None = None) -> Any:
    """What is in a file, as ``open_model`` reads it.

    Args:
        path: safetensors, a ``.pt`` or ``.pth`` of tensors, or a ``.npy`` table of logits.
        module: ``package.module:name`` of a module, or of what makes one; it is imported, and gets the file's tensors.

    Raises:
        InputError: when the file holds something else, or the module does not take it.
    """
    with open_regular(path):
        pass
    if path.suffix not in SUFFIXES:
        raise InputError(f"the file must end in {', '.join(SUFFIXES)}; got {path.name!r}")
    if path.suffix == ".npy":
        return _array(path)
    if path.suffix == ".safetensors" and module is None and _is_ours(path):
        return load_network(path)
    found = _safetensors(path) if path.suffix == ".safetensors" else _tensors(path)
    return found if module is None else with_state(import_named(module), found, module)


def task_of(path: Path) -> Task:
    """The task that a network file of ours names.

    Raises:
        InputError: when it is another file.
    """
    if path.suffix != ".safetensors" or not _is_ours(path):
        raise InputError(f"need exactly one of --p and --group, for {path.name!r} does not name its task; got neither")
    return task_in(load_network(path))


def task_in(file: NetworkFile) -> Task:
    """The task of a network file's content.

    Raises:
        InputError: when its table is not that of a group.
    """
    if file.table is None:
        return Task.cyclic(file.k, file.p)
    return Task.of_group(file.k, Group(file.metadata.get("group", "group")[:40], file.table))


def _is_ours(path: Path) -> bool:
    try:
        with safe_open(path, "np") as stream:
            return (stream.metadata() or {}).get("format") == FORMAT
    except (SafetensorError, OSError) as error:
        raise InputError(f"{str(path)!r} must be a safetensors file; {str(error)[:120]}") from None


def _safetensors(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise InputError(f"{str(path)!r} must be a safetensors file; {str(error)[:120]}") from None


def _tensors(path: Path) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # about old pickles; what cannot be read is refused below
            found = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError, KeyError, AttributeError) as error:
        need = f"{str(path)!r} must hold tensors only, such as a state_dict (it is read with weights_only=True)"
        raise InputError(f"{need}; {str(error).strip().splitlines()[0][:120]}") from None
    for _ in range(2):
        inner = [found[name] for name in INSIDE if isinstance(found, Mapping) and name in found]
        if not inner or not isinstance(inner[0], Mapping):
            break
        found = inner[0]
    if isinstance(found, Tensor):
        return found
    if not isinstance(found, Mapping) or not any(isinstance(value, Tensor) for value in found.values()):
        raise InputError(f"{str(path)!r} must hold a state_dict or a table of logits; got {type(found).__name__}")
    return {str(name): value for name, value in found.items() if isinstance(value, Tensor)}


def _array(path: Path) -> np.ndarray:
    try:
        found = np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise InputError(f"{str(path)!r} must hold one array of numbers; {str(error)[:120]}") from None
    if not isinstance(found, np.ndarray):
        raise InputError(f"{str(path)!r} must hold one array; got {type(found).__name__}")
    return found


def import_named(spec: str) -> Any:
    """The object of ``package.module:name``, from the current folder too; importing runs that module's code.

    Raises:
        InputError: when there is no such module or name, or importing it fails.
    """
    home, colon, name = spec.partition(":")
    if not (home and colon and name):
        raise InputError(f"--module must be package.module:name; got {spec!r}")
    here = os.getcwd()
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        return getattr(importlib.import_module(home), name)
    except Exception as error:  # whatever the user's own code raises
        first = str(error).strip().splitlines()[0][:120] if str(error) else ""
        raise InputError(f"--module {spec!r} must be importable; {type(error).__name__}: {first}") from None


def with_state(made: Any, state: Any, spec: str) -> nn.Module:
    """A module, or what a class or function without arguments makes, with these tensors loaded."""
    try:
        module = made if isinstance(made, nn.Module) else made()
        if not isinstance(module, nn.Module):
            raise InputError(f"--module {spec!r} must be or make an nn.Module; it made {type(module).__name__}")
        module.load_state_dict(state)
    except InputError:
        raise
    except Exception as error:  # whatever the user's own code raises
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        raise InputError(f"--module {spec!r} must take the file's tensors; {' '.join(lines)[:240]}") from None
    return module
