"""Ensembles of one-hidden-layer networks: the definition, automatic differentiation, and each member alone."""

import numpy as np
import pytest
import torch

from numerics.ensemble.engine import Adam, Calm, autograd, train
from numerics.ensemble.power import PowerEnsemble
from numerics.network import ACTIVATIONS, POWER, RELU
from theory.groups import load_group
from theory.groups.margin import group_task
from theory.task import Task, logits

EXACT = {"rtol": 0, "atol": 0}
TASKS = {
    "C5": Task.cyclic(2, 5),
    "S3": group_task(load_group("S3"), 2),
    "C4, k=3": Task.cyclic(3, 4),
    "C11": Task.cyclic(2, 11),
    "C9, k=3": Task.cyclic(3, 9),
    "C6, k=1": Task.cyclic(1, 6),
}


@pytest.fixture(params=TASKS)
def task(request):
    return TASKS[request.param]


@pytest.fixture(params=ACTIVATIONS)
def activation(request):
    return ACTIVATIONS[request.param]


def some(ensemble, m, members, power=1.0, share=False):
    theta = ensemble.random(m, list(range(members)), power)
    penalty = torch.linspace(0, 0.1, members, dtype=ensemble.dtype, device=ensemble.device)
    data = {"penalty": penalty}
    if share:
        size = ensemble.task.n**ensemble.task.k
        chosen = torch.arange(members * size, device=ensemble.device).view(members, size) % 3 > 0
        data["share"] = chosen / chosen.sum(1, keepdim=True).to(ensemble.dtype)
    return theta, data


@pytest.mark.parametrize("power", [2.0, 3.0])
@pytest.mark.parametrize("share", [False, True], ids=["table", "split"])
def test_the_gradient_written_out_is_the_gradient(place, task, activation, power, share):
    ensemble = PowerEnsemble(task, activation, power, place.dtype, place.device)
    loss, slopes = ensemble(*some(ensemble, 3, 4, share=share))
    by_torch, expected = autograd(ensemble.losses)(*some(ensemble, 3, 4, share=share))
    place.close(loss, by_torch)
    place.close(slopes["theta"], expected["theta"], "gradient")


def test_the_loss_is_the_definition(task):
    ensemble = PowerEnsemble(task, POWER, task.k + 1.0)
    theta, data = some(ensemble, 3, 2)
    labels = task.label(np.stack(np.meshgrid(*[np.arange(task.n)] * task.k, indexing="ij"), axis=-1))
    for member in range(2):
        x = theta["theta"][member].numpy()
        outputs = logits(x[:, :-1], x[:, -1])
        right = np.take_along_axis(outputs, labels[..., None], axis=-1)[..., 0]
        entropy = (np.log(np.exp(outputs).sum(axis=-1)) - right).mean()
        penalty = float(data["penalty"][member]) * (np.sqrt((x**2).sum(axis=(1, 2))) ** (task.k + 1)).sum()
        assert float(ensemble(theta, data)[0][member]) == pytest.approx(entropy + penalty, rel=1e-12)


def test_small_losses_keep_their_digits():
    """At loss e^-36.5 the usual log-softmax is wrong by half; a rounded loss never comes to rest."""
    ensemble = PowerEnsemble(Task.cyclic(1, 2), POWER)
    scale = torch.tensor([30.0, 36.5, 200.0], dtype=torch.float64)
    theta = torch.zeros(3, 1, 2, 2, dtype=torch.float64)
    theta[:, 0, 0] = torch.tensor([1.0, -1.0])
    theta[:, 0, 1] = torch.tensor([0.5, -0.5]) * scale[:, None]
    loss, slopes = ensemble({"theta": theta}, {"penalty": torch.zeros(3, dtype=torch.float64)})
    torch.testing.assert_close(loss, torch.exp(-scale).log1p(), rtol=1e-14, atol=0)
    torch.testing.assert_close(slopes["theta"][:, 0, 1, 0], -1 / (scale.exp() + 1), rtol=1e-14, atol=0)
    usual = torch.nn.functional.cross_entropy(torch.tensor([[18.25, -18.25]], dtype=torch.float64), torch.tensor([0]))
    assert abs(float(usual) / np.exp(-36.5) - 1) > 0.5


def test_relu_has_slope_0_at_0():
    ensemble = PowerEnsemble(Task.cyclic(2, 5), RELU)
    theta = {"theta": torch.cat([torch.zeros(1, 2, 2, 5), torch.ones(1, 2, 1, 5)], dim=2).double()}
    assert (ensemble(theta, {"penalty": torch.zeros(1, dtype=torch.float64)})[1]["theta"] == 0).all()


SHAPES = [("C5", 2), ("C5", 8), ("S3", 2), ("S3", 8), ("C11", 22), ("C4, k=3", 3)]


@pytest.mark.parametrize(("name", "m"), SHAPES, ids=str)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
def test_member_i_of_any_batch_is_bitwise_the_same_seed_alone(name, m, activation, dtype):
    """On a CPU the products of a batch round as those of one member do; whoever leaves early changes nothing."""
    ensemble = PowerEnsemble(TASKS[name], activation, 2.0, dtype)
    members = 12

    def run(seeds, batch=None):
        theta = ensemble.random(m, seeds)
        penalty = torch.tensor([[0.0, 1e-4, 1e-2][seed % 3] for seed in seeds], dtype=dtype)
        rule = Calm(2e-2, 3)
        return train(ensemble, theta, {"penalty": penalty}, optimiser=Adam(2e-2), updates=100, rule=rule, batch=batch)

    together = run(list(range(members)))
    assert len(set(together.updates.tolist())) > 1
    for other, rows in ((run([0]), [0]), (run([7, 2]), [7, 2]), (run(list(range(members)), batch=5), range(members))):
        rows = list(rows)
        torch.testing.assert_close(other.parameters["theta"], together.parameters["theta"][rows], **EXACT)
        torch.testing.assert_close(other.loss, together.loss[rows], **EXACT)
        assert other.updates.tolist() == together.updates[rows].tolist()


def test_members_on_a_gpu_are_those_of_the_cpu(place):
    """A GPU rounds differently; after 50 updates the paths have not parted."""
    ensembles = [PowerEnsemble(TASKS["S3"], POWER, 2.0, place.dtype, device) for device in (place.device, "cpu")]
    found = []
    for ensemble in ensembles:
        theta, data = some(ensemble, 8, 5, 0.4)
        found.append(train(ensemble, theta, data, optimiser=Adam(1e-2), updates=50).parameters["theta"])
    place.close(found[0], found[1].numpy(), "gradient")
