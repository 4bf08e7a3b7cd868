# %% [markdown]
# # The theorem in ten minutes
# Two numbers modulo seven: derive the maximum margin, build the network that attains it, prove that it does, look at it.

# %% [markdown]
# ## The question
#
# A network with one hidden layer adds two numbers modulo $p$. Its neurons are squares,
#
# $$f(a,b)[c] = \sum_{i=1}^{m} \bigl(u_i(a) + v_i(b)\bigr)^2\, w_i(c),$$
#
# and it answers with the largest of its $p$ outputs. Scale all weights up and it answers with more confidence, so fix
# the scale: $\|\theta\|_{2,3} = \bigl(\sum_i \|\theta_i\|_2^3\bigr)^{1/3} = 1$, where $\theta_i$ is everything that
# belongs to neuron $i$. The **margin** is how far the right output is above the best wrong one, at the worst of the
# $p^2$ inputs. Regularised training maximises it in the limit (Morwani23 Theorem 1; Li24 Lemma 3.7).
#
# **What is the largest margin, and which networks have it?** For every number of inputs $k$ and odd $p$ (Li24 Theorem
# 4.1; Morwani23 Theorem 7 for $k=2$):
#
# $$\gamma^* = \frac{2\,k!}{(2k+2)^{(k+1)/2}\,(p-1)\,p^{(k-1)/2}}.$$

# %% tags=["hide"]
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown, display

from paper_notes import figures

figures.use()

# %%
from sympy import latex

from theory.margin import max_margin, max_margin_float

k, p = 2, 7
display(Markdown(f"At $k=2$, $p=7$: $\\gamma^* = {latex(max_margin(k, p))} = {max_margin_float(k, p):.10f}$."))

# %% [markdown]
# ## Why no network has more
#
# The proof is a chain of equalities and inequalities. Each step below was just checked, twice: by algebra (symbolic, or
# in exact numbers), and in floating point on random weights, by a route that knows nothing of the algebra.

# %%
from theory.derivation import derive

for number, step in enumerate(derive(k, p), start=1):
    proof, twin = step.verify(), step.twin()
    assert proof.ok and twin.ok
    display(Markdown(
        f"**{number}. {step.name}** ({step.source}). {step.claim}\n\n$${step.latex}$$\n\n"
        f"<small>{proof.how}: {proof.detail}. In floats: error {twin.error:.0e}.</small>"
    ))  # fmt: skip

# %% [markdown]
# So a neuron is worth most when it is *one* cosine: all energy at one frequency, the three vectors equally large, and
# the phase of the output the sum of the phases of the inputs. Those are the Fourier features that people find in trained
# networks.

# %% [markdown]
# ## A network that has this much
#
# Six neurons per frequency are enough, and there are $(p-1)/2 = 3$ frequencies. The network is exact: phases are
# fractions of a turn, masses are fractions, no rounding anywhere. Whether it is maximum-margin is then a finite question
# in whole numbers; the answer never looks at the $p^k$ inputs.

# %%
from theory.construction import construct
from theory.core.optimality import decide
from theory.floats import weights

network = construct(k, p)
print(f"{network.width} neurons; maximum-margin: {decide(network).optimal}")
for neuron in network.blocks[0].neurons:
    print("phases", *(f"{t!s:>4}" for t in neuron.phases), "  output", f"{neuron.output!s:>4}", " turn")

# %% tags=["hide"]
u, w = weights(network)
first = range(0, 6)
fig, (circle, wave) = plt.subplots(1, 2, figsize=(7.2, 3.3), width_ratios=[1, 1.5])
turn = np.linspace(0, 2 * np.pi, 200)
circle.plot(np.cos(turn), np.sin(turn), color=figures.FAINT, linewidth=0.8)
for label, colour, marker, pick in (
    ("$t_1$", figures.BLUE, "o", lambda n: n.phases[0]),
    ("$t_2$", figures.ORANGE, "s", lambda n: n.phases[1]),
    ("$t_1+t_2$ (output)", figures.GREEN, "^", lambda n: n.output),
):
    angle = 2 * np.pi * np.array([float(pick(n)) for n in network.blocks[0].neurons])
    radius = {"o": 1.0, "s": 0.84, "^": 0.68}[marker]
    circle.plot(radius * np.cos(angle), radius * np.sin(angle), marker, color=colour, label=label, markersize=7)
circle.set(aspect="equal", xticks=[], yticks=[], title="phases of the six neurons")
circle.spines[:].set_visible(False)
circle.legend(loc="center", fontsize=8)
smooth = np.linspace(0, p - 1, 300)
neuron = network.blocks[0].neurons[4]
for vector, t, label, colour, marker in (
    (u[4, 0], neuron.phases[0], "$u(a)$", figures.BLUE, "o"),
    (u[4, 1], neuron.phases[1], "$v(b)$", figures.ORANGE, "s"),
    (w[4], neuron.output, "$w(c)$", figures.GREEN, "^"),
):
    wave.plot(smooth, np.abs(vector).max() / np.abs(np.cos(2 * np.pi * (float(t) + np.arange(p) / p))).max()
              * np.cos(2 * np.pi * (float(t) + smooth / p)), color=colour, linewidth=1)  # fmt: skip
    wave.plot(range(p), vector, marker, color=colour, label=label)
wave.set(xlabel="a, b or c", ylabel="weight", title="the weights of the fifth neuron, $\\zeta=1$")
wave.legend(fontsize=8)
figures.show(
    fig,
    "theorem-neurons",
    "Left: a circle with the input phases of six neurons, equally spaced in steps of 60 degrees, and their sums. Right: "
    "the weights of one neuron, three sampled cosines of equal height with one period over 0 to 6.",
    "Left: phases of the six neurons of one frequency (radii differ only to keep markers apart). Right: one neuron. "
    "Every vector is one sampled cosine.",
    "Li24 Figures 1, 5 and 7 show such cosines in trained networks (k = 4, 3, 5), with the spectra that go with them.",
)

# %% [markdown]
# ## Look at all 49 inputs
#
# Here the definition is applied as it stands: every input, every output, no theory. The margin is the same everywhere,
# and all wrong answers tie. This is what the proof demands of *every* optimum.

# %%
from theory.task import Task, logits, margins, network_norm

task = Task.cyclic(k, p)
outputs = logits(u, w)
spread = margins(task, outputs)
print(f"norm {network_norm(u, w):.15f}")
print(f"margin / gamma*: {spread.min() / max_margin_float(k, p):.15f} to {spread.max() / max_margin_float(k, p):.15f}")

# %% tags=["hide"]
fig, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.0), width_ratios=[1.4, 1])
values = outputs[3, 6] / max_margin_float(k, p)
bars = left.bar(range(p), values, color=[figures.BLUE if c == (3 + 6) % p else figures.FAINT for c in range(p)])
left.axhline(0, color=figures.INK, linewidth=0.8)
left.set(xlabel="output c", ylabel=r"$f(3,6)[c]\;/\;\gamma^*$", title="outputs at a = 3, b = 6")
left.annotate(
    "right answer 2", (2, values[2]), (3.0, values[2] * 0.85), arrowprops={"arrowstyle": "-", "ec": figures.INK}
)
power = np.abs(np.fft.fftn(outputs)) / (max_margin_float(k, p) * p**k)
kept = [power[j, j, -j % p] for j in range(1, p)]
rest = power.copy()
for j in range(1, p):
    rest[j, j, -j % p] = 0
right.bar(range(1, p), kept, color=figures.BLUE)
right.set(xlabel="j", ylabel=r"$|\hat f(j,j,-j)|\;/\;(\gamma^* p^2)$", title="spectrum of the whole network")
right.set_ylim(0, 1.2)
right.set_xticks(range(1, p))
figures.show(
    fig,
    "theorem-outputs",
    "Left: seven bars, the right answer at 6/7 and the six wrong ones at -1/7. Right: six bars of height one.",
    f"Left: the right output stands out, all wrong ones tie. Right: every frequency has the same weight, and every other "
    f"coefficient of the three-dimensional spectrum is zero (largest: {rest[1:, 1:].max():.0e}).",
)

# %% [markdown]
# ## Fewer neurons will not do
#
# Let $B(t)=\bigl|\sum_{h\in H} e^{i h\cdot t}\bigr|^2$ with six exponents $H$ whose differences are all *unwanted*: an
# optimal design has no moment there. Then $\sum_{r,s} q_r q_s B(t_r-t_s)$ keeps only its mean, $6$, while its diagonal
# alone is at least $B(0)/N = 36/N$. So $N \ge 6$: six neurons per frequency are necessary. The check is by hand, or
# in whole numbers:

# %%
from fractions import Fraction

from theory.core.dual_certificate import Certificate, Square, check

H = [(0, 0), (2, 0), (1, 1), (1, -1), (3, 1), (2, 2)]
by_hand = Certificate(2, (Square(1, tuple((h, 1) for h in H)),), Fraction(6))
bound = check(by_hand)
print(f"N >= {bound.neurons_per_frequency} per frequency; {bound.neurons_per_frequency * (p - 1) // 2} neurons modulo {p}, and the network above has "
      f"{network.width}")  # fmt: skip

# %% [markdown]
# **Read on.** [General k and width](02_general_k_and_width.html) · [Theory against training](03_theory_against_training.html)
# · [the statements, one by one](statements.html).
