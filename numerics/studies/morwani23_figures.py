"""Morwani23, Figure 2 (addition mod 71) and its groups S3, S4, S5: full-population training with a growing rate.

Source: Morwani23 App. B.  Stated: width, gradient descent, learning rates and when they double, lambda, the norm, steps
(for S4 only the width was found).  Not stated: the power of the norm in the penalty, and the initial weights.  To these
D4, Q8 and A4 are added, where the class weights that certify the maximum are far from uniform and training with plain
cross-entropy stops short of it.
"""

from dataclasses import replace
from typing import Any

from numerics.recipes import RECIPES
from numerics.studies.one_hidden import claims, figures
from numerics.studies.one_hidden.experiment import Experiment, Ours
from numerics.studies.one_hidden.published import Published
from numerics.studies.one_hidden.runs import lines, run
from numerics.studies.study import SCALES, Study
from theory.margin import max_margin_float

NOT_STATED = {
    "penalty_kind": "the norm is stated, its power in the loss is not; the power k+1 is ours",
    "deviation": "initial weights are not stated; ours",
}
ADDITION = Published(
    method="gradient descent",
    rate=0.05,
    steps=40_000,
    penalty=1e-4,
    penalty_kind="norm",
    doublings=tuple(range(1000, 10_001, 1000)),
    not_stated=NOT_STATED,
)
S3 = replace(
    ADDITION,
    steps=50_000,
    penalty=1e-7,
    doublings=(*range(200, 2601, 200), 5000, 10_000),
)
S5 = replace(ADDITION, steps=75_000, penalty=1e-5, batch=1000, doublings=tuple(range(3000, 24_001, 3000)))
S4 = replace(
    S3,
    not_stated=NOT_STATED
    | dict.fromkeys(("method", "rate", "steps", "penalty", "doublings", "batch"), "not found for S4; taken from S3"),
)


def _addition(p: int, m: int, shorter: int, descent: int, rounds: int, target: float, seeds: int) -> Experiment:
    published = ADDITION
    if p != 71:
        published = ADDITION.at_size(2, (max_margin_float(2, 71), max_margin_float(2, p)), (500, m), shorter)
    recipe = replace(RECIPES["hybrid"], descent_steps=descent, polish_rounds=rounds)
    ours = (Ours("all", "our recipe", m, recipe, target, seeds=seeds),)
    return Experiment(2, p, m, (71, 500), published, ours)


def _group(
    name: str,
    order: int,
    paper_m: int,
    *each: tuple[int, Published | None, int, tuple[int, int], float | None, int],
) -> dict[str, Experiment]:
    """By scale, from the arguments of :func:`_one_group`."""
    return {scale: _one_group(name, (order, paper_m), *one) for scale, one in zip(SCALES, each, strict=True)}


def _one_group(
    name: str,
    paper_size: tuple[int, int],
    m: int,
    published: Published | None,
    wide: int,
    steps: tuple[int, int],
    target: float | None,
    seeds: int,
) -> Experiment:
    """The paper's run at m neurons, and ours: descent steps and rounds of polish, target, seeds.

    Our recipe and plain cross-entropy run at the paper's width, which promises nothing, and our recipe at one where
    random initialisation suffices.
    """
    recipe = replace(RECIPES["hybrid"], descent_steps=steps[0], polish_rounds=steps[1])
    plain = replace(RECIPES["plain"], descent_steps=10 * steps[0])
    same = (
        Ours("same_width", f"our recipe, m={m}", m, recipe, None, seeds=seeds),
        Ours("plain", f"plain cross-entropy, m={m}", m, plain, None, seeds=seeds),
    )
    ours = (*(same if published else ()), Ours("wide", f"our recipe, m={wide}", wide, recipe, target))
    return Experiment(2, paper_size[0], m, paper_size, published, ours, name)


def _without_paper(name: str, order: int, m: int) -> dict[str, Experiment]:
    scales = ((200, 2), 0.8), ((400, 20), 0.999), ((400, 40), 0.9999)
    return _group(name, order, m, *((m, None, m, steps, target, 1) for steps, target in scales))


FIG2 = {
    "smoke": _addition(7, 48, 200, 200, 2, 0.99, 1),
    "cpu": _addition(23, 176, 5, 400, 20, 0.999, 1),
    "full": _addition(71, 500, 1, 800, 40, 0.999, 5),
}
S5_SIZE = 120, 2000
S5_STUDY = {
    "smoke": _one_group("S5", S5_SIZE, 40, S5.first(2), 48, (3, 0), None, 1),
    "cpu": _one_group("S5", S5_SIZE, 400, S5.first(150), 500, (100, 0), None, 1),
    "full": _one_group("S5", S5_SIZE, 2000, S5, 4800, (800, 20), 0.99, 1),
}
GROUP: dict[str, Any] = {"run": run, "claims": claims.of_groups, "figure": figures.spectra, "lines": lines}
STUDIES = (
    Study("morwani23-fig2", "Morwani23 Figure 2: margin, spectra and frequencies, addition of two numbers",
          "Morwani23", FIG2, run, claims.of_addition, figures.spectra, lines),
    Study("morwani23-s3", "Morwani23: the symmetric group S3", "Morwani23",
          _group("S3", 6, 30, (30, S3.first(200), 72, (200, 2), 0.97, 1), (30, S3, 72, (400, 10), 0.999, 10),
                 (30, S3, 72, (400, 20), 0.999, 20)), **GROUP),
    Study("morwani23-s4", "Morwani23: the symmetric group S4", "Morwani23",
          _group("S4", 24, 200, (200, S4.first(20), 300, (60, 0), None, 1),
                 (200, S4.first(6000), 1000, (400, 20), 0.99, 5), (200, S4, 1000, (400, 20), 0.99, 10)), **GROUP),
    Study("morwani23-s5", "Morwani23: the symmetric group S5 (at scale cpu a short run at a fraction of the width)",
          "Morwani23", S5_STUDY, **GROUP),
    Study("group-d4", "Ours: the group D4, trained with the class weights of its certificate", "Ours",
          _without_paper("D4", 8, 200), **GROUP),
    Study("group-q8", "Ours: the group Q8, trained with the class weights of its certificate", "Ours",
          _without_paper("Q8", 8, 300), **GROUP),
    Study("group-a4", "Ours: the group A4, trained with the class weights of its certificate", "Ours",
          _without_paper("A4", 12, 300), **GROUP),
)  # fmt: skip
