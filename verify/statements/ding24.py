"""Ding, Guo, Michaud, Liu, Tegmark, arXiv 2405.17420: which circles of an embedding survive."""

from verify.statements.statement import Statement

DING24: tuple[Statement, ...] = (
    Statement(
        "Ding24:Section 3.1, footnote",
        "Ding24",
        "theorem",
        "Circles are linear projections of a random embedding with probability 1 when d >= p, and with probability 0 "
        "when d < p. Ours: the proof; with a bias both hold with p - 1 instead of p; and for rational embeddings it is "
        "decided exactly.",
        r"\exists P:\ E P = \bigl(\cos\tfrac{2\pi kn}{p}, \sin\tfrac{2\pi kn}{p}\bigr)_n \iff d \ge p "
        r"\quad\text{(almost surely)}",
        exact="random float embeddings, taken as rationals, at p = 7, 12, 23 and d on both sides of p; two "
        "exceptions of probability 0",
        proof=("theory.circles",),
    ),
    Statement(
        "Ding24:Eq. 5",
        "Ding24",
        "theorem",
        "The circularity of frequency k is between 0 and 1, and 1 iff the two coordinates have no other frequency. "
        "Ours: it measures purity, not roundness: a cosine along one line has 1 too; and a random embedding has "
        "(d+1)/(d+p-1) on average, because its two directions were chosen by looking at it.",
        r"c_k = \frac{2}{p\sum_j X_j^2}\Bigl|\sum_j X_j e^{2\pi i jk/p}\Bigr|^2 \in [0, 1]",
        floats="bounds and equality on random embeddings, one frequency, and a line; the mean of 2000 random "
        "embeddings within 5 standard errors",
        proof=("numerics.analysis.circles.circularity",),
    ),
    Statement(
        "Ding24:Section 2, survivors",
        "Ding24",
        "measured",
        "Of all circles of a random embedding a few survive training (a signal above twice the mean), and they are "
        "circles. "
        "Stored, one network after the paper's 30,000 steps: 5 of 29 circles at p = 59, the least circularity .9999.",
        r"\|F_k\| > \tfrac2p \sum_{j=0}^{p-1} \|F_j\|",
        floats="the stated numbers from the stored ones, intervals computed anew; replication: 2 networks at p = "
        "23: accuracy, number of survivors and circularity against bounds of ours",
        stored=("ding24-circles",),
    ),
    Statement(
        "Ding24:Section 4.1, circles needed",
        "Ding24",
        "measured",
        "With one of its surviving circles alone a trained network fails, with more of them its loss falls, and with "
        "all of them (and the mean) it answers everything. "
        "Stored, p = 59: accuracy .260 with the best circle, at least 1.00 with all.",
        r"E \mapsto \bar E + \sum_{k \in K} E^{(k)}",
        floats="the stated numbers from the stored ones, intervals computed anew; replication: 2 networks at p = "
        "23, every subset of their circles: accuracies against bounds of ours",
        stored=("ding24-circles",),
    ),
    Statement(
        "Ding24:Section 4.2, closed form",
        "Ding24",
        "theorem",
        "The solution of the linear law, as printed where A is invertible, and as one matrix exponential where it is "
        "not.",
        r"x(t) = e^{At}x_0 + (e^{At} - I)A^{-1}b, \qquad "
        r"\exp t\begin{pmatrix}A & b\\ 0 & 0\end{pmatrix} = \begin{pmatrix}e^{At} & \int_0^t e^{As}\,ds\, b\\ 0 & 1"
        r"\end{pmatrix}",
        floats="random laws of 5 signals: the printed formula, Euler's method with 2^14 steps, an equilibrium of a "
        "singular law",
        proof=("numerics.analysis.dynamics.LinearLaw.solution",),
    ),
    Statement(
        "Ding24:Section 4.2, linear law",
        "Ding24",
        "measured",
        "The signals of early training obey a linear law. Ours: they obey one as well with the signals of another run "
        "on its right-hand side, which cannot act on them; the fit alone is no evidence that circles compete or help "
        "each other. "
        "Stored, five networks at p = 59, d = 128: R^2 .999, .998, .998, .999 and .999 with their own signals, .998, "
        ".998, .999, .999 and .999 with each other's.",
        r"x_{t+1} - x_t \approx A x_t + b",
        floats="the stated numbers from the stored ones, intervals computed anew; replication: R^2 of 600 steps "
        "of 2 networks at p = 23, with their own signals and with those of the other",
        stored=("ding24-ode",),
    ),
)
