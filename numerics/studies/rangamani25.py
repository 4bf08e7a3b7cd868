r"""Rangamani25: a recurrent network adds modulo 113 with few frequencies, shared by all of its matrices.

Which frequencies a network chooses depends on its seed, so what is compared over seeds is the structure: how many
frequencies the embedding, the hidden states and the output layer share; the rank that each matrix needs for 100%
accuracy, against twice that number; whether consecutive singular vectors of W_fc are one frequency's; how well
:math:`\cos, \sin(2\pi k(a+b)/p)` fit what the output layer sees; what removing frequencies costs.

Only the abstract and the captions could be read: everything but p and the matrices is ours, and so are the rules that
turn the claims into numbers.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from numerics.analysis.ablation import ablate, drop_frequencies, keep_frequencies
from numerics.analysis.harmonics import fit_harmonics, frequency_shares, multiples, project, shared, significant
from numerics.analysis.ranks import energy, power_at, rank_needed, singular_pairs
from numerics.checkpoint import runs_folder
from numerics.loop import fit
from numerics.models.rnn import MATRICES, Activation, RecurrentNetwork, accuracy, hidden_states, matrices
from numerics.outcome import Outcome, Progress, provenance, statistics
from numerics.studies.verdict import claim

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Rangamani25: the frequencies, ranks and ablations of a recurrent network"
PAPER: dict[str, Any] = {
    "frequencies": [6, 15, 20, 29, 47, 54],
    "ranks": {"W_E": 12, "W_ih": 12, "W_hh": 32, "W_fc": 12},
    "energy": {"W_E": 0.854, "W_ih": 0.914, "W_hh": 0.894, "W_fc": 0.955},
    "error": [1e-3, 1e-2],
}
ONE_FREQUENCY = 0.9  # share of a pair's power from which the pair is called one frequency's: ours
HARMLESS = 0.99  # accuracy from which an ablation is called harmless: ours
COLLAPSED = 0.5  # accuracy below which it has collapsed: ours
OVERTONES = 5  # largest multiple of a shared frequency that is looked at: ours
MOST_CHOICES = 10
MATRIX_STYLES = {"W_E": ("#0072b2", "o"), "W_ih": ("#e69f00", "s"), "W_hh": ("#000000", "^"), "W_fc": ("#d55e00", "D")}
NOTES = {
    "activation": "ours: tanh, torch's default, is learned too, but was not through after more than twice the steps",
    "fraction": "ours: of all pairs, drawn by the seed; with 0.5 the same is learned in about twice the steps",
    "batch": "ours: drawn with replacement at every step",
    "cool": "ours: the last part of the steps, in which the rate falls linearly to 0",
}


@dataclass(frozen=True)
class Settings:
    """Settings of one training run: AdamW on the cross-entropy of minibatches; all but p ours.

    Attributes:
        p: modulus.
        d, h: dimensions of the embedding and of the hidden state.
        activation: activation of the recurrence.
        rate: learning rate; it grows over the first ``warm_up`` steps and falls to 0 over the last share ``cool``.
        weight_decay: weight decay of all parameters.
        betas: betas of AdamW.
        fraction: share of all pairs that are trained on.
        batch: pairs in a step.
        steps: updates.
    """

    p: int = 113
    d: int = 128
    h: int = 128
    activation: Activation = "relu"
    rate: float = 3e-3
    weight_decay: float = 1.0
    betas: tuple[float, float] = (0.9, 0.98)
    fraction: float = 0.7
    batch: int = 512
    warm_up: int = 10
    cool: float = 0.25
    steps: int = 3000

    def factor(self, step: int) -> float:
        """Factor on the learning rate."""
        return min(1.0, (step + 1) / self.warm_up, (1 - step / self.steps) / self.cool)

    def listed(self) -> list[dict[str, Any]]:
        """Every setting with its value; stated is p alone, at the paper's value."""
        rows = []
        for name, value in asdict(self).items():
            stated = name == "p" and value == Settings.p
            note = "" if stated else "ours; the paper's is 113" if name == "p" else NOTES.get(name, "ours")
            rows.append(
                {"name": name, "value": list(value) if name == "betas" else value, "stated": stated, "note": note}
            )
        return rows


@dataclass(frozen=True)
class Size:
    """Settings, and how many seeds."""

    settings: Settings
    seeds: int


SMALL = Settings(p=23, d=64, h=64, rate=1e-2, fraction=0.8, batch=256, steps=800)
SIZES = {
    "smoke": Size(replace(SMALL, steps=550), 2),
    "cpu": Size(Settings(), 5),
    "full": Size(Settings(steps=40_000), 20),
}


def reproduce(scale: str, folder: Path, *, device: str, budget: int, progress: Progress) -> Outcome:
    """Train every seed, take every network apart; ``budget`` is not needed."""
    size = SIZES[scale]
    runs = runs_folder(folder, "rangamani25", scale)
    rows = []
    for seed in range(size.seeds):
        model, history = train(size.settings, seed, runs / f"seed-{seed}", device=device, progress=progress)
        rows.append({"seed": seed} | dissect(model) | {"history": history})
    verdicts, observations = _verdicts(rows), _observations(rows)
    numbers = {
        "preset": "rangamani25", "title": TITLE, "scale": scale, "runs": rows, "verdict": verdicts,
        "observations": observations,
        "settings": size.settings.listed(),
    } | provenance(device)  # fmt: skip
    lines = [f"{TITLE} (p = {size.settings.p}, {size.seeds} seeds)", *(f"  {_line(row)}" for row in rows)]
    for entry in verdicts:
        holds, of = entry["seeds"]
        lines.append(f"  {entry['verdict']} ({holds} of {of} seeds): {entry['claim']}: paper {_words(entry['paper'])}, "
                     f"ours {_words(entry['ours'])}")  # fmt: skip
    lines += [f"  beside the paper: {x['observation']}: {_words(x['ours'])}" for x in observations]
    return Outcome(numbers, lines, False, lambda: _draw(size.settings, rows))


def train(
    settings: Settings,
    seed: int,
    folder: Path | None = None,
    *,
    device: str = "cpu",
    progress: Progress = lambda label, done, planned: None,
) -> tuple[RecurrentNetwork, list[dict[str, Any]]]:
    """One run, kept in ``folder`` and continued from there: the network and its history.

    Args:
        settings: settings of the run.
        seed: seed of the initial parameters, the split and the minibatches.
        folder: the run's own; its parent must exist.
        device: where to compute.
        progress: receives the seed.
    """
    p = settings.p
    model = RecurrentNetwork(p, settings.d, settings.h, activation=settings.activation, seed=seed).to(device)
    order = torch.as_tensor(np.random.default_rng(seed).permutation(p * p), device=device)
    trained, tested = order.tensor_split([round(settings.fraction * p * p)])

    def scores(chosen: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        a, b = chosen // p, chosen % p
        logits, label = model(a, b), (a + b) % p
        return torch.nn.functional.cross_entropy(logits, label), (logits.argmax(dim=1) == label).double().mean()

    def loss(step: int) -> torch.Tensor:
        drawn = np.random.default_rng([seed, step]).integers(len(trained), size=settings.batch)
        return scores(trained[torch.as_tensor(drawn, device=device)])[0]

    def measure(step: int) -> dict[str, float]:
        train, test = scores(trained), scores(tested)
        names = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")
        return {name: round(float(x), 6) for name, x in zip(names, (*train, *test), strict=True)}

    optimiser = torch.optim.AdamW(
        model.parameters(), settings.rate, betas=settings.betas, weight_decay=settings.weight_decay
    )
    every = max(1, settings.steps // 20)
    run = fit(
        model,
        optimiser,
        loss,
        steps=settings.steps,
        measure=measure,
        at=lambda step: step % every == 0,
        schedule=settings.factor,
        folder=folder,
        config=asdict(settings) | {"betas": list(settings.betas), "seed": seed},
        progress=partial(progress, f"seed {seed}"),
    )
    return model, run.history


def tables(model: RecurrentNetwork) -> dict[str, np.ndarray]:
    """What has an axis indexed by Z_p, that axis first: W_E without "=", W_fc, h1, and h2, h3 along a and along b."""
    states, weights = hidden_states(model), matrices(model)
    found = {"W_E": weights["W_E"][: model.p], "W_fc": weights["W_fc"], "h1": states["h1"]}
    for name in ("h2", "h3"):
        found |= {f"{name}(a)": states[name], f"{name}(b)": states[name].swapaxes(0, 1)}
    return found


def dissect(model: RecurrentNetwork) -> dict[str, Any]:
    """Frequencies, ranks, singular pairs, fits and ablations of one network, as JSON values.

    Ranks are those that keep the network's own accuracy, which is 1 for a network that has learned the task.
    """
    weights, p = matrices(model), model.p
    shares = {name: frequency_shares(table) for name, table in tables(model).items()}
    sets = {name: significant(share) for name, share in shares.items()}
    common = shared(sets.values())
    whole = accuracy(model)
    ranks = {}
    for name in MATRICES:
        rank = rank_needed(weights[name], partial(_with, model, name), whole)
        ranks[name] = {"rank": rank, "of": min(weights[name].shape), "energy": round(energy(weights[name], rank), 4)}
    states = hidden_states(model)["h3"].reshape(p * p, -1)
    sums = np.add.outer(np.arange(p), np.arange(p)).ravel()
    errors = {k: fit_harmonics(project(weights["W_fc"], states, k), sums, [k], p).error for k in common}
    pairs = min(len(common), min(weights["W_fc"].shape) // 2)
    of_shared = list(multiples(common, OVERTONES, p))
    return {
        "accuracy": whole,
        "frequencies": {name: list(ks) for name, ks in sets.items()},
        "shared": list(common),
        "held": {name: round(float(share[list(common)].sum()), 4) for name, share in shares.items()},
        "shares": {name: [round(float(x), 4) for x in share] for name, share in shares.items()},
        "ranks": ranks,
        "pairs": [
            {"frequency": pair.frequency, "share": round(pair.share, 4)}
            for pair in singular_pairs(weights["W_fc"], pairs)
        ],
        "span": round(power_at(weights["W_fc"], 2 * pairs, common), 4) if common else 0.0,
        "overtones": {
            "frequencies": len(of_shared),
            "of": p // 2,
            "power": round(float(shares["W_fc"][of_shared].sum()), 4),
        },
        "fits": [{"frequency": k, "error": [round(float(x), 5) for x in error]} for k, error in errors.items()],
        "ablations": {name: _ablations(model, name, common) for name in ("W_E", "W_fc")},
        "kept_alone": {
            name: accuracy(model, {name: _rows(model, name, (0, *common), True)}) for name in ("W_E", "W_fc")
        },
    }


def _with(model: RecurrentNetwork, name: str, matrix: np.ndarray) -> float:
    """Accuracy with another matrix in place of the model's."""
    return accuracy(model, {name: matrix})


def _rows(model: RecurrentNetwork, name: str, ks: tuple[int, ...], keep: bool) -> np.ndarray:
    """The matrix with only, or without, these frequencies in its first p rows."""
    matrix = matrices(model)[name]
    matrix[: model.p] = (keep_frequencies if keep else drop_frequencies)(matrix[: model.p], ks)
    return matrix


def _ablations(model: RecurrentNetwork, name: str, common: tuple[int, ...]) -> list[dict[str, Any]]:
    """Accuracy against how many of the shared frequencies the matrix has lost."""
    found = ablate(lambda ks: _with(model, name, _rows(model, name, ks, False)), common, most=MOST_CHOICES)
    return [
        {
            "removed": x.size,
            "choices": len(x.scores),
            "every": x.every,
            "mean": round(x.mean, 4),
            "least": round(x.least, 4),
            "largest": round(x.largest, 4),
            "harmless": round(fmean(score >= HARMLESS for score in x.scores.values()), 4),
        }
        for x in found
    ]


def _claim(text: str, paper: Any, ours: Any, held: list[bool]) -> dict[str, Any]:
    """A row of the verdict table: reproduced where every seed has it, partly where some have."""
    return claim(text, paper, ours, all(held), any(held), seeds=[sum(held), len(held)])


def _over(values: Sequence[float]) -> dict[str, Any]:
    """Mean and interval over seeds, rounded."""
    return {
        name: [round(y, 4) for y in x] if isinstance(x, list) else round(x, 4)
        for name, x in statistics(list(values)).items()
    }


def _verdicts(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The paper's claims, our rules for them (in brackets), and in how many seeds they hold."""
    found = [
        _claim("accuracy on all inputs [100%]", 1.0, _over([row["accuracy"] for row in rows]),
               [row["accuracy"] == 1 for row in rows]),
        _claim("number of frequencies shared by W_E, W_fc, h1, h2, h3 [at most a quarter of all, with over half of "
               "the power of each]", len(PAPER["frequencies"]), _over([len(row["shared"]) for row in rows]),
               [0 < len(row["shared"]) <= (len(row["shares"]["W_E"]) - 1) / 4 and min(row["held"].values()) > 0.5
                for row in rows]),
    ]  # fmt: skip
    for name in ("W_E", "W_ih", "W_fc"):
        ratios = [row["ranks"][name]["rank"] / max(1, 2 * len(row["shared"])) for row in rows]
        found.append(_claim(f"rank that {name} needs, over twice that number [equal]", 1.0, _over(ratios),
                            [ratio == 1 for ratio in ratios]))  # fmt: skip
    found.append(
        _claim("rank that W_hh needs [more than W_E and W_ih, less than all]", PAPER["ranks"]["W_hh"],
               _over([row["ranks"]["W_hh"]["rank"] for row in rows]), [_between(row["ranks"]) for row in rows])
    )  # fmt: skip
    for name, energy_held in PAPER["energy"].items():
        held = [row["ranks"][name]["energy"] for row in rows]
        found.append(_claim(f"energy that {name} holds at its rank [sum of squares; above 0.8]", energy_held,
                            _over(held), [x > 0.8 for x in held]))  # fmt: skip
    pure = [[pair["share"] > ONE_FREQUENCY for pair in row["pairs"]] for row in rows]
    found.append(_claim(f"share of consecutive pairs of singular vectors of W_fc that are one frequency's [each has "
                        f"more than {ONE_FREQUENCY} of its power there]", 1.0,
                        _over([fmean(x) if x else 0.0 for x in pure]), [bool(x) and all(x) for x in pure]))  # fmt: skip
    errors = [[x for entry in row["fits"] for x in entry["error"]] for row in rows]
    for power, what in ((1, "relative error"), (2, "its square, if that is what is meant")):
        medians = [float(np.median(x)) ** power if x else 1.0 for x in errors]
        found.append(_claim(f"fit of the final projections to cos, sin of 2 pi k(a+b)/p: {what} [median at most "
                            f"{PAPER['error'][1]}]", PAPER["error"], _over(medians),
                            [x <= PAPER["error"][1] for x in medians]))  # fmt: skip
    for name in ("W_E", "W_fc"):
        one = [next((x["harmless"] for x in row["ablations"][name] if x["removed"] == 1), 0.0) for row in rows]
        found.append(_claim(f"share of the frequencies whose removal from {name} is harmless [accuracy at least "
                            f"{HARMLESS}; more than half]", None, _over(one), [x > 0.5 for x in one]))  # fmt: skip
        none = [row["ablations"][name][-1]["mean"] for row in rows]
        found.append(_claim(f"accuracy when {name} loses all of them [collapse: below {COLLAPSED}]", None,
                            _over(none), [x < COLLAPSED for x in none]))  # fmt: skip
    return found


def _between(ranks: dict[str, dict[str, Any]]) -> bool:
    """Whether W_hh needs more than W_E and W_ih, and not everything."""
    return max(ranks["W_E"]["rank"], ranks["W_ih"]["rank"]) < ranks["W_hh"]["rank"] < ranks["W_hh"]["of"]


def _observations(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What we measured beside the paper's claims."""
    tones = [row["overtones"] for row in rows]
    chance = fmean(x["frequencies"] / x["of"] for x in tones)
    found = {
        f"accuracy when {name} keeps the shared frequencies and the mean alone": [
            row["kept_alone"][name] for row in rows
        ]
        for name in ("W_E", "W_fc")
    }
    found |= {
        f"power of W_fc at multiples of the shared frequencies, up to {OVERTONES} times (these are {chance:.2f} of all "
        "frequencies)": [x["power"] for x in tones],
        "power of the first singular vectors of W_fc, two for each shared frequency, at the shared frequencies": [
            row["span"] for row in rows
        ],
    }
    return [{"observation": text, "ours": _over(values)} for text, values in found.items()]


def _line(row: dict[str, Any]) -> str:
    ranks = ", ".join(f"{name} {x['rank']}" for name, x in row["ranks"].items())
    return f"seed {row['seed']}: accuracy {row['accuracy']:.4f}, shared frequencies {row['shared']}, ranks {ranks}"


def _words(value: Any) -> str:
    if value is None:
        return "no number"
    if isinstance(value, dict):
        low, high = value["interval"]
        return f"{value['mean']:.4g} ({low:.4g}..{high:.4g})"
    return "..".join(f"{x:g}" for x in value) if isinstance(value, list) else f"{value:g}"


def _draw(settings: Settings, rows: list[dict[str, Any]]) -> "Figure":
    """Spectra and pairs of the first seed; ranks, fits, ablations and learning of all."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 7), layout="constrained")
    figure.suptitle(
        f"Recurrent network on a + b mod {settings.p} ({len(rows)} seeds): few frequencies in embedding and states, "
        "their multiples in W_fc",
        fontsize=12,
    )
    axes: Any = figure.subplots(2, 3)
    _draw_spectra(axes[0, 0], rows[0])
    _draw_ranks(axes[0, 1], rows)
    _draw_pairs(axes[0, 2], rows)
    _draw_fits(axes[1, 0], rows)
    _draw_ablations(axes[1, 1], rows)
    _draw_history(axes[1, 2], rows)
    for ax in axes.flat:
        ax.tick_params(labelsize=8)
    return figure


def _draw_spectra(ax: Any, row: dict[str, Any]) -> None:
    names = list(row["shares"])
    image = ax.imshow(np.sqrt([row["shares"][name] for name in names]), aspect="auto", cmap="Greys", vmin=0,
                      interpolation="nearest")  # fmt: skip
    ax.set_yticks(range(len(names)), names)
    ax.set_xlabel("frequency k", fontsize=9)
    ax.set_title(f"Seed {row['seed']}: shared are k = {', '.join(map(str, row['shared']))}", fontsize=10)
    ax.figure.colorbar(image, ax=ax, shrink=0.8).set_label("root of the share of power", fontsize=8)


def _draw_ranks(ax: Any, rows: list[dict[str, Any]]) -> None:
    twice = [2 * len(row["shared"]) for row in rows]
    for shift, (name, (colour, marker)) in enumerate(MATRIX_STYLES.items()):
        places = [x + 0.15 * (shift - 1.5) for x in twice]  # side by side where they would hide each other
        ax.plot(places, [row["ranks"][name]["rank"] for row in rows], marker, color=colour, ms=6, ls="",
                mfc="none", label=name)  # fmt: skip
    line = np.linspace(max(0.5, min(twice) - 1), max(twice) + 1)  # not straight on a logarithmic axis
    ax.plot(line, line, color="0.6", lw=1, ls="--", label="rank = 2 x frequencies")
    ax.set_xlim(min(twice) - 1, max(twice) + 1)
    ax.set_yscale("log", base=2)
    ax.set_ylim(0.4)
    ax.yaxis.set_major_formatter("{x:g}")
    ax.set_xlabel("2 x number of shared frequencies", fontsize=9)
    ax.set_ylabel("rank needed", fontsize=9)
    ax.set_title("Rank that keeps the accuracy", fontsize=10)
    ax.legend(fontsize=8, frameon=False, ncol=2, loc="lower right")


def _draw_pairs(ax: Any, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        places = np.arange(1, len(row["pairs"]) + 1)
        first = row is rows[0]
        ax.plot(places, [pair["share"] for pair in row["pairs"]], "o-" if first else ".-", lw=1,
                color="#0072b2" if first else "0.7", label=f"seed {row['seed']}" if first else None,
                zorder=3 if first else 2)  # fmt: skip
    for place, pair in enumerate(rows[0]["pairs"], 1):
        ax.annotate(f"k={pair['frequency']}", (place, pair["share"]), (0, 6), textcoords="offset points", ha="center",
                    fontsize=8)  # fmt: skip
    ax.axhline(ONE_FREQUENCY, color="k", lw=0.8, ls="--")
    ax.text(0.98, ONE_FREQUENCY + 0.02, "yes, above this (our threshold)", transform=ax.get_yaxis_transform(),
            ha="right", fontsize=8)  # fmt: skip
    ax.margins(x=0.12)
    ax.set_ylim(0, 1.12)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_xlabel("consecutive pair of singular vectors of W_fc", fontsize=9)
    ax.set_ylabel("share of its strongest frequency", fontsize=9)
    ax.set_title("Is a pair of W_fc one frequency?", fontsize=10)
    ax.legend(fontsize=8, frameon=False, loc="lower left")


def _draw_fits(ax: Any, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        errors = [x for entry in row["fits"] for x in entry["error"]]
        ax.plot([row["seed"]] * len(errors), errors, "o", mfc="none", color="#0072b2", ms=5)
    ax.axhspan(*PAPER["error"], color="#e69f00", alpha=0.3, lw=0)
    ax.text(0.02, PAPER["error"][1] / 3, "the paper's range", transform=ax.get_yaxis_transform(), fontsize=8)
    ax.set_yscale("log")
    ax.set_ylim(5e-4, 1.5)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_xlabel("seed", fontsize=9)
    ax.set_ylabel("relative error", fontsize=9)
    ax.set_title("What W_fc sees of h3, fitted by cos, sin of 2$\\pi$k(a+b)/p", fontsize=10)


def _draw_ablations(ax: Any, rows: list[dict[str, Any]]) -> None:
    for name in ("W_E", "W_fc"):
        colour, marker = MATRIX_STYLES[name]
        for row in rows:
            sizes = [x["removed"] for x in row["ablations"][name]]
            ax.plot(sizes, [x["mean"] for x in row["ablations"][name]], marker=marker, ms=4, lw=1, color=colour,
                    ls="-" if name == "W_E" else "--", label=name if row is rows[0] else None)  # fmt: skip
    ax.set_ylim(0, 1.05)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_xlabel("frequencies removed", fontsize=9)
    ax.set_ylabel("mean accuracy over the choices", fontsize=9)
    ax.set_title("Ablation of shared frequencies", fontsize=10)
    ax.legend(fontsize=8, frameon=False)


def _draw_history(ax: Any, rows: list[dict[str, Any]]) -> None:
    for name, colour, style in (("train_accuracy", "#e69f00", "--"), ("test_accuracy", "#0072b2", "-")):
        for row in rows:
            ax.plot([x["step"] for x in row["history"]], [x[name] for x in row["history"]], color=colour, ls=style,
                    lw=1, label=name.replace("_", " ") if row is rows[0] else None)  # fmt: skip
    ax.set_ylim(0, 1.05)
    ax.set_xlabel("step", fontsize=9)
    ax.set_ylabel("accuracy", fontsize=9)
    ax.set_title("Learning", fontsize=10)
    ax.legend(fontsize=8, frameon=False, loc="lower right")
