"""Networks and training loops that anybody would write, and the Fourier analysis that anybody would do by hand."""

import numpy as np
import torch
from torch import Tensor, nn


class EmbeddingMLP(nn.Module):
    """Embeddings side by side, one hidden layer; one embedding for both symbols or one each."""

    def __init__(
        self, p: int, d: int = 24, m: int = 96, tied: bool = True, activation: nn.Module | None = None
    ) -> None:
        super().__init__()
        self.left = nn.Embedding(p, d)
        self.right = self.left if tied else nn.Embedding(p, d)
        self.hidden = nn.Linear(2 * d, m)
        self.activation = activation or nn.ReLU()
        self.out = nn.Linear(m, p)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return self.out(self.activation(self.hidden(torch.cat([self.left(a), self.right(b)], dim=1))))


class Composition(nn.Module):
    """Two embeddings added, squared, read out: a quadratic network on a group."""

    def __init__(self, n: int, m: int) -> None:
        super().__init__()
        self.x, self.y = nn.Embedding(n, m), nn.Embedding(n, m)
        self.out = nn.Linear(m, n, bias=False)

    def forward(self, pair: Tensor) -> Tensor:
        return self.out((self.x(pair[:, 0]) + self.y(pair[:, 1])).square())


class Recurrent(nn.Module):
    """A recurrent layer over the two symbols."""

    def __init__(self, p: int, d: int = 32) -> None:
        super().__init__()
        self.embed, self.rnn, self.out = nn.Embedding(p, d), nn.RNN(d, d, batch_first=True), nn.Linear(d, p)

    def forward(self, pair: Tensor) -> Tensor:
        return self.out(self.rnn(self.embed(pair))[0][:, -1])


class OneLayerTransformer(nn.Module):
    """One block without norms, answer at the equals sign; only that position is computed.

    ``lens_state`` gives its weights under TransformerLens's names.
    """

    def __init__(self, p: int, d: int = 32, heads: int = 2, m: int = 64) -> None:
        super().__init__()
        self.p, self.heads = p, heads
        scale = d**-0.5
        self.E = nn.Parameter(torch.randn(p + 1, d) * scale)
        self.pos = nn.Parameter(torch.randn(3, d) * scale)
        self.Q, self.K, self.V = (nn.Parameter(torch.randn(heads, d, d // heads) * scale) for _ in range(3))
        self.O = nn.Parameter(torch.randn(heads, d // heads, d) * scale)
        self.into, self.back = nn.Linear(d, m), nn.Linear(m, d)
        self.U = nn.Parameter(torch.randn(d, p) * scale)

    def forward(self, pair: Tensor) -> Tensor:
        tokens = torch.cat([pair, torch.full_like(pair[:, :1], self.p)], dim=1)
        seen = self.E[:, None] + self.pos  # every token at every position: (p + 1, 3, d)
        last = seen[self.p, 2]
        asked = torch.einsum("d,hde->he", last, self.Q)
        score = torch.einsum("he,hde,tsd->tsh", asked, self.K, seen) / self.Q.shape[-1] ** 0.5
        moved = torch.einsum("hde,hef,tsd->tshf", self.V, self.O, seen)
        places = torch.arange(3)
        weights = score[tokens, places].softmax(dim=1)
        x = last + (weights[..., None] * moved[tokens, places]).sum(dim=(1, 2))
        x = x + self.back(self.into(x).relu())
        return x @ self.U

    def lens_state(self) -> dict[str, Tensor]:
        names = {"embed.W_E": self.E, "pos_embed.W_pos": self.pos, "unembed.W_U": self.U}
        names |= {f"blocks.0.attn.W_{part}": getattr(self, part) for part in "QKVO"}
        names |= {"blocks.0.mlp.W_in": self.into.weight.T, "blocks.0.mlp.b_in": self.into.bias}
        names |= {"blocks.0.mlp.W_out": self.back.weight.T, "blocks.0.mlp.b_out": self.back.bias}
        return {name: value.detach().clone(memory_format=torch.contiguous_format) for name, value in names.items()}


def pairs(n: int) -> Tensor:
    return torch.cartesian_prod(torch.arange(n), torch.arange(n))


def hot(n: int) -> Tensor:
    return nn.functional.one_hot(pairs(n), n).float().flatten(1)


def fit(model: nn.Module, arguments: tuple[Tensor, ...], labels: Tensor, steps: int, lr: float, decay: float) -> None:
    """Full-batch AdamW on cross-entropy."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=decay, betas=(0.9, 0.98))
    for _ in range(steps):
        loss = nn.functional.cross_entropy(model(*arguments), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def by_hand(logits: np.ndarray) -> tuple[np.ndarray, float]:
    """Share of the centred logits' energy at the characters (f, f, -f) of both signs, and the accuracy."""
    p = len(logits)
    centred = logits - logits.mean(axis=2, keepdims=True)
    power = np.abs(np.fft.fftn(centred)) ** 2
    shares = np.array([sum(power[f, f, -f] for f in {j, p - j}) for j in range(1, p // 2 + 1)]) / power.sum()
    a, b = np.divmod(np.arange(p * p), p)
    return shares, float((logits.reshape(p * p, p).argmax(axis=1) == (a + b) % p).mean())


def strong(shares: np.ndarray) -> set[str]:
    """Frequencies with at least a tenth of the largest share."""
    return {str(f + 1) for f in np.flatnonzero(shares >= shares.max() / 10)}
