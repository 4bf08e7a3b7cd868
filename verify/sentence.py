"""What a network is like, in words: one sentence first, then the numbers behind it."""

from typing import TYPE_CHECKING

from verify.accuracy import percent
from verify.intervals import Enclosure
from verify.overview import Overview

if TYPE_CHECKING:
    from theory.account import Account

SMALL = 1e-6
LISTED = 8
PLURAL = {"frequency": "frequencies", "representation": "representations"}


def sentence(found: Overview, ratio: Enclosure | None, account: "Account | None") -> str:
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
        parts.append(f"{percent(found.purity.by_mass)} of the mass pure")
        parts.append(f"phases add up within {found.phase_error:.2g} turn")
    return parts


def _margin(ratio: Enclosure | None) -> str:
    if ratio is None:
        return "margin not known"
    if ratio.low <= 1 <= ratio.high:
        return f"margin gamma*, to {max(1 - ratio.low, ratio.high - 1):.1g}"
    short = f"{ratio.middle:.4g}"
    return f"margin {short if float(short) != 1 else f'1 - {1 - ratio.middle:.1g}'} of gamma*"


def _loss(account: "Account | None") -> str:
    if account is None or account.margin > 1 - SMALL:
        return ""
    losses = account.losses()
    return f", lost mostly to {max(losses, key=lambda name: losses[name])}"


def lines(found: Overview) -> list[str]:
    """Purity and masses beside their ideals; nothing at k = 1, where components may mix."""
    purity, masses = found.purity, found.masses
    if purity is None or masses is None:
        return []
    shown = f"worst {purity.worst:.4g}, median {purity.median:.4g}, by mass {purity.by_mass:.4g}"
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
