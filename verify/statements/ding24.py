"""Ding, Guo, Michaud, Liu, Tegmark, arXiv 2405.17420: which circles of an embedding survive."""

from verify.statements.statement import Statement

DING24: tuple[Statement, ...] = ()
