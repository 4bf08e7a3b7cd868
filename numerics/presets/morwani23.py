"""Morwani23, Figure 2 (addition mod 71) and its groups S3, S4, S5: full-population training with a growing rate.

Source: Morwani23 App. B.  Stated: width, gradient descent, learning rates and when they double, lambda, the norm, steps
(for S4 only the width was found).  Not stated: the power of the norm in the penalty, and the initial weights.  To these
D4, Q8 and A4 are added, where the class weights that certify the maximum are far from uniform and training with plain
cross-entropy stops short of it.
"""

from dataclasses import replace

from numerics.presets.preset import Ours, Preset, Size
from numerics.presets.published import Published
from numerics.recipes import RECIPES
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


def _addition(p: int, m: int, shorter: int, descent: int, rounds: int, target: float, seeds: int) -> Size:
    published = ADDITION
    if p != 71:
        published = ADDITION.at_size(2, (max_margin_float(2, 71), max_margin_float(2, p)), (500, m), shorter)
    recipe = replace(RECIPES["hybrid"], descent_steps=descent, polish_rounds=rounds)
    return Size(2, p, m, published, (Ours("our recipe", m, recipe, target, seeds=seeds),))


def _group(
    name: str,
    n: int,
    m: int,
    published: Published | None,
    wide: int,
    steps: tuple[int, int],
    target: float | None,
    seeds: int,
) -> Size:
    """The paper's run, ours at the same width (no promise) and at one where random initialisation suffices."""
    descent, rounds = steps
    recipe = replace(RECIPES["hybrid"], descent_steps=descent, polish_rounds=rounds)
    plain = replace(RECIPES["plain"], descent_steps=10 * descent)
    same = (
        Ours(f"our recipe, m={m}", m, recipe, None, seeds=seeds),
        Ours(f"plain cross-entropy, m={m}", m, plain, None, seeds=seeds),
    )
    return Size(
        2, n, m, published, (*(same if published else ()), Ours(f"our recipe, m={wide}", wide, recipe, target)), name
    )


def _group_preset(name: str, title: str, sizes: dict[str, Size]) -> Preset:
    return Preset(name, title, "margin", name, sizes)


PRESETS = [
    Preset(
        "morwani23-fig2",
        "Morwani23 Figure 2: margin, spectra and frequencies, addition of two numbers",
        "margin",
        "morwani23-fig2",
        {
            "smoke": _addition(7, 48, 200, 200, 2, 0.99, 1),
            "cpu": _addition(23, 176, 5, 400, 20, 0.999, 1),
            "full": _addition(71, 500, 1, 800, 40, 0.999, 5),
        },
    ),
    _group_preset(
        "morwani23-s3",
        "Morwani23: the symmetric group S3",
        {
            "smoke": _group("S3", 6, 30, S3.first(200), 72, (200, 2), 0.97, 1),
            "cpu": _group("S3", 6, 30, S3, 72, (400, 10), 0.999, 10),
            "full": _group("S3", 6, 30, S3, 72, (400, 20), 0.999, 20),
        },
    ),
    _group_preset(
        "morwani23-s4",
        "Morwani23: the symmetric group S4",
        {
            "smoke": _group("S4", 24, 200, S4.first(20), 300, (60, 0), None, 1),
            "cpu": _group("S4", 24, 200, S4.first(6000), 1000, (400, 20), 0.99, 5),
            "full": _group("S4", 24, 200, S4, 1000, (400, 20), 0.99, 10),
        },
    ),
    _group_preset(
        "morwani23-s5",
        "Morwani23: the symmetric group S5 (at scale cpu a short run at a fraction of the width)",
        {
            "smoke": _group("S5", 120, 40, S5.first(2), 48, (3, 0), None, 1),
            "cpu": _group("S5", 120, 400, S5.first(150), 500, (100, 0), None, 1),
            "full": _group("S5", 120, 2000, S5, 4800, (800, 20), 0.99, 1),
        },
    ),
    *(
        _group_preset(
            f"group-{name.lower()}",
            f"Ours: the group {name}, trained with the class weights of its certificate",
            {
                "smoke": _group(name, n, m, None, m, (200, 2), 0.8, 1),
                "cpu": _group(name, n, m, None, m, (400, 20), 0.999, 1),
                "full": _group(name, n, m, None, m, (400, 40), 0.9999, 1),
            },
        )
        for name, n, m in (("D4", 8, 200), ("Q8", 8, 300), ("A4", 12, 300))
    ),
]
