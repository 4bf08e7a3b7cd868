"""Do fused kernels help, and does float32 harm: torch.compile on both ways, and gradients in both precisions."""

import time
from collections.abc import Callable, Iterable

import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor

from benchmarks import plain
from benchmarks.measure import PLAIN_BYTES, timed
from numerics.loss import CrossEntropy, flat_parameters
from numerics.network import PowerNetwork
from theory.task import Task


def print_fusion(console: Console, cases: Iterable[tuple[int, int, int]], device: torch.device, seconds: float) -> None:
    """Milliseconds of loss and gradient, plain and ours, compiled and not, in float32; with the error of float32."""
    table = Table(
        "k", "p", "m", "plain ms", "compiled ms", "compile s", "ours ms", "compiled ms", "compile s", "float32 error"
    )
    for k, p, m in cases:
        problem = Task.cyclic(k, p)
        scale = problem.entry_scale(m, problem.log_scale(0.2 * problem.gamma))
        network = PowerNetwork.random(problem, m, 0, scale, torch.float32, device)
        loss = CrossEntropy(network, problem)

        def ours(network: PowerNetwork = network, loss: CrossEntropy = loss) -> Tensor:
            return loss(*flat_parameters(network))[0]

        gathered = None
        if p**k * m * 4 <= PLAIN_BYTES:
            inputs, labels = plain.all_inputs(problem, device)

            def gathered(network: PowerNetwork = network, inputs: Tensor = inputs, labels: Tensor = labels) -> Tensor:
                return torch.nn.functional.cross_entropy(plain.gathered(network, inputs), labels)

        cells = [*_pair(gathered, True, device, seconds), *_pair(ours, False, device, seconds)]
        table.add_row(str(k), str(p), str(m), *cells, f"{_error(network, loss, problem):.1e}")
    console.print(table)
    console.print("float32 error: largest error of a gradient entry against float64, over the largest entry")


def _pair(
    evaluate: Callable[[], Tensor] | None, backward: bool, device: torch.device, seconds: float
) -> tuple[str, str, str]:
    """Milliseconds as it is, milliseconds compiled, seconds of compiling."""
    if evaluate is None:
        return "-", "-", "-"
    torch.compiler.reset()
    compiled = torch.compile(evaluate)

    def run(function: Callable[[], Tensor]) -> Callable[[], object]:
        return lambda: function().backward() if backward else function()

    start = time.perf_counter()
    run(compiled)()
    compiling = time.perf_counter() - start
    before, after = timed([run(evaluate), run(compiled)], device, seconds)
    return f"{before:.3g}", f"{after:.3g}", f"{compiling:.2g}"


def _error(network: PowerNetwork, loss: CrossEntropy, problem: Task) -> float:
    """Largest error of the float32 gradient, over its largest entry."""
    exact = PowerNetwork(network.u.detach().double(), network.w.detach().double())
    _, truth = CrossEntropy(exact, problem)(*flat_parameters(exact))
    _, found = loss(*flat_parameters(network))
    assert truth is not None
    assert found is not None
    largest = max(float(each.abs().max()) for each in truth)
    return max(float((a.double() - b).abs().max()) for a, b in zip(found, truth, strict=True)) / largest
