"""The picture of ``width-law``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.studies.study import Found

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def figure(laws: Sequence[Any], found: Found) -> "Figure":
    """The width of 99% of seeds over p-1, measured with intervals, and the collector's."""
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(6, 4), layout="constrained")
    ax = drawn.subplots()
    for index, k in enumerate(sorted({row["k"] for row in found.numbers["rows"]})):
        rows = [row for row in found.numbers["rows"] if row["k"] == k]
        p = np.array([row["p"] for row in rows])
        measured = np.array([row["measured"]["value"] for row in rows])
        ends = np.array([[np.nan if end is None else end for end in row["measured"]["interval"]] for row in rows])
        away = np.abs(ends.T - measured) / (p - 1)
        ax.errorbar(p, measured / (p - 1), yerr=away, fmt="o", capsize=3, color=f"C{index}", label=f"k = {k}, measured")
        ax.plot(p, [row["predicted"] / (row["p"] - 1) for row in rows], "-", color=f"C{index}", label="collector")
        ax.axhline(rows[0]["needed"] / 2, color=f"C{index}", ls=":", lw=0.8)
    ax.set(xscale="log", yscale="log", xlabel="p", ylabel="m / (p-1) at which 99% of seeds are fed")
    ax.legend(ncols=2, fontsize=8)
    return drawn
