# %% [markdown]
# # The theorem without Fourier analysis
# Why no network has a larger margin than $\gamma^*$, and who has it: squares and counting, each step accepted by a proof assistant.

# %% [markdown]
# A proof assistant is a program that reads a proof in which nothing is left to the reader and accepts it or not. What accepts is
# small, the *kernel*; how the proof was found does not matter to it. Ours is Coq. Under each step stands, word for word,
# what the kernel was given; `make proof` gives it again. Believe nothing but the definitions, which are the first lines of
# `proof/Statement.v`.

# %% tags=["hide"]
import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown, display

from paper_notes import figures

figures.use()
ROOM = Path("proof")


def formal(file, name):
    """The formal statement of a lemma, read from its file, with the place where its proof stands."""
    text = (ROOM / file).read_text()
    start = re.search(rf"^(Lemma|Theorem|Definition) {name}\b", text, re.M).start()
    words = re.split(r"\nProof\.|\n\n", text[start:])[0].rstrip()
    display(Markdown(f"`proof/{file}`, line {text[:start].count(chr(10)) + 1}:\n\n```coq\n{words}\n```"))


# %% [markdown]
# ## 1. Averages, one neuron at a time
#
# A network that answers every question right by a margin of $m$ does so on average. The average over all questions $a$ and
# wrong answers $c$ of "right logit minus wrong logit" is a plain sum over neurons. So it is enough to ask how much *one*
# neuron of given size can contribute.

# %% tags=["hide"]
formal("UpperBound.v", "average")

# %% [markdown]
# ## 2. Only the product counts
#
# A neuron computes $(u_1(a_1)+\dots+u_k(a_k))^k$. Multiply out. A term in which some input, say $a_1$, does not occur cannot
# know the sum $a_1+\dots+a_k$: as $a_1$ runs round the clock the right answer takes every value equally often, and the output
# vector, once its mean is removed, adds up to zero. What is left is $k!$ times the product $u_1(a_1)\cdots u_k(a_k)$.

# %% tags=["hide"]
formal("Multilinear.v", "power_multilinear")

# %% [markdown]
# ## 3. The square that does it
#
# Take two functions $u, v$ on the clock $\mathbb{Z}_p$, $v$ with sum zero, and write down the table $u(x)\,v(y)$. Average it
# along the diagonals $y-x=c$: that is $C(c)/p$ with $C(c)=\sum_x u(x)\,v(x+c)$. Average it along the other diagonals
# $x+y=d$: that is $D(d)/p$. In the picture: the table, and the two averages spread out again.

# %%
p = 9
rng = np.random.default_rng(1)
u, v = rng.normal(size=(2, p))
v -= v.mean()
x, y = np.indices((p, p))
C = np.array([sum(u[i] * v[(i + c) % p] for i in range(p)) for c in range(p)])
D = np.array([sum(u[i] * v[(d - i) % p] for i in range(p)) for d in range(p)])
tables = {
    r"$u(x)\,v(y)$": np.outer(u, v),
    r"$C(y-x)/p$": C[(y - x) % p] / p,
    r"$D(x+y)/p$": D[(x + y) % p] / p,
}
limit = max(abs(table).max() for table in tables.values())
fig, axes = plt.subplots(1, 3, figsize=(7.2, 2.6))
for ax, (title, table) in zip(axes, tables.items(), strict=True):
    ax.imshow(table, cmap="PuOr", vmin=-limit, vmax=limit)
    ax.set(title=title, xticks=[], yticks=[])
figures.show(
    fig,
    "square-tables",
    "Three coloured tables of nine by nine cells: the product of two functions, its average along falling diagonals, "
    "which is constant on them, and along rising diagonals.",
    "A table and its two shadows. They are orthogonal, and both are as long as each other.",
)
table, shadow, other = tables.values()
print(f"shadow . other = {np.sum(shadow * other):.1e}; lengths {np.sum(shadow**2):.6f} = {np.sum(other**2):.6f}")
print(f"shadow + other = {np.sum(shadow**2) + np.sum(other**2):.4f} <= {np.sum(table**2):.4f} = table")

# %% [markdown]
# The two shadows are perpendicular: for odd $p$ the pair $(y-x, x+y)$ takes every value once, so their inner product is
# $\sum C\cdot\sum D/p^2$, and $\sum C = 0$. They are equally long: $\sum C^2=\sum D^2$, by renaming. By Pythagoras two
# perpendicular shadows are together at most as long as the table:
#
# $$2\sum_c C(c)^2 \;\le\; p \sum_x u(x)^2 \sum_x v(x)^2.$$
#
# This is the whole idea. Without the second shadow the 2 would be a 1 and the theorem too weak.

# %% tags=["hide"]
formal("Correlation.v", "corr_gap")
formal("Correlation.v", "corr_bound")

# %% [markdown]
# When is nothing lost? When the table *is* the sum of its shadows. Random functions lose a lot; cosines of one frequency
# lose nothing, because $2\cos\alpha\cos\beta=\cos(\alpha-\beta)+\cos(\alpha+\beta)$. That is where the Fourier modes of trained
# networks come from, seen without a Fourier transform.

# %%
modulus = 23


def kept(u, v):
    """What is kept of the bound: 1 means equality."""
    c = [np.dot(u, np.roll(v, -s)) for s in range(len(u))]
    return 2 * np.sum(np.square(c)) / (len(u) * np.dot(u, u) * np.dot(v, v))


def cosine(zeta, phase):
    return np.cos(2 * np.pi * zeta * np.arange(modulus) / modulus + phase)


pairs = [rng.normal(size=(2, modulus)) for _ in range(3000)]
random_pairs = [kept(a, b - b.mean()) for a, b in pairs]
same = [kept(cosine(z, s), cosine(z, t)) for z, s, t in zip(range(1, 12), *rng.uniform(0, 6, (2, 11)), strict=True)]
fig, ax = plt.subplots(figsize=(6.4, 2.8))
ax.hist(random_pairs, bins=40, color=figures.BLUE)
ax.axvline(1, color=figures.INK, linewidth=0.8)
ax.plot(same, [40] * len(same), "D", color=figures.ORANGE)
ax.set(xlabel="share of the bound that is reached", ylabel="pairs", xlim=(0, 1.05))
figures.show(
    fig,
    "square-kept",
    "A histogram of three thousand random pairs, most below one half of the bound, and eleven pairs of cosines of equal "
    "frequency exactly at the bound.",
    "p = 23. Blue: random pairs. Orange: two cosines of one frequency, every frequency once.",
)

# %% [markdown]
# ## 4. Fold it up
#
# The product of $k$ inputs against the output vector is $k-1$ correlations, one inside the other, and a scalar product. Each
# correlation costs a factor $p/2$; Cauchy and Schwarz do the scalar product; and among vectors of given total size the
# product of the sizes is largest when they are equal. Out comes $\gamma^*$.

# %% tags=["hide"]
formal("Multilinear.v", "multilinear_bound")
formal("UpperBound.v", "single_neuron")
formal("UpperBound.v", "margin_le_gamma")

# %% [markdown]
# Nothing but addition was used, so this holds on every finite abelian group without elements of order two, and at every width.
#
# ## Even clocks
#
# At even $p$ the two shadows are no longer perpendicular: both contain the chessboard $(-1)^{x+y}$, once each. Take it out of one of
# them and Pythagoras works again; what is left over says that against a chessboard nothing is halved. So the neuron
# $a\mapsto(-1)^a$ is worth more than others, and wrong answers at even distance, which it cannot tell from the right one, must be
# given more weight in the average.

# %% tags=["hide"]
formal("Even.v", "corr_even")
formal("EvenBound.v", "average_even")
formal("EvenBound.v", "margin_le_gamma_even")

# %% [markdown]
# ## And it is reached
#
# Signs that turn a power into a product, phases that keep only the sum, frequencies that add up to an indicator: the network
# of the note *General k, and how wide*, checked in the same way.

# %% tags=["hide"]
formal("Polarisation.v", "polar_half")
formal("Construction.v", "attained")
formal("EvenConstruction.v", "attained_even")

# %% [markdown]
# ## Who reaches it
#
# A network that reaches $\gamma^*$ loses nothing at any step. So every one of its neurons is as good as a neuron of its size can
# be, and all wrong answers tie.

# %% tags=["hide"]
formal("Tight.v", "tight_neurons")
formal("Tight.v", "tight_margins")

# %% [markdown]
# No loss in step 3 says that the table *is* the sum of its shadows: $p\,u(x)\,v(y)=C(y-x)+D(x+y)$, an equation that d'Alembert
# solved for strings. Sum both sides against $z^x y^x$ for two $p$-th roots of unity: the first shadow survives only where
# $zy=1$, the second only where $z=y$. So $u$ and $v$ live on one frequency and its mirror image: they are cosines. No loss
# in step 4 makes all sizes equal and aligns the phases: that of the output is the sum of those of the inputs.

# %% tags=["hide"]
formal("Waves.v", "dalembert")
formal("Equality.v", "neuron_equalities")
formal("Form.v", "neuron_form")
formal("Statement.v", "single_frequency")

# %% [markdown]
# ## How many neurons it takes
#
# Listen to the output at one frequency only: sum the logits against $z^c$. Since wrong answers tie, what is heard is a pure
# tone, $M z^{a_1+\dots+a_k}$, and only the neurons of that frequency sound.

# %% tags=["hide"]
formal("Frequencies.v", "heard")
formal("Statement.v", "every_frequency")

# %% [markdown]
# The $k$-th power of a neuron, $(X_1+X_1^{-1}+\dots+X_k+X_k^{-1})^k$, is a sum over walks of $k$ unit steps on a grid, each worth
# $X$ to the power of the place where it ends. A pure tone allows one end, $(1,\dots,1)$. At every other the neurons must
# cancel, and what must vanish is a moment of their phases. Where $p$ has no small prime factor no two ends look alike.

# %%
ends = sorted({(a, b) for a in range(-2, 3) for b in range(-2, 3) if abs(a) + abs(b) in (0, 2)})
fig, ax = plt.subplots(figsize=(3.2, 3.2))
for a, b in ends:
    ways = {(0, 0): 4}.get((a, b), 2 if a * b else 1)
    wanted = (a, b) == (1, 1)
    ax.plot(a, b, "D" if wanted else "o", color=figures.ORANGE if wanted else figures.BLUE, markersize=5 + 3 * ways)
ax.set(xlabel="power of $X_1$", ylabel="power of $X_2$", xticks=range(-2, 3), yticks=range(-2, 3), aspect="equal")
figures.show(
    fig,
    "walk-ends",
    "A grid with nine marked points, the ends of walks of two steps: four corners of a square, four points two steps away "
    "on the axes, and the origin. The corner at (1, 1) is marked as wanted.",
    "Two inputs: ends of walks, larger where more walks end. The diamond is heard; at the eight others the phases cancel.",
)

# %% tags=["hide"]
formal("Walks.v", "walk_expand")
formal("Walks.v", "alias")
formal("Frequencies.v", "phases_design")

# %% [markdown]
# Few points cannot cancel so much: take integers $v_h$, add up $|\sum_h v_h (t_r/t_s)^h|^2$ over all pairs of points, and
# compare the pairs $r=s$ with the whole, in which most moments vanish. A list of such integers is a certificate, and the
# kernel runs the programme that checks it. For every $k$ at once there is one set of exponents in which any two differ by an
# end that cancels: it has $3\cdot 2^{k-1}$ members, and so many points are needed.

# %% tags=["hide"]
formal("Moments.v", "main_inequality")
formal("Soundness.v", "soundness")
formal("Clique.v", "at_least")
formal("LeastWidth.v", "width_of_networks")

# %% [markdown]
# ## Training does not need a limit
#
# Cross-entropy is a logarithm of a sum of exponentials. Compare it with any distribution you like, say $1-t$ on the right answer
# and $t$ spread over the wrong ones: by Gibbs it is at least the entropy of that distribution minus $t$ times the mean margin, and
# the mean margin is at most $\gamma^*\|\theta\|^{k+1}$. Choose $t=\lambda/\gamma^*$: the penalty cancels the norm, and what remains
# is a constant that only networks of maximum margin reach, at one norm.

# %% tags=["hide"]
formal("Exponential.v", "gibbs")
formal("Regularisation.v", "entropy_le")
formal("Regularisation.v", "loss_equality")
formal("Beyond.v", "finite_regularisation")

# %% [markdown]
# With another $t$ the same comparison reads the mean margin off the cross-entropy of any network, trained or not.

# %% tags=["hide"]
formal("Beyond.v", "loss_bounds_neurons")

# %% [markdown]
# ## The sentences
#
# What the kernel accepts in the end. "Closed under the global context" is its way of saying that no axiom was used.

# %% tags=["hide"]
formal("Statement.v", "maximum_margin")
formal("Statement.v", "maximum_margin_even")
formal("Statement.v", "least_width")
formal("Statement.v", "width_every_k")
