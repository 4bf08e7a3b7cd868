r"""Losses over all inputs with hand-written gradients, block by block, under a memory budget.

:class:`CrossEntropy` is the papers' loss (Li24 Sec. 3); with ``tau`` it is

.. math:: CE_\tau = \operatorname{mean}_a \log\Bigl(1 + (n-1)\sum_{\delta \ne e}
          \tau_\delta\, e^{-(f[\text{label}] - f[\text{label}\,\delta])}\Bigr)

(ours): its minimisers under the :math:`L_{2,k+1}` penalty are the maximum-margin networks at every finite
:math:`\lambda` below :math:`\gamma^*(n-1)/n`, for every certificate :math:`\tau > 0`, where plain cross-entropy
needs :math:`\tau` uniform.  A class with :math:`\tau_\delta = 0` never enters: its margin is not pushed.

:class:`SmoothMargin` is scale-free: :math:`\frac1\beta \log \sum_a \sum_\delta \tau_\delta
e^{-\beta (g_{a\delta} / (\|\theta\|^\nu \gamma^*) - 1)}` over mean a, with
:math:`g_{a\delta} = f[\text{label}] - f[\text{label}\,\delta]`.  By convexity it is at least
1 - (mean class-weighted margin)/gamma* >= 0, and it vanishes exactly on maximum-margin networks, whatever
beta (for tau > 0).
"""

from typing import Any

import torch
from torch import Tensor

from numerics import distributed
from numerics.evaluation import check_task, class_weight_table
from numerics.forms import open_form
from numerics.grid import DEFAULT_BUDGET, Grid
from numerics.network import PowerNetwork
from theory.task import Task


def _grid(network: PowerNetwork, task: Task, weights: Tensor | None, budget: int) -> Grid:
    check_task(network, task)
    return Grid(
        task,
        network.m,
        network.u.shape[:-3].numel(),
        split=network.activation.name == "power",
        dtype=network.u.dtype,
        device=network.u.device,
        weights=weights,
        budget=budget,
    )


def flat_parameters(network: PowerNetwork) -> tuple[Tensor, Tensor]:
    """u as (E, m, k, n) and w as (E, m, n), outside autograd, sharing the network's memory."""
    u, w = network.u.detach(), network.w.detach()
    return u.view(-1, *u.shape[-3:]), w.view(-1, *w.shape[-2:])


def penalty(u: Tensor, w: Tensor, degree: int) -> tuple[Tensor, Tensor, Tensor]:
    r""":math:`\|\theta\|_{2,\nu}^\nu = \sum_i \|\theta_i\|_2^\nu`, shape (E,), and its gradients.

    Examples:
        >>> u, w = torch.ones(1, 4, 2, 5), torch.ones(1, 4, 5)
        >>> value, du, dw = penalty(u, w, degree=3)
        >>> round(float(((du * u).sum() + (dw * w).sum()) / value), 5)  # Euler: homogeneous of degree 3
        3.0
    """
    squares = u.square().sum(dim=(-2, -1)) + w.square().sum(dim=-1)
    slope = degree * squares.pow((degree - 2) / 2)
    return squares.pow(degree / 2).sum(dim=-1), slope[..., None, None] * u, slope[..., None] * w


class CrossEntropy:
    """Mean cross-entropy over the task's inputs, for networks of one shape.

    Args:
        network: fixes shape, precision, device and activation.
        task: the task.
        tau_weighted: add log((n-1) tau_delta) to every wrong logit; nothing changes when tau is uniform.
        weights: weight of every input, shape (n,) * k; None is uniform.
        budget: bytes that a call may hold beside the parameters.
    """

    def __init__(
        self,
        network: PowerNetwork,
        task: Task,
        *,
        tau_weighted: bool = False,
        weights: Tensor | None = None,
        budget: int = DEFAULT_BUDGET,
    ) -> None:
        """Choose the blocks once for all calls."""
        self.grid = _grid(network, task, weights, budget)
        self.activation = network.activation
        self.offsets: Tensor | None = None
        if tau_weighted:
            table = class_weight_table(task, torch.float64, network.u.device) * (task.n - 1)
            table.fill_diagonal_(1)
            if not torch.allclose(table, torch.ones_like(table), rtol=1e-12):
                self.offsets = table.log().to(network.u.dtype)

    def __call__(self, u: Tensor, w: Tensor, gradient: bool = True) -> tuple[Tensor, tuple[Tensor, Tensor] | None]:
        """The loss, shape (E,) in float64, and its gradients by u (E, m, k, n) and w (E, m, n)."""
        form = open_form(u, w, self.grid, self.activation)
        total = torch.zeros(u.shape[0], dtype=torch.float64, device=u.device)
        for block, logits in form:
            if self.offsets is not None:
                logits += self.offsets[block.labels]
            logits = torch.log_softmax(logits, dim=-1, out=self.grid.scratch("log", *logits.shape))
            index = block.labels[..., None].expand(*logits.shape[:-1], 1)
            losses = -logits.gather(-1, index).squeeze(-1)
            if block.weights is not None:
                losses = losses * block.weights
            total += losses.flatten(1).sum(dim=1, dtype=torch.float64)
            if gradient:
                slopes = logits.exp_().scatter_add_(-1, index, logits.new_full((), -1.0).expand_as(index))
                slopes *= (
                    1 / self.grid.total_weight
                    if block.weights is None
                    else block.weights[..., None] / self.grid.total_weight
                )
                form.pull_back(block, slopes)
        gradients = form.gradient() if gradient else None
        distributed.sum_(total, *gradients or ())
        return total / self.grid.total_weight, gradients


class SmoothMargin:
    """The scale-free smoothed margin of networks of one shape; see the head of this module.

    Args:
        network: fixes shape, device and activation; float64, since exponents are not shifted.
        task: the task; its tau weights the wrong classes.
        gamma: the task's maximum margin.
        beta: sharpness.
        weights: weight of every input, shape (n,) * k; None is uniform.
        budget: bytes that a call may hold beside the parameters.
    """

    def __init__(
        self,
        network: PowerNetwork,
        task: Task,
        gamma: float,
        beta: float,
        *,
        weights: Tensor | None = None,
        budget: int = DEFAULT_BUDGET,
    ) -> None:
        """Choose the blocks once for all calls."""
        self.grid = _grid(network, task, weights, budget)
        self.activation, self.degree = network.activation, network.degree
        self.gamma, self.beta = gamma, beta
        self.tau = class_weight_table(task, network.u.dtype, network.u.device)

    def __call__(self, u: Tensor, w: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """The value, shape (E,), and its gradients with respect to u (E, m, k, n) and w (E, m, n)."""
        power, power_u, power_w = penalty(u, w, self.degree)
        scale = (self.beta / (power * self.gamma))[:, None, None, None]
        form = open_form(u, w, self.grid, self.activation)
        total = torch.zeros_like(power)
        for block, logits in form:
            index = block.labels[..., None].expand(*logits.shape[:-1], 1)
            slopes = (logits - logits.gather(-1, index)).mul_(scale).add_(self.beta).exp_()
            slopes *= self.tau[block.labels]
            if block.weights is not None:
                slopes *= block.weights[..., None]
            sums = slopes.sum(dim=-1)
            total += sums.flatten(1).sum(dim=1)
            form.pull_back(block, slopes.scatter_(-1, index, -sums[..., None]))
        du, dw = form.gradient()
        distributed.sum_(total, du, dw)
        # the value does not change with the norm: the radial part of the gradient is removed
        slope = 1 / (total * power * self.gamma)
        inner = (du * u).sum(dim=(1, 2, 3)) + (dw * w).sum(dim=(1, 2))
        radial = -slope * inner / (self.degree * power)
        du = slope[:, None, None, None] * du + radial[:, None, None, None] * power_u
        dw = slope[:, None, None] * dw + radial[:, None, None] * power_w
        return (total / self.grid.total_weight).log() / self.beta, (du, dw)


class _CrossEntropyFunction(torch.autograd.Function):
    """Autograd's view of :class:`CrossEntropy`: the gradient is made in the forward pass and kept."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, w: Tensor, loss: CrossEntropy) -> Tensor:
        value, gradients = loss(u.view(-1, *u.shape[-3:]), w.view(-1, *w.shape[-2:]))
        assert gradients is not None
        ctx.save_for_backward(gradients[0].view_as(u), gradients[1].view_as(w))
        return value.view(u.shape[:-3]).to(u.dtype)

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor, Tensor, None]:
        du, dw = ctx.saved_tensors
        (factor,) = upstream
        return factor[..., None, None, None] * du, factor[..., None, None] * dw, None


def cross_entropy(
    network: PowerNetwork,
    task: Task,
    *,
    tau_weighted: bool = False,
    weights: Tensor | None = None,
    budget: int = DEFAULT_BUDGET,
) -> Tensor:
    """The mean cross-entropy for autograd, shape of the ensemble axes; peak memory within ``budget``.

    Raises:
        InputError: when the network does not fit the task, or the smallest block the budget.

    Examples:
        >>> network = PowerNetwork(torch.zeros(4, 2, 5), torch.zeros(4, 5))
        >>> round(float(cross_entropy(network, Task.cyclic(2, 5)).detach().exp()), 5)  # the zero network: log 5
        5.0
    """
    loss = CrossEntropy(network, task, tau_weighted=tau_weighted, weights=weights, budget=budget)
    value: Tensor = _CrossEntropyFunction.apply(network.u, network.w, loss)
    return value
