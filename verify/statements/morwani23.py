"""Morwani, Edelman, Oncescu, Zhao, Kakade, arXiv 2311.07568: modular addition, sparse parity, finite groups."""

from verify.statements.statement import Statement, false_as_printed

MORWANI23: tuple[Statement, ...] = (
    Statement(
        "Morwani23:Theorem 1",
        "Morwani23",
        "measured",
        "For any power r > 0 of the norm, the normalised margin of global minimisers of cross-entropy plus "
        "lambda ||theta||^r tends to the maximum as lambda vanishes (imported from Wei et al. 2019; here an "
        "experiment beside exact predictions).",
        r"\lim_{\lambda\to 0}\gamma_\lambda = \gamma^*",
        floats="loss and margin of minimisers by descent against exact predictions, powers 2 and 4.5",
    ),
    Statement(
        "Morwani23:Lemma 2",
        "Morwani23",
        "theorem",
        "A pair (theta*, q*) in which each answers the other best solves the max-min problem: theta* has the largest "
        "minimum margin.",
        r"q^* \in \arg\min_q \mathbb{E}_q g(\theta^*),\ \theta^* \in \arg\max_\theta \mathbb{E}_{q^*} g(\theta)\ "
        r"\Rightarrow\ \theta^* \in \arg\max_\theta \min_{(x,y)} g(\theta,x,y)",
        exact="every 3 x 2 game with entries -1, 0, 1 and every q in sixths; the converse fails for one game",
        proof=("theory.saddle_point",),
    ),
    Statement(
        "Morwani23:Lemma 3",
        "Morwani23",
        "theorem",
        "With two labels the mean margin of a network is a sum over its neurons: for its norm it is largest iff every "
        "non-zero neuron is a best one, and any mixture of best neurons is a maximiser.",
        r"\mathbb{E}_q g(\theta) = \sum_i \|\theta_i\|^{\nu}\, \mathbb{E}_q \psi(\theta_i/\|\theta_i\|)",
        floats="enumeration against the sum over neurons, and mixtures, for two sparse parities",
        proof=("theory.derivation.mixture",),
    ),
    Statement(
        "Morwani23:Lemma 4",
        "Morwani23",
        "theorem",
        "With two labels, given a certificate pair (theta*, q*): every max-min solution maximises the "
        "mean under q*, and "
        "every input of q* lies exactly on the margin.",
        r"g(\theta, x) = \gamma^* \quad \forall x \in \mathrm{spt}(q^*)",
        exact="every 3 x 2 game with entries -1, 0, 1 and every q in quarters",
        proof=("theory.saddle_point",),
    ),
    Statement(
        "Morwani23:Lemma 5",
        "Morwani23",
        "theorem",
        "The maximiser of the mean class-weighted margin consists of best single neurons, and every mixture of best "
        "neurons is a maximiser.",
        r"\theta \in \arg\max \mathbb{E}_q g' \iff \text{every } \theta_i \in \mathbb{R}_{\ge 0}\,\Omega'^*_q",
        floats="mixtures of best neurons, additivity on random networks, and five neurons climbed to the maximum",
        proof=("theory.derivation.mixture",),
    ),
    Statement(
        "Morwani23:Lemma 6",
        "Morwani23",
        "theorem",
        "A certificate pair for the class-weighted margin, with tied wrong labels, is a maximum-margin solution; all "
        "maximum-margin solutions consist of best neurons and hold every input of q* exactly at the margin.",
        r"g(\theta^*, x, y) = \gamma^* \quad \forall (x,y) \in \mathrm{spt}(q^*)",
        exact="every 2 x 2 game with entries -1, 0, 1, every larger second payoff and every q in thirds; the "
        "hypotheses for networks at p = 5, 6, 9",
        floats="the conclusion at every input of these networks, by enumeration",
        proof=("theory.saddle_point", "theory.derivation.mixture"),
    ),
    Statement(
        "Morwani23:Theorem 7",
        "Morwani23",
        "theorem",
        "Addition of two numbers modulo an odd p: the maximum margin, one frequency per neuron with the phase "
        "relation, every frequency used, and 4(p-1) neurons suffice.",
        r"\gamma^* = \sqrt{\tfrac{2}{27}}\cdot\frac{1}{p^{1/2}(p-1)}",
        exact="the value, p a letter; the certificate at five p; steps and construction at p = 3, 7, 11",
        floats="enumeration, and a trained network",
        proof=("theory.account", "theory.core.optimality", "theory.fourier_support", "theory.construction"),
        machine_checked=("maximum_margin", "two_inputs", "single_frequency", "every_frequency"),
    ),
    Statement(
        "Morwani23:Appendix D",
        "Morwani23",
        "theorem",
        "Correct is not the same as maximum-margin: 2 p^2 neurons made of signed one-hot vectors compute the sum "
        "exactly, with a flat spectrum and a smaller margin.",
        r"\gamma = \frac{2}{3\sqrt3\,p^2} < \gamma^*",
        exact="the comparison with gamma* and the width at p = 3, 5, 7, 11",
        floats="margin, spectrum and outputs by enumeration",
        proof=("theory.one_hot_network",),
    ),
    Statement(
        "Morwani23:Theorem 8",
        "Morwani23",
        "theorem",
        "(n,k)-sparse parity with activation t^k: the maximum margin, 2^(k-1) neurons suffice, and every optimum looks "
        "only at the k relevant bits, with equal amplitudes and the right sign.",
        r"\gamma^* = k!\,\sqrt{2\,(k+1)^{-(k+1)}}",
        exact="width, form and margin polynomial of the construction at six (n, k)",
        floats="one neuron by search, the conditions on float weights, enumeration for n <= 7",
        proof=("theory.parity", "theory.derivation.mixture", "theory.saddle_point"),
    ),
    Statement(
        "Morwani23:Theorem 9",
        "Morwani23",
        "theorem",
        "Multiplication in a finite group with real representations: under the class condition the maximum margin has "
        "this closed form, 2 sum d^3 neurons attain it; in every network that attains it a non-zero neuron has "
        "one representation, and every non-trivial representation is used.",
        r"\gamma^* = \frac{2}{3\sqrt{3|G|}}\cdot\frac{1}{\sum_{n\ge2} d_n^{2.5}}",
        exact="the programme and its dual for S3, S4, S5, the closed form, the width, and that every representation "
        "carries mass (for S6, where the condition fails, it need not)",
        floats="the networks by enumeration, a trained network",
        proof=("theory.groups.margin", "theory.groups.account", "theory.groups.designs"),
    ),
    Statement(
        "Morwani23:class condition",
        "Morwani23",
        "theorem",
        "The condition of Theorem 9 on the characters holds for S3, S4 and S5. Ours: it fails for S6, at the 5-cycles "
        "and at the class of cycle type (4,2).",
        r"\sum_{n\ge 2} d_n^{1.5}\,\chi_n(C) < 0 \quad \forall C \ne \{e\}",
        exact="the sign of the sum at every class of S3, S4, S5, S6",
        floats="the largest sums, and the two of S6 at classes known by order, size and sign",
        proof=("theory.groups.margin",),
    ),
    Statement(
        "Morwani23:Lemma 16",
        "Morwani23",
        "theorem",
        "A neuron's mean class-weighted margin is a sum over representations of traces of its coefficient matrices "
        "(with the factor 2 that the printed form lacks).",
        r"2\sum_m \Bigl(1-\sum_\delta \tau_\delta\frac{\chi_m(\delta)}{d_m}\Bigr)"
        r"\frac{\mathrm{tr}(\alpha_m\beta_m\gamma_m^\top)}{d_m^2}",
        floats="random neurons of S3, D4, S4: enumeration against traces",
        proof=("theory.groups.account",),
    ),
    Statement(
        "Morwani23:Lemma 18",
        "Morwani23",
        "theorem",
        "The best unit neuron lies in one representation, and inside one of dimension d it is worth a multiple of "
        "d^(-1/2).",
        r"c_V = \frac{2}{(3|G|)^{3/2}}\,d_V^{-1/2}",
        floats="the value, and ascents inside every representation of S3 and S4",
        proof=("theory.groups.account",),
    ),
    Statement(
        "Morwani23:Lemma 19",
        "Morwani23",
        "theorem",
        "One choice of class weights makes all representations worth the same; the class condition says that these "
        "weights are positive.",
        r"\tau_\delta = -\sum_R z_R\,\chi_R(\delta), \qquad z_R = \frac{d_R^{1.5}}{\sum_{n\ge2} d_n^{2.5}}",
        exact="positive weights, and equal worth of all representations, for S3, D4, S4, S5",
        floats="the formula against the certified dual",
        proof=("theory.groups.margin",),
    ),
    Statement(
        "Morwani23:Lemma 20",
        "Morwani23",
        "theorem",
        "2 d^3 neurons in one d-dimensional representation compute the trace of R(a) R(b) R(c)^-1.",
        r"f(a,b)[c] \propto \mathrm{tr}\bigl(R(a)R(b)R(c)^{-1}\bigr)",
        floats="outputs of the neurons of the largest representation of S3 and S4, by enumeration",
        proof=("theory.groups.designs",),
    ),
    Statement(
        "Morwani23:Lemma 21",
        "Morwani23",
        "theorem",
        "With the right scales the representations add up to the regular character, so all wrong labels tie.",
        r"\sum_{n\ge2} d_n\chi_n(g) = |G|\,1[g=e] - 1",
        exact="the sums for S3, S4, S5, S6, in integers",
        proof=("theory.groups.real",),
    ),
    Statement(
        "Morwani23:Appendix I.2",
        "Morwani23",
        "theorem",
        "Where Theorem 9's condition fails: choose as many representations as classes, solve one linear system for the "
        "masses and one for the class weights; where both are positive and meet the inequalities of all other "
        "classes and representations, they give the maximum margin. Ours: the paper works out no group; S6 is one, "
        "with three classes and three representations, in two ways.",
        r"\sum_{V \in K} y_V \bigl(1 - \tfrac{\chi_V(\delta)}{D_V}\bigr) = 1 \ \ (\delta \in C), \qquad |K| = |C|",
        exact="both choices for S6: masses from the linear system, every inequality, equal values",
        proof=("theory.groups.margin",),
    ),
    Statement(
        "Morwani23:blog, argmax of a cosine",
        "Morwani23",
        "theorem",
        "The authors' summary: every frequency by itself answers the task, because the cosine of a + b - c is largest "
        "where c = a + b. Ours: that needs a frequency without a common factor with p, as every one is at a prime.",
        r"\arg\max_c \cos\tfrac{2\pi k(a+b-c)}{p} = a + b \bmod p \iff \gcd(k, p) = 1",
        exact="all k and all differences modulo each p up to 30",
        proof=("verify.test_morwani23_addition.test_one_cosine_answers_where_its_frequency_is_a_unit",),
    ),
    Statement(
        "Morwani23:ReLU",
        "Morwani23",
        "measured",
        "Trained with ReLU and an L2 penalty instead of the square and the L_{2,3} penalty, every vector still has "
        "most of its power at one frequency (about .9), but less than in the quadratic network. "
        "Stored, p = 71: .945 against .9998 over 3 seeds.",
        r"\mathrm{mean}_v \max_\zeta \frac{|\hat v(\zeta)|^2}{\|\hat v\|^2} \approx 0.9 < 1",
        floats="the stated numbers from the stored ones, intervals computed anew; replication: 2 seeds at p = "
        "17: shares of power against bounds of ours",
        stored=("morwani23-relu",),
    ),
    false_as_printed(
        "Morwani23",
        "Sketch of Theorem 7",
        "Printed: the Fourier coefficients of a unit neuron have total energy at most 1. With the unnormalised "
        "transform it is p.",
        r"\|\hat u\|^2+\|\hat v\|^2+\|\hat w\|^2 \le 1",
        r"\|\hat u\|^2+\|\hat v\|^2+\|\hat w\|^2 \le p",
    ),
    false_as_printed(
        "Morwani23",
        "the certificate q",
        "Printed: q is uniform on Z_p. It is uniform on pairs.",
        r"q = \mathrm{unif}(\mathbb{Z}_p)",
        r"q = \mathrm{unif}(\mathbb{Z}_p^2)",
    ),
    false_as_printed(
        "Morwani23",
        "Lemma 6, first item",
        "Printed without the minimum over the data: a network that is best at one input is not what is meant.",
        r"\arg\max_\theta g(\theta,x,y)",
        r"\arg\max_\theta \min_{(x,y)} g(\theta,x,y)",
    ),
    false_as_printed(
        "Morwani23",
        "Lemma 16",
        "Printed without the factor 2 that the square of u + v gives its mixed term.",
        r"\sum_m (\dots)\,\mathrm{tr}(\alpha_m\beta_m\gamma_m^\top)/d_m^2",
        r"2\sum_m (\dots)\,\mathrm{tr}(\alpha_m\beta_m\gamma_m^\top)/d_m^2",
        proof=("theory.groups.misprints",),
    ),
    false_as_printed(
        "Morwani23",
        "Lemma 18, proof",
        "Printed: half the value; the same factor 2 is missing. Theorem 9 has it.",
        r"\tfrac{1}{3\sqrt{3|G|}}\big/\textstyle\sum d^{5/2}",
        r"\tfrac{2}{3\sqrt{3|G|}}\big/\textstyle\sum d^{5/2}",
        proof=("theory.groups.misprints",),
    ),
    false_as_printed(
        "Morwani23",
        "Lemma 19",
        "Printed with a plus sign: the class weights would be negative. Off the identity the sign is a minus.",
        r"\tau_C = +\textstyle\sum_R z_R\chi_R(C)",
        r"\tau_C = -\textstyle\sum_R z_R\chi_R(C)",
        proof=("theory.groups.misprints",),
    ),
    false_as_printed(
        "Morwani23",
        "Lemma 19, proof",
        "Printed upside down: the coefficient of the sign representation is the reciprocal.",
        r"z_{\mathrm{sign}} = \textstyle\sum d^{5/2}",
        r"z_{\mathrm{sign}} = 1/\textstyle\sum d^{5/2}",
        proof=("theory.groups.misprints",),
    ),
    false_as_printed(
        "Morwani23",
        "blog, characters",
        "The authors' summary: the trace of R(a) R(b) R(c)^-1 is largest precisely where c = ab, for every irreducible "
        "representation. That holds for faithful ones; an unfaithful one, such as the sign, has its maximum on a coset "
        "of its kernel.",
        r"\arg\max_c \chi_R(abc^{-1}) = \{ab\}",
        r"\arg\max_c \chi_R(abc^{-1}) = \ker R \cdot ab",
        proof=("theory.groups.misprints",),
    ),
)
