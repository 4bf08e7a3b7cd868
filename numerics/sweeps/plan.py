"""What a sweep is: a TOML file of settings, expanded to cells; a cell is one configuration with all its seeds.

Every setting is one value or a list; the cells are the product of the lists.  ``[[grid]]`` tables override the settings
above them, and a sweep is the union of its grids::

    seeds = 100                      # of every cell; first_seed = 0 unless given
    group = ["C5", "S3"]             # or p = [7, 11]
    activation = ["power", "relu"]
    width = [2, 8]                   # or "4n": four times the order of the group
    penalty = [0, 1e-4, 1e-2]        # lambda, of lambda sum_i ||theta_i||^r; r is penalty_power

The cells are sorted by their settings, so the order of a file's lists changes nothing.  A cell's key is a digest of its
settings: equal keys mean equal results.
"""

import hashlib
import json
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from functools import cached_property, lru_cache
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

from theory.errors import InputError
from theory.files import read_bytes
from theory.groups import Group, load_group

LARGEST_FILE = 2**16
MOST_DOTS = 200
MOST_CELLS = 10_000
MOST_GROUPS = 200
LARGEST_ORDER = 500
MOST_NETWORKS = 1_000_000
MOST_BYTES = 4 * 2**30  # of one network in training
MOST_WORK = 1e15  # multiplications of a cell: about half a day of one core


@dataclass(frozen=True, order=True)
class Cell:
    """One configuration with its seeds.

    Attributes:
        order: n, of the group.
        group: its name.
        k: number of inputs.
        activation: power or relu.
        width: neurons.
        penalty: lambda, of the penalty lambda sum_i ||theta_i||^penalty_power.
        penalty_power: r.
        decay: decoupled weight decay of Adam (AdamW).
        rate: learning rate.
        scale: standard deviation of the initial weights.
        updates: at most so many.
        tolerance: a network has converged when loss and weights change relatively less than this; 0 switches it off.
        calm: for so many updates in a row.
        precision: float64 or float32.
        first_seed: the seeds are first_seed, first_seed + 1, ...
        seeds: how many.
    """

    order: int
    group: str
    k: int
    activation: str
    width: int
    penalty: float
    penalty_power: float
    decay: float
    rate: float
    scale: float
    updates: int
    tolerance: float
    calm: int
    precision: str
    first_seed: int
    seeds: int

    @cached_property
    def key(self) -> str:
        """16 hexadecimal digits that stand for the settings."""
        content = json.dumps({"format": "fourier-margin/cell", "version": 1, **asdict(self)}, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    @property
    def bytes_each(self) -> int:
        """About what one network holds in a step, from above."""
        return (self.order**self.k * 4 * (self.width + self.order) + 16 * self.width * (self.k + 1) * self.order) * 8

    @property
    def work(self) -> float:
        """Multiplications of all its updates, about; for the time left, and for what is refused."""
        return 6.0 * self.order ** (self.k + 1) * self.width * self.seeds * self.updates


@dataclass(frozen=True)
class Plan:
    """A sweep: its cells, sorted, each once."""

    cells: tuple[Cell, ...]

    @property
    def networks(self) -> int:
        """How many networks in all."""
        return sum(cell.seeds for cell in self.cells)

    def to_json(self) -> dict[str, Any]:
        """The plan as it lies in the folder of its results."""
        cells = {cell.key: asdict(cell) for cell in self.cells}
        return {"format": "fourier-margin/sweep", "version": 1, "cells": cells}


@dataclass(frozen=True)
class Setting:
    """One key of a sweep file: what it must be, and its value where none is given (None: it must be given)."""

    need: str
    accept: Callable[[Any], bool]
    default: Any = None


def _integer(low: int, high: int) -> Callable[[Any], bool]:
    return lambda x: type(x) is int and low <= x <= high


def _number(low: float, high: float) -> Callable[[Any], bool]:
    return lambda x: type(x) in (int, float) and low <= x <= high  # NaN is in no range


def _one_of(*values: str) -> Callable[[Any], bool]:
    return lambda x: isinstance(x, str) and x in values


def _width(x: Any) -> bool:
    multiple = x[:-1] if isinstance(x, str) and x.endswith("n") else ""
    return _integer(1, 10**6)(x) or (multiple.isascii() and multiple.isdecimal() and len(multiple) <= 4)


def _group(x: Any) -> bool:
    return isinstance(x, str) and 0 < len(x) <= 40 and x.isascii() and all(c.isalnum() or c in "(),x" for c in x)


SETTINGS = {
    "p": Setting(f"a modulus in 2..{LARGEST_ORDER}", _integer(2, LARGEST_ORDER), 0),
    "group": Setting("the name of a group, such as S3 or C2xC4", _group, ""),
    "k": Setting("an integer in 1..8", _integer(1, 8), 2),
    "activation": Setting("power or relu", _one_of("power", "relu"), "power"),
    "width": Setting("an integer in 1..1000000, or a text such as 4n", _width),
    "penalty": Setting("a number in 0..1000000", _number(0, 1e6), 0.0),
    "penalty_power": Setting("a number in 1..16", _number(1, 16), 2.0),
    "decay": Setting("a number in 0..1000", _number(0, 1e3), 0.0),
    "rate": Setting("a number in 1e-12..1000", _number(1e-12, 1e3), 1e-3),
    "scale": Setting("a number in 1e-12..1000", _number(1e-12, 1e3), 0.0),
    "updates": Setting("an integer in 1..100000000", _integer(1, 10**8), 20_000),
    "tolerance": Setting("a number in 0..1", _number(0, 1), 1e-7),
    "calm": Setting("an integer in 1..1000000", _integer(1, 10**6), 500),
    "precision": Setting("float64 or float32", _one_of("float64", "float32"), "float64"),
    "first_seed": Setting("an integer in 0..2^62", _integer(0, 2**62), 0),
    "seeds": Setting("an integer in 1..100000", _integer(1, 10**5)),
}
WITHOUT_LISTS = ("seeds", "first_seed")


def read_plan(path: Path | str) -> Plan:
    """The plan of a sweep file.

    Raises:
        InputError: with one line that names the key at fault, what was needed, and what was there.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as name:
        ...     path = Path(name) / "sweep.toml"
        ...     count = path.write_text('seeds = 3\\ngroup = ["C5", "S3"]\\nwidth = "2n"')
        ...     read_plan(path).networks
        6
    """
    try:
        return parse_plan(read_bytes(path, LARGEST_FILE))
    except InputError as error:
        raise InputError(f"{str(path)!r}: {error}") from None


def parse_plan(content: bytes) -> Plan:
    """The plan that these bytes of TOML describe.

    Raises:
        InputError: with one line, whatever the bytes are.

    Examples:
        >>> plan = parse_plan(b'seeds = 3\\ngroup = ["C5", "S3"]\\nwidth = "2n"\\npenalty = [0, 1e-2]')
        >>> [(cell.group, cell.width, cell.penalty) for cell in plan.cells]
        [('C5', 10, 0.0), ('C5', 10, 0.01), ('S3', 12, 0.0), ('S3', 12, 0.01)]
    """
    if max(line.count(b".") for line in content.split(b"\n")) > MOST_DOTS:
        # a dotted key costs the parser the square of its length
        raise InputError(f"a line of a sweep must have at most {MOST_DOTS} dots; break long lists")
    try:
        tree = tomllib.loads(content.decode("utf-8"))
    except RecursionError:
        raise InputError("a sweep must be TOML of little depth; it nests deeper than Python recurses") from None
    except ValueError as error:
        raise InputError(f"a sweep must be TOML in UTF-8; {str(error)[:160]}") from None
    return plan_of(tree)


def plan_of(tree: dict[str, Any]) -> Plan:
    """The plan of settings given as a dictionary: what a sweep file holds, for use from Python.

    Raises:
        InputError: as ``read_plan``.

    Examples:
        >>> plan = plan_of({"seeds": 3, "p": 5, "grid": [{"width": [2, 8]}, {"width": 8, "penalty": 0.01}]})
        >>> [(cell.width, cell.penalty) for cell in plan.cells], plan.networks
        ([(2, 0.0), (8, 0.0), (8, 0.01)], 9)
    """
    above = {key: value for key, value in tree.items() if key != "grid"}
    grids = tree.get("grid", [{}])
    if not isinstance(grids, list) or not grids or not all(isinstance(grid, dict) for grid in grids):
        raise InputError("grid must be tables, each headed [[grid]]")
    _require_known([*above, *(key for grid in grids for key in grid)])
    lists = [_lists(_merged(above, grid)) for grid in grids]
    count = sum(prod(map(len, each.values())) for each in lists)
    if count > MOST_CELLS:
        raise InputError(f"a sweep must have at most {MOST_CELLS} cells; this one has {count}")
    groups = {(p, name) for each in lists for p, name in product(each["p"], each["group"])}
    if len(groups) > MOST_GROUPS:
        raise InputError(f"a sweep must have at most {MOST_GROUPS} groups; this one has {len(groups)}")
    cells = {_cell(dict(zip(each, values, strict=True))) for each in lists for values in product(*each.values())}
    plan = Plan(tuple(sorted(cells)))
    if plan.networks > MOST_NETWORKS:
        raise InputError(f"a sweep must train at most {MOST_NETWORKS} networks; this one has {plan.networks}")
    return plan


def _require_known(keys: list[str]) -> None:
    for key in keys:
        if key not in SETTINGS:
            raise InputError(f"the settings of a sweep are {', '.join(SETTINGS)} and grid; got {key!r:.60}")


def _merged(above: dict[str, Any], grid: dict[str, Any]) -> dict[str, Any]:
    """A grid's own settings, and those above it; p and group replace each other."""
    other = {"p": "group", "group": "p"}
    hidden = {other[key] for key in grid if key in other and other[key] not in grid}
    return {key: value for key, value in above.items() if key not in hidden} | grid


def _lists(settings: dict[str, Any]) -> dict[str, list[Any]]:
    """Every setting as the list of its values, defaults filled in, each value checked."""
    if ("p" in settings) == ("group" in settings):
        raise InputError("a sweep needs exactly one of p and group")
    found = {}
    for name, setting in SETTINGS.items():
        if name not in settings:
            if setting.default is None:
                raise InputError(f"{name} is missing; need {setting.need}")
            found[name] = [setting.default]
            continue
        values = settings[name] if isinstance(settings[name], list) else [settings[name]]
        if not values or (name in WITHOUT_LISTS and len(values) > 1):
            raise InputError(f"{name} must have {'one value' if values else 'at least one value'}; got {len(values)}")
        for value in values:
            if not setting.accept(value):
                raise InputError(f"{name} must be {setting.need}; got {_shown(value)}")
        found[name] = values
    return found


def _cell(settings: dict[str, Any]) -> Cell:
    name = f"C{settings['p']}" if settings["p"] else settings["group"]
    order = group_named(name).order
    if order > LARGEST_ORDER:
        raise InputError(f"the groups of a sweep must have at most {LARGEST_ORDER} elements; {name} has {order}")
    width = settings["width"]
    width = width if isinstance(width, int) else int(width[:-1]) * order
    given = settings | {"order": order, "group": name, "width": width, "scale": settings["scale"] or order**-0.5}
    # 0, 0.0 and -0.0 are one setting: they must not make two cells
    values = {f.name: (given[f.name] + 0.0 if f.type is float else given[f.name]) for f in fields(Cell)}
    cell = Cell(**values)
    if cell.width < 1:
        raise InputError(f"width must be {SETTINGS['width'].need}; got {_shown(settings['width'])}")
    for what, value, most in (("bytes", cell.bytes_each, MOST_BYTES), ("multiplications", cell.work, MOST_WORK)):
        if value > most:
            raise InputError(
                f"a cell must need at most {most:.0e} {what}{' per network' if what == 'bytes' else ''}; "
                f"{name} with k = {cell.k} and width {cell.width} needs {value:.1e}"
            )
    return cell


def group_named(name: str) -> Group:
    """The group of that name; a sweep reads no table files, so it depends on nothing but itself.

    Raises:
        InputError: for an unknown name, or one that is also a file here.

    Examples:
        >>> group_named("S3").order, group_named("C2xC4").order
        (6, 8)
    """
    if Path(name).is_file():
        raise InputError(f"a sweep names its groups; {name!r} is a file here")
    return _loaded(name)


@lru_cache(maxsize=16)
def _loaded(name: str) -> Group:
    return load_group(name)


def _shown(value: Any) -> str:
    """A value as a message quotes it; numbers of thousands of digits have no text in Python."""
    return repr(value)[:60] if not isinstance(value, int) or abs(value) < 10**60 else "a larger integer"
