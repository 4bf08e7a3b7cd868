"""Ours: how narrow a frequency can be, for every k: proofs in ``theory.cliques`` and ``theory.six_points``."""

from verify.statements.statement import Statement

WIDTHS: tuple[Statement, ...] = (
    Statement(
        "Ours:lower bound 3 2^(k-1)",
        "Ours",
        "theorem",
        "For every k >= 2 a frequency whose order exceeds k (even orders: 2k) needs at least 3 2^(k-1) neurons: there "
        "are so many characters that every design makes orthonormal. At k = 2 so many suffice.",
        r"N_k \ge 3\cdot 2^{k-1}",
        exact="the characters and their differences for k = 2..8, by the checker of certificates for k <= 4; the "
        "design of six points at k = 2",
        proof=("theory.cliques", "proof/Clique.v"),
        machine_checked=("width_every_k",),
        not_machine_checked="one frequency by itself; p with a prime factor up to k",
    ),
    Statement(
        "Ours:lower bounds, transferred",
        "Ours",
        "theorem",
        "A certificate for j inputs without positive coefficients outside U makes one for every k > j.",
        r"N_k \ge \beta_j\binom{k-j}{\lfloor (k-j)/2\rfloor}",
        exact="certificates made from j = 2 for k = 3..6",
        proof=("theory.cliques",),
    ),
    Statement(
        "Ours:designs of six points",
        "Ours",
        "theorem",
        "At k = 2 all designs of six points have equal weights and belong to two families, of three and of four "
        "parameters.",
        r"\{(a\omega^j,v_0)\}\cup\{(b\omega^j,-v_0)\} \quad\text{or}\quad \{(a\omega^j,\pm v_j)\}, \qquad "
        r"u=e^{i(t_1+t_2)},\ v=e^{i(t_1-t_2)},\ \omega=e^{2\pi i/3}",
        exact="random members of both families, and every set of six points on a grid of sixths",
        floats="designs found by least squares are of the families",
        proof=("theory.six_points",),
    ),
    Statement(
        "Ours:exact fits",
        "Ours",
        "theorem",
        "For every odd p there is an exact fit of addition by quadratic neurons, outputs 1 at a + b and 0 elsewhere, "
        "with 2p - 1 neurons, one fewer where 3 divides p and one fewer where 5 does: 4 at p = 3, 8 at p = 5, 13 at "
        "p = 7.",
        r"H_{\min}(p) \le 2p - 1 - [3 \mid p] - [5 \mid p]",
        exact="all p^3 outputs of the networks for p = 3, 5, 7, 9, 15, in a cyclotomic field",
        proof=("theory.exact_fit.networks",),
    ),
    Statement(
        "Ours:least width of an exact fit",
        "Ours",
        "theorem",
        "An exact fit of addition mod p by quadratic neurons needs at least (3p - 1)/2 of them for every odd p (I. "
        "Shi's bound), and at least (3p + 1)/2 from p = 5 on. So 4 at p = 3 and 8 at p = 5 are the least; at p = 7 it "
        "is 11, 12 or 13.",
        r"H_{\min}(p) \ge \tfrac{3p+1}{2} \ (p \ge 5), \qquad H_{\min}(3) = 4, \quad H_{\min}(5) = 8",
        exact="the bounds meet the exact networks at p = 3, 5, and are 11 and 13 at p = 7; three terms in one block: "
        "the squares that are left, for 120 triples of rational directions",
        proof=("theory.exact_fit.bounds",),
    ),
    Statement(
        "Ours:gap below the least width",
        "Ours",
        "theorem",
        "Networks of aligned neurons (one frequency, equal norms, output phase the sum of the input phases) that are "
        "too narrow lose at least so much of gamma*, p odd with prime factors above k: at k = 2 below 3(p-1) neurons "
        "at least .149 (1 - p eps)/(p-1).  Masses and moments of any such network are bounded by what it loses.  "
        "Neurons that are not aligned can lose less.",
        r"\varepsilon \ge \frac{1-p\varepsilon}{p-1}\sqrt{\frac{B(0)/N - D}{C}}, \quad N = "
        r"\Bigl\lfloor\frac{2m}{p-1}\Bigr\rfloor, \qquad Q\,W(n)\,|M(n-\mathbf 1)| \le 2\varepsilon\,k!",
        exact="the constant at k = 2, and where the loss begins for k = 2, 3, 4",
        floats="ascents over aligned networks of three to five neurons a frequency; masses and moments of networks "
        "near and far, by enumeration",
        proof=("theory.narrow_gap",),
    ),
)
