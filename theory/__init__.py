"""Exact mathematics of maximum-margin networks on algebraic tasks: margins, constructions, certificates.

Nothing here imports torch.  One file, one idea; ``theory.core`` is the small part that every exact verdict rests on.
"""
