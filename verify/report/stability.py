"""The stability of a trained network as plain values, as lines for a terminal, and as a drawing."""

from typing import TYPE_CHECKING, Any

import numpy as np

from theory.stability import efficiency_loss
from verify.report.figures import LOST, MEASURED, PREDICTED
from verify.stability import Stability

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DEGREES = (1, 2, 5, 10, 20, 45)


def stability_document(found: Stability) -> dict[str, Any]:
    """What JSON holds: one number for each neuron or frequency in the arrays, in the network's order."""
    low, high = found.allowed_amounts or (None, None)
    return {
        "eps": found.eps,
        "eps1": found.eps1,
        "eps2": found.eps2,
        "eps1_allowed_by_the_loss": found.from_loss,
        "cross_entropy": None if found.loss is None else found.loss.value,
        "cross_entropy_error": None if found.loss is None else found.loss.error,
        "cross_entropy_known": None if found.loss is None else found.loss.how,
        "neurons": {
            "frequency": found.neurons.frequency.tolist(),
            "angle_degrees": np.degrees(found.neurons.angle).tolist(),
            "mass": found.mass.tolist(),
            "efficiency": (1 - found.neurons.losses).tolist(),
            "efficiency_allowed": (1 - found.least_losses).tolist(),
        },
        "mass_beyond": [
            {"degrees": degrees, "found": beyond, "allowed": allowed}
            for degrees in DEGREES
            for beyond, allowed in [found.mass_beyond(degrees)]
        ],
        "frequencies": {
            "amount": found.amounts.tolist(),
            "amount_at_least": None if low is None else low.tolist(),
            "amount_at_most": None if high is None else high.tolist(),
            "guaranteed": found.guaranteed,
        },
    }


def stability_lines(found: Stability) -> list[str]:
    """A summary, a few lines whatever the width of the network."""
    order = np.argsort(found.neurons.sine_squared)
    angles, carried = np.degrees(found.neurons.angle)[order], np.cumsum(found.mass[order])
    median = angles[min(int(np.searchsorted(carried, carried[-1] / 2)), len(angles) - 1)]
    beyond = ", ".join(
        f"{degrees} degrees {mass:.3g} (at most {allowed:.3g})"
        for degrees in (5, 10, 20, 45)
        for mass, allowed in [found.mass_beyond(degrees)]
    )
    lines = [
        f"neurons lose eps1 = {found.eps1:.3g} of gamma*"
        + ("" if found.eps2 is None else f", unequal inputs and labels eps2 = {found.eps2:.3g}")
        + ("" if found.from_loss is None else f"; the loss alone allows eps1 up to {found.from_loss:.3g}"),
        f"angle to the nearest optimal neuron: half the mass within {median:.3g} degrees; mass beyond {beyond}",
    ]
    half = len(found.amounts)
    used = int((found.amounts > 1e-9).sum())
    said = "" if found.guaranteed is None else f", guaranteed by the margin alone: {found.guaranteed}"
    spread = f"from {found.amounts.min():.3g} to {found.amounts.max():.3g} (1 at the optimum)"
    return [*lines, f"frequencies in use: {used} of {half}{said}; each does {spread}"]


def draw_angles(ax: "Axes", found: Stability) -> "Axes":
    """Mass beyond an angle: what there is, against what the neurons' losses allow."""
    angles, mass = np.degrees(found.neurons.angle), found.mass
    floor = 1e-3 * max(float(angles[mass > 0].min()), 1e-12)
    order = np.argsort(angles)
    beyond = np.append(mass[order][::-1].cumsum()[::-1], 0.0)
    ax.step(np.concatenate([[floor], np.maximum(angles[order], floor)]), np.append(1.0, beyond[1:]), where="post",
            color=MEASURED, label="found")  # fmt: skip
    grid = np.geomspace(floor, 90, 400)
    least = efficiency_loss(np.sin(np.radians(grid)) ** 2, found.subject.task.k, found.subject.task.n)
    allowed = np.minimum(1.0, max(found.eps1, 0.0) / np.maximum(least, 1e-300))
    ax.plot(grid, allowed, color=PREDICTED, label="allowed by what the neurons lose")
    if found.from_loss is not None and found.from_loss > 0:
        from_loss = np.minimum(1.0, found.from_loss / np.maximum(least, 1e-300))
        ax.plot(grid, from_loss, color=LOST, linestyle=":", label="allowed by the loss alone")
    ax.set(xscale="log", xlim=(floor, 90), ylim=(-0.02, 1.05))
    ax.set_xlabel("angle to the nearest optimal neuron (degrees)")
    ax.set_ylabel("mass beyond")
    ax.legend(loc="best", frameon=False, fontsize=8)
    return ax


def draw_neurons(ax: "Axes", found: Stability) -> "Axes":
    """What each neuron loses against its angle, over the least that any neuron there loses."""
    live = found.mass > 0
    angles, losses = np.degrees(found.neurons.angle[live]), np.maximum(found.neurons.losses[live], 1e-16)
    grid = np.geomspace(max(float(angles.min()) / 2, 1e-6), 90, 300)
    least = efficiency_loss(np.sin(np.radians(grid)) ** 2, found.subject.task.k, found.subject.task.n)
    ax.loglog(grid, np.maximum(least, 1e-16), color=PREDICTED, label="least possible at the angle")
    size = 4 + 40 * found.mass[live] / found.mass.max()
    ax.scatter(np.maximum(angles, grid[0]), losses, s=size, color=MEASURED, alpha=0.6, linewidths=0, label="neurons")
    ax.set_xlabel("angle to the nearest optimal neuron (degrees)")
    ax.set_ylabel("1 - efficiency")
    ax.legend(loc="best", frameon=False, fontsize=8)
    return ax
