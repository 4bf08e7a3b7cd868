"""What ``width-law`` claims, judged by its numbers."""

from collections.abc import Sequence
from typing import Any

from numerics.selection.exchangeability import holm
from numerics.studies.study import Claim, Found, graded

LEAST_P = 0.01
RULE = "reproduced: the least p-value of all laws, after Holm's correction, is at least {:g}"


def claims(laws: Sequence[Any], found: Found) -> list[Claim]:
    """Frequencies are uniform, the collector's number is right, and the law for each k."""
    from scipy.stats import binomtest, chisquare

    rows = found.numbers["rows"]
    uniform = [float(chisquare(row["neurons"]).pvalue) for row in rows]
    fed = [
        binomtest(row["fed_at_predicted"]["count"], len(row["fed_at"]), row["probability_at_predicted"]).pvalue
        for row in rows
    ]
    judged = [
        _tested("uniform", "a neuron of the start has every frequency equally often (chi-square)", uniform),
        _tested("collector", "seeds fed at the coupon collector's 99% width are 99% (exact binomial test)", fed),
    ]
    for each in found.numbers["fits"]:
        text = f"k = {each['k']}: m/(p-1) at which 99% of seeds are fed, as a + b log(p-1)"
        words = "; ".join(
            f"{name} {part['a']:.2f} + {part['b']:.2f} log(p-1), off by at most {part['worst']:.2f}"
            for name, part in each.items() if name != "k"
        )  # fmt: skip
        rule = "nothing to compare with: a least-squares fit"
        judged.append(Claim(f"law_k{each['k']}", text, None, {"text": words}, "measured", rule))
    return judged


def _tested(key: str, text: str, p_values: list[float]) -> Claim:
    least = min(holm(p_values))
    ours = {"text": f"least p = {min(p_values):.2g} of {len(p_values)}, {least:.2g} after Holm", "least": least}
    return Claim(key, text, None, ours, graded(least >= LEAST_P), RULE.format(LEAST_P))
