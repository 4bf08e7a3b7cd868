# %% [markdown]
# # Grokking watched through the account
# A plain PyTorch loop, half of the data, and one callback: what the network does before and after it generalises.

# %% [markdown]
# ## The run
#
# Nothing here is ours but the callback: a quadratic network $f(a,b)[c] = \sum_i (u_i(a) + v_i(b))^2\, w_i(c)$, AdamW with
# weight decay, half of the pairs. First it learns its half by heart; later it learns to add. `fm.watch` looks at it every
# 25 steps and writes down accuracy, margin over $\gamma^*$, the account of what is missing, purity and frequencies.

# %% tags=["hide"]
import matplotlib.pyplot as plt
import numpy as np

from paper_notes import figures

figures.use()

# %%
import torch
from torch import nn

import fourier_margin as fm

p, m, steps = 23, 96, 3000
torch.set_num_threads(1)
torch.manual_seed(0)
pairs = torch.cartesian_prod(torch.arange(p), torch.arange(p))
labels, rows = pairs.sum(dim=1) % p, nn.functional.one_hot(pairs, p).float().flatten(1)
order = torch.randperm(p * p)
train, test = order[: p * p // 2], order[p * p // 2 :]


class Quadratic(nn.Module):
    """One hidden layer without biases, activation t^2."""

    def __init__(self):
        super().__init__()
        self.hidden, self.out = nn.Linear(2 * p, m, bias=False), nn.Linear(m, p, bias=False)

    def forward(self, x):
        return self.out(self.hidden(x).square())


model = Quadratic()
optimiser = torch.optim.AdamW(model.parameters(), lr=0.005, weight_decay=1.0, betas=(0.9, 0.98))
watch, accuracies = fm.watch(model, p=p, every=25), []
for step in range(steps + 1):
    logits = model(rows)
    loss = nn.functional.cross_entropy(logits[train], labels[train])
    optimiser.zero_grad()
    loss.backward()
    if watch(step):
        right = (logits.argmax(dim=1) == labels).double()
        accuracies.append((step, float(right[train].mean()), float(right[test].mean())))
    optimiser.step()

print(watch.latest)

# %% [markdown]
# ## Three curves
#
# Its own half is learned at once. The accuracy on the other pairs, the purity of the neurons and the margin take their time.

# %% tags=["hide"]
at, on_train, on_test = np.array(accuracies).T
margin = np.array([record["margin_over_gamma"] for record in watch.records])
purity = np.array([record["purity"] for record in watch.records])
explained = np.array([record["explained"] for record in watch.records])
used = np.array([len(record["components"]) for record in watch.records])
fig, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3.1))
left.plot(at, on_train, color=figures.BLUE, label="pairs trained on")
left.plot(at, on_test, "--", color=figures.ORANGE, label="other pairs")
left.set(xlabel="step", ylabel="accuracy")
left.legend(fontsize=8, loc="lower right")
right.plot(at, margin, color=figures.RED, label=r"margin / $\gamma^*$, all pairs")
right.plot(at, purity, "--", color=figures.GREEN, label="purity, by mass")
right.plot(at, explained, ":", color=figures.PURPLE, label="logits at the wanted frequencies")
right.axhline(0, color=figures.INK, linewidth=0.6)
right.set(xlabel="step", ylim=(-1, 1.05))
right.legend(fontsize=8, loc="lower right")
figures.show(
    fig,
    "grokking-curves",
    "Accuracy on trained pairs rises to 1 long before accuracy on other pairs; margin over gamma*, purity and the share of "
    "the logits at the wanted frequencies rise with the latter.",
    f"$p={p}$, {m} neurons. The least margin over all pairs is negative as long as one answer is wrong; at the end it is "
    f"{margin[-1]:.2f} of $\\gamma^*$, the purity {purity[-1]:.2f}, and {used[-1]} of {p // 2} frequencies are in use.",
)

# %% [markdown]
# ## Where the margin is, at each look
#
# The account splits what is missing from $\gamma^*$ exactly (see *Where the margin goes*). Learning to add is, inside the
# neurons, *concentration*: one frequency instead of many. It falls all the way, long before the last answer is right. What
# is left at the end is *spread over the inputs*: some pairs are right by far more than others, because the logits hold more
# than functions of $a + b - c$; the products of waves beside the wanted ones do not all cancel.

# %% tags=["hide"]
names = list(watch.records[-1]["account"])
shown = [name for name in names if max(abs(record["account"][name]) for record in watch.records) > 0.02]
fig, ax = plt.subplots(figsize=(7.2, 3.4))
styles = ["-", "--", ":", "-.", (0, (5, 1)), (0, (1, 1))]
for name, colour, style in zip(shown, figures.colours(len(shown)), styles, strict=False):
    ax.plot(at, [record["account"][name] for record in watch.records], linestyle=style, color=colour, label=name)
ax.plot(at, margin, color=figures.INK, linewidth=2.4, label="margin")
ax.axhline(0, color=figures.INK, linewidth=0.6)
ax.set(xlabel="step", ylabel=r"in units of $\gamma^*$")
ax.legend(fontsize=8, ncols=2)
figures.show(
    fig,
    "grokking-account",
    "Losses of margin over the steps: concentration falls steadily towards zero, spread over the inputs and ties of wrong "
    "labels fall late and only in part, while the margin rises above zero.",
    "Margin and losses add up to 1 at every look: "
    + f"largest error {max(abs(r['margin_over_gamma'] + sum(r['account'].values()) - 1) for r in watch.records):.0e}.",
)

# %%
first, last = watch.records[0]["account"], watch.records[-1]["account"]
assert last["concentration"] < first["concentration"] / 3
assert max(last, key=last.get) == "spread over the inputs"

# %% [markdown]
# ## The finished network, in full
#
# The same callback works for ReLU networks and transformers; there it leaves out margin over $\gamma^*$ and account, since
# no theorem applies.

# %%
found = fm.diagnose(model, p=p)
print(found)
for table in found.inside.tables:
    print(
        f"{table.name}: rank {table.rank} holds 99% of its energy; {table.held:.3f} of its power at the frequencies in use"
    )
assert found.account is not None
