"""Morwani23: with ReLU the power is concentrated, below the quadratic network's."""

from dataclasses import replace

import pytest

from numerics.launch import train
from numerics.recipes import RECIPES
from numerics.studies.morwani23_relu import Size, shares, train_relu
from theory.task import Task
from verify.result import at_least, at_most

RELU = "Morwani23:ReLU"
SMALL = Size(p=17, m=128, seeds=1, penalty=1e-3, optimiser="adam", rate=0.01, steps=300, quadratic_steps=300)


@pytest.mark.statement(RELU)
@pytest.mark.parametrize("seed", [0, 1])
def test_power_is_concentrated_below_the_quadratic_network(seed, check, twin):
    relu, history = train_relu(SMALL, seed, None)
    recipe = replace(RECIPES["adam"], descent_steps=SMALL.quadratic_steps)
    quadratic = train(Task.cyclic(2, SMALL.p), recipe, m=SMALL.m, seed=seed, target=None).network
    found, other = shares(relu)[1], shares(quadratic)[1]
    where = f"p = {SMALL.p}, seed {seed}"
    check(at_least(RELU, f"accuracy of the ReLU network, {where}", history[-1]["accuracy"], 1.0))
    check(at_least(RELU, f"mean share at the strongest frequency, {where}", found["share"], 0.85))
    check(at_most(RELU, f"which is below one, {where}", found["share"], 0.97))
    check(at_least(RELU, f"lead of the quadratic network, {where}", other["share"] - found["share"], 0.02))
    twin(at_most(RELU, f"the quadratic network below one, {where}", other["share"], 0.97))
