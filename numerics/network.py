r"""The one-hidden-layer network of the papers as a torch module (Li24 Sec. 3, Morwani23 Sec. 3).

.. math:: f(\theta, a)[c] = \sum_{i=1}^m \sigma\Bigl(\sum_{j=1}^k u_{ij}(a_j)\Bigr) w_i(c),
          \qquad \sigma(t) = t^k \text{ for the papers' network.}

It is homogeneous of degree :math:`\nu = \deg\sigma + 1`; its norm is
:math:`\|\theta\|_{2,\nu} = (\sum_i \|\theta_i\|_2^\nu)^{1/\nu}`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from theory.errors import InputError, require_integer
from theory.task import Task

if TYPE_CHECKING:
    from theory.core.exact_network import ExactNetwork


@dataclass(frozen=True)
class Activation:
    """A homogeneous activation, its degree for k inputs, and how a slope comes back through it.

    ``pull_back(slope, z, k)`` multiplies the slope by the derivative at z, in the slope's own memory.
    """

    name: str
    function: Callable[[Tensor, int], Tensor]
    pull_back: Callable[[Tensor, Tensor, int], Tensor]
    degree: Callable[[int], int]


def _zero_below(slope: Tensor, z: Tensor, k: int) -> Tensor:
    """The slope where z is positive, else 0, without a mask in memory."""
    return torch.ops.aten.threshold_backward.grad_input(slope, z, 0.0, grad_input=slope)


POWER = Activation("power", lambda z, k: z**k, lambda slope, z, k: slope.mul_(k * z ** (k - 1)), lambda k: k)
RELU = Activation("relu", lambda z, k: z.relu(), _zero_below, lambda k: 1)
ACTIVATIONS = {activation.name: activation for activation in (POWER, RELU)}


class PowerNetwork(torch.nn.Module):
    """The network with parameters ``u`` (..., m, k, n) and ``w`` (..., m, n); leading axes are an ensemble.

    Attributes:
        u: input vectors, ``u[..., i, j, a]`` is neuron i's response to value a of input j.
        w: output vectors, ``w[..., i, c]`` is neuron i's vote for class c.
        activation: :data:`POWER` (the papers' t^k) or another of :data:`ACTIVATIONS`.
    """

    def __init__(self, u: Tensor, w: Tensor, activation: Activation = POWER) -> None:
        """Take over two tensors of matching shapes.

        Raises:
            InputError: when the shapes do not match.
        """
        super().__init__()
        if u.dim() < 3 or w.shape != u.shape[:-2] + u.shape[-1:]:
            raise InputError(
                f"u must have shape (..., m, k, n) and w (..., m, n); got {tuple(u.shape)}, {tuple(w.shape)}"
            )
        self.u = torch.nn.Parameter(u)
        self.w = torch.nn.Parameter(w)
        self.activation = activation

    @classmethod
    def from_exact(
        cls,
        exact: "ExactNetwork",
        dtype: torch.dtype = torch.float64,
        device: torch.device | str = "cpu",
    ) -> "PowerNetwork":
        """An exact network with its weights correctly rounded to float64, then to ``dtype``."""
        from theory.floats import weights

        u, w = weights(exact)
        return cls.from_numpy(u, w, dtype, device)

    @classmethod
    def from_numpy(
        cls,
        u: np.ndarray,
        w: np.ndarray,
        dtype: torch.dtype | None = None,
        device: torch.device | str = "cpu",
        activation: Activation = POWER,
    ) -> "PowerNetwork":
        """A network of numpy weights (copied); ``dtype`` defaults to theirs."""
        u_tensor, w_tensor = (torch.tensor(np.ascontiguousarray(x), dtype=dtype) for x in (u, w))
        return cls(u_tensor.to(device), w_tensor.to(device), activation)

    @classmethod
    def from_file(
        cls,
        path: str | Path,
        dtype: torch.dtype | None = None,
        device: torch.device | str = "cpu",
    ) -> "PowerNetwork":
        """The network of a network file, in the file's precision unless ``dtype`` says otherwise.

        Raises:
            InputError: when the file is not a network file.
        """
        from theory.network_file import load_network

        stored = load_network(path)
        activation = ACTIVATIONS[stored.activation]
        return cls.from_numpy(stored.u, stored.w, dtype=dtype, device=device, activation=activation)

    @classmethod
    def random(
        cls,
        task: Task,
        m: int,
        seed: int | Sequence[int],
        scale: float,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
        activation: Activation = POWER,
    ) -> "PowerNetwork":
        """Independent Gaussian entries of standard deviation ``scale``.

        Drawn in float64 on the CPU, so a seed means the same network on every device and in every precision.
        A sequence of seeds makes an ensemble whose members equal the single networks of those seeds.

        Raises:
            InputError: when m < 1.
        """
        require_integer("m", m, 1)
        if not isinstance(seed, int):
            members = [cls.random(task, m, one, scale, dtype, device, activation) for one in seed]
            u, w = (torch.stack([getattr(x, name).detach() for x in members]) for name in ("u", "w"))
            return cls(u, w, activation)
        generator = torch.Generator().manual_seed(seed)
        entries = scale * torch.randn(m, task.k + 1, task.n, dtype=torch.float64, generator=generator)
        entries = entries.to(device=device, dtype=dtype)
        return cls(entries[:, :-1].contiguous(), entries[:, -1].contiguous(), activation)

    @property
    def m(self) -> int:
        """Number of neurons."""
        return self.u.shape[-3]

    @property
    def k(self) -> int:
        """Number of inputs."""
        return self.u.shape[-2]

    @property
    def n(self) -> int:
        """Number of classes, the order of the group."""
        return self.u.shape[-1]

    @property
    def degree(self) -> int:
        """Degree of homogeneity in the parameters: k + 1 for the power activation, 2 for ReLU."""
        return self.activation.degree(self.k) + 1

    def neuron_norms(self) -> Tensor:
        """||theta_i||_2, shape (..., m)."""
        return (self.u.square().sum(dim=(-2, -1)) + self.w.square().sum(dim=-1)).sqrt()

    def norm(self) -> Tensor:
        r""":math:`\|\theta\|_{2,\nu}` with :math:`\nu` the degree of homogeneity, shape (...)."""
        return self.neuron_norms().pow(self.degree).sum(dim=-1).pow(1 / self.degree)

    def forward(self, inputs: Tensor) -> Tensor:
        """Logits of the listed inputs.

        Args:
            inputs: integers in 0..n-1, shape (N, k).

        Returns:
            shape (..., N, n).
        """
        chosen = [self.u[..., j, :][..., inputs[:, j]] for j in range(self.k)]
        hidden = self.activation.function(torch.stack(chosen).sum(dim=0), self.k)
        return hidden.transpose(-1, -2) @ self.w

    def numpy(self) -> tuple[np.ndarray, np.ndarray]:
        """The weights as float64 arrays (copies)."""
        return (
            self.u.detach().to("cpu", torch.float64, copy=True).numpy(),
            self.w.detach().to("cpu", torch.float64, copy=True).numpy(),
        )

    def save(
        self, path: str | Path, metadata: Mapping[str, str] | None = None, table: np.ndarray | None = None
    ) -> None:
        """Write a network file (safetensors), atomically, in the network's own precision.

        Args:
            path: where.
            metadata: further strings, such as recipe, penalty, lambda, seed.
            table: the multiplication table of a group other than Z_n.

        Raises:
            InputError: for an ensemble, which the format does not hold, or when writing fails.
        """
        from theory.network_file import NetworkFile, save_network

        if self.u.dim() != 3:
            raise InputError(f"a network file holds one network, u of shape (m, k, n); got {tuple(self.u.shape)}")
        u, w = self.u.detach().cpu().numpy(), self.w.detach().cpu().numpy()
        text = {**(metadata or {}), "activation": self.activation.name}
        save_network(path, NetworkFile(u, w, self.k, self.n, table, text))
