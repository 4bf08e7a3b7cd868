# %% [markdown]
# # A group of your own, from its table to a verdict
# Symmetries of a square, numbered as one likes: its maximum margin, a network that attains it, and one trained from scratch.

# %% [markdown]
# ## The table
#
# A group is its multiplication table: row $a$, column $b$ holds the number of $ab$. Here are the eight symmetries of a
# square as permutations of its corners, numbered in the order in which they are found.

# %%
import itertools

import numpy as np

import fourier_margin as fm

square = {(0, 1), (1, 2), (2, 3), (3, 0)}
symmetries = [
    s
    for s in itertools.permutations(range(4))
    if {(s[a], s[b]) for a, b in square} in (square, {(b, a) for a, b in square})
]
number = {s: i for i, s in enumerate(symmetries)}
table = [[number[tuple(s[t[x]] for x in range(4))] for t in symmetries] for s in symmetries]
print(np.array(table))

# %% [markdown]
# A table that is no group's is refused, with the entry at fault:

# %%
broken = np.array(table)
broken[2, 3] = broken[2, 4]
try:
    fm.max_margin(k=2, group=broken)
except fm.InputError as error:
    print(error)

# %% [markdown]
# ## Its maximum margin
#
# Whatever the numbering, it is that of the dihedral group $D_4$ (Ours: every finite group):

# %%
margin = fm.max_margin(k=2, group=table)
assert margin.exact == fm.max_margin(k=2, group="D4").exact
print(margin)
print("masses:", ", ".join(f"{name} {mass}" for name, mass in margin.masses.items() if mass))

# %% [markdown]
# ## A network that attains it
#
# `fm.save` puts the table into the file, so the numbers of rows mean the same to everyone who reads it.

# %%
net = fm.construct(k=2, group=table)
answer = fm.verify(net.u, net.w, group=table)
assert answer.holds
answer

# %% [markdown]
# The same weights under another group's table are another network, and a wrong one:

# %%
other = fm.verify(net.u, net.w, group="C2xC4")
assert not other.holds
print(other.sentence)

# %% [markdown]
# ## One trained from random weights

# %%
trained = fm.train(k=2, group=table, seed=1)
assert trained.holds
print(trained)

# %% tags=["hide"]
from paper_notes import figures

figures.use()
found = trained.verification
used = found.examination.overview
figures.show(
    found.plot(),
    "own-group",
    "Two panels: the mass of each representation of the square's group beside the predicted one, and bars of what each "
    "inequality still costs.",
    f"Left: masses of the real irreducible representations of a trained network; ticks are the theorem's, and "
    f"{len(used.used)} of {len(used.needed)} carry theirs. Right: what is still lost, on a logarithmic scale.",
)

# %% [markdown]
# **Read on.** [Every finite group, and parity](05_groups_and_parity.html) has the theory; `fourier-margin train --k 2
# --group ./mine.json` takes the table from a JSON file.
