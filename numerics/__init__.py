"""Networks in torch: built from exact weights, trained, evaluated; one code for CPU and CUDA.

Importing this package does not import torch: names are resolved on first use (PEP 562).
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numerics.components import Spectrum as Spectrum
    from numerics.evaluation import MarginSummary as MarginSummary
    from numerics.evaluation import margin_blocks as margin_blocks
    from numerics.evaluation import margin_summary as margin_summary
    from numerics.evaluation import minimum_margin as minimum_margin
    from numerics.evaluation import normalised_margin as normalised_margin
    from numerics.launch import train as train
    from numerics.loss import CrossEntropy as CrossEntropy
    from numerics.loss import cross_entropy as cross_entropy
    from numerics.network import PowerNetwork as PowerNetwork
    from numerics.recipes import load_recipe as load_recipe

_HOMES = {
    "CrossEntropy": "loss",
    "MarginSummary": "evaluation",
    "PowerNetwork": "network",
    "Spectrum": "components",
    "cross_entropy": "loss",
    "load_recipe": "recipes",
    "margin_blocks": "evaluation",
    "margin_summary": "evaluation",
    "minimum_margin": "evaluation",
    "normalised_margin": "evaluation",
    "train": "launch",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> object:
    """Import the module that owns ``name``."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
