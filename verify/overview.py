"""What a network is like: a few numbers beside their ideals, and one sentence; read before any check."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.components import Components
from theory.account import Account
from verify.accuracy import Accuracy, percent
from verify.checks.single_frequency import predicted_masses
from verify.intervals import Enclosure

if TYPE_CHECKING:
    from verify.network_checks import Examination

CARRIED = 0.1
SMALL = 1e-6
LISTED = 8
PLURAL = {"frequency": "frequencies", "representation": "representations"}


@dataclass(frozen=True)
class Overview:
    """Measured numbers of one network (k >= 2: at k = 1 components may mix, and nothing is said of them).

    Attributes:
        accuracy: inputs answered right; None where no input was looked at.
        purity: least and median purity of live neurons, ``worst`` and ``median``, and the mean of all ``by_mass``.
        phase_error: median over live neurons, in turns: |t_1 + ... + t_k - t_w|, on groups arccos of the alignment.
        kind: ``frequency`` or ``representation``.
        masses: mass of every non-trivial component, by name; they add up to 1.
        ideal: the same at a maximum margin; of several optima, their mean; None where no theorem gives it.
        forced: whether every maximum-margin network has the ideal masses.
    """

    accuracy: Accuracy
    kind: str
    purity: dict[str, float] | None = None
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
            content["purity"] = self.purity
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
    names, pure = parts.names[1:], parts.purity[parts.live]
    by_mass = float(parts.mass @ parts.purity)
    return Overview(
        accuracy,
        parts.kind,
        {"worst": float(pure.min()), "median": float(np.median(pure)), "by_mass": by_mass},
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


def sentence(found: Overview, ratio: Enclosure | None, account: Account | None) -> str:
    """One sentence: accuracy, components, purity, phases, margin, and what took most of it.

    Args:
        found: the network's numbers.
        ratio: its margin over gamma*, enclosed; None where it is not known.
        account: where the margin went, where that is known.
    """
    return "; ".join([*_phrases(found), _margin(ratio) + _loss(account)]) + "."


def sentence_without_theorem(found: Overview, activation: str) -> str:
    """The same of a network whose maximum margin nobody knows."""
    return "; ".join([*_phrases(found), f"no theorem gives the maximum margin of the activation {activation}"]) + "."


def _phrases(found: Overview) -> list[str]:
    parts = [str(found.accuracy)]
    if found.purity is not None:
        fewer = len(found.used) < len(found.needed)
        parts.append(f"{len(found.used)} of {len(found.needed)} {PLURAL[found.kind]}" + " carry mass" * fewer)
        parts.append(f"{percent(found.purity['by_mass'])} of the mass pure")
        parts.append(f"phases add up within {found.phase_error:.2g} turn")
    return parts


def _margin(ratio: Enclosure | None) -> str:
    if ratio is None:
        return "margin not known"
    if ratio.low <= 1 <= ratio.high:
        return f"margin gamma*, to {max(1 - ratio.low, ratio.high - 1):.1g}"
    short = f"{ratio.middle:.4g}"
    return f"margin {short if float(short) != 1 else f'1 - {1 - ratio.middle:.1g}'} of gamma*"


def _loss(account: Account | None) -> str:
    if account is None or account.margin > 1 - SMALL:
        return ""
    losses = account.losses()
    return f", lost mostly to {max(losses, key=lambda name: losses[name])}"


def lines(found: Overview) -> list[str]:
    """Purity and masses beside their ideals; nothing at k = 1, where components may mix."""
    purity, masses = found.purity, found.masses
    if purity is None or masses is None:
        return []
    shown = ", ".join(f"{name.replace('_', ' ')} {x:.4g}" for name, x in purity.items())
    return [f"purity of the neurons (ideal 1): {shown}", f"mass of the {PLURAL[found.kind]}{_masses(found, masses)}"]


def _masses(found: Overview, masses: dict[str, float]) -> str:
    """Each beside its ideal, or, where they are many, the extremes of both."""
    ideal = found.ideal
    heading = "" if ideal is None else " (ideal)" if found.forced else " (mean over several optima)"
    if len(masses) <= LISTED:
        each = (f"{name} {x:.4g}" + ("" if ideal is None else f" ({ideal[name]:.4g})") for name, x in masses.items())
        return f"{heading}: {', '.join(each)}"
    extremes = [f"{min(x.values()):.4g} to {max(x.values()):.4g}" for x in (masses, ideal) if x is not None]
    heaviest = sorted(masses, key=lambda name: -masses[name])[:LISTED]
    several = "" if ideal is None else f" ({extremes[1]})"
    return f"{heading}: {extremes[0]}{several}, the heaviest {', '.join(heaviest)}"
