# %% [markdown]
# # ReLU, recurrent, transformer
# The theorem is about neurons $t\mapsto t^k$. What of it is found in networks that people use, and what is not.

# %% tags=["hide"]
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown, display

from paper_notes import figures
from paper_notes.stored import origin, stored, verdicts

figures.use()

# %% [markdown]
# Three things hold of a maximum-margin power network: each neuron has **one frequency**, its vectors are **pure cosines**,
# and its **phases add up**. Nothing of this is proved for other networks. It is measured here, by the studies of
# `fourier-margin reproduce`, and each claim of the papers gets a verdict.
#
# ## ReLU: one frequency and phases that add up, but not a pure cosine
#
# A network of ReLU neurons can be written down without training: neuron $i$ has frequency $i$, random phases
# $\varphi_a, \varphi_b$, and $\varphi_{out}=\varphi_a+\varphi_b$. The phase relation alone makes it add:

# %%
from numerics.models.idealised import KINDS, accuracies, from_scratch

p, neurons, seeds = 31, 96, 10
for kind in KINDS:
    found, _ = accuracies([from_scratch(p, neurons, seed, kind) for seed in range(seeds)])
    print(f"{kind}: {found.mean():.3f} of all pairs right, mean of {seeds} seeds (p = {p}, {neurons} neurons)")
assert found.mean() > 0.5

# %% [markdown]
# And without it, nothing is left: the same networks with an output phase drawn afresh.

# %%
from numerics.models.idealised import idealised

fresh = []
for seed in range(seeds):
    phases = np.random.default_rng(seed).uniform(-0.5, 0.5, (3, neurons))
    fresh.append(idealised(p, np.arange(neurons), list(phases), "Cos->Cos"))
broken = accuracies(fresh)[0].mean()
print(f"Cos->Cos with unrelated output phases: {broken:.3f}; chance is {1 / p:.3f}")
assert broken < 0.2

# %% [markdown]
# Swaroop26 tabulates such networks, with square waves for cosines, at p = 97. All nine of its widths, 40 seeds each; the
# crosses are the paper's printed means at three of them.

# %% tags=["hide"]
table = stored("swaroop26-table1")
fig, ax = plt.subplots(figsize=(6.4, 3.4))
for kind, colour, marker in zip(KINDS, (figures.BLUE, figures.ORANGE, figures.RED), "osD", strict=True):
    rows = [row for row in table["rows"] if row["kind"] == kind]
    m = [row["m"] for row in rows]
    ax.errorbar(m, [row["mean"] for row in rows], [row["sd"] for row in rows], color=colour, marker=marker, ms=4,
                capsize=3, label=kind.replace("->", " → "))  # fmt: skip
    printed = [(row["m"], row["paper"][0] if isinstance(row["paper"], list) else row["paper"]) for row in rows
               if row["paper"] is not None]  # fmt: skip
    ax.plot(*zip(*printed, strict=True), "x", color=figures.INK, ms=8)
ax.set(xscale="log", xlabel="neurons", ylabel=f"accuracy on all ${table['p']}^2$ pairs")
ax.set_xticks(m, [str(each) for each in m])
ax.minorticks_off()
ax.legend()
largest = max(abs(row["z"]) for row in table["rows"] if row["z"] is not None)
figures.show(
    fig,
    "swaroop-table",
    "Accuracy of idealised networks against width for three kinds; square waves in and cosines out is best up to 384 "
    "neurons; the paper's printed means lie on the curves.",
    f"Idealised networks, mean and standard deviation over {table['seeds']} seeds. The paper's nine printed cells lie within "
    f"{largest:.1f} combined standard errors of ours.",
    "Swaroop26's Table 1 lists these accuracies for nine widths.",
)

# %% [markdown]
# Are *trained* ReLU neurons square waves? With the paper's settings, at three levels of label noise:

# %% tags=["hide"]
trained = stored("swaroop26-trained")
display(Markdown(verdicts(trained)))
display(Markdown(f"{origin(trained)} [Figure](gallery.html#swaroop26-trained-cpu)."))

# %% [markdown]
# Morwani23 trains ReLU networks too, with an $L_2$ penalty, and finds their power less concentrated than that of the
# quadratic network:

# %% tags=["hide"]
relu = stored("morwani23-relu")
display(Markdown(verdicts(relu)))
display(Markdown(f"{origin(relu)} [Figure](gallery.html#morwani23-relu-cpu)."))

# %% [markdown]
# ## Recurrent: a few frequencies; rank two for each in some seeds, and no pair that is one frequency
#
# Rangamani25 trains one recurrent network on the tokens a, b, =. Its paper's settings are not known to us; every setting
# here is ours. The set of frequencies depends on the seed, so what is compared is the structure.

# %% tags=["hide"]
rnn = stored("rangamani25")
display(Markdown(verdicts(rnn)))
display(Markdown(f"{origin(rnn)} [Figure](gallery.html#rangamani25-cpu)."))

# %% [markdown]
# ## Attention: two-dimensional cosines under our settings, none under the paper's
#
# Li24 shows one-layer transformers in which the matrix of a head's scores, symbol by symbol, is a plane wave
# $\cos 2\pi(\varphi+(\zeta a+\eta b)/p)$. How often? A head is *one-peaked* when one pair of frequencies $\pm(\zeta,\eta)$
# holds more than half of the power, far beyond what a matrix without structure shows.

# %% tags=["hide"]
heads = stored("li24-fig9")
display(Markdown(verdicts(heads)))
display(Markdown(f"{origin(heads)} [Figure](gallery.html#li24-fig9-cpu)."))

# %% [markdown]
# Li24 also reports that grokking weakens as k grows, on tables of about equal size. One thing grows with k all by itself:
# a random half of *symmetric* inputs gives away most of the other half, because the sum does not mind the order of its
# terms. The expected share of test inputs of which some reordering was trained on:

# %%
from numerics.analysis.permuted_inputs import expected_given_away

for k, modulus in ((2, 97), (3, 31), (4, 11), (5, 5)):
    print(f"k = {k}, p = {modulus}: {float(expected_given_away(k, modulus)):.3f}")

# %% tags=["hide"]
grokking = stored("li24-fig4")
display(Markdown(verdicts(grokking)))
display(Markdown(f"{origin(grokking)} [Figure](gallery.html#li24-fig4-cpu)."))

# %% [markdown]
# ## What carries over
#
# | | power $t^k$ | ReLU | recurrent | attention |
# |---|---|---|---|---|
# | a closed form of the margin | theorem | no | no | no |
# | one frequency in each neuron or head | theorem | in 9 of 10 neurons | no: singular pairs mix | in 27 of 32 heads, in none under the paper's settings |
# | a pure cosine | theorem | no: overtones | no: overtones in $W_{fc}$ | as above |
# | phases add up | theorem | without label noise; partly with it | roughly: a relative error of 0.12, the paper's is at most 0.01 | not asked |
# | every frequency is used | theorem | no | no: a few | not asked |
