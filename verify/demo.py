"""The whole story in one run: derive, construct, certify, train, verify, each against an independent route."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from theory.certificates.store import stored_bound
from theory.construction import construct
from theory.core.optimality import decide
from theory.derivation import derive
from theory.floats import weights
from theory.margin import max_margin, max_margin_float
from theory.network_file import NetworkFile
from theory.vocabulary import Known
from verify.network_checks import check_network
from verify.verification import verify_file

SCALES = {"full": ((3, 7), ((2, 23), (3, 7))), "smoke": ((3, 5), ((2, 11),))}
TARGET = 0.9999


@dataclass(frozen=True)
class Row:
    """One line of the table: what was done, how the answer is known, and whether it is the predicted one."""

    what: str
    kind: Known
    predicted: str
    found: str
    holds: bool


def demonstrate(scale: str, folder: Path) -> Iterator[Row]:
    """Rows as they are found; run folders and reports are left in ``folder``.

    Raises:
        InputError: when the folder cannot be written.
    """
    (k, p), trainings = SCALES[scale]
    yield _derivation(k, p)
    for method in ("minimal", "li24"):
        yield from _construction(k, p, method)
    yield _lower_bound(k)
    for case in trainings:
        yield from _training(*case, folder)


def _derivation(k: int, p: int) -> Row:
    steps = derive(k, p)
    held = sum(step.verify().ok and step.twin().ok for step in steps)
    found = f"{held} of {len(steps)} steps hold"
    return Row(f"gamma*({k}, {p})", "derived", f"{max_margin(k, p)}", found, held == len(steps))


def _construction(k: int, p: int, method: str) -> Iterator[Row]:
    network = construct(k, p, method)
    verdict = decide(network)
    found = "maximum-margin" if verdict.optimal else str(verdict.violations[0])
    what = f"{method}: {network.width} neurons"
    yield Row(what, "certified", "maximum-margin", found, verdict.optimal)
    results = check_network(NetworkFile(*weights(network), k, p))
    bad = [result.key for result in results if not result.holds]
    yield Row("  its floats", "measured", "all checks hold", ", ".join(bad) or f"{len(results)} checks", not bad)


def _lower_bound(k: int) -> Row:
    bound = stored_bound(k)
    assert bound is not None, "certificates up to k = 5 are part of the package"
    needed = (k + 1) * 2 ** (k - 1)
    found = f"at least {bound.neurons_per_frequency}"
    return Row("neurons/frequency", "certified", f"{needed} suffice", found, bound.tight)


def _training(k: int, p: int, folder: Path) -> Iterator[Row]:
    from numerics.launch import train
    from numerics.recipes import load_recipe
    from theory.task import Task

    out = folder / f"k{k}-p{p}"
    result = train(Task.cyclic(k, p), load_recipe("hybrid"), target=TARGET, out=out)
    what = f"train k={k}, p={p}"
    gamma = f"margin {max_margin_float(k, p):.6e}"
    found = f"{result.margin:.6f} gamma*, {result.seconds:.1f} s"
    yield Row(what, "measured", gamma, found, result.margin >= TARGET)
    yield _report(out)


def _report(out: Path) -> Row:
    found = verify_file(out, trained=True)
    found.save(out / "report.json")
    found.save(out / "report.html")
    bad = [result.key for result in found.checks if not result.holds]
    held = ", ".join(bad) or f"{len(found.checks)} checks"
    return Row("  verified", "measured", "all checks hold", held, not bad)
