"""What Swaroop26 claims beside what was measured, for networks trained on noisy labels."""

from typing import TYPE_CHECKING, Any

from numerics.models.idealised import KINDS
from numerics.studies.study import Claim, Found, graded

if TYPE_CHECKING:
    from numerics.studies.swaroop26 import Size

P = 97
RELATED = 0.998  # circular correlation that the paper finds at every noise level it shows
PAPER_CLEAN = {"Sq->Sq": 0.9719, "Sq->Cos": 0.9979, "Cos->Cos": 0.9988}
PAPER_NOISIEST = {"Sq->Sq": 0.8735, "Sq->Cos": 0.9548, "Cos->Cos": 0.9405}
CLEAN, NOISIEST = 0.0, 0.30
ELSEWHERE = "the paper's claims are about p = 97 and 256 neurons, so nothing is compared"


def claims(size: "Size", found: Found) -> list[Claim]:
    """One run per noise level, as in the paper; at another modulus the accuracies alone."""
    rows = found.numbers["rows"]
    if size.p != P:
        return [
            Claim(f"{_key(row['alpha'])}_accuracy", f"{_name(row['alpha'])}: validation accuracy, p = {size.p}", None,
                  row["final"]["accuracy"]["real"], "measured", ELSEWHERE)
            for row in rows
        ]  # fmt: skip
    judged = []
    for row in rows:
        alpha, final = row["alpha"], row["final"]
        judged += _clean(final) if alpha == CLEAN else _noisy(alpha, final)
        judged += _shape(alpha, final)
    return judged + _saturation([row["saturation"] for row in rows if row["saturation"]])


def _name(alpha: float) -> str:
    return "clean" if alpha == CLEAN else f"noise {alpha:.2f}"


def _key(alpha: float) -> str:
    return "clean" if alpha == CLEAN else f"noise_{round(100 * alpha):02d}"


def _above(key: str, text: str, paper: Any, ours: float, full: float, some: float, **more: Any) -> Claim:
    rule = f"reproduced: above {full:.4g}; partly: above {some:.4g}"
    return Claim(key, text, paper, ours, graded(ours > full, ours > some), rule, more)


def _below(key: str, text: str, paper: Any, ours: float, full: float, some: float, **more: Any) -> Claim:
    rule = f"reproduced: below {full:.4g}; partly: below {some:.4g}"
    return Claim(key, text, paper, ours, graded(ours < full, ours < some), rule, more)


def _idealised(
    alpha: float, final: dict[str, Any], printed: dict[str, float], slack: float, some: float
) -> list[Claim]:
    return [
        _above(f"{_key(alpha)}_{kind.replace('->', '_').lower()}", f"{_name(alpha)}: idealisation {kind}", paper,
               final["accuracy"][kind], paper - slack, some)
        for kind, paper in printed.items()
    ]  # fmt: skip


def _clean(final: dict[str, Any]) -> list[Claim]:
    """Without noise: one frequency per neuron, related phases, and little else."""
    real, same, phases = final["accuracy"]["real"], final["same_frequency"], final["phase_sum"]["structured"]
    found = [
        _above("clean_accuracy", "clean: validation accuracy", 0.999, real, 0.998, 0.9,
               interval=final["real_interval"]),
        _above("clean_structured", "clean: share of structured neurons", 212 / 256,
               final["structured"] / final["neurons"], 0.75, 0.4),
        _above("clean_frequency", "clean: one frequency per neuron, all", 0.9297, same["all"], 0.9, 0.7),
        _below("clean_low", "clean: accuracy lost without the low neurons", "< 0.001", real - final["without_low"],
               0.001, 0.01),
    ]  # fmt: skip
    if phases:
        one = same["structured"]
        found += [
            Claim("clean_frequency_structured", "clean: one frequency per neuron, structured", 1.0, one,
                  graded(one == 1, one > 0.98), "reproduced: all of them; partly: above 0.98"),
            _above("clean_phases", "clean: correlation of phases", 0.9993, phases["correlation"], RELATED, 0.98,
                   neurons=phases["neurons"]),
        ]  # fmt: skip
    return found + _idealised(CLEAN, final, PAPER_CLEAN, 0.01, 0.87)


def _noisy(alpha: float, final: dict[str, Any]) -> list[Claim]:
    """A network that does not generalise holds the algorithm all the same."""
    accuracy, name, key = final["accuracy"], _name(alpha), _key(alpha)
    found: list[Claim] = []
    for chosen, some, whose in (
        ("structured", 0.98, "structured neurons"),
        ("same_frequency", 0.9, "neurons of one frequency (none is structured)"),
    ):
        if not found and (phases := final["phase_sum"][chosen]):
            found.append(_above(f"{key}_phases", f"{name}: correlation of phases, {whose}", RELATED,
                                phases["correlation"], RELATED, some, neurons=phases["neurons"]))  # fmt: skip
    if alpha == NOISIEST:
        real, best = accuracy["real"], max(accuracy[kind] for kind in KINDS)
        found += [
            Claim(f"{key}_chance", f"{name}: the network is at chance", 0.0023, real, graded(real < 1.5 / P),
                  "reproduced: below 1.5/97", {"interval": final["real_interval"]}),
            _above(f"{key}_best", f"{name}: its best idealisation is above 0.9", 0.9548, best, 0.9, 0.8),
            _below(f"{key}_structured", f"{name}: few neurons are structured", 7, final["structured"], 20, 60),
        ]  # fmt: skip
        found += _idealised(alpha, final, PAPER_NOISIEST, 0.02, 0.7)
    least = min(accuracy[kind] for kind in KINDS)
    return [*found, _above(f"{key}_least", f"{name}: every idealisation is above .87", 0.87, least, 0.87, 0.7)]


def _shape(alpha: float, final: dict[str, Any]) -> list[Claim]:
    """Squares or cosines, against the paper's rival and against the cosine with its own amplitude."""
    fits = final["fits"]["structured"]
    if not fits:
        return []
    rivals = {"paper": "a cosine of the square's amplitude", "fair": "a cosine of its own amplitude (ours)"}
    printed = {"paper": -27.0052 if alpha == CLEAN else "negative", "fair": None}
    found = []
    for name, rival in rivals.items():
        low, high = fits[name]["interval"]
        found.append(
            Claim(f"{_key(alpha)}_square_{name}", f"{_name(alpha)}: square waves fit W_a better than {rival}, paired t",
                  printed[name], fits[name]["t"], graded(high < 0, low < 0),
                  "reproduced: the 95% interval of the mean difference is below 0; partly: it reaches below 0",
                  {"freedom": fits[name]["freedom"], "mean_difference": fits[name]["mean"], "interval": [low, high]})
        )  # fmt: skip
    return found


def _saturation(points: list[dict[str, Any]]) -> list[Claim]:
    """When the training labels are first fitted, the algorithm is there and nothing shows it."""
    if not points:
        return []
    least = min(point["accuracy"][kind] for point in points for kind in KINDS)
    real = max(point["accuracy"]["real"] for point in points)
    return [
        _above("saturation_least", "at saturation every idealisation is above .50", 0.5, least, 0.5, 0.1),
        _below("saturation_accuracy", "at saturation the network is below .002", 0.002, real, 0.002, 0.01),
    ]
