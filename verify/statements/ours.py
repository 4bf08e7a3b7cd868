"""What this package adds: each statement with its proof or certificate in the module that its check calls."""

from verify.statements.statement import Statement

LOWER_BOUNDS = {1: 2, 2: 6, 3: 16, 4: 40, 5: 96, 6: 224}

OURS: tuple[Statement, ...] = (
    Statement(
        "Ours:maximum-margin set",
        "Ours",
        "theorem",
        "All maximum-margin networks (k >= 2): single-frequency neurons whose output phase is the sum of the input "
        "phases; fixed mass at every frequency; and at each frequency the unwanted moments of the phases cancel, class "
        "by class of exponents modulo the frequency's order. Whether a network is one of them is decided without "
        "enumerating inputs.",
        r"\sum_{n\in C} W(n)\,M(n-\mathbf 1) = 0 \ \ \forall C\not\ni\mathbf 1, \qquad "
        r"M(m)=\sum_i q_i e^{i m\cdot t_i}, \qquad \sum_{i:\zeta_i=\zeta} q_i = \tfrac{2}{p-1} \ (p \text{ odd})",
        exact="networks that meet the conditions, and networks with one condition violated, are told apart at eight "
        "(k, p)",
        floats="their margins by enumeration",
        proof=("theory.core.optimality",),
        machine_checked=("single_frequency", "every_frequency"),
        not_machine_checked="the masses, the moments, and that nothing else is needed",
    ),
    Statement(
        "Ours:maximum-margin set, k = 1",
        "Ours",
        "theorem",
        "At k = 1 nothing forces one frequency: a network is optimal iff every neuron has w = u with mean zero and the "
        "outer products add up to a multiple of the centring matrix. p-1 neurons are needed.",
        r"\sum_i u_i u_i^\top = \gamma^*\bigl(I - \tfrac1p J\bigr), \qquad \gamma^* = \tfrac{1}{2(p-1)}",
        exact="one rational network at each of five p has the margin 1/(2(p-1)); at four p rotations of it have it, "
        "and networks with one condition broken do not",
        floats="random optimal networks, spoiled ones, and one neuron fewer, by enumeration",
        proof=("theory.one_input",),
    ),
    Statement(
        "Ours:minimal construction",
        "Ours",
        "theorem",
        "For every k and p some network of (k+1) 2^(k-2) (p-1) neurons attains the maximum margin; the paper's "
        "construction has 2^(2k-2) (p-1).",
        r"\exists\,\theta: \quad m = (k+1)\,2^{k-2}(p-1), \quad \gamma(\theta) = \gamma^*",
        exact="the identity behind it, sign vectors times k+1 equally spaced phases, for k = 1..8; phases, masses and "
        "moments for k <= 5",
        floats="norm and margin at every input at seven (k, p)",
        proof=("theory.derivation.sum_to_product", "theory.core.optimality"),
        machine_checked=("maximum_margin", "maximum_margin_even", "order_two"),
    ),
    Statement(
        "Ours:bound without Fourier analysis",
        "Ours",
        "theorem",
        "The formula of odd moduli bounds the margin of every network on every finite abelian group without elements "
        "of order two: it depends on the group through its order alone, and the proof needs no characters.",
        r"2\sum_c\Bigl(\sum_x u(x)\,v(x+c)\Bigr)^2 \le |G|\sum_x u(x)^2\sum_x v(x)^2, \qquad \sum_x v(x) = 0",
        exact="the inequality for integer vectors on four groups, and the values of four groups at k = 2, 3",
        floats="a rounded cosine nearly reaches the inequality",
        proof=("proof/UpperBound.v",),
        machine_checked=("upper_bound",),
    ),
    Statement(
        "Ours:phase designs",
        "Ours",
        "theorem",
        "Weighted points on the k-dimensional torus whose unwanted moments vanish: (k+1) 2^(k-1) points do for every "
        "k, and for k = 1, 2, 3, 4 no fewer.",
        r"\min\{N : M(n-\mathbf 1)=0\ \forall n\ne\mathbf 1\} = (k+1)\,2^{k-1} \quad (k\le 4)",
        exact="moments of the construction for k <= 5, certificates that no fewer points do for k <= 4",
        proof=("proof/Designs.v", "theory.derivation.sum_to_product", "theory.core.dual_certificate"),
        machine_checked=("design_exists", "design_width"),
    ),
    *(
        Statement(
            f"Ours:lower bound k={k}",
            "Ours",
            "certified",
            (
                "At k = 1 a phase design of an order above 2 has at least 2 points; the minimal construction has 2. At "
                "odd p a maximum-margin network, whose neurons may mix frequencies, has at least p-1 of them."
                if k == 1
                else f"At k = {k} every frequency whose order exceeds k (even orders: 2k) needs {count} neurons in a "
                f"maximum-margin network; the minimal construction has {(k + 1) * 2 ** (k - 1)}."
            ),
            rf"N \ge \frac{{B(0)}}{{B_0 + \sum_{{O\not\subset U}}\max(0,S_O)}} > {count - 1}",
            exact="the stored certificate, re-checked in integers",
            floats="searches with 5 and 6 points" if k == 2 else "",
            proof=("theory.core.dual_certificate",),
            machine_checked=("design_width", "least_width") if k <= 5 else (),
            not_machine_checked="one frequency by itself; p with a prime factor up to k" if k <= 5 else "",
        )
        for k, count in LOWER_BOUNDS.items()
    ),
    Statement(
        "Ours:lower bound, every k",
        "Ours",
        "conjecture",
        "No maximum-margin network has fewer than (k+1) 2^(k-1) neurons at a frequency whose order exceeds k (even "
        "orders: 2k). Certified for k <= 6; open beyond.",
        r"N \ge (k+1)\,2^{k-1}",
        exact="certificates for k <= 6 reach the conjectured number",
    ),
    Statement(
        "Ours:lower bound 2^(k-1)",
        "Ours",
        "theorem",
        "For every k >= 2 a frequency whose order is 2 or exceeds k (even orders: 2k) needs at least 2^(k-1) neurons: "
        "there are so many characters that every design makes orthonormal. At order two they suffice.",
        r"N \ge 2^{k-1}",
        exact="the square of the characters, the construction of order two, and that no sign class can be left out of "
        "it, for k = 1..6",
        proof=("theory.cliques", "theory.width"),
    ),
    Statement(
        "Ours:narrow designs",
        "Ours",
        "certified",
        "Where exponents coincide modulo the order of a frequency (odd order up to k, even up to 2k) only sums over "
        "classes of exponents must cancel, and fewer neurons can do, with unwanted moments that are not "
        "zero: 9 instead "
        "of 16 at order 3, k = 3; at order 4, 4 instead of 6 for k = 2, 12 instead of 16 for k = 3 and 32 "
        "instead of 40 "
        "for k = 4.",
        r"N_3(3) \le 9 < 16, \qquad N_2(4) \le 4 < 6, \qquad N_3(4) \le 12 < 16, \qquad N_4(4) \le 32 < 40",
        exact="stored designs are optimal at five (k, p), alias, and are not optimal at a free order; "
        "certificates bound "
        "some from below",
        floats="margins by enumeration at three (k, p)",
        proof=("theory.core.optimality",),
    ),
    Statement(
        "Ours:least design of order four",
        "Ours",
        "theorem",
        "Two inputs, a frequency of order four: four neurons do, and three do not.",
        r"N_2(4) = 4",
        exact="the finite case left by the proof, and the design of four points",
        proof=("theory.narrow_designs",),
    ),
    Statement(
        "Ours:narrow networks",
        "Ours",
        "measured",
        "Below the minimal width some margin is lost: a table of the best margins found by optimisation. Each was that "
        "of a network when it was written; the networks are not stored, and none is proved best.",
        r"\gamma_m < \gamma^* \quad (m < m_{\min})",
        floats="three entries optimised anew (k = 2, p = 3); all entries below the necessary width are below gamma*",
    ),
    Statement(
        "Ours:every modulus",
        "Ours",
        "theorem",
        "The maximum margin for every modulus. Odd composite p: Li24's formula. Even p: the order-two frequency is "
        "worth more, and class weights that differ between even and odd differences certify the value.",
        r"\gamma^*(k,p) = \frac{2\,k!}{(2k+2)^{(k+1)/2}\,p^{(k-1)/2}\,(p-2+2^{-(k-1)/2})} \quad (p \text{ even})",
        exact="the certificate from both sides for k <= 6 and 20 moduli; networks at ten (k, p)",
        floats="a linear programme by another solver, enumeration, searches for a better neuron",
        proof=("theory.modulus", "theory.account", "proof/EvenBound.v"),
        machine_checked=("maximum_margin", "maximum_margin_even", "order_two"),
    ),
    Statement(
        "Ours:boundary of Li24's Theorem 4.1.1",
        "Ours",
        "theorem",
        "Li24 states the formula for odd primes. It holds at every odd p and, for one input, at every p; at even p "
        "with k >= 2 the neuron of order two is worth more, and the maximum margin is larger than the formula.",
        r"\gamma^*(k,p) > \frac{2\,k!}{(2k+2)^{(k+1)/2}\,p^{(k-1)/2}\,(p-1)} \iff p \text{ even},\ k \ge 2",
        exact="larger or equal, for k <= 6 and 20 moduli",
        floats="networks at p = 4 that attain the larger value, by enumeration",
        proof=("theory.modulus", "theory.account"),
    ),
    Statement(
        "Ours:every finite group",
        "Ours",
        "theorem",
        "The maximum margin of k-fold multiplication in any finite group is a linear programme over its real "
        "characters; class weights are its dual, and explicit networks attain it.",
        r"\gamma^*(G,k) = \max_{\lambda}\min_{\delta\ne e}\sum_V \lambda_V c_V\Bigl(1-\frac{\chi_V(\delta)}{D_V}\Bigr),"
        r"\qquad c_V = \frac{k!}{(|G|(k+1))^{(k+1)/2}}\,D_V^{(1-k)/2}",
        exact="primal and dual for 12 groups at k = 2, 3, 4; cyclic groups against the formula",
        floats="a linear programme by another solver, networks by enumeration, trained networks",
        proof=("theory.groups.margin", "theory.groups.account"),
    ),
    Statement(
        "Ours:every finite group, closed form",
        "Ours",
        "theorem",
        "The programme has the equalising closed form iff a sum of characters is nowhere positive off the identity; "
        "otherwise the margin is larger and some representations carry no mass (S6 at k = 2; Dic3, S3xC3, S3xS3 and "
        "S5 at k = 3).",
        r"\gamma^* = \frac{k!\,|G|\,(|G|(k+1))^{-(k+1)/2}}{\sum_V n_V D_V^{(k+1)/2}} \iff "
        r"\sum_V n_V D_V^{(k-1)/2}\chi_V(\delta)\le 0\ \ \forall\delta\ne e",
        exact="both sides of the equivalence for ten (group, k)",
        floats="the closed form never exceeds the optimum",
        proof=("theory.groups.margin",),
    ),
    Statement(
        "Ours:masses of S6",
        "Ours",
        "theorem",
        "Two inputs from S6: the maximum margin does not force the masses. Some optimal networks use three of the ten "
        "non-trivial representations, others four, five or six; two of dimension five carry mass in every one.",
        r"\#\{V : \lambda_V > 0\} \in \{3, 4, 5, 6\}",
        exact="five vertices of the optimal face and their mean, each with its certificate; the two required "
        "representations, and that these two alone are not enough",
        proof=("theory.groups.margin",),
    ),
    Statement(
        "Ours:sparse parity",
        "Ours",
        "theorem",
        "The maximum-margin network of sparse parity is unique up to splitting neurons: each of the 2^(k-1) classes of "
        "sign vectors carries the same mass, so no width below 2^(k-1) will do.",
        r"\sum_{i:\, s_i \in \{s,-s\}} q_i = 2^{-(k-1)} \quad \forall s\in\{\pm1\}^k",
        exact="moved mass, a class left out and a split neuron, k = 2..5",
        proof=("theory.parity",),
    ),
    Statement(
        "Ours:margin account",
        "Ours",
        "theorem",
        "The proof as a profiler: the margin of any network is gamma* times the efficiencies of its neurons (phase, "
        "balance, concentration, mean), minus what is spread over inputs and over labels; the account adds up exactly.",
        r"\frac{\gamma}{\gamma^*} = \sum_i q_i\,e_i - \frac{\mathbb{E}g'-\min g'}{\gamma^*} - "
        r"\frac{\min g'-\min g}{\gamma^*}",
        floats="sums, gaps and efficiencies of random, constructed and trained networks against enumeration",
        proof=("theory.account", "theory.groups.account"),
    ),
    Statement(
        "Ours:finite regularisation",
        "Ours",
        "theorem",
        "No limit is needed (uniform class weights, enough neurons): below a threshold the global minimisers of "
        "cross-entropy plus lambda ||theta||^(k+1) are exactly the maximum-margin networks, at a predicted scale; from "
        "the threshold on, only the zero network.",
        r"\gamma^*\|\theta\|^{k+1} = \log\bigl((p-1)(\gamma^*/\lambda-1)\bigr), \quad \lambda < \gamma^*\tfrac{p-1}{p}",
        exact="convexity and threshold, in letters",
        floats="loss, mass and margin of minimisers by descent on both sides of the threshold",
        proof=("theory.regularisation.closed_form", "proof/Regularisation.v"),
        machine_checked=("finite_regularisation",),
        not_machine_checked="uniform class weights at orders that are even",
    ),
    Statement(
        "Ours:finite regularisation, other powers",
        "Ours",
        "theorem",
        "Penalties lambda ||theta||^r have the same directions at another scale (hypotheses as above). For r < k+1 "
        "(the papers' first power among them) zero is always a strict local minimum and the global one jumps at a "
        "finite lambda; for r > k+1 it is never zero.",
        r"\lambda_c = \max_M \frac{\log p - \log(1+(p-1)e^{-\gamma^*M})}{M^{r/(k+1)}}",
        floats="loss, mass and margin of minimisers by descent on both sides of the jump",
        proof=("theory.regularisation.closed_form",),
    ),
    Statement(
        "Ours:finite regularisation, plain loss",
        "Ours",
        "theorem",
        "A small convex programme predicts loss, masses and margin of the minimisers of the plain cross-entropy, for "
        "every p and every group.  Where the class weights are positive and not uniform (even p > 2, S3, Q8; k >= 2) "
        "the minimisers are below the maximum margin at every lambda at which they are not zero.",
        r"\min_{x\ge0}\ \log\Bigl(1+\sum_{\delta\ne e} e^{-\sum_V x_V(1-\chi_V(\delta)/D_V)}\Bigr) + "
        r"\lambda\sum_V \frac{x_V}{c_V}",
        exact="the hypothesis on the class weights of five groups",
        floats="loss and margin of minimisers by descent against the programme",
        proof=("theory.regularisation.classwise",),
    ),
    Statement(
        "Ours:finite regularisation, class-weighted loss",
        "Ours",
        "theorem",
        "Adding log((n-1) tau) to every wrong logit restores the first statement for every task with positive class "
        "weights: below the threshold the minimisers are exactly the maximum-margin networks.",
        r"\mathrm{CE}_\tau = \mathbb{E}\log\Bigl(1+(n-1)\sum_\delta \tau_\delta e^{-(f[y]-f[y\delta])}\Bigr)",
        exact="the hypothesis on the class weights of S3",
        floats="loss and margin of minimisers by descent against the prediction",
        proof=("theory.regularisation.closed_form",),
    ),
    Statement(
        "Ours:width of a group",
        "Ours",
        "theorem",
        "Two inputs from a group: D_V (n_V D_V + 1) neurons for each real representation attain the maximum margin, "
        "against 2 D_V^3 in Morwani23: 12 instead of 18 for S3.",
        r"m = \sum_V D_V\,(n_V D_V+1)",
        floats="widths, and margins at every pair by enumeration, for S3, D4, S4, Q8",
        proof=("theory.groups.designs",),
    ),
    Statement(
        "Ours:width of a group, more inputs",
        "Ours",
        "theorem",
        "Three, four and five inputs from a group: products of regular simplices and orthonormal bases attain the "
        "maximum margin without sign patterns, with (n+1) D^2 (D+1), (n+1) D (D+1)^3 and (n+1) (D+1)^5 neurons for a "
        "real representation of dimension D and multiplicity n; sign patterns are used where they need fewer.",
        r"m_V = (n_V+1)\,D_V^2(D_V+1),\quad (n_V+1)\,D_V(D_V+1)^3,\quad (n_V+1)(D_V+1)^5 \qquad (k = 3, 4, 5)",
        floats="widths, and margins at every input by enumeration, for S3, D4 and Q8 at k = 3 and S3 at k = 4, 5",
        proof=("theory.groups.designs",),
    ),
    Statement(
        "Ours:least width of a group",
        "Ours",
        "theorem",
        "Where every class weight is positive (k >= 2), a representation of real type and dimension D that must carry "
        "mass needs at least D^(k+1) neurons in every maximum-margin network.",
        r"m_V \ge D_V^{\,k+1}",
        exact="the hypothesis for four (group, k), and that S6 at k = 2 misses it",
        floats="the chains of both constructions add up to the identity of dimension D^(k+1); fewer do not",
        proof=("theory.groups.designs",),
    ),
    Statement(
        "Ours:width",
        "Ours",
        "certified",
        "What a width m allows on addition modulo p: sufficient by construction from (k+1) 2^(k-2) (p-1) on, for every "
        "p; impossible below it for odd p without prime factors up to k, k <= 6. For other k and p fewer may do: "
        "between what is necessary and the best width known the answer is open.",
        r"m < (k+1)2^{k-2}(p-1) \ \Rightarrow\ \text{margin} < \gamma^* \quad (k\le6)",
        exact="bounds from both sides in order, the certificate re-checked, and the best known width attained, "
        "at eight (k, p)",
        proof=("theory.width", "theory.core.dual_certificate"),
        machine_checked=("maximum_margin", "maximum_margin_even", "order_two", "least_width"),
        not_machine_checked="the impossibility at k = 6",
    ),
)
