r"""One run on many processes: every rank takes a part of the input grid, and what all inputs decide is reduced.

Loss and gradient are sums over the :math:`n^k` inputs and the margin is a minimum, so a partition of the inputs into
blocks of rows gives the same run as one process, up to the order of the additions.  Weights, moments and history are
the same on every rank; only rank 0 writes.  Without ``torchrun`` there is one rank and every function here is free:

    torchrun --nproc-per-node 2 -m numerics train --k 2 --p 23 --out run

The memory budget is per rank.  A checkpoint holds no trace of the number of ranks: any number may take it up.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar, cast

import torch
import torch.distributed as dist
from torch import Tensor

from theory.errors import InputError

Value = TypeVar("Value")


@contextmanager
def joined() -> Iterator[None]:
    """Join the processes that ``torchrun`` started; alone, do nothing.  ``cuda`` then means this rank's own GPU.

    Raises:
        InputError: when a rank on this machine has no GPU of its own while others have one.

    Examples:
        >>> with joined():  # without torchrun
        ...     size(), rank()
        (1, 0)
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield
        return
    backend = "gloo"
    if torch.cuda.is_available():
        local, count = int(os.environ["LOCAL_RANK"]), torch.cuda.device_count()
        if local >= count:
            raise InputError(f"need at most one process for each of {count} GPUs; got local rank {local}")
        torch.cuda.set_device(local)
        backend = "cpu:gloo,cuda:nccl"
    dist.init_process_group(backend)
    try:
        yield
        dist.barrier()  # a rank that leaves first would close the connections of one that still reduces
    finally:
        dist.destroy_process_group()


def size() -> int:
    """Number of ranks.

    Examples:
        >>> size()  # without torchrun
        1
    """
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def rank() -> int:
    """This process's number, from 0.

    Examples:
        >>> rank()  # without torchrun
        0
    """
    return dist.get_rank() if size() > 1 else 0


def share(count: int) -> slice:
    """This rank's part of ``range(count)``: consecutive, of equal length up to one, never empty.

    Raises:
        InputError: for more ranks than ``count``.

    Examples:
        >>> list(range(7))[share(7)]  # without torchrun all rows are this rank's
        [0, 1, 2, 3, 4, 5, 6]
    """
    if size() > count:
        raise InputError(f"the number of processes must be at most {count}, the grid's rows; got {size()}")
    return slice(rank() * count // size(), (rank() + 1) * count // size())


def sum_(*tensors: Tensor) -> None:
    """Replace every tensor by its sum over the ranks: the same bits on each of them."""
    if size() > 1:
        for tensor in tensors:
            total = tensor.contiguous()
            dist.all_reduce(total)
            tensor.copy_(total)


def min_(tensor: Tensor) -> Tensor:
    """The elementwise minimum of ``tensor`` over the ranks; ``tensor`` itself may be overwritten."""
    if size() > 1:
        tensor = tensor.contiguous()
        dist.all_reduce(tensor, dist.ReduceOp.MIN)
    return tensor


def anywhere(flag: bool) -> bool:
    """Whether ``flag`` holds on some rank: a signal reaches ranks at different steps, and all must stop at one."""
    if size() == 1:
        return flag
    raised = torch.tensor(int(flag))
    dist.all_reduce(raised, dist.ReduceOp.MAX)
    return bool(raised)


def from_first(value: Value) -> Value:
    """Rank 0's ``value`` on every rank (tensors on the CPU)."""
    if size() == 1:
        return value
    box = [value]
    dist.broadcast_object_list(box, src=0, device=torch.device("cpu"))
    return box[0]


def gathered(value: Value) -> list[Value]:
    """Every rank's ``value``, in their order, on each of them (tensors on the CPU).

    Examples:
        >>> gathered("of the only rank")  # without torchrun
        ['of the only rank']
    """
    if size() == 1:
        return [value]
    found: list[Value | None] = [None] * size()
    dist.all_gather_object(found, value)
    return cast(list[Value], found)


def on_first(action: Callable[[], Value]) -> Value | None:
    """Rank 0 acts; None elsewhere.  The user's error there is raised on every rank, so that none waits for ever.

    Raises:
        InputError: on every rank, when ``action`` raises one.
    """
    value, error = None, None
    if not rank():
        try:
            value = action()
        except InputError as refusal:
            error = refusal
    told = from_first(None if error is None else str(error))
    if error is not None or told is not None:
        raise error or InputError(told or "")
    return value


def require_agreement(tensor: Tensor) -> None:
    """Weights must be the same bits on every rank: processors that round differently would drift apart unseen.

    Raises:
        RuntimeError: when they are not.
    """
    if size() == 1:
        return
    bits = tensor.detach().double().cpu().view(torch.int64)
    low, high = bits.clone(), bits.clone()
    dist.all_reduce(low, dist.ReduceOp.MIN)
    dist.all_reduce(high, dist.ReduceOp.MAX)
    if not torch.equal(low, high):
        raise RuntimeError(f"the ranks must hold the same weights; {int((low != high).sum())} entries differ")
