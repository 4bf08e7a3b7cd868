# %% [markdown]
# # Which frequencies survive
# Theory says that an optimal network uses every frequency. Trained networks often use a few. Four findings on which, and how many.

# %% [markdown] tags=["symbols"]
# - $p$: the modulus
# - $k$: how many numbers are added
# - $m$: how many neurons the hidden layer has
# - $\lambda$: the weight of the penalty
# - $\theta$: all weights of the network together
# - $C_5$: the integers modulo 5 under addition
# - $C_{11}$: the integers modulo 11 under addition
# - $S_3$: the symmetries of a triangle

# %% tags=["hide"]
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown, display

from paper_notes import figures
from paper_notes.stored import RESULTS, entry, fold, folded, origin, stored

figures.use()

# %% [markdown]
# The question is about a distribution over random seeds, so one run says little. Here hundreds or thousands of small
# networks are trained as one tensor program; member i of a batch ends where the same seed would have ended alone.
#
# ## Finding 1. A frequency that starts with too few neurons is lost
#
# A maximum-margin network needs a certain number of neurons at *every* frequency
# ([note 2](02_general_k_and_width.html)). The full-size training begins by giving each neuron a frequency; if chance leaves
# some frequency with fewer than it needs, the seed should fail, and else succeed. At the papers' own sizes, no seed passed over:

# %% tags=["hide"]
starved = stored("starved-frequencies")
fig, axes = plt.subplots(1, len(starved["groups"]), figsize=(7.4, 3.2), sharey=True, squeeze=False)
for ax, group in zip(axes[0], starved["groups"], strict=True):
    fewest = np.array([seed["fewest_neurons"] for seed in group["seeds"]])
    missing = np.array([max(1 - seed["margin"], 1e-9) for seed in group["seeds"]])
    lost = fewest < group["needed"]
    ax.plot(fewest[~lost], missing[~lost], "o", color=figures.BLUE, ms=4, label="enough everywhere")
    ax.plot(fewest[lost], missing[lost], "x", color=figures.RED, ms=7, label="some frequency starved")
    ax.axvline(group["needed"] - 0.5, color=figures.INK, linewidth=0.8, linestyle=":")
    ax.set(yscale="log", xlabel="neurons of the poorest frequency at the start",
           title=f"k = {group['k']}, p = {group['p']}, {group['m']} neurons")  # fmt: skip
axes[0][0].set_ylabel(r"missing from $\gamma^*$ in the end")
axes[0][0].legend(fontsize=8)
told = "; ".join(
    f"at k = {group['k']}, p = {group['p']}: {group['table']['starved']['count']} of {group['table']['starved']['seeds']} starved "
    f"seeds failed, {group['table']['fed']['count']} of {group['table']['fed']['seeds']} others"
    for group in starved["groups"]
)
figures.show(
    fig,
    "starved-finding",
    f"Missing margin against the neurons of the poorest frequency at the start; left of the needed number all seeds miss a few "
    f"percent, right of it nearly nothing. {told}.",
    f"One point for each seed; the dotted line is the number that the width theorem asks for. {told.capitalize()}.",
)
display(Markdown(folded(starved)))

# %% [markdown]
# ## Finding 2. Two neurons may end on one frequency: squares do, ReLUs hardly ever
#
# $C_5$ has two frequencies, 1 and 2, up to sign. A network with two neurons $(u+v)^2 w$ and no penalty is trained on the whole
# table of addition modulo 5, a hundred seeds of it while this page was made. Its *key set* holds the frequencies with at least
# half a percent of the norm of the logits, which are centred over the classes first.

# %%
from collections import Counter

from numerics.selection.intervals import exact
from numerics.sweeps.plan import plan_of

# a larger rate than the pilot's, to be faster
(cell,) = plan_of({"group": "C5", "width": 2, "seeds": 100, "updates": 600, "rate": 1e-2, "tolerance": 0}).cells
rows = cell.run().rows
tally = sorted(Counter(row["key_set"] for row in rows).items())
solved = sum(row["accuracy"] == 1 for row in rows)

# %% tags=["hide"]
pilot = stored("mais-pilot", "cpu")
ACTIVATION = {"power": "$x^2$", "relu": "ReLU"}
fig, (left, right) = plt.subplots(1, 2, figsize=(7.6, 3.0), width_ratios=[1, 1.7])
names = [", ".join(key) or "none" for key, _ in tally]
counts = np.array([count for _, count in tally])
ends = np.array([[exact(count, cell.seeds).low, exact(count, cell.seeds).high] for _, count in tally]) * cell.seeds
left.bar(names, counts, color=figures.BLUE, width=0.6)
left.errorbar(names, counts, np.abs(ends.T - counts), fmt="none", color=figures.INK, capsize=3)
left.set(xlabel="frequencies in use", ylabel=f"of {cell.seeds} seeds", title="just now, $x^2$")
chosen = [row for row in pilot["rows"] if (row["group"], row["m"]) == ("C5", 2)]
for i, row in enumerate(chosen):
    share, (low, high) = row["same_component"]["share"], row["same_component"]["interval"]
    power = row["activation"] == "power"
    right.errorbar(share, i, xerr=[[share - low], [high - share]], fmt="o" if power else "s", capsize=3,
                   color=figures.BLUE if power else figures.RED)  # fmt: skip
both = [
    max(row["same_component"]["share"] for row in chosen if row["activation"] == each) for each in ("power", "relu")
]
assert both[0] > 0.1 > both[1]
right.set_yticks(
    range(len(chosen)), [f"{ACTIVATION[row['activation']]}, $\\lambda$ = {row['lambda']:g}" for row in chosen]
)
right.invert_yaxis()
right.set(xlim=(-0.03, 1.03), xlabel="both neurons pure, same frequency", title="the pilot")
figures.show(
    fig,
    "pilot-same-frequency",
    f"Left: of {cell.seeds} seeds, by frequencies in use: "
    + "; ".join(f"{name}: {count}" for name, count in zip(names, counts, strict=True))
    + ". Right: share of 100 seeds of C5 at width 2 whose two neurons end pure for one and the same frequency: "
    + "; ".join(f"{row['activation']}, lambda {row['lambda']:g}: {row['same_component']['share']:.2f}" for row in chosen) + ".",
    f"Left: trained just now ({solved} of {cell.seeds} answer all 25 inputs). Both frequencies are equally likely by symmetry: "
    "multiplying all inputs and outputs by 2 exchanges them. Right: the stored pilot, 100 seeds each, exact 95% intervals: how "
    "often both neurons end pure for the same frequency.",
)  # fmt: skip

# %% tags=["hide"]
rows = [
    "| network | converged | solved | key sets, exact 95% intervals | pure | same |",
    "|---|---:|---:|---|---:|---:|",
]
for row in pilot["rows"]:
    sets = "<br>".join(
        f"{', '.join(each['set']) or 'none'}: {each['count']} ({each['interval'][0]:.2f} to {each['interval'][1]:.2f})"
        for each in row["key_sets"]
    )
    low, high = row["same_component"]["interval"]
    rows.append(
        f"| {row['group']}, {ACTIVATION[row['activation']]}, $m={row['m']}$,<br>$\\lambda={row['lambda']:g}$ | "
        f"{row['converged']['count']} | {row['solved']['count']} | {sets} | {row['multiplicity']:.2f} | "
        f"{row['same_component']['count']}<br>({low:.2f} to {high:.2f}) |"
    )
words = (
    "A problem posed for this field (MAIS-O61) fixes an experiment: $C_5$ and $S_3$, $x^2$ and ReLU, 2 and 8 neurons, penalty "
    "$\\lambda\\|\\theta\\|^2$ with three values of $\\lambda$, 100 seeds each, at most 20,000 updates, all in float64. A seed "
    "*solves* the task when all its answers are right. *Pure*: the fraction of neurons of which at least 95% of the centred energy "
    "lies in one isotypic component. *Same*: seeds whose neurons are all pure for one component. A network that did not meet the "
    f"rule of convergence is counted, not dropped. {pilot['networks']} networks, {pilot['updates']:,} updates, "
    f"{pilot['processor_seconds'] / 60:.0f} minutes of one processor. {origin(pilot)}"
)
display(Markdown(fold("The whole pilot: 24 configurations", words + "\n\n" + "\n".join(rows))))

# %% [markdown]
# ## Finding 3. Which pairs survive together is not chance alone
#
# For prime p, multiplication by a unit permutes the frequencies and leaves the law of the run unchanged, so sets that a unit
# carries into one another are equally likely *by symmetry*. At $C_{11}$ the pairs of frequencies are of two kinds, like $\{1,2\}$
# and like $\{1,3\}$, five pairs each, and only an experiment can compare the kinds.

# %% tags=["hide"]
law = stored("frequency-law")
tests = next(each for each in law["verdict"] if "Fisher" in each["claim"])["ours"]["tests"]
fig, ax = plt.subplots(figsize=(6.6, 3.0))
labels, shares, bars = [], [], []
for test in tests:
    total = sum(test["orbits"].values())
    for orbit, count in test["orbits"].items():
        labels.append(f"like {orbit.replace(' ', ', ')}\n({'key' if test['sets'] == 'key' else '95%'} sets)")
        interval = exact(count, total)
        shares.append(count / total)
        bars.append((count / total - interval.low, interval.high - count / total))
x = np.arange(len(labels)) + np.repeat(np.arange(len(tests)), 2) * 0.5
ax.bar(x, shares, color=[figures.BLUE, figures.ORANGE] * len(tests), width=0.8)
ax.errorbar(x, shares, np.array(bars).T, fmt="none", color=figures.INK, capsize=3)
ax.axhline(0.5, color=figures.INK, linewidth=0.8, linestyle=":")
ax.set_xticks(x, labels, fontsize=7)
ax.set(ylabel="share of the networks", ylim=(0, 1))
smallest = min(tests, key=lambda test: test["holm"])
figures.show(
    fig,
    "law-finding",
    "Shares of the two kinds of sets of equal size, with 95% intervals, for four comparisons: "
    + "; ".join(", ".join(f"{orbit}: {count}" for orbit, count in test["orbits"].items()) for test in tests) + ".",
    f"{sum(row['seeds'] for row in law['rows'] if row['group'] == 'C11')} networks on $C_{{11}}$. The clearest difference ({' against '.join(str(c) for c in smallest['orbits'].values())} networks) "
    f"has p = {smallest['p_value']:.3f}, and {smallest['holm']:.3f} after Holm's correction for {len(tests)} tests: a hint.",
)  # fmt: skip
display(Markdown(folded(law)))

# %% [markdown]
# A hint asks for fresh seeds. One test was announced (`paper_notes/problems/o58`, protocol before the run), and then made:

# %% tags=["hide"]
display(Markdown((RESULTS.parent / "problems" / "o58" / "table.md").read_text()))

# %% [markdown]
# So after this training the two kinds are not equally likely. This is Adam for 1,200 updates; what gradient flow does as t goes to
# infinity stays open.

# %% [markdown]
# ## Finding 4. Early in training nearly all frequencies are there, and large representations take more neurons

# %% tags=["hide"]
counted, many = stored("spectral-count"), stored("multiplicities")
p = np.array([row["p"] for row in counted["rows"]])
mean = np.array([row["count"]["mean"] for row in counted["rows"]])
ends = np.array([row["count"]["interval"] or [np.nan] * 2 for row in counted["rows"]])  # none where all seeds agree
fig, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3.1), width_ratios=[1.4, 1])
left.errorbar(
    p, mean, yerr=[mean - ends[:, 0], ends[:, 1] - mean], fmt="o-", color=figures.BLUE, capsize=3, label="measured"
)
left.plot(p, (p - 1) / 2, ":", color=figures.FAINT, label="all $(p-1)/2$ frequencies")
left.set(xscale="log", yscale="log", xlabel="p", ylabel="frequencies that hold 95%")
left.set_xticks(p, [str(each) for each in p], fontsize=8)
left.minorticks_off()
left.legend(fontsize=8)
powers = [each["ours"] for each in many["verdict"]]
words = [
    each["claim"].split(":")[0].replace(", power", ", $x^2$").replace(", relu", ", ReLU") for each in many["verdict"]
]
found = np.array([each["b"] for each in powers])
spans = np.array([each["interval"] for each in powers])
assert len({each["text"].split(", ")[-1] for each in powers}) > 1, "no single power fits"
right.errorbar(found, range(len(found)), xerr=np.abs(spans.T - found), fmt="o", color=figures.BLUE, capsize=3)
for power in (1, 2, 3):
    right.axvline(power, color=figures.FAINT, linewidth=0.8, linestyle=":")
right.set_yticks(range(len(found)), words)
right.invert_yaxis()
right.set(xlabel="exponent b", xlim=(0.8, 3.4))
figures.show(
    fig,
    "spectral-count",
    "Left: mean number of frequencies that hold 95% of the logits' energy against p: "
    + ", ".join(f"{each}: {value:.1f}" for each, value in zip(p, mean, strict=True))
    + ". Right: exponents: " + "; ".join(f"{word} {value:.2f}" for word, value in zip(words, found, strict=True)) + ".",
    f"Left: ReLU networks with $4p$ neurons after few updates, 95% intervals over "
    f"{min(row['seeds'] for row in counted['rows'])} to {max(row['seeds'] for row in counted['rows'])} seeds; training had not "
    "come to rest. Right: neurons of a representation of dimension $d$ grow like $d^b$; no single power fits all four cases.",
)  # fmt: skip
display(Markdown(folded(counted)))
display(Markdown(folded(many)))

# %% [markdown]
# ## Ding24's circles
#
# In a network with a trained embedding of the p symbols, the embedding's Fourier modes are circles. Ding24 watch them
# compete: a few survive. Does a strong start help?

# %% tags=["hide"]
signal = stored("ding24-sweep-signal")
fig, ax = plt.subplots(figsize=(5.6, 3.2))
strength, rate = np.ravel(signal["signal"]), np.ravel(signal["rate"])
ax.plot(strength, rate, "o", color=figures.BLUE, ms=3, alpha=0.7)
ax.set(
    xlabel="signal of a circle at the start", ylabel="share of the networks in which it survives", ylim=(-0.03, 1.03)
)
correlation = signal["correlation"]
figures.show(
    fig,
    "circles-finding",
    f"Survival rate of circles against their initial signal, {correlation['points']} points; the correlation is "
    f"{correlation['r']:.2f}.",
    f"{signal['embeddings']} embeddings, {signal['networks_of_each']} networks of each, $p={signal['p']}$: the correlation is "
    f"{correlation['r']:.2f} (95% {correlation['bootstrap_interval'][0]:.2f} to {correlation['bootstrap_interval'][1]:.2f}); the "
    f"paper has {entry(signal, 'r')['paper']}, with 50 networks of each embedding.",
    "Ding24 plots survival against the initial signal: Pearson 0.85.",
)

# %% [markdown]
# Everything that was measured on circles, study by study, beside the paper's numbers:

# %% tags=["hide"]
for name in dict.fromkeys(path.name.rsplit("-", 1)[0] for path in sorted(RESULTS.glob("ding24-*.json"))):
    display(Markdown(folded(stored(name))))

# %% [markdown]
# All of these are measurements under the protocol that each file states, at the scale named there, and nothing more.

# %% [markdown]
# The open problems of the list MAIS that these questions come from ask for more: gradient flow, and time to infinity. What was
# run for them, with protocols and raw rows, and what they ask for beside ours, is in `paper_notes/problems`.
