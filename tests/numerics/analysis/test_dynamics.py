"""A law with known A is recovered; noise has none; the line that separates survivors is better than no line, or not."""

import numpy as np
import pytest

from numerics.analysis.dynamics import LinearLaw, determination, fit_linear, separation
from theory.errors import InputError

GENERATOR = np.random.default_rng(0)
LAW = LinearLaw(
    np.array([[-0.02, 0.01, 0.0], [0.0, -0.03, 0.01], [0.005, 0.0, -0.01]]), np.array([0.5, -0.2, 0.1]), np.ones(3)
)
START = np.array([80.0, 60.0, 90.0])


def test_a_planted_law_is_recovered():
    found = fit_linear(LAW.recursion(START, 300))
    np.testing.assert_allclose(found.A, LAW.A, atol=1e-9)
    assert found.b == pytest.approx(LAW.b, abs=1e-7)
    assert found.scores == pytest.approx(np.ones(3), abs=1e-9)


def test_lasso_finds_which_frequencies_interact():
    """With states that are spread, the entries that are zero come out as zero, and the others come out."""
    states = GENERATOR.normal(size=(2000, 3)) * 10
    sparse = np.array([[-0.5, 0.0, 0.3], [0.0, -0.4, 0.0], [0.0, 0.2, 0.0]])
    from sklearn.linear_model import Lasso

    found = Lasso(alpha=0.01).fit(states, states @ sparse.T).coef_
    assert (np.abs(found) > 1e-6).tolist() == (sparse != 0).tolist()
    path = LinearLaw(sparse, np.zeros(3), np.ones(3)).recursion(START, 40)
    assert fit_linear(path, alpha=0.01).scores == pytest.approx(np.ones(3), abs=1e-3)


def test_solution_and_recursion_differ_by_the_order_of_a_step():
    slow = LinearLaw(LAW.A / 100, LAW.b / 100, np.ones(3))
    assert slow.solution(START, 100) == pytest.approx(slow.recursion(START, 100), rel=1e-3)
    assert not np.allclose(slow.solution(START, 100), slow.recursion(START, 100), rtol=1e-7, atol=0)


def test_drivers_take_the_place_of_the_state():
    """x_{t+1} - x_t = A z_t + b with z another path: found from z, not from x."""
    z = GENERATOR.normal(size=(300, 2))
    A, b = np.array([[1.0, -2.0], [0.5, 0.0], [0.0, 3.0]]), np.array([0.1, 0.2, 0.3])
    x = np.vstack([np.zeros(3), z[:-1] @ A.T + b]).cumsum(axis=0)
    law = fit_linear(x, drivers=z)
    np.testing.assert_allclose(law.A, A, atol=1e-9)
    assert law.score == pytest.approx(1)
    assert fit_linear(x).score < 0.2
    with pytest.raises(InputError, match="300 rows"):
        fit_linear(x, drivers=z[:-1])


def test_noise_has_no_law():
    noise = GENERATOR.normal(size=(1000, 5)).cumsum(axis=0)
    assert fit_linear(noise).score < 0.05


@pytest.mark.parametrize("alpha", [0.0, 0.01])
def test_scores_are_those_of_scikit_learn(alpha):
    from sklearn.linear_model import Lasso, LinearRegression

    path = LAW.recursion(START, 200) + GENERATOR.normal(size=(201, 3))
    law = fit_linear(path, alpha)
    model = Lasso(alpha=alpha) if alpha else LinearRegression()
    x, y = path[:-1], np.diff(path, axis=0)
    assert law.score == pytest.approx(model.fit(x, y).score(x, y), abs=1e-12)


def test_determination_is_one_zero_or_less():
    y = GENERATOR.normal(size=(50, 2))
    assert determination(y, y) == pytest.approx([1, 1])
    assert determination(y, np.broadcast_to(y.mean(axis=0), y.shape)) == pytest.approx([0, 0])
    assert (determination(y, -y) < 0).all()


def test_a_line_separates_what_a_line_can():
    signal = 85 + 3 * GENERATOR.normal(size=200)
    gradient = 1e-3 * GENERATOR.normal(size=200)
    features = np.stack([signal, gradient], axis=1)
    by_signal, by_gradient = signal > 87, gradient > 5e-4
    assert separation(features, by_signal, scaled=False).accuracy > 0.97
    assert separation(features, by_gradient, scaled=True).accuracy > 0.97
    blind = separation(features, by_gradient, scaled=False)
    assert blind.balanced == pytest.approx(0.5, abs=0.02), "unscaled, a gradient of 1e-3 is out of reach"
    assert blind.accuracy == pytest.approx(blind.majority, abs=0.02)


def test_nothing_to_separate():
    features = GENERATOR.normal(size=(1000, 2))
    found = separation(features, GENERATOR.random(1000) < 0.15, scaled=True)
    assert found.accuracy == found.majority
    assert found.balanced == 0.5
    with pytest.raises(InputError, match="survivors and dead"):
        separation(features, np.ones(1000, dtype=bool), scaled=True)


@pytest.mark.parametrize(("trajectory", "alpha"), [(np.zeros(5), 0.0), (np.zeros((2, 5)), 0.0), (np.ones((9, 2)), -1)])
def test_unusable_trajectories_are_refused(trajectory, alpha):
    with pytest.raises(InputError):
        fit_linear(trajectory, alpha)
