"""Numbers below the smallest normal one, which a processor adds and multiplies a hundred times more slowly.

Weight decay takes the weights of a dead neuron below 1e-38, float32's smallest normal number, within some ten thousand
steps; from then on a step takes ten to twenty times as long (measured on Ding24's network).
"""

import contextlib
from collections.abc import Iterator

import torch


@contextlib.contextmanager
def taken_as_zero() -> Iterator[None]:
    """Inside, this thread's arithmetic on the CPU takes such numbers as 0, where the processor can.

    Examples:
        >>> import torch
        >>> smallest = torch.tensor([2.0**-126])
        >>> with taken_as_zero():
        ...     inside = (smallest / 2).item()
        >>> inside in (0.0, 2.0**-127), (smallest / 2).item() == 2.0**-127
        (True, True)
    """
    able = torch.set_flush_denormal(True)
    try:
        yield
    finally:
        if able:
            torch.set_flush_denormal(False)
