"""Swaroop, arXiv 2603.23784: the algorithm that a ReLU network learns before it generalises."""

from verify.statements.statement import Statement

SWAROOP26: tuple[Statement, ...] = ()
