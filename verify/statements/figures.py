"""Figures, tables and experiments of the papers, as this package's stored runs at their largest size judge them.

The claim of each row ends with the grades of our run, key by key; the rule of each grade is the study's.
"""

from verify.statements.statement import Statement

DERIVED = "grades derived again from the stored numbers by the rules of the study; nothing is trained"


def _figure(name: str, claim: str, latex: str, *studies: str) -> Statement:
    paper = name.split(":")[0]
    return Statement(name, paper, "measured", claim, latex, floats=DERIVED, stored=studies)


FIGURES: tuple[Statement, ...] = (
    _figure(
        "Li24:Figures 1, 5, 7",
        "After training, every vector of a neuron is one cosine: the largest share of power at one "
        "frequency is almost 1. "
        "Ours, at the paper's sizes, k = 3, 4, 5: with our recipe on all inputs one_sparse_all: reproduced, and partly "
        "at k = 5, where only the polish makes them so; with the paper's settings and half of the inputs, stopped "
        "early, one_sparse_paper: not.",
        r"\max_\zeta |\hat u(\zeta)|^2 \big/ \textstyle\sum_\zeta |\hat u(\zeta)|^2 \approx 1",
        "li24-fig1",
        "li24-fig5",
        "li24-fig7",
    ),
    _figure(
        "Li24:Figures 2, 6, 8",
        "Neurons are spread nearly evenly over the frequencies. Ours, at the paper's sizes and k = 3, 4, 5, with our "
        "recipe on all inputs: uniform_all: reproduced; with the paper's settings on half, stopped early: "
        "uniform_paper: not.",
        r"\#\{i : \zeta_i = \zeta\} \approx 2m/(p-1)",
        "li24-fig2",
        "li24-fig6",
        "li24-fig8",
    ),
    _figure(
        "Li24:Figure 4, up to four inputs",
        "Grokking weakens from two to four inputs. Ours, one attention layer and about "
        "as many inputs for every k, five seeds: weakens_our_inputs: not; half of the multisets, "
        "weakens_our_multisets: not; the paper's settings, weakens_paper_layers_1: not. Most runs fit their training "
        "half and answer little more of the other than permutations give away: their delays are censored.",
        r"k \mapsto T_{test} - T_{train} \text{ falls}",
        "li24-fig4",
    ),
    _figure(
        "Morwani23:Figure 2",
        "Full-batch descent on addition brings the margin to its maximum, with one frequency a neuron and "
        "every frequency "
        "used. Ours, at a smaller modulus: margin_paper: reproduced; one_sparse_paper: reproduced; uniform_paper: "
        "reproduced.",
        r"\gamma(\theta_t) \to \gamma^*",
        "morwani23-fig2",
    ),
    _figure(
        "Morwani23:parity experiment",
        "Descent on (10,4) sparse parity brings the margin to its maximum, with no weight off the support. Ours: "
        "margin_paper: reproduced; support_paper: reproduced; margin_ours: reproduced; support_ours: reproduced.",
        r"\gamma(\theta_t) \to 4!\sqrt{2 \cdot 5^{-5}}",
        "morwani23-parity",
    ),
    _figure(
        "Morwani23:S3 experiment",
        "Descent on S3 brings the margin to its maximum, one representation a neuron. Ours, with fewer steps: "
        "margin_paper: partly; one_sparse_paper: partly; representations_paper: reproduced; with more neurons, "
        "target_wide: reproduced.",
        r"\gamma(\theta_t) \to \gamma^*(S_3)",
        "morwani23-s3",
    ),
    _figure(
        "Morwani23:S4 experiment",
        "The same on S4. Ours, with fewer steps: margin_paper: not; one_sparse_paper: not; representations_paper: not; "
        "with our recipe and more "
        "neurons, target_wide: reproduced; representations_wide: reproduced.",
        r"\gamma(\theta_t) \to \gamma^*(S_4)",
        "morwani23-s4",
    ),
    _figure(
        "Morwani23:S5 experiment",
        "The same on S5. Ours, with fewer neurons and steps, says nothing yet: margin_paper: not; "
        "one_sparse_paper: not; representations_paper: not; margin_wide: not; one_sparse_wide: partly; "
        "representations_wide: not.",
        r"\gamma(\theta_t) \to \gamma^*(S_5)",
        "morwani23-s5",
    ),
    _figure(
        "Ding24:Section 3.1, frozen embeddings",
        "With a frozen random embedding the test loss drops at d = p, and d <= 20 does better than 20 <= "
        "d <= 59. Ours, "
        "at p = 31: drop_500: partly; drop_1000: partly; small_d: not.",
        r"d \mapsto L_{test}",
        "ding24-frozen",
    ),
    _figure(
        "Ding24:Section 3.1, circles that survive",
        "3 to 5 circles survive at p = 59, d = 128, and more at a larger modulus. Ours, six networks a modulus: "
        "three_to_five: reproduced; larger_p: reproduced; larger_p_where_countable: reproduced.",
        r"\#\{k \text{ survives}\} \in \{3, 4, 5\}",
        "ding24-sweep-p",
    ),
    _figure(
        "Ding24:Section 3.1, larger dimensions",
        "More circles survive in an embedding of larger dimension. Ours, at p = 23: larger_d: reproduced, "
        "from d = 4 on; "
        "where the paper looked, larger_d_from_16: not.",
        r"d \mapsto \mathbb{E}\,\#\{k \text{ survives}\} \text{ rises}",
        "ding24-sweep-d",
    ),
    _figure(
        "Ding24:Section 3.2.2, initial gradient",
        "A linear machine tells survivors from the dead by initial signal and gradient in 83.8% of the cases. Ours, 12 "
        "networks: accuracy: partly; above_majority: partly, for so often does the answer 'dies' alone do nearly as "
        "well; survivors have larger signals and gradients, larger: reproduced.",
        r"(\|F_k(0)\|, \partial_t \|F_k\|) \mapsto \text{survives}",
        "ding24-gradient",
    ),
    _figure(
        "Ding24:Section 4.2, Lasso",
        "Lasso fits the increments of the signals by few interactions. Ours: lasso: partly; sparse: "
        "reproduced; solution: "
        "reproduced. A run's signals are explained as well by another run's, which cannot act on them: control: not.",
        r"\dot x = A x + b, \qquad A \text{ sparse}",
        "ding24-ode",
    ),
    _figure(
        "Ding24:Appendix D, peak of the gradient",
        "The embedding's gradient peaks about step 100 and is negligible after step 1000. Ours: gradient_peak: partly.",
        r"\|\nabla_E L\|_t",
        "ding24-ode",
    ),
    _figure(
        "Ding24:Appendix C, circles kept at the start",
        "Started again with its strongest circle alone a network revives dead frequencies; with the two strongest it "
        "learns with these two, and sooner. Ours, one seed, at the paper's size and length: strongest: reproduced; "
        "two_strongest: reproduced; faster: reproduced; loss: reproduced; with two other circles untried, "
        "others: partly.",
        r"E(0) \mapsto \textstyle\sum_{k \in K} E^{(k)}(0)",
        "ding24-reinit",
    ),
    _figure(
        "Swaroop26:clean network",
        "Trained without noise, most neurons are structured, with one frequency in both inputs and the output, and the "
        "others can go. Ours: clean_accuracy: partly; clean_structured: partly; clean_frequency: partly; clean_low: "
        "reproduced; clean_frequency_structured: reproduced.",
        r"\#\{i : \mathrm{per}(W_a^{(i)}) > 12\} = 212 \text{ of } 256",
        "swaroop26-trained",
    ),
    _figure(
        "Swaroop26:square waves",
        "Square waves fit the input weights better than cosines do: t(211) = -27, by a distance that is not defined. "
        "Ours, by the share of the variance left, finds the opposite sign, also against a cosine with an amplitude of "
        "its own: clean_square_paper: not; clean_square_fair: not.",
        r"t_{211} = -27.0",
        "swaroop26-trained",
    ),
    _figure(
        "Swaroop26:phase sums",
        "The output phase of a neuron is the sum of its input phases, also under label noise. Ours: clean_phases: "
        "reproduced; noise_10_phases: partly; noise_30_phases: partly.",
        r"\phi_{out} \approx \phi_a + \phi_b",
        "swaroop26-trained",
    ),
    _figure(
        "Swaroop26:Table 2",
        "Idealisations of trained networks. Clean: clean_sq_sq: reproduced; clean_sq_cos: reproduced; clean_cos_cos: "
        "reproduced. With 30% noise, where the network itself answers .23% (noise_30_chance: reproduced) and its best "
        "idealisation 95.5%: noise_30_best: reproduced; noise_30_sq_sq: partly; noise_30_sq_cos: partly; "
        "noise_30_cos_cos: partly; all above .87: noise_30_least: partly.",
        r"\mathrm{acc}(f) = .0023, \qquad \mathrm{acc}(Sq \to Cos) = .9548",
        "swaroop26-trained",
    ),
    _figure(
        "Rangamani25:output layer",
        "The output layer needs rank 12 for 6 frequencies, and its first singular vectors are pairs of one frequency "
        "each. Ours, p = 113, five seeds: rank_w_fc: not; pairs: not. Multiples of the shared frequencies "
        "come between.",
        r"\operatorname{rank}_{100\%}(W_{fc}) = 12",
        "rangamani25",
    ),
    _figure(
        "Rangamani25:energies",
        "The share of a matrix's energy that its needed rank holds: .854, .914, .894, .955 in the paper. Ours, five "
        "seeds: energy_w_e: reproduced; energy_w_ih: reproduced; energy_w_hh: reproduced; energy_w_fc: reproduced.",
        r"\textstyle\sum_{i \le r} \sigma_i^2 \big/ \sum_i \sigma_i^2",
        "rangamani25",
    ),
)
