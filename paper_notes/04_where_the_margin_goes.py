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

from numerics.recipes import load_recipe
from numerics.training import Run
from theory.account import FACTORS, account
from theory.network_file import NetworkFile
from theory.task import Task
from verify.subject import Subject
from verify.sweep import sweep

k, p = 2, 11
problem, recipe = Task.cyclic(k, p), load_recipe("adam")


def book(u, w):
    """The account of a network."""
    subject = Subject.of(NetworkFile(u, w, k, p))
    return account(subject.vectors, None, subject.scale, sweep(subject))


lengths = (5, 10, 20, 40, 80, 160, 320)
networks = {
    steps: Run(problem, replace(recipe, descent_steps=steps), problem.default_width, 0, 0.2 * problem.gamma)().network
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
ax.set_ylim(top=1.05)
ax.legend(fontsize=8, bbox_to_anchor=(1, 1), loc="upper left")
figures.show(
    fig,
    "account-training",
    "Stacked bars for seven training lengths, each ending at one: early on unequal inputs, untied wrong labels and "
    "concentration take nearly everything, from 80 steps on the margin fills the bar.",
    "Each bar starts at the margin (below zero where some answer is still wrong) and adds what every inequality costs; it "
    "ends at 1 exactly (dashed). Early losses: neurons that carry several frequencies, unequal inputs, wrong labels that "
    "do not tie. Phases and balance are nearly right from the start.",
)

# %% [markdown]
# ## Neuron by neuron, on the way
#
# The account is additive over neurons, so it says which of them are to blame, and for what.

# %%
early = books[10]
phase, concentration = early.factors[FACTORS.index("phase")], early.factors[FACTORS.index("concentration")]

fig, ax = plt.subplots(figsize=(6.4, 3.4))
ax.scatter(concentration, phase, s=40 * early.mass * len(early.mass), color=figures.BLUE, alpha=0.9, linewidth=0)
ax.plot(1, 1, "*", color=figures.RED, markersize=13)
ax.annotate("optimal", (1, 1), (0.985, 1), ha="right", va="center", color=figures.RED)
ax.set(xlabel="concentration: one frequency (1) or several", ylabel="phase", title="80 neurons after 10 steps")
figures.show(
    fig,
    "account-neurons",
    "Scatter of phase factor against concentration factor for the neurons of a barely trained network, area by mass; a "
    "star at (1, 1) marks the optimum.",
    f"Area is mass. After ten steps the median neuron has concentration {np.median(concentration):.2f} and phase "
    f"{np.median(phase):.2f}; at the optimum every neuron sits on the star.",
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
    losses = ", ".join(f"{key} {value:.4f}" for key, value in found.losses().items() if value > 1e-9)
    print(f"{name:15} margin {found.margin:.4f}  lost to: {losses or 'nothing'}")

# %% [markdown]
# The one-hot network spends its energy on all frequencies at once: *concentration* takes nearly half of its margin, and
# the constant part of one-hot vectors (*DC*) another eighth.
# Unequal masses cost nothing neuron by neuron: every one of them is still optimal by itself. What is lost is that wrong
# labels no longer tie.
#
# **Read on.** `fourier-margin verify NET.safetensors` prints this account for a file of yours.
