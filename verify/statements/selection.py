"""Ours: which frequencies and representations training chooses, over many seeds."""

from verify.statements.statement import Statement

SELECTION: tuple[Statement, ...] = (
    Statement(
        "Ours:members of an ensemble",
        "Ours",
        "measured",
        "On a CPU, member i of an ensemble of one-hidden-layer networks trained as one tensor program ends with the "
        "weights that its seed has alone, bit for bit, and after as many updates, whoever leaves the batch before it.",
        r"\theta_i^{(N)} = \theta_i^{(1)}",
        floats="difference 0 of weights and of updates, 8 cells, 2 seeds of 9",
    ),
    Statement(
        "Ours:relabelled seeds",
        "Ours",
        "theorem",
        "Multiplying inputs and outputs of a + b mod n by a unit t permutes the coordinates of all weights. Loss on "
        "the full table and Adam commute with that, and the law of independent, identically distributed initial "
        "weights does not see it: after any number of updates, sets of frequencies in one orbit of the units are "
        "equally likely. For prime n every single frequency has the same probability.",
        r"P(K = S) = P(K = tS), \qquad t \in \mathbb{Z}_n^\times",
        floats="training moved networks against moving trained ones, four groups and units, two activations",
        proof=("numerics.selection.exchangeability",),
    ),
    Statement(
        "Ours:pilot, C5 at width 2",
        "Ours",
        "measured",
        "The pilot of the selection problem MAIS-O61 (24 configurations, 100 seeds each): both neurons of C5 at width "
        "2 end pure for the same frequency in 19, 11 and 45 of 100 seeds for x^2 at lambda = 0, 1e-4 and 1e-2 (exact "
        "95% intervals .118-.281, .056-.189, .350-.553), and in 0, 0 and 1 for ReLU (0-.037, 0-.037, .000-.055). All "
        "seeds count, also those that do not converge.",
        r"P(\text{same frequency}) \in [0.350, 0.553] \quad (x^2, \lambda = 10^{-2})",
        floats="the six intervals, from the stored counts; replication: 12 seeds of one cell retrained",
        stored=("mais-pilot",),
    ),
    Statement(
        "Ours:law of the frequencies",
        "Ours",
        "measured",
        "C11, x^2, width 8 (float32, lambda 1e-3, 1200 updates of Adam at 0.01), two sets of 2000 seeds. Where two "
        "frequencies hold 95% of the logits' energy, they are a pair {f, 3f} in 306 and 306 networks, a pair {f, 2f} "
        "in 254 and 256. Symmetry makes pairs of one kind equally likely; the two kinds seem not to be: p = .010 by "
        "Fisher's combination, .041 after Holm's correction for four such tests. At C7 all sets of one size are of "
        "one kind.",
        r"P(\{f, 3f\}) / P(\{f, 2f\}) = 612/510",
        floats="counts and p-values, from the stored tables; replication: 16 of 4000 seeds retrained",
        stored=("frequency-law",),
    ),
    Statement(
        "Ours:spectral count",
        "Ours",
        "measured",
        "ReLU networks of width 4p after 600 updates of Adam at 0.01 (float32, lambda 1e-4): mean N_.05 is 2.99 of 3 "
        "frequencies at p = 7 (100 seeds), 4.77 of 5 at 11 (60), 5.58 of 6 at 13 (40), 7.33 of 8 at 17 (30), 9.50 of "
        "11 at 23 (16), 12.88 of 15 at 31 (8), 18.25 of 21 at 43 (4), 25 of 30 at 61 (2). All solve the "
        "table; training had not come to "
        "rest.",
        r"N_{.05} \approx 0.45\, p^{0.98}",
        floats="means and fit, from the stored counts; replication: 10 seeds at p = 11 retrained",
        stored=("spectral-count",),
    ),
    Statement(
        "Ours:neurons per representation",
        "Ours",
        "measured",
        "At width 128, after 1000 updates of Adam at 0.01 (float32, lambda 1e-4), neurons by their strongest "
        "representation follow d^b with b = 3.02 (2.95-3.09) for S3 and x^2, 2.59 (2.54-2.63) for S3 and ReLU, 2.78 "
        "(2.63-2.94) for S4 and x^2, 1.96 (1.83-2.09) for S4 and ReLU; 100 seeds of S3, 10 of S4, intervals over "
        "seeds. Before training b is above 4.5.",
        r"M_\rho \propto d_\rho^{\,b}",
        floats="exponents, from the stored means (their intervals are bootstraps over seeds, as stored); "
        "replication: 6 seeds of S3 retrained",
        stored=("multiplicities",),
    ),
)
