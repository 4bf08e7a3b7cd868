"""The folder of a run: what a killed process left there is enough to end with the same weights.

``config.json`` fixes the run, ``checkpoint/state.safetensors`` holds the last complete state (weights, optimiser
moments, history), ``history.json`` and ``network.safetensors`` appear at the end.  Every file appears whole or not at
all, no file is ever unpickled, and a state carries the digest of all that it holds: bits that flip on a disk are
noticed.  Among several ranks the folder belongs to rank 0: the others neither write nor read it.
"""

import contextlib
import fcntl
import hashlib
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


def save_sealed(path: Path, summary: dict[str, Any], tensors: Mapping[str, Tensor]) -> None:
    """Replace ``path``, atomically, by JSON values and tensors under one digest.

    Raises:
        InputError: when the file cannot be written.
    """
    tensors = {name: x.detach().cpu().contiguous() for name, x in tensors.items()}
    text = json.dumps(summary, allow_nan=False)
    with atomic_path(path) as temporary:
        try:
            save_file(tensors, temporary, {"state": text, "digest": _digest(text, tensors)})
        except SafetensorError as error:
            # The writer reports a full disk as its own error.
            raise InputError(f"cannot write {str(path)!r}: {str(error)[:120]}") from None


def load_sealed(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]] | None:
    """What ``save_sealed`` wrote, on the CPU; None when there is no such file.

    Raises:
        InputError: for a damaged file, or one without a digest.
    """
    if not path.exists():
        return None
    try:
        with safe_open(path, "pt") as stream:
            metadata = stream.metadata() or {}
            tensors = {name: stream.get_tensor(name) for name in stream.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise InputError(f"{str(path)!r} must be a checkpoint; {str(error)[:120]}") from None
    text = metadata.get("state", "")
    if "digest" not in metadata:
        raise InputError(f"{str(path)!r} must be a checkpoint with a digest; it has none (an older version's?)")
    if metadata["digest"] != _digest(text, tensors):
        raise InputError(f"{str(path)!r} is damaged: its digest is another; remove it to start the run again")
    summary = parse_json(text.encode())
    if not isinstance(summary, dict):
        raise InputError(f"{str(path)!r} must be a checkpoint; its state is not a JSON object")
    return summary, tensors


def _digest(text: str, tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 of the text and of every tensor's name, type, shape and bytes."""
    found = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        x = tensors[name]
        found.update(f"\n{name}\n{x.dtype}\n{tuple(x.shape)}\n".encode())
        found.update(x.reshape(-1).view(torch.uint8).numpy().data)
    return found.hexdigest()


@dataclass
class State:
    """Everything a run needs to go on.

    Attributes:
        stage: name of the part of the run that is being made.
        step: updates made in it.
        tensors: by name.
        history: the records so far.
        recorded: whether the last of them is of this step.
        seconds: wall time that the run has taken, all its processes together.
    """

    stage: str
    step: int
    tensors: dict[str, Tensor]
    history: list[Any] = field(default_factory=list)
    recorded: bool = False
    seconds: float = 0.0


SUMMARY = {"stage": str, "step": int, "history": list, "recorded": bool, "seconds": float}


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

    @contextlib.contextmanager
    def open(self, config: dict[str, Any], resume: bool) -> Iterator["RunFolder"]:
        """Hold the folder, new or with the run that ``config`` describes; a new run that is refused leaves none.

        Raises:
            InputError: when another process holds it, for an existing run without ``resume``, another configuration,
                or a folder that cannot be made.
        """
        with locked(self.path):
            distributed.on_first(lambda: self._prepare(config, resume))
            try:
                yield self
            except InputError:
                if not distributed.rank() and not self.state_path.exists():
                    self._clear()
                raise

    def _prepare(self, config: dict[str, Any], resume: bool) -> None:
        if self.occupied and not resume:
            raise InputError(f"the output folder must be new, or give --resume; {str(self.path)!r} holds a run")
        make_folder(self.path / "checkpoint")
        config_path = self.path / "config.json"
        if config_path.exists():
            _require_same(read_json(config_path), config, config_path)
        else:
            write_json(config_path, config)

    def _clear(self) -> None:
        """Take back what ``_prepare`` made, unless there is more."""
        with contextlib.suppress(OSError):
            self.state_path.parent.rmdir()
            (self.path / "config.json").unlink()

    def save(self, state: State) -> None:
        """Replace the checkpoint by ``state``, atomically."""
        if distributed.rank():
            return
        summary = {name: value for name, value in vars(state).items() if name != "tensors"}
        save_sealed(self.state_path, summary, state.tensors)

    def load(self) -> State | None:
        """The last complete state, on the CPU, or None when there is none yet.

        Raises:
            InputError: when the file is damaged.
        """
        return distributed.from_first(distributed.on_first(self._read))

    def require_stage(self, state: State, *stages: str) -> None:
        """The state must be one of ``stages``.

        Raises:
            InputError: otherwise.
        """
        if state.stage not in stages:
            raise InputError(
                f"{str(self.state_path)!r} must be in the stage {' or '.join(stages)}; got {state.stage[:20]!r}"
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
        found = load_sealed(self.state_path)
        if found is None:
            return None
        summary, tensors = found
        if not _is_summary(summary):
            raise InputError(f"{str(self.state_path)!r} must be a checkpoint of a run; it is not")
        return State(tensors=tensors, **{name: summary[name] for name in SUMMARY})


def _kind(tensor: Tensor | None) -> str:
    return "absent" if tensor is None else f"{str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}"


def _is_summary(value: dict[str, Any]) -> bool:
    """Whether this is what :meth:`RunFolder.save` writes beside the tensors."""
    types = {name: type(value.get(name)) for name in SUMMARY}
    return types == SUMMARY and 0 <= value["step"] < 2**53 and all(isinstance(x, dict) for x in value["history"])


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the folder, made if need be, for this process; the lock ends with the process, however it ends.

    Raises:
        InputError: when another process holds it, or it cannot be written.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as name, locked(Path(name)):
        ...     [path.name for path in Path(name).iterdir()]
        ['.lock']
    """
    handle = distributed.on_first(lambda: _lock(path))
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _lock(path: Path) -> int:
    make_folder(path)
    try:
        handle = os.open(path / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise InputError(f"cannot write {str(path / '.lock')!r}: {error.strerror}") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise InputError(f"{str(path)!r} must not be in use; another process works there") from None
    return handle


def make_folder(path: Path) -> None:
    """Make one folder inside an existing one.

    Raises:
        InputError: when that is impossible.
    """
    try:
        path.mkdir(exist_ok=True)
    except FileNotFoundError:
        raise InputError(f"the parent folder must exist; got {str(path)!r}") from None
    except OSError as error:
        raise InputError(f"cannot make the folder {str(path)!r}: {error.strerror}") from None


def _require_same(stored: Any, config: dict[str, Any], path: Path) -> None:
    for key in config:
        if not isinstance(stored, dict) or stored.get(key) != config[key]:
            before = stored.get(key) if isinstance(stored, dict) else stored
            raise InputError(
                f"a resumed run must keep its settings: {key} was {before!r:.60} in {str(path)!r}; got {config[key]!r}"
            )
