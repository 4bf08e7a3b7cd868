r"""ReLU networks written down without training: one frequency per neuron, every weight a cosine or its sign.

.. math:: W_a[j] = f(2\pi(t_a + \nu j/p)),\quad W_b[j] = f(2\pi(t_b + \nu j/p)),\quad
          W_{out}[c] = g(2\pi(t_{out} + \nu c/p)),

no biases, unit amplitudes, ReLU.  **From scratch**: neuron i has frequency i, uniform phases and
:math:`t_{out} = t_a + t_b`, the relation of a sum; the frequencies 0, p, 2p, ... are constant, so those neurons are
wasted.  Frequencies and phases of a trained network: ``numerics.analysis.relu_structure``.

Source: Swaroop26 Sec. 4 and 5.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from numerics.models.relu import ReLUWeights
from theory.errors import InputError, require_integer

COSINE, SQUARE = "cosine", "square"
KINDS = {"Cos->Cos": (COSINE, COSINE), "Sq->Cos": (SQUARE, COSINE), "Sq->Sq": (SQUARE, SQUARE)}
"""Shape of the input weights and of the output weights, under the paper's names."""


def waves(p: int, frequency: np.ndarray, phase: np.ndarray, shape: str) -> np.ndarray:
    """Cosines, or their signs, over Z_p: shape (..., p) of frequencies and phases (in turns) of shape (...).

    Raises:
        InputError: for an unknown shape.
    """
    if shape not in (COSINE, SQUARE):
        raise InputError(f"the shape of a wave must be {COSINE} or {SQUARE}; got {shape!r}")
    found = np.cos(2 * np.pi * (phase[..., None] + frequency[..., None] * np.arange(p) / p))
    return found if shape == COSINE else np.sign(found)


def idealised(p: int, frequency: np.ndarray, phases: Sequence[np.ndarray], kind: str) -> ReLUWeights:
    """The network of these frequencies (m,) and phases (t_a, t_b, t_out), each (m,), in turns.

    Raises:
        InputError: for an unknown kind.
    """
    if kind not in KINDS:
        raise InputError(f"the kind must be one of {', '.join(KINDS)}; got {kind!r}")
    into, out = KINDS[kind]
    a, b, output = (waves(p, frequency, phase, shape) for phase, shape in zip(phases, (into, into, out), strict=True))
    return ReLUWeights(a, b, output, np.zeros(len(frequency)), np.zeros(p))


def from_scratch(p: int, m: int, seed: int, kind: str) -> ReLUWeights:
    """The network from scratch with m neurons; one seed means the same phases for every kind.

    Raises:
        InputError: for sizes out of range or an unknown kind.

    Examples:
        >>> import numpy as np
        >>> a, b = np.divmod(np.arange(49), 7)
        >>> from_scratch(7, 300, 0, "Cos->Cos").accuracy(a, b)
        1.0
    """
    require_integer("p", p, 2)
    require_integer("m", m, 1)
    a, b = np.random.default_rng([seed, p, m]).uniform(-0.5, 0.5, (2, m))
    return idealised(p, np.arange(m), (a, b, a + b), kind)


def accuracies(
    networks: Sequence[ReLUWeights], *, dtype: torch.dtype = torch.float32, device: torch.device | str = "cpu"
) -> tuple[np.ndarray, np.ndarray]:
    """Accuracy on all p^2 pairs of networks of one size, as one batched program.

    Square waves vote in whole numbers, so largest logits tie.

    Args:
        networks: without biases; n of them, of one shape.
        dtype: dtype of the computation; whole numbers up to 2^24 are exact in float32.
        device: where to compute.

    Returns:
        Two arrays (n,): where the first of equal logits decides, and the expected accuracy where chance does.
    """
    a, b, out = (
        torch.from_numpy(np.stack([getattr(network, name) for network in networks])).to(device, dtype)
        for name in ("a", "b", "out")
    )
    p = a.shape[-1]
    by_neuron = b.transpose(1, 2).contiguous()
    first, shared = torch.zeros((2, len(networks)), dtype=torch.float64, device=device)
    for x in range(p):
        hidden = (by_neuron + a[:, None, :, x]).relu_()
        one, other = _correct(hidden @ out, (torch.arange(p, device=device) + x) % p)
        first += one
        shared += other
    return first.cpu().numpy() / p**2, shared.cpu().numpy() / p**2


def _correct(logits: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:
    """Inputs won by their label: as the first of the largest logits, and by the share among these; shape (n,) each."""
    at_label = logits.gather(2, label.expand(len(logits), -1)[..., None])
    largest = logits.amax(dim=2, keepdim=True)
    ties = logits == largest
    wins = at_label == largest
    earlier = ties & (torch.arange(logits.shape[2], device=logits.device) < label[:, None])
    first = wins[..., 0] & ~earlier.any(dim=2)
    shared = wins[..., 0] / ties.sum(dim=2)
    return first.sum(dim=1).double(), shared.sum(dim=1).double()
