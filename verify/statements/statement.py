"""A row of the registry."""

import re
from dataclasses import dataclass

from theory.vocabulary import Label


@dataclass(frozen=True)
class Statement:
    """A claim, where it stands, and what kind of truth is claimed for it.

    Attributes:
        id: ``paper:number``, such as ``Li24:Theorem 4.1.1``; ours are ``Ours:name``.
        paper: key of the paper (``Ours`` for results of this package).
        label: theorem (proved in the paper or in the module that its check calls; the check decides steps of the
            proof or instances of the claim), certified (exact computer certificate, for the listed cases), measured,
            conjecture, or false-as-printed (the claim field then gives printed and corrected form).
        claim: the statement in our own words.
        latex: its formula.
        exact: what of the claim its checks decide in exact arithmetic, and for which cases; '' for nothing.
        floats: what they compare in floats, by which rule; '' for nothing.  The largest tolerance is in the record.
        proof: where the whole claim is proved in writing: modules or functions by their dotted names, whose docstrings
            hold the proof, or files of this repository.  A theorem, a certificate or a misprint without one is refused.
        stored: the studies whose stored results (``paper_notes/results/NAME-cpu.json``) hold the row's numbers.
        machine_checked: the theorems of ``proof/Statement.v`` and ``proof/Beyond.v`` that state it, or parts of it.
        not_machine_checked: what of the claim they leave out; '' when they cover all of it.
    """

    id: str
    paper: str
    label: Label
    claim: str
    latex: str
    exact: str = ""
    floats: str = ""
    proof: tuple[str, ...] = ()
    stored: tuple[str, ...] = ()
    machine_checked: tuple[str, ...] = ()
    not_machine_checked: str = ""

    @property
    def key(self) -> str:
        """The id in snake case, for programs: ``li24_theorem_4_1_1``."""
        return "_".join(re.findall(r"[a-z0-9]+", self.id.lower()))


def false_as_printed(
    paper: str,
    where: str,
    claim: str,
    printed: str,
    corrected: str,
    *,
    exact: str = "",
    floats: str = "an independent value of one case, which the printed form misses and the corrected one meets",
    proof: tuple[str, ...] = ("theory.misprints",),
) -> Statement:
    """A misprint: its id is that of ``theory.misprints``' entry with the same ``where``."""
    latex = rf"\text{{printed: }} {printed} \qquad \text{{correct: }} {corrected}"
    name = misprint_id(paper, where)
    return Statement(name, paper, "false-as-printed", claim, latex, exact, floats, proof)


def misprint_id(paper: str, where: str) -> str:
    """The id under which a misprint is registered.

    Examples:
        >>> misprint_id("Li24", "Sec. 9")
        'Li24:misprint in Sec. 9'
    """
    return f"{paper}:misprint in {where}"
