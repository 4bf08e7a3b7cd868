"""What Swaroop26 claims beside what was measured: rows for JSON, lines for people."""

from typing import Any

from numerics.models.idealised import KINDS
from numerics.studies.verdict import claim

RELATED = 0.998  # circular correlation that the paper finds at every noise level it shows
PAPER_CLEAN = {"Sq->Sq": 0.9719, "Sq->Cos": 0.9979, "Cos->Cos": 0.9988}
PAPER_NOISIEST = {"Sq->Sq": 0.8735, "Sq->Cos": 0.9548, "Cos->Cos": 0.9405}
CLEAN, NOISIEST = 0.0, 0.30


def judge(rows: list[dict[str, Any]], p: int) -> list[dict[str, Any]]:
    """One run per noise level, as in the paper.

    Args:
        rows: by noise level ``alpha``, what :func:`numerics.studies.swaroop26.examine` found at ``saturation`` (None:
            never reached) and at ``final``.
        p: the modulus.
    """
    found = []
    for row in rows:
        alpha, final = row["alpha"], row["final"]
        found += _clean(final) if alpha == CLEAN else _noisy(alpha, final, p)
        found += _shape(alpha, final)
    return found + _saturation([row for row in rows if row["saturation"]])


def _clean(final: dict[str, Any]) -> list[dict[str, Any]]:
    """Without noise: one frequency per neuron, related phases, and little else."""
    accuracy, same, phases = final["accuracy"], final["same_frequency"], final["phase_sum"]["structured"]
    real, many = accuracy["real"], final["structured"] / final["neurons"]
    lost = real - final["without_low"]
    found = [
        claim("clean: validation accuracy", 0.999, real, real > 0.998, real > 0.9, interval=final["real_interval"]),
        claim("clean: share of structured neurons", 212 / 256, many, many > 0.75, many > 0.4),
        claim("clean: one frequency per neuron, all", 0.9297, same["all"], same["all"] > 0.9, same["all"] > 0.7),
        claim("clean: accuracy lost without the low neurons", "< 0.001", lost, lost < 0.001, lost < 0.01),
    ]  # fmt: skip
    if phases:
        one, rho = same["structured"], phases["correlation"]
        found += [
            claim("clean: one frequency per neuron, structured", 1.0, one, one == 1, one > 0.98),
            claim("clean: correlation of phases", 0.9993, rho, rho > RELATED, rho > 0.98, neurons=phases["neurons"]),
        ]  # fmt: skip
    for kind, printed in PAPER_CLEAN.items():
        ours = accuracy[kind]
        found.append(claim(f"clean: idealisation {kind}", printed, ours, ours > printed - 0.01, ours > 0.87))
    return found


def _noisy(alpha: float, final: dict[str, Any], p: int) -> list[dict[str, Any]]:
    """A network that does not generalise holds the algorithm all the same."""
    accuracy, name = final["accuracy"], f"noise {alpha:.2f}"
    found = []
    if phases := final["phase_sum"]["structured"]:
        rho, text = phases["correlation"], f"{name}: correlation of phases, structured neurons"
        found.append(claim(text, RELATED, rho, rho >= RELATED, rho > 0.98, neurons=phases["neurons"]))
    elif phases := final["phase_sum"]["same_frequency"]:
        rho, text = (
            phases["correlation"],
            f"{name}: correlation of phases, neurons of one frequency (none is structured)",
        )
        found.append(claim(text, RELATED, rho, rho >= RELATED, rho > 0.9, neurons=phases["neurons"]))
    if alpha == NOISIEST:
        real, best, count = accuracy["real"], max(accuracy[kind] for kind in KINDS), final["structured"]
        found += [
            claim(f"{name}: the network is at chance", 0.0023, real, real < 1.5 / p, interval=final["real_interval"]),
            claim(f"{name}: its best idealisation is above 0.9", 0.9548, best, best > 0.9, best > 0.8),
            claim(f"{name}: few neurons are structured", 7, count, count < 20, count < 60),
        ]  # fmt: skip
        for kind, printed in PAPER_NOISIEST.items():
            ours = accuracy[kind]
            found.append(claim(f"{name}: idealisation {kind}", printed, ours, ours > printed - 0.02, ours > 0.7))
    least = min(accuracy[kind] for kind in KINDS)
    found.append(claim(f"{name}: every idealisation is above .87", 0.87, least, least > 0.87, least > 0.7))
    return found


def _shape(alpha: float, final: dict[str, Any]) -> list[dict[str, Any]]:
    """Squares or cosines, against the paper's rival and against the cosine with its own amplitude."""
    fits = final["fits"]["structured"]
    if not fits:
        return []
    when = "clean" if alpha == CLEAN else f"noise {alpha:.2f}"
    rivals = {"paper": "a cosine of the square's amplitude", "fair": "a cosine of its own amplitude (ours)"}
    printed = {"paper": -27.0052 if alpha == CLEAN else "negative", "fair": None}
    found = []
    for name, rival in rivals.items():
        low, high = fits[name]["interval"]
        text = f"{when}: square waves fit W_a better than {rival}, paired t"
        found.append(
            claim(text, printed[name], fits[name]["t"], high < 0, low < 0, freedom=fits[name]["freedom"],
                  mean_difference=fits[name]["mean"], interval=[low, high])
        )  # fmt: skip
    return found


def _saturation(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """When the training labels are first fitted, the algorithm is there and nothing shows it."""
    if not rows:
        return []
    least = min(row["saturation"]["accuracy"][kind] for row in rows for kind in KINDS)
    real = max(row["saturation"]["accuracy"]["real"] for row in rows)
    return [
        claim("at saturation every idealisation is above .50", 0.5, least, least > 0.5, least > 0.1),
        claim("at saturation the network is below .002", 0.002, real, real < 0.002, real < 0.01),
    ]
