"""Swaroop, arXiv 2603.23784: the algorithm that a ReLU network learns before it generalises."""

from verify.statements.statement import Statement

SWAROOP26: tuple[Statement, ...] = (
    Statement(
        "Swaroop26:periodicity",
        "Swaroop26",
        "theorem",
        "For odd p the periodicity of a vector is at most (p-1)/2, and a pure cosine attains it: 48 at p = 97.",
        r"\mathrm{per}(w) = \frac{\max_{k \ne 0} |\hat w_k|}{\mathrm{mean}_{k \ne 0} |\hat w_k|} \le \frac{p-1}{2}",
        floats="cosines and cosines with noise of many sizes, at p = 3, 7, 31, 97",
        proof=("numerics.analysis.spectra",),
    ),
    Statement(
        "Swaroop26:handicap of the cosine",
        "Swaroop26",
        "theorem",
        "The paper compares a square wave with the cosine of the same amplitude. Ours: even of a perfect square wave "
        "the best cosine has, in the limit of large p, 4/pi times that amplitude; it leaves 1 - 8/pi^2 of the "
        "variance, the compared one 3/2 - 4/pi.",
        r"\frac{\langle \mathrm{sign}\cos, \cos\rangle}{\|\cos\|^2} = \frac4\pi",
        floats="square waves at p = 1009 and 10007, within 20/p",
        proof=("numerics.analysis.fits",),
    ),
    Statement(
        "Swaroop26:Table 1",
        "Swaroop26",
        "measured",
        "Idealised networks in which neuron i has frequency i, random phases and the phase relation: mean accuracy "
        "over 40 seeds by width, within 3.5 combined standard errors of the paper's in every cell known to us. "
        "Stored: 9 cells, at most 1.13.",
        r"W_a^{(i)}[j] = f(2\pi ij/97 - \phi_a),\ W_b^{(i)}[j] = f(2\pi ij/97 - \phi_b),\ "
        r"W_{out}^{(i)}[j] = g(2\pi ij/97 - \phi_a - \phi_b)",
        floats="the stated numbers from the stored ones, intervals computed anew; replication: 40 seeds of every "
        "known cell, within 3.5 combined standard errors",
        stored=("swaroop26-table1",),
    ),
    Statement(
        "Swaroop26:Table 1, best shape",
        "Swaroop26",
        "measured",
        "Up to 384 neurons, square waves in and cosines out are better than cosines throughout and than square waves "
        "throughout (p < 0.01). "
        "Stored: at 8 widths, with p-values up to 7.5e-04.",
        r"\mathrm{acc}(Sq \to Cos) > \max\{\mathrm{acc}(Cos \to Cos), \mathrm{acc}(Sq \to Sq)\}",
        floats="the stated numbers from the stored ones, intervals computed anew; replication: Student's "
        "test and its 95% interval, paired over the 40 seeds of a cell",
        stored=("swaroop26-table1",),
    ),
    Statement(
        "Swaroop26:the algorithm at saturation",
        "Swaroop26",
        "measured",
        "When a network has just learnt 30% wrong labels by heart, its accuracy on clean inputs is below chance; "
        "networks that keep only each neuron's frequency and phases are right on more than half of them. "
        "Stored, one network: 9 of 6596 (0-.003) right, its idealisations at least .510.",
        r"\mathrm{acc}(f) < \tfrac1p, \qquad \mathrm{acc}(\text{extracted}) > \tfrac12",
        floats="the stated numbers from the stored ones, intervals computed anew; replication: one network, 6596 "
        "clean pairs",
        stored=("swaroop26-trained",),
    ),
    Statement(
        "Swaroop26:sharpening",
        "Swaroop26",
        "measured",
        "From saturation on, training without noise makes the input weights more periodic and aligns the phases (the "
        "abstract: progressive binarisation). Ours, shares of the input weights' variance: squares miss 1.059, then "
        ".391, the best cosines .894, then .304; the median defect of the phase sums falls from .044 to .008 turns. "
        "Squares fit better and better, and cosines better than squares at both times: the weights become periodic, "
        "and whether binary these fits do not say. With 10% or 30% noise the squares' misfit does not move.",
        r"\|W - \text{square}\|^2: \ 1.06 \to 0.39, \qquad \|W - \cos\|^2: \ 0.89 \to 0.30 \quad (\mathrm{var}\,W = 1)",
        floats="from the stored network at saturation and at the end, and two trained with noise",
        stored=("swaroop26-trained",),
    ),
)
