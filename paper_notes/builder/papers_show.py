"""What the papers' figures show, in our own words, by the study that does the same."""

ALMOST_ONE = "the largest normalised power is almost 1 for all neurons after training; frequencies are about uniform."
PAPER_SHOWS = {
    "li24-fig1": "at k = 4, p = 47, with 2944 neurons, on half of the inputs: single neurons that are cosines, one "
    "frequency in each spectrum.",
    "li24-fig2": f"the same network: {ALMOST_ONE}",
    "li24-fig5": "as its Figure 1, at k = 3, p = 97, with 1536 neurons.",
    "li24-fig6": f"the same network: {ALMOST_ONE}",
    "li24-fig7": "as its Figure 1, at k = 5, p = 23, with 5632 neurons.",
    "li24-fig8": f"the same network: {ALMOST_ONE}",
    "li24-fig3": "one attention layer at k = 4, p = 31, with 160 heads: the product of key and query matrices of "
    "single heads is a two-dimensional cosine, with one peak in its two-dimensional spectrum.",
    "li24-fig9": "as its Figure 3, at k = 3, p = 61.",
    "li24-fig10": "as its Figure 3, at k = 5, p = 17.",
    "li24-fig4": "training and validation accuracy for k = 2, 3, 4, 5 with p = 97, 31, 11, 5: grokking weakens as k "
    "grows.",
    "morwani23-relu": "p = 71, 500 neurons: the largest normalised power of the ReLU network is about 0.9, below that "
    "of the quadratic one.",
    "swaroop26-table1": "a table of mean accuracies over 40 seeds at nine widths.",
    "ding24-circles": "the Fourier signals of the embedding over training: three to five circles survive at p = 59, "
    "d = 128.",
    "ding24-sweep-signal": "survival rate against initial signal, 10 embeddings with 50 networks each: Pearson 0.85.",
}
