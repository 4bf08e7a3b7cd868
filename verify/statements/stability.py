"""What margin and loss say about networks that are not quite optimal: proofs in ``theory.stability``."""

from verify.statements.statement import Statement

STABILITY: tuple[Statement, ...] = (
    Statement(
        "Ours:stability of neurons",
        "Ours",
        "theorem",
        "The efficiency of a neuron is bounded by its angle to the nearest optimal neuron, tightly at every angle and "
        "every modulus: a network of margin (1 - eps) gamma* has little mass at large angles, and its mean squared "
        "sine is at most 1.71 eps (k = 2) or eps (k >= 3).",
        r"e \le h(\alpha) = n c^{\frac{k+1}2} + (1-nc)^{\frac{k+1}2},\ c = \cos^2\alpha,\ n = \lfloor 1/c\rfloor "
        r"\quad (n \ge F = \lfloor p/2\rfloor:\ h = F c^{\frac{k+1}2});"
        r"\quad "
        r"\sum_i q_i \sin^2\alpha_i \le C_k\,\varepsilon_1, \quad C_2 = \tfrac{1}{2-\sqrt2},\ C_{k\ge3} = 1",
        floats="the bound at 25 angles and its attainment, ascents on the violation, a search for the nearest "
        "optimal neuron, networks near and far",
        proof=("theory.stability",),
    ),
    Statement(
        "Ours:stability of frequencies",
        "Ours",
        "theorem",
        "How much each frequency does is within a multiple of eps_2 of the optimum, and so is every unwanted Fourier "
        "coefficient. For odd p >= 5 a network whose margin exceeds gamma*(1 - 1/(1 + (p-1) cos(2 pi/p))) uses the "
        "frequency zeta (1 instead of the cosine where zeta and p share a factor); this is the best margin without it.",
        r"1-\varepsilon-(p-1)\varepsilon_2\cos\tfrac{2\pi}p \le A_\zeta \le "
        r"1-\varepsilon+(p-1)\varepsilon_2\cos\tfrac\pi p, \qquad |p\,\Phi(m,l)|\le(p-1)\varepsilon_2 "
        r"\quad (p \text{ odd}, \gcd(\zeta, p) = 1)",
        floats="both bounds on networks near and far, by enumeration; the best margin without a frequency by a "
        "network and by a linear programme",
        proof=("theory.stability",),
    ),
    Statement(
        "Ours:number of frequencies",
        "Ours",
        "theorem",
        "A network of margin (1 - eps) gamma* uses at least so many frequencies (odd p).",
        r"F \ge \frac{\ln p}{\ln\bigl(2\pi/\arccos\frac{p\varepsilon-1}{p-1}\bigr)}",
        floats="every set of up to three frequencies, its best masses by a linear programme, p up to 17",
        proof=("theory.stability",),
    ),
    Statement(
        "Ours:loss bounds the neurons",
        "Ours",
        "theorem",
        "Cross-entropy and norm alone bound what the neurons lose: no margin, no inputs enumerated again, no lambda.",
        r"\varepsilon_1 \le 1 - \frac{1}{\gamma^*\|\theta\|_{2,k+1}^{k+1}}\log\frac{p-1}{e^{CE}-1} "
        r"\le \frac{L-L^*}{\lambda\|\theta\|_{2,k+1}^{k+1}}",
        exact="for odd p both bounds with the mean margin, by the kernel",
        floats="networks near and far at three scales, and a trained one",
        proof=("theory.stability", "proof/Regularisation.v"),
        machine_checked=("loss_bounds_neurons",),
        not_machine_checked="orders that are even; that 1 - eps_1 is the mean margin over gamma* ||theta||^(k+1)",
    ),
    Statement(
        "Ours:no spurious neurons",
        "Ours",
        "theorem",
        "For k >= 2 and every modulus each local maximum of the single-neuron problem is a global one: a neuron of one "
        "frequency with equal amplitudes and its phases in order. On a finite group: one chain of one representation, "
        "a global maximum where the representation can carry mass.",
        r"\nabla e = 0 \text{ and locally maximal on the sphere} \ \Rightarrow\ e = 1",
        floats="ascents from random neurons and matrix chains, a way up from every saddle of the proof, k up to 4",
        proof=("theory.no_spurious",),
    ),
    Statement(
        "Ours:stability of neurons, groups",
        "Ours",
        "conjecture",
        "Inside a real representation of a finite group the efficiency of a neuron is bounded by its angle to the "
        "nearest chain of rank-one matrices, by the same function as on Z_p, where it is a theorem. Mixtures of "
        "orthogonal chains attain it.",
        r"n^{n/2}\,\mathrm{tr}(A_0 \cdots A_k) \le h(\alpha), \quad n = k+1,\ \textstyle\sum_v \|A_v\|^2 = 1",
        floats="ascents on the violation, from near mixtures of two chains and from noise, D = 2, 3",
    ),
)
