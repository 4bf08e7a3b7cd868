r"""Settings that the paper of Rangamani25 may have used: one network under each, and which of its claims each meets.

The paper's text could not be read, so its optimiser, decay, batch, activation, schedule and first draws are unknown.
The candidates share AdamW with a constant rate of 1e-3, as is usual for this task, and minibatches, which cost least;
they differ in what turned out to matter: **weight decay** sets how many frequencies remain, the **activation** what the
output layer holds.  Each ran until its structure no longer changed, or for 40,000 steps.  A candidate is as good as the
number of the paper's claims that its network meets, by the rules of ``rangamani25``.
"""

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from numerics.analysis.recurrent_structure import dissect
from numerics.studies.rangamani25 import NEAREST, SMALL, Settings, train
from numerics.studies.rangamani25_claims import CRITERIA, signature
from numerics.studies.study import Claim, Found, Session, Study, graded, settings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CANDIDATES = (
    replace(NEAREST, batch=512, weight_decay=1.0, steps=7500),
    replace(NEAREST, weight_decay=0.3, steps=15_000),
    NEAREST,
    replace(NEAREST, activation="tanh", weight_decay=1.0, steps=20_000),
    replace(NEAREST, activation="tanh", weight_decay=0.3),
)
ALL_AT_ONCE = replace(NEAREST, fraction=0.3, batch=None)
SEED = 0


@dataclass(frozen=True)
class Size:
    """The candidates."""

    candidates: tuple[Settings, ...]


QUICK = replace(SMALL, p=11, d=16, h=16, batch=32, steps=60)
SIZES = {
    "smoke": Size((QUICK, replace(QUICK, activation="tanh", batch=None))),
    "cpu": Size(CANDIDATES),
    "full": Size(
        tuple(
            replace(each, steps=NEAREST.steps)
            for each in (*CANDIDATES, ALL_AT_ONCE, replace(ALL_AT_ONCE, activation="tanh"))
        )
    ),
}


def name(candidate: Settings) -> str:
    """The candidate's name in files and pictures."""
    batch = "all" if candidate.batch is None else str(candidate.batch)
    parts = [candidate.activation, f"batch-{batch}", f"share-{candidate.fraction:g}", f"rate-{candidate.rate:g}"]
    parts += [f"decay-{candidate.weight_decay:g}", f"cool-{candidate.cool:g}"]
    return "_".join(parts)


def run(size: Size, session: Session) -> Found:
    """One network under each candidate's settings."""
    rows = []
    for candidate in size.candidates:
        label = name(candidate)
        trained = train(candidate, SEED, session.folder / label, device=session.device, progress=session.progress)
        row = dissect(trained.model)
        rows.append({"name": label, "settings": asdict(candidate), "seconds": round(trained.seconds, 1)} | row
                    | {"history": trained.history})  # fmt: skip
    return Found({"runs": rows})


def met(row: dict[str, Any]) -> dict[str, bool]:
    """Which of the paper's claims a network meets; none where it does not answer all inputs."""
    return {key: held and row["accuracy"] == 1 for key, held in signature(row).items()}


def claims(size: Size, found: Found) -> list[Claim]:
    """How many of the paper's claims the best candidate meets and which that is; for each claim, whether any does."""
    rows = {row["name"]: met(row) for row in found.numbers["runs"]}
    best = max(rows, key=lambda name: sum(rows[name].values()))
    total, most = len(CRITERIA), sum(rows[best].values())
    return [
        Claim("best", "claims of the paper that the best of the candidate settings meets in one network", total,
              {"text": f"{most} of {total}, by {best}"}, graded(most == total, most >= total / 2),
              "reproduced: all of them; partly: at least half; a network that misses an input meets none",
              {"missed": [key for key, held in rows[best].items() if not held], "candidates": len(rows)}),
        *(Claim(f"any_{each.key}", f"{each.text}: under some settings", each.paper,
                {"text": f"{sum(row[each.key] for row in rows.values())} of {len(rows)} settings"},
                graded(any(row[each.key] for row in rows.values())),
                f"reproduced: a network of one of the candidate settings answers all inputs, and {each.rule}")
          for each in CRITERIA),
    ]  # fmt: skip


def lines(size: Size, found: Found) -> list[str]:
    """One per candidate."""
    return [_line(row) for row in found.numbers["runs"]]


def _line(row: dict[str, Any]) -> str:
    ranks = ", ".join(f"{name} {x['rank']}" for name, x in row["ranks"].items())
    held = sum(met(row).values())
    return f"{row['name']}: accuracy {row['accuracy']:.4f}, {len(row['shared'])} shared, ranks {ranks}, meets {held}"


def figure(size: Size, found: Found) -> "Figure":
    """Which claim is met under which settings."""
    import numpy as np
    from matplotlib.figure import Figure

    rows = found.numbers["runs"]
    figure = Figure(figsize=(10, 1.8 + 0.4 * len(rows)), layout="constrained")
    ax = figure.subplots()
    held = np.array([[met(row)[each.key] for each in CRITERIA] for row in rows], dtype=float)
    ax.imshow(held, cmap="Blues", vmin=0, vmax=1.4, aspect="auto")
    ax.set_xticks(range(len(CRITERIA)), [each.key for each in CRITERIA], rotation=60, ha="right", fontsize=8)
    ax.set_yticks(range(len(rows)), [row["name"].replace("_", ", ").replace("-", " ") for row in rows], fontsize=8)
    ax.set_title("Claims of Rangamani25 that one network meets (blue), by its settings", fontsize=11)
    return figure


def _settings(size: Size) -> list[dict[str, Any]]:
    p = size.candidates[0].p
    return settings(
        ("p", p, p == Settings.p, f"the paper's is {Settings.p}"),
        ("candidates", [name(each) for each in size.candidates], False, "ours: the paper's settings could not be read"),
        ("steps", [each.steps for each in size.candidates], False, "ours, in the order of the candidates"),
        ("seed", SEED, False, "one network each"),
    )


STUDY = Study(
    "rangamani25-settings",
    "Rangamani25: which settings give a recurrent network the structure that the paper shows",
    "Rangamani25",
    SIZES,
    run,
    claims,
    figure,
    lines,
    _settings,
    one_thread=True,
)
