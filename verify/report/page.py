"""The report as one HTML file: no scripts, nothing fetched, every string of the file escaped."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from numerics.components import Components
from theory.files import atomic_write
from verify.checks.single_frequency import predicted_masses
from verify.network_checks import Examination
from verify.report import figures
from verify.report.stability import draw_angles, draw_neurons, stability_lines
from verify.result import CheckResult, summary
from verify.stability import Stability
from verify.without_theorem import Measured

INK = "#010203"
SHOWN_NEURONS = 4


@dataclass(frozen=True)
class Figure:
    """A drawing and the words that stand for it."""

    title: str
    alt: str
    svg: str


def write_page(path: Path | str, document: dict[str, Any], examination: Examination | Measured | None = None) -> None:
    """Write the page of a report, atomically.

    Args:
        path: HTML file to write.
        document: the report, as in the JSON file.
        examination: the network behind it, for the figures; None draws none of its weights.

    Raises:
        InputError: when the file cannot be written.
    """
    text = page(document, examination)
    with atomic_write(path, "w") as stream:
        # A name or a metadata string may hold half a surrogate pair, which UTF-8 has no bytes for.
        stream.write(text.encode("utf-8", "replace").decode())


def page(document: dict[str, Any], examination: Examination | Measured | None = None) -> str:
    """The page's text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["number"] = lambda x: "" if x is None else f"{x:.6g}"
    environment.filters["short"] = lambda x: "" if x is None else f"{x:.2g}"
    results = [CheckResult(**check) for check in document["checks"]]
    bad = any(result.status in ("failed", "undecided") for result in results)
    verdict = summary(results, document["trained"])
    return environment.get_template("page.html").render(
        document=document, bad=bad, verdict=verdict, figures=draw_all(document, examination)
    )


def draw_all(document: dict[str, Any], examination: Examination | Measured | None) -> list[Figure]:
    """Every figure that the report has data for."""
    drawn: list[Figure] = []
    account = document.get("account")
    if account and all(value is not None for value in account["losses"].values()):
        alt = "Lost: " + ", ".join(f"{name} {loss:.3g}" for name, loss in account["losses"].items())
        drawn.append(
            _figure(
                "Where the margin went",
                f"{alt}; margin {account['margin_over_gamma']:.6g}, all in units of gamma*.",
                lambda ax: figures.draw_account(ax, account["losses"], account["margin_over_gamma"]),
                (6.4, 3.0),
            )
        )
    history = document.get("history")
    if history:
        drawn.append(
            _figure(
                "Margin over training",
                f"1 - margin/gamma* over {len(history)} records; at the end {1 - history[-1]['margin']:.3g}.",
                lambda ax: figures.draw_history(ax, history),
                (6.4, 2.8),
            )
        )
    if isinstance(examination, Examination):
        drawn += _stability_figures(examination.stability) + _network_figures(examination)
    return drawn


def _stability_figures(found: Stability | None) -> list[Figure]:
    if found is None:
        return []
    text = ". ".join(line[:1].upper() + line[1:] for line in stability_lines(found))
    alt = f"What each of {len(found.mass)} neurons loses of its best, against its angle to the nearest optimal neuron."
    return [
        _figure("Angles to optimal neurons", f"{text}.", lambda ax: draw_angles(ax, found), (6.4, 3.0)),
        _figure("Neurons against the bound", alt, lambda ax: draw_neurons(ax, found), (6.4, 3.0)),
    ]


def _network_figures(examination: Examination) -> list[Figure]:
    if examination.subject.group is not None:
        return _group_figures(examination)
    found, p = examination.decomposition, examination.subject.task.n
    names = [str(zeta) for zeta in range(1, p // 2 + 1)]
    drawn = [_weights(examination)]
    share, impure = _power_share(found.spectrum, found.live), float(found.pure.residual[found.live].max())
    drawn.append(
        _figure(
            "Spectra",
            f"Share of the power of {len(found.live)} neurons (above a millionth of the mean mass) in each frequency; "
            f"the least share of one frequency in any vector is {1 - impure**2:.6g}.",
            lambda ax: figures.draw_spectra(ax, share, ["0", *names]).set_ylabel("frequency"),
            (6.4, 3.2),
        )
    )
    if examination.subject.task.k == 1:
        return drawn
    predicted = predicted_masses(examination.subject)
    drawn.append(_masses("frequency", "frequencies", found.spectrum.masses[1:], predicted, names))
    phases, errors = found.waves.phase[found.live], found.phase_error[found.live]
    total, output = phases[:, :-1].sum(axis=1), phases[:, -1]
    drawn.append(
        _figure(
            "Phases",
            f"Output phase against the sum of input phases; largest distance {errors.max():.3g} turn, "
            f"median {np.median(errors):.3g}.",
            lambda ax: figures.draw_phase_sums(ax, total, output),
            (4.4, 4.0),
        )
    )
    return drawn


def _group_figures(examination: Examination) -> list[Figure]:
    found = examination.representations
    names, shares = list(found.components.names), found.components
    return [
        _figure(
            "Spectra",
            f"Share of the power of {len(found.live)} neurons (above a millionth of the mean mass) in each real "
            f"representation; least purity "
            f"{shares.purity[found.live].min():.6g}.",
            lambda ax: figures.draw_spectra(ax, _power_share(shares, found.live), names).set_ylabel("representation"),
            (6.4, 3.2),
        ),
        _masses(
            "representation",
            "representations",
            shares.masses[1:],
            found.margin.mass_floats[1:],
            names[1:],
        ),
    ]


def _masses(kind: str, kinds: str, carried: np.ndarray, predicted: np.ndarray, names: list[str]) -> Figure:
    return _figure(
        f"Mass of every {kind}",
        f"Masses of {len(names)} {kinds}, from {carried.min():.6g} to {carried.max():.6g}; largest distance to the "
        f"predicted ones {np.abs(carried - predicted).max():.3g}.",
        lambda ax: figures.draw_masses(ax, carried, predicted, names).set_xlabel(kind),
        (6.4, 2.8),
    )


def _weights(examination: Examination) -> Figure:
    """The heaviest neuron of some frequencies."""
    found = examination.decomposition
    heavy = found.live[np.argsort(-found.mass[found.live], kind="stable")]
    first = [int(heavy[found.frequency[heavy] == zeta][0]) for zeta in np.unique(found.frequency[heavy])]
    chosen = [first[i] for i in np.unique(np.linspace(0, len(first) - 1, SHOWN_NEURONS).astype(int))]
    pure = examination.subject.task.k > 1

    def draw(axes: np.ndarray) -> None:
        for ax, i in zip(axes, chosen, strict=True):
            norm = np.linalg.norm(found.norms[i])
            vectors = found.unit[i] * found.norms[i][:, None] / norm
            worst = float(found.waves.residual[i].max())
            figures.draw_weights(ax, vectors, int(found.frequency[i]) * pure, found.waves.phase[i], worst)

    listed = ", ".join(f"neuron {i} at frequency {found.frequency[i]}" for i in chosen)
    size = (2.4 * len(chosen), 0.7 * (examination.subject.task.k + 1) + 1.0)
    return _figure("Some neurons and their cosines", f"Weights of {listed}.", draw, size, len(chosen))


def _power_share(found: Components, live: np.ndarray) -> np.ndarray:
    """Share of each live neuron's power in every component, shape (C, L)."""
    power = found.power[live].sum(axis=1).T
    return power / power.sum(axis=0)


def _figure(
    title: str, alt: str, draw: Callable[[Any], object], size: tuple[float, float], columns: int | None = None
) -> Figure:
    """Draw on fresh axes, a row of them if ``columns`` is given; ink becomes the page's text colour, dark or light."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure as Canvas

    style = {name: INK for name in ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")}
    with rc_context(style | {"svg.fonttype": "none", "svg.hashsalt": title, "font.size": 9, "axes.spines.top": False,
                             "axes.spines.right": False, "font.family": "sans-serif"}):  # fmt: skip
        canvas = Canvas(figsize=size, layout="constrained")
        FigureCanvasSVG(canvas)
        draw(canvas.subplots() if columns is None else canvas.subplots(1, columns, squeeze=False)[0])
        stream = io.StringIO()
        canvas.savefig(stream, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return Figure(title, alt, _inline(stream.getvalue(), re.sub(r"\W", "", title)))


def _inline(svg: str, prefix: str) -> str:
    """The <svg> element alone, with ids that are unique on the page and a width that shrinks with the screen."""
    svg = svg[svg.index("<svg") :].replace(INK, "currentColor")
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}-", svg)
    return svg.replace("<svg", '<svg aria-hidden="true"', 1)
