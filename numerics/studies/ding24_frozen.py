"""Ding24, Figure 3: with a frozen random embedding, the test loss drops where d reaches p.

The paper's reason: from d = p on, circles are linear projections of a random embedding (``theory.circles``).  One run
for every d and seed; test loss and accuracy after the paper's 500, 1000, 5000 and 10,000 steps, as far as a run goes.
"""

from dataclasses import dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING, Any

from numerics.studies.ding24 import COLOURS, STYLES, Settings, train
from numerics.studies.study import Claim, Found, Session, Study, graded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GOOD = 1.0  # the published figure's second row shows test losses below 1


@dataclass(frozen=True)
class Size:
    """Settings, dimensions, seeds, and the steps at which to look."""

    settings: Settings
    dimensions: tuple[int, ...]
    seeds: int
    looks: tuple[int, ...]


SIZES = {
    "smoke": Size(Settings(p=11, steps=300, precision="float32"), (2, 6, 11, 24), 1, (100, 300)),
    "cpu": Size(Settings(p=31, steps=1_000, precision="float32"), (8, 16, 24, 31, 48, 64), 1, (500, 1000)),
    "full": Size(Settings(steps=10_000), tuple(range(16, 129)), 5, (500, 1000, 5000, 10_000)),
}


def run(size: Size, session: Session) -> Found:
    """Train every d and seed."""
    rows = []
    for d in size.dimensions:
        for seed in range(size.seeds):
            _, history = train(
                replace(size.settings, d=d),
                seed,
                session.folder / f"d{d}-seed{seed}",
                measure=lambda model, step: {},
                at=size.looks.__contains__,
                device=session.device,
                progress=session.progress,
                frozen=True,
            )
            rows.append({"d": d, "seed": seed, "history": history})
    return Found({"runs": rows})


def _loss(rows: list[dict[str, Any]], d: int, step: int) -> float:
    """Mean test loss over seeds."""
    return fmean(r["test_loss"] for row in rows if row["d"] == d for r in row["history"] if r["step"] == step)


def claims(size: Size, found: Found) -> list[Claim]:
    """Where the test loss drops, at every look, and whether small d does better."""
    p, rows, judged = size.settings.p, found.numbers["runs"], []
    for step in size.looks:
        losses = {d: _loss(rows, d, step) for d in size.dimensions}
        first = next((d for d in size.dimensions if losses[d] < GOOD), None)
        before, after = ([x for d, x in losses.items() if (d >= p) is side] for side in (False, True))
        below = max((d for d in size.dimensions if d < p), default=0)
        at = first is not None and below < first <= min(d for d in size.dimensions if d >= p)
        judged.append(
            Claim(f"drop_{step}", f"{step} steps: the test loss drops at d = p = {p}: least d where it is below "
                  f"{GOOD:g}", p, first, graded(at, min(before) > max(after) or fmean(before) > 2 * fmean(after)),
                  f"reproduced: the least d with a mean test loss below {GOOD:g} is the least d >= p; partly: every "
                  "loss at d < p is above every one at d >= p, or they are more than twice as large on average")
        )  # fmt: skip
    small = [d for d in size.dimensions if d <= 20]
    middle = [d for d in size.dimensions if 20 < d < p]
    last = {d: round(_loss(rows, d, size.looks[-1]), 3) for d in size.dimensions}
    better = bool(small and middle) and max(last[d] for d in small) < min(last[d] for d in middle)
    judged.append(
        Claim("small_d", "d <= 20 does better than 20 <= d <= 59 (paper: p = 59, after 10,000 steps)", "better",
              f"test losses after {size.looks[-1]} steps {last}", graded(better),
              "reproduced: every mean test loss at d <= 20 is below every one at 20 < d < p")
    )  # fmt: skip
    return judged


def figure(size: Size, found: Found) -> "Figure":
    """Test loss against d, on the scale of guessing and on that of having learned; a line for every step."""
    from matplotlib.figure import Figure

    p, rows = size.settings.p, found.numbers["runs"]
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    figure.suptitle(f"p = {p}, frozen embeddings: test loss and accuracy against d", fontsize=11)
    for ax, name in zip(figure.subplots(1, 2), ("test_loss", "test_accuracy"), strict=True):
        for step, colour, style, marker in zip(size.looks, COLOURS, STYLES, "osD^", strict=False):
            points = [(row["d"], r[name]) for row in rows for r in row["history"] if r["step"] == step]
            ax.plot(*zip(*points, strict=True), marker, color=colour, ms=4, alpha=0.6)
            means = [fmean(y for x, y in points if x == d) for d in size.dimensions]
            ax.plot(size.dimensions, means, color=colour, ls=style, marker=marker, ms=4, label=f"{step} steps")
        ax.axvline(p, color="k", lw=0.8, ls=":")
        ax.text(p, 0.94, " d = p", transform=ax.get_xaxis_transform(), fontsize=8)
        ax.set(xlabel="d", ylabel=name.replace("_", " "))
        ax.legend(fontsize=8, frameon=False)
    return figure


STUDY = Study(
    "ding24-frozen",
    "Ding24 Figure 3: frozen embeddings, test loss against d",
    "Ding24",
    SIZES,
    run,
    claims,
    figure,
    settings=lambda size: size.settings.listed(),
)
