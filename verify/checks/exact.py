"""The exact verdict on an exact network: no floats, no enumeration of inputs (``theory.core.optimality``)."""

from theory.core.exact_network import ExactNetwork
from theory.core.optimality import decide
from verify.result import CheckResult, proved

CONDITIONS = {
    "phases": ("phase_sum", "Li24:Theorem 4.1.2", "output phase is the sum of input phases"),
    "masses": ("masses", "Ours:maximum-margin set", "mass of every frequency"),
    "moments": ("moments", "Ours:maximum-margin set", "unwanted moments cancel"),
}


def exact_checks(network: ExactNetwork) -> list[CheckResult]:
    """One entry per condition of the theorem, ``proved`` or ``failed``, and the verdict that they imply.

    Examples:
        >>> from theory.construction import construct
        >>> [found.status for found in exact_checks(construct(2, 7))]
        ['proved', 'proved', 'proved', 'proved']
    """
    try:
        verdict = decide(network)
    except ValueError as error:
        return [CheckResult("Ours:maximum-margin set", "exact verdict", "undecided", detail=str(error), key="exact")]
    results = []
    for condition, (key, statement, label) in CONDITIONS.items():
        wrong = [v for v in verdict.violations if v.condition == condition]
        detail = "exact"
        if wrong:
            more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
            detail = f"{wrong[0].where}: {wrong[0].detail}{more}"
        results.append(proved(statement, label, not wrong, detail, key))
    detail = f"{network.width} neurons, k={network.k}, p={network.p}: "
    detail += "norm 1 and margin exactly gamma*" if verdict.optimal else "not of norm 1 with margin gamma*"
    return [*results, proved("Li24:Theorem 4.1.1", "maximum-margin, exactly", verdict.optimal, detail, "exact")]
