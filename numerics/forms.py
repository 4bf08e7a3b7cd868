r"""Two ways through the network for a block of inputs, forwards and backwards.

**Split** (power activation): with :math:`x` the sum over the left inputs and :math:`y` over the right ones,

.. math:: \sum_i (x_i + y_i)^k w_i(c) = \sum_i y_i^k w_i(c) + \sum_i x_i^k w_i(c)
          + \sum_i \sum_{s=1}^{k-1} \tbinom ks y_i^s \cdot x_i^{k-s} w_i(c),

one matrix product [right x (k-1) m] . [(k-1) m x left n] plus two terms that depend on one half each:
6 (k-1) n^{k+1} m floating-point operations for a step and no n^k x m array.

**Plain** (any activation): :math:`\sigma(x + y)` for every input of the block, 6 n^{k+1} m operations and
several passes over n^k x m values.

Iterate over a form to get ``(block, logits)``, logits of shape (E, rows, columns, n).  To differentiate, hand
the gradient with respect to those logits to ``pull_back`` before asking for the next block; ``gradient`` ends
the pass.
"""

from collections.abc import Iterator
from math import comb

import torch
from torch import Tensor

from numerics.grid import Block, Grid
from numerics.network import POWER, Activation


def open_form(u: Tensor, w: Tensor, grid: Grid, activation: Activation) -> "SplitForm | PlainForm":
    """The cheaper form for this network; ``u`` (E, m, k, n), ``w`` (E, m, n), both outside autograd."""
    return SplitForm(u, w, grid) if activation is POWER else PlainForm(u, w, grid, activation)


class SplitForm:
    """The split form of a power network."""

    def __init__(self, u: Tensor, w: Tensor, grid: Grid) -> None:
        """Left sums of every neuron; nothing yet depends on the right half."""
        self.u, self.w, self.grid = u, w, grid
        self.members, self.m, self.k, self.n = u.shape
        self.exponents = range(1, self.k)
        self.x = grid.left.sums(u)
        self.left_only = self.x.pow(self.k).transpose(1, 2) @ w
        self.du: Tensor | None = None

    def __iter__(self) -> Iterator[tuple[Block, Tensor]]:
        """Blocks and their logits, row block by row block."""
        for right in self.grid.right_slices():
            self._open_rows(right)
            for left in self.grid.left_slices():
                yield self.grid.block(left, right), self._logits(left)
            if self.du is not None:
                self._close_rows(right)

    def _open_rows(self, right: slice) -> None:
        """C(k,s) y^s for s = 1..k-1, shape (E, m (k-1), rows), and the right-only term."""
        self.y = self.grid.right.sums(self.u, right)
        self.rows = _powers(self.y, [(s, comb(self.k, s)) for s in self.exponents])
        self.right_only = self.y.pow(self.k).transpose(1, 2) @ self.w
        self.d_rows: Tensor | None = None

    def _logits(self, left: slice) -> Tensor:
        x = self.x[:, :, left]
        rows, columns = self.y.shape[2], x.shape[2]
        self.x_powers = _powers(x, [(self.k - s, 1) for s in self.exponents])
        # neuron by neuron an outer product of (k-1) columns powers with n votes
        hidden = self.x_powers.view(self.members, self.m, -1, 1) * self.w[:, :, None]
        self.columns = hidden.view(self.members, (self.k - 1) * self.m, columns * self.n)
        logits = self.right_only[:, :, None] + self.left_only[:, None, left]
        if self.k > 1:
            logits.view(self.members, rows, -1).baddbmm_(self.rows.transpose(1, 2), self.columns)
        return logits

    def pull_back(self, block: Block, gradient: Tensor) -> None:
        """Add the gradient of this block's logits, shape (E, rows, columns, n), to the parameters'."""
        if self.du is None:
            self.du, self.dw = torch.zeros_like(self.u), torch.zeros_like(self.w)
            self.dx = torch.zeros_like(self.x)
            self.d_left_only = torch.zeros_like(self.left_only)
        if self.d_rows is None:
            self.d_rows = torch.zeros_like(self.rows)
            self.d_right_only = torch.zeros_like(self.right_only)
        self.d_right_only += gradient.sum(dim=2)
        self.d_left_only[:, block.left] += gradient.sum(dim=1)
        if self.k == 1:
            return
        flat = gradient.view(self.members, gradient.shape[1], -1)
        self.d_rows.baddbmm_(self.columns, flat.transpose(1, 2))
        d_columns = torch.bmm(self.rows, flat).view(self.members * self.m, -1, self.n)
        powers = self.x_powers.view(self.members * self.m, 1, -1)
        self.dw += torch.bmm(powers, d_columns).view_as(self.w)
        d_powers = torch.bmm(d_columns, self.w.view(-1, self.n, 1)).view_as(self.x_powers)
        x = self.x[:, :, block.left]
        self.dx[:, :, block.left] += _through_powers(x, d_powers, [(self.k - s, 1) for s in self.exponents])

    def _close_rows(self, right: slice) -> None:
        assert self.du is not None
        assert self.d_rows is not None
        self.dw += self.y.pow(self.k) @ self.d_right_only
        dy = self.k * self.y.pow(self.k - 1) * (self.w @ self.d_right_only.transpose(1, 2))
        if self.k > 1:
            d_powers = self.d_rows.view(self.members, self.m, self.k - 1, -1)
            dy += _through_powers(self.y, d_powers, [(s, comb(self.k, s)) for s in self.exponents])
        self.grid.right.pull_back(dy, self.du, right)

    def gradient(self) -> tuple[Tensor, Tensor]:
        """Gradients with respect to u and w, after the last block."""
        assert self.du is not None
        if self.k > 1:
            self.dw += self.x.pow(self.k) @ self.d_left_only
            self.dx += self.k * self.x.pow(self.k - 1) * (self.w @ self.d_left_only.transpose(1, 2))
            self.grid.left.pull_back(self.dx, self.du)
        return self.du, self.dw


class PlainForm:
    """sigma(x + y) for every input of a block: any activation."""

    def __init__(self, u: Tensor, w: Tensor, grid: Grid, activation: Activation) -> None:
        """Left sums of every neuron."""
        self.u, self.w, self.grid, self.activation = u, w, grid, activation
        self.members, self.m, self.k, self.n = u.shape
        self.x = grid.left.sums(u)
        self.du: Tensor | None = None

    def __iter__(self) -> Iterator[tuple[Block, Tensor]]:
        """Blocks and their logits, row block by row block."""
        for right in self.grid.right_slices():
            y = self.grid.right.sums(self.u, right)
            self.dy = torch.zeros_like(y)
            for left in self.grid.left_slices():
                self.sums = y[:, :, :, None] + self.x[:, :, None, left]
                self.hidden = self.activation.function(self.sums, self.k).flatten(2)
                logits = self.hidden.transpose(1, 2) @ self.w
                yield self.grid.block(left, right), logits.view(self.members, *self.sums.shape[2:], self.n)
            if self.du is not None:
                self.grid.right.pull_back(self.dy, self.du, right)

    def pull_back(self, block: Block, gradient: Tensor) -> None:
        """Add the gradient of this block's logits, shape (E, rows, columns, n), to the parameters'."""
        if self.du is None:
            self.du, self.dw = torch.zeros_like(self.u), torch.zeros_like(self.w)
            self.dx = torch.zeros_like(self.x)
        flat = gradient.view(self.members, -1, self.n)
        self.dw.baddbmm_(self.hidden, flat)
        d_sums = torch.bmm(self.w, flat.transpose(1, 2)).view_as(self.sums)
        d_sums *= self.activation.derivative(self.sums, self.k)
        self.dy += d_sums.sum(dim=3)
        self.dx[:, :, block.left] += d_sums.sum(dim=2)

    def gradient(self) -> tuple[Tensor, Tensor]:
        """Gradients with respect to u and w, after the last block."""
        assert self.du is not None
        self.grid.left.pull_back(self.dx, self.du)
        return self.du, self.dw


def _powers(z: Tensor, terms: list[tuple[int, int]]) -> Tensor:
    """coefficient * z^exponent for every term: (E, m, P) to (E, m len(terms), P)."""
    members, m, count = z.shape
    powers = z.new_empty(members, m, len(terms), count)
    for place, (exponent, coefficient) in enumerate(terms):
        torch.mul(z.pow(exponent), coefficient, out=powers[:, :, place])
    return powers.view(members, m * len(terms), count)


def _through_powers(z: Tensor, gradient: Tensor, terms: list[tuple[int, int]]) -> Tensor:
    """The gradient of z from that of ``_powers(z, terms)``."""
    gradient = gradient.view(*z.shape[:2], len(terms), -1)
    total = torch.zeros_like(z)
    for place, (exponent, coefficient) in enumerate(terms):
        total += exponent * coefficient * z.pow(exponent - 1) * gradient[:, :, place]
    return total
