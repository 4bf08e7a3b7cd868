r"""Hundreds of Ding24's embedding MLPs as one tensor program, each with its own pairs; the gradient written out.

Member by member the loss is the mean cross-entropy over the member's own training pairs of

.. math:: f(a, b) = W_3\,\sigma(W_2\,\sigma(L_a + R_b) + b_2) + b_3, \qquad
          L = E W_{1,left}^\top,\ R = E W_{1,right}^\top + b_1,\ \sigma = \mathrm{SiLU}.

The first layer acts on p symbols, and its gradient needs only the sums of the pairs' slopes over each a and each b.
What is left per pair are the six matrix products of the other two layers, and elementwise work.  Members go through in
groups whose activations stay close to the core, in buffers that are kept, since fresh large arrays cost page faults.
Logits are stored classes first, where sums over classes are sums of rows.  Nothing is computed twice: reading an
activation back is cheaper than another SiLU.

Names and shapes are those of :class:`numerics.models.embedding_mlp.EmbeddingMLP`, with the members as the first axis.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, silu

from numerics.accuracy import accuracy
from numerics.ensemble.store import Tensors
from numerics.models.embedding_mlp import EmbeddingMLP, Initial, train_split
from theory.errors import InputError

CACHE = 4 * 2**20  # bytes of activations at a time on a CPU
GPU_WORKSPACE = 2**31


def networks(
    p: int,
    d: int,
    seeds: Sequence[int],
    *,
    width: int = 100,
    initial: Initial = "code",
    embeddings: Sequence[np.ndarray] | None = None,
    dtype: torch.dtype = torch.float32,
    device: torch.device | str = "cpu",
) -> Tensors:
    """The networks ``EmbeddingMLP(p, d, width, seed=s)`` of all seeds s, stacked by parameter name.

    Args:
        p: modulus.
        d: dimension of the embedding.
        seeds: one per member.
        width: width of each hidden layer.
        initial: as in EmbeddingMLP.
        embeddings: one (p, d) per member, instead of the drawn ones.
        dtype: dtype of the parameters, which are drawn in float64.
        device: where they go.

    Raises:
        InputError: for sizes out of range, no seeds, or unequal numbers of seeds and embeddings.
    """
    chosen = list(embeddings) if embeddings is not None else [None] * len(seeds)
    if not seeds or len(chosen) != len(seeds):
        raise InputError(f"need one embedding per seed, and a seed; got {len(chosen)} for {len(seeds)} seeds")
    members = [
        EmbeddingMLP(p, d, width, seed=seed, initial=initial, dtype=dtype, embedding=embedding).state_dict()
        for seed, embedding in zip(seeds, chosen, strict=True)
    ]
    return {name: torch.stack([member[name] for member in members]).to(device) for name in members[0]}


def splits(p: int, fraction: float, seeds: Sequence[int], device: torch.device | str = "cpu") -> Tensors:
    """``train_split(p, fraction, s)`` of all seeds s: "train" (members, n) and "test" (members, p^2 - n)."""
    parts = zip(*(train_split(p, fraction, seed) for seed in seeds), strict=True)
    return {name: torch.stack(part).to(device) for name, part in zip(("train", "test"), parts, strict=True)}


def logits(parameters: Tensors, pairs: Tensor) -> Tensor:
    """Logits (members, n, p) of pairs (members, n), indices as in ``embedding_mlp.pairs``; plain, differentiable."""
    embedding, first = parameters["embedding"], parameters["first.weight"]
    p, d = embedding.shape[1:]
    left, right = first.split(d, dim=2)
    row = torch.arange(len(pairs), device=pairs.device)[:, None]
    hidden = (embedding @ left.mT)[row, pairs % p] + (embedding @ right.mT)[row, pairs // p]
    hidden = silu(hidden + parameters["first.bias"][:, None])
    hidden = silu(hidden @ parameters["second.weight"].mT + parameters["second.bias"][:, None])
    return hidden @ parameters["output.weight"].mT + parameters["output.bias"][:, None]


def labels(pairs: Tensor, p: int) -> Tensor:
    """a + b mod p of pairs of any shape."""
    return (pairs % p + pairs // p) % p


def losses(parameters: Tensors, data: Tensors) -> Tensor:
    """The members' losses (members,), plain and differentiable: what :class:`EmbeddingGradient` is compared with."""
    found = logits(parameters, data["train"])
    target = labels(data["train"], found.shape[-1])
    return cross_entropy(found.mT, target, reduction="none").mean(1)


def accuracies(parameters: Tensors, pairs: Tensor) -> Tensor:
    """Accuracy of each member on its pairs (members, n): shape (members,), float64."""
    p = parameters["embedding"].shape[1]
    found = [  # one member at a time: this is rare, and its activations need not fit anywhere all at once
        accuracy(logits({name: x[i : i + 1] for name, x in parameters.items()}, pairs[i : i + 1]), labels(pairs[i], p))
        for i in range(len(pairs))
    ]
    return torch.cat(found)


class EmbeddingGradient:
    """(parameters, data) -> losses (members,) and gradients; ``data["train"]`` holds their pairs (members, n)."""

    def __init__(self, workspace: int | None = None) -> None:
        """``workspace``: bytes of activations at a time, at least one member's; None: 4 MiB, or 2 GiB on a GPU.

        It changes the time, and the result by no more than the rounding of the matrix products.
        """
        self.workspace = workspace
        self._buffers: Tensors = {}
        self._placed: tuple[Tensor, int] | None = None

    def __call__(self, parameters: Tensors, data: Tensors) -> tuple[Tensor, Tensors]:
        """Losses and gradients."""
        train, embedding = data["train"], parameters["embedding"]
        p, width = parameters["output.weight"].shape[1:]
        each = train.shape[1] * (4 * width + p) * embedding.element_size()
        workspace = self.workspace or (GPU_WORKSPACE if embedding.is_cuda else CACHE)
        together = max(1, workspace // each)
        if self._placed is None or self._placed[0] is not train or self._placed[1] != together:
            # The engine hands over the same tensor until a member leaves.
            self._placed, self._places = (train, together), _places(train, p, together)
        gradients = {name: torch.empty_like(x) for name, x in parameters.items()}
        loss = embedding.new_empty(len(train))
        for start in range(0, len(train), together):
            group = slice(start, start + together)
            own, slopes = ({name: x[group] for name, x in tensors.items()} for tensors in (parameters, gradients))
            at_a, at_b, target = (places[group] for places in self._places)
            self._group(own, at_a, at_b, target, loss[group], slopes)
        return loss, gradients

    def _group(self, own: Tensors, at_a: Tensor, at_b: Tensor, target: Tensor, loss: Tensor, slopes: Tensors) -> None:
        """Loss and gradients of a few members, written into ``loss`` and ``slopes``."""
        embedding, second, output = own["embedding"], own["second.weight"], own["output.weight"]
        members, p, d = embedding.shape
        n, width = at_a.shape[1], output.shape[2]
        at_a, at_b = at_a.view(-1), at_b.view(-1)
        left, right = own["first.weight"].split(d, dim=2)
        z1, h1, z2, h2 = (self._buffer(name, embedding, (members, n, width)) for name in ("z1", "h1", "z2", "h2"))
        z3 = self._buffer("z3", embedding, (members, p, n))

        by_a = torch.bmm(embedding, left.mT).view(-1, width)
        by_b = torch.baddbmm(own["first.bias"][:, None], embedding, right.mT).view(-1, width)
        torch.index_select(by_a, 0, at_a, out=z1.view(-1, width))
        z1 += torch.index_select(by_b, 0, at_b, out=h1.view(-1, width)).view_as(z1)
        torch.ops.aten.silu.out(z1, out=h1)
        torch.baddbmm(own["second.bias"][:, None], h1, second.mT, out=z2)
        torch.ops.aten.silu.out(z2, out=h2)
        torch.baddbmm(own["output.bias"][:, :, None], output, h2.mT, out=z3)

        _cross_entropy(z3, target, loss)
        torch.bmm(z3, h2, out=slopes["output.weight"])
        torch.sum(z3, 2, out=slopes["output.bias"])
        torch.bmm(z3.mT, output, out=h2)
        torch.ops.aten.silu_backward.grad_input(h2, z2, grad_input=z2)
        torch.bmm(z2.mT, h1, out=slopes["second.weight"])
        torch.sum(z2, 1, out=slopes["second.bias"])
        torch.bmm(z2, second, out=h1)
        torch.ops.aten.silu_backward.grad_input(h1, z1, grad_input=z1)

        over_b = torch.zeros_like(by_a).index_add_(0, at_a, z1.view(-1, width)).view(members, p, width)
        over_a = torch.zeros_like(by_b).index_add_(0, at_b, z1.view(-1, width)).view(members, p, width)
        torch.sum(over_a, 1, out=slopes["first.bias"])
        slopes["first.weight"][:, :, :d] = torch.bmm(over_b.mT, embedding)
        slopes["first.weight"][:, :, d:] = torch.bmm(over_a.mT, embedding)
        torch.bmm(over_b, left, out=slopes["embedding"]).baddbmm_(over_a, right)

    def _buffer(self, name: str, like: Tensor, shape: tuple[int, ...]) -> Tensor:
        """A tensor of that shape, in memory that is kept under that name."""
        found, size = self._buffers.get(name), math.prod(shape)
        if found is None or len(found) < size or found.dtype != like.dtype or found.device != like.device:
            found = self._buffers[name] = like.new_empty(size)
        return found[:size].view(shape)


def _places(pairs: Tensor, p: int, together: int) -> tuple[Tensor, Tensor, Tensor]:
    """Rows of a and of b among the symbols of all members of a group, (members, n), and labels (members, 1, n)."""
    first = torch.arange(len(pairs), device=pairs.device)[:, None] % together * p
    return pairs % p + first, pairs // p + first, labels(pairs, p)[:, None]


def _cross_entropy(z: Tensor, target: Tensor, loss: Tensor) -> None:
    """Mean cross-entropy of logits z (members, p, n) into ``loss``; z becomes the slope in the logits.

    Of the probability of the right class only what it lacks to 1 is formed, as the sum of the others: a difference from
    1 would leave nothing of losses near the rounding of float32.
    """
    n = z.shape[2]
    z -= z.amax(1, keepdim=True)
    right = z.gather(1, target)
    wrong = z.exp_().scatter_(1, target, 0.0).sum(1, keepdim=True)
    excess = wrong + right.expm1()  # of the sum of all over 1
    loss.copy_((excess.log1p() - right).mean((1, 2)))
    share = excess.add_(1).mul_(n).reciprocal_()
    z *= share
    z.scatter_(1, target, -wrong * share)
