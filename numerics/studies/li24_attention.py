r"""Li24, Figures 3, 9, 10: are the attention matrices of trained heads two-dimensional cosines?

One attention layer on k-input modular addition, trained on a random half of the inputs.  Every head's p x p matrix
W^KQ has a strongest plane wave; the head is one-peaked when that wave holds more than half of the power.  One-peaked
heads are counted before and after training; a head without structure is one-peaked with probability
:math:`N 2^{1-N}`, :math:`N = p(p-1)/2`.

Stated: heads, width, batch, rate, betas, warm-up, the number 0.001 called lambda (here decoupled weight decay), a half
for training.  Not stated: updates, initial weights, embedding, how the columns of output become logits.  Once k is 3 or
more, a symmetric network answers most of the other half from memory, so accuracy is also measured on the inputs no
permutation of which was trained on.

One-peaked is our word for "a two-dimensional cosine"; the paper shows matrices and spectra, no number.  A weaker
question stands beside it: whether trained heads have a stronger wave than 99 of 100 untrained ones.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.analysis.permuted_inputs import expected_given_away
from numerics.analysis.plane_waves import ONE_PEAKED, strongest_wave, unstructured_share, wave_powers
from numerics.models.transformer import AttentionLayer
from numerics.selection.intervals import wilson
from numerics.studies.li24_training import Data, Recipe, train
from numerics.studies.study import Claim, Found, Session, Study, graded, settings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE, ORANGE = "#0072b2", "#d55e00"
SHOWN = 3  # heads in the figure
EVALUATED = 2048  # inputs that an accuracy is measured on, at most


@dataclass(frozen=True)
class Size:
    """Task, network, how often to measure, and the two recipes."""

    k: int
    p: int
    heads: int
    width: int
    every: int
    paper: Recipe
    ours: Recipe


def _ours(updates: int, batch: int = 512) -> Recipe:
    return Recipe(updates, rate=1e-2, decay=1.0, batch=batch)


UNTRAINED = 5  # layers drawn by other seeds, to say what heads without training show


FULL = {k: Size(k, p, 160, 128, 500, Recipe(50_000), _ours(10_000, 1024)) for k, p in ((3, 61), (4, 31), (5, 17))}
FIGURES = {
    3: {"smoke": Size(3, 5, 8, 4, 40, Recipe(80, batch=64), _ours(160, 64)),
        "cpu": Size(3, 61, 160, 128, 100, Recipe(2000), _ours(1000, 1024)), "full": FULL[3]},
    4: {"smoke": Size(4, 5, 8, 4, 40, Recipe(80, batch=64), _ours(80, 64)),
        "cpu": Size(4, 11, 32, 8, 50, Recipe(1000, batch=256), Recipe(1000, 2e-2, 0.5, 256)), "full": FULL[4]},
    5: {"smoke": Size(5, 5, 8, 4, 40, Recipe(80, batch=64), _ours(80, 64)),
        "cpu": Size(5, 5, 32, 8, 50, Recipe(1000, batch=256), Recipe(1000, 2e-2, 0.5, 256)), "full": FULL[5]},
}  # fmt: skip
RULE = (
    "reproduced: more heads one-peaked than before training (95% intervals apart) and the interval's lower end above a "
    "half; partly: more than before"
)


BEYOND_RULE = (
    "reproduced: the 95% interval of the share of such heads lies above a half; partly: it lies above .01, the share "
    "among untrained heads"
)


@dataclass(frozen=True, eq=False)
class Run:
    """One trained layer: numbers for JSON, and W^KQ of every head before and after training, (heads, p, p)."""

    label: str
    numbers: dict[str, Any]
    before: np.ndarray
    after: np.ndarray


def trained(
    size: Size,
    recipe: Recipe,
    *,
    seed: int = 0,
    folder: Path | None = None,
    device: str = "cpu",
    progress: Callable[[int, int], None] = lambda done, planned: None,
) -> tuple[AttentionLayer, list[dict[str, Any]]]:
    """The layer after training on a random half, and its history of accuracies and one-peaked heads."""
    data = Data(size.k, size.p, "inputs", seed, EVALUATED, device)
    model = AttentionLayer(size.p, size.heads, size.width, seed=seed).to(device)

    def heads() -> dict[str, Any]:
        waves = strongest_wave(_matrices(model))
        return {"one_peaked": int(waves.one_peaked.sum()), "median_share": float(np.median(waves.share))}

    task = {"k": size.k, "p": size.p, "heads": size.heads, "width": size.width}
    found = train(model, model.tabulated, data, recipe, seed=seed, every=size.every, more=heads, folder=folder,
                  config=task, progress=progress)  # fmt: skip
    return model, found.history


def run(size: Size, session: Session) -> Found:
    """The paper's recipe and ours, each from the same initial weights."""
    runs = [
        _run(size, recipe, key, label, session)
        for key, label, recipe in (("paper", "paper's settings", size.paper), ("our", "our settings", size.ours))
    ]
    numbers = {
        "k": size.k, "p": size.p, "heads": size.heads, "width": size.width, "one_peaked_above": ONE_PEAKED,
        "unstructured_share": unstructured_share(size.p),
        "given_away_expected": float(expected_given_away(size.k, size.p)) if size.p**size.k < 10**6 else None,
        "runs": [run.numbers for run in runs],
    }  # fmt: skip
    return Found(numbers, runs)


def _run(size: Size, recipe: Recipe, key: str, label: str, session: Session) -> Run:
    before = _matrices(AttentionLayer(size.p, size.heads, size.width))
    progress = session.counter(label)
    model, history = trained(size, recipe, folder=session.folder / key, device=session.device, progress=progress)
    after = _matrices(model)
    waves = strongest_wave(after)
    zeta, eta = waves.frequency[waves.one_peaked].T
    untrained = [_matrices(AttentionLayer(size.p, size.heads, size.width, seed=1 + i)) for i in range(UNTRAINED)]
    numbers = {
        "label": label,
        "seed": 0,
        "updates": history[-1]["step"],
        **{name: history[-1].get(name) for name in ("train_accuracy", "test_accuracy", "fresh_accuracy")},
        "before": _heads(before),
        "after": _heads(after),
        "beyond": beyond(after, np.concatenate(untrained)),
        "same_frequency": {"of_one_peaked": len(zeta), "heads": int((zeta == np.abs(eta)).sum())},
        "frequencies": sorted({int(z) for z in zeta}),
        "history": history,
    }
    return Run(label, numbers, before, after)


def _heads(matrices: np.ndarray) -> dict[str, Any]:
    """How many heads are one-peaked, with Wilson's interval, and how their largest shares are distributed."""
    waves = strongest_wave(matrices)
    count, heads = int(waves.one_peaked.sum()), len(matrices)
    interval = wilson(count, heads)
    return {
        "one_peaked": count,
        "heads": heads,
        "share": count / heads,
        "interval": [interval.low, interval.high],
        "largest_share": {
            name: float(np.quantile(waves.share, q)) for name, q in (("low", 0.1), ("median", 0.5), ("high", 0.9))
        },
        "mirrored_share": float(np.median(waves.mirrored)),
    }


def beyond(after: np.ndarray, untrained: np.ndarray) -> dict[str, Any]:
    """How many trained heads have a stronger wave than 99 of 100 untrained ones, with Wilson's interval."""
    level = float(np.quantile(strongest_wave(untrained).share, 0.99))
    count = int((strongest_wave(after).share > level).sum())
    interval = wilson(count, len(after))
    return {"level": level, "untrained": len(untrained), "count": count, "interval": [interval.low, interval.high]}


def claims(size: Size, found: Found) -> list[Claim]:
    """Two for the paper's recipe and two for ours."""
    runs = list(zip(("paper", "our"), found.numbers["runs"], strict=True))
    return [_claim(key, run) for key, run in runs] + [_beyond(key, run) for key, run in runs]


def _beyond(key: str, run: dict[str, Any]) -> Claim:
    seen, heads = run["beyond"], run["after"]["heads"]
    low, high = seen["interval"]
    ours = {
        "heads": heads, "beyond": seen["count"], "interval": seen["interval"],
        "text": f"{seen['count']} of {heads} heads ({low:.2f}..{high:.2f}) have a wave of more than "
                f"{seen['level']:.3f} of the power, the 99% quantile of {seen['untrained']} untrained heads",
    }  # fmt: skip
    text = f"{run['label']}: heads have a stronger wave than 99 of 100 untrained ones"
    return Claim(f"beyond_untrained_{key}", text, None, ours, graded(low > 0.5, low > 0.01), BEYOND_RULE)


def _claim(key: str, run: dict[str, Any]) -> Claim:
    before, after = run["before"], run["after"]
    more = after["interval"][0] > before["interval"][1]
    low, high = after["interval"]
    ours = {
        "heads": after["heads"],
        "one_peaked": after["one_peaked"],
        "interval": after["interval"],
        "one_peaked_before": before["one_peaked"],
        "text": f"{after['one_peaked']} of {after['heads']} heads one-peaked ({low:.2f}..{high:.2f}), "
        f"{before['one_peaked']} before training",
    }
    text = f"{run['label']}: attention matrices of trained heads are two-dimensional cosines"
    return Claim(f"cosine_heads_{key}", text, None, ours, graded(more and low > 0.5, more), RULE)


def lines(size: Size, found: Found) -> list[str]:
    """One per recipe."""
    return [_line(run) for run in found.shown]


def _line(run: Run) -> str:
    found = run.numbers
    fresh = "" if found["fresh_accuracy"] is None else f", {found['fresh_accuracy']:.3f} where nothing is given away"
    before, after = (found[when]["largest_share"]["median"] for when in ("before", "after"))
    return (
        f"{run.label}, {found['updates']} updates: median largest share {before:.3f} -> {after:.3f}, of its mirror "
        f"image {found['after']['mirrored_share']:.3f}; "
        f"accuracy {found['train_accuracy']:.3f}, "
        f"{found['test_accuracy']:.3f} on the other half{fresh}"
    )


NOTES = {
    "updates": "not stated",
    "decay": "the paper's lambda; that it is AdamW's weight decay is ours",
    "embedding": "not stated; the paper shows W^K W^Q^T as a p x p matrix",
    "read_out": "not stated",
    "initial": "not stated",
    "batches": "not stated; as in the code that the paper builds on",
}
STATED = ("p", "heads", "width", "data", "rate", "decay", "batch", "betas", "warmup")


def listed(size: Size) -> list[dict[str, Any]]:
    """Every setting of both recipes."""
    ours, recipe = _values(size), size.paper.plain()
    paper = _values(FULL[size.k])
    rows = []
    for name, value in ours.items():
        same = name not in STATED or value == paper[name]
        rows.append((name, value, name in STATED and same, NOTES.get(name, "") if same else "smaller than the paper's"))
    changed = [(f"our {name}", x, False, "ours") for name, x in size.ours.plain().items() if x != recipe[name]]
    return settings(*rows, *changed)


def _values(size: Size) -> dict[str, Any]:
    task = {"p": size.p, "heads": size.heads, "width": size.width, "data": "a random half of the inputs"}
    fixed = {"embedding": "one-hot", "read_out": "mean over the positions", "initial": "normal, unit variance of W^KQ"}
    return task | size.paper.plain() | fixed | {"batches": "with replacement"}


def _matrices(model: AttentionLayer) -> np.ndarray:
    return model.attention_matrices().detach().double().cpu().numpy()


def figure(size: Size, found: Found) -> "Figure":
    """A few heads of our run before and after, their spectra, and the largest shares of all heads of both runs."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 6.4), layout="constrained")
    runs: list[Run] = found.shown
    run = runs[-1]
    after = run.numbers["after"]
    figure.suptitle(
        f"One attention layer, k = {size.k}, p = {size.p}, {run.label}: heads that are one plane wave: "
        f"{after['one_peaked']} of {size.heads} after training, {run.numbers['before']['one_peaked']} before",
        fontsize=11,
    )
    grid = figure.add_gridspec(SHOWN, 6, width_ratios=(1, 1, 1, 1, 0.12, 2.1))
    shares = strongest_wave(run.after).share
    order = np.argsort(-shares)
    for row, head in enumerate(order[[0, len(order) // 2, -1]]):
        for column, (matrices, when) in enumerate(((run.before, "before"), (run.after, "after"))):
            _head(figure, grid, row, column, matrices[head], when, ("most", "median", "least")[row])
    _histogram(figure.add_subplot(grid[:2, 5]), size, runs)
    _history(figure.add_subplot(grid[2, 5]), size, runs)
    return figure


def _head(figure: "Figure", grid: Any, row: int, column: int, matrix: np.ndarray, when: str, which: str) -> None:
    """W^KQ of a head less its column means, and its powers."""
    p = len(matrix)
    centred = matrix - matrix.mean(axis=0)
    ax = figure.add_subplot(grid[row, 2 * column])
    extent = float(np.abs(centred).max()) or 1.0
    ax.imshow(centred, cmap="RdBu_r", vmin=-extent, vmax=extent, interpolation="nearest")
    power = np.roll(wave_powers(matrix), (p - 1) // 2, axis=1)
    spectrum = figure.add_subplot(grid[row, 2 * column + 1])
    spectrum.imshow(power / (power.sum() or 1.0), cmap="magma", vmin=0, vmax=1, interpolation="nearest", aspect="auto",
                    extent=(-(p - 1) / 2 - 0.5, p / 2, p // 2 + 0.5, -0.5))  # fmt: skip
    share = float(strongest_wave(matrix).share)
    if row == 0:
        ax.set_title(f"$W^{{KQ}}$ {when}", fontsize=9)
    spectrum.set_title(("power, black 0, white 1\n" if row == 0 else "") + f"largest share {share:.2f}", fontsize=8)
    ax.set_ylabel(f"{which} peaked head\nkey" if column == 0 else "key", fontsize=8)
    ax.set_xlabel("query", fontsize=8)
    spectrum.set_ylabel("$\\zeta$ (key)", fontsize=8)
    spectrum.set_xlabel("$\\eta$ (query)", fontsize=8)
    for each in (ax, spectrum):
        each.tick_params(labelsize=6)


def _histogram(ax: Any, size: Size, runs: list[Run]) -> None:
    bins = np.linspace(0, 1, 26)
    ours, paper = runs[1], runs[0]
    ax.hist(strongest_wave(ours.before).share, bins, color="0.75", label="before training")
    ax.hist(strongest_wave(paper.after).share, bins, histtype="step", color=ORANGE, lw=1.6, hatch="//",
            label="after, paper's settings")  # fmt: skip
    ax.hist(strongest_wave(ours.after).share, bins, color=BLUE, alpha=0.75, label="after, our settings")
    ax.axvline(ONE_PEAKED, color="k", lw=0.9, ls="--", label="one-peaked: right of 1/2")
    ax.set_xlabel("share of the power in the strongest plane wave", fontsize=8)
    ax.set_ylabel(f"heads, of {size.heads}", fontsize=8)
    ax.legend(fontsize=7, frameon=False)
    ax.tick_params(labelsize=7)


def _history(ax: Any, size: Size, runs: list[Run]) -> None:
    for run, colour, mark in zip(runs, (ORANGE, BLUE), ("o", "s"), strict=True):
        history = run.numbers["history"]
        steps = [record["step"] for record in history]
        ax.plot(steps, [record["one_peaked"] / size.heads for record in history], color=colour, marker=mark, ms=3,
                label=f"one-peaked, {run.label}")  # fmt: skip
        ax.plot(steps, [record["train_accuracy"] for record in history], color=colour, ls=":", label="train accuracy")
    ax.set_ylim(-0.05, 1.05)
    ax.set_xlabel("update", fontsize=8)
    ax.set_ylabel("share", fontsize=8)
    ax.legend(fontsize=6, frameon=False)
    ax.tick_params(labelsize=7)


_REST: Any = (run, claims, figure, lines, listed)
STUDIES = (
    Study("li24-fig3", "Li24 Figure 3: attention heads of one layer, k = 4", "Li24", FIGURES[4], *_REST),
    Study("li24-fig9", "Li24 Figure 9: attention heads of one layer, k = 3", "Li24", FIGURES[3], *_REST),
    Study("li24-fig10", "Li24 Figure 10: attention heads of one layer, k = 5", "Li24", FIGURES[5], *_REST),
)
