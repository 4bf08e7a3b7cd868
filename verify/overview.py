"""What a network is like, in a few numbers beside their ideals: read before any check (in words: verify.sentence)."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.components import Components
from numerics.diagnosis.neurons import Purity, purity_of
from verify.accuracy import Accuracy
from verify.checks.single_frequency import predicted_masses

if TYPE_CHECKING:
    from verify.network_checks import Examination

CARRIED = 0.1


@dataclass(frozen=True)
class Overview:
    """Measured numbers of one network (k >= 2: at k = 1 components may mix, and nothing is said of them).

    Attributes:
        accuracy: inputs answered right; None where no input was looked at.
        purity: how pure its neurons are.
        phase_error: median over live neurons, in turns: |t_1 + ... + t_k - t_w|, on groups arccos of the alignment.
        kind: ``frequency`` or ``representation``.
        masses: mass of every non-trivial component, by name; they add up to 1.
        ideal: the same at a maximum margin; of several optima, their mean; None where no theorem gives it.
        forced: whether every maximum-margin network has the ideal masses.
    """

    accuracy: Accuracy
    kind: str
    purity: Purity | None = None
    phase_error: float | None = None
    masses: dict[str, float] | None = None
    ideal: dict[str, float] | None = None
    forced: bool = True

    @property
    def needed(self) -> list[str]:
        """Components that carry mass at a maximum margin; all of them, where no theorem says which."""
        return [name for name, mass in self._reference().items() if mass > 0]

    @property
    def used(self) -> list[str]:
        """Those of them that carry at least a tenth of their ideal mass, or of an equal share."""
        masses, reference = self.masses or {}, self._reference()
        return [name for name in self.needed if masses[name] >= CARRIED * reference[name]]

    def _reference(self) -> dict[str, float]:
        names = self.masses or {}
        return self.ideal if self.ideal is not None else dict.fromkeys(names, 1 / max(1, len(names)))

    def to_json(self) -> dict[str, Any]:
        """Keys of the report: accuracy, and from k = 2 on components, purity and phase_error."""
        content: dict[str, Any] = {"accuracy": asdict(self.accuracy) | {"share": self.accuracy.share}}
        if self.purity is not None:
            content["purity"] = {name: getattr(self.purity, name) for name in ("worst", "median", "by_mass")}
            content["phase_error"] = self.phase_error
            content["components"] = {
                "kind": self.kind,
                "used": self.used,
                "needed": self.needed,
                "masses": self.masses,
                "ideal": self.ideal,
                "ideal_is_forced": self.forced,
            }
        return content


def overview(examination: "Examination") -> Overview:
    """The numbers of a network that is being examined."""
    subject = examination.subject
    if subject.task.k == 1:
        return Overview(examination.accuracy, "frequency" if subject.group is None else "representation")
    if subject.group is None:
        waves = examination.decomposition
        return describe(examination.accuracy, waves.spectrum, waves.phase_error, predicted_masses(subject))
    found = examination.representations
    ideal, forced = found.margin.mass_floats[1:], found.margin.masses_are_forced
    return describe(examination.accuracy, found.components, turns(found.alignment), ideal, forced)


def describe(
    accuracy: Accuracy, parts: Components, phase_errors: np.ndarray, ideal: np.ndarray | None, forced: bool = True
) -> Overview:
    """The numbers of a network's neurons, k >= 2.

    Args:
        accuracy: how many inputs it answers right.
        parts: its neurons by component.
        phase_errors: error of every neuron, in turns, shape (m,).
        ideal: masses of the C - 1 non-trivial components at a maximum margin, None where no theorem gives them.
        forced: whether those are the only ones.
    """
    names = parts.names[1:]
    return Overview(
        accuracy,
        parts.kind,
        purity_of(parts, "u and w"),
        float(np.median(phase_errors[parts.live])),
        dict(zip(names, parts.masses[1:].tolist(), strict=True)),
        None if ideal is None else dict(zip(names, ideal.tolist(), strict=True)),
        forced,
    )


def turns(alignment: np.ndarray) -> np.ndarray:
    """The angle of an alignment, in turns.

    Examples:
        >>> turns(np.array([1.0, 0.0, -1.0])).tolist()
        [0.0, 0.25, 0.5]
    """
    return np.arccos(np.clip(alignment, -1, 1)) / (2 * np.pi)
