"""Ours: what a start of the full-size road decides, over many seeds."""

from verify.statements.statement import Statement

STARTS: tuple[Statement, ...] = (
    Statement(
        "Ours:starved frequencies",
        "Ours",
        "measured",
        "Seeds of the full-size road, none passed over. Of those whose start leaves some frequency with fewer than "
        "its N_k neurons, 21 of 21 at (2, 71, 500) (.839-1) and 3 of 3 at (3, 97, 1536) (.292-1) failed (exact 95% "
        "intervals); of the others 0 of 129 at (2, 71, 500) (0-.028) and 0 of 27 at (3, 97, 1536) (0-.128). Failed: "
        "the least margin over every input is below 0.999 gamma* after one round of descent, every weight free, and "
        "the polish.",
        r"\min_\zeta \#\{i : \zeta_i = \zeta\} < N_k \iff \text{the seed fails}",
        floats="the table and its exact intervals, from the stored seeds; replication: a few seeds trained again",
        stored=("starved-frequencies",),
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
        floats="every step of starts at three (k, p), alone and relabelled; the probability against a count in "
        "integers",
        proof=("numerics.full_size.start", "numerics.selection.coupons"),
    ),
    Statement(
        "Ours:width for 99 of 100 seeds",
        "Ours",
        "measured",
        "The width m at which 99% of seeds feed every frequency, over 1000 seeds for each p: m/(p-1) is about 4.81 + "
        "1.02 log(p-1) for k = 2 (p = 7 to 71), 10.86 + 1.42 log(p-1) for k = 3 (p = 7 to 47) and 23.13 + 2.69 "
        "log(p-1) for k = 4 (p = 7 to 23), off by at most 0.24. At the coupon collector's number the share of fed "
        "seeds is .99 within its exact 95% interval at each p. The least width is (k+1) 2^(k-2) (p-1).",
        r"m_{99}/(p-1) \approx a_k + b_k \log(p-1)",
        floats="the fits, their errors and the shares, computed anew from the stored seeds; replication: 20 "
        "starts drawn again",
        stored=("width-law",),
    ),
)
