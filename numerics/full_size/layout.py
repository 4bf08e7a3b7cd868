"""The weights as one tensor, neurons last, as matrix products read them.

theta has shape (k+1, n, m): theta[j, a, i] = u_ij(a) for j < k, theta[k, c, i] = w_i(c).
"""

import torch
from torch import Tensor

from numerics.network import PowerNetwork


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
