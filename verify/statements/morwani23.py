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
    ),
    Statement(
        "Morwani23:Lemma 2",
        "Morwani23",
        "theorem",
        "A pair (theta*, q*) in which each answers the other best solves the max-min problem: theta* has the largest "
        "minimum margin.",
        r"q^* \in \arg\min_q \mathbb{E}_q g(\theta^*),\ \theta^* \in \arg\max_\theta \mathbb{E}_{q^*} g(\theta)\ "
        r"\Rightarrow\ \theta^* \in \arg\max_\theta \min_{(x,y)} g(\theta,x,y)",
    ),
    Statement(
        "Morwani23:Lemma 5",
        "Morwani23",
        "theorem",
        "The maximiser of the mean class-weighted margin consists of best single neurons, and every mixture of best "
        "neurons is a maximiser.",
        r"\theta \in \arg\max \mathbb{E}_q g' \iff \text{every } \theta_i \in \mathbb{R}_{\ge 0}\,\Omega'^*_q",
    ),
    Statement(
        "Morwani23:Lemma 6",
        "Morwani23",
        "theorem",
        "A certificate pair for the class-weighted margin, with tied wrong labels, is a maximum-margin solution; all "
        "maximum-margin solutions consist of best neurons and hold every input of q* exactly at the margin.",
        r"g(\theta^*, x, y) = \gamma^* \quad \forall (x,y) \in \mathrm{spt}(q^*)",
    ),
    Statement(
        "Morwani23:Theorem 7",
        "Morwani23",
        "theorem",
        "Addition of two numbers modulo p > 2: the maximum margin, one frequency per neuron with the phase relation, "
        "every frequency used, and 4(p-1) neurons suffice.",
        r"\gamma^* = \sqrt{\tfrac{2}{27}}\cdot\frac{1}{p^{1/2}(p-1)}",
        machine_checked=("maximum_margin", "two_inputs"),
        not_machine_checked="one frequency per neuron, the phase relation, every frequency used",
    ),
    Statement(
        "Morwani23:Appendix D",
        "Morwani23",
        "theorem",
        "Correct is not the same as maximum-margin: 2 p^2 neurons made of signed one-hot vectors compute the sum "
        "exactly, with a flat spectrum and a smaller margin.",
        r"\gamma = \frac{2}{3\sqrt3\,p^2} < \gamma^*",
    ),
    Statement(
        "Morwani23:Theorem 8",
        "Morwani23",
        "theorem",
        "(n,k)-sparse parity with activation t^k: the maximum margin, 2^(k-1) neurons suffice, and every optimum looks "
        "only at the k relevant bits, with equal amplitudes and the right sign.",
        r"\gamma^* = k!\,\sqrt{2\,(k+1)^{-(k+1)}}",
    ),
    Statement(
        "Morwani23:Theorem 9",
        "Morwani23",
        "theorem",
        "Multiplication in a finite group with real representations: under the class condition the maximum margin has "
        "this closed form, 2 sum d^3 neurons attain it, and every non-trivial representation is used.",
        r"\gamma^* = \frac{2}{3\sqrt{3|G|}}\cdot\frac{1}{\sum_{n\ge2} d_n^{2.5}}",
    ),
    Statement(
        "Morwani23:class condition",
        "Morwani23",
        "theorem",
        "The condition of Theorem 9 on the characters holds for S3, S4 and S5, and fails for S6 at the class of a "
        "5-cycle.",
        r"\sum_{n\ge 2} d_n^{1.5}\,\chi_n(C) < 0 \quad \forall C \ne \{e\}",
    ),
    Statement(
        "Morwani23:Lemma 16",
        "Morwani23",
        "theorem",
        "A neuron's mean class-weighted margin is a sum over representations of traces of its coefficient matrices "
        "(with the factor 2 that the printed form lacks).",
        r"2\sum_m \Bigl(1-\sum_\delta \tau_\delta\frac{\chi_m(\delta)}{d_m}\Bigr)"
        r"\frac{\mathrm{tr}(\alpha_m\beta_m\gamma_m^\top)}{d_m^2}",
    ),
    Statement(
        "Morwani23:Lemma 18",
        "Morwani23",
        "theorem",
        "The best unit neuron lies in one representation, and inside one of dimension d it is worth a multiple of "
        "d^(-1/2).",
        r"c_V = \frac{2}{(3|G|)^{3/2}}\,d_V^{-1/2}",
    ),
    Statement(
        "Morwani23:Lemma 19",
        "Morwani23",
        "theorem",
        "One choice of class weights makes all representations worth the same; the class condition says that these "
        "weights are positive.",
        r"\tau_\delta = -\sum_R z_R\,\chi_R(\delta), \qquad z_R = \frac{d_R^{1.5}}{\sum_{n\ge2} d_n^{2.5}}",
    ),
    Statement(
        "Morwani23:Lemma 20",
        "Morwani23",
        "theorem",
        "2 d^3 neurons in one d-dimensional representation compute the trace of R(a) R(b) R(c)^-1.",
        r"f(a,b)[c] \propto \mathrm{tr}\bigl(R(a)R(b)R(c)^{-1}\bigr)",
    ),
    Statement(
        "Morwani23:Lemma 21",
        "Morwani23",
        "theorem",
        "With the right scales the representations add up to the regular character, so all wrong labels tie.",
        r"\sum_{n\ge2} d_n\chi_n(g) = |G|\,1[g=e] - 1",
    ),
    Statement(
        "Morwani23:ReLU",
        "Morwani23",
        "measured",
        "Trained with ReLU and an L2 penalty instead of the square and the L_{2,3} penalty, every vector still has "
        "most of its power at one frequency (about .9), but less than in the quadratic network.",
        r"\mathrm{mean}_v \max_\zeta \frac{|\hat v(\zeta)|^2}{\|\hat v\|^2} \approx 0.9 < 1",
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
    ),
    false_as_printed(
        "Morwani23",
        "Lemma 18, proof",
        "Printed: half the value; the same factor 2 is missing. Theorem 9 has it.",
        r"\tfrac{1}{3\sqrt{3|G|}}\big/\textstyle\sum d^{5/2}",
        r"\tfrac{2}{3\sqrt{3|G|}}\big/\textstyle\sum d^{5/2}",
    ),
    false_as_printed(
        "Morwani23",
        "Lemma 19",
        "Printed with a plus sign: the class weights would be negative. Off the identity the sign is a minus.",
        r"\tau_C = +\textstyle\sum_R z_R\chi_R(C)",
        r"\tau_C = -\textstyle\sum_R z_R\chi_R(C)",
    ),
    false_as_printed(
        "Morwani23",
        "Lemma 19, proof",
        "Printed upside down: the coefficient of the sign representation is the reciprocal.",
        r"z_{\mathrm{sign}} = \textstyle\sum d^{5/2}",
        r"z_{\mathrm{sign}} = 1/\textstyle\sum d^{5/2}",
    ),
)
