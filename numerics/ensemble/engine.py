r"""N networks of one architecture are one tensor program: every parameter has the members as its first axis.

Members never meet: each has its own initial weights, learning rate, weight decay and data, and leaves the batch when
its own loss and weights have come to rest.  So member i ends with the weights that it would have alone, up to the
rounding of batched matrix products (measured in ``tests/numerics/ensemble``); kills and resumptions change nothing.

One update is that of torch's Adam (Kingma and Ba 2015) with decoupled decay (Loshchilov and Hutter 2019), at every
member's own rate.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim.adam import adam

from numerics.ensemble.store import Store, Tensors
from theory.errors import InputError, Interrupted, require_integer

Gradient = Callable[[Tensors, Tensors], tuple[Tensor, Tensors]]
"""(parameters, data), each (members, ...) -> losses (members,) and their gradients by parameter."""

UPDATES_BETWEEN_LEAVING = 50
LEAVE_TOGETHER = 0.1  # the batch is made smaller once so large a part of it has finished


@dataclass(frozen=True)
class Adam:
    """Adam; ``rate`` and the decoupled ``decay`` are numbers, or one number per member in a tensor (N,)."""

    rate: float | Tensor = 1e-3
    decay: float | Tensor = 0.0
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8


@dataclass(frozen=True)
class Calm:
    r"""A member has converged when it was calm for ``updates`` updates in a row.

    An update is calm when :math:`|L_{t+1} - L_t| \le \epsilon |L_t|` and :math:`\|\theta_{t+1} - \theta_t\| \le
    \epsilon \|\theta_t\|` with :math:`\epsilon` = ``tolerance``; the norm is over all parameters of the member.
    """

    tolerance: float = 1e-7
    updates: int = 500


@dataclass(frozen=True)
class Records:
    """What is measured on the way.

    Attributes:
        at: after so many updates, increasing; 0 is the initial network.
        measure: (parameters, data) -> values by name, each (members, ...); floating point.
        leave: from those values, (members,) booleans: who leaves the batch at once.
    """

    at: Sequence[int]
    measure: Callable[[Tensors, Tensors], Tensors]
    leave: Callable[[Tensors], Tensor] | None = None


@dataclass(frozen=True)
class Trained:
    """What N members ended with.

    Attributes:
        parameters: by name, (N, ...).
        loss: loss of those parameters, (N,).
        updates: how many updates each member made, (N,).
        converged: whether it left by the rule :class:`Calm`, (N,).
        history: measured values by name, (N, records, ...); NaN after a member has left.
        seconds: processor time, parts before a kill included.
    """

    parameters: Tensors
    loss: Tensor
    updates: Tensor
    converged: Tensor
    history: Tensors
    seconds: float


def gaussian(
    seeds: Sequence[int],
    shape: tuple[int, ...],
    scale: float,
    dtype: torch.dtype = torch.float64,
    device: torch.device | str = "cpu",
) -> Tensor:
    """Independent normal entries of standard deviation ``scale``, (len(seeds), *shape).

    Member i depends on ``seeds[i]`` alone: drawn in float64 on the CPU, so a seed means the same entries on every
    device, in every precision and in every ensemble.

    Examples:
        >>> import torch
        >>> torch.equal(gaussian([5, 7], (3,), 0.1)[1], gaussian([7], (3,), 0.1)[0])
        True
    """
    generator = torch.Generator()
    members = [
        torch.randn(shape, dtype=torch.float64, generator=generator.manual_seed(seed)).mul_(scale) for seed in seeds
    ]
    return torch.stack(members).to(device=device, dtype=dtype)


def autograd(losses: Callable[[Tensors, Tensors], Tensor]) -> Gradient:
    """The gradient of per-member losses (parameters, data) -> (members,) by differentiating their sum.

    Members do not meet, so the gradient of the sum with respect to a member is that of the member's own loss.

    Examples:
        >>> import torch
        >>> gradient = autograd(lambda parameters, data: (parameters["x"] - data["goal"]) ** 2)
        >>> loss, slopes = gradient({"x": torch.tensor([1.0, 2.0])}, {"goal": torch.tensor([4.0, 0.0])})
        >>> loss.tolist(), slopes["x"].tolist()
        ([9.0, 4.0], [-6.0, 4.0])
    """

    def gradient(parameters: Tensors, data: Tensors) -> tuple[Tensor, Tensors]:
        leaves = {name: x.detach().requires_grad_() for name, x in parameters.items()}
        with torch.enable_grad():
            loss = losses(leaves, data)
            slopes = torch.autograd.grad(loss.sum(), list(leaves.values()))
        return loss.detach(), dict(zip(leaves, slopes, strict=True))

    return gradient


def members_within(budget: int, bytes_each: int) -> int:
    """How many members may train at once when each holds ``bytes_each`` beside the results: at least one.

    Raises:
        InputError: when one member alone exceeds the budget.

    Examples:
        >>> members_within(budget=1000, bytes_each=300)
        3
    """
    if bytes_each > budget:
        raise InputError(f"the memory must hold one member, {bytes_each} bytes; got {budget}")
    return budget // bytes_each


def train(
    gradient: Gradient,
    parameters: Tensors,
    data: Tensors,
    *,
    optimiser: Adam,
    updates: int,
    rule: Calm | None = None,
    records: Records | None = None,
    batch: int | None = None,
    folder: Path | None = None,
    config: dict[str, Any] | None = None,
    checkpoint_seconds: float = 30.0,
    progress: Callable[[int, int], None] = lambda done, planned: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Trained:
    """Train every member from ``parameters``, each by itself.

    Args:
        gradient: per-member losses and gradients; it must treat every member by itself.
        parameters: initial parameters by name, (N, ...); left as they are.
        data: what else differs between members (penalties, splits), (N, ...).
        optimiser: Adam with its rates and decays.
        updates: at most so many per member.
        rule: when a member has converged; None trains all of them for ``updates`` updates.
        records: what to measure on the way.
        batch: how many members train at once; the next batch follows when all have finished.  None: all.
        folder: where the whole ensemble's state is kept; a state that is there is continued.
        config: what makes this run this run, as JSON values; a state of another configuration is refused.
        checkpoint_seconds: a kill loses at most so much time.
        progress: called about once a second with finished and planned member-updates; it may raise ``Interrupted``.
        should_stop: asked every update; a true answer saves and raises ``Interrupted``.

    Raises:
        InputError: for no members, unequal numbers of members, or a state of another run in ``folder``.
        Interrupted: after saving, when ``should_stop`` said so.

    Examples:
        >>> import torch
        >>> gradient = autograd(lambda parameters, data: (parameters["x"] - data["goal"]) ** 2)
        >>> start, goals = {"x": torch.zeros(2)}, {"goal": torch.tensor([4.0, -9.0])}
        >>> found = train(gradient, start, goals, optimiser=Adam(rate=0.5), updates=1)
        >>> [round(x, 4) for x in found.parameters["x"].tolist()]
        [0.5, -0.5]
    """
    require_integer("updates", updates, 1)
    sizes = {len(x) for x in (*parameters.values(), *data.values(), *_per_member(optimiser))}
    if len(sizes) != 1 or not max(sizes):
        raise InputError(f"parameters, data, rates and decays must have one row per member; got {sorted(sizes)} rows")
    (members,) = sizes
    batch = min(batch or members, members)
    identity = {"members": members, "updates": updates, "rule": str(rule), "config": config or {}}
    store = Store(folder, identity, checkpoint_seconds)
    with torch.no_grad():
        run = _Run(gradient, parameters, data, optimiser, updates, rule, records, store)
        return run(members, batch, progress, should_stop)


def _per_member(optimiser: Adam) -> list[Tensor]:
    return [x for x in (optimiser.rate, optimiser.decay) if isinstance(x, Tensor)]


class _Run:
    """The batches one after the other; ``done`` holds every member's results, ``now`` the batch in training.

    Both are plain dictionaries of tensors with the members first, so that leaving the batch, checkpoints and
    resumption are one line each.
    """

    def __init__(
        self,
        gradient: Gradient,
        parameters: Tensors,
        data: Tensors,
        optimiser: Adam,
        updates: int,
        rule: Calm | None,
        records: Records | None,
        store: Store,
    ) -> None:
        self.gradient, self.optimiser, self.updates, self.rule, self.store = gradient, optimiser, updates, rule, store
        self.initial, self.all_data = parameters, data
        self.records = records or Records((), lambda parameters, data: {})
        self.row_at = {step: row for row, step in enumerate(self.records.at)}
        self.device = next(iter(parameters.values())).device
        self.all_rates, self.all_decays = (
            torch.as_tensor(x, dtype=torch.float64, device=self.device) for x in (optimiser.rate, optimiser.decay)
        )
        self.decaying = bool((self.all_decays != 0).any())

    def __call__(
        self, members: int, batch: int, progress: Callable[[int, int], None], should_stop: Callable[[], bool]
    ) -> Trained:
        state = self.state = self.store.load(self.device)
        if state.now:
            self._gather()
        finished = state.begun == members and not state.now
        shown = time.monotonic()
        while state.begun < members or state.now:
            if not state.now:
                self._begin(min(state.begun + batch, members), members)
            self._step(state.step)
            last = state.step == self.updates
            state.step += 1
            if last or state.step % UPDATES_BETWEEN_LEAVING == 0:
                self._leave(last)
            try:
                if should_stop():
                    raise Interrupted
                if time.monotonic() - shown > 1:
                    shown = time.monotonic()
                    progress(self._made(), members * self.updates)
            except Interrupted:
                self.store.save(state)
                raise
            if self.store.due():
                self.store.save(state)
        if not finished:
            self.store.save(state)
        progress(members * self.updates, members * self.updates)
        return Trained(
            {name: state.done[f"parameter/{name}"] for name in self.initial},
            state.done["loss"],
            state.done["updates"],
            state.done["converged"],
            {name.removeprefix("history/"): x for name, x in state.done.items() if name.startswith("history/")},
            state.seconds,
        )

    def _begin(self, end: int, members: int) -> None:
        """The next batch, up to member ``end``, at its start."""
        state = self.state
        member = torch.arange(state.begun, end, device=self.device)
        now: Tensors = {"member": member}
        for name, x in self.initial.items():
            now[f"parameter/{name}"] = x[member].contiguous()
            now[f"first/{name}"] = torch.zeros_like(now[f"parameter/{name}"])
            now[f"second/{name}"] = torch.zeros_like(now[f"parameter/{name}"])
        first, n = next(iter(self.initial.values())), len(member)
        now |= {
            "loss": first.new_full((n,), torch.inf),
            "change": first.new_full((n,), torch.inf),
            "calm": first.new_zeros(n, dtype=torch.int32),
            "alive": first.new_ones(n, dtype=torch.bool),
            "updates": first.new_zeros(n, dtype=torch.int32),
            "converged": first.new_zeros(n, dtype=torch.bool),
        }
        state.begun, state.step, state.now = end, 0, now
        self._gather()
        if self.row_at:
            for name, x in self.records.measure(self.parameters, self.data).items():
                now[f"history/{name}"] = x.new_full((n, len(self.row_at), *x.shape[1:]), torch.nan)
        if not state.done:
            kept = ("parameter/", "history/", "loss", "updates", "converged")
            state.done = {
                name: x.new_zeros((members, *x.shape[1:])) for name, x in now.items() if name.startswith(kept)
            }

    def _gather(self) -> None:
        """What belongs to the members that are in the batch now."""
        member = self.state.now["member"]
        self.parameters = {name: self.state.now[f"parameter/{name}"] for name in self.initial}
        self.data = {name: x[member] for name, x in self.all_data.items()}
        self.rates, self.decays = (
            x[member] if x.dim() else x.expand(len(member)) for x in (self.all_rates, self.all_decays)
        )

    def _step(self, step: int) -> None:
        """Judge the last update, record, make the next one; a member that has finished does not move any more."""
        now = self.state.now
        loss, slopes = self.gradient(self.parameters, self.data)
        if self.rule:
            calm = (loss - now["loss"]).abs_() <= self.rule.tolerance * now["loss"].abs()
            calm &= now["change"] <= self.rule.tolerance
            now["calm"] = torch.where(calm, now["calm"] + 1, 0)
            now["converged"] |= now["alive"] & (now["calm"] >= self.rule.updates)
            now["alive"] &= ~now["converged"]
        now["loss"] = loss
        if step in self.row_at:
            self._record(self.row_at[step])
        if step < self.updates:
            now["updates"] += now["alive"]
            self._update(slopes, step + 1)

    def _record(self, row: int) -> None:
        now = self.state.now
        values = self.records.measure(self.parameters, self.data)
        for name, x in values.items():
            now[f"history/{name}"][:, row] = torch.where(_like(now["alive"], x), x, torch.nan)
        if self.records.leave:
            now["alive"] &= ~self.records.leave(values)

    def _update(self, slopes: Tensors, count: int) -> None:
        """Adam's update number ``count`` of the members that are still training."""
        now, (b1, b2) = self.state.now, self.optimiser.betas
        rates = self.rates * now["alive"]
        names = list(self.parameters)
        # One rate for all members is all that torch's Adam takes: at rate 1, from 0, it gives the direction of each.
        directions = [torch.zeros_like(x) for x in self.parameters.values()]
        adam(
            directions,
            [slopes[name] for name in names],
            [now[f"first/{name}"] for name in names],
            [now[f"second/{name}"] for name in names],
            [],
            [torch.tensor(float(count - 1)) for _ in names],
            amsgrad=False,
            beta1=b1,
            beta2=b2,
            lr=1.0,
            weight_decay=0.0,
            eps=self.optimiser.eps,
            maximize=False,
        )
        moved, size = [], []
        for change, x in zip(directions, self.parameters.values(), strict=True):
            if self.decaying:
                change.sub_(_like(self.decays, x).to(x.dtype) * x)
            change.mul_(_like(rates, x).to(x.dtype))
            if self.rule:
                size.append(_norm(x))
                moved.append(_norm(change))
            x.add_(change)
        if self.rule:
            now["change"] = _total(moved) / _total(size)

    def _leave(self, last: bool) -> None:
        """Put the results of finished members away; make the batch smaller when that pays."""
        state = self.state
        gone = ~state.now["alive"]
        if last:
            gone = torch.ones_like(gone)
        if int(gone.sum()) < LEAVE_TOGETHER * len(gone):
            return
        member = state.now["member"][gone]
        for name, x in state.done.items():
            x[member] = state.now[name][gone]
        state.now = {} if bool(gone.all()) else {name: x[~gone] for name, x in state.now.items()}
        if state.now:
            self._gather()

    def _made(self) -> int:
        """Updates made or spared so far, of all members."""
        left = len(self.state.now["member"]) * (self.updates - self.state.step) if self.state.now else 0
        return self.state.begun * self.updates - left


def _like(rows: Tensor, x: Tensor) -> Tensor:
    """One value per member, broadcast over x."""
    return rows.view(-1, *(1,) * (x.dim() - 1))


def _norm(x: Tensor) -> Tensor:
    """Euclidean norm of each member's part, (members,)."""
    return torch.linalg.vector_norm(x.flatten(1), dim=1)


def _total(norms: list[Tensor]) -> Tensor:
    """The norm of all parts together."""
    return norms[0] if len(norms) == 1 else torch.linalg.vector_norm(torch.stack(norms), dim=0)
