"""The figure of the study of Rangamani25's network, a panel for each of its claims."""

from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.studies.rangamani25_claims import ONE_FREQUENCY, PAPER
from numerics.studies.study import Found

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from numerics.studies.rangamani25 import Size

BLUE, ORANGE = "#0072b2", "#e69f00"
STYLES = {"W_E": (BLUE, "o"), "W_ih": (ORANGE, "s"), "W_hh": ("#000000", "^"), "W_fc": ("#d55e00", "D")}
SMALL = {"axes.titlesize": 10, "axes.labelsize": 9, "xtick.labelsize": 8, "ytick.labelsize": 8, "legend.fontsize": 8,
         "legend.frameon": False, "font.size": 8}  # fmt: skip


def figure(size: "Size", found: Found) -> "Figure":
    """Spectra and pairs of the first seed; ranks, fits, ablations and learning of all."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    rows = found.numbers["runs"]
    with rc_context(SMALL):
        figure = Figure(figsize=(12, 7), layout="constrained")
        figure.suptitle(
            f"Recurrent network on a + b mod {size.settings.p} ({len(rows)} seeds): few frequencies in embedding and "
            "states, their multiples in W_fc",
            fontsize=12,
        )
        panels = (_draw_spectra, _draw_ranks, _draw_pairs, _draw_fits, _draw_ablations, _draw_history)
        for ax, panel in zip(figure.subplots(2, 3).flat, panels, strict=True):
            panel(ax, rows)
    return figure


def _whole_numbers(ax: Any) -> None:
    ax.xaxis.get_major_locator().set_params(integer=True)


def _draw_spectra(ax: Any, rows: list[dict[str, Any]]) -> None:
    shares = rows[0]["shares"]
    image = ax.imshow(np.sqrt(list(shares.values())), aspect="auto", cmap="Greys", vmin=0, interpolation="nearest")
    ax.set_yticks(range(len(shares)), list(shares))
    ax.set(xlabel="frequency k", title=f"Seed {rows[0]['seed']}: shared are k = {str(rows[0]['shared'])[1:-1]}")
    ax.figure.colorbar(image, ax=ax, shrink=0.8).set_label("root of the share of power", fontsize=8)


def _draw_ranks(ax: Any, rows: list[dict[str, Any]]) -> None:
    twice = [2 * len(row["shared"]) for row in rows]
    for shift, (name, (colour, marker)) in enumerate(STYLES.items()):
        places = [x + 0.15 * (shift - 1.5) for x in twice]  # side by side where they would hide each other
        ax.plot(places, [row["ranks"][name]["rank"] for row in rows], marker, color=colour, ms=6, ls="",
                mfc="none", label=name)  # fmt: skip
    line = np.linspace(max(0.5, min(twice) - 1), max(twice) + 1)  # not straight on a logarithmic axis
    ax.plot(line, line, color="0.6", lw=1, ls="--", label="rank = 2 x frequencies")
    ax.set_yscale("log", base=2)
    ax.yaxis.set_major_formatter("{x:g}")
    ax.set(xlabel="2 x number of shared frequencies", ylabel="rank needed", title="Rank that keeps the accuracy",
           xlim=(min(twice) - 1, max(twice) + 1), ylim=(0.4, None))  # fmt: skip
    ax.legend(ncol=2, loc="lower right")


def _draw_pairs(ax: Any, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        places = np.arange(1, len(row["pairs"]) + 1)
        first = row is rows[0]
        ax.plot(places, [pair["share"] for pair in row["pairs"]], "o-" if first else ".-", lw=1,
                color=BLUE if first else "0.7", label=f"seed {row['seed']}" if first else None,
                zorder=3 if first else 2)  # fmt: skip
    for place, pair in enumerate(rows[0]["pairs"], 1):
        ax.annotate(f"k={pair['frequency']}", (place, pair["share"]), (0, 6), textcoords="offset points", ha="center")
    ax.axhline(ONE_FREQUENCY, color="k", lw=0.8, ls="--")
    ax.text(0.98, ONE_FREQUENCY + 0.02, "yes, above this (our threshold)", transform=ax.get_yaxis_transform(),
            ha="right")  # fmt: skip
    ax.margins(x=0.12)
    _whole_numbers(ax)
    ax.set(xlabel="consecutive pair of singular vectors of W_fc", ylabel="share of its strongest frequency",
           title="Is a pair of W_fc one frequency?", ylim=(0, 1.12))  # fmt: skip
    ax.legend(loc="lower left")


def _draw_fits(ax: Any, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        errors = [x for entry in row["fits"] for x in entry["error"]]
        ax.plot([row["seed"]] * len(errors), errors, "o", mfc="none", color=BLUE, ms=5)
    ax.axhspan(*PAPER["error"], color=ORANGE, alpha=0.3, lw=0)
    ax.text(0.02, PAPER["error"][1] / 3, "the paper's range", transform=ax.get_yaxis_transform())
    _whole_numbers(ax)
    ax.set(xlabel="seed", ylabel="relative error", yscale="log", ylim=(5e-4, 1.5),
           title="What W_fc sees of h3, fitted by cos, sin of 2$\\pi$k(a+b)/p")  # fmt: skip


def _draw_ablations(ax: Any, rows: list[dict[str, Any]]) -> None:
    for name, style in (("W_E", "-"), ("W_fc", "--")):
        colour, marker = STYLES[name]
        for row in rows:
            removed = row["ablations"][name]
            ax.plot([x["removed"] for x in removed], [x["mean"] for x in removed], style, marker=marker, ms=4, lw=1,
                    color=colour, label=name if row is rows[0] else None)  # fmt: skip
    _whole_numbers(ax)
    ax.set(xlabel="frequencies removed", ylabel="mean accuracy over the choices", ylim=(0, 1.05),
           title="Ablation of shared frequencies")  # fmt: skip
    ax.legend()


def _draw_history(ax: Any, rows: list[dict[str, Any]]) -> None:
    for name, colour, style in (("train_accuracy", ORANGE, "--"), ("test_accuracy", BLUE, "-")):
        for row in rows:
            ax.plot([x["step"] for x in row["history"]], [x[name] for x in row["history"]], color=colour, ls=style,
                    lw=1, label=name.replace("_", " ") if row is rows[0] else None)  # fmt: skip
    ax.set(xlabel="step", ylabel="accuracy", title="Learning", ylim=(0, 1.05))
    ax.legend(loc="lower right")
