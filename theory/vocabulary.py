"""The one vocabulary of status: the words that commands, reports, studies and the site use, each with its meaning."""

from collections.abc import Mapping
from typing import Any, Literal

Status = Literal["machine-checked", "proved", "passed", "failed", "undecided", "skipped"]
Label = Literal["theorem", "certified", "measured", "conjecture", "false-as-printed"]
Known = Literal["derived", "certified", "measured"]
Grade = Literal["reproduced", "partly", "not", "measured"]
Bound = Literal["tight", "upper", "lower"]
Answer = Literal["yes", "no", "open"]

STATUSES: dict[Status, str] = {
    "machine-checked": "the kernel of Coq accepted a proof of the whole claim, without axioms",
    "proved": "decided in exact arithmetic: it holds",
    "passed": "compared in floats: it holds within the stated tolerance",
    "failed": "decided, exactly or in floats: it does not hold",
    "undecided": "neither shown nor refuted by what was computed",
    "skipped": "does not apply here, or could not be afforded; the reason is given",
}
LABELS: dict[Label, str] = {
    "theorem": "a written proof; exact checks of steps or cases (proved), or some in floats (passed)",
    "certified": "a computer certificate, accepted by a small exact checker, for the listed cases",
    "measured": "floating point, with an error bound or an interval over seeds",
    "conjecture": "believed; what is checked does not prove it",
    "false-as-printed": "a misprint: the printed form fails and the corrected form holds",
}
KNOWN: dict[Known, str] = {
    "derived": "follows from a written proof, its formula evaluated",
    "certified": "accepted by an exact checker, however it was found",
    "measured": "computed in floats, from a network, a simulation or a search",
}
GRADES: dict[Grade, str] = {
    "reproduced": "the paper's claim holds in our run, by the rule stated with it",
    "partly": "a stated part of the claim holds in our run, and the rest does not",
    "not": "the claim does not hold in our run",
    "measured": "ours, or a number that the paper gives nothing to compare with",
}
BOUNDS: dict[Bound, str] = {
    "tight": "an equality: the value is attained",
    "upper": "the value is at most this",
    "lower": "the value is at least this",
}
ANSWERS: dict[Answer, str] = {
    "yes": "proved or certified: so many neurons attain the maximum margin",
    "no": "proved or certified: no network of this width attains it",
    "open": "between the bounds, where nothing is known",
}
# What each group of words is said of, in the order of the table in CONTRIBUTING.md.
VOCABULARY: Mapping[str, Mapping[Any, str]] = {
    "status of a check": STATUSES,
    "label of a statement": LABELS,
    "how a number is known": KNOWN,
    "grade of a paper's claim": GRADES,
    "kind of a bound": BOUNDS,
    "is a width enough": ANSWERS,
}
