"""Weights u and w given as arrays, as a network: in whatever order of axes they are, and it says in which.

Arrays of the right shapes are taken as they are, unless that gives less than half of the answers right and another
memory order nine in ten: a transposed array that safetensors alone has written has the right shape and its entries in
the wrong places.
"""

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import torch
from torch import Tensor

from numerics.accuracy import accuracy
from numerics.diagnosis.readings import probe_of
from numerics.network import ACTIVATIONS, PowerNetwork
from theory.errors import InputError
from theory.task import Task

GOOD, BAD = 0.9, 0.5
AS_GIVEN = ""


def as_network(u: Any, w: Any, task: Task, activation: str = "power") -> tuple[PowerNetwork, tuple[str, ...]]:
    """The network of these weights, and how they were read.

    Args:
        u: input vectors, shape (m, k, n), or its axes in another order.
        w: output vectors, shape (m, n), or (n, m) as in ``nn.Linear``.
        task: what the network should compute.
        activation: its name; by default ``power``.

    Raises:
        InputError: for other shapes, an unknown activation, or numbers that are not finite.
    """
    u, w = _numbers("u", u), _numbers("w", w)
    k, n = task.k, task.n
    if activation not in ACTIVATIONS:
        raise InputError(f"the activation must be {' or '.join(ACTIVATIONS)}; got {activation!r:.60}")
    m = w.numel() // n
    if u.dim() != 3 or w.dim() != 2 or w.numel() != m * n or sorted(u.shape) != sorted((m, k, n)) or m == 0:
        need = f"u must have shape (m, {k}, {n}) and w (m, {n})"
        raise InputError(f"{need}, or their axes in another order; got {tuple(u.shape)} and {tuple(w.shape)}")
    inputs, outputs = dict(_orders(u, (m, k, n))), dict(_orders(w, (m, n)))
    if AS_GIVEN in inputs and AS_GIVEN in outputs:
        given = PowerNetwork(inputs[AS_GIVEN], outputs[AS_GIVEN], ACTIVATIONS[activation])
        score = probe_accuracy(given, task)
        if score >= BAD:
            return given, ()
    else:
        given, score = None, 0.0
    best, best_score, words = given, score, ""
    for name_u, each_u in inputs.items():
        for name_w, each_w in outputs.items():
            network = PowerNetwork(each_u, each_w, ACTIVATIONS[activation])
            other = probe_accuracy(network, task)
            if best is None or other > best_score:
                best, best_score = network, other
                words = ", ".join(f"{x} {how}" for x, how in (("u", name_u), ("w", name_w)) if how)
    assert best is not None
    if given is None:
        return best, (f"read with {words}", *_other_activation(best, task))
    if best_score >= GOOD:
        return best, (f"read with {words}: as stored it is {100 * score:.3g}% accurate",)
    return given, _other_activation(given, task)


def _orders(x: Tensor, shape: tuple[int, ...]) -> Iterator[tuple[str, Tensor]]:
    """The array as this shape: as it is, with axes exchanged, or with entries in the memory order of exchanged axes."""
    if tuple(x.shape) == shape:
        yield AS_GIVEN, x.contiguous()
    for order in permutations(range(x.dim())):
        if order == tuple(range(x.dim())):
            continue
        if tuple(x.permute(order).shape) == shape:
            yield f"axes in the order {order}", x.permute(order).contiguous()
        if tuple(x.shape) == shape:
            back = sorted(range(x.dim()), key=lambda i, order=order: order[i])  # type: ignore[misc]
            stored = x.reshape([shape[i] for i in order]).permute(back)
            yield f"entries stored in the order of the axes {order}", stored.contiguous()


def _other_activation(network: PowerNetwork, task: Task) -> tuple[str, ...]:
    """A note for every activation with which the network would be much better."""
    score = probe_accuracy(network, task)
    u, w = network.u.detach(), network.w.detach()
    others = {name: other for name, other in ACTIVATIONS.items() if other is not network.activation}
    scores = {name: probe_accuracy(PowerNetwork(u, w, other), task) for name, other in others.items()}
    return tuple(
        f"with the activation {name} it would be {100 * other:.4g}% accurate"
        for name, other in scores.items()
        if other >= GOOD > BAD > score
    )


@torch.no_grad()
def probe_accuracy(network: PowerNetwork, task: Task) -> float:
    """Accuracy on at most a thousand inputs."""
    probe = probe_of(task)
    return float(accuracy(network(probe.values.to(network.u.device)).cpu(), probe.labels))


def _numbers(name: str, value: Any) -> Tensor:
    try:
        found = torch.as_tensor(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(f"{name} must be an array of numbers; {str(error)[:90]}") from None
    if found.is_complex() or found.dtype == torch.bool:
        raise InputError(f"{name} must hold real numbers; got {found.dtype}")
    found = found.detach().to("cpu", torch.float32 if found.dtype == torch.float32 else torch.float64)
    if not torch.isfinite(found).all():
        raise InputError(f"every weight must be finite; {name} holds NaN or infinity")
    return found
