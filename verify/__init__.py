"""Checks of networks and statements, and the pytest suite that is the proof-checker: ``pytest verify/``."""
