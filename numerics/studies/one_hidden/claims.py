"""What the papers say of their trained networks, judged by the numbers of every run."""

from typing import Any

from numerics.studies.one_hidden.experiment import Experiment
from numerics.studies.one_hidden.runs import PAPER
from numerics.studies.study import Claim, Found, graded

ONE_SPARSE = 0.9
SPARSE_RULE = (
    f"reproduced: every vector of every live neuron has at least {ONE_SPARSE:g} of its power in one component; "
    "partly: half of the vectors have"
)
FREE_RULE = (
    "at the end of the descent, before the polish keeps one frequency of each neuron only; reproduced: every vector of "
    f"every live neuron has at least {ONE_SPARSE:g} of its power in one frequency; partly: {ONE_SPARSE:g} of all power "
    "is in the frequencies of its neurons"
)
LEAST_P = 0.01
UNIFORM_RULE = (
    f"half of the vectors have at least {ONE_SPARSE:g} of their power in one frequency, so that neurons have one; "
    f"reproduced: every frequency has neurons, and a chi-square test of equal numbers has p >= {LEAST_P:g}; partly: "
    "every frequency has neurons"
)
MARGIN_RULE = "reproduced: the final margin is at least 0.99 gamma*; partly: at least 0.9 gamma*"
PRESENT_RULE = (
    f"half of the vectors have at least {ONE_SPARSE:g} of their power in one representation; "
    "reproduced: every representation with mass at the optimum has a live neuron, and none of the others has more than "
    "1% of the mass; partly: every one with mass has a live neuron"
)


def of_neurons(size: Experiment, found: Found) -> list[Claim]:
    """Neurons are single cosines."""
    return [_one_sparse(key, run) for key, run in _runs(size, found)] + _targets(size, found)


def of_spectra(size: Experiment, found: Found) -> list[Claim]:
    """Spectra are one-sparse after training, and the frequencies evenly used."""
    runs = _runs(size, found)
    return [_one_sparse(*each) for each in runs] + [_uniform(*each) for each in runs] + _targets(size, found)


def of_addition(size: Experiment, found: Found) -> list[Claim]:
    """The margin approaches gamma*, spectra are one-sparse, frequencies evenly used."""
    return _margins(size, found) + of_spectra(size, found)


def of_groups(size: Experiment, found: Found) -> list[Claim]:
    """The margin approaches gamma*, and every neuron is of one representation that the optimum uses."""
    runs = _runs(size, found)
    predicted = found.numbers["predicted_masses"]
    present = [] if predicted is None else [_present(key, run, predicted) for key, run in runs]
    return _margins(size, found) + [_one_sparse(*each) for each in runs] + present + _targets(size, found)


def _runs(size: Experiment, found: Found) -> list[tuple[str, dict[str, Any]]]:
    """Key and numbers of every run of seed 0."""
    keys = {PAPER: "paper"} | {ours.label: ours.key for ours in size.ours}
    return [(keys[run["label"]], run) for run in found.numbers["runs"] if run["seed"] == 0]


def _margin(run: dict[str, Any]) -> float | None:
    return run["history"][-1]["margin"] if run["history"] else None


def _margins(size: Experiment, found: Found) -> list[Claim]:
    """For the runs that have promised nothing."""
    claims = []
    for key, run in _runs(size, found):
        margin = _margin(run)
        if run["target"] is None:
            grade = graded((margin or 0) >= 0.99, (margin or 0) >= 0.9)
            text = f"{run['label']}: the margin over gamma* approaches 1"
            claims.append(Claim(f"margin_{key}", text, 1.0, margin, grade, MARGIN_RULE))
    return claims


def _targets(size: Experiment, found: Found) -> list[Claim]:
    """Our own promises: every seed must keep them."""
    claims = []
    for ours in size.ours:
        margins = [_margin(run) for run in found.numbers["runs"] if run["label"] == ours.label]
        if ours.target is not None:
            least = min(-1.0 if margin is None else margin for margin in margins)
            rule = f"reproduced: every seed reaches {ours.target:g}"
            text = f"{ours.label}: least margin over gamma*"
            polished = any(_before_polish(run) for run in found.numbers["runs"] if run["label"] == ours.label)
            more = {"seeds": len(margins)} | ({"stage": "polish"} if polished else {})
            claims.append(Claim(f"target_{ours.key}", text, 1.0, least, graded(least >= ours.target), rule, more,
                                promised=True))  # fmt: skip
    return claims


def _one_sparse(key: str, run: dict[str, Any]) -> Claim:
    text = f"{run['label']}: least and median share of one component in the vectors of live neurons"
    if "largest_share" not in run:
        return Claim(f"one_sparse_{key}", text, 1.0, None, "not", SPARSE_RULE)
    if free := _before_polish(run):
        words = f"{free['purity']:.3f} at the end of the descent; the polish drops {free['impure']:.1g} of all power"
        ours = {"text": words, "least": free["purity"], "dropped": free["impure"]}
        grade = graded(free["purity"] >= ONE_SPARSE, free["impure"] <= 1 - ONE_SPARSE)
        text = f"{run['label']}: least share of one component in the vectors of live neurons"
        return Claim(f"one_sparse_{key}", text, 1.0, ours, grade, FREE_RULE)
    after, before = run["largest_share"]["after"], run["largest_share"]["before"]
    ours = {"text": f"{after[0]:.3f}, {after[5]:.3f} (before training {before[0]:.3f}, {before[5]:.3f})",
            "least": after[0], "median": after[5]}  # fmt: skip
    grade = graded(after[0] >= ONE_SPARSE, after[5] >= ONE_SPARSE)
    return Claim(f"one_sparse_{key}", text, 1.0, ours, grade, SPARSE_RULE)


def _before_polish(run: dict[str, Any]) -> dict[str, Any] | None:
    """The last record with every weight free, where a polish in the network's own frequencies came after it."""
    impure = [record for record in run["history"] if "impure" in record]
    return impure[-1] if impure and impure[-1] is not run["history"][-1] else None


def _mostly_sparse(run: dict[str, Any]) -> bool:
    """Whether half of the vectors have one component, before a polish gave them one."""
    if (free := _before_polish(run)) is not None:
        return bool(free["impure"] <= 1 - ONE_SPARSE)
    return "largest_share" in run and run["largest_share"]["after"][5] >= ONE_SPARSE


def _uniform(key: str, run: dict[str, Any]) -> Claim:
    from scipy.stats import chisquare

    text = f"{run['label']}: neurons are spread evenly over the frequencies"
    counts = run.get("neurons_per_component", [0])
    p_value = float(chisquare(counts).pvalue) if len(counts) > 1 and sum(counts) else float(sum(counts) > 0)
    used = sum(count > 0 for count in counts)
    ours = {"text": f"{used} of {len(counts)} frequencies used, {min(counts)} to {max(counts)} neurons each, "
            f"p = {p_value:.2g}", "used": used, "p_value": p_value}  # fmt: skip
    everywhere = used == len(counts) and _mostly_sparse(run)
    return Claim(f"uniform_{key}", text, "near uniform", ours, graded(everywhere and p_value >= LEAST_P, everywhere),
                 UNIFORM_RULE)  # fmt: skip


def _present(key: str, run: dict[str, Any], predicted: list[float]) -> Claim:
    text = f"{run['label']}: neurons in exactly the representations that the optimum uses"
    names, counts, masses = (run.get(name, []) for name in (
        "components", "neurons_per_component", "mass_per_component"))  # fmt: skip
    needed = [i for i, mass in enumerate(predicted) if mass > 0]
    there = _mostly_sparse(run) and all(counts[i] for i in needed)
    astray = sum(mass for i, mass in enumerate(masses) if i not in needed)
    ours = {"text": ", ".join(f"{name} {mass:.3f}" for name, mass in zip(names, masses, strict=True)) or "no network",
            "mass_elsewhere": astray}  # fmt: skip
    return Claim(f"representations_{key}", text, ", ".join(names[i] for i in needed) if names else None, ours,
                 graded(there and astray <= 0.01, there), PRESENT_RULE)  # fmt: skip
