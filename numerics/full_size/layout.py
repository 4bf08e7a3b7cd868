r"""The weights as one tensor, neurons last, as matrix products read them.

theta has shape (k+1, n, m): theta[j, a, i] = u_ij(a) for j < k, theta[k, c, i] = w_i(c).  In mass coordinates
:math:`z_i = \theta_i \|\theta_i\|^{(k-1)/2}`, so :math:`\|z_i\|^2 = \|\theta_i\|^{k+1}` is neuron i's mass: a light
neuron turns as easily as a heavy one.
"""

import torch
from torch import Tensor

from numerics.network import PowerNetwork

SMALLEST_NORM = 1e-20


def stack(network: PowerNetwork) -> Tensor:
    """The weights of one network, shape (k+1, n, m), detached."""
    return torch.cat([network.u.detach(), network.w.detach()[:, None]], dim=1).permute(1, 2, 0).contiguous()


def unstack(theta: Tensor) -> PowerNetwork:
    """The network of ``theta``, shape (k+1, n, m)."""
    weights = theta.permute(2, 0, 1)
    return PowerNetwork(weights[:, :-1].contiguous(), weights[:, -1].contiguous())


def squared_norms(theta: Tensor) -> Tensor:
    """||theta_i||_2^2, shape (m,)."""
    return theta.square().sum(dim=(0, 1))


def masses(theta: Tensor) -> Tensor:
    """||theta_i||_2^(k+1), shape (m,); their sum is ||theta||_{2,k+1}^(k+1)."""
    return squared_norms(theta).pow(theta.shape[0] / 2)


def to_mass_coordinates(theta: Tensor) -> Tensor:
    """z, shape (k+1, n, m)."""
    return theta * squared_norms(theta).sqrt().pow((theta.shape[0] - 2) / 2)


def from_mass_coordinates(z: Tensor) -> Tensor:
    """theta, shape (k+1, n, m)."""
    norms = squared_norms(z).sqrt().clamp_min(SMALLEST_NORM)
    return z * norms.pow(2 / z.shape[0] - 1)


def gradient_in_mass_coordinates(z: Tensor, gradient: Tensor) -> Tensor:
    """The gradient by z from that by theta, in place."""
    power = 2 / z.shape[0] - 1
    norms = squared_norms(z).sqrt().clamp_min(SMALLEST_NORM)
    radial = (gradient * z).sum(dim=(0, 1)) / norms.square()
    return gradient.addcmul_(z, (power * radial).expand_as(z)).mul_(norms.pow(power))
