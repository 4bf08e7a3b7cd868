# %% [markdown]
# # ReLU, recurrent, transformer
# The theorem is about neurons $t\mapsto t^k$. Three findings on what of it is seen in networks that people use, and what is not.

# %% [markdown] tags=["symbols"]
# - $p$: the modulus
# - $k$: how many numbers are added
# - $\varphi$: a phase
# - $\zeta$: a frequency on the first symbol
# - $\eta$: a frequency on the second symbol

# %% tags=["hide"]
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown, display

from paper_notes import figures
from paper_notes.stored import entry, folded, stored, words

figures.use()

# %% [markdown]
# Three things hold of a maximum-margin power network: each neuron has **one frequency**, its vectors are **pure cosines**,
# and its **phases add up**. Nothing of this is proved for other networks. It is measured here; every number below is read from
# the stored results of `fourier-margin reproduce`, and the tables with the papers' claims are behind the triangles.
#
# ## Finding 1. ReLU: mostly one frequency, phases that add up, but not a pure cosine

# %% tags=["hide"]
trained, relu = stored("swaroop26-trained"), stored("morwani23-relu")
noise = ("clean_phases", "noise_10_phases", "noise_30_phases")
phase = [entry(trained, key) for key in noise]
share = entry(relu, "concentrated")
quadratic = np.mean([row["share"] for row in relu["rows"] if row["network"] == "quadratic"])
overtones = trained["rows"][0]["final"]["harmonics"]["W_a"]
fig, axes = plt.subplots(1, 3, figsize=(7.6, 3.0), width_ratios=[1, 1.1, 1.3])
axes[0].bar(["ReLU", "quadratic"], [share["ours"], quadratic], color=(figures.BLUE, figures.GREEN), width=0.6)
axes[0].plot([0], [share["paper"]], "x", color=figures.INK, ms=9)
axes[0].set(ylim=(0, 1.05), ylabel="share of the strongest frequency")
axes[1].bar(range(1, len(overtones) + 1), overtones, color=figures.BLUE, width=0.6)
axes[1].set(xlabel="multiple of the neuron's frequency", ylabel="share of the power of $W_a$", yscale="log")
axes[1].set_xticks(range(1, len(overtones) + 1))
axes[2].plot(range(3), [row["ours"] for row in phase], "o-", color=figures.BLUE, label="ours")
axes[2].plot(range(3), [row["paper"] for row in phase], "x", color=figures.INK, ms=9, label="the paper")
axes[2].set_xticks(range(3), ["none", "10%", "30%"])
axes[2].set(xlabel="label noise", ylabel="correlation of phases", ylim=(0, 1.05))
axes[2].legend(fontsize=8, loc="lower left")
figures.show(
    fig,
    "relu-finding",
    f"Left: the strongest frequency holds {share['ours']:.3f} of the power in ReLU networks and {quadratic:.4f} in quadratic "
    "ones. Middle: a ReLU neuron's power falls over the multiples of its frequency; the third holds more than the second. "
    "Right: the correlation of output phases with phase sums is "
    + ", ".join(f"{row['ours']:.3f}" for row in phase) + " at three levels of noise.",
    "Left: how much of a neuron's power is at one frequency (Morwani23's setting; cross: the paper). Middle: what else a ReLU neuron has: odd "
    "multiples, the overtones of something squarer than a cosine (Swaroop26's setting, clean labels). Right: output phase "
    "against the sum of input phases; under noise only neurons of one frequency are counted.",
    "Morwani23 finds about 0.9 for ReLU; Swaroop26 tabulates the correlations of phases.",
)  # fmt: skip

# %% tags=["hide"]
frequency, structured = entry(trained, "clean_frequency"), entry(trained, "clean_structured")
display(Markdown(
    f"Without label noise, {frequency['ours']:.1%} of the neurons have the same frequency in both inputs and the output "
    f"(Swaroop26: {frequency['paper']:.1%}), and {structured['ours']:.1%} are structured by the paper's test (there "
    f"{structured['paper']:.1%}). One claim does not hold in our run: that square waves fit the input weights *better* than "
    f"cosines; the paper's t is {words(entry(trained, 'clean_square_paper')['paper'])}, ours "
    f"{words(entry(trained, 'clean_square_paper')['ours'])}. One network of each kind was trained: these are single runs."
))  # fmt: skip
display(Markdown(folded(trained)))
display(Markdown(folded(relu)))

# %% [markdown]
# **The phase relation alone makes a network add.** A network of ReLU neurons can be written down without training: neuron $i$
# has frequency $i$, random phases $\varphi_a, \varphi_b$, and $\varphi_{out}=\varphi_a+\varphi_b$. Take the relation away, and
# nothing is left. Computed just now:

# %%
from numerics.models.idealised import KINDS, accuracies, from_scratch, idealised

p, neurons, seeds = 31, 96, 10
with_relation = {
    kind: accuracies([from_scratch(p, neurons, seed, kind) for seed in range(seeds)])[0].mean() for kind in KINDS
}
fresh = []
for seed in range(seeds):
    phases = np.random.default_rng(seed).uniform(-0.5, 0.5, (3, neurons))
    fresh.append(idealised(p, np.arange(neurons), list(phases), "Cos->Cos"))
without = accuracies(fresh)[0].mean()
assert min(with_relation.values()) > 0.5 and without < 0.2

# %% tags=["hide"]
table = stored("swaroop26-table1")
fig, (left, right) = plt.subplots(1, 2, figsize=(7.6, 3.2), width_ratios=[1, 1.5])
left.bar([*(kind.replace("->", "\n→ ") for kind in KINDS), "unrelated\nphases"], [*with_relation.values(), without],
         color=(figures.BLUE, figures.ORANGE, figures.RED, figures.FAINT), width=0.65)  # fmt: skip
left.axhline(1 / p, color=figures.INK, linewidth=0.8, linestyle=":")
left.set(ylim=(0, 1.05), ylabel=f"share of right answers, p = {p}")
left.tick_params(axis="x", labelsize=8)
for kind, colour, marker in zip(KINDS, (figures.BLUE, figures.ORANGE, figures.RED), "osD", strict=True):
    rows = [row for row in table["rows"] if row["kind"] == kind]
    m = [row["m"] for row in rows]
    right.errorbar(m, [row["mean"] for row in rows], [row["sd"] for row in rows], color=colour, marker=marker, ms=4,
                   capsize=3, label=kind.replace("->", " → "))  # fmt: skip
    printed = [(row["m"], row["paper"][0] if isinstance(row["paper"], list) else row["paper"]) for row in rows
               if row["paper"] is not None]  # fmt: skip
    right.plot(*zip(*printed, strict=True), "x", color=figures.INK, ms=8)
right.set(xscale="log", xlabel="neurons", ylabel=f"share of right answers, p = {table['p']}")
right.set_xticks(m, [str(each) for each in m])
right.minorticks_off()
right.tick_params(axis="x", labelsize=8)
right.legend(fontsize=8)
largest = max(abs(row["z"]) for row in table["rows"] if row["z"] is not None)
figures.show(
    fig,
    "swaroop-table",
    "Left: idealised networks with the phase relation answer most pairs, without it almost none. Right: accuracy against "
    "width for three kinds of waves; the paper's printed means lie on the curves.",
    f"Left: mean of {seeds} networks of {neurons} neurons, cosines or square waves (Sq) in and out; dotted: guessing. Right: "
    f"Swaroop26's Table 1, {table['seeds']} seeds; its printed cells (crosses) lie within {largest:.1f} combined standard "
    "errors of ours.",
    "Swaroop26's Table 1 lists these accuracies for nine widths.",
)
display(Markdown(folded(table)))

# %% [markdown]
# ## Finding 2. Recurrent: a few frequencies; pure in what is read in, mixed in what is read out
#
# Rangamani25 trains one recurrent network on the tokens a, b, =. Its paper's settings are not known to us; every setting here is
# ours, so what is compared is the structure, over several seeds.

# %% tags=["hide"]
rnn = stored("rangamani25")
first = rnn["runs"][0]
fig, axes = plt.subplots(1, 3, figsize=(7.6, 2.9), width_ratios=[1.3, 1.3, 1])
for ax, name, title in ((axes[0], "W_E", "embedding $W_E$"), (axes[1], "W_fc", "output $W_{fc}$")):
    shares = np.array(first["shares"][name])
    chosen = np.isin(np.arange(len(shares)), first["shared"])
    ax.bar(np.arange(len(shares)), shares, color=[figures.BLUE if each else figures.FAINT for each in chosen], width=1)
    ax.set(xlabel="frequency", ylabel="share of the power", title=title)
shared = [len(run["shared"]) for run in rnn["runs"]]
for name, colour, marker in (("W_E", figures.BLUE, "o"), ("W_fc", figures.ORANGE, "s")):
    axes[2].plot(range(len(shared)), [run["ranks"][name]["rank"] for run in rnn["runs"]], marker, color=colour,
                 label=f"${name[0]}_{{{name[2:]}}}$")  # fmt: skip
axes[2].plot(range(len(shared)), 2 * np.array(shared), "_", color=figures.INK, ms=14, label="2 per frequency")
axes[2].set(xlabel="seed", ylabel="rank that is needed", yscale="log", xticks=range(len(shared)))
axes[2].legend(fontsize=8)
figures.show(
    fig,
    "rnn-finding",
    f"Power of the embedding and of the output layer over frequencies for seed {first['seed']}: the shared frequencies "
    f"{', '.join(map(str, first['shared']))} stand out in the embedding; the output layer has many others. Right: needed ranks "
    "over seeds beside twice the number of shared frequencies.",
    f"Left, middle: seed {first['seed']}; blue are the {len(first['shared'])} frequencies that all its matrices share. They hold "
    f"{first['held']['W_E']:.0%} of $W_E$ and {first['held']['W_fc']:.0%} of $W_{{fc}}$. Right: the rank that the "
    "study finds necessary, over seeds.",
    "Rangamani25 reports 6 shared frequencies, rank 12 and singular vectors in pairs of one frequency.",
)

# %% tags=["hide"]
fit, pairs, rank = entry(rnn, "fit"), entry(rnn, "pairs"), entry(rnn, "rank_w_e")
display(Markdown(
    f"The embedding needs two dimensions for each shared frequency in {rank['seeds'][0]} of {rank['seeds'][1]} seeds, the output "
    f"layer in {entry(rnn, 'rank_w_fc')['seeds'][0]}; consecutive singular vectors of $W_{{fc}}$ are a pair of one frequency in "
    f"{pairs['seeds'][0]} of {pairs['seeds'][1]} seeds (the paper: always). Phases add up roughly: the final projections fit "
    f"$\\cos, \\sin$ of the sum with a mean relative error of {fit['ours']['mean']:.3f}; the paper has {words(fit['paper'])}."
))  # fmt: skip
display(Markdown(folded(rnn)))

# %% [markdown]
# Which settings would give the paper's structure, 6 shared frequencies and ranks 12, 12, 32, 12? With ReLU, less weight decay
# leaves more frequencies, and the embedding, the input and the recurrent matrix need ranks like the paper's, but not the output
# layer. With tanh it is the output layer whose rank is small. One network each:

# %% tags=["hide"]
tried = stored("rangamani25-settings")
lines = [
    "| activation | weight decay | steps | accuracy | shared frequencies | $W_E$ | $W_{ih}$ | $W_{hh}$ | $W_{fc}$ |",
    "|---|" + "---:|" * 8,
]
for run in tried["runs"]:
    how, needed = run["settings"], [str(run["ranks"][name]["rank"]) for name in ("W_E", "W_ih", "W_hh", "W_fc")]
    lines.append(f"| {how['activation']} | {how['weight_decay']:g} | {how['steps']} | {run['accuracy']:.4f} | "
                 f"{len(run['shared'])} | {' | '.join(needed)} |")  # fmt: skip
display(Markdown("\n".join(lines)))
display(Markdown(folded(tried)))

# %% [markdown]
# ## Finding 3. Attention: plane waves, depending on the settings and on k
#
# Li24 shows one-layer transformers in which the matrix of a head's scores, symbol by symbol, is a plane wave
# $\cos 2\pi(\varphi+(\zeta a+\eta b)/p)$. How often? A head is *one-peaked* when one pair of frequencies $\pm(\zeta,\eta)$
# holds more than half of the power, far beyond what a matrix without structure shows.

# %% tags=["hide"]
plans = ("cosine_heads_paper", "cosine_heads_our")
heads = [stored(name) for name in ("li24-fig9", "li24-fig3", "li24-fig10")]
fig, ax = plt.subplots(figsize=(6.4, 3.0))
for shift, plan, colour, marker in ((-0.1, "paper", figures.ORANGE, "s"), (0.1, "our", figures.BLUE, "o")):
    rows = [entry(content, f"cosine_heads_{plan}")["ours"] for content in heads]
    found = np.array([row["one_peaked"] / row["heads"] for row in rows])
    ends = np.array([row["interval"] for row in rows])
    ax.errorbar(np.arange(3) + shift, found, np.abs(ends - found[:, None]).T, fmt=marker, color=colour, capsize=3,
                label="the paper's settings" if plan == "paper" else "our settings")  # fmt: skip
ax.set_xticks(range(3), [f"k = {content['k']}, p = {content['p']}" for content in heads])
ax.set(ylabel="share of one-peaked heads", ylim=(-0.03, 1.03), xlim=(-0.5, 2.5))
ax.legend(fontsize=8)
counts = "; ".join(
    f"k = {content['k']}: {entry(content, 'cosine_heads_our')['ours']['one_peaked']} of {content['heads']} under our settings, "
    f"{entry(content, 'cosine_heads_paper')['ours']['one_peaked']} under the paper's" for content in heads
)  # fmt: skip
figures.show(
    fig,
    "attention-finding",
    f"Share of one-peaked heads with intervals: {counts}.",
    f"Heads after training, with 95% intervals, with the paper's p and heads at k = 3, smaller ones else: {counts}. "
    f"Before training {max(entry(content, key)['ours']['one_peaked_before'] for content in heads for key in plans)} are.",
    "Li24 Figures 9, 3, 10 show single heads at k = 3, 4, 5.",
)
for content in heads:
    display(Markdown(folded(content)))

# %% [markdown]
# **A reason why grokking may seem to weaken with k.** Li24 reports it on tables of about equal size. One thing grows with k all
# by itself: a random half of *symmetric* inputs gives away most of the other half, because the sum does not mind the order of
# its terms. The expected share of test inputs of which some reordering was trained on:

# %%
from numerics.analysis.permuted_inputs import expected_given_away

sizes = ((2, 97), (3, 31), (4, 11), (5, 5))
rows = ["| inputs k | modulus p | share given away |", "|---:|---:|---:|"]
rows += [f"| {k} | {modulus} | {float(expected_given_away(k, modulus)):.3f} |" for k, modulus in sizes]
display(Markdown("\n".join(rows)))

# %% tags=["hide"]
display(Markdown(folded(stored("li24-fig4"))))

# %% [markdown]
# ## What carries over, in one table
#
# Each cell is a number above, or a grade from the tables.

# %% tags=["hide"]
nine = entry(heads[0], "cosine_heads_our")["ours"]
lines = [
    "| what holds | power $t^k$ | ReLU | recurrent | attention |",
    "|---|---|---|---|---|",
    "| a closed form of the margin | theorem | none known | none known | none known |",
    f"| one frequency in each neuron or head | theorem | in {frequency['ours']:.0%} of the neurons (clean labels) | pairs of "
    f"singular vectors: {pairs['verdict']} | {nine['one_peaked']} of {nine['heads']} heads at k = 3, our settings; the paper's: "
    f"{entry(heads[0], 'cosine_heads_paper')['ours']['one_peaked']} |",
    f"| a pure cosine | theorem | no: {overtones[2]:.1%} of $W_a$ at three times the frequency | not asked | as above |",
    f"| phases add up | theorem | {', '.join(row['verdict'] for row in phase)} (no noise, 10%, 30%) | {fit['verdict']}: relative "
    f"error {fit['ours']['mean']:.2f} | not asked |",
    f"| how many frequencies | all, a theorem | {trained['rows'][0]['final']['frequencies']} of {trained['p'] // 2} in "
    f"Swaroop26's setting | {min(shared)} to {max(shared)} shared | not asked |",
]
display(Markdown("\n".join(lines)))
