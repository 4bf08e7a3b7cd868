"""The registry: every statement of the papers and ours, one file per paper, in our own words.

A statement that is wrong as printed stays, labelled ``false-as-printed``, with the corrected form; its check shows that
the printed form fails and that ours holds.
"""

from verify.statements.ding24 import DING24
from verify.statements.ding24_sweeps import DING24_SWEEPS
from verify.statements.figures import FIGURES
from verify.statements.li24 import LI24
from verify.statements.li24_transformers import LI24_TRANSFORMERS
from verify.statements.morwani23 import MORWANI23
from verify.statements.ours import OURS
from verify.statements.random_half import RANDOM_HALF
from verify.statements.rangamani25 import RANGAMANI25
from verify.statements.selection import SELECTION
from verify.statements.stability import STABILITY
from verify.statements.starts import STARTS
from verify.statements.statement import Statement as Statement
from verify.statements.swaroop26 import SWAROOP26
from verify.statements.widths import WIDTHS

STATEMENTS: tuple[Statement, ...] = (
    *LI24,
    *LI24_TRANSFORMERS,
    *MORWANI23,
    *SWAROOP26,
    *RANGAMANI25,
    *DING24,
    *DING24_SWEEPS,
    *OURS,
    *STABILITY,
    *WIDTHS,
    *SELECTION,
    *STARTS,
    *RANDOM_HALF,
    *FIGURES,
)
BY_ID: dict[str, Statement] = {statement.id: statement for statement in STATEMENTS}
