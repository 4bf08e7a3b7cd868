"""Many networks at once against the same networks one after the other: ``python -m benchmarks.ensembles``.

Milliseconds of one training step of one network, all ways in one run on one thread: the ensemble (explicit gradients,
batched Adam), the same gradients by autograd and by torch.func.vmap, a serial loop of torch modules with
torch.optim.AdamW, and the limit: the bare matrix products of the step with nothing around them.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor, nn
from torch.func import grad_and_value, vmap
from torch.nn.functional import cross_entropy

from benchmarks import plain
from benchmarks.measure import timed
from numerics.ensemble import embedding
from numerics.ensemble.embedding import EmbeddingGradient
from numerics.ensemble.engine import Adam, Gradient, autograd, train
from numerics.ensemble.power import PowerEnsemble
from numerics.ensemble.store import Tensors
from numerics.models.embedding_mlp import EmbeddingMLP, pairs
from numerics.network import POWER, PowerNetwork
from theory.groups import load_group
from theory.groups.margin import group_task
from theory.task import Task

PILOT = (("C5", 2), ("C5", 8), ("S3", 8))  # group, width
PILOT_MEMBERS, PILOT_STEPS = 100, 50
EMBEDDING = ((59, 128), (31, 32), (13, 32))
EMBEDDING_MEMBERS, EMBEDDING_STEPS = 8, 4
SERIAL = 4  # members of the serial loop: each costs the same


@dataclass(frozen=True)
class Row:
    """Milliseconds of one step of one network."""

    what: str
    members: int
    ensemble: float
    autograd: float
    vmap: float
    serial: float
    limit: float

    @property
    def over_serial(self) -> float:
        """Model-steps per second of the ensemble over those of the serial loop: above 1 we win."""
        return self.serial / self.ensemble

    @property
    def over_limit(self) -> float:
        """Ours over the bare matrix products: 1 is perfect."""
        return self.ensemble / self.limit


def rows(dtype: torch.dtype, device: torch.device, seconds: float) -> list[Row]:
    """Every case; the pilot's networks always in float64, as the pilot."""
    tiny = [_pilot(group, m, device, seconds) for group, m in PILOT]
    return tiny + [_embedding(p, d, dtype, device, seconds) for p, d in EMBEDDING]


def _pilot(name: str, m: int, device: torch.device, seconds: float) -> Row:
    """The pilot's networks: x^2, the whole table, cross-entropy and an L2 penalty."""
    task = group_task(load_group(name), 2)
    ensemble = PowerEnsemble(task, POWER, device=device)
    seeds = list(range(PILOT_MEMBERS))
    start = ensemble.random(m, seeds)
    data = {"penalty": torch.full((PILOT_MEMBERS,), 1e-4, dtype=torch.float64, device=device)}
    gradients = (ensemble, autograd(ensemble.losses), _vmapped(ensemble.losses))
    ways = [partial(_train, gradient, start, data, Adam(), PILOT_STEPS) for gradient in gradients]
    one = start["theta"][:SERIAL]
    modules = [PowerNetwork(theta[:, :2].clone(), theta[:, 2].clone()) for theta in one]
    inputs, labels = plain.all_inputs(task, device)
    losses = [partial(_plain_loss, module, inputs, labels) for module in modules]
    serial = partial(_serial, [*modules], losses, 1e-3, 0.0)
    limit = _pilot_limit(task, m, device)
    times = _timed([*ways, serial, limit], device, seconds)
    each = PILOT_MEMBERS * PILOT_STEPS
    scale = (each, each, each, SERIAL, PILOT_MEMBERS)
    return Row(f"x^2 on {name}, width {m}", PILOT_MEMBERS, *(t / n for t, n in zip(times, scale, strict=True)))


def _plain_loss(network: PowerNetwork, inputs: Tensor, labels: Tensor) -> Tensor:
    size = sum(x.square().sum() for x in network.parameters())
    return cross_entropy(plain.gathered(network, inputs), labels) + 1e-4 * size


def _pilot_limit(task: Task, m: int, device: torch.device) -> Callable[[], object]:
    """The sums over inputs, the logits, their transposes, of all members at once."""
    n, kind = task.n, {"dtype": torch.float64, "device": device}
    theta, hot = torch.randn(PILOT_MEMBERS * m, 2 * n, **kind), torch.randn(2 * n, n * n, **kind)
    hidden, w = torch.randn(PILOT_MEMBERS, m, n * n, **kind), torch.randn(PILOT_MEMBERS, m, n, **kind)
    slope = torch.randn(PILOT_MEMBERS, n, n * n, **kind)

    def products() -> object:
        back = hidden.view(-1, n * n) @ hot.T
        return theta @ hot, w.mT @ hidden, w @ slope, hidden @ slope.mT, back

    return products


def _embedding(p: int, d: int, dtype: torch.dtype, device: torch.device, seconds: float) -> Row:
    """Ding24's networks, AdamW on everything."""
    seeds = range(EMBEDDING_MEMBERS)
    start = embedding.networks(p, d, seeds, dtype=dtype, device=device)
    data = embedding.splits(p, 0.8, seeds, device)
    gradients = (EmbeddingGradient(), autograd(embedding.losses), _vmapped(embedding.losses))
    ways = [partial(_train, gradient, start, data, Adam(0.01, 0.5), EMBEDDING_STEPS) for gradient in gradients]
    modules = [EmbeddingMLP(p, d, seed=seed, dtype=dtype).to(device) for seed in range(SERIAL)]
    a, b, label = (x.to(device) for x in pairs(p))
    losses = [
        partial(_model_loss, module, a[chosen], b[chosen], label[chosen])
        for module, chosen in zip(modules, data["train"], strict=False)
    ]
    serial = partial(_serial, [*modules], losses, 0.01, 0.5)
    times = _timed([*ways, serial, _embedding_limit(p, len(data["train"][0]), dtype, device)], device, seconds)
    each = EMBEDDING_MEMBERS * (EMBEDDING_STEPS + 1)  # the engine evaluates the last parameters too
    scale = (each, each, each, SERIAL, 1)
    return Row(f"embedding MLP, p {p}, d {d}", EMBEDDING_MEMBERS, *(t / n for t, n in zip(times, scale, strict=True)))


def _model_loss(model: EmbeddingMLP, a: Tensor, b: Tensor, label: Tensor) -> Tensor:
    return cross_entropy(model(a, b), label)


def _embedding_limit(p: int, n: int, dtype: torch.dtype, device: torch.device) -> Callable[[], object]:
    """The six products of the two layers that act on pairs, into tensors that are there already."""
    kind = {"dtype": dtype, "device": device}
    hidden, second, output = torch.randn(n, 100, **kind), torch.randn(100, 100, **kind), torch.randn(p, 100, **kind)
    slope, logits = torch.randn(p, n, **kind), torch.empty(p, n, **kind)
    pairwise, square, wide = torch.empty(n, 100, **kind), torch.empty(100, 100, **kind), torch.empty(p, 100, **kind)

    def products() -> None:
        torch.mm(hidden, second.T, out=pairwise)
        torch.mm(output, hidden.T, out=logits)
        torch.mm(slope, hidden, out=wide)
        torch.mm(slope.T, output, out=pairwise)
        torch.mm(pairwise.T, hidden, out=square)
        torch.mm(hidden, second, out=pairwise)

    return products


def _train(gradient: Gradient, start: Tensors, data: Tensors, optimiser: Adam, updates: int) -> None:
    train(gradient, start, data, optimiser=optimiser, updates=updates)


def _serial(modules: list[nn.Module], losses: list[Callable[[], Tensor]], rate: float, decay: float) -> None:
    """One step of every module; its optimiser stays with it."""
    for module, loss in zip(modules, losses, strict=True):
        if not hasattr(module, "optimiser"):
            module.optimiser = torch.optim.AdamW(module.parameters(), rate, weight_decay=decay)  # type: ignore[assignment]
        module.zero_grad()
        loss().backward()
        module.optimiser.step()  # type: ignore[operator, union-attr]


def _vmapped(losses: Callable[[Tensors, Tensors], Tensor]) -> Gradient:
    """The gradient of one member, mapped over members by torch.func."""

    def single(parameters: Tensors, data: Tensors) -> Tensor:
        return losses({k: x[None] for k, x in parameters.items()}, {k: x[None] for k, x in data.items()})[0]

    mapped = vmap(grad_and_value(single))

    def gradient(parameters: Tensors, data: Tensors) -> tuple[Tensor, Tensors]:
        slopes, loss = mapped(parameters, data)
        return loss, slopes

    return gradient


def _timed(actions: list[Callable[[], object]], device: torch.device, seconds: float) -> list[float]:
    return [t for t in timed([*actions], device, seconds) if t is not None]


def print_ensembles(console: Console, dtype: torch.dtype, device: torch.device, seconds: float) -> None:
    """The table."""
    table = Table("one step of one network", "members", "ensemble ms", "autograd ms", "vmap ms", "serial ms",
                  "serial/ensemble", "limit ms", "ensemble/limit")  # fmt: skip
    for row in rows(dtype, device, seconds):
        times = (f"{x:.3g}" for x in (row.ensemble, row.autograd, row.vmap, row.serial))
        table.add_row(row.what, str(row.members), *times, f"{row.over_serial:.2f}", f"{row.limit:.3g}",
                      f"{row.over_limit:.2f}")  # fmt: skip
    console.print(table)
    console.print("serial: the same modules one after the other, autograd and torch.optim.AdamW; limit: bare products")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ensembles")
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--float64", action="store_true", help="the embedding MLPs in float64")
    parser.add_argument("--seconds", type=float, default=1.0, help="measuring time of each number")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    dtype = torch.float64 if arguments.float64 else torch.float32
    print_ensembles(Console(width=140), dtype, torch.device(arguments.device), arguments.seconds)


if __name__ == "__main__":
    main()
