"""To be filled."""

from verify.statements.statement import Statement

MORWANI23: tuple[Statement, ...] = ()
