"""The folder of a run: what a killed process left there is enough to end with the same weights.

``config.json`` fixes the run, ``checkpoint/state.safetensors`` holds the last complete state (weights, optimiser
moments, history), ``history.json`` and ``network.safetensors`` appear at the end.  Every file appears whole or not at
all, and no file is ever unpickled.  Among several ranks the folder belongs to rank 0: the others neither write nor read
it.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from numerics import distributed
from theory.errors import InputError
from theory.files import atomic_path, parse_json, read_json, write_json

Layout = Mapping[str, Mapping[str, Tensor]]
"""What a run needs to go on: by phase, the tensors by name, of which shape and type count (meta tensors will do)."""


@dataclass
class State:
    """Everything a run needs to go on: the phase, steps done in it, tensors by name, the history so far."""

    phase: str
    step: int
    tensors: dict[str, Tensor]
    history: list[Any] = field(default_factory=list)


class RunFolder:
    """One run's folder."""

    def __init__(self, path: Path) -> None:
        """Name the folder; nothing is touched yet."""
        self.path = path
        self.state_path = path / "checkpoint" / "state.safetensors"

    @property
    def occupied(self) -> bool:
        """Whether a run has been here, as rank 0 sees it: the others would see rank 0's own first files."""
        return distributed.rank() == 0 and any(
            os.path.exists(self.path / name) for name in ("config.json", "network.safetensors", "checkpoint")
        )

    def open(self, config: dict[str, Any], resume: bool) -> None:
        """Make the folder, or check that the run in it is the one that ``config`` describes.

        Raises:
            InputError: for an existing run without ``resume``, another configuration, or a folder that cannot be made.
        """
        if distributed.rank():
            return
        if self.occupied and not resume:
            raise InputError(f"the output folder must be new, or give --resume; {str(self.path)!r} holds a run")
        make_folder(self.path)
        make_folder(self.path / "checkpoint")
        config_path = self.path / "config.json"
        if config_path.exists():
            _require_same(read_json(config_path), config, config_path)
        else:
            write_json(config_path, config)

    def save(self, state: State) -> None:
        """Replace the checkpoint by ``state``, atomically."""
        if distributed.rank():
            return
        summary = {"phase": state.phase, "step": state.step, "history": state.history}
        tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in state.tensors.items()}
        with atomic_path(self.state_path) as temporary:
            try:
                save_file(tensors, temporary, {"state": json.dumps(summary, allow_nan=False)})
            except SafetensorError as error:
                # The writer reports a full disk as its own error.
                raise InputError(f"cannot write {str(self.state_path)!r}: {str(error)[:120]}") from None

    def load(self, device: torch.device | str, layout: Layout | None = None) -> State | None:
        """The last complete state, or None when there is none yet.

        Raises:
            InputError: when the file is damaged, or holds another state than ``layout`` asks for.
        """
        state = distributed.from_first(None if distributed.rank() else self._read())
        if state and layout is not None:
            self.require_phase(state, *layout)
            self.require_tensors(state, layout[state.phase])
        if state:
            state.tensors = {name: tensor.to(device) for name, tensor in state.tensors.items()}
        return state

    def require_phase(self, state: State, *phases: str) -> None:
        """The phase must be one of ``phases``.

        Raises:
            InputError: otherwise.
        """
        if state.phase not in phases:
            raise InputError(
                f"{str(self.state_path)!r} must be in the phase {' or '.join(phases)}; got {state.phase[:20]!r}"
            )

    def require_tensors(self, state: State, needed: Mapping[str, Tensor]) -> None:
        """Names, shapes and types must be those of ``needed``: the run's settings decide them, not the file.

        Raises:
            InputError: otherwise.
        """
        for name in sorted({*needed, *state.tensors}):
            found, wanted = (_kind(tensors.get(name)) for tensors in (state.tensors, needed))
            if found != wanted:
                raise InputError(
                    f"a resumed run must keep its sizes: {name[:60]} must be {wanted} in {str(self.state_path)!r}; "
                    f"got {found}"
                )

    def _read(self) -> State | None:
        if not self.state_path.exists():
            return None
        try:
            with safe_open(self.state_path, "pt") as stream:
                metadata = stream.metadata() or {}
                tensors = {name: stream.get_tensor(name) for name in stream.keys()}  # noqa: SIM118
        except (SafetensorError, OSError, ValueError) as error:
            raise InputError(f"{str(self.state_path)!r} must be a checkpoint; {str(error)[:120]}") from None
        summary = parse_json(metadata.get("state", "").encode())
        if not _is_summary(summary):
            raise InputError(f"{str(self.state_path)!r} must be a checkpoint of a run; it is not")
        return State(summary["phase"], summary["step"], tensors, summary["history"])


def _kind(tensor: Tensor | None) -> str:
    return "absent" if tensor is None else f"{str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}"


def _is_summary(value: Any) -> bool:
    """Whether this is what :meth:`RunFolder.save` writes beside the tensors."""
    if not isinstance(value, dict):
        return False
    phase, step, history = (value.get(key) for key in ("phase", "step", "history"))
    records = isinstance(history, list) and all(isinstance(record, dict) for record in history)
    return isinstance(phase, str) and type(step) is int and 0 <= step < 2**53 and records


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the folder for this process; the lock ends with the process, however it ends.

    Raises:
        InputError: when another process holds it, or it cannot be written.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as name, locked(Path(name)):
        ...     [path.name for path in Path(name).iterdir()]
        ['.lock']
    """
    if distributed.rank():
        yield
        return
    make_folder(path)
    try:
        handle = os.open(path / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise InputError(f"cannot write {str(path / '.lock')!r}: {error.strerror}") from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError(f"{str(path)!r} must not be in use; another process trains there") from None
        yield
    finally:
        os.close(handle)


def make_folder(path: Path) -> None:
    """Make one folder inside an existing one.

    Raises:
        InputError: when that is impossible.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as name:
        ...     make_folder(Path(name) / "run")
        ...     [path.name for path in Path(name).iterdir()]
        ['run']
    """
    try:
        path.mkdir(exist_ok=True)
    except FileNotFoundError:
        raise InputError(f"the parent folder must exist; got {str(path)!r}") from None
    except OSError as error:
        raise InputError(f"cannot make the folder {str(path)!r}: {error.strerror}") from None


def runs_folder(out: Path, name: str, scale: str) -> Path:
    """``OUT/NAME-SCALE``, where a preset or a study keeps its runs; made if it is not there.

    Raises:
        InputError: when that is impossible.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as out:
        ...     runs_folder(Path(out), "half-data", "smoke").name
        'half-data-smoke'
    """
    make_folder(out)
    runs = out / f"{name}-{scale}"
    make_folder(runs)
    return runs


def _require_same(stored: Any, config: dict[str, Any], path: Path) -> None:
    for key in config:
        if not isinstance(stored, dict) or stored.get(key) != config[key]:
            before = stored.get(key) if isinstance(stored, dict) else stored
            raise InputError(
                f"a resumed run must keep its settings: {key} was {before!r:.60} in {str(path)!r}; got {config[key]!r}"
            )
