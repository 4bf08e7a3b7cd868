"""Li24, Figures 3, 4, 9, 10: attention on k-input modular addition; and what is ours about them."""

from verify.statements.statement import Statement

LI24_TRANSFORMERS: tuple[Statement, ...] = (
    Statement(
        "Li24:Figures 3, 9, 10",
        "Li24",
        "measured",
        "After training one attention layer on k-input modular addition, a head's matrix between symbols is "
        "a two-dimensional cosine: most of its power is in one pair of frequencies. Checked at k = 3, p = 11 against "
        "untrained heads.",
        r"W_h^K W_h^{Q\top} \approx A_h \cos\big(2\pi(t_h + (\zeta_h x + \eta_h y)/p)\big)",
        floats="Wilson's 95% intervals for the share of one-peaked heads, k = 3, p = 11, trained against untrained",
    ),
    Statement(
        "Li24:Figure 4",
        "Li24",
        "measured",
        "The paper: grokking weakens as the number of inputs grows. Ours: one small attention layer trained on a "
        "random half of 37^2 = 1369 or 11^3 = 1331 inputs; for both seeds the delay between 95% of that half and 95% "
        "of the other is at least twice as long at k = 2 as at k = 3, where permutations give nine tenths of the other "
        "half away. The larger runs do not reproduce the figure (row: Figure 4, up to four inputs).",
        r"T_{test} - T_{train}\big|_{k=2,\,p=37} \ \ge\ 2\,(T_{test} - T_{train})\big|_{k=3,\,p=11}",
        floats="2 seeds of one attention layer at 37^2 and 11^3 inputs: updates to 95%",
    ),
    Statement(
        "Ours:what a half gives away",
        "Ours",
        "theorem",
        "A random half of the inputs of k-input addition contains on average a permutation of a known share of the "
        "others: of .495 of them at k = 2, p = 97, of more than .94 at Li24's moduli for k = 3, 4, 5. A function "
        "symmetric in its inputs that "
        "is right on the training half is right on all of these. Halves of multisets give nothing away.",
        r"1 - \frac{1}{N-n} \sum_{\text{multisets}} o\,\binom{N-o}{n} \Big/ \binom{N}{n}, \qquad N = p^k, \ "
        r"n = \lfloor N/2 \rfloor",
        exact="every half of three small tasks against the formula; more than 94% at the paper's moduli",
        floats="the value at k = 2, p = 97",
        proof=("numerics.analysis.permuted_inputs",),
    ),
    Statement(
        "Ours:memory passes for addition",
        "Ours",
        "measured",
        "A symmetric attention layer can fit the training half without having learned to add: at k = 2 its accuracy on "
        "the other half is the share given away, and it fails on the rest.",
        r"\text{accuracy} = \text{share given away}",
        floats="one seed at p = 13: accuracies against bounds of ours",
    ),
    Statement(
        "Ours:columns of the attention matrix",
        "Ours",
        "theorem",
        "Adding a function of the query to a head's matrix leaves the network unchanged (softmax is over the keys), so "
        "a spectrum of the matrix says something about the network only after the column means are taken away.",
        r"\operatorname{softmax}_{key}(S + \mathbf{1} c^\top) = \operatorname{softmax}_{key}(S)",
        floats="outputs of a layer before and after a function of the query is added",
        proof=("numerics.models.transformer",),
    ),
    Statement(
        "Ours:strongest wave without structure",
        "Ours",
        "theorem",
        "The strongest plane wave of a p x p matrix of independent normal entries (p odd, column means taken away) has "
        "the expected share H_N / N, N = p(p-1)/2, and more than half of the power with probability N 2^(1-N).",
        r"E[\max] = \frac{1}{N}\sum_{j \le N} \frac1j, \qquad P[\max > x] = N (1-x)^{N-1} \ (x \ge \tfrac12)",
        floats="20,000 random matrices at p = 3, 5, 11, within 4 standard errors",
        proof=("numerics.analysis.plane_waves",),
    ),
)
