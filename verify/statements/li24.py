"""Li, Liang, Shi, Song, Zhou, arXiv 2402.09469 (v3): k-input modular addition.

Throughout, theta is a one-hidden-layer network with activation t^k, its norm is ||theta||_{2,k+1}, and gamma* is the
largest normalised margin.  The paper asks for a prime p > 2; oddness is all that the proofs use.
"""

from verify.statements.statement import Statement, false_as_printed

LI24: tuple[Statement, ...] = (
    Statement(
        "Li24:Theorem 4.1.1",
        "Li24",
        "theorem",
        "The maximum normalised L_{2,k+1} margin of the one-hidden-layer power network of sufficient width on k-input "
        "addition modulo an odd p has this closed form.",
        r"\gamma^* = \frac{2\,k!}{(2k+2)^{(k+1)/2}\,(p-1)\,p^{(k-1)/2}}",
        exact="every step of the chain in letters for k <= 5; for k = 2..6 and eight odd p from 3 to 97 the "
        "certificate from both sides, and its agreement with the printed formula",
        floats="enumeration of all inputs of constructed networks; networks near the optimum and trained ones stay "
        "below",
        proof=("theory.account", "theory.construction"),
        machine_checked=("maximum_margin",),
    ),
    Statement(
        "Li24:Theorem 4.1.2",
        "Li24",
        "theorem",
        "In a maximum-margin network every non-zero neuron has one frequency: its k input vectors and its output "
        "vector are cosines of that frequency and of equal size, and the output phase is the sum of the input phases "
        "(k >= 2).",
        r"u_i(a) = \beta\cos(\theta_{u_i} + 2\pi\zeta a/p),\quad w(c) = \beta\cos(\theta_w + 2\pi\zeta c/p),\quad "
        r"\theta_w = \theta_{u_1} + \dots + \theta_{u_k}",
        exact="the steps phases, AM-GM and one frequency with their equality cases, in letters, for k = 2, 3, 4",
        floats="trained networks have one frequency a neuron, equal sizes and phases that add up",
        proof=("theory.core.optimality",),
        machine_checked=("single_frequency",),
    ),
    Statement(
        "Li24:Theorem 4.1.3",
        "Li24",
        "theorem",
        "In a maximum-margin network every frequency from 1 to (p-1)/2 is used by at least one neuron (k >= 2).",
        r"\forall \zeta \in \{1,\dots,\tfrac{p-1}{2}\}\ \exists i:\ \zeta_i = \zeta",
        exact="the masses are the only solution of complementary slackness, for six (k, p)",
        floats="masses of trained networks",
        proof=("theory.fourier_support",),
        machine_checked=("every_frequency",),
    ),
    Statement(
        "Li24:Theorem I.1",
        "Li24",
        "theorem",
        "The main theorem at k = 3: the margin, and 16(p-1) neurons that attain it.",
        r"\gamma^* = \frac{3}{16}\cdot\frac{1}{p(p-1)}, \qquad m \ge 16(p-1)",
        exact="the formula, p a letter; width and optimality of the construction at p = 3, 5, 7, 31, 97",
        floats="enumeration at p = 7",
        proof=("theory.account", "theory.derivation.sum_to_product"),
        machine_checked=("maximum_margin",),
    ),
    Statement(
        "Li24:Theorem I.2",
        "Li24",
        "theorem",
        "The main theorem for every k >= 2, in full: at width 2^(2k-2)(p-1) or more the maximum margin is attained, "
        "and the three parts of Theorem 4.1 hold for every network that attains it.",
        r"m \ge 2^{2k-1}\,\tfrac{p-1}{2} \ \Rightarrow\ \max_{\|\theta\|_{2,k+1}\le 1} h(\theta) = \gamma^*",
        exact="attainment at the stated width and the upper bound for k = 2..5, p = 3, 5, 9, 31, 97",
        floats="parts 2 and 3 on trained networks",
        proof=("theory.account", "theory.core.optimality", "theory.fourier_support"),
        machine_checked=("maximum_margin", "single_frequency", "every_frequency"),
    ),
    Statement(
        "Li24:sufficient width",
        "Li24",
        "theorem",
        "2^(2k-2)(p-1) neurons suffice: the explicit construction has exactly so many, and more change nothing.",
        r"m = 2^{2k-2}(p-1)",
        exact="width and optimality of the construction for k = 2..5, p = 3, 5, 9, 31, 97",
        floats="zero neurons added, neurons split, by enumeration",
        proof=("theory.construction",),
        machine_checked=("maximum_margin",),
        not_machine_checked="that the paper's own construction is one of them",
    ),
    Statement(
        "Li24:Lemma 3.7",
        "Li24",
        "measured",
        "As the regularisation vanishes, the normalised margin of global minimisers of the regularised cross-entropy "
        "tends to the maximum (the paper imports it from Wei et al. 2019; here it is an experiment, beside exact "
        "predictions at finite lambda).",
        r"\lim_{\lambda\to 0} \gamma_\lambda = \gamma^*",
        floats="loss and margin of minimisers by descent against exact predictions; 95% interval over 4 seeds",
    ),
    Statement(
        "Li24:Lemma E.1",
        "Li24",
        "theorem",
        "The mean class-weighted margin is a sum over neurons, so a network maximises it iff every neuron does, and "
        "any mixture of best neurons does (the powers of the mixing weights add up to 1).",
        r"\mathbb{E}_q g'(\theta) = \sum_i \|\theta_i\|^{k+1}\, \mathbb{E}_q \psi'(\theta_i/\|\theta_i\|) "
        r"\le \gamma^* \|\theta\|_{2,k+1}^{k+1}",
        floats="enumeration against the sum over neurons; mixtures of best neurons, and one spoiled",
        proof=("theory.derivation.mixture",),
    ),
    Statement(
        "Li24:Lemma E.2",
        "Li24",
        "theorem",
        "If a network and a distribution of inputs form a certificate pair and the weighted wrong labels tie, the "
        "network has the maximum margin, and every input of the distribution lies exactly on the margin.",
        r"q^* \in \arg\min_q \mathbb{E}_q g(\theta^*),\ \theta^* \in \arg\max_\theta \mathbb{E}_{q^*} g'(\theta) "
        r"\ \Rightarrow\ \theta^* \in \arg\max_\theta \min_a g(\theta, a)",
        exact="every 2 x 2 game with entries -1, 0, 1, every larger second payoff and every q in quarters; the "
        "hypotheses for networks at three (k, p)",
        floats="the conclusion at every input of these networks, by enumeration",
        proof=("theory.saddle_point",),
    ),
    Statement(
        "Li24:Lemma F.2",
        "Li24",
        "theorem",
        "Three inputs, uniform class weights: a neuron's mean class-weighted margin is a sum over non- "
        "zero frequencies.",
        r"\eta(0) - \mathbb{E}_{\delta\ne 0}\,\eta(\delta) = "
        r"\frac{6}{(p-1)p^3}\sum_{j\ne 0} \hat w(-j)\,\hat u_1(j)\,\hat u_2(j)\,\hat u_3(j)",
        exact="which monomials tell labels apart, at p = 3, 4",
        floats="the identity on random neurons with means, by enumeration at p = 3, 5, 7",
        proof=("theory.account",),
    ),
    Statement(
        "Li24:Lemma F.4",
        "Li24",
        "theorem",
        "Three inputs, odd p, uniform class weights: the best unit neuron is worth 3/16 over p(p-1), and the best ones "
        "are the cosines of one frequency, of equal size, whose phases add up.",
        r"\max_{\|(u,w)\|\le 1} \bigl(\eta(0) - \mathbb{E}_{\delta\ne 0}\eta(\delta)\bigr) = "
        r"\frac{3}{16}\cdot\frac{1}{p(p-1)}",
        exact="every inequality of the chain at k = 3, in letters",
        floats="20 searches for a better neuron at p = 5, 9, and the shape of the best",
        proof=("theory.account", "theory.core.optimality"),
    ),
    Statement(
        "Li24:Lemma F.7",
        "Li24",
        "theorem",
        "With uniform class weights, a neuron's mean class-weighted margin is a sum over non-zero frequencies; only "
        "the monomial u_1...u_k tells labels apart, and no mean needs to vanish.",
        r"\eta(0) - \mathbb{E}_{\delta\ne 0}\,\eta(\delta) = "
        r"\frac{k!}{(p-1)p^k}\sum_{j\ne 0} \hat w(-j)\prod_{i=1}^k \hat u_i(j)",
        exact="which monomials tell labels apart, for six (k, p)",
        floats="the identity on random neurons with means",
        proof=("theory.account",),
    ),
    Statement(
        "Li24:Lemma F.8",
        "Li24",
        "theorem",
        "The chain that bounds one unit neuron at odd p: a cosine is at most 1, AM-GM over k+1 amplitudes, and a power "
        "above one prefers a single frequency; equality iff phases add up, amplitudes agree, one frequency is left "
        "and the means are zero (k >= 2).",
        r"\sum_j |\hat w(j)|\prod_i|\hat u_i(j)| \cos(\cdot) \le \sum_j \Bigl(\frac{z(j)}{k+1}\Bigr)^{(k+1)/2} "
        r"\le \Bigl(\frac{p}{2(k+1)}\Bigr)^{(k+1)/2}",
        exact="every inequality of the chain in letters at k = 2..5",
        floats="the chain on random neurons; equality, and four ways to lose it",
        proof=("theory.account", "theory.core.optimality"),
    ),
    Statement(
        "Li24:Lemma 4.2",
        "Li24",
        "theorem",
        "At odd p the best unit neuron against uniform class weights is worth gamma*, and the best neurons are exactly "
        "the single-frequency ones with vectors of equal size and the phase relation (k >= 2).",
        r"\max_{\|(u,w)\|\le 1} \bigl(\eta(0) - \mathbb{E}_{\delta\ne 0}\eta(\delta)\bigr) = \gamma^*",
        exact="the value, k = 2..5",
        floats="20 searches for a better neuron at seven (k, p) and the shape of the best; random neurons in "
        "phase are best",
        proof=("theory.account", "theory.core.optimality"),
    ),
    Statement(
        "Li24:Identity G.1",
        "Li24",
        "theorem",
        "A product of k numbers is a signed sum of k-th powers of their signed sums; half of the sign vectors suffice.",
        r"2^k\,k!\prod_i a_i = \sum_{c\in\{\pm1\}^k} (-1)^{(k-\sum c)/2}\,\Bigl(\sum_j c_j a_j\Bigr)^k",
        exact="every coefficient for k = 1..8",
        floats="random numbers, k = 1..8",
        proof=("theory.derivation.sum_to_product",),
    ),
    Statement(
        "Li24:Eq. 28",
        "Li24",
        "theorem",
        "The cosine of a sum of k+1 angles is a signed sum of 2^k products of cosines and an even number of sines.",
        r"\cos\sum_{i\le k+1}\alpha_i = \sum_{b\in\{0,1\}^{k+1},\,|b|\text{ even}} (-1)^{|b|/2} "
        r"\prod_i \cos^{1-b_i}\alpha_i\,\sin^{b_i}\alpha_i",
        exact="every coefficient for k = 1..8",
        floats="random angles, k = 1..8",
        proof=("theory.derivation.sum_to_product",),
    ),
    Statement(
        "Li24:Lemma G.2",
        "Li24",
        "theorem",
        "The construction at k = 3: 32 best neurons per frequency add up to one cosine of a_1 + a_2 + a_3 - c.",
        r"\sum_{i=1}^{32} \phi_i \propto \cos\tfrac{2\pi\zeta}{p}(a_1+a_2+a_3-c)",
        exact="32 neurons, and which waves they leave",
        floats="one cosine by enumeration at p = 7",
        proof=("theory.derivation.sum_to_product",),
    ),
    Statement(
        "Li24:Lemma G.3",
        "Li24",
        "theorem",
        "The construction for every k: 2^(2k-1) best neurons for each frequency add up to a cosine; over all "
        "frequencies every input is on the margin and all wrong labels tie.",
        r"f(a)[c] \propto \sum_{\zeta=1}^{(p-1)/2} \cos\tfrac{2\pi\zeta}{p}(a_1+\dots+a_k-c) = "
        r"\tfrac12\bigl(p\,1[c=\textstyle\sum a]-1\bigr)",
        exact="widths, moments and outputs of the construction for k = 2..5, p = 3, 5, 7, 9, 13",
        floats="all outputs by enumeration at four (k, p)",
        proof=("theory.derivation.sum_to_product", "theory.core.optimality"),
    ),
    Statement(
        "Li24:Section H.2",
        "Li24",
        "theorem",
        "Where no index is zero, the (k+1)-dimensional DFT of a neuron is a product and lives on plus or minus its own "
        "frequency; that of a maximum-margin network is gamma* p^k on the diagonal (j,...,j,-j) and zero elsewhere, so "
        "every frequency occurs.",
        r"\hat f(j,\dots,j,-j) = \gamma^* p^k \quad (j\ne 0), \qquad "
        r"\hat\phi(j) = k!\,\hat w(j_{k+1})\prod_i\hat u_i(j_i) \quad (\textstyle\prod_i j_i\ne 0)",
        exact="the transform of the indicator at four (k, p)",
        floats="the product formula on random neurons, and the spectrum of constructed networks",
        proof=("theory.fourier_support",),
    ),
    false_as_printed(
        "Li24",
        "Eq. (4) and (5)",
        "Printed: the network of the certificate pair minimises the mean margin. Correct: it maximises it.",
        r"\theta^* \in \arg\min_\theta \mathbb{E}_{q^*} g",
        r"\theta^* \in \arg\max_\theta \mathbb{E}_{q^*} g",
    ),
    false_as_printed(
        "Li24",
        "F.2, F.4",
        "Printed with a minus sign between 1 and 1/(p-1); only a plus gives p/(p-1).",
        r"1-\tfrac{1}{p-1} = \tfrac{p}{p-1}",
        r"1+\tfrac{1}{p-1} = \tfrac{p}{p-1}",
    ),
    false_as_printed(
        "Li24",
        "F.2",
        "Printed: terms that miss an input vanish by the definition of w. They do not when w has a mean; they are "
        "constant in delta, which is what the proof needs.",
        r"\mathbb{E}\,u_1^2 w = 0",
        r"\mathbb{E}\,u_1^2 w = \overline{u_1^2}\,\bar w",
    ),
    false_as_printed(
        "Li24",
        "Lemma 4.2, F.8",
        "Printed as if the best neurons were one neuron for some frequency; they are all single-frequency neurons with "
        "the phase relation, of every frequency.",
        r"\Omega'^* = \{(u,\dots,w)\}",
        r"\Omega'^* = \{\text{all such neurons, every } \zeta\}",
    ),
    false_as_printed(
        "Li24",
        "F.5",
        "Printed with the 2-norm of z for every k; the step uses the (k+1)/2-norm, which is the 2-norm at k = 3 only.",
        r"\|z\|_2",
        r"\|z\|_{(k+1)/2}",
    ),
    false_as_printed(
        "Li24",
        "G.2, G.3",
        "Printed: the sum of cosines is 0 at a wrong label. It is -1/2, so the margin before normalisation is p/2.",
        r"\textstyle\sum_\zeta \cos(2\pi\zeta x/p) = 0",
        r"\textstyle\sum_\zeta \cos(2\pi\zeta x/p) = -\tfrac12",
    ),
    false_as_printed(
        "Li24",
        "G.2",
        "Printed: 56 neurons per frequency at k = 3. There are 32, as 16(p-1) in all requires.",
        r"56",
        r"32 = 2^{2k-1}",
    ),
    false_as_printed(
        "Li24",
        "H.1",
        "Printed: the DFT of u_1^3 w is non-zero only at j_1 = 0; it is non-zero only at j_2 = j_3 = 0 (harmless).",
        r"j_1 = 0",
        r"j_2 = j_3 = 0",
    ),
    false_as_printed(
        "Li24",
        "H.2",
        "Printed for all indices: the DFT of a neuron is a product. True only where no input index is zero.",
        r"\hat\phi = k!\,\hat w\prod\hat u_i \ \ \forall j",
        r"\hat\phi = k!\,\hat w\prod\hat u_i \ \text{ where } \textstyle\prod_i j_i\ne 0",
    ),
    false_as_printed(
        "Li24",
        "the certificate q*",
        "Printed: q* is uniform on Z_p. It is uniform on all p^k inputs.",
        r"q^* = \mathrm{unif}(\mathbb{Z}_p)",
        r"q^* = \mathrm{unif}(\mathbb{Z}_p^k)",
    ),
    false_as_printed(
        "Li24",
        "the parameter space",
        "Printed without the width: theta has m neurons of (k+1) p entries each.",
        r"\theta\in\mathbb{R}^{(k+1)\times p}",
        r"\theta\in\mathbb{R}^{m\times(k+1)\times p}",
    ),
)
