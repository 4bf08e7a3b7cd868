"""To be filled."""

from verify.statements.statement import Statement

OURS: tuple[Statement, ...] = ()
