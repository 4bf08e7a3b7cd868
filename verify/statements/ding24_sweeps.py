"""Ding24's sweeps over seeds: what decides how many circles survive, and which."""

from verify.statements.statement import Statement

DING24_SWEEPS: tuple[Statement, ...] = (
    Statement(
        "Ding24:Section 3.2.1, initial signal",
        "Ding24",
        "measured",
        "Frequencies whose circle survives training began with a stronger signal than those that die (the paper: "
        "Pearson 0.85 between initial signal and survival rate). "
        "Stored, p = 59: r = .773 (Fisher's 95% interval .722-.816) over 290 frequencies.",
        r"\mathbb{E}\bigl[\|F_k(0)\| \,\big|\, k \text{ survives}\bigr] > \mathbb{E}\,\|F_k(0)\|",
        floats="the stated numbers from the stored ones, intervals computed anew; replication: 10 networks at p "
        "= 23: a permutation test inside each",
        stored=("ding24-sweep-signal",),
    ),
    Statement(
        "Ding24:Section 3.2.1, one frequency scaled",
        "Ding24",
        "measured",
        "A frequency whose initial coefficient is made much weaker dies, one that is made much stronger survives, with "
        "everything else in the embedding as it was. "
        "Stored, p = 23: it survives weakest in 0 of 8 (0-.370), strongest in 8 of 8 (.630-1).",
        r"F_k \mapsto s F_k:\quad P(k \text{ survives}) \approx 0,\ s \ll 1;\qquad \approx 1,\ s \gg 1",
        floats="the stated numbers from the stored ones, intervals computed anew; replication: survival rates of "
        "4 networks at p = 23 and two scales against bounds of ours",
        stored=("ding24-sweep-perturb",),
    ),
    Statement(
        "Ding24:Section 3.2.1, two frequencies",
        "Ding24",
        "measured",
        "From an embedding with signals s and r s at two frequencies and none elsewhere the stronger always survives, "
        "the weaker more often for larger r. "
        "Stored, p = 23: the stronger in 40 of 40 (.911-1), the weaker in 0 of 8 (0-.370) at the least r and 8 "
        "of 8 (.630-1) at r = 1, where they are equal and the first counts as the stronger.",
        r"\|F_1\| = s,\ \|F_2\| = r s:\quad P(1 \text{ survives}) = 1,\ P(2 \text{ survives}) \text{ rises with } r",
        floats="the stated numbers from the stored ones, intervals computed anew; replication: survival rates of "
        "4 networks at p = 23 and two ratios against bounds of ours",
        stored=("ding24-sweep-pairs",),
    ),
    Statement(
        "Ding24:Appendix A, weight decay",
        "Ding24",
        "measured",
        "Without weight decay every frequency keeps its signal and the network does not generalise; with it a few "
        "circles are left and the network generalises. "
        "Stored, p = 23: 5 networks without decay keep 100%, and answer 0.2% of the test pairs, against 100%.",
        r"\delta = 0:\ \|F_k\| \text{ stays for all } k",
        floats="the stated numbers from the stored ones, intervals computed anew; replication: 4 networks at p = "
        "23 with and without decay: signals and accuracies against bounds of ours",
        stored=("ding24-sweep-decay",),
    ),
    Statement(
        "Ding24:Section 3.1, larger moduli",
        "Ding24",
        "measured",
        "More circles survive at a larger modulus. "
        "Stored, from p = 23 on: .66 more for 10 more of p (95% interval .29-1.02).",
        r"\mathbb{E}\,\#\{k \text{ survives}\} \text{ rises with } p",
        floats="the stated numbers from the stored ones, intervals computed anew; replication: mean number of "
        "survivors of 4 networks at p = 17 and 31",
        stored=("ding24-sweep-p",),
    ),
    Statement(
        "Ours:fewer than p/4 survive",
        "Ours",
        "theorem",
        "The published code's rule, a signal above twice the mean of all p two-sided signals, never counts p/4 circles "
        "or more: with two equal signals each, so many would exceed the mean by themselves (Markov's inequality).  At "
        "p = 13 it counts at most 3: networks that keep most of their 6 frequencies are counted as keeping none.",
        r"\#\Bigl\{1 \le k \le \tfrac{p-1}{2} : \|F_k\| > \tfrac{2}{p} \sum_{j=0}^{p-1} \|F_j\|\Bigr\} < \frac{p}{4}",
        exact="every number of equal signals, and random rational signals, at p = 3, 5, 7, 13, 17, 59",
        proof=("numerics.analysis.circles.survival",),
    ),
    Statement(
        "Ours:initial circularity",
        "Ours",
        "measured",
        "Circles that survive began with a larger circularity (Eq. 5), but circularity and signal are correlated at "
        "the start: of what the signal leaves of it, the mean over the survivors of ten networks is within a quarter "
        "of a deviation of 0, and not told from chance (p above .05). (Ding24's "
        "Appendix B is about initial circularity; it could not be read, and nothing is claimed about it.)",
        r"\bigl|\mathbb{E}\bigl[c_k(0) - \rho\,\|F_k(0)\| \,\big|\, k \text{ survives}\bigr]\bigr| \le \tfrac14 "
        r"\quad (c_k, \|F_k\| \text{ standardised})",
        floats="10 networks at p = 23: permutation tests inside each",
    ),
    Statement(
        "Ours:circles at composite moduli",
        "Ours",
        "measured",
        "At p = 21 and 25 two to four circles survive and the network generalises, as at primes, and one of them at "
        "least has a frequency without a common factor with p. (Ding24's Appendix F is about composite p; it could "
        "not be read, and nothing is claimed about it.)",
        r"\#\{k \text{ survives}\} \in \{2, 3, 4\}, \qquad \exists k \text{ survives}: \gcd(k, p) = 1",
        floats="2 networks at each modulus: accuracies and survivors against bounds of ours",
    ),
)
