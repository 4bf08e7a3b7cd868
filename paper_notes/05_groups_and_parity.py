# %% [markdown]
# # Every finite group, and parity
# The same network multiplies in any finite group; Fourier modes become matrix representations, and some may be left out.

# %% [markdown]
# ## One formula for every group
#
# Replace addition modulo $p$ by the product $a_1 a_2 \cdots a_k$ in a finite group $G$. Let $V$ run over the non-trivial
# **real** irreducible representations, $D_V$ the dimension and $\chi_V$ the character. The best unit neuron inside $V$ is
# worth $c_V = k!\,(|G|(k+1))^{-(k+1)/2}\, D_V^{(1-k)/2}$, and
#
# $$\gamma^*(G,k) = \max_{\lambda \ge 0,\ \sum\lambda_V = 1}\ \min_{\delta \ne e}\ \sum_V \lambda_V\, c_V
#   \Bigl(1 - \frac{\chi_V(\delta)}{D_V}\Bigr),$$
#
# a linear programme over conjugacy classes, solved exactly (Ours: every finite group). Morwani23 Theorem 9 is the case
# $k=2$ with real representations and a condition on the characters; Li24 Theorem 4.1.1 is the cyclic case.

# %% tags=["hide"]
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown, display
from sympy import latex

from paper_notes import figures

figures.use()

# %%
from theory.groups import load_group
from theory.groups.construction import construct, sparsest
from theory.groups.margin import group_task, max_margin
from theory.task import normalised_margin

k = 2
names = ("C7", "S3", "D4", "Q8", "A4", "S4", "A5", "S5", "S6")
found = {name: max_margin(load_group(name), k) for name in names}
rows = [
    "| group | order | $\\gamma^*$ at $k=2$ | closed form | margin of the network, by enumeration |",
    "|---|---:|---|---|---|",
]
for name, margin in found.items():
    measured = "too large to enumerate here"
    if margin.group.order <= 24:
        network = construct(margin.group, k)
        ratio = normalised_margin(group_task(margin.group, k), network.u, network.w) / margin.value
        assert abs(ratio - 1) < 1e-12
        measured = f"{len(network.u)} neurons, {ratio:.12f} $\\gamma^*$"
    holds = "yes" if margin.closed_form_applies else "no"
    rows.append(f"| {name} | {margin.group.order} | ${latex(margin.exact)}$ | {holds} | {measured} |")
display(Markdown("\n".join(rows)))

# %% [markdown]
# The *closed form* spreads the margin so that all wrong labels tie. It is optimal exactly when
# $\sum_V n_V D_V^{(k-1)/2}\chi_V(\delta) \le 0$ for every $\delta \ne e$. Where it fails, doing without some
# representations is better: "every representation is used" is then false.

# %%
fig, axes = plt.subplots(1, 3, figsize=(7.4, 3.0), width_ratios=[4, 6, 10], sharey=True)
for ax, name in zip(axes, ("S4", "S5", "S6"), strict=True):
    margin = sparsest(found[name])
    masses = margin.mass_floats[1:]
    labels = [v.name for v in margin.characters.irreps[1:]]
    colour = [figures.BLUE if mass else figures.FAINT for mass in masses]
    ax.bar(range(len(masses)), masses, color=colour)
    for x, mass in enumerate(masses):
        if not mass:
            ax.text(x, 0.01, "0", ha="center", va="bottom", color=figures.INK, fontsize=9)
    ax.set_xticks(range(len(masses)), labels, rotation=90 if len(labels) > 6 else 0)
    assert name != "S6" or np.count_nonzero(masses) == 3
    ax.set(xlabel="real representation", title=f"{name}: {np.count_nonzero(masses)} of {len(masses)} used")
axes[0].set_ylabel("mass at an optimum")
figures.show(
    fig,
    "groups-masses",
    "Bars of the mass of each non-trivial representation: S4 uses all four, S5 all six, S6 only three of its ten.",
    "An optimum with few representations, $k=2$; a name is the dimension and a letter. $S_6$ leaves seven of its ten "
    "without mass.",
    "Morwani23 trains on S3, S4 and S5, where every representation is used; its condition fails for S6, as the paper says.",
)

# %% [markdown]
# ## What a neuron looks like
#
# Optimal neurons are matrix coefficients $g \mapsto \langle x, g y\rangle$. In $S_3$: of the sign of a permutation (values
# $\pm1$), and of the symmetries of a triangle (here 1 and about $-1/2$).

# %%
group = load_group("S3")
network = construct(group, k)
chosen = [network.names.index(name) for name in ("1b", "2a")]

fig, axes = plt.subplots(1, 2, figsize=(7.2, 2.8), sharey=True)
for ax, index in zip(axes, chosen, strict=True):
    for values, label, colour, marker, shift in (
        (network.u[index, 0], "$u_1$", figures.BLUE, "o", -0.12),
        (network.u[index, 1], "$u_2$", figures.ORANGE, "s", 0),
        (network.w[index], "$w$", figures.GREEN, "^", 0.12),
    ):
        values = values / np.abs(network.u[index]).max()
        ax.vlines(np.arange(6) + shift, 0, values, color=colour, linewidth=1)
        ax.plot(np.arange(6) + shift, values, marker, color=colour, label=label)
    ax.axhline(0, color=figures.INK, linewidth=0.8)
    ax.set(xlabel="element of S3", title=f"a neuron of representation {network.names[index]}")
axes[0].set_ylabel("weight (largest input weight = 1)")
axes[1].legend(fontsize=8, loc="upper right", bbox_to_anchor=(1.22, 1))
figures.show(
    fig,
    "groups-neurons",
    "Weights of two neurons over the six elements of S3: plus and minus one for the sign representation; 1 twice and "
    "about -1/2 four times for the two-dimensional one.",
    f"Two of the {len(network.u)} neurons of the exact network for $S_3$ (Morwani23 Lemma 20 uses "
    f"{len(construct(group, k, 'morwani23').u)}).",
)

# %% [markdown]
# ## Sparse parity
#
# Inputs $x \in \{\pm1\}^n$, label $\prod_{j\in S} x_j$ with $|S| = k$. The maximum is $k!\sqrt{2(k+1)^{-(k+1)}}$,
# whatever $n$ (Morwani23 Theorem 8), and the optimum is unique up to splitting neurons: each of the $2^{k-1}$ sign
# patterns on $S$ with mass $2^{-(k-1)}$ (Ours: sparse parity).

# %%
from itertools import product

from theory import parity

n = 6
inputs = np.array(list(product((1, -1), repeat=n)))
rows = [
    "| k | neurons | $\\gamma^*$ | least margin over $\\gamma^*$, all 64 inputs | exact decision |",
    "|---|---:|---|---|---|",
]
for k in (2, 3, 4, 5):
    network = parity.construct(n, k)
    u, w = parity.weights(network)
    outputs = (inputs @ u.T) ** k @ w
    margins = inputs[:, :k].prod(axis=1) * (outputs[:, 0] - outputs[:, 1])
    gamma = parity.max_margin(n, k)
    assert abs(margins.min() / float(gamma) - 1) < 1e-12 and not parity.failures(network)
    rows.append(f"| {k} | {len(u)} | ${latex(gamma)}$ | {margins.min() / float(gamma):.12f} | maximum-margin |")
display(Markdown("\n".join(rows)))
