"""Experiments of more than one training run: each module has ``reproduce``, which `fourier-margin reproduce` calls.

Importing this package does not import torch.
"""

STUDIES = {  # name: (module of this package, title)
    "morwani23-parity": ("parity", "Morwani23 Figure 5: sparse parity"),
    "half-data": ("half", "Ours: what training on a random half of the inputs does to the margin on all of them"),
}
