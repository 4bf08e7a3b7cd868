"""Sweep files: what they expand to, and that everything else is refused in one line."""

import dataclasses

import pytest

from numerics.sweeps.cell import GroupCell
from numerics.sweeps.plan import Plan, parse_plan, plan_of, read_plan
from theory.errors import InputError

PILOT = b"""
seeds = 100
group = ["C5", "S3"]
activation = ["power", "relu"]
width = [2, 8]
penalty = [0, 1e-4, 1e-2]
"""
LEAST = {"seeds": 2, "group": "C5", "width": 4}


def test_the_pilot_is_the_product_of_its_lists():
    plan = parse_plan(PILOT)
    assert len(plan.cells) == 24
    assert plan.networks == 2400
    chosen = {(c.group, c.activation, c.width, c.penalty) for c in plan.cells}
    assert chosen == {
        (g, a, w, x) for g in ("C5", "S3") for a in ("power", "relu") for w in (2, 8) for x in (0.0, 1e-4, 1e-2)
    }
    assert {(c.rate, c.updates, c.tolerance, c.calm, c.precision) for c in plan.cells} == {
        (1e-3, 20_000, 1e-7, 500, "float64")
    }
    assert {c.scale for c in plan.cells} == {5**-0.5, 6**-0.5}


def test_the_order_of_lists_and_repeated_values_change_nothing():
    other = (
        b'penalty = [1e-2, 0.0, 1e-4, -0.0]\nwidth = [8, 2, 8]\ngroup = ["S3", "C5"]\nactivation = ["relu", "power"]\n'
    )
    assert parse_plan(other + b"seeds = 100") == parse_plan(PILOT)


def test_grids_are_united_and_override_what_is_above():
    text = b"""
seeds = 3
p = [5, 7]
width = "2n"
[[grid]]
activation = "relu"
[[grid]]
group = "S3"
width = 1
[[grid]]
p = 5
activation = "relu"
"""
    cells = parse_plan(text).cells
    assert [(c.group, c.activation, c.width) for c in cells] == [
        ("C5", "relu", 10), ("S3", "power", 1), ("C7", "relu", 14),
    ]  # fmt: skip


def test_a_key_is_a_digest_of_every_setting():
    cell = plan_of(LEAST).cells[0]
    assert cell.key == plan_of(LEAST | {"group": "C5"}).cells[0].key
    others = {"order": 6, "group": "D3", "activation": "relu", "precision": "float32"}
    keys = {cell.key}
    for field in dataclasses.fields(GroupCell):
        value = others.get(field.name, getattr(cell, field.name) * 2 + 1 if field.type is not str else None)
        keys.add(dataclasses.replace(cell, **{field.name: value}).key)
    assert len(keys) == 1 + len(dataclasses.fields(GroupCell))


def test_keys_are_the_same_in_every_process_and_version():
    """A folder made earlier is found again; this number changes only with the format's version."""
    assert plan_of(LEAST).cells[0].key == "b1b3672147052be7"


def test_cells_within_fields_are_bounded_from_above_by_the_ensemble():
    """The refusal of large networks uses a bound that needs no tensors: it is not below the ensemble's own."""
    for settings in ({}, {"k": 3, "width": 30}, {"group": "S4", "width": 128}, {"k": 1}):
        (cell,) = plan_of(LEAST | settings).cells
        assert cell.bytes_each >= cell.ensemble().bytes_each(cell.width)


def test_the_same_plan_from_a_file(tmp_path):
    (tmp_path / "sweep.toml").write_bytes(PILOT)
    assert read_plan(tmp_path / "sweep.toml") == parse_plan(PILOT)
    assert isinstance(parse_plan(PILOT), Plan)


@pytest.mark.parametrize(
    ("change", "say"),
    [
        ({"wdth": 3}, "the settings of a sweep are p, group, k, .*'wdth'"),
        ({"width": -1}, "width must be an integer in 1..1000000.*got -1"),
        ({"width": 0}, "width must be"),
        ({"width": 2.0}, "width must be"),
        ({"width": True}, "width must be"),
        ({"width": "0n"}, "width must be"),
        ({"width": "n"}, "width must be"),
        ({"width": "99999n"}, "width must be"),
        ({"width": "٣n"}, "width must be"),
        ({"width": []}, "width must have at least one value"),
        ({"width": [[4]]}, "width must be"),
        ({"width": {"a": 1}}, "width must be"),
        ({"penalty": float("nan")}, "penalty must be a number in 0..1000000; got nan"),
        ({"penalty": float("inf")}, "penalty must be.*got inf"),
        ({"penalty": -1e-3}, "penalty must be"),
        ({"penalty": 10**400}, "a larger integer"),
        ({"rate": 0}, "rate must be"),
        ({"updates": 0}, "updates must be"),
        ({"seeds": [2, 3]}, "seeds must have one value"),
        ({"seeds": 10**6}, "seeds must be"),
        ({"first_seed": -1}, "first_seed must be"),
        ({"activation": "gelu"}, "activation must be power or relu"),
        ({"p": 7}, "exactly one of p and group"),
        ({"group": "../../etc/passwd"}, "group must be the name of a group"),
        ({"group": "table.json"}, "group must be the name of a group"),
        ({"group": "C9999"}, "order"),
        ({"group": "D300"}, "at most 500 elements"),
        ({"group": "X5"}, "the group must be"),
        ({"grid": {"width": 3}}, r"\[\[grid\]\]"),
        ({"grid": []}, r"\[\[grid\]\]"),
        ({"grid": [3]}, r"\[\[grid\]\]"),
        ({"grid": [{"grid": []}]}, "the settings of a sweep are"),
        ({"width": list(range(1, 200)), "penalty": list(range(200))}, "at most 10000 cells; this one has 39800"),
        ({"seeds": 10**5, "width": list(range(1, 20))}, "at most 1000000 networks"),
        ({"group": [f"C{n}" for n in range(2, 300)]}, "at most 200 groups"),
        ({"group": "C499", "width": 2000}, "a cell must need at most 4e.09 bytes per network"),
        ({"k": 8, "group": "C20"}, "bytes per network"),
        ({"group": "C97", "width": 97, "seeds": 10**5, "updates": 10**8}, "at most 1e.15 multiplications"),
    ],
)
def test_unusable_settings_are_refused_by_name(change, say):
    with pytest.raises(InputError, match=say):
        plan_of(LEAST | change)


@pytest.mark.parametrize("missing", ["seeds", "group", "width"])
def test_what_has_no_default_must_be_given(missing):
    with pytest.raises(InputError, match=missing):
        plan_of({key: value for key, value in LEAST.items() if key != missing})


def test_a_file_with_the_name_of_a_group_is_not_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "C3").write_text("[[0, 1], [1, 0]]")
    with pytest.raises(InputError, match="'C3' is a file here"):
        plan_of(LEAST | {"group": "C3"})
