"""The state of a whole ensemble in one file: results of finished members and the batch in training."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from numerics.checkpoint import load_sealed, make_folder, save_sealed
from theory.errors import InputError

Tensors = dict[str, Tensor]
FILE = "ensemble.safetensors"


@dataclass
class State:
    """Everything an ensemble needs to go on.

    Attributes:
        begun: members before this one have begun; the batch in training is among them.
        step: updates that the batch has made.
        done: results of all members, (N, ...).
        now: the batch in training, (members, ...); empty between batches.
        seconds: processor time that training has taken.
    """

    begun: int = 0
    step: int = 0
    done: Tensors = field(default_factory=dict)
    now: Tensors = field(default_factory=dict)
    seconds: float = 0.0


class Store:
    """One ensemble's file; without a folder nothing is kept."""

    def __init__(self, folder: Path | None, identity: dict[str, Any], seconds: float) -> None:
        """Name the file; ``identity`` (JSON values) is what a continued run must agree in."""
        self.path = folder / FILE if folder else None
        self.identity = json.loads(json.dumps(identity))
        self.seconds = seconds
        self.saved = time.monotonic()
        self.counted = time.process_time()

    def due(self) -> bool:
        """Whether it is time to save."""
        return self.path is not None and time.monotonic() - self.saved >= self.seconds

    def save(self, state: State) -> None:
        """Replace the file, atomically.

        Raises:
            InputError: when the file cannot be written.
        """
        state.seconds += time.process_time() - self.counted
        self.counted = time.process_time()
        if self.path is None:
            return
        parts = {f"done/{name}": x for name, x in state.done.items()}
        parts |= {f"now/{name}": x for name, x in state.now.items()}
        summary = {"begun": state.begun, "step": state.step, "seconds": state.seconds, "identity": self.identity}
        make_folder(self.path.parent)
        save_sealed(self.path, summary, parts)
        self.saved = time.monotonic()

    def load(self, device: torch.device) -> State:
        """The last complete state, or the empty one.

        Raises:
            InputError: for a damaged file, or one of another run.
        """
        found = load_sealed(self.path) if self.path else None
        if found is None:
            return State()
        summary, tensors = found
        if not {"begun", "step", "seconds", "identity"} <= set(summary):
            raise InputError(f"{str(self.path)!r} must be an ensemble's state; it is not")
        for key, value in self.identity.items():
            if (before := summary["identity"].get(key)) != value:
                raise InputError(
                    f"a continued ensemble must keep its settings: {key} was {before!s:.80}; got {value!s:.80}"
                )
        done, now = (
            {name.removeprefix(part): x.to(device) for name, x in tensors.items() if name.startswith(part)}
            for part in ("done/", "now/")
        )
        return State(summary["begun"], summary["step"], done, now, summary["seconds"])
