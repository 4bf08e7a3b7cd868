# %% [markdown]
# # Theory against training
# Gradient descent knows nothing of Fourier series. It reaches the predicted margin, at the predicted loss and norm.

# %% tags=["hide"]
import matplotlib.pyplot as plt
import numpy as np

from paper_notes import figures

figures.use()

# %% [markdown]
# ## The margin climbs to $\gamma^*$
#
# Networks start random and are trained on all inputs with cross-entropy plus $\lambda\|\theta\|_{2,k+1}^{k+1}$. The
# dashed line is the theorem, not a fit. Small scale here; the same code runs the papers' sizes.

# %%
from dataclasses import replace

from numerics.components import Spectrum
from numerics.recipes import load_recipe
from numerics.training import Run
from theory.task import Task

adam = replace(load_recipe("adam"), descent_steps=300)
runs = {}
for k, p in ((2, 11), (3, 5)):
    problem = Task.cyclic(k, p)
    for seed in range(3):
        runs[k, p, seed] = Run(problem, adam, problem.default_width, seed, adam.ratio * problem.gamma)()
least = min(run.margin for run in runs.values())
print(f"{len(runs)} networks; the least final margin is {least:.6f} gamma*")
assert 0.99 < least <= 1 + 1e-12

# %% tags=["hide"]
fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.1), sharey=True)
for ax, (k, p), colour in zip(axes, ((2, 11), (3, 5)), (figures.BLUE, figures.GREEN), strict=True):
    for seed, dash in zip(range(3), ("-", "--", ":"), strict=True):
        history = runs[k, p, seed].history
        ax.plot([h["step"] for h in history], [h["margin"] for h in history], dash, color=colour, label=f"seed {seed}")
    ax.set_ylim(-0.25, 1.05)
    ax.axhline(1, color=figures.RED, linewidth=1, dashes=(6, 3))
    ax.annotate("theorem", (300, 1), (300, 0.92), ha="right", color=figures.RED)
    ax.set(xlabel="full-batch step", title=f"k = {k}, p = {p}, {Task.cyclic(k, p).default_width} neurons")
    ax.legend(fontsize=8, loc="center right")
axes[0].set_ylabel(r"normalised margin / $\gamma^*$")
axes[0].set_ylim(0, 1.06)
figures.show(
    fig,
    "training-margins",
    "Margin against training step for three seeds at k=2, p=11 and at k=3, p=5: all rise to the theorem's line within "
    "a hundred steps and stay there.",
    f"Normalised margin during training. Every seed ends within {1 - least:.1%} of the theorem's line, and none crosses it.",
    "Morwani23 plots the normalised margin during training against the theoretical maximum for k = 2; Li24 has no margin "
    "curve.",
)

# %% [markdown]
# ## Three stages of a long training
#
# At the papers' own sizes steps over all $p^k$ inputs take days, and `train` goes another way. Its curve has three parts:
#
# * **start**: every neuron climbs the exact mean margin of all inputs from small random weights, and ends near one
#   frequency, which its random weights chose. A start that leaves a frequency with fewer neurons than the width theorem
#   asks for is passed over: it would fail ([note 2](02_general_k_and_width.html) has the table of such seeds, with
#   intervals, and the coupon collector's law of the width that makes them rare).
# * **descent**: Newton steps on cross-entropy plus $\lambda\|\theta\|_{2,k+1}^{k+1}$, every weight free, each over a
#   fresh sample of inputs. The margin rises steeply at first; the last percent is slow, since exponents with few walks
#   bend the loss little. At even $k$ the neurons share one direction, the mean of their activations, that bends it
#   far more than the rest: there amplitudes and everything beside them are solved for together.
# * **polish**, only where the descent has missed the target: frequency after frequency, in the amplitudes of each neuron
#   at the frequency *it* has chosen. It may not use the optimum's phases, masses or frequencies. Its objective is a
#   surrogate with the same minimisers, so a result says by which stage it was reached, with the margin at the end of the
#   descent and the gradient of the papers' objective over all weights beside it.

# %%
from numerics.full_size.road import FullSize
from numerics.full_size.run import FullSizeRun

problem = Task.cyclic(3, 7)
staged = FullSizeRun(problem, FullSize(descent_rounds=6), problem.default_width, 0, 0.2 * problem.gamma)()
ends = {stage: [h for h in staged.history if h["phase"] == stage][-1] for stage in ("start", "descent", "polish")}
for stage, end in ends.items():
    print(
        f"{stage:8s} ends at {end['margin']:.7f} gamma*", f"gradient {end.get('relative_gradient', float('nan')):.1e}"
    )
assert ends["start"]["margin"] < ends["descent"]["margin"] < ends["polish"]["margin"] <= 1 + 1e-12
assert ends["polish"]["relative_gradient"] < 1e-2 * ends["descent"]["relative_gradient"]

# %% tags=["hide"]
fig, ax = plt.subplots(figsize=(7.2, 3.1))
free = [h for h in staged.history if h["phase"] == "descent" and h["margin_over"] != "every input"]
ax.plot([0], [ends["start"]["margin"]], "o", color=figures.GREEN, label="start")
ax.plot(range(1, len(free) + 1), [h["margin"] for h in free], ".-", color=figures.BLUE, label="descent, by the step")
polished = [h for h in staged.history if h["phase"] == "polish"]
rounds = range(len(free) + 1, len(free) + 1 + len(polished))
ax.plot(rounds, [h["margin"] for h in polished], "s", color=figures.ORANGE, label="polish, by the round")
ax.axhline(1, color=figures.RED, linewidth=1, dashes=(6, 3))
ax.set(xlabel="step or round", ylabel=r"normalised margin / $\gamma^*$", title="k = 3, p = 7, stopped after 6 steps")
ax.legend(fontsize=8, loc="lower right")
figures.show(
    fig,
    "training-stages",
    "Margin over the steps of a run in three stages at k=3, p=7: low after the start, rising over six steps of the "
    "descent, and at the theorem's line after each round of the polish.",
    f"Margin of one run, stage by stage; here the descent was stopped early, at {ends['descent']['margin']:.4f}, so that "
    "there is something to polish.",
    "No paper trains in stages.",
)

# %% [markdown]
# ## Neurons become single cosines
#
# Power of each neuron's vectors at each frequency, pooled over $\pm\zeta$: at the start it is spread out, at the end one
# frequency has it all. And the output phase of every neuron is the sum of its input phases.

# %%
from numerics.network import PowerNetwork

k, p, problem = 2, 11, Task.cyclic(2, 11)
final = Spectrum(*runs[k, p, 0].network.numpy())
start = Spectrum(*PowerNetwork.random(problem, problem.default_width, 0, 1.0).numpy())
order = np.argsort(final.frequency)

fig, axes = plt.subplots(1, 3, figsize=(7.4, 3.2), width_ratios=[1, 1, 1.15])
for ax, spectrum, name in ((axes[0], start, "before"), (axes[1], final, "after")):
    share = spectrum.share.mean(axis=1)[order, 1:]
    image = ax.imshow(share, aspect="auto", cmap="cividis", vmin=0, vmax=1, interpolation="nearest")
    ax.set_xticks(range(p // 2), range(1, p // 2 + 1))
    ax.set(xlabel="frequency", title=name)
axes[0].set_ylabel("neuron")
axes[1].set_yticks([])
fig.colorbar(image, ax=axes[1], label="share of power").outline.set_visible(False)
total = final.phases[:, :-1].sum(axis=1) % 1
axes[2].plot([0, 1], [0, 1], color=figures.FAINT, linewidth=1)
axes[2].plot(total, final.phases[:, -1] % 1, "o", markersize=4, color=figures.BLUE)
axes[2].set(xlabel="$t_1+t_2$ (turns)", ylabel="output phase (turns)", aspect="equal", title="phase sums")
figures.show(
    fig,
    "training-spectra",
    "Two heat maps of neurons by frequency: diffuse before training, one bright cell per neuron after. A scatter of "
    "output phase against the sum of input phases lies on the diagonal.",
    f"{problem.default_width} neurons, sorted by frequency. After training the least share of one frequency in any vector "
    f"is {final.purity.min():.4f}, and the largest phase error is {np.abs(final.phase_error).max():.0e} turn.",
    "Li24 Figures 1, 5, 7: trained neurons and their one-sparse spectra at k = 4, 3, 5; Figures 2, 6, 8: the largest "
    "normalised power is almost 1 for all neurons, and the frequencies are spread about uniformly.",
)

# %% [markdown]
# The masses are forced too: each of the $(p-1)/2$ frequencies carries $2/(p-1)$ of the $(k+1)$-th power of the norm.

# %%
print("mass of each frequency, times (p-1)/2:", *(f"{x:.4f}" for x in final.masses[1:] * (p - 1) / 2))

# %% [markdown]
# ## No limit is needed
#
# The papers let $\lambda \to 0$. At odd $p$ that is not necessary (Ours: finite regularisation): for every
# $\lambda < \gamma^*(p-1)/p$ the global minimisers *are* the maximum-margin networks, with
# $\gamma^*\|\theta\|^{k+1} = \log\bigl((p-1)(\gamma^*/\lambda - 1)\bigr)$; from there on the zero network wins.

# %%
from theory.margin import max_margin_float
from theory.regularisation import predict
from theory.task import Task
from verify.trained import minimiser

k, p = 2, 5
gamma, task = max_margin_float(k, p), Task.cyclic(k, p)
threshold = (p - 1) / p
ratios = np.array([0.05, 0.15, 0.3, 0.45, 0.6, 0.7, 0.76, 0.85])
found = [minimiser(task, 24, float(r * gamma), seeds=2) for r in ratios]
smooth = np.linspace(0.02, 0.95, 200)
curve = [predict(k, p, float(r * gamma)) for r in smooth]
excess = max(abs(f.loss - predict(k, p, f.penalty).loss) for f in found)
print(f"loss at {len(found)} values of lambda: largest difference from the prediction {excess:.1e}")

# %% tags=["hide"]
fig, axes = plt.subplots(1, 3, figsize=(7.4, 2.9))
for ax, name, predicted, measured in (
    (axes[0], "loss", [c.loss for c in curve], [f.loss for f in found]),
    (axes[1], r"$\gamma^*\,\|\theta\|^{3}$", [c.scale for c in curve], [gamma * f.mass for f in found]),
    (axes[2], r"margin / $\gamma^*$", [(c.margin or np.nan) / gamma for c in curve],
     [f.margin / gamma if f.mass > 1e-9 else np.nan for f in found]),
):  # fmt: skip
    ax.plot(smooth, predicted, color=figures.ORANGE, label="predicted")
    ax.plot(ratios, measured, "o", markersize=5, color=figures.BLUE, label="trained")
    ax.axvline(threshold, color=figures.FAINT, linewidth=0.8, linestyle=":")
    ax.set(xlabel=r"$\lambda/\gamma^*$", xlim=(0, 1), title=name)
axes[2].set_ylim(0, 1.08)
axes[0].legend(fontsize=8, loc="lower right")
figures.show(
    fig,
    "training-finite",
    "Loss, norm and margin against lambda: trained dots lie on the predicted curves; beyond the dotted threshold the "
    "norm is zero.",
    r"$k=2$, $p=5$: global minimisers at finite $\lambda$. The dotted line is $\lambda=\gamma^*(p-1)/p$; right of it "
    "the zero network is the minimiser and has no margin.",
)

# %% [markdown]
# ## Other regularisers
#
# A penalty $\lambda\|\theta\|^r$ with another power $r$ has the same directions at another scale. For $r>k+1$ the network
# never dies; for $r<k+1$ (Li24 uses $r=1$) it dies by a jump, and zero is always a local minimum.

# %%
fig, ax = plt.subplots(figsize=(6.4, 3.2))
strengths = np.geomspace(0.003, 3, 400)
for r, colour, dash in ((1, figures.RED, "-."), (3, figures.BLUE, "-"), (4, figures.GREEN, "--")):
    scale = [predict(k, p, float(x), power=r).scale or np.nan for x in strengths]
    ax.plot(strengths, scale, dash, color=colour, label=f"r = {r}")
checked = [(4, 0.01), (4, 0.1), (4, 1.0), (1, 0.1), (1, 0.3)]
for r, strength in checked:
    best = minimiser(task, 24, strength, power=r, seeds=3)
    ax.plot(strength, gamma * best.mass, "o" if r == 4 else "s", color=figures.INK, markersize=6, fillstyle="none")
ax.set(
    xscale="log",
    yscale="log",
    ylim=(1e-9, 30),
    xlabel=r"$\lambda$",
    ylabel=r"$\gamma^*\,\|\theta\|^{3}$",
    title="penalties $\\lambda\\|\\theta\\|^r$, k = 2, p = 5",
)
ax.legend(fontsize=8)
figures.show(
    fig,
    "training-powers",
    "Norm of the minimiser against lambda for powers 1, 3 and 4, both axes logarithmic: r = 1 breaks off at a height, "
    "r = 3 plunges to zero, r = 4 falls like a power and never ends. Hollow marks, trained, lie on the curves.",
    "Lines: predicted, up to where the zero network wins. Hollow marks: the best of three trained networks (circles $r=4$, squares $r=1$).",
)

# %% [markdown]
# ## On half of the inputs the theorem is about another problem
#
# The papers train on a random half, the theorem counts every input. What is the maximum margin on the half alone? Any
# network of any width is a mixture of neurons, so the answer is the value of a game: mixtures of neurons against weights
# on inputs and wrong labels. Column generation solves it for small $p$; for two inputs a bound by branch and bound
# stands beside the networks found.

# %% tags=["hide"]
from numerics.studies.random_half import STUDY, summary
from numerics.studies.study import Found
from paper_notes.stored import origin, stored

half = stored("random-half")
figures.show(
    STUDY.figure(STUDY.sizes["cpu"], Found(half)),
    "training-half",
    "Margins over gamma* against p and against the share of the inputs: with any neurons well above those of neurons "
    "with one frequency, which fall to 1; both fall as p or the share grows.",
    "Maximum margins found on random subsets, over $\\gamma^*$; mean and 95% interval over subsets.",
)
for row in half["rows"]:
    each = summary(row)
    if row["share"] == 0.5:
        print(f"k = {row['k']}, p = {row['p']:2}: right on the other half: {each['rest']['free']['mean']:.0%} with any neurons, "
              f"{each['rest']['fourier']['mean']:.0%} with one frequency a neuron ({len(row['seeds'])} subsets)")  # fmt: skip
print(origin(half))

# %% [markdown]
# Neurons that know which inputs were chosen beat those that add, at $k=3$ as at $k=2$, by less as $p$ grows. The network
# of maximum margin on the half answers nothing else: it holds the other labels down. So the margin on the training half
# is not why networks trained on a half learn to add; that they end near the theorem's network is left to the dynamics,
# the weight decay and the width. Restricted to one frequency a neuron, the same programme returns $\gamma^*$ and a network
# that adds, from $p=7$ on.

# %% [markdown]
# **Read on.** [Where the margin goes](04_where_the_margin_goes.html) when training stops early.
