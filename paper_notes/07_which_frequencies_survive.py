# %% [markdown]
# # Which frequencies survive
# Theory says that an optimal network uses every frequency. Trained networks often use a few. Which ones, and how many?

# %% tags=["hide"]
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown, display

from paper_notes import figures
from paper_notes.stored import RESULTS, origin, stored, verdicts

figures.use()

# %% [markdown]
# The question is about a distribution over random seeds, so one run says little. Here hundreds or thousands of small
# networks are trained as one tensor program; member i of a batch ends where the same seed would have ended alone.
#
# ## A hundred seeds while you wait
#
# $C_5$ has two pairs of conjugate characters, 1 and 2. A network with two neurons $(u+v)^2 w$ and no penalty is trained on
# the whole table of addition modulo 5. Its *key set* $K_{.005}$ holds the frequencies with at least half a percent of the
# norm of the logits, which are centred over the classes first.

# %%
from collections import Counter

from numerics.selection.intervals import exact
from numerics.sweeps.plan import plan_of

# a larger rate than the pilot's, to be faster
(cell,) = plan_of({"group": "C5", "width": 2, "seeds": 100, "updates": 600, "rate": 1e-2, "tolerance": 0}).cells
rows = cell.run().rows
tally = Counter(row["key_set"] for row in rows)
for names, count in sorted(tally.items()):
    ends = exact(count, cell.seeds)
    print(f"key set {{{', '.join(names)}}}: {count} of {cell.seeds}, 95% {ends.low:.2f} to {ends.high:.2f}")
print(f"{sum(row['accuracy'] == 1 for row in rows)} of {cell.seeds} answer all 25 inputs")

# %% [markdown]
# Both frequencies are equally likely by symmetry: multiplying all inputs and outputs by 2 exchanges them, and neither the
# initial distribution nor Adam notices. What symmetry cannot say is how often both survive.
#
# ## The pilot
#
# A problem posed for this field (MAIS-O61) fixes an experiment: $C_5$ and $S_3$, $x^2$ and ReLU, 2 and 8 neurons, penalty
# $\lambda\|\theta\|^2$ with three values of $\lambda$, 100 seeds each, at most 20,000 updates, all in float64. It records no
# run. This is one.

# %% tags=["hide"]
pilot = stored("mais-pilot")
ACTIVATION = {"power": "$x^2$", "relu": "ReLU"}
rows = [
    "| network | converged | solved | key sets, exact 95% intervals | pure | same |",
    "|---|---:|---:|---|---:|---:|",
]
for row in pilot["rows"]:
    sets = "<br>".join(
        f"{{{', '.join(entry['set'])}}} {entry['count']} ({entry['interval'][0]:.2f} to {entry['interval'][1]:.2f})"
        for entry in row["key_sets"]
    )
    low, high = row["same_component"]["interval"]
    rows.append(
        f"| {row['group']}, {ACTIVATION[row['activation']]}, $m={row['m']}$,<br>$\\lambda={row['lambda']:g}$ | "
        f"{row['converged']['count']} | {row['solved']['count']} | {sets} | {row['multiplicity']:.2f} | "
        f"{row['same_component']['count']}<br>({low:.2f} to {high:.2f}) |"
    )
display(Markdown("\n".join(rows)))
display(
    Markdown(
        f"{pilot['networks']} networks, {pilot['updates']:,} updates, {pilot['processor_seconds'] / 60:.0f} minutes of one "
        f"processor. Counts are of 100 seeds. {origin(pilot)}"
    )
)

# %% [markdown]
# A seed *solves* the task when all its answers are right. *Pure*: the fraction of neurons of which at least 95% of the
# centred energy lies in one isotypic component. *Same*: seeds whose neurons
# are all pure for one component. A network that did not meet the rule of convergence is counted, not dropped. The final weights are in
# `paper_notes/results`, in float32.

# %% tags=["hide"]
chosen = [row for row in pilot["rows"] if (row["group"], row["m"]) == ("C5", 2)]
fig, ax = plt.subplots(figsize=(6.4, 2.6))
for i, row in enumerate(chosen):
    share, (low, high) = row["same_component"]["share"], row["same_component"]["interval"]
    power = row["activation"] == "power"
    ax.errorbar(share, i, xerr=[[share - low], [high - share]], fmt="o" if power else "s", capsize=3,
                color=figures.BLUE if power else figures.RED)  # fmt: skip
ax.set_yticks(
    range(len(chosen)), [f"{ACTIVATION[row['activation']]}, $\\lambda$ = {row['lambda']:g}" for row in chosen]
)
ax.invert_yaxis()
ax.set(xlim=(-0.03, 1.03), xlabel="share of seeds whose two neurons end pure for the same frequency")
figures.show(
    fig,
    "pilot-same-frequency",
    "Share of 100 seeds of C5 at width 2 whose two neurons end pure for one and the same frequency, with exact 95% "
    "intervals, for both activations and three penalties: "
    + "; ".join(
        f"{row['activation']}, lambda {row['lambda']:g}: {row['same_component']['share']:.2f}" for row in chosen
    )
    + ".",
    "$C_5$ with two neurons: how often both end pure for the same frequency. 100 seeds each, exact 95% intervals.",
)

# %% [markdown]
# ## Is every set of frequencies equally likely?
#
# At fixed size $k$, are all $k$-sets of frequencies equally likely? For prime p, multiplication by a unit permutes the
# frequencies and leaves the law of the run unchanged, so sets in one orbit of the units are equally likely *by symmetry*:
# for $C_7$ that is all there is, and the experiment tests the code. For $C_{11}$ the 2-sets and the 3-sets form two orbits
# each, and only an experiment can compare them.

# %% tags=["hide"]
law = stored("frequency-law")
display(Markdown(verdicts(law)))
display(
    Markdown(
        "The p-values are simulated and corrected for the number of sizes (Holm). "
        f"{origin(law)} [Figure](gallery.html#frequency-law-cpu)."
    )
)

# %% [markdown]
# ## How many frequencies, and which representations

# %% tags=["hide"]
counts = stored("spectral-count")
p = np.array([row["p"] for row in counts["rows"]])
mean = np.array([row["count"]["mean"] for row in counts["rows"]])
ends = np.array([row["count"]["interval"] or [np.nan] * 2 for row in counts["rows"]])  # none where all seeds agree
fig, ax = plt.subplots(figsize=(6.4, 3.2))
ax.errorbar(
    p, mean, yerr=[mean - ends[:, 0], ends[:, 1] - mean], fmt="o-", color=figures.BLUE, capsize=3, label="measured"
)
ax.plot(p, (p - 1) / 2, ":", color=figures.FAINT, label="all $(p-1)/2$ frequencies")
ax.set(xscale="log", yscale="log", xlabel="p", ylabel="frequencies that hold 95%")
ax.set_xticks(p, [str(each) for each in p])
ax.minorticks_off()
ax.legend()
figures.show(
    fig,
    "spectral-count",
    "Mean number of frequencies that hold 95% of the logits' energy against p: "
    + ", ".join(f"{each}: {value:.1f}" for each, value in zip(p, mean, strict=True))
    + ".",
    "ReLU networks with $4p$ neurons: the number of frequencies $N_{.05}$ against $p$, with 95% intervals over "
    f"{min(row['seeds'] for row in counts['rows'])} to {max(row['seeds'] for row in counts['rows'])} seeds.",
)
many = stored("multiplicities")
display(Markdown(verdicts(counts)))
display(Markdown(verdicts(many)))
display(Markdown(f"{origin(counts)} {origin(many)}"))

# %% [markdown]
# None of these two settles a problem of the list. MAIS-O52 asks for gradient flow to $t \to \infty$ at each $p$, MAIS-O53
# and O54 for $x^2$, *no* penalty, gradient flow to $t \to \infty$, and then the width to infinity; they fix no width, and
# 128 is our choice. What is above has a penalty, one width and a limited number of updates of Adam.
#
# ## What is known of the other problems of the list
#
# * **MAIS-O60** (does one ReLU neuron align to one frequency almost surely?) was resolved in the negative on 1 August 2026
#   (G. N. Memana; strengthened by GPT-5.6 Sol): with positive probability the neuron dies, and with positive probability
#   it memorises one entry of the table while its norm diverges; both limits have a flat spectrum.
# * **MAIS-O92** is its successor: with what probabilities does one ReLU neuron under gradient flow die, memorise or align,
#   from a Gaussian start of scale $\tau$, over $p$; and does alignment hold almost surely for softplus?
# * **MAIS-O62** (least width of an exact fit): the list has a progress report with $H \ge (3p-1)/2$ for every odd $p$, and
#   4 neurons for $p = 3$ (I. Shi, August 2026).
#
# ## Ding24's circles
#
# In a network with a trained embedding of the p symbols, the embedding's Fourier modes are circles. Ding24 watch them
# compete: a few survive. What was measured here, beside the paper's numbers:

# %% tags=["hide"]
for name in sorted(path.name.removesuffix("-cpu.json") for path in RESULTS.glob("ding24-*-cpu.json")):
    study = stored(name)
    display(Markdown(f"**{study['title']}** ([figure](gallery.html#{name}-cpu))"))
    display(Markdown(verdicts(study)))
    display(Markdown(origin(study)))

# %% [markdown]
# All of these are measurements under the protocol that each file states, at the scale named there, and nothing more.
