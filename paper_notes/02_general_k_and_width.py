# %% [markdown]
# # General k, and how wide
# Why $(k+1)\,2^{k-2}(p-1)$ neurons are enough for every $k$, and why, up to $k=6$, fewer are not.

# %% [markdown]
# ## The margin for every $k$ and every modulus
#
# $$\gamma^*(k,p) = \frac{2\,k!}{(2k+2)^{(k+1)/2}\,p^{(k-1)/2}\,(p-1)} \quad (p \text{ odd}),$$
#
# $$\gamma^*(k,p) = \frac{2\,k!}{(2k+2)^{(k+1)/2}\,p^{(k-1)/2}\,(p-2+2^{-(k-1)/2})} \quad (p \text{ even}).$$
#
# The first is Li24 Theorem 4.1.1; oddness is all that its proof uses. The second is ours: at even $p$ the neuron
# $a \mapsto (-1)^a$ has no twin at $-\zeta$ and is worth $2^{(k-1)/2}$ others, so the printed formula is too small.

# %% tags=["hide"]
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown, display

from paper_notes import figures

figures.use()

# %%
from theory.margin import max_margin_float, printed_margin

moduli = {"odd": range(3, 32, 2), "even": range(4, 32, 2)}
fig, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.2))
for k, colour, marker in zip((1, 2, 3, 4, 5), figures.PALETTE, "osD^v", strict=False):
    both = range(3, 32)
    left.loglog(
        both, [max_margin_float(k, p) for p in both], color=colour, marker=marker, markersize=3, label=f"k = {k}"
    )
    ratio = [max_margin_float(k, p) / float(printed_margin(k, p)) for p in moduli["even"]]
    right.plot(moduli["even"], ratio, color=colour, marker=marker, markersize=3)
left.set(xlabel="modulus p", ylabel=r"$\gamma^*(k,p)$", title="maximum margin")
left.set_xticks([3, 5, 10, 20, 30], ["3", "5", "10", "20", "30"])
left.minorticks_off()
left.legend(fontsize=8)
right.axhline(1, color=figures.INK, linewidth=0.8)
right.set(xlabel="even modulus p", ylabel=r"$\gamma^*$ / the odd formula", title="even moduli gain")
figures.show(
    fig,
    "width-margins",
    "Left: margins for k from 1 to 5 fall with p like powers, steeper for larger k. Right: at even p the true margin "
    "exceeds the odd formula, by up to a third at p = 4, less at larger p.",
    "Left: the exact margin, small teeth included: even moduli lie a little higher. Right: by how much.",
)

# %% [markdown]
# ## Two sums make a network
#
# For one frequency, take every sign vector $s \in \{\pm1\}^k$ with $s_1 = 1$ and every $t = \pi j/(k+1)$, $j=0..k$:
#
# $$u_i(a) = s_i\cos(t + 2\pi\zeta a/p), \qquad w(c) = \Bigl(\prod_i s_i\Bigr)\cos(kt + 2\pi\zeta c/p).$$
#
# *Signs.* $\sum_s \bigl(\prod s\bigr)\bigl(\sum_i s_i x_i\bigr)^k = k!\,2^{k-1} x_1 \cdots x_k$: every other monomial
# cancels (Li24 Identity G.1). *Shifts.* $\prod_i \cos(t+\alpha_i)\cos(kt+\gamma)$ is a sum of waves $e^{2 i n t}$, and
# $k+1$ equally spaced $t$ leave only $n = 0$: the cosine of $\alpha_1+\dots+\alpha_k-\gamma$. That is
# $(k+1)\,2^{k-1}$ neurons for each of the $(p-1)/2$ frequencies. Li24 asks for $2^{2k-1}$.

# %%
from theory.certificates.store import stored_bound
from theory.construction import construct
from theory.core.optimality import decide

rows = ["| k | Li24 | ours | proved necessary | exact check at p = 13 |", "|---|---:|---:|---:|---|"]
for k in range(1, 7):
    bound = stored_bound(k)  # re-checked from scratch, in whole numbers
    optimal = decide(construct(k, 13)).optimal if k <= 5 else None
    verdict = {True: "maximum-margin", None: "not run here"}[optimal]
    rows.append(f"| {k} | {2 ** (2 * k - 1)} | {(k + 1) * 2**k // 2} | {bound.neurons_per_frequency} | {verdict} |")
display(Markdown("\n".join(["Neurons for each frequency:", "", *rows])))

# %% [markdown]
# Necessary is meant for every frequency whose order exceeds $k$ (even orders: $2k$); those are all of them if $p$ is odd and
# has no prime factor up to $k$. Up to $k=6$ the last two numbers agree, so the width is then exact. For every $k$ at least
# $3\cdot 2^{k-1}$ are necessary (a theorem); that $(k+1)2^{k-1}$ are is a conjecture. At $k=2$ the designs of six points are two
# families: each sign class an orbit of its own, or three pairs whose common value moves by a third of a turn.

# %% tags=["hide"]
from fractions import Fraction

from theory.construction import li24_design, minimal_design
from theory.six_points import second_family

fig, axes = plt.subplots(1, 3, figsize=(7.2, 2.9), sharey=True)
shifts = [Fraction(1, 20), Fraction(3, 20), Fraction(7, 20)]
designs = {
    "Li24: 8 neurons": li24_design(2),
    "ours: 6 neurons": minimal_design(2),
    "the other family of 6": second_family(Fraction(1, 10), shifts),
}
for ax, (name, design) in zip(axes, designs.items(), strict=True):
    points = np.array([[float(t) for t in neuron.phases] for neuron in design])
    ax.scatter(*points.T, s=70, color=figures.BLUE, zorder=3)
    # (t1, t2) and (t1 + 1/2, t2 + 1/2) are one function; show the twin too.
    ax.scatter(*((points + 0.5) % 1).T, s=70, facecolors="none", edgecolors=figures.BLUE, zorder=3)
    ax.set(xlim=(-0.06, 1.06), ylim=(-0.06, 1.06), aspect="equal", xlabel="phase $t_1$ (turns)", title=name)
axes[0].set_ylabel("phase $t_2$ (turns)")
figures.show(
    fig,
    "width-designs",
    "Three squares with the phases of the neurons of one frequency at k = 2: eight points on a quarter-turn grid for "
    "Li24, six points on two slanted lines for ours, six points of the other family.",
    "The phases of one frequency's neurons, $k=2$. Hollow: the same function with all signs flipped. All designs "
    "have the same unwanted moments: none.",
)

# %% [markdown]
# ## Why fewer are not enough
#
# Optimality at one frequency is a statement about moments $M(m)=\sum_r q_r e^{i m\cdot t_r}$ of the phases: the unwanted
# ones vanish. Take a trigonometric polynomial $B = \sum_m b_m e^{i m\cdot t} \ge 0$ with mean 1 whose other coefficients
# sit on unwanted moments. Then
#
# $$1 = \sum_m b_m |M(m)|^2 = \sum_{r,s} q_r q_s B(t_r - t_s) \ge B(0) \sum_r q_r^2 \ge B(0)/N.$$
#
# So $N \ge B(0)$. Any $B$ is a proof; the stored ones are sums of squares in whole numbers, so that $B \ge 0$ is evident.

# %%
H = [(0, 0), (2, 0), (1, 1), (1, -1), (3, 1), (2, 2)]
grid = np.linspace(-0.5, 0.5, 161)
t1, t2 = np.meshgrid(grid, grid)
B = np.abs(sum(np.exp(2j * np.pi * (x * t1 + y * t2)) for x, y in H)) ** 2 / 6

fig, ax = plt.subplots(figsize=(4.9, 3.8))
image = ax.pcolormesh(t1, t2, B, cmap="cividis", shading="gouraud", rasterized=True)
ax.set(xlabel="$t_1$ (turns)", ylabel="$t_2$ (turns)", aspect="equal", title="$B(t)$, mean 1")
colourbar = fig.colorbar(image, ax=ax, ticks=[0, 1, 2, 3, 4, 5, 6])
colourbar.outline.set_visible(False)
figures.show(
    fig,
    "width-certificate",
    "A heat map on the torus: never negative, with a tall peak of height 6 at the origin and another at the half-turn "
    "point.",
    f"The certificate at $k=2$: never negative (least value on the grid {B.min():.1g}), mean 1, height 6 at $t=0$. "
    "Hence six neurons.",
)

# %% [markdown]
# ## Below the width
#
# One neuron too few, and the maximum is out of reach. How far? The curves are numerical: the best of many
# optimisations. Each value is attained; none is proved to be best. (Read from a stored table; making it takes minutes.)

# %%
from theory.narrow_margins import margin_table
from theory.width import width

fig, ax = plt.subplots(figsize=(6.4, 3.4))
for ((k, p), ratios), colour, marker in zip(margin_table().items(), figures.PALETTE, "osD^", strict=False):
    ax.plot(list(ratios), list(ratios.values()), color=colour, marker=marker, markersize=4, label=f"k = {k}, p = {p}")
    enough = width(k, p).best_known
    ax.plot([enough], [1], marker="*", markersize=13, color=colour)
ax.axhline(1, color=figures.FAINT, linewidth=0.8)
ax.set(xlabel="neurons", ylabel=r"best known margin / $\gamma^*$", title="narrow networks")
ax.set_xticks(range(1, 19))
ax.legend(fontsize=8)
figures.show(
    fig,
    "width-narrow",
    "Four rising curves of the best known margin against width, each reaching one exactly at the least sufficient width, "
    "marked by a star: 6, 12, 18 and 9 neurons.",
    "The margin that narrow networks reach. A star marks the least width that suffices. At $k=3$, $p=3$ exponents "
    "coincide modulo 3, and 9 neurons do instead of 16.",
)

# %% [markdown]
# ## What a random start needs
#
# Neurons with random weights choose their frequencies by themselves, and keep them. At least $(k+1)\,2^{k-1}$ must come
# to each frequency, so a start that leaves one with fewer is lost before it has begun. Is that also the only way to fail?
# Here every seed goes on to the end (descent with every weight free, then a polish in its own frequencies), starved or
# not; it has failed below $0.999\,\gamma^*$.

# %% tags=["hide"]
from IPython.display import Markdown, display

from paper_notes.stored import origin, stored, verdicts, words

starved = stored("starved-frequencies", "full")
rows = ["| $(k, p, m)$ | starved at the start: failed | not starved: failed |", "|---|---:|---:|"]
for entry in starved["groups"]:
    table = entry["table"]
    rows.append(f"| ({entry['k']}, {entry['p']}, {entry['m']}) | {words(table['starved'])} | {words(table['fed'])} |")
display(Markdown("\n".join(rows)))
display(Markdown(f"Exact 95% intervals. [Figure](gallery.html#starved-frequencies-full). {origin(starved)}"))

# %% [markdown]
# In the start neurons do not see each other, and at prime $p$ every frequency is equally likely by symmetry. So the width
# at which 99% of seeds feed every frequency is a coupon collector's: $(p-1)/2$ kinds of coupon, $(k+1)\,2^{k-1}$ of each.

# %% tags=["hide"]
law = stored("width-law")
rows = [
    "| $k$ | $p$ | measured (95% interval) | collector | over $p-1$ | least width |",
    "|---:|---:|---|---:|---:|---:|",
]
for row in law["rows"]:
    low, high = ("-" if end is None else end for end in row["measured"]["interval"])
    over = row["measured"]["value"] / (row["p"] - 1)
    rows.append(
        f"| {row['k']} | {row['p']} | {row['measured']['value']} ({low} to {high}) | {row['predicted']} | {over:.1f} | "
        f"{row['needed'] * (row['p'] - 1) // 2} |"
    )
display(Markdown("\n".join(rows)))
display(Markdown(verdicts(law)))
display(Markdown(f"1000 seeds each. [Figure](gallery.html#width-law-cpu). {origin(law)}"))

# %% [markdown]
# **Read on.** [The explorer](explorer.html) shows every network up to $k=5$, $p=31$.
# [Theory against training](03_theory_against_training.html).
