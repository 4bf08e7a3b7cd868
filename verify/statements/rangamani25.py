"""Rangamani, ICASSP 2025, arXiv 2503.22059: recurrent networks on modular addition.

Only the abstract and the captions could be read.  Which frequencies are chosen depends on the seed: what is claimed
here is structure, measured by our rules on networks that we train.
"""

from verify.statements.statement import Statement

RANGAMANI25: tuple[Statement, ...] = (
    Statement(
        "Rangamani25:shared frequencies",
        "Rangamani25",
        "measured",
        "A recurrent network that answers all of Z_p^2 has few frequencies, the same in its embedding, its hidden "
        "states and its output layer; reduced to these and the mean, the embedding still answers all inputs. Our "
        "rule: those among the fewest that hold 90% of the power, in every one of these tensors. With ReLU the output "
        "layer has their multiples besides. (Measured at p = 23.) "
        "The rules hold in 4 of the 5 stored seeds of p = 113 that answer all inputs.",
        r"E_a \approx \bar E + \sum_{k \in K} \bigl(A_k \cos\tfrac{2\pi k a}{p} + B_k \sin\tfrac{2\pi k a}{p}\bigr)",
        floats="the stated numbers from the stored ones, intervals computed anew; replication: one network at p "
        "= 23 (four with --runslow) against rules of ours",
        stored=("rangamani25",),
    ),
    Statement(
        "Rangamani25:ranks",
        "Rangamani25",
        "measured",
        "Few singular values are enough for the accuracy of the whole network. The embedding and the input matrix need "
        "two for each shared frequency (the paper: 12 and 12 for 6), up to a quarter more or less; the recurrent "
        "matrix needs more (the paper: 32), and not all. "
        "The rules hold in 5 of the 5 stored seeds of p = 113 that answer all inputs.",
        r"\operatorname{rank}_{100\%}(W_E) \approx \operatorname{rank}_{100\%}(W_{ih}) \approx 2|K| < "
        r"\operatorname{rank}_{100\%}(W_{hh})",
        floats="the stated numbers from the stored ones, intervals computed anew; replication: one network at p "
        "= 23 (four with --runslow) against rules of ours",
        stored=("rangamani25",),
    ),
    Statement(
        "Rangamani25:singular vectors",
        "Rangamani25",
        "measured",
        "At p = 23 the first 2|K| left singular vectors of the output layer lie, up to a fifth of their power, in the "
        "span of the shared cosines and sines. (The paper, p = 113: each consecutive pair is one frequency's. In ours "
        "singular values of different frequencies interlace, pairs mix, and at p = 113 multiples of K come between.) "
        "The rules hold in 4 of the 5 stored seeds of p = 113 that answer all inputs.",
        r"\tfrac{1}{2|K|}\sum_{i \le 2|K|} \bigl\| P_K u_i \bigr\|^2 \ge \tfrac45",
        floats="the stated numbers from the stored ones, intervals computed anew; replication: one network at p "
        "= 23 (four with --runslow) against a rule of ours",
        stored=("rangamani25",),
    ),
    Statement(
        "Rangamani25:fit",
        "Rangamani25",
        "measured",
        "What the output layer sees of the last hidden state is, for each shared frequency, nearly the cosine and the "
        "sine of the sum, up to a relative error of 0.3 at p = 23. (The paper: 1e-3 to 1e-2, which ours miss.) "
        "The rules hold in 5 of the 5 stored seeds of p = 113 that answer all inputs.",
        r"\sum_c e^{2\pi i k c/p} W_c \cdot h_3(a, b) \approx \alpha_k\, e^{2\pi i k (a+b)/p}",
        floats="the stated numbers from the stored ones, intervals computed anew; replication: one network at p "
        "= 23 (four with --runslow) against a rule of ours",
        stored=("rangamani25",),
    ),
    Statement(
        "Rangamani25:ablation",
        "Rangamani25",
        "measured",
        "Accuracy falls with the number of shared frequencies that are removed from the embedding or from the output "
        "layer, and without all of them it collapses. (The paper: one alone is harmless in most cases. In ours that is "
        "so of most removals from the output layer; the embedding suffers from nearly every one.) "
        "The rules hold in 5 of the 5 stored seeds of p = 113 that answer all inputs.",
        r"\mathrm{acc}(K \setminus K') \to \tfrac1p \quad (K' \to K)",
        floats="the stated numbers from the stored ones, intervals computed anew; replication: one network at p "
        "= 23 (four with --runslow) against rules of ours",
        stored=("rangamani25",),
    ),
)
