"""A look at a network every so many steps of any training loop: margin over gamma*, account, purity, frequencies.

    watch = Watch(model, Task.cyclic(2, 23), every=100, writer=SummaryWriter())
    for step in range(steps):
        ...
        watch(step)

``watch.records`` holds what was found; the writer, if there is one, gets every number by ``add_scalar``.
"""

from typing import Any, Protocol

from numerics.diagnosis.diagnose import overview
from numerics.diagnosis.diagnosis import Diagnosis
from numerics.diagnosis.inputs import MOST_INPUTS, choose_inputs
from numerics.diagnosis.open_model import open_model
from theory.errors import require_integer
from theory.task import Task

MOST_OPERATIONS = 1e11  # for the margin of all inputs, at every look


class Writer(Protocol):
    """What TensorBoard's SummaryWriter has."""

    def add_scalar(self, tag: str, scalar_value: float, global_step: int) -> Any:
        """Log one number."""


class Watch:
    """Called at every step; looks at the network every so many.

    Attributes:
        records: what was found at each look, in order: plain dictionaries.
        latest: the whole diagnosis of the last look.
    """

    def __init__(
        self, model: Any, task: Task, every: int = 100, writer: Writer | None = None, most: int = MOST_INPUTS
    ) -> None:
        """Watch a network; it is opened at each look, since training changes it.

        Margin over gamma* and account take a pass over all inputs; where that is long, they are left out.

        Args:
            model: anything that ``diagnose`` reads, most often the module that is trained.
            task: what it should compute.
            every: steps from one look to the next.
            writer: gets every number, under ``margin/...``.
            most: inputs that are looked at; a sample where there are more.

        Raises:
            InputError: for ``every`` or ``most`` below 1.
        """
        require_integer("every", every, 1)
        self.model, self.task, self.every, self.writer = model, task, every, writer
        self.inputs = choose_inputs(task, most)
        self.records: list[dict[str, Any]] = []
        self.latest: Diagnosis | None = None

    def __call__(self, step: int) -> dict[str, Any] | None:
        """Look, if it is time; returns what was found.  The network's gradients and mode stay as they are."""
        if step % self.every:
            return None
        self.latest = overview(open_model(self.model, self.task), self.inputs, MOST_OPERATIONS)
        record = summarised(self.latest) | {"step": step}
        self.records.append(record)
        if self.writer is not None:
            for name, value in numbers(record).items():
                self.writer.add_scalar(f"margin/{name}", value, step)
        return record


def summarised(found: Diagnosis) -> dict[str, Any]:
    """The numbers of a look: those that do not apply to the network are left out."""
    record: dict[str, Any] = {
        "accuracy": found.logits.accuracy,
        "margin": found.logits.margin,
        "explained": found.wanted.explained,
        "components": list(found.wanted.used),
    }
    if found.account is not None:
        record |= {"margin_over_gamma": found.account.margin, "account": found.account.losses()}
    if found.purity is not None:
        record |= {"purity": found.purity.by_mass, "median_purity": found.purity.median}
    if found.phases is not None:
        record["phase_error"] = found.phases.median
    return record


def numbers(record: dict[str, Any]) -> dict[str, float]:
    """The numbers of a record under one name each; of a list, its length.

    Examples:
        >>> numbers({"step": 3, "accuracy": 0.5, "components": ["1", "4"], "account": {"phase": 0.25}})
        {'accuracy': 0.5, 'components': 2.0, 'account/phase': 0.25}
    """
    found: dict[str, float] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            found |= {f"{name}/{key}": float(each) for key, each in value.items()}
        elif name != "step":
            found[name] = float(len(value) if isinstance(value, list) else value)
    return found
