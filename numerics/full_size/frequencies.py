"""A network on Z_p as amplitudes at each neuron's dominant frequency, and back."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from numerics.full_size.modes import Complex


@dataclass(frozen=True)
class OwnFrequencies:
    """Dominant frequency of each neuron and its amplitudes there.

    Attributes:
        frequency: 1 .. p//2, shape (m,).
        amplitudes: c with u_j(a) = 2 Re c_j e^{2 pi i zeta a/p}, shape (m, k+1).
        impure: share of the network's power that lies elsewhere.
    """

    frequency: NDArray[np.intp]
    amplitudes: Complex
    impure: float

    @classmethod
    def of(cls, theta: Tensor) -> "OwnFrequencies":
        """The waves of theta (k+1, p, m), odd p."""
        p = theta.shape[1]
        spectrum = torch.fft.rfft(theta.double(), dim=1)[:, 1:] / p
        power = spectrum.abs().square().sum(dim=0)
        frequency = power.argmax(dim=0)
        index = frequency[None, None].expand(len(theta), 1, theta.shape[2])
        impure = 1 - 2 * p * float(power.amax(dim=0).sum()) / float(theta.double().square().sum())
        amplitudes = spectrum.gather(1, index)[:, 0].T.contiguous().cpu().numpy()
        return cls(frequency.cpu().numpy() + 1, amplitudes, impure)

    def neurons(self, p: int) -> NDArray[np.intp]:
        """How many neurons each frequency 1 .. (p-1)/2 has."""
        return np.bincount(self.frequency, minlength=(p + 1) // 2)[1:]

    def theta(self, p: int) -> Tensor:
        """Weights of these amplitudes alone, float64, shape (k+1, p, m)."""
        wave = np.exp(2j * np.pi * np.outer(np.arange(p), self.frequency) / p)
        return torch.from_numpy(np.stack([2 * (c[None] * wave).real for c in self.amplitudes.T]))
