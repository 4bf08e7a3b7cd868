"""Components of a network's neurons, against projections onto each component by itself."""

from dataclasses import replace

import numpy as np
import pytest

from numerics.components import LIVE_FRACTION, Components, components
from tests.verify.networks import changed, constructed, on_group, spoilt, vectors_of, wave
from theory.groups import load_group
from theory.groups.real import real_characters
from theory.network_file import NetworkFile
from verify.checks.decomposition import Decomposition
from verify.checks.group import GroupDecomposition
from verify.subject import Subject
from verify.tolerance import Tolerance

UNIT = 2.0**-53


def decomposed(network: NetworkFile) -> Decomposition:
    return Decomposition(Subject.of(network))


def mass_of(network: NetworkFile) -> np.ndarray:
    power = (vectors_of(network) ** 2).sum(axis=(1, 2)) ** ((network.k + 1) / 2)
    return power / power.sum()


@pytest.mark.parametrize(("k", "p"), [(2, 7), (2, 6), (3, 4)])
def test_waves_are_projections(k: int, p: int) -> None:
    network = spoilt(constructed(k, p))
    subject, found = Subject.of(network), decomposed(network)
    vectors, mass = vectors_of(network), mass_of(network)
    norms = np.linalg.norm(vectors, axis=2)
    assert found.mass == pytest.approx(mass, rel=1e-12)
    assert found.live.tolist() == list(range(1, subject.m))
    assert found.norms * 2.0**subject.exponent == pytest.approx(norms, rel=1e-12)
    assert found.imbalance == pytest.approx(np.abs(norms / np.sqrt((norms**2).mean(axis=1))[:, None] - 1), abs=1e-13)
    shares = np.array([[[1 - wave(v, z)[1] ** 2 for z in range(1, p // 2 + 1)] for v in neuron] for neuron in vectors])
    assert found.own.tolist() == (1 + shares.argmax(axis=2)).tolist()
    assert found.frequency.tolist() == (1 + shares.sum(axis=1).argmax(axis=1)).tolist()
    assert found.consistent.tolist() == (found.own == found.frequency[:, None]).all(axis=1).tolist()
    for component, frequency in ((found.pure, found.own), (found.waves, found.frequency[:, None] + 0 * found.own)):
        plain = np.array(
            [[wave(v, z) for v, z in zip(*row, strict=True)] for row in zip(vectors, frequency, strict=True)]
        )
        turns = component.phase - plain[..., 0]
        assert np.abs(turns - np.round(turns)).max() < 1e-12
        assert component.residual == pytest.approx(plain[..., 1], abs=1e-12)
        assert component.error == (3 * p + 40) * UNIT
    phases = found.waves.phase
    turns = phases[:, :-1].sum(axis=1) - phases[:, -1]
    assert found.phase_error == pytest.approx(np.abs((turns + 0.5) % 1 - 0.5), abs=1e-12)
    each = found.waves.phase_error.sum(axis=1)
    assert found.phase_uncertainty == pytest.approx(each + 8 * UNIT * (k + 1), rel=1e-12, abs=0)
    for zeta, carried in enumerate(found.spectrum.masses):
        assert carried == pytest.approx(mass[found.frequency == zeta].sum(), rel=1e-12)


@pytest.mark.parametrize("name", ["S3", "Q8"])
def test_representations_are_projections(name: str) -> None:
    """(P v)(x) = (n_V / |G|) sum_g chi_V(g) v(g^-1 x)."""
    network, group = spoilt(on_group(name)), load_group(name)
    characters, vectors = real_characters(group), vectors_of(network)
    shares = []
    for v, irrep in enumerate(characters.irreps):
        chi = characters.values[v][group.class_of] * irrep.multiplicity / group.order
        projected = sum(chi[g] * vectors[..., group.table[group.inverse[g]]] for g in range(group.order))
        shares.append((projected**2).sum(axis=2) / (vectors**2).sum(axis=2))
    share = np.moveaxis(np.array(shares), 0, -1)
    subject = Subject.of(network)
    found, mass = GroupDecomposition(subject), mass_of(network)
    assert found.live.tolist() == list(range(1, subject.m))
    assert found.components.share == pytest.approx(share, abs=1e-12)
    home = 1 + share[..., 1:].sum(axis=1).argmax(axis=1)
    assert found.components.home.tolist() == home.tolist()
    own = np.take_along_axis(share, home[:, None, None], axis=2)[..., 0]
    assert found.components.purity == pytest.approx(own.min(axis=1))
    assert found.outside == pytest.approx(np.sqrt((1 - own).max(axis=1)))
    assert found.components.masses == pytest.approx(np.bincount(home, mass, minlength=len(shares)))
    assert (found.margin.k, found.margin.group) == (2, subject.group)
    assert components(network.u, network.w, group).names == tuple(irrep.name for irrep in characters.irreps)


@pytest.mark.parametrize("factor", [1.01, 0.99])
@pytest.mark.parametrize("name", [None, "C7"])
def test_a_neuron_lives_above_a_millionth_of_the_mean_mass(name: str | None, factor: float) -> None:
    """m - 1 neurons of mass 1 and one of mass q: q / (m - 1 + q) > 1e-6 / m."""
    network = constructed(2, 7)
    m = len(network.w) + 1
    mass = factor * 1e-6 * (m - 1) / (m - 1e-6)
    u, w = (np.concatenate([mass ** (1 / 3) * x[:1], x]) for x in (network.u, network.w))
    subject = Subject.of(NetworkFile(u, w, 2, 7, None if name is None else load_group(name).table))
    found = GroupDecomposition(subject) if name else Decomposition(subject)
    assert (0 in found.live) == (factor > 1)
    assert LIVE_FRACTION == 1e-6


def test_components_that_nobody_uses_carry_nothing() -> None:
    network = constructed(2, 9)
    first = decomposed(network).frequency.tolist().index(2)
    alone = decomposed(changed(network, network.u[[first]], network.w[[first]]))
    assert alone.spectrum.masses.tolist() == [0, 0, 1, 0, 0]
    network = on_group("S3")
    alone = Components(network.u[:1], network.w[:1], load_group("S3"))
    assert sorted(alone.masses.tolist()) == [0, 0, 1]


def test_zero_vectors_and_neurons_have_no_share() -> None:
    network = constructed(2, 7)
    u, w = network.u.copy(), network.w.copy()
    u[0], w[0], u[1, 0] = 0, 0, 0
    found = decomposed(changed(network, u, w))
    assert not found.unit[0].any()
    assert 0 not in found.live
    assert found.imbalance[0].tolist() == [1, 1, 1]
    assert np.linalg.norm(found.unit[2:], axis=2) == pytest.approx(np.ones((len(w) - 2, 3)))
    group = on_group("S3")
    u = group.u.copy()
    u[2, 0] = 0
    share = GroupDecomposition(Subject.of(changed(group, u, group.w))).components.share
    assert not share[2, 0].any()
    assert np.isfinite(share).all()


@pytest.mark.parametrize("network", [constructed(2, 7), on_group("S3")], ids=["Z_7", "S3"])
def test_light_neurons_count_where_they_are_sound(network: NetworkFile) -> None:
    """A light copy of a neuron counts; a light one that is impure, unbalanced or turned is uncertainty."""
    u, w = 1e-3 * network.u[-1], 1e-3 * network.w[-1]
    others = {
        "sound": (u, w),
        "impure": (u + 0.1 * np.abs(u).max(), w),
        "unbalanced": (np.stack([1.1 * u[0], *u[1:]]), w),
        "turned": (u, -w),
    }
    for name, (light_u, light_w) in others.items():
        subject = Subject.of(
            replace(network, u=np.concatenate([network.u, light_u[None]]), w=np.concatenate([network.w, light_w[None]]))
        )
        found = Decomposition(subject) if subject.group is None else GroupDecomposition(subject)
        counted, unsure = found.counted(Tolerance(1e-9, 2))
        assert len(found.live) == len(network.w)
        assert (len(network.w) in counted) == (name == "sound"), name
        light = float(((light_u**2).sum() + (light_w**2).sum()) ** 1.5 * 8.0**-subject.exponent)
        expected = 0 if name == "sound" else light / float(subject.norm_power)
        assert unsure == pytest.approx(expected, rel=1e-6, abs=1e-30)
