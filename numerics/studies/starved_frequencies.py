r"""Does the start decide the end?  Seeds whose start has starved a frequency, against seeds that fail.

Neurons keep the frequency that the start has given them, and a maximum-margin network has at least :math:`N_k(d)`
neurons at every frequency of order d (``theory.width``).  So a seed that leaves some frequency with fewer should fail,
and the rest should succeed.  Here no seed is passed over: each goes on through descent and polish, whatever its start
was like, and has failed where the least margin over every input stays below 0.999 of gamma*.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from numerics.full_size.road import FullSize
from numerics.launch import train
from numerics.selection.intervals import share
from numerics.studies.study import Claim, Found, Session, Study, graded, settings
from theory.task import Task
from theory.width import width

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TARGET = 0.999
ROAD = replace(FullSize(), tries=1, descent_rounds=1)  # the polish decides; more rounds only come nearer before it
Row = dict[str, Any]


@dataclass(frozen=True)
class Group:
    """Seeds 0 .. seeds-1 of m neurons on k inputs modulo p."""

    k: int
    p: int
    m: int
    seeds: int

    @property
    def name(self) -> str:
        """Short, unique within the study."""
        return f"k{self.k}-p{self.p}-m{self.m}"

    def run(self, session: Session) -> list[Row]:
        """One row for each seed; a killed run goes on from the seed that it was at."""
        folder = session.folder / self.name
        folder.mkdir(exist_ok=True)
        return [self.seed(seed, session) for seed in range(self.seeds)]

    def seed(self, seed: int, session: Session) -> Row:
        """How many neurons the start has left to the poorest frequency, and the margin at the end."""
        found = train(
            Task.cyclic(self.k, self.p),
            ROAD,
            m=self.m,
            seed=seed,
            target=TARGET,
            device=session.device,
            out=session.folder / self.name / f"seed-{seed}",
            resume=True,
            progress=session.watch(f"{self.name}, seed {seed}"),
        )
        start, end = found.history[0], found.history[-1]
        return {
            "seed": seed, "fewest_neurons": start["fewest_neurons"], "starved": start["starved"],
            "descent": [record["margin"] for record in found.history if record["phase"] == "descent"][-1],
            "margin": end["margin"], "stage": end["phase"], "seconds": found.seconds,
        }  # fmt: skip


Groups = tuple[Group, ...]
SIZES: dict[str, Groups] = {
    "smoke": (Group(2, 7, 27, 4),),
    "cpu": (Group(2, 23, 145, 60), Group(3, 23, 264, 30), Group(4, 11, 260, 20)),
    "full": (Group(2, 71, 500, 150), Group(3, 97, 1536, 30)),
}


def run(groups: Groups, session: Session) -> Found:
    """Every seed of every group."""
    return Found({"groups": [_of(group, group.run(session)) for group in groups]})


def _of(group: Group, rows: Sequence[Row]) -> Row:
    """The group with its rows and its table."""
    entry = {"k": group.k, "p": group.p, "m": group.m, "needed": width(group.k, group.p).orders[0].lower}
    return entry | {"table": table(rows), "seeds": list(rows)}


def table(rows: Sequence[Row]) -> dict[str, Any]:
    """How many have failed of the starved and of the fed seeds, each with its exact 95% interval."""
    failed: dict[str, list[bool]] = {"starved": [], "fed": []}
    for row in rows:
        failed["starved" if row["starved"] else "fed"].append(not row["margin"] >= TARGET)
    return {kind: share(sum(each), len(each)) if each else None for kind, each in failed.items()}


RULES = {
    "starved": "reproduced: every starved seed has failed; partly: more than half have",
    "fed": "reproduced: every fed seed has succeeded; partly: at least 9 of 10 have",
}


def claims(groups: Groups, found: Found) -> list[Claim]:
    """Starved seeds fail and the others succeed, group by group."""
    judged = []
    for group, entry in zip(groups, found.numbers["groups"], strict=True):
        for kind, text in (("starved", "starved at the start, failed in the end"), ("fed", "not starved, yet failed")):
            counts = entry["table"][kind]
            wrong = None if counts is None else counts["share"] if kind == "fed" else 1 - counts["share"]
            grade = "measured" if wrong is None else graded(wrong == 0, wrong <= (0.1 if kind == "fed" else 0.5))
            name = f"{kind}_k{group.k}_p{group.p}_m{group.m}"
            claim = f"k = {group.k}, p = {group.p}, m = {group.m}: {text}"
            judged.append(Claim(name, claim, None, counts or {"text": "no such seed"}, grade, RULES[kind]))
    return judged


def figure(groups: Groups, found: Found) -> "Figure":
    """What is missing from gamma* in the end, against the neurons of the poorest frequency at the start."""
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(4.2 * len(groups), 3.4), layout="constrained")
    for ax, entry in zip(drawn.subplots(1, len(groups), squeeze=False)[0], found.numbers["groups"], strict=True):
        for starved, marker in ((True, "x"), (False, "o")):
            rows = [row for row in entry["seeds"] if bool(row["starved"]) == starved]
            label = f"{'' if starved else 'not '}starved: {len(rows)}"
            points = [row["fewest_neurons"] for row in rows], [1 - row["margin"] for row in rows]
            ax.plot(*points, marker, ms=5, alpha=0.6, color="C3" if starved else "C0", label=label)
        ax.axhline(1 - TARGET, color="k", lw=0.8, ls="--")
        ax.axvline(entry["needed"] - 0.5, color="k", lw=0.8, ls=":")
        ax.set(yscale="log", xlabel="neurons of the poorest frequency at the start")
        ax.set(ylabel=r"$1 - \gamma/\gamma^*$ in the end", title="k = {k}, p = {p}, m = {m}".format(**entry))
        ax.legend()
    return drawn


def listed(groups: Groups) -> list[dict[str, Any]]:
    """Every number of the road."""
    numbers = ROAD.settings | {"failed": f"least margin over every input below {TARGET} gamma*"}
    return settings(*((name, value, False, "ours") for name, value in numbers.items()))


STUDY = Study(
    "starved-frequencies",
    "Ours: seeds whose start has starved a frequency, against seeds that fail in the end",
    "Ours",
    SIZES,
    run,
    claims,
    figure,
    settings=listed,
    one_thread=True,
)
