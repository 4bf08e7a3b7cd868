"""Plain networks, trained once for all tests of the diagnosis; some seconds in all."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from tests.numerics.diagnosis.plain import Composition, EmbeddingMLP, OneLayerTransformer, Recurrent, fit, hot, pairs
from theory.groups import load_group

P = 11


def seeded(make: Callable[[], nn.Module]) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return make()


@pytest.fixture(scope="session", autouse=True)
def one_thread_for_training():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def sums():
    return pairs(P).sum(dim=1) % P


@pytest.fixture(scope="session")
def sequential(sums):
    model = seeded(lambda: nn.Sequential(nn.Linear(2 * P, 64), nn.ReLU(), nn.Linear(64, P)))
    fit(model, (hot(P),), sums, 400, 0.02, 0.3)
    return model


@pytest.fixture(scope="session")
def embedding_mlp(sums):
    model = seeded(lambda: EmbeddingMLP(P, tied=False, activation=nn.GELU()))
    a, b = pairs(P).T
    fit(model, (a, b), sums, 300, 0.01, 0.3)
    return model


@pytest.fixture(scope="session")
def transformer(sums):
    model = seeded(lambda: OneLayerTransformer(P))
    fit(model, (pairs(P),), sums, 400, 0.01, 0.3)
    return model


@pytest.fixture(scope="session")
def recurrent(sums):
    model = seeded(lambda: Recurrent(P))
    fit(model, (pairs(P),), sums, 400, 0.01, 0.1)
    return model


@pytest.fixture(scope="session")
def composition():
    model = seeded(lambda: Composition(6, 48))
    fit(model, (pairs(6),), torch.tensor(load_group("S3").table.ravel()).long(), 400, 0.02, 0.05)
    return model
