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
    """The split form of a power network.

    Inside, the neuron is the last axis of every array: elementwise work then runs over long contiguous rows, however
    small n is, and the contracted axis of every matrix product (power s and neuron) is contiguous too.
    """

    def __init__(self, u: Tensor, w: Tensor, grid: Grid) -> None:
        """Left sums of every neuron; nothing yet depends on the right half."""
        self.grid = grid
        self.members, self.m, self.k, self.n = u.shape
        self.u = u.permute(0, 2, 3, 1).contiguous()
        self.w = w.transpose(1, 2).contiguous()
        self.x = _ladder(grid.left.sums(self.u), self.k)
        self.left_only = self.x[-1] @ w
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
        """C(k,s) y^s for s = 1..k-1, shape (E, rows, (k-1) m), and the right-only term."""
        self.y = _ladder(self.grid.right.sums(self.u, right), self.k)
        points = self.y[0].shape[1]
        rows = self.grid.scratch("rows", self.members, points, self.k - 1, self.m)
        for s in range(1, self.k):
            torch.mul(self.y[s], comb(self.k, s), out=rows[:, :, s - 1])
        self.rows = rows.view(self.members, points, -1)
        self.right_only = self.y[-1] @ self.w.transpose(1, 2)
        self.d_rows: Tensor | None = None

    def _logits(self, left: slice) -> Tensor:
        rows, count = self.right_only.shape[1], left.stop - left.start
        logits = self.grid.scratch("logits", self.members, rows, count, self.n)
        torch.add(self.right_only[:, :, None], self.left_only[:, None, left], out=logits)
        if self.k > 1:
            self.x_powers = torch.stack([self.x[self.k - s][:, left] for s in range(1, self.k)], dim=2)
            columns = self.grid.scratch("columns", self.members, count, self.n, self.k - 1, self.m)
            torch.mul(self.x_powers[:, :, None], self.w[:, None, :, None], out=columns)
            self.columns = columns.view(self.members, count * self.n, -1)
            logits.view(self.members, rows, -1).baddbmm_(self.rows, self.columns.transpose(1, 2))
        return logits

    def pull_back(self, block: Block, gradient: Tensor) -> None:
        """Add the gradient of this block's logits, shape (E, rows, columns, n), to the parameters'."""
        if self.du is None:
            self.du, self.dw = torch.zeros_like(self.u), torch.zeros_like(self.w)
            self.d_left_only = torch.zeros_like(self.left_only)
            self.dx = torch.zeros_like(self.x[0])
        if self.d_rows is None:
            self.d_rows = torch.zeros_like(self.rows)
            self.d_right_only = torch.zeros_like(self.right_only)
        self.d_right_only += gradient.sum(dim=2)
        self.d_left_only[:, block.left] += gradient.sum(dim=1)
        if self.k == 1:
            return
        flat = gradient.view(self.members, gradient.shape[1], -1)
        self.d_rows.baddbmm_(flat, self.columns)
        d_columns = self.grid.scratch("d_columns", *self.columns.shape)
        torch.bmm(flat.transpose(1, 2), self.rows, out=d_columns)
        d_columns = d_columns.view(self.members, -1, self.n, self.k - 1, self.m)
        # the columns are no longer needed: their memory takes the products
        products = torch.mul(d_columns, self.w[:, None, :, None], out=self.columns.view_as(d_columns))
        d_powers = products.sum(dim=2)
        self.dw += d_columns.mul_(self.x_powers[:, :, None]).sum(dim=3).sum(dim=1)
        for s in range(1, self.k):
            power = self.k - s
            self.dx[:, block.left] += power * self.x[power - 1][:, block.left] * d_powers[:, :, s - 1]

    def _close_rows(self, right: slice) -> None:
        assert self.du is not None
        assert self.d_rows is not None
        self.dw += self.d_right_only.transpose(1, 2) @ self.y[-1]
        dy = self.k * self.y[-2] * (self.d_right_only @ self.w)
        for s, d_power in enumerate(self.d_rows.split(self.m, dim=2) if self.k > 1 else (), start=1):
            dy += s * comb(self.k, s) * self.y[s - 1] * d_power
        self.grid.right.pull_back(dy, self.du, right)

    def gradient(self) -> tuple[Tensor, Tensor]:
        """Gradients with respect to u and w, after the last block."""
        assert self.du is not None
        if self.k > 1:
            self.dw += self.d_left_only.transpose(1, 2) @ self.x[-1]
            self.dx += self.k * self.x[-2] * (self.d_left_only @ self.w)
            self.grid.left.pull_back(self.dx, self.du)
        return self.du.permute(0, 3, 1, 2).contiguous(), self.dw.transpose(1, 2).contiguous()


class PlainForm:
    """sigma(x + y) for every input of a block: any activation.  The neuron is the last axis here too."""

    def __init__(self, u: Tensor, w: Tensor, grid: Grid, activation: Activation) -> None:
        """Left sums of every neuron."""
        self.w, self.grid, self.activation = w, grid, activation
        self.members, self.m, self.k, self.n = u.shape
        self.u = u.permute(0, 2, 3, 1).contiguous()
        self.x = grid.left.sums(self.u)
        self.du: Tensor | None = None

    def __iter__(self) -> Iterator[tuple[Block, Tensor]]:
        """Blocks and their logits, row block by row block."""
        for right in self.grid.right_slices():
            y = self.grid.right.sums(self.u, right)
            self.dy = torch.zeros_like(y)
            for left in self.grid.left_slices():
                sizes = self.members, y.shape[1], left.stop - left.start
                sums = self.grid.scratch("sums", *sizes, self.m)
                self.sums = torch.add(y[:, :, None], self.x[:, None, left], out=sums)
                self.hidden = self.activation.function(self.sums, self.k).flatten(1, 2)
                logits = self.grid.scratch("logits", *sizes, self.n)
                torch.bmm(self.hidden, self.w, out=logits.flatten(1, 2))
                yield self.grid.block(left, right), logits
            if self.du is not None:
                self.grid.right.pull_back(self.dy, self.du, right)

    def pull_back(self, block: Block, gradient: Tensor) -> None:
        """Add the gradient of this block's logits, shape (E, rows, columns, n), to the parameters'."""
        if self.du is None:
            self.du, self.dw = torch.zeros_like(self.u), torch.zeros_like(self.w)
            self.dx = torch.zeros_like(self.x)
        flat = gradient.view(self.members, -1, self.n)
        self.dw.baddbmm_(self.hidden.transpose(1, 2), flat)
        # the hidden values are no longer needed: their memory takes the slopes
        d_sums = torch.bmm(flat, self.w.transpose(1, 2), out=self.hidden).view_as(self.sums)
        self.activation.pull_back(d_sums, self.sums, self.k)
        self.dy += d_sums.sum(dim=2)
        self.dx[:, block.left] += d_sums.sum(dim=1)

    def gradient(self) -> tuple[Tensor, Tensor]:
        """Gradients with respect to u and w, after the last block."""
        assert self.du is not None
        self.grid.left.pull_back(self.dx, self.du)
        return self.du.permute(0, 3, 1, 2).contiguous(), self.dw


def _ladder(z: Tensor, k: int) -> list[Tensor]:
    """z^0, ..., z^k by products: a general power of a float is many times slower."""
    powers = [torch.ones_like(z), z]
    for _ in range(k - 1):
        powers.append(powers[-1] * z)
    return powers
