"""Ours: the maximum margin on a part of the inputs."""

from verify.statements.statement import Statement

RANDOM_HALF: tuple[Statement, ...] = (
    Statement(
        "Ours:margin on a subset",
        "Ours",
        "theorem",
        "The maximum margin on some of the inputs, at any width, is the value of a game between mixtures of unit "
        "neurons and weights on inputs and wrong labels: any network bounds it from below, any weights from above by "
        "their best neuron.  For two inputs cones of output vectors bound that neuron.",
        r"\gamma^*_S = \max_q \min_{a, c} \sum_\omega q_\omega \psi_\omega(a, c) = \min_\mu \max_\omega \sum_{a, c} "
        r"\mu(a, c)\, \psi_\omega(a, c)",
        floats="both bounds on all inputs of p = 3 and 5, where they enclose gamma*, and on parts; margins by "
        "enumeration; ascents of single neurons",
        proof=("theory.subset_margin", "theory.subset_bound"),
    ),
    Statement(
        "Ours:random half",
        "Ours",
        "measured",
        "On a random half of the inputs neurons of any kind reach a larger margin than neurons of one frequency, at k "
        "= 3 as at k = 2; from p = 5 on their ratio falls with p. Means over gamma*, and subsets in which the first "
        "is above the bound on the second (at k = 3: above what ascents say of it). k = 2: p = 3: 2.67 against 2.27 "
        "(18 of 20), p = 5: 2.01 against 1.20 (20 of 20), p = 7: 1.69 against 1.01 (6 of 6), p = 11: 1.39 against "
        "1.00 (2 of 2). k = 3: p = 3: 3.25 against 2.37 (20 of 20), p = 5: 2.04 against 1.16 (3 of 3), p = 7: 1.45 "
        "against 1.00 (1 of 1). From p = 5 on the best network answers none of the other inputs; with one frequency a "
        "neuron it answers 96% of them or more from p = 7 on.",
        r"\gamma^*_S \;>\; \gamma^*_{S,\text{one frequency a neuron}}",
        floats="means and counts, from the stored subsets; replication: five subsets solved again, with bounds",
        stored=("random-half",),
    ),
)
