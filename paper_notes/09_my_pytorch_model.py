# %% [markdown]
# # My PyTorch model, to a verdict
# Plain PyTorch on one side, one call on the other: what a trained network is like, what it lacks, and what to do about it.

# %% [markdown]
# ## A model as one writes it
#
# One-hot inputs side by side, one hidden layer, squares, no biases, AdamW with weight decay. Nothing of this package.

# %%
import torch
from torch.nn.functional import cross_entropy, one_hot

p, m = 11, 64
a, b = (x.flatten() for x in torch.meshgrid(torch.arange(p), torch.arange(p), indexing="ij"))
inputs, labels = one_hot(torch.stack([a, b], dim=1), p).float().flatten(1), (a + b) % p


def train(activation, steps=1000, decay=0.5):
    """Two nn.Linear layers, trained on all inputs."""
    torch.manual_seed(0)
    first, second = torch.nn.Linear(2 * p, m, bias=False), torch.nn.Linear(m, p, bias=False)
    adam = torch.optim.AdamW([*first.parameters(), *second.parameters()], lr=0.01, weight_decay=decay)
    for _ in range(steps):
        loss = cross_entropy(second(activation(first(inputs))), labels)
        adam.zero_grad()
        loss.backward()
        adam.step()
    return first, second


first, second = train(torch.square)

# %% [markdown]
# ## One call
#
# The package thinks of weights as $u_{ij}(a)$, neuron $i$, input $j$, value $a$: shape $(m, k, p)$. The first layer's
# weight is $(m, kp)$, so one `reshape` does it. The second layer's is $(p, m)$, which is turned by itself. Parameters with
# gradients, half precision, a GPU's tensors: all are fine.

# %%
import fourier_margin as fm

found = fm.verify(first.weight.reshape(m, 2, p), second.weight, p=p, trained=True)
found

# %% [markdown]
# The first sentence says what the network *is like*: it answers every question, but weight decay on both layers is not the
# penalty of the theorem, and one thousand steps are not its limit. Neurons still mix frequencies, one of which is nearly
# gone. With `trained=True` the verdict is about what so large a margin *guarantees*, and that was found. Without it the
# question is whether the network has the maximum margin; it has not:

# %%
print(fm.verify(first.weight.reshape(m, 2, p), second.weight, p=p).verdict)

# %% tags=["hide"]
from paper_notes import figures

figures.use()
losses = found.account.losses()
figures.show(
    found.plot(),
    "my-model",
    "Two panels: the mass of each of five frequencies beside the ideal fifth, and a waterfall from gamma* down to the "
    "margin of the network with one bar for every inequality of the proof.",
    f"Left: how the norm is shared between frequencies (ticks: the theorem). Right: from $\\gamma^*$ to this network's "
    f"{found.account.margin:.2f} $\\gamma^*$; the largest loss is *{max(losses, key=lambda name: losses[name])}*.",
)

# %%
print(f"margin {found.account.margin:.3f}", *(f"{name} {loss:.3f}" for name, loss in losses.items()), sep=", ")
for check in found.checks:
    print(f"{check.status:8} {check.label}")

# %% [markdown]
# ## What the theorem's own objective gives
#
# The same task with the penalty $\lambda\|\theta\|_{2,3}^3$ instead, by the package's training:

# %%
best = fm.train(k=2, p=p, m=m, out=None)
print(best)
print(fm.verify(best, trained=True).sentence)

# %% [markdown]
# ## With ReLU no theorem applies
#
# The same model with ReLU. Accuracy, components, purity and phases are measured as before; there is no $\gamma^*$ to hold
# the margin against, and the answer says so.

# %%
first, second = train(torch.relu, steps=2000)
fm.verify(first.weight.reshape(m, 2, p), second.weight, p=p, activation="relu")

# %% [markdown]
# Had it been called quadratic by mistake, its accuracy as such would have been printed. And the commonest mistake of all,
# the memory of a transposed array under the name of the array, is found by trying:

# %%
import numpy as np

net = fm.construct(k=2, p=p)
scrambled = np.ascontiguousarray(net.w.T).reshape(net.w.shape)
wrong = fm.verify(net.u, scrambled, p=p)
assert not wrong.holds
print(wrong.sentence, *wrong.hints, sep="\n")

# %% [markdown]
# ## Any other model
#
# Biases, embeddings, transformers, a plain function: `fm.diagnose` takes the model itself and measures what needs no theorem.

# %%
model = torch.nn.Sequential(first, torch.nn.ReLU(), second)
print(fm.diagnose(model, k=2, p=p))

# %% [markdown]
# **Read on.** `fm.save(u, w, "mine.safetensors")` keeps a network for every command; `fourier-margin verify
# mine.safetensors --trained --html report.html` writes the page with neurons, spectra and phases;
# [where the margin goes](04_where_the_margin_goes.html) explains the account.
