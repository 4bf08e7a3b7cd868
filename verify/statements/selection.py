"""Ours: which frequencies and representations training chooses, over many seeds."""

from verify.statements.statement import Statement

SELECTION: tuple[Statement, ...] = ()
