# %% [markdown]
# # A clock inside the network
# Why networks that learn to add turn into clocks, which clock is the best, and the proof: from two hands to the theorem.

# %% [markdown] tags=["symbols"]
# - $p$: the modulus: how many numbers the clock has
# - $k$: how many numbers are added (two in the pictures of this note)
# - $m$: how many neurons the hidden layer has
# - $a$: the first number to add
# - $b$: the second number to add
# - $c$: an output, one for each possible answer
# - $i$: counts the neurons
# - $u$: the weights of a neuron on the first input, one for each of its $p$ values
# - $v$: the weights of a neuron on the second input
# - $w$: the weights from a neuron to the $p$ outputs
# - $f$: the network: its inputs in round brackets, the output in square ones
# - $\zeta$: a frequency: how often a wave goes round while its argument runs through the $p$ values
# - $\theta$: all weights of the network together
# - $\theta_i$: all weights of neuron $i$
# - $\gamma^*$: the largest margin that any network of norm 1 can have
# - $t$: a phase, in turns: where on its wave a cosine begins

# %% tags=["hide"]
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown, display

from paper_notes import figures, story

figures.use()

# %% [markdown]
# ## First by heart, then for good
#
# Take the 529 sums $a+b$ modulo 23. Show a small network half of them, and test it on the others.

# %% tags=["hide"]
import torch
from torch import nn

p, neurons, steps, every = 23, 96, 3000, 25
torch.set_num_threads(1)
torch.manual_seed(0)
pairs = torch.cartesian_prod(torch.arange(p), torch.arange(p))
labels, rows = pairs.sum(dim=1) % p, nn.functional.one_hot(pairs, p).float().flatten(1)
order = torch.randperm(p * p)
train, test = order[: p * p // 2], order[p * p // 2 :]
first, second = nn.Linear(2 * p, neurons, bias=False), nn.Linear(neurons, p, bias=False)
adam = torch.optim.AdamW([first.weight, second.weight], lr=0.005, weight_decay=1.0, betas=(0.9, 0.98))
seen = []
for step in range(steps + 1):
    logits = second(first(rows).square())
    if step % every == 0:
        right = (logits.argmax(dim=1) == labels).double()
        seen.append((step, float(right[train].mean()), float(right[test].mean())))
    adam.zero_grad()
    nn.functional.cross_entropy(logits[train], labels[train]).backward()
    adam.step()
at, on_train, on_test = np.array(seen).T
learned = int(at[np.argmax(on_train > 0.99)])
understood = int(at[np.argmax(on_test > 0.99)])
assert on_train[-1] == 1 and on_test[-1] > 0.99 and understood > learned

# %% tags=["hide"]
fig, ax = plt.subplots(figsize=(6.4, 2.9))
ax.plot(at, on_train, color=figures.BLUE, label="sums that it was shown")
ax.plot(at, on_test, "--", color=figures.ORANGE, label="sums that it never saw")
ax.set(xlabel="training step", ylabel="share of right answers", ylim=(0, 1.05))
ax.legend(loc="lower right")
figures.show(
    fig,
    "clock-grokking",
    f"Two curves of accuracy against training steps: on the sums shown it passes 99% by step {learned}, on the others only "
    f"by step {understood}.",
    f"By step {learned} the network knows its half by heart. The sums that it never saw come right much later, by step "
    f"{understood}: it has *grokked* addition. ($p=23$, {neurons} neurons, AdamW with weight decay, one seed.)",
)

# %% [markdown]
# The delay is called grokking, and it is why people began to open such networks up. What was found inside
# this one, and in others that add, are waves. This note says why: among all networks, those that answer with the largest
# margin are made of waves, and of nothing else. [The last note](11_grokking_through_the_account.html) watches this run from inside.

# %% [markdown]
# ## Two hands add
#
# Addition modulo $p$ is what a clock does. Turn a hand by $a$ hours, then by $b$ more: it points at $a+b$, and full turns are
# forgotten. To add on a clock is to add *angles*.

# %% tags=["hide"]
from IPython.display import HTML

display(
    HTML('<div class="play" data-play="clock" data-p="12"><p>A clock to turn stands here where scripts run.</p></div>')
)

# %% [markdown]
# ## A trained neuron is a hand
#
# The network of this project has one hidden layer. Neuron $i$ looks up a weight $u_i(a)$ for the first number and $v_i(b)$ for
# the second, squares their sum, and votes for the answer $c$ with weight $w_i(c)$:
#
# $$f(a,b)[c] = \sum_{i=1}^{m} \bigl(u_i(a) + v_i(b)\bigr)^2\, w_i(c).$$
#
# Nothing in it knows of a clock: $u_i$, $v_i$, $w_i$ are lists of $p$ free numbers, random at first. Train it on all sums,
# take two of its neurons, and plot the weight that the one has for an input against the weight that the other has:

# %% tags=["hide"]
result, spectrum = story.trained()
fig, (circle, wave) = plt.subplots(1, 2, figsize=(7.4, 3.4), width_ratios=[1, 1.35])
story.clock(circle)
circle.set_title("the clock, in two neurons")
story.neuron(wave)
wave.set_title("one neuron alone")
figures.show(
    fig,
    "clock-found",
    "Left: the 23 inputs stand round a circle, in steps of two twenty-thirds of a turn, with a hand at the input 1. Right: "
    "the weights of one trained neuron lie on three cosines of equal height.",
    f"Trained from random weights. Left: the input $a$ at the point (weight in one neuron, weight in another): a clock, whose "
    f"hand goes round {story.SHOWN_FREQUENCY} times while $a$ runs through the {story.P} numbers. Right: one neuron sees the "
    "clock's shadow, a cosine; so do its weights for the second input and for the output.",
    "Li24 Figures 1, 5 and 7 show such cosines in trained networks (k = 4, 3, 5), with the spectra that go with them.",
)

# %% [markdown]
# A hand seen from the side is a cosine. And squares of sums of cosines add angles: in
# $(\cos\alpha+\cos\beta)^2$ stands the product $2\cos\alpha\cos\beta = \cos(\alpha+\beta)+\cos(\alpha-\beta)$, and
# $\alpha+\beta$ is the angle of the sum. Several neurons of one frequency together keep that part and cancel the rest.
#
# ## What makes a network good
#
# The **margin** at an input is how far the right output is above the best wrong one; the margin of the network is that of its
# worst input. Larger weights give a larger margin for nothing, so fix their size,
# $\|\theta\|_{2,3} = \bigl(\sum_i \|\theta_i\|^3\bigr)^{1/3} = 1$. Training with a small penalty on this norm maximises the
# margin in the limit (Morwani23 Theorem 1; Li24 Lemma 3.7). So: **what is the largest margin $\gamma^*$, and who has it?**
#
# ## Why one cosine wins
#
# Five inequalities lie between any network and $\gamma^*$. Each is a picture with a slider. The curve is what the proof says;
# the dot is computed in this page from the definition: all 49 inputs modulo 7, all seven outputs.
#
# ### 1. The worst is at most the mean
#
# The margin is a minimum, and minima are hard. But a minimum is at most a mean, and a mean over all inputs and all wrong
# answers is a plain sum over neurons. Equality: every wrong answer lies equally far behind. This is why *every* frequency is
# needed: each one leaves some wrong answers close, and only all together, with equal masses, treat them alike.

# %% tags=["hide"]
WAITING = "<p>A picture with a slider stands here where scripts run.</p>"


def bound(name):
    """The live picture of an inequality."""
    display(HTML(f'<div class="play" data-play="bound" data-bound="{name}">{WAITING}</div>'))


bound("worst")

# %% [markdown]
# From here on it is enough to ask what *one* neuron of norm 1 can add to the mean.
#
# ### 2. A constant is wasted
#
# The part of a weight vector that is the same for every number says nothing about the number.

# %% tags=["hide"]
bound("constant")

# %% [markdown]
# ### 3. One frequency beats two
#
# A neuron multiplies three vectors, and frequency 1 of one vector only helps frequency 1 of the others. Split the energy
# $s + (1-s)$ over two frequencies and it is worth $s^{3/2} + (1-s)^{3/2}$, which is less than 1 in between. **This is why a
# neuron is a single wave.**

# %% tags=["hide"]
bound("concentration")

# %% [markdown]
# ### 4. Equal sizes
#
# The product of three lengths whose squares add up to 1 is largest when they are equal.

# %% tags=["hide"]
bound("balance")

# %% [markdown]
# ### 5. Phases add up
#
# What is left is a cosine of $t_u + t_v - t_w$, the phases of the three waves, and a cosine is at most 1. **This is the
# clock: the hand of the output stands at the sum of the hands of the inputs.**

# %% tags=["hide"]
bound("phase")

# %% [markdown]
# ## The value
#
# A neuron that loses nothing at 2 to 5 is worth the same whatever its frequency, and that is $\gamma^*$. For $k$ numbers and
# odd $p$ (Li24 Theorem 4.1.1; Morwani23 Theorem 7 for $k=2$):
#
# $$\gamma^* = \frac{2\,k!}{(2k+2)^{(k+1)/2}\,(p-1)\,p^{(k-1)/2}}.$$

# %%
from sympy import latex

from theory.margin import max_margin, max_margin_float

k, p = 2, 7
display(Markdown(f"At $k=2$, $p=7$: $\\gamma^* = {latex(max_margin(k, p))} = {max_margin_float(k, p):.10f}$."))

# %% [markdown]
# ## A network that has it
#
# Six neurons for each of the $(p-1)/2 = 3$ frequencies are enough. The network is exact: phases are fractions of a turn,
# masses are fractions, nothing is rounded. Whether it is maximum-margin is then a finite question in whole numbers.

# %%
from theory.construction import construct
from theory.core.optimality import decide
from theory.floats import weights

network = construct(k, p)
print(f"{network.width} neurons; maximum-margin: {decide(network).optimal}")
for neuron in network.blocks[0].neurons:
    print("phases", *(f"{t!s:>4}" for t in neuron.phases), "  output", f"{neuron.output!s:>4}", " turn")

# %% [markdown]
# And by the definition, all 49 inputs and all 7 outputs, without any theory: the margin is the same everywhere, and all
# wrong answers tie.

# %%
from theory.task import Task, logits, margins, network_norm

u, w = weights(network)
outputs = logits(u, w)
spread = margins(Task.cyclic(k, p), outputs) / max_margin_float(k, p)
print(f"norm {network_norm(u, w):.15f}; margin / gamma*: {spread.min():.15f} to {spread.max():.15f}")

# %% tags=["hide"]
fig, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.0), width_ratios=[1.4, 1])
values = outputs[3, 6] / max_margin_float(k, p)
left.bar(range(p), values, color=[figures.BLUE if c == (3 + 6) % p else figures.FAINT for c in range(p)])
left.axhline(0, color=figures.INK, linewidth=0.8)
left.set(xlabel="output c", ylabel=r"$f(3,6)[c]\;/\;\gamma^*$", title="outputs at a = 3, b = 6")
left.annotate(
    "right answer 2", (2, values[2]), (3.0, values[2] * 0.85), arrowprops={"arrowstyle": "-", "ec": figures.INK}
)
power = np.abs(np.fft.fftn(outputs)) / (max_margin_float(k, p) * p**k)
kept = [power[j, j, -j % p] for j in range(1, p)]
rest = power.copy()
for j in range(1, p):
    rest[j, j, -j % p] = 0
right.bar(range(1, p), kept, color=figures.BLUE)
right.set(xlabel="j", ylabel=r"$|\hat f(j,j,-j)|\;/\;(\gamma^* p^2)$", title="spectrum of the whole network")
right.set_ylim(0, 1.2)
right.set_xticks(range(1, p))
figures.show(
    fig,
    "theorem-outputs",
    "Left: seven bars, the right answer at 6/7 and the six wrong ones at -1/7. Right: six bars of height one.",
    f"Left: the right output stands out, all wrong ones tie. Right: every frequency has the same weight, and every other "
    f"coefficient of the three-dimensional spectrum is zero (largest: {rest[1:, 1:].max():.0e}).",
)

# %% [markdown]
# Training knows none of this, and arrives there: the network of the second picture ends this close to the theorem.

# %% tags=["hide"]
fig, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3.1), width_ratios=[1.35, 1])
story.margin(left)
story.phases(right)
left.set_title("the margin climbs to the theorem's line")
right.set_title("phases add up")
figures.show(
    fig,
    "clock-margin",
    "Left: the margin against training steps rises to a dashed line at one and stays there. Right: output phases against "
    "sums of input phases, all on the diagonal.",
    f"$k=2$, $p={story.P}$, {len(spectrum.frequency)} neurons, all inputs: the margin ends at {result.margin:.4f} $\\gamma^*$. "
    "Every point on the right is a neuron.",
    "Morwani23 plots the normalised margin during training against the theoretical maximum for k = 2; Li24 has no margin "
    "curve.",
)

# %% [markdown]
# ## The proof, line by line
#
# The same chain for every $k$, with what was left out above. Each step was just checked twice: by algebra (symbolic, or in
# exact numbers), and in floating point on random weights, by a route that knows nothing of the algebra. There is another
# road, [without Fourier series](08_theorem_without_fourier.html): squares and counting, accepted word for word by a proof
# assistant.

# %% tags=["hide"]
from paper_notes.builder.prose import markdown
from paper_notes.builder.typeset import typeset
from theory.derivation import derive

for number, step in enumerate(derive(k, p), start=1):
    proof, twin = step.verify(), step.twin()
    assert proof.ok and twin.ok
    inside = markdown(
        f"$${step.latex}$$\n\n{step.source}. Checked just now, {proof.how}: {proof.detail}. In floats: {twin.detail}, error "
        f"{twin.error:.0e}."
    )
    display(
        HTML(
            f"<details class='step'><summary><strong>{number}. {step.name}</strong> {typeset(step.claim)}</summary>{inside}</details>"
        )
    )

# %% [markdown]
# **Read on.** [How many neurons it takes](02_general_k_and_width.html), for every number of inputs; or
# [the explorer](explorer.html), to turn these phases yourself.
