"""Experiments of more than one training run: each module has ``reproduce``, which `fourier-margin reproduce` calls.

Importing this package does not import torch.
"""

STUDIES = {  # name: (module of this package, or module:function, title)
    "ding24-sweep-p": ("ding24_sweeps.moduli", "Ding24: surviving circles against the modulus"),
    "ding24-sweep-d": ("ding24_sweeps.dimensions", "Ding24: surviving circles against the embedding's dimension"),
    "ding24-sweep-signal": ("ding24_sweeps.signal", "Ding24: survival against initial signal"),
    "ding24-sweep-perturb": ("ding24_sweeps.perturb", "Ding24: one frequency made weaker or stronger"),
    "ding24-sweep-pairs": ("ding24_sweeps.pairs", "Ding24: two frequencies, s and r s"),
    "ding24-sweep-decay": ("ding24_sweeps.decay", "Ding24: surviving circles against weight decay"),
}
