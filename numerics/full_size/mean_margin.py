r"""The class-weighted mean margin over all n^k inputs, exactly, with its gradient, in O(m k n^2).

Of :math:`(\sum_j u_j(a_j))^k` only the monomial :math:`k!\, u_1(a_1) \cdots u_k(a_k)` contains every input; the others
average to the same number at every shift of the label and cancel between the right and the wrong labels.  So

.. math:: \mathbb{E}_a \Bigl[f[y] - \sum_\delta \tau_\delta f[y\delta]\Bigr]
   = \frac{k!}{n^k} \sum_i \sum_c (u_{i1} * \cdots * u_{ik})(c)
     \Bigl(w_i(c) - \sum_\delta \tau_\delta w_i(c\delta)\Bigr)

with the group's convolution (Li24 F.7 for Z_p with equal weights; ours for class weights and groups).
"""

from math import factorial

import torch
from torch import Tensor

from theory.task import Task


class MeanMargin:
    """The mean of f[y] - sum_delta tau_delta f[y delta] over all inputs, as a function of theta (k+1, n, m).

    On Z_n convolutions are products of Fourier coefficients, taken by real matrix products; on any other group they are
    n products with shifted copies.

    Examples:
        >>> task = Task.cyclic(1, 3)
        >>> theta = torch.eye(3).expand(2, 3, 3)  # f(a)[c] = 1 where c = a
        >>> value, gradient = MeanMargin(task)(theta)
        >>> value, tuple(gradient.shape)
        (1.0, (2, 3, 3))
    """

    def __init__(self, task: Task, dtype: torch.dtype = torch.float32, device: str = "cpu") -> None:
        """Tables of the task, on the device where theta will be."""
        self._scale = factorial(task.k) / float(task.n) ** task.k
        build = _Cyclic if task.table is None else _Group
        self._convolution = build(task, dtype, device)

    def __call__(self, theta: Tensor) -> tuple[float, Tensor]:
        """The value and its gradient by theta, shape (k+1, n, m)."""
        convolution = self._convolution
        u, w = convolution.transform(theta[:-1]), convolution.contrast(theta[-1:])[0]
        before: list[Tensor | None] = []
        product: Tensor | None = None
        for factor in u:
            before.append(product)
            product = factor if product is None else convolution.multiply(product, factor)
        assert product is not None
        value = self._scale * convolution.inner(product, w)
        gradients = torch.empty_like(torch.cat([u, product[None]]))
        gradients[-1] = product
        after = w
        for j in range(len(u) - 1, -1, -1):
            left = before[j]
            gradients[j] = after if left is None else convolution.divide_left(left, after)
            after = convolution.divide_right(after, u[j])
        found = torch.empty_like(theta)
        found[:-1] = convolution.transform_adjoint(gradients[:-1])
        found[-1:] = convolution.contrast_adjoint(gradients[-1:])
        return value, found.mul_(self._scale)


class _Cyclic:
    """Functions on Z_n by their Fourier coefficients 1 .. n/2, complex, shape (..., n//2, m).

    Frequency 0 is left out: there w minus its weighted mean vanishes, since tau sums to 1.
    """

    def __init__(self, task: Task, dtype: torch.dtype, device: str) -> None:
        n = task.n
        a = torch.arange(n, dtype=torch.float64)
        frequency = torch.arange(1, n // 2 + 1, dtype=torch.float64)
        angle = 2 * torch.pi * torch.outer(frequency, a) / n
        self._dft = torch.cat([angle.cos(), -angle.sin()]).to(device, dtype)
        pairs = torch.where(2 * frequency == n, 1.0, 2.0)  # a frequency and its conjugate; n/2 is its own
        tau_hat = angle.cos() @ torch.as_tensor(task.tau)
        # sum_c (u * v)(c) w~(c) = 1/n sum_j U(j) V(j) conj(W~(j)), W~ = (1 - conj tau^) W
        sine = angle.sin() @ torch.as_tensor(task.tau)
        factor = torch.complex(1 - tau_hat, -sine)
        self._factor = (factor * pairs / n).to(device, torch.complex64 if dtype == torch.float32 else torch.complex128)

    def transform(self, x: Tensor) -> Tensor:
        return self._complex(torch.matmul(self._dft, x))

    def _complex(self, x: Tensor) -> Tensor:
        real, imaginary = x.chunk(2, dim=-2)
        return torch.complex(real, imaginary)

    def transform_adjoint(self, x: Tensor) -> Tensor:
        return torch.matmul(self._dft.T, torch.cat([x.real, x.imag], dim=-2))

    def contrast(self, w: Tensor) -> Tensor:
        return self.transform(w) * self._factor[:, None]

    def contrast_adjoint(self, x: Tensor) -> Tensor:
        return self.transform_adjoint(x * self._factor.conj()[:, None])

    def inner(self, x: Tensor, y: Tensor) -> float:
        return float((x * y.conj()).real.sum(dtype=torch.float64))

    def multiply(self, x: Tensor, y: Tensor) -> Tensor:
        return x * y

    def divide_left(self, x: Tensor, y: Tensor) -> Tensor:
        return x.conj() * y

    def divide_right(self, x: Tensor, y: Tensor) -> Tensor:
        return x * y.conj()


class _Group:
    """Functions on a group by their values, shape (..., n, m)."""

    def __init__(self, task: Task, dtype: torch.dtype, device: str) -> None:
        self._table = torch.tensor(task.table, dtype=torch.int64, device=device)
        self._tau = torch.as_tensor(task.tau).to(device, dtype)
        # the matrix of w -> w(c) - sum_delta tau_delta w(c delta)
        self._contrast = torch.eye(task.n, dtype=dtype, device=device)
        for delta, weight in enumerate(self._tau.tolist()):
            rows = torch.arange(task.n, device=device)
            self._contrast.index_put_((rows, self._table[:, delta]), torch.tensor(-weight, dtype=dtype, device=device),
                                      accumulate=True)  # fmt: skip

    def transform(self, x: Tensor) -> Tensor:
        return x

    def transform_adjoint(self, x: Tensor) -> Tensor:
        return x

    def contrast(self, w: Tensor) -> Tensor:
        return torch.matmul(self._contrast, w)

    def contrast_adjoint(self, x: Tensor) -> Tensor:
        return torch.matmul(self._contrast.T, x)

    def inner(self, x: Tensor, y: Tensor) -> float:
        return float((x * y).sum(dtype=torch.float64))

    def multiply(self, x: Tensor, y: Tensor) -> Tensor:
        """(x * y)(c) = sum_{ab=c} x(a) y(b)."""
        found = torch.zeros_like(x)
        for a, row in enumerate(self._table):
            found.index_add_(0, row, x[a] * y)
        return found

    def divide_left(self, x: Tensor, y: Tensor) -> Tensor:
        """sum_a x(a) y(ab) as a function of b."""
        found = torch.zeros_like(x)
        for a, row in enumerate(self._table):
            found.addcmul_(x[a].expand_as(y), y[row])
        return found

    def divide_right(self, x: Tensor, y: Tensor) -> Tensor:
        """sum_b y(b) x(ab) as a function of a."""
        found = torch.zeros_like(x)
        for b, column in enumerate(self._table.T):
            found.addcmul_(y[b].expand_as(x), x[column])
        return found
