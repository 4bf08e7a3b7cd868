"""A diagnosis as one figure."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numerics.diagnosis.diagnosis import Diagnosis

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#888888"


def draw(found: "Diagnosis", path: Path | str | None = None, suffix: str | None = None) -> Any:
    """Shares of the components in the logits, masses of the neurons' components, losses of margin, where known.

    Args:
        found: the diagnosis.
        path: where to write the figure; None leaves it unwritten.
        suffix: its format, where the name does not say it.

    Returns:
        the matplotlib figure.
    """
    from matplotlib.figure import Figure

    panels = [_shares]
    if found.purity is not None:
        panels.append(_masses)
    if found.account is not None:
        panels.append(_losses)
    figure = Figure(figsize=(4.2 * len(panels), 3.4), layout="constrained")
    for ax, panel in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        panel(ax, found)
    if path is not None:
        figure.savefig(path, format=suffix)
    return figure


def _shares(ax: Any, found: "Diagnosis") -> None:
    wanted = found.wanted
    _bars(ax, wanted.names, np.array(wanted.shares), [name in wanted.used for name in wanted.names])
    ax.set(xlabel=wanted.kind, ylabel="share of the logits' energy")
    ax.set_title(f"{100 * found.logits.accuracy:.4g}% accurate", fontsize=9)


def _masses(ax: Any, found: "Diagnosis") -> None:
    assert found.purity is not None
    names, masses = found.wanted.names, found.purity.masses
    _bars(ax, names, np.array([masses.get(name, 0.0) for name in names]), [True] * len(names))
    ax.set(xlabel=found.wanted.kind, ylabel="mass of neurons")
    ax.set_title(f"purity by mass {found.purity.by_mass:.3f}, median {found.purity.median:.3f}", fontsize=9)


def _losses(ax: Any, found: "Diagnosis") -> None:
    assert found.account is not None
    losses = found.account.losses() | {"margin": found.account.margin}
    places = np.arange(len(losses))[::-1]
    ax.barh(places, list(losses.values()), color=[ORANGE] * (len(losses) - 1) + [BLUE])
    ax.set_yticks(places, list(losses))
    ax.set(xlabel="in units of gamma*")
    ax.axvline(1, color=GREY, lw=0.8, ls="--")


def _bars(ax: Any, names: tuple[str, ...], values: np.ndarray, strong: list[bool]) -> None:
    places = np.arange(len(names))
    ax.bar(places, values, color=[BLUE if each else GREY for each in strong])
    step = max(1, len(names) // 12)
    ax.set_xticks(places[::step], names[::step])
