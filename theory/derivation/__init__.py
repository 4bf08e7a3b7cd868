"""The proof of the maximum margin as a list of steps, each with its check and its numerical twin."""

from theory.derivation.chain import Chain, derive
from theory.derivation.step import Result, Step

__all__ = ["Chain", "Result", "Step", "derive"]
