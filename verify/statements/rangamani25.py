"""Rangamani, ICASSP 2025, arXiv 2503.22059: recurrent networks on modular addition."""

from verify.statements.statement import Statement

RANGAMANI25: tuple[Statement, ...] = ()
