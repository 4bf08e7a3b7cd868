"""The report as one HTML file: no scripts, nothing fetched, every string of the file escaped."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from theory.files import atomic_write
from verify.checks.single_frequency import predicted_masses
from verify.network_checks import Examination
from verify.report import figures

INK = "#010203"
SHOWN_NEURONS = 4


@dataclass(frozen=True)
class Figure:
    """A drawing and the words that stand for it."""

    title: str
    alt: str
    svg: str


def write_page(path: Path | str, document: dict[str, Any], examination: Examination | None = None) -> None:
    """Write the page of a report, atomically.

    Args:
        path: HTML file to write.
        document: the report, as in the JSON file.
        examination: the network behind it, for the figures; None draws none of its weights.

    Raises:
        InputError: when the file cannot be written.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> document = {"name": "a<b.safetensors", "trained": False, "network": {}, "checks": []}
        >>> with TemporaryDirectory() as name:
        ...     write_page(Path(name) / "report.html", document)
        ...     "a&lt;b" in (Path(name) / "report.html").read_text()
        True
    """
    text = page(document, examination)
    with atomic_write(path, "w") as stream:
        stream.write(text)


def page(document: dict[str, Any], examination: Examination | None = None) -> str:
    """The page's text.

    Examples:
        >>> text = page({"name": "a<b.safetensors", "trained": False, "network": {}, "checks": []})
        >>> "a&lt;b" in text, "a<b" in text, "<script" in text
        (True, False, False)
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["number"] = lambda x: "" if x is None else f"{x:.6g}"
    environment.filters["short"] = lambda x: "" if x is None else f"{x:.2g}"
    bad = [check for check in document["checks"] if check["status"] in ("failed", "undecided")]
    return environment.get_template("page.html").render(
        document=document, bad=bad, figures=draw_all(document, examination)
    )


def draw_all(document: dict[str, Any], examination: Examination | None) -> list[Figure]:
    """Every figure that the report has data for.

    Examples:
        >>> history = [{"phase": "descent", "step": 10, "margin": 0.5}]
        >>> [(figure.title, figure.alt) for figure in draw_all({"history": history}, None)]
        [('Margin over training', '1 - margin/gamma* over 1 records; at the end 0.5.')]
    """
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
    if examination is not None:
        drawn += _network_figures(examination)
    return drawn


def _network_figures(examination: Examination) -> list[Figure]:
    if examination.subject.group is not None:
        return _group_figures(examination)
    found, p = examination.decomposition, examination.subject.task.n
    names = [str(zeta) for zeta in range(1, p // 2 + 1)]
    drawn = [_weights(examination)]
    share = _power_share(found.unit * found.norms[..., None])
    drawn.append(
        _figure(
            "Spectra",
            f"Share of each of {len(found.live)} live neurons' power in each frequency; "
            f"the least share of one frequency in any vector is {1 - float((found.pure.residual**2).max()):.6g}.",
            lambda ax: figures.draw_spectra(ax, share, ["0", *names]).set_ylabel("frequency"),
            (6.4, 3.2),
        )
    )
    if examination.subject.task.k == 1:
        return drawn
    predicted = predicted_masses(examination.subject)
    drawn.append(_masses("frequency", "frequencies", found.frequency_masses()[1:], predicted, names))
    total, output = found.waves.phase[:, :-1].sum(axis=1), found.waves.phase[:, -1]
    drawn.append(
        _figure(
            "Phases",
            f"Output phase against the sum of input phases; largest distance {found.phase_error.max():.3g} turn, "
            f"median {np.median(found.phase_error):.3g}.",
            lambda ax: figures.draw_phase_sums(ax, total, output),
            (4.4, 4.0),
        )
    )
    return drawn


def _group_figures(examination: Examination) -> list[Figure]:
    found = examination.representations
    names = [v.name for v in found.margin.characters.irreps]
    power = (found.share * found.norms**2).sum(axis=2)
    return [
        _figure(
            "Spectra",
            f"Share of each of {len(found.live)} live neurons' power in each real representation; least purity "
            f"{found.purity.min():.6g}.",
            lambda ax: figures.draw_spectra(ax, power / power.sum(axis=0), names).set_ylabel("representation"),
            (6.4, 3.2),
        ),
        _masses(
            "representation",
            "representations",
            found.representation_masses()[1:],
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
    heavy = np.argsort(-found.mass[found.live], kind="stable")
    first = [int(heavy[found.frequency[heavy] == zeta][0]) for zeta in np.unique(found.frequency)]
    chosen = [first[i] for i in np.unique(np.linspace(0, len(first) - 1, SHOWN_NEURONS).astype(int))]
    pure = examination.subject.task.k > 1

    def draw(axes: np.ndarray) -> None:
        for ax, i in zip(axes, chosen, strict=True):
            norm = np.linalg.norm(found.norms[i])
            vectors = found.unit[i] * found.norms[i][:, None] / norm
            worst = float(found.waves.residual[i].max())
            figures.draw_weights(ax, vectors, int(found.frequency[i]) * pure, found.waves.phase[i], worst)

    listed = ", ".join(f"neuron {found.live[i]} at frequency {found.frequency[i]}" for i in chosen)
    size = (2.4 * len(chosen), 0.7 * (examination.subject.task.k + 1) + 1.0)
    return _figure("Some neurons and their cosines", f"Weights of {listed}.", draw, size, len(chosen))


def _power_share(vectors: np.ndarray) -> np.ndarray:
    """(L, k+1, p) to the share of each neuron's power per frequency, (floor(p/2)+1, L)."""
    from numerics.spectrum import pooled_power

    power = pooled_power(vectors).sum(axis=1).T
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
