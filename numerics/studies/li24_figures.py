"""Li24, Figures 1, 2 (k=4), 5, 6 (k=3) and 7, 8 (k=5): one-hidden-layer networks trained on half of the inputs.

Source: Li24 Sec. 5 and App. J.1.  Not stated there: steps, initial weights, how batches are drawn,
and what the "regularisation strength" multiplies.
"""

from dataclasses import replace
from typing import Any

from numerics.full_size.road import FullSize
from numerics.recipes import RECIPES
from numerics.studies.one_hidden import claims, figures
from numerics.studies.one_hidden.experiment import Experiment, Ours
from numerics.studies.one_hidden.published import Published
from numerics.studies.one_hidden.runs import lines, run
from numerics.studies.study import SCALES, Study

PUBLISHED = Published(
    method="AdamW",
    rate=5e-3,
    steps=2000,
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


def _size(
    k: int, p: int, m: int, steps: int, recipe: tuple[int, int] | None, target: float, paper: tuple[int, int]
) -> Experiment:
    """The paper's run for ``steps`` steps; ours for (Adam steps, rounds of L-BFGS) on all inputs and on half.

    Without such a recipe ours takes the full-size road, which needs all inputs.
    """
    published = replace(PUBLISHED, steps=steps)
    if recipe is None:
        road = Ours("all", "our full-size road, all inputs", m, FullSize(), target)
        return Experiment(k, p, m, paper, published, (road,))
    descent, rounds = recipe
    everything = replace(RECIPES["hybrid"], descent_steps=descent, polish_rounds=rounds)
    # on half of the inputs L-BFGS would only sharpen what has been memorised
    half = replace(RECIPES["adam"], descent_steps=descent)
    ours = (
        Ours("all", "our recipe, all inputs", m, everything, target),
        Ours("half", "our recipe, half of the inputs", m, half, None, half=True),
    )
    return Experiment(k, p, m, paper, published, ours)


def _sizes(k: int, *each: tuple[int, int, int, tuple[int, int] | None, float]) -> dict[str, Experiment]:
    """By scale, from (p, m, steps, (descent, rounds), target); the last is the paper's size."""
    return {scale: _size(k, *numbers, each[-1][:2]) for scale, numbers in zip(SCALES, each, strict=True)}


SIZES = {
    3: _sizes(3, (5, 64, 200, (300, 2), 0.9), (17, 256, 4000, (400, 8), 0.99), (97, 1536, 2000, None, 0.999)),
    4: _sizes(4, (3, 64, 100, (200, 2), 0.9), (7, 384, 2000, (400, 8), 0.99), (47, 2944, 2000, None, 0.999)),
    5: _sizes(5, (3, 128, 60, (300, 3), 0.8), (5, 1024, 300, (300, 40), 0.99), (23, 5632, 2000, None, 0.999)),
}
NEURONS: dict[str, Any] = {"run": run, "claims": claims.of_neurons, "figure": figures.neurons, "lines": lines}
SPECTRA: dict[str, Any] = {"run": run, "claims": claims.of_spectra, "figure": figures.spectra, "lines": lines}
STUDIES = (
    Study("li24-fig1", "Li24 Figure 1: neurons of a trained network, 4-input modular addition",
          "Li24", SIZES[4], **NEURONS, shared_runs="li24-k4"),
    Study("li24-fig2", "Li24 Figure 2: all neurons before and after training, 4-input modular addition",
          "Li24", SIZES[4], **SPECTRA, shared_runs="li24-k4"),
    Study("li24-fig5", "Li24 Figure 5: neurons of a trained network, 3-input modular addition",
          "Li24", SIZES[3], **NEURONS, shared_runs="li24-k3"),
    Study("li24-fig6", "Li24 Figure 6: all neurons before and after training, 3-input modular addition",
          "Li24", SIZES[3], **SPECTRA, shared_runs="li24-k3"),
    Study("li24-fig7", "Li24 Figure 7: neurons of a trained network, 5-input modular addition",
          "Li24", SIZES[5], **NEURONS, shared_runs="li24-k5"),
    Study("li24-fig8", "Li24 Figure 8: all neurons before and after training, 5-input modular addition",
          "Li24", SIZES[5], **SPECTRA, shared_runs="li24-k5"),
)  # fmt: skip
