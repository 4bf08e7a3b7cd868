# %% [markdown]
# # Where the margin goes
# The proof is a chain of inequalities. Read backwards, it is a profiler: each lost percent of margin has a name.

# %% [markdown]
# ## The account
#
# The upper bound on the margin is reached by losing nothing at four inequalities. For any network, trained, random or
# hand-made, each neuron's efficiency is a product of four numbers,
#
# $$e_i = \text{phase}_i \cdot \text{balance}_i \cdot \text{concentration}_i \cdot \text{DC}_i \le 1,$$
#
# *phase*: does the output phase equal the sum of input phases? *balance*: are the $k+1$ vectors equally large?
# *concentration*: one frequency or several? *DC*: is energy wasted on a constant? Then, exactly,
#
# $$\frac{\text{margin}}{\gamma^*} = \sum_i q_i e_i - \text{(spread over the inputs)} - \text{(wrong labels that do not tie)},$$
#
# with $q_i$ the neuron's share of $\|\theta\|^{k+1}$ (Ours: margin account).

# %% tags=["hide"]
import matplotlib.pyplot as plt
import numpy as np

from paper_notes import figures

figures.use()

# %% [markdown]
# ## A network while it learns
#
# The same start, trained for different numbers of steps.

# %%
from dataclasses import replace

from numerics.problem import Problem
from numerics.recipes import load_recipe
from numerics.training import Run
from theory.network_file import NetworkFile
from verify.account import FACTORS, account
from verify.subject import Subject
from verify.sweep import sweep

k, p = 2, 11
problem, recipe = Problem.cyclic(k, p), load_recipe("adam")


def book(u, w):
    """The account of a network."""
    subject = Subject.of(NetworkFile(u, w, k, p))
    return account(subject, sweep(subject))


lengths = (5, 10, 20, 40, 80, 160, 320)
networks = {
    steps: Run(
        problem, replace(recipe, descent_steps=steps), problem.default_width, 0, 0.2 * problem.gamma, 1.0
    )().network
    for steps in lengths
}
books = {steps: book(*network.numpy()) for steps, network in networks.items()}
print(f"largest error of the account: {max(found.error for found in books.values()):.1e}")

# %% tags=["hide"]
names = {"phase": "phase", "balance": "balance", "concentration": "concentration", "DC": "DC",
         "spread over the inputs": "spread over inputs", "ties of wrong labels": "wrong labels"}  # fmt: skip
hatches = ("", "///", "...", "xxx", "\\\\\\", "++")
fig, ax = plt.subplots(figsize=(7.2, 3.8))
x = np.arange(len(lengths))
margin = np.array([books[s].margin for s in lengths])
bottom = np.minimum(margin, 0)
ax.bar(x, margin - bottom, bottom=bottom, width=0.7, color=figures.INK, alpha=0.85, label="margin")
bottom = np.maximum(margin, 0) if (margin >= 0).all() else margin
base = margin.copy()
for (key, label), colour, hatch in zip(names.items(), figures.PALETTE, hatches, strict=True):
    loss = np.array([books[s].losses()[key] for s in lengths])
    ax.bar(x, loss, bottom=base, width=0.7, color=colour, label=label, hatch=hatch, edgecolor="#ffffff80", linewidth=0)
    base = base + loss
ax.axhline(1, color=figures.RED, linewidth=1, linestyle="--")
ax.axhline(0, color=figures.INK, linewidth=0.8)
ax.set_xticks(x, [str(s) for s in lengths])
ax.set(
    xlabel="training steps", ylabel=r"share of $\gamma^*$", title=f"k = {k}, p = {p}, {problem.default_width} neurons"
)
ax.legend(fontsize=8, bbox_to_anchor=(1, 1), loc="upper left")
figures.show(
    fig,
    "account-training",
    "Stacked bars for seven training lengths, each adding up to one: early on phase errors and the spread over inputs "
    "take nearly everything, later the margin fills the bar.",
    "Each bar starts at the margin and adds what every inequality costs; it ends at 1 exactly (dashed). Early on, phases "
    "are wrong and inputs are unequal; the last to go is the spread over the inputs.",
)

# %% [markdown]
# ## Neuron by neuron, half way
#
# The account is additive over neurons, so it says which of them are to blame.

# %%
half = books[40]
worst = half.factors.argmin(axis=0)

fig, ax = plt.subplots(figsize=(6.4, 3.4))
for index, colour, marker in zip((0, 2, 3, 4), figures.PALETTE, "osD^", strict=False):
    chosen = worst == index
    ax.plot(half.mass[chosen] * len(half.mass), half.efficiency[chosen], marker, color=colour, markersize=6,
            label=f"{FACTORS[index]} ({chosen.sum()})")  # fmt: skip
ax.axhline(1, color=figures.FAINT, linewidth=0.8)
ax.set(xlabel="mass, in units of the mean", ylabel="efficiency", title="neurons after 40 steps, by their worst factor")
ax.legend(fontsize=8)
figures.show(
    fig,
    "account-neurons",
    "Scatter of efficiency against mass for the neurons of a half-trained network, marked by the factor that costs most.",
    "Heavy neurons are nearly efficient; light ones have not found their phase or their frequency yet.",
)

# %% [markdown]
# ## Correct is not the same as maximum-margin
#
# Three networks that answer every input correctly: the exact one, the one that memorises with signed one-hot vectors
# (Morwani23 Appendix D), and the exact one with the mass of its frequencies made unequal.

# %%
from theory.construction import construct
from theory.floats import weights
from theory.one_hot_network import one_hot_network

u, w = weights(construct(k, p))
table = np.add.outer(np.arange(p), np.arange(p)) % p
scale = np.repeat(np.linspace(0.8, 1.2, (p - 1) // 2), 6) ** (1 / 3)
cases = {
    "exact": book(u, w),
    "one-hot": book(*one_hot_network(table)),
    "unequal masses": book(u * scale[:, None, None], w * scale[:, None]),
}
for name, found in cases.items():
    losses = {key: round(value, 4) for key, value in found.losses().items() if value > 1e-9}
    print(f"{name:15} margin {found.margin:.4f}  lost: {losses or 'nothing'}")

# %% [markdown]
# The one-hot network spends its energy on all frequencies at once: *concentration* takes nearly all of its margin.
# Unequal masses cost nothing neuron by neuron: every one of them is still optimal by itself. What is lost is that wrong
# labels no longer tie.
#
# **Read on.** `fourier-margin verify NET.safetensors` prints this account for a file of yours.
