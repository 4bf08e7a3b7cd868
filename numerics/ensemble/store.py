"""The state of a whole ensemble in one file: results of finished members and the batch in training."""

import json
import time
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from numerics.checkpoint import make_folder
from theory.errors import InputError
from theory.files import atomic_path, parse_json

Tensors = dict[str, Tensor]
FILE = "ensemble.safetensors"


class Store:
    """One ensemble's file; without a folder nothing is kept."""

    def __init__(self, folder: Path | None, identity: dict[str, Any], seconds: float) -> None:
        """Name the file; ``identity`` (JSON values) is what a continued run must agree in."""
        self.path = folder / FILE if folder else None
        self.identity = json.loads(json.dumps(identity))
        self.seconds = seconds
        self.saved = time.monotonic()

    def due(self) -> bool:
        """Whether it is time to save."""
        return self.path is not None and time.monotonic() - self.saved >= self.seconds

    def save(self, start: int, step: int, done: Tensors, now: Tensors) -> None:
        """Replace the file, atomically.

        Args:
            start: first member of the batch in training.
            step: updates that the batch has made.
            done: results of all members, (N, ...).
            now: state of the batch.

        Raises:
            InputError: when the file cannot be written.
        """
        if self.path is None:
            return
        parts = {f"done/{name}": x for name, x in done.items()} | {f"now/{name}": x for name, x in now.items()}
        summary = {"start": start, "step": step, "identity": self.identity}
        make_folder(self.path.parent)
        with atomic_path(self.path) as temporary:
            try:
                save_file(
                    {name: x.cpu().contiguous() for name, x in parts.items()},
                    temporary,
                    {"state": json.dumps(summary, allow_nan=False)},
                )
            except SafetensorError as error:
                raise InputError(f"cannot write {str(self.path)!r}: {str(error)[:120]}") from None
        self.saved = time.monotonic()

    def load(self, device: torch.device) -> tuple[int, int, Tensors, Tensors] | None:
        """(start, step, done, now) of the last complete state; None when there is none.

        Raises:
            InputError: for a damaged file, or one of another run.
        """
        if self.path is None or not self.path.exists():
            return None
        try:
            with safe_open(self.path, "pt") as stream:
                summary = parse_json((stream.metadata() or {}).get("state", "").encode())
                tensors = {name: stream.get_tensor(name).to(device) for name in stream.keys()}  # noqa: SIM118
        except (SafetensorError, OSError, ValueError) as error:
            raise InputError(f"{str(self.path)!r} must be an ensemble's state; {str(error)[:120]}") from None
        if not isinstance(summary, dict) or not {"start", "step", "identity"} <= set(summary):
            raise InputError(f"{str(self.path)!r} must be an ensemble's state; it is not")
        for key, value in self.identity.items():
            if (before := summary["identity"].get(key)) != value:
                raise InputError(
                    f"a continued ensemble must keep its settings: {key} was {before!s:.80}; got {value!s:.80}"
                )
        done, now = (
            {name.removeprefix(part): x for name, x in tensors.items() if name.startswith(part)}
            for part in ("done/", "now/")
        )
        return summary["start"], summary["step"], done, now
