r"""Rangamani25's network: one recurrent layer reads the tokens a, b, "=" and a linear layer names a + b mod p.

.. math:: h_1 = \sigma(W_{ih} E_a + \beta),\quad h_2 = \sigma(W_{ih} E_b + W_{hh} h_1 + \beta),\quad
          h_3 = \sigma(W_{ih} E_{=} + W_{hh} h_2 + \beta),\qquad f(a, b) = W_{fc} h_3.

Parameters, their names and their first draws are those of nn.Embedding, nn.RNN and nn.Linear.  As h_1 and all inputs
have p or p + 1 values, only the last two products are over pairs.  That the third token is "=", the activation, the
biases of nn.RNN, the missing bias of the output and all sizes but p are ours: we could not read what the paper has.

Source: Rangamani25, abstract and captions.
"""

from collections.abc import Mapping
from typing import Literal, cast

import numpy as np
import torch
from torch import Tensor, nn

from numerics.accuracy import accuracy as winners
from theory.errors import InputError, require_integer

Activation = Literal["relu", "tanh"]
MATRICES = {
    "W_E": "embedding.weight",
    "W_ih": "recurrent.weight_ih_l0",
    "W_hh": "recurrent.weight_hh_l0",
    "W_fc": "output.weight",
}


class RecurrentNetwork(nn.Module):
    """The network; logits (n, p) from symbols a and b, each (n,).

    The paper's matrices, by name: W_E (p + 1, d), row p the token "="; W_ih (h, d); W_hh (h, h); W_fc (p, h).
    """

    def __init__(self, p: int, d: int = 128, h: int = 128, *, activation: Activation = "relu", seed: int = 0) -> None:
        """torch's default draws, in float32; the global generator is left as it was.

        Args:
            p: modulus, at least 2.
            d: dimension of the embedding.
            h: dimension of the hidden state.
            activation: "relu" or "tanh".
            seed: seed of the initial parameters.

        Raises:
            InputError: for sizes or an activation that there are not.
        """
        super().__init__()
        require_integer("p", p, 2)
        require_integer("d", d, 1)
        require_integer("h", h, 1)
        if activation not in ("relu", "tanh"):
            raise InputError(f"the activation must be relu or tanh; got {activation!r}")
        self.p, self.activation = p, activation
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.embedding = nn.Embedding(p + 1, d)
            self.recurrent = nn.RNN(d, h, nonlinearity=activation, batch_first=True)
            self.output = nn.Linear(h, p, bias=False)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Logits (n, p) of the pairs (a_i, b_i)."""
        return self.output(self._states(a, b)[1])

    def states(self, a: Tensor, b: Tensor) -> Tensor:
        """Hidden states h_2 and h_3 of the pairs (a_i, b_i), shape (n, 2, h)."""
        return torch.stack(self._states(a, b), dim=1)

    def _states(self, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
        inputs, again = self._inputs(), self._of_recurrence("weight_hh_l0")
        sigma = getattr(torch, self.activation)
        passed = nn.functional.linear(sigma(inputs[: self.p]), again)
        second = sigma(nn.functional.embedding(b, inputs) + nn.functional.embedding(a, passed))
        return second, sigma(nn.functional.linear(second, again) + inputs[self.p])

    def _inputs(self) -> Tensor:
        """W_ih E_t + beta of every token t, shape (p + 1, h)."""
        weight, *biases = map(self._of_recurrence, ("weight_ih_l0", "bias_ih_l0", "bias_hh_l0"))
        return nn.functional.linear(self.embedding.weight, weight, biases[0] + biases[1])

    def _of_recurrence(self, name: str) -> Tensor:
        # A parameter, or what stands in for it in a functional call, which get_parameter refuses.
        return cast("Tensor", getattr(self.recurrent, name))

    def first(self) -> Tensor:
        """Hidden state h_1 after the symbols 0..p-1, shape (p, h)."""
        return getattr(torch, self.activation)(self._inputs()[: self.p])


def matrices(model: RecurrentNetwork) -> dict[str, np.ndarray]:
    """Copies of W_E, W_ih, W_hh and W_fc.

    Examples:
        >>> {name: matrix.shape for name, matrix in matrices(RecurrentNetwork(5, d=3, h=4)).items()}
        {'W_E': (6, 3), 'W_ih': (4, 3), 'W_hh': (4, 4), 'W_fc': (5, 4)}
    """
    parameters = dict(model.named_parameters())
    return {name: parameters[where].detach().cpu().numpy().copy() for name, where in MATRICES.items()}


@torch.no_grad()
def hidden_states(model: RecurrentNetwork) -> dict[str, np.ndarray]:
    """h1, shape (p, h), indexed by a; h2 and h3, shape (p, p, h), indexed by a and b."""
    p = model.p
    device = model.output.weight.device
    a, b = _grid(p, device)
    states = model.states(a, b).reshape(p, p, 2, -1).cpu().numpy()
    return {"h1": model.first().cpu().numpy(), "h2": states[:, :, 0], "h3": states[:, :, 1]}


@torch.no_grad()
def accuracy(model: RecurrentNetwork, replaced: Mapping[str, np.ndarray] | None = None) -> float:
    """Share of all p^2 inputs with the right answer, optionally with other matrices in place of the model's.

    Args:
        model: the network; it is not changed.
        replaced: by name (W_E, W_ih, W_hh, W_fc), matrices of the same shapes.
    """
    device = model.output.weight.device
    a, b = _grid(model.p, device)
    others = {MATRICES[name]: torch.as_tensor(matrix, device=device) for name, matrix in (replaced or {}).items()}
    logits = torch.func.functional_call(model, others, (a, b))
    return float(winners(logits, (a + b) % model.p))


def _grid(p: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """All pairs, a slowest."""
    index = torch.arange(p * p, device=device)
    return index // p, index % p
