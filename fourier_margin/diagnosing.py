"""``fm.diagnose``: what any network on the task does; ``fm.watch``: the same while it trains."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from fourier_margin.problem import the_task
from theory.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from numerics.diagnosis.diagnosis import Diagnosis
    from numerics.diagnosis.watch import Watch
    from theory.groups import Group
    from theory.task import Task


def diagnose(
    model: Any,
    k: int | None = None,
    p: int | None = None,
    *,
    group: "str | np.ndarray | Group | None" = None,
    activation: str | None = None,
    inputs: int = 100_000,
    seed: int = 0,
) -> "Diagnosis":
    """What does this network do: which sums, which frequencies, how pure, and where did a margin go?

    Args:
        model: an ``nn.Module``, a state dict, weights (u, w), a function of a tensor of symbols (N, k), the logits of
            all inputs as an array, the path of a file of one of these, or a network of ours.
        k: number of inputs; 2, where a network of ours does not say it.
        p: modulus; a network of ours, or its file, needs neither p nor group.
        group: instead of p: a group's name, the path of a table file (.json), a multiplication table, or a group.
        activation: that of a state dict, which does not hold it, or of arrays.
        inputs: how many are looked at; where there are more, a random sample, and the answer says so.
        seed: seed of the samples.

    Raises:
        InputError: with one line that names what was needed and what was given.

    Examples:
        >>> import numpy as np
        >>> a, b, c = np.ogrid[:7, :7, :7]
        >>> print(diagnose(np.cos(2 * np.pi * (a - b - c) / 7), p=7))
        14.29% accurate, but 100% of the answers follow c = a - b; no frequency of the label in its logits; no theorem \
about its margin applies.
    """
    from numerics.diagnosis.diagnose import diagnose as of_model

    given, own = _opened(model, p is None and group is None)
    if own is not None and k not in (None, own.k):
        raise InputError(f"k must be the network's, {own.k}; got {k}")
    task = own or the_task(2 if k is None else k, p, group)
    return of_model(given, task, inputs, seed, activation)


def _opened(model: Any, asks: bool) -> "tuple[Any, Task | None]":
    """What is in a file or in a network of ours, and, where one ``asks``, the task that it names."""
    from fourier_margin.networks import Network
    from numerics.diagnosis.files import load_model, task_in, task_of
    from theory.network_file import network_in

    if isinstance(model, Network):
        return model.file, task_in(model.file) if asks else None
    if isinstance(model, str | Path):
        path = network_in(model)
        return load_model(path), task_of(path) if asks else None
    return model, None


def watch(
    model: Any,
    k: int = 2,
    p: int | None = None,
    *,
    group: "str | np.ndarray | Group | None" = None,
    every: int = 100,
    writer: Any = None,
    inputs: int = 100_000,
) -> "Watch":
    """A callback for any training loop, to be called with the step: it looks at the network every so many steps.

    Args:
        model: what is trained; anything that :func:`diagnose` reads.
        k, p, group: the task, as there.
        every: steps from one look to the next.
        writer: TensorBoard's SummaryWriter, or anything with ``add_scalar``.
        inputs: how many are looked at.

    Returns:
        the callback; its ``records`` are plain dictionaries: margin over gamma*, account, purity, frequencies.

    Raises:
        InputError: with one line that names what was needed and what was given.
    """
    from numerics.diagnosis.watch import Watch

    return Watch(model, the_task(k, p, group), every, writer, inputs)
