"""Same seed, same machine, same result: to the last byte; across thread counts within a proven bound."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from numerics.evaluation import margin_summary, minimum_margin
from numerics.launch import train
from numerics.loss import CrossEntropy
from numerics.network import PowerNetwork
from numerics.recipes import RECIPES
from theory.command_line import run
from theory.construction import construct
from theory.floats import weights
from theory.network_file import NetworkFile
from theory.task import Task
from verify.cli import build
from verify.subject import Subject
from verify.sweep import error_bound

RECIPE = replace(RECIPES["hybrid"], descent_steps=80, polish_rounds=2, polish_iterations=10)


def trained(out: Path, seed: int = 0) -> bytes:
    train(Task.cyclic(2, 5), RECIPE, m=32, seed=seed, target=0.99999999, out=out)
    return (out / "network.safetensors").read_bytes()


def test_training_is_a_function_of_its_seed(tmp_path):
    first, again, other = (trained(tmp_path / name, seed) for name, seed in (("a", 3), ("b", 3), ("c", 4)))
    assert first == again
    assert first != other


@pytest.mark.parametrize("arguments", [["--k", "3", "--p", "6"], ["--k", "2", "--group", "Dic3"]])
def test_constructions_are_the_same_bytes(tmp_path, arguments):
    for name in ("a", "b"):
        assert run(build(), ["construct", *arguments, "--out", str(tmp_path / name)]) == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_reports_are_the_same_text(tmp_path):
    net = tmp_path / "net.safetensors"
    assert run(build(), ["construct", "--k", "2", "--p", "7", "--out", str(net)]) == 0
    for name in ("a.json", "b.json"):
        assert run(build(), ["verify", str(net), "--json", str(tmp_path / name)]) == 0
    assert (tmp_path / "a.json").read_text() == (tmp_path / "b.json").read_text()


COMMANDS = [["margin", "--k", "2", "--group", "A4", "--json"], ["statements", "--json"]]


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_answers_do_not_depend_on_the_hash_seed(tmp_path, arguments):
    answers = set()
    for seed in ("0", "1"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])}
        command = [sys.executable, "-c", "from verify.cli import main; main()", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, check=True)
        answers.add(done.stdout)
    (answer,) = answers
    assert answer
    json.loads(answer)


@pytest.fixture
def threads():
    """Set the number of threads of torch; put it back at the end."""
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


def test_margins_across_thread_counts_stay_within_the_proven_bound(threads):
    """Any order of summation is within ``verify.sweep``'s bound of the exact margin: two are within twice it."""
    k, p = 2, 61
    rng = np.random.default_rng(0)
    u, w = weights(construct(k, p))
    u, w = u + 0.01 * np.abs(u).max() * rng.normal(size=u.shape), w + 0.01 * np.abs(w).max() * rng.normal(size=w.shape)
    problem = Task.cyclic(k, p)
    network = PowerNetwork(torch.from_numpy(u), torch.from_numpy(w))
    found = {}
    for count in (1, 2, 4):
        threads(count)
        found[count] = float(minimum_margin(network, problem)), float(margin_summary(network, problem).mean)
    subject = Subject.of(NetworkFile(u, w, k, p))
    bound = 2 * error_bound(subject) * 2.0 ** (subject.exponent * (k + 1))
    assert bound < 1e-9 * problem.gamma
    for values in found.values():
        assert abs(values[0] - found[1][0]) <= bound
        assert abs(values[1] - found[1][1]) <= bound


@pytest.mark.parametrize(("dtype", "bound"), [(torch.float64, 1e-11), (torch.float32, 1e-3)])
def test_gradients_across_thread_counts_agree(threads, dtype, bound):
    """Relative to the largest entry; a step is the same to rounding, a whole run only with the same thread count."""
    problem = Task.cyclic(3, 13)
    generator = torch.Generator().manual_seed(0)
    u = torch.randn(1, 200, 3, 13, dtype=torch.float64, generator=generator).to(dtype) / 5
    w = torch.randn(1, 200, 13, dtype=torch.float64, generator=generator).to(dtype) / 5
    found = []
    for count in (1, 2):
        threads(count)
        _, gradients = CrossEntropy(PowerNetwork(u[0], w[0]), problem)(u, w)
        assert gradients is not None
        found.append(torch.cat([x.flatten() for x in gradients]))
    assert float((found[0] - found[1]).abs().max()) <= bound * float(found[0].abs().max())
