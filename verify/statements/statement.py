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
        machine_checked: the theorems of ``proof/Statement.v`` that state it, or parts of it, formally.
        not_machine_checked: what of the claim they leave out; '' when they cover all of it.
    """

    id: str
    paper: str
    label: Label
    claim: str
    latex: str
    machine_checked: tuple[str, ...] = ()
    not_machine_checked: str = ""

    @property
    def key(self) -> str:
        """The id in snake case, for programs: ``li24_theorem_4_1_1``."""
        return "_".join(re.findall(r"[a-z0-9]+", self.id.lower()))


def false_as_printed(paper: str, where: str, claim: str, printed: str, corrected: str) -> Statement:
    """A misprint: its id is that of ``theory.misprints``' entry with the same ``where``."""
    latex = rf"\text{{printed: }} {printed} \qquad \text{{correct: }} {corrected}"
    return Statement(misprint_id(paper, where), paper, "false-as-printed", claim, latex)


def misprint_id(paper: str, where: str) -> str:
    """The id under which a misprint is registered.

    Examples:
        >>> misprint_id("Li24", "Sec. 9")
        'Li24:misprint in Sec. 9'
    """
    return f"{paper}:misprint in {where}"
