"""The look of every figure, and :func:`show`, which hands a finished one to the page with its words.

Colours are those of Okabe and Ito, told apart by all kinds of colour vision, with orange and sky blue darkened until
they have a contrast of 3 with both pages; every curve also has a marker or a dash of its own.  Backgrounds are
transparent and ink is a placeholder, which the site replaces for light and dark pages.
"""

import io
from itertools import cycle, islice

import matplotlib as mpl
import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, PURPLE, SKY, RED = "#0072b2", "#c48300", "#009e73", "#cc79a7", "#3b97d0", "#d55e00"
PALETTE = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED)
INK, FAINT = "#010203", "#8a8f98"
MIME = "application/x-fourier-margin-figure+json"


def colours(count: int) -> list[str]:
    """The palette, again from its start when it is used up."""
    return list(islice(cycle(PALETTE), count))


def use() -> None:
    """Set the style for the notebook."""
    mpl.rcParams.update(
        {
            "figure.figsize": (6.4, 3.4),
            "figure.constrained_layout.use": True,
            "figure.facecolor": "none",
            "axes.facecolor": "none",
            "savefig.facecolor": "none",
            "axes.prop_cycle": mpl.cycler(color=PALETTE),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.edgecolor": INK,
            "axes.labelcolor": INK,
            "axes.titlesize": 10,
            "axes.titlecolor": INK,
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "axes.labelsize": 10,
            "font.size": 10,
            "legend.frameon": False,
            "lines.linewidth": 1.8,
            "svg.fonttype": "path",
            "svg.hashsalt": "fourier-margin",
        }
    )


def show(figure: Figure, name: str, alt: str, caption: str, paper: str = "") -> None:
    """Display a figure and close it.

    Args:
        figure: the figure.
        name: name of its file on the site.
        alt: what it shows, for those who cannot see it.
        caption: what to see in it.
        paper: where it stands beside a paper's figure: which one, and what that one shows, in our own words.
    """
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    svg = stream.getvalue()
    words = {"name": name, "svg": svg, "alt": alt, "caption": caption, "paper": paper}
    display({MIME: words, "image/svg+xml": svg.replace(INK, "#808890"), "text/plain": alt}, raw=True)
