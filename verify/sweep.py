r"""One pass over all :math:`n^k` inputs in float64, with a proven bound on what rounding can have done.

Every input is a left part (the first :math:`\lfloor k/2 \rfloor` values, sum x of their input vectors) and a right part
(sum y); then :math:`f[c] = \sum_i (x_i + y_i)^k w_i(c) = \sum_s \binom{k}{s} \sum_i x_i^{k-s} y_i^s w_i(c)` is a matrix
product.

Error bound.  Multiplied out, f[c] is a sum of monomials in the weights, and every operation of the pass is a sum, a
product or a matrix product, so each monomial is hit by at most

.. math:: D = k^2 + K + \lceil m/C \rceil + 8

roundings: fewer than :math:`k^2` in the sums x, y and their powers, K = C (k-1) in a matrix product over a chunk of C
neurons (in any order, with or without fused multiply-add), one for each chunk added, and a handful of single ones.
By the standard model (Higham, *Accuracy and Stability*, Lemma 3.1) the computed value is off by at most
:math:`\gamma_D = D\mathrm{u}/(1 - D\mathrm{u})`, :math:`\mathrm{u} = 2^{-53}`, times the sum of the monomials' absolute
values, which is at most :math:`B = \max_c \sum_i A_i^k |w_i(c)|` with :math:`A_i = \sum_j \max_a |u_{ij}(a)|`, at every
input.  A margin is a difference of two logits: :math:`2 \gamma_{D+1} B`.  Underflow adds less than :math:`2^{-700}`:
weights are at most 1 and a pass has k <= 40, so what one operation loses, :math:`2^{-1074}`, grows by at most
:math:`40^{40} < 2^{213}`, and there are far fewer than :math:`2^{100}` operations.  Matrix products must be the
conventional ones, as those of every BLAS that numpy is built with are (no Strassen).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from math import ceil, comb, isqrt
from pathlib import Path

import numpy as np

from theory.errors import InputError
from theory.task import MOST_WORK, Task
from verify.subject import Subject
from verify.tally import KEPT, Kept, Tally

UNIT = 2.0**-53
UNDERFLOW = 2.0**-700
BLOCK_ENTRIES = 2**22
KEEP_EVERY = 2e10  # multiplications, some ten seconds, after which what was found is kept
Progress = Callable[[int, int], None]


class TooManyInputs(InputError):
    """A full pass would take more than ``MOST_WORK`` multiplications."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """What the pass found, of the subject's scaled weights (not normalised).

    Attributes:
        minimum: least margin f[label] - max of the wrong logits, in float64.
        error: bound on the error of every margin of the pass.
        worst: the inputs of the least margins, shape (at most 8, k).
        next: least float margin among all other inputs; infinite if there are none.
        weighted_minimum: least class-weighted margin g' = f[label] - sum_delta tau[delta] f[label delta].
        weighted_mean: mean of g'.
        right: how many margins are positive, in float64.
        cross_entropy: class-weighted, of the file's own weights; None where nobody asked.
    """

    minimum: float
    error: float
    worst: np.ndarray
    next: float
    weighted_minimum: float
    weighted_mean: float
    right: int
    cross_entropy: float | None = None


def sweep(
    subject: Subject,
    most_work: float = MOST_WORK,
    progress: Progress | None = None,
    loss: bool = False,
    keep: Path | None = None,
) -> Sweep:
    """Margins of all inputs, and their losses.

    Cost: n^(k+1) (m max(k-1, 1) + 250) multiplications, memory about 100 MB beside the weights.

    Args:
        subject: the network.
        most_work: multiplications that the pass may take.
        progress: told how many inputs are done, of how many.
        loss: also add up the cross-entropy.
        keep: a file for what a long pass has found so far, from which it goes on after a kill; gone at the end.

    Raises:
        TooManyInputs: when that is more than ``most_work``.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> from theory.network_file import NetworkFile
        >>> found = sweep(Subject.of(NetworkFile(*weights(construct(2, 5)), k=2, p=5)))
        >>> found.worst.shape, found.error < 1e-12
        ((8, 2), True)
    """
    task = subject.task
    if task.work(subject.m) > most_work:
        raise TooManyInputs(
            f"a pass over {task.n}^{task.k} inputs must take at most {most_work:.0e} multiplications; "
            f"it takes {task.work(subject.m):.1e}"
        )
    kept = None if keep is None else Kept(keep, _mark(subject, loss))
    tally, written = kept.load() if kept else Tally(), 0.0
    for flat, labels, logits in _blocks(subject, tally.blocks):
        right = np.take_along_axis(logits, labels[:, None], axis=1)[:, 0]
        tau = _class_weights(task, labels)
        weighted = right - np.einsum("ic,ic->i", logits, tau)
        losses = _losses(subject, logits - right[:, None], tau) if loss else None
        np.put_along_axis(logits, labels[:, None], -np.inf, axis=1)
        tally.add(flat, right - logits.max(axis=1), weighted, losses)
        written += task.work(subject.m) * len(flat) / task.n**task.k
        if kept and written >= KEEP_EVERY:
            kept.save(tally)
            written = 0.0
        if progress is not None:
            progress(tally.inputs, task.n**task.k)
    if kept:
        kept.remove()
    return _found(subject, tally, loss)


def _found(subject: Subject, tally: Tally, loss: bool) -> Sweep:
    task = subject.task
    order = np.argsort(tally.margins)
    margins, positions = tally.margins[order], tally.positions[order]
    worst = np.stack(np.unravel_index(positions[:KEPT], (task.n,) * task.k), axis=-1)
    following = float(margins[KEPT]) if len(margins) > KEPT else float("inf")
    inputs = float(task.n) ** task.k
    return Sweep(
        float(margins[0]),
        error_bound(subject),
        worst,
        following,
        tally.weighted_minimum,
        tally.weighted_sum / inputs,
        tally.right,
        tally.losses / inputs if loss else None,
    )


def _mark(subject: Subject, loss: bool) -> str:
    """What a kept state must agree with: weights, task, blocks, and what is added up."""
    task, digest = subject.task, sha256()
    for part in (subject.u, subject.w, task.table, task.tau):
        digest.update(b"" if part is None else np.ascontiguousarray(part).tobytes())
    digest.update(repr((task.k, task.n, subject.exponent, loss, BLOCK_ENTRIES, _chunk(subject))).encode())
    return digest.hexdigest()


def _losses(subject: Subject, against: np.ndarray, tau: np.ndarray) -> np.ndarray:
    """log(1 + (n-1) sum_delta tau_delta e^(f[y delta] - f[y])) of the file's own weights; overwrites ``against``."""
    against = np.ldexp(against, subject.exponent * (subject.task.k + 1), out=against)
    against[tau == 0] = -np.inf
    most = np.maximum(against.max(axis=1), 0.0)
    against -= most[:, None]
    wrong = (subject.task.n - 1) * np.einsum("ic,ic->i", np.exp(against, out=against), tau)
    return most + np.log(np.exp(-most) + wrong)


def error_bound(subject: Subject) -> float:
    """The bound on the error of a margin that the first lines of this file prove."""
    k, m = subject.task.k, subject.m
    chunk = _chunk(subject)
    roundings = k * k + chunk * max(k - 1, 1) + ceil(m / chunk) + 9
    gamma = roundings * UNIT / (1 - roundings * UNIT)
    reach = np.abs(subject.u).max(axis=2).sum(axis=1)
    bound = float((reach**k @ np.abs(subject.w)).max())
    # B itself is a sum of positive terms, computed with a relative error far below 1e-6.
    return 2 * gamma * bound * (1 + 1e-6) + UNDERFLOW


def _chunk(subject: Subject) -> int:
    """Neurons per matrix product: about the number that makes D least, and enough for speed."""
    return max(64, isqrt(subject.m // max(subject.task.k - 1, 1)))


def _blocks(subject: Subject, first: int = 0) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """(flat positions of inputs, their labels, their logits (inputs, n)), covering the grid once, from a block on."""
    task, u, w = subject.task, subject.u, subject.w
    k, n, m = task.k, task.n, subject.m
    chunk, half = _chunk(subject), k // 2
    left_size, right_size = n**half, n ** (k - half)
    columns = max(1, min(left_size, BLOCK_ENTRIES // (m * max(k - 1, 1) * n)))
    rows = max(1, min(right_size, BLOCK_ENTRIES // (m * max(k - 1, 1)), BLOCK_ENTRIES // (columns * n)))
    starts = range(0, left_size, columns)
    for r in range(first // len(starts) * rows, right_size, rows):
        right = np.arange(r, min(r + rows, right_size))
        y, right_product = _half(task, u[:, half:], right)
        y_powers = _powers(y, [(s, comb(k, s)) for s in range(1, k)])
        right_only = _product(y**1 if k == 1 else _power(y, k), w, chunk)
        for start in starts[first % len(starts) if r == first // len(starts) * rows else 0 :]:
            left = np.arange(start, min(start + columns, left_size))
            logits = np.repeat(right_only[:, None], len(left), axis=1)
            if half:
                x, left_product = _half(task, u[:, :half], left)
                logits += _product(_power(x, k), w, chunk)
                x_powers = _powers(x, [(k - s, 1) for s in range(1, k)])
                votes = x_powers[..., None] * w[:, None, None, :]
                logits += _product(y_powers, votes, chunk).reshape(logits.shape)
                labels = task.multiply(left_product, right_product[:, None])
            else:
                labels = right_product[:, None]
            flat = left * right_size + right[:, None]
            yield flat.ravel(), labels.ravel(), logits.reshape(-1, n)


def _class_weights(task: Task, labels: np.ndarray) -> np.ndarray:
    """Row i: the weight of logit c = label delta, tau[delta], for ``labels[i]``; shape (inputs, n)."""
    elements = np.arange(task.n)
    if task.table is None:
        return task.tau[(elements - labels[:, None]) % task.n]
    weights = np.empty((len(labels), task.n))
    np.put_along_axis(weights, task.table[labels].astype(np.int64), task.tau[None, :], axis=1)
    return weights


def _half(task: Task, u: np.ndarray, flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sums (m, P) of the input vectors at the value combinations ``flat``, and the products of the values (P,)."""
    values = np.stack(np.unravel_index(flat, (task.n,) * u.shape[1]))
    sums = u[:, 0, values[0]]
    product = values[0]
    for j in range(1, u.shape[1]):
        sums = sums + u[:, j, values[j]]
        product = task.multiply(product, values[j])
    return sums, product


def _power(z: np.ndarray, exponent: int) -> np.ndarray:
    """z^exponent by repeated multiplication: exponent - 1 roundings, whatever the library's pow does."""
    result = z
    for _ in range(exponent - 1):
        result = result * z
    return result


def _powers(z: np.ndarray, terms: list[tuple[int, int]]) -> np.ndarray:
    """coefficient * z^exponent for every term: (m, P) to (m, terms, P)."""
    if not terms:
        return np.zeros((len(z), 0, z.shape[1]))
    return np.stack([_power(z, exponent) * coefficient for exponent, coefficient in terms], axis=1)


def _product(a: np.ndarray, b: np.ndarray, chunk: int) -> np.ndarray:
    """Sum over the neurons (and terms) of outer products of the last axes, chunk by chunk of neurons."""
    m = len(a)
    a, b = a.reshape(m, -1, a.shape[-1]), b.reshape(m, a.reshape(m, -1, a.shape[-1]).shape[1], -1)
    total = np.zeros((a.shape[-1], b.shape[-1]))
    for i in range(0, m, chunk):
        left, right = a[i : i + chunk], b[i : i + chunk]
        total += left.reshape(-1, left.shape[-1]).T @ right.reshape(-1, right.shape[-1])
    return total
