"""Group tables: names, files, and the exact refusal of what is not a group."""

import json
from itertools import product

import numpy as np
import pytest

from theory.errors import InputError
from theory.groups import Group, load_group

ORDERS = {
    "C5": 5,
    "C2xC3": 6,
    "D1": 2,
    "D2": 4,
    "D4": 8,
    "Q8": 8,
    "Dic3": 12,
    "S1xC2": 2,
    "S3": 6,
    "S4": 24,
    "A3": 3,
    "A4": 12,
    "A5": 60,
    "PSL(2,2)": 6,
    "PSL(2,3)": 12,
    "PSL(2,7)": 168,
    "S3xC2xC2": 24,
}
CLASSES = {"C5": 5, "D4": 5, "Q8": 5, "Dic3": 6, "S4": 5, "A4": 4, "A5": 5, "PSL(2,7)": 6, "PSL(2,3)": 4}


def fails_somewhere(table):
    n = len(table)
    return any(table[table[x, y], z] != table[x, table[y, z]] for x, y, z in product(range(n), repeat=3))


@pytest.mark.parametrize(("name", "order"), ORDERS.items())
def test_named_groups_have_their_order(name, order):
    group = load_group(name)
    assert group.order == order
    assert group.identity == 0
    assert (group.table[np.arange(order), group.inverse] == 0).all()
    assert not fails_somewhere(group.table) if order <= 24 else True


@pytest.mark.parametrize(("name", "count"), CLASSES.items())
def test_number_of_classes(name, count):
    group = load_group(name)
    assert len(group.class_sizes) == count
    conjugates = group.table[group.table, group.inverse[:, None]]
    assert (group.class_of[conjugates] == group.class_of).all()
    assert all(len(set(conjugates[:, x])) == group.class_sizes[group.class_of[x]] for x in range(group.order))


def test_dihedral_and_quaternion_group_differ_only_in_their_involutions():
    assert (load_group("D4").element_orders == 2).sum() == 5
    assert (load_group("Q8").element_orders == 2).sum() == 1
    assert load_group("Q8").exponent == load_group("D4").exponent == 4


def test_powers():
    group = load_group("Dic3")
    for s in range(1, group.exponent):
        assert (group.powers[s] == group.product_of(np.repeat(np.arange(12)[:, None], s, axis=1))).all()


@pytest.mark.parametrize(
    "name", ["", "C0", "C1", "X3", "S7", "C2001", "PSL(2,4)", "PSL(2,17)", "Q16", "C2x", "S999", "A1", "D", "C2xX"]
)
def test_unknown_or_too_large_names_are_refused(name):
    with pytest.raises(InputError, match=r"the group must be|the order of the group must lie"):
        load_group(name)


def test_table_file_round_trip(tmp_path):
    group = load_group("Q8")
    for content in (group.table.tolist(), {"name": "Q8", "table": group.table.tolist()}):
        path = tmp_path / "Q8.json"
        path.write_text(json.dumps(content))
        found = load_group(str(path))
        assert found.name == "Q8"
        assert (found.table == group.table).all()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{}", "list of lists"),
        ("[[0]]", "order"),
        ("[[0,1],[1]]", "row 1"),
        ("[[0,1],[1,2]]", r"1\*1 = 2"),
        ("[[0,1],[1,0.5]]", r"1\*1 = 0.5"),
        ("[[0,1],[1,true]]", r"1\*1 = True"),
        ('[[0,1],[1,"0"]]', "closure"),
        ('{"name": 3, "table": [[0,1],[1,0]]}', "name"),
        ("[[0,1],[1,1]]", "element 1 has none"),
        ("[[1,0],[1,0]]", "identity"),
        ("nonsense", "JSON"),
    ],
)
def test_bad_files_are_refused_with_the_entry(tmp_path, content, message):
    path = tmp_path / "table.json"
    path.write_text(content)
    with pytest.raises(InputError, match=message) as error:
        load_group(str(path))
    assert "\n" not in str(error.value)


def test_missing_file():
    with pytest.raises(InputError, match="must exist"):
        load_group("nowhere.json")


LOOP = [[0, 1, 2, 3, 4], [1, 0, 3, 4, 2], [2, 4, 0, 1, 3], [3, 2, 4, 0, 1], [4, 3, 1, 2, 0]]


def test_a_loop_with_inverses_is_refused_with_a_triple_that_fails():
    table = np.array(LOOP)
    with pytest.raises(InputError, match="associative") as error:
        Group("loop", table)
    x, y, z, *_ = [int(c) for c in str(error.value) if c.isdigit()]
    assert table[table[x, y], z] != table[x, table[y, z]]


@pytest.mark.parametrize("seed", range(40))
def test_exact_test_agrees_with_brute_force_on_altered_tables(seed):
    """Change one entry, or swap two 2 x 2 squares: whatever is not associative must be refused, and only that."""
    rng = np.random.default_rng(seed)
    table = load_group(["C2xC4", "S3", "C2xC2xC2", "Q8"][seed % 4]).table.copy()
    n = len(table)
    if seed < 20:
        table[rng.integers(1, n), rng.integers(1, n)] = rng.integers(n)
    else:
        x, y, a = rng.choice(np.arange(1, n), 3)
        b = int(np.flatnonzero(table[y] == table[x, a])[0])
        if table[x, b] == table[y, a] and b:
            table[x, [a, b]], table[y, [a, b]] = table[x, [b, a]], table[y, [b, a]]
    if fails_somewhere(table) or not all((row == 0).any() for row in table):
        with pytest.raises(InputError):
            Group("altered", table)
    else:
        Group("altered", table)


def test_a_single_wrong_product_is_found_at_order_720():
    table = load_group("S6").table.copy()
    table[[500, 501], 600] = table[[501, 500], 600]
    with pytest.raises(InputError, match=r"associative|inverse"):
        Group("S6", table)


@pytest.mark.parametrize(
    "table", [np.zeros((2, 3), int), np.zeros((1, 1), int), np.eye(2), np.array([[0, 1], [1, -1]])]
)
def test_arrays_that_are_no_tables(table):
    with pytest.raises(InputError):
        Group("x", table)


def test_relabelled_group_is_the_same_group():
    group = load_group("A4")
    permutation = np.random.default_rng(1).permutation(12)
    other = group.relabelled(permutation)
    assert (other.table[permutation[:, None], permutation] == permutation[group.table]).all()
    assert other.identity == permutation[0]
