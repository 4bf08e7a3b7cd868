"""How many circles survive against one setting: rows with intervals, the trend, and the figure."""

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.ensemble.cell import Row
from numerics.outcome import statistics
from numerics.studies.ding24_sweeps.cells import Trainings, unsettled
from numerics.studies.study import Claim

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def survivors(rows: list[Row]) -> list[float]:
    """How many frequencies survive in each network."""
    return [float(len(row["alive"])) for row in rows]


def histogram(rows: list[Row]) -> dict[str, int]:
    """How many networks have each number of survivors."""
    return {str(int(count)): n for count, n in sorted(Counter(survivors(rows)).items())}


def rows(finished: Trainings, setting: str) -> list[dict[str, Any]]:
    """Per cell: the setting, survivors (mean and Student's 95% interval), their histogram, settling, test accuracy."""
    return [
        {
            setting: getattr(x.cell, setting),
            "survivors": statistics(survivors(x.rows)),
            "histogram": histogram(x.rows),
            "not_settled": unsettled(x),
            "test_accuracy": float(np.mean([row["test_accuracy"] for row in x.rows])),
        }
        for x in finished
    ]


def trend(counted: list[dict[str, Any]], setting: str) -> dict[str, Any]:
    """Slope of survivors against the setting, over all networks of the histograms: least squares and Student."""
    from scipy.stats import linregress
    from scipy.stats import t as student

    networks = [(row[setting], count, n) for row in counted for count, n in row["histogram"].items()]
    x, y = ([float(each[i]) for each in networks for _ in range(each[2])] for i in (0, 1))
    slope = half = 0.0
    if max(y) > min(y):
        found = linregress(x, y)
        slope, half = float(found.slope), float(student.ppf(0.975, len(x) - 2)) * float(found.stderr)
    return {"slope": slope, "interval": [slope - half, slope + half], "networks": len(x)}


def judged(key: str, text: str, found: dict[str, Any], sign: int, per: float, unit: str) -> Claim:
    """The claim of a direction (sign +1 or -1)."""
    low, high = (per * x for x in found["interval"])
    way = "increasing" if sign > 0 else "decreasing"
    ours = f"{per * found['slope']:+.2f} circles per {unit} (95% {low:+.2f}..{high:+.2f}, {found['networks']} networks)"
    rule = f"reproduced when the 95% interval of the slope is {'above' if sign > 0 else 'below'} 0, else not"
    return Claim(key, text, way, ours, "reproduced" if (low > 0 if sign > 0 else high < 0) else "not", rule)


def plot(ax: "Axes", found: list[dict[str, Any]], setting: str) -> "Axes":
    """Every count as a dot whose area is its share of the networks; the means with their intervals."""
    x = [row[setting] for row in found]
    for row in found:
        for count, n in row["histogram"].items():
            ax.scatter(row[setting], int(count), s=160 * n / row["survivors"]["seeds"], color="#56b4e9", lw=0, zorder=1)
    mean = [row["survivors"]["mean"] for row in found]
    half = [row["survivors"]["interval"][1] - row["survivors"]["mean"] for row in found]
    ax.errorbar(x, mean, half, color="#d55e00", marker="s", ms=4, capsize=3, label="mean, 95% interval", zorder=2)
    ax.scatter([], [], s=160, color="#56b4e9", lw=0, label="a network's count (area: share)")
    ax.set_ylabel("surviving circles")
    ax.set_ylim(bottom=-0.3)
    ax.legend(fontsize=8, frameon=False)
    return ax
