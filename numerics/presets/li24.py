"""Li24, Figures 1, 2 (k=4), 5, 6 (k=3) and 7, 8 (k=5): one-hidden-layer networks trained on half of the inputs.

Source: Li24 Sec. 5 and its appendix on experiments.  Not stated there: steps, initial weights, how batches are drawn,
and what the "regularisation strength" multiplies.
"""

from dataclasses import replace

from numerics.presets.preset import Ours, Preset, Size
from numerics.presets.published import Published
from numerics.recipes import RECIPES

PUBLISHED = Published(
    method="AdamW",
    rate=5e-3,
    steps=50_000,
    penalty=5e-3,
    penalty_kind="decay",
    batch=1024,
    warmup=10,
    betas=(0.9, 0.98),
    half=True,
    deviation=1.0,
    not_stated={
        "steps": "not stated; ours",
        "doublings": "none are mentioned",
        "penalty_kind": "not stated; the paper's transformer runs use the same number as weight decay",
        "deviation": "initial weights are not stated; ours",
    },
)


def _size(k: int, p: int, m: int, steps: int, recipe: tuple[int, int], target: float) -> Size:
    """The paper's run for ``steps`` steps; ours for (Adam steps, rounds of L-BFGS) on all inputs and on half."""
    published = replace(PUBLISHED, steps=steps)
    descent, rounds = recipe
    everything = replace(RECIPES["hybrid"], descent_steps=descent, polish_rounds=rounds)
    # on half of the inputs L-BFGS would only sharpen what has been memorised
    half = replace(RECIPES["adam"], descent_steps=descent)
    ours = (
        Ours("our recipe, all inputs", m, everything, target),
        Ours("our recipe, half of the inputs", m, half, None, half=True),
    )
    return Size(k, p, m, published, ours)


# k: (figure of neurons, figure of spectra, {scale: (p, m, steps, (descent, rounds), target)})
FIGURES = {
    4: (1, 2, {"smoke": (3, 64, 100, (200, 2), 0.9), "cpu": (7, 384, 2000, (400, 8), 0.99),
               "full": (47, 2944, 50_000, (600, 10), 0.99)}),
    3: (5, 6, {"smoke": (5, 64, 200, (300, 2), 0.9), "cpu": (17, 256, 4000, (400, 8), 0.99),
               "full": (97, 1536, 50_000, (800, 20), 0.99)}),
    5: (7, 8, {"smoke": (3, 128, 60, (300, 3), 0.8), "cpu": (5, 1024, 300, (300, 40), 0.99),
               "full": (23, 5632, 50_000, (600, 10), 0.99)}),
}  # fmt: skip


def _presets() -> list[Preset]:
    presets = []
    for k, (neurons, spectra, scales) in FIGURES.items():
        sizes = {scale: _size(k, *numbers) for scale, numbers in scales.items()}
        what = f"{k}-input modular addition"
        runs = f"li24-k{k}"
        title = f"Li24 Figure {neurons}: neurons of a trained network, {what}"
        presets.append(Preset(f"li24-fig{neurons}", title, "neurons", runs, sizes))
        title = f"Li24 Figure {spectra}: all neurons before and after training, {what}"
        presets.append(Preset(f"li24-fig{spectra}", title, "spectra", runs, sizes))
    return presets


PRESETS = _presets()
