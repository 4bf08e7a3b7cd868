"""One figure of a verification: the masses of the components, and where the margin went."""

from typing import TYPE_CHECKING

import numpy as np

from theory.errors import InputError
from verify.report import figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from verify.overview import Overview
    from verify.verification import Verification


def summary_figure(found: "Verification") -> "Figure":
    """Draw it, outside of any figure manager.

    Raises:
        InputError: when there is nothing to draw.
    """
    from matplotlib.figure import Figure

    overview = None if found.examination is None else found.examination.overview
    account = found.account
    masses = overview is not None and overview.masses is not None
    if not masses and account is None:
        raise InputError(f"a figure needs masses or an account of the margin; {found.name} has neither")
    canvas = Figure(figsize=(4.8 * (masses + (account is not None)), 3.0), layout="constrained")
    axes = list(canvas.subplots(1, masses + (account is not None), squeeze=False)[0])
    if masses and overview is not None:
        _draw_masses(axes.pop(0), overview)
    if account is not None:
        figures.draw_account(axes.pop(0), account.losses(), account.margin).set_title("where the margin went")
    return canvas


def _draw_masses(ax: "Axes", overview: "Overview") -> None:
    masses, ideal = overview.masses or {}, overview.ideal
    values = np.array(list(masses.values()))
    predicted = None if ideal is None else np.array([ideal[name] for name in masses])
    figures.draw_masses(ax, values, predicted, list(masses)).set_xlabel(overview.kind)
    ax.set_title(f"{overview.accuracy}")
