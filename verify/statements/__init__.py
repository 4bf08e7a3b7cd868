"""The registry: every statement of the papers and ours, one file per paper, in our own words.

A statement that is wrong as printed stays, labelled ``false-as-printed``, with the corrected form; its check shows that
the printed form fails and that ours holds.
"""

from verify.statements.li24 import LI24
from verify.statements.morwani23 import MORWANI23
from verify.statements.ours import OURS
from verify.statements.statement import Statement as Statement

STATEMENTS: tuple[Statement, ...] = (*LI24, *MORWANI23, *OURS)
BY_ID: dict[str, Statement] = {statement.id: statement for statement in STATEMENTS}
