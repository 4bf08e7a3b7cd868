r"""Margins of single-frequency networks over every input, at a cost that does not depend on the width.

With the modes :math:`C^\zeta_n` of each frequency (``modes``) the output beside the label y = a_1 + .. + a_k is

.. math:: f(a)[y + \delta] = 2\,\mathrm{Re} \sum_\zeta e^{-2\pi i \zeta\delta/p}
          \sum_n C^\zeta_n\, e^{2\pi i \zeta (n - \mathbf 1) \cdot a/p} ,

two fast Fourier transforms: over the inputs, and over the frequencies.  In float64 the margins are right to rounding,
about 1e-14 of the largest output.
"""

from collections.abc import Callable
from itertools import product
from math import prod

import numpy as np
from scipy import fft

from numerics.full_size.frequencies import OwnFrequencies
from numerics.full_size.modes import Complex, Modes

MOST_ENTRIES = 2**23  # outputs held at a time


def margin_over_every_input(
    own: OwnFrequencies, p: int, progress: Callable[[int, int], None] = lambda done, planned: None
) -> tuple[float, float]:
    """The least margin (not normalised) and the accuracy (a strict winner) of the network of ``own``, odd p.

    Examples:
        >>> import torch
        >>> from numerics.full_size.layout import stack
        >>> from numerics.network import PowerNetwork
        >>> from theory.construction import construct
        >>> from theory.margin import max_margin_float
        >>> network = PowerNetwork.from_exact(construct(2, 7))
        >>> margin, accuracy = margin_over_every_input(OwnFrequencies.of(stack(network)), 7)
        >>> round(margin / max_margin_float(2, 7), 12), accuracy
        (1.0, 1.0)
    """
    k = own.amplitudes.shape[1] - 1
    modes = Modes(k)
    frequencies = np.arange(1, (p + 1) // 2)
    outputs = np.stack([modes.output(own.amplitudes[own.frequency == zeta]) for zeta in frequencies])
    turns = frequencies[:, None, None] * (np.array(modes.exponents) - 1)[None] % p  # (frequencies, modes, k)
    fixed = next(r for r in range(k) if p ** (k - r + 1) <= MOST_ENTRIES or r == k - 1)
    least, right, prefixes = np.inf, 0, p**fixed
    for done, prefix in enumerate(product(range(p), repeat=fixed)):
        phase = turns[:, :, :fixed] @ np.array(prefix, dtype=np.int64) % p
        margins = _margins(outputs * np.exp(2j * np.pi * phase / p), turns[:, :, fixed:], p)
        least, right = min(least, float(margins.min())), right + int((margins > 0).sum())
        progress(done + 1, prefixes)
    return least, right / p**k


def _margins(outputs: Complex, turns: np.ndarray, p: int) -> np.ndarray:
    """Margins on the grid of the inputs that are not fixed: outputs (frequencies, modes), turns (.., .., inputs)."""
    free = turns.shape[2]
    index = np.ravel_multi_index(tuple(np.moveaxis(turns, 2, 0)), (p,) * free)
    grid = np.zeros((len(outputs), p**free), dtype=np.complex128)
    for row, where, values in zip(grid, index, outputs, strict=True):
        row += np.bincount(where, values.real, p**free) + 1j * np.bincount(where, values.imag, p**free)
    axes = tuple(range(1, free + 1))
    sums = fft.ifftn(grid.reshape((-1, *(p,) * free)), axes=axes, norm="forward", overwrite_x=True)
    spectrum = np.zeros((p // 2 + 1, prod(sums.shape[1:])), dtype=np.complex128)
    spectrum[1:] = sums.reshape(len(sums), -1).conj()
    beside = fft.irfft(spectrum, p, axis=0, norm="forward", overwrite_x=True)  # f[y + delta], (p, inputs)
    return beside[0] - beside[1:].max(axis=0)
