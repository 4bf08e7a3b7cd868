"""Ours: what a start of the full-size road decides, over many seeds."""

from verify.statements.statement import Statement

STARTS: tuple[Statement, ...] = (
    Statement(
        "Ours:starved frequencies",
        "Ours",
        "measured",
        "STARVED",
        r"\min_\zeta \#\{i : \zeta_i = \zeta\} < N_k \iff \text{the seed fails}",
    ),
    Statement(
        "Ours:law of a start",
        "Ours",
        "theorem",
        "The start moves every neuron along its own normalised gradient, so neurons are independent of each other and "
        "of the width; and it commutes with multiplying inputs and outputs by a unit. For prime p every neuron "
        "therefore has each frequency with the same probability, and all of n = (p-1)/2 frequencies have their N_k "
        "neurons with the coupon collector's probability.",
        r"P(\text{no frequency starved}) = n^{-m}\, m!\,[x^m] \Bigl(\sum_{j\ge N_k} \tfrac{x^j}{j!}\Bigr)^{n}",
    ),
    Statement(
        "Ours:width for 99 of 100 seeds",
        "Ours",
        "measured",
        "WIDTH",
        r"m_{99}/(p-1) \approx a_k + b_k \log(p-1)",
    ),
)
