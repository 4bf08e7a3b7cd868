"""Experiments of more than one training run: each module has ``reproduce``, which `fourier-margin reproduce` calls.

Importing this package does not import torch.
"""

STUDIES = {  # name: (module of this package, title)
    "morwani23-parity": ("parity", "Morwani23 Figure 5: sparse parity"),
    "half-data": ("half", "Ours: what training on a random half of the inputs does to the margin on all of them"),
    "mais-pilot": ("pilot", "Ours: the pilot of the selection problem MAIS-O61, 24 configurations of C5 and S3"),
    "frequency-law": ("frequency_law", "Ours: over seeds of C7 and C11, is every set of k frequencies equally likely"),
    "spectral-count": ("spectral_counts", "Ours: how many frequencies ReLU networks of width 4p use"),
    "multiplicities": ("multiplicities", "Ours: neurons per representation of S3 and S4 against d, d^2, d^3"),
}
