"""Ding24, Figure 8: train again from the same MLP, with an embedding that starts with one or two circles only.

Experiment O is the original.  A starts from the strongest circle that survived in O, B from the two strongest, C from
one other circle and D from two, each as it was in O's initial embedding, the mean removed.  The published script writes
the frequencies down: 11 and 8, which are O's two strongest survivors, and 1 and 2.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numerics.analysis.ablation import keep_frequencies
from numerics.analysis.circles import signals, survivors
from numerics.models.embedding_mlp import EmbeddingMLP, snapshot
from numerics.studies.ding24 import COLOURS, FULL, ORIGINALS, STYLES, Settings, followed, original, spaced, train
from numerics.studies.study import Claim, Found, Session, Study, graded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEARNED = 0.99
SETTLED = 0.1  # test loss above which circles still come and go
NAMES = {
    "O": "all circles",
    "A": "the strongest",
    "B": "the two strongest",
    "C": "one other, k = 1",
    "D": "two others, k = 1, 2",
}


@dataclass(frozen=True)
class Size:
    """Settings, seeds, and the experiments to make; what is said of one that is left out is at most *partly*."""

    settings: Settings
    seeds: int
    experiments: str = "".join(NAMES)


SIZES = {
    "smoke": Size(Settings(p=13, d=16, steps=150, precision="float32"), 1),
    "cpu": Size(Settings(steps=2_000, precision="float32"), 1),
    "full": Size(FULL, 1, "OABC"),
}


def run(size: Size, session: Session) -> Found:
    """Five experiments for every seed."""
    return Found({"runs": [row for seed in range(size.seeds) for row in _experiments(size, seed, session)]})


def _experiments(size: Size, seed: int, session: Session) -> list[dict[str, Any]]:
    settings = size.settings
    drawn = snapshot(EmbeddingMLP(settings.p, settings.d, seed=seed, initial=settings.initial))
    starts: dict[str, list[int]] = {"O": []}
    rows = []
    for name in size.experiments:
        kept = starts[name]
        if name == "O":
            model, history = original(settings, seed, session)
        else:
            model, history = train(
                settings,
                seed,
                session.folder / f"seed-{seed}-{name}",
                measure=followed,
                at=spaced,
                device=session.device,
                progress=session.progress,
                embedding=keep_frequencies(drawn, kept),
            )
        embedding = snapshot(model)
        if name == "O":
            strength = signals(embedding)
            first, second = (int(k) + 1 for k in (-strength).argsort()[:2])
            starts |= {"A": [first], "B": [first, second], "C": [1], "D": [1, 2]}
        learned = [record["step"] for record in history if record["test_accuracy"] >= LEARNED]
        rows.append({
            "experiment": name, "seed": seed, "started_from": kept, "survivors": survivors(embedding),
            "signals": [round(float(x), 2) for x in signals(embedding)],
            "learned_at": learned[0] if learned else None, "history": history,
        })  # fmt: skip
    return rows


def claims(size: Size, found: Found) -> list[Claim]:
    """What becomes of every start."""
    rows = found.numbers["runs"]
    by_name = {name: [row for row in rows if row["experiment"] == name] for name in NAMES}
    counts = {name: [len(row["survivors"]) for row in by_name[name]] for name in NAMES}
    times = {name: [row["learned_at"] for row in by_name[name]] for name in NAMES}
    losses = {name: [row["history"][-1]["test_loss"] for row in by_name[name]] for name in NAMES}
    settled = {name: bool(losses[name]) and max(losses[name]) < SETTLED for name in NAMES}
    shown = {name: [f"{x:.1e}" for x in losses[name]] for name in NAMES}
    two = [sorted(row["survivors"]) == sorted(row["started_from"]) for row in by_name["B"]]
    sooner = [b is not None and (o is None or b < o) for b, o in zip(times["B"], times["O"], strict=True)]
    lower = [b < o for b, o in zip(losses["B"], losses["O"], strict=True)]
    alive = {name: [row["survivors"] for row in by_name[name]] for name in NAMES}
    text = f"test accuracy {LEARNED} at steps {times['B']} against {times['O']}"
    short = "" if size.settings.steps >= 30_000 else "; no run was that long"
    many = [n >= 3 for name in "CD" for n in counts[name]]
    return [
        Claim("strongest", "A (strongest circle): dead frequencies come back", "4 circles in the end",
              f"{alive['A']}, test loss {shown['A']}",
              graded(settled["A"] and all(n == 4 for n in counts["A"]), min(counts["A"]) > 1),
              f"reproduced: 4 in every seed, with test losses below {SETTLED}; partly: more than one in every seed"),
        Claim("two_strongest", "B (two strongest): two circles in the end", 2, alive["B"],
              graded(all(two), any(two)), "reproduced: the two of the start, in every seed; partly: in some seed"),
        Claim("faster", "B learns sooner than O", "faster", text, graded(all(sooner), any(sooner)),
              f"reproduced: B reaches test accuracy {LEARNED} first in every seed; partly: in some seed"),
        Claim("loss", f"B's test loss, here after {size.settings.steps} steps", "1e-7 after 30000 steps",
              f"{shown['B']} (O: {shown['O']}){short}", graded(max(losses["B"]) <= 1.5e-7, all(lower)),
              "reproduced: at most 1.5e-7 in every seed; partly: below O's in every seed"),
        Claim("others", "C, D (other circles): circles in the end", "at least 3",
              f"{counts['C']} and {counts['D']}, test loss {shown['C']} and {shown['D']}",
              graded(settled["C"] and settled["D"] and all(many), any(many)),
              f"reproduced: at least 3 in every seed, with test losses below {SETTLED}; partly: in some seed"),
    ]  # fmt: skip


def figure(size: Size, found: Found) -> "Figure":
    """Test loss over training as in the paper: O with A and B, O with C and D; a row for every seed."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.2 * size.seeds), layout="constrained")
    figure.suptitle(f"p = {size.settings.p}: training from one or two circles of the initial embedding", fontsize=11)
    axes = figure.subplots(size.seeds, 2, sharey=True, squeeze=False)
    for seed, pair in enumerate(axes):
        for ax, shown in zip(pair, ("OAB", "OCD"), strict=True):
            for row in found.numbers["runs"]:
                if row["seed"] == seed and row["experiment"] in shown:
                    index = list(NAMES).index(row["experiment"])
                    label = f"{row['experiment']}: {NAMES[row['experiment']]} -> {len(row['survivors'])} circles"
                    steps = [record["step"] + 1 for record in row["history"]]
                    loss = [record["test_loss"] for record in row["history"]]
                    ax.plot(steps, loss, color=COLOURS[index], ls=STYLES[index], label=label)
            ax.set(xscale="log", yscale="log", xlabel="step + 1", title=f"seed {seed}")
            ax.legend(fontsize=7, frameon=False, loc="lower left")
        pair[0].set_ylabel("cross-entropy, test pairs")
    return figure


STUDY = Study(
    "ding24-reinit",
    "Ding24 Figure 8: training again from one or two circles",
    "Ding24",
    SIZES,
    run,
    claims,
    figure,
    settings=lambda size: size.settings.listed(),
    shared_runs=ORIGINALS,
)
