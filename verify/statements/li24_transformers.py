"""Li24, Figures 3, 4, 9, 10: attention on k-input modular addition."""

from verify.statements.statement import Statement

LI24_TRANSFORMERS: tuple[Statement, ...] = ()
