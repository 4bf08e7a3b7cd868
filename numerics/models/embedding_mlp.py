r"""Ding24's network: a trained embedding and an MLP with two hidden layers, on pairs (a, b) with the label a + b mod p.

.. math:: f(a, b) = W_3\,\sigma(W_2\,\sigma(W_1 [E_a, E_b] + b_1) + b_2) + b_3, \qquad
          E \in \mathbb{R}^{p \times d},\ \sigma = \mathrm{SiLU}.

:math:`W_1 [E_a, E_b] = (E W_{1,left}^\top)_a + (E W_{1,right}^\top)_b`: the first layer acts on p symbols, not on all
pairs, which halves the work of a step at p = 59, d = 128.

The paper draws every parameter from N(0, 1); its code draws the embedding from N(0, 1) and the MLP from nn.Linear's
default, U(-1/sqrt(fan_in), 1/sqrt(fan_in)).  Draws and split follow the published code: the same seed gives its
network and its split.

Source: Ding24 Sec. 2 and App. A; code carlguo866/circle-survival.
"""

from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from theory.errors import InputError, require_integer

Initial = Literal["code", "paper"]


class EmbeddingMLP(nn.Module):
    """The network; logits (n, p) from symbols a and b, each (n,).

    Parameters, in the order of ``parameters()`` and with these names in ``state_dict()``::

        embedding        (p, d)
        first.weight     (width, 2 d)   columns [0, d) act on E_a, columns [d, 2 d) on E_b
        first.bias       (width,)
        second.weight    (width, width)
        second.bias      (width,)
        output.weight    (p, width)
        output.bias      (p,)
    """

    def __init__(
        self,
        p: int,
        d: int = 128,
        width: int = 100,
        *,
        seed: int = 0,
        initial: Initial = "code",
        dtype: torch.dtype = torch.float64,
        embedding: np.ndarray | None = None,
    ) -> None:
        """Draw the parameters in float64, then round to ``dtype``: both precisions start from the same network.

        Args:
            p: modulus, at least 2.
            d: dimension of the embedding.
            width: width of each hidden layer.
            seed: seed of the initial parameters; the global generator is left as it was.
            initial: "code" (MLP: nn.Linear's default) or "paper" (everything N(0, 1)).
            dtype: dtype of the parameters.
            embedding: (p, d), instead of the drawn one; the MLP is that of the seed all the same.

        Raises:
            InputError: for sizes out of range or an embedding of another shape.
        """
        super().__init__()
        require_integer("p", p, 2)
        require_integer("d", d, 1)
        require_integer("width", width, 1)
        if initial not in ("code", "paper"):
            raise InputError(f"initial must be 'code' or 'paper'; got {initial!r}")
        if embedding is not None and np.shape(embedding) != (p, d):
            raise InputError(f"the embedding must have the shape {(p, d)}; got {np.shape(embedding)}")
        self.p, self.d = p, d
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.first = nn.Linear(2 * d, width, dtype=torch.float64)
            self.second = nn.Linear(width, width, dtype=torch.float64)
            self.output = nn.Linear(width, p, dtype=torch.float64)
            self.embedding = nn.Parameter(torch.normal(0.0, 1.0, (p, d), dtype=torch.float64))
            if initial == "paper":
                for layer in (self.first, self.second, self.output):
                    nn.init.normal_(layer.weight)
                    nn.init.normal_(layer.bias)
        if embedding is not None:
            self.embedding.data.copy_(torch.as_tensor(np.array(embedding)))
        self.to(dtype)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Logits (n, p) of the pairs (a_i, b_i)."""
        left, right = self.first.weight.split(self.d, dim=1)
        first = nn.functional.embedding(a, self.embedding @ left.T) + nn.functional.embedding(
            b, self.embedding @ right.T + self.first.bias
        )
        return self.output(nn.functional.silu(self.second(nn.functional.silu(first))))


def pairs(p: int) -> tuple[Tensor, Tensor, Tensor]:
    """All inputs: a, b and the label a + b mod p, each (p^2,); pair i is (i mod p, i div p).

    Examples:
        >>> a, b, label = pairs(3)
        >>> a[5].item(), b[5].item(), label.tolist()
        (2, 1, [0, 1, 2, 1, 2, 0, 2, 0, 1])
    """
    index = torch.arange(p * p)
    a, b = index % p, index // p
    return a, b, (a + b) % p


def train_split(p: int, fraction: float, seed: int) -> tuple[Tensor, Tensor]:
    """Indices into :func:`pairs` for training and for testing, both sorted; the published code's choice for the seed.

    Raises:
        InputError: for a fraction outside (0, 1].
    """
    if not 0 < fraction <= 1:
        raise InputError(f"the fraction of training pairs must be in (0, 1]; got {fraction!r}")
    chosen = np.random.RandomState(seed).choice(p * p, int(p * p * fraction), replace=False)
    train = np.zeros(p * p, dtype=bool)
    train[chosen] = True
    return torch.from_numpy(np.flatnonzero(train)), torch.from_numpy(np.flatnonzero(~train))


def snapshot(model: EmbeddingMLP) -> np.ndarray:
    """The embedding (p, d) as it is now: a copy, since ``.cpu().numpy()`` on the CPU would follow the training."""
    return model.embedding.detach().to("cpu", torch.float64, copy=True).numpy()
