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

import re
import tomllib
from dataclasses import asdict, dataclass, fields
from itertools import product
from math import prod
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import msgspec
from msgspec import Meta, Struct

from numerics.sweeps.cell import GroupCell, group_named
from theory.errors import InputError
from theory.files import read_bytes

LARGEST_FILE = 2**16
MOST_DOTS = 200
MOST_CELLS = 10_000
MOST_GROUPS = 200
LARGEST_ORDER = 500
MOST_NETWORKS = 1_000_000
MOST_BYTES = 4 * 2**30  # of one network in training
MOST_WORK = 1e15  # multiplications of a cell: about half a day of one core


@dataclass(frozen=True)
class Plan:
    """A sweep: its cells, sorted, each once."""

    cells: tuple[GroupCell, ...]

    @property
    def networks(self) -> int:
        """How many networks in all."""
        return sum(cell.seeds for cell in self.cells)

    def to_json(self) -> dict[str, Any]:
        """The plan as it lies in the folder of its results."""
        cells = {cell.key: asdict(cell) for cell in self.cells}
        return {"format": "fourier-margin/sweep", "version": 1, "cells": cells}


Modulus = Annotated[int, Meta(ge=2, le=LARGEST_ORDER, description=f"a modulus in 2..{LARGEST_ORDER}")]
Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9(),]{1,40}\Z", description="the name of a group, such as S3 or C2xC4")]
Rate = Annotated[float, Meta(ge=1e-12, le=1e3, description="a number in 1e-12..1000")]
Width = Annotated[int, Meta(ge=1, le=10**6)] | Annotated[str, Meta(pattern=r"^[0-9]{1,4}n\Z")]


class Settings(Struct, kw_only=True, forbid_unknown_fields=True):
    """The keys of a sweep file, each with one value: what it must be, and what it is where none is given."""

    p: Modulus | None = None
    group: Name | None = None
    k: Annotated[int, Meta(ge=1, le=8, description="an integer in 1..8")] = 2
    activation: Annotated[Literal["power", "relu"], Meta(description="power or relu")] = "power"
    width: Annotated[Width, Meta(description="an integer in 1..1000000, or a text such as 4n")]
    penalty: Annotated[float, Meta(ge=0, le=1e6, description="a number in 0..1000000")] = 0.0
    penalty_power: Annotated[float, Meta(ge=1, le=16, description="a number in 1..16")] = 2.0
    decay: Annotated[float, Meta(ge=0, le=1e3, description="a number in 0..1000")] = 0.0
    rate: Rate = 1e-3
    scale: Rate | None = None
    updates: Annotated[int, Meta(ge=1, le=10**8, description="an integer in 1..100000000")] = 20_000
    tolerance: Annotated[float, Meta(ge=0, le=1, description="a number in 0..1")] = 1e-7
    calm: Annotated[int, Meta(ge=1, le=10**6, description="an integer in 1..1000000")] = 500
    precision: Annotated[Literal["float64", "float32"], Meta(description="float64 or float32")] = "float64"
    first_seed: Annotated[int, Meta(ge=0, le=2**62, description="an integer in 0..2^62")] = 0
    seeds: Annotated[int, Meta(ge=1, le=10**5, description="an integer in 1..100000")]


KEYS = Settings.__struct_fields__
WITHOUT_LISTS = ("seeds", "first_seed")


def read_plan(path: Path | str) -> Plan:
    """The plan of a sweep file.

    Raises:
        InputError: with one line that names the key at fault, what was needed, and what was there.
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
    for key in [*above, *(key for grid in grids for key in grid)]:
        if key not in KEYS:
            raise InputError(f"the settings of a sweep are {', '.join(KEYS)} and grid; got {key!r:.60}")
    lists = [_lists(_merged(above, grid)) for grid in grids]
    count = sum(prod(map(len, each.values())) for each in lists)
    if count > MOST_CELLS:
        raise InputError(f"a sweep must have at most {MOST_CELLS} cells; this one has {count}")
    chosen = [_checked(dict(zip(each, values, strict=True))) for each in lists for values in product(*each.values())]
    groups = {(each.p, each.group) for each in chosen}
    if len(groups) > MOST_GROUPS:
        raise InputError(f"a sweep must have at most {MOST_GROUPS} groups; this one has {len(groups)}")
    plan = Plan(tuple(sorted({_cell(each) for each in chosen})))
    if plan.networks > MOST_NETWORKS:
        raise InputError(f"a sweep must train at most {MOST_NETWORKS} networks; this one has {plan.networks}")
    return plan


def _merged(above: dict[str, Any], grid: dict[str, Any]) -> dict[str, Any]:
    """A grid's own settings, and those above it; p and group replace each other."""
    other = {"p": "group", "group": "p"}
    hidden = {other[key] for key in grid if key in other and other[key] not in grid}
    return {key: value for key, value in above.items() if key not in hidden} | grid


def _lists(settings: dict[str, Any]) -> dict[str, list[Any]]:
    """Every setting that is given, as the list of its values."""
    if ("p" in settings) == ("group" in settings):
        raise InputError("a sweep needs exactly one of p and group")
    found = {name: value if isinstance(value, list) else [value] for name, value in settings.items()}
    for name, values in found.items():
        if not values or (name in WITHOUT_LISTS and len(values) > 1):
            raise InputError(f"{name} must have {'one value' if values else 'at least one value'}; got {len(values)}")
    return found


def _checked(settings: dict[str, Any]) -> Settings:
    """The settings of one cell, each of its own kind and in its range."""
    try:
        return msgspec.convert(settings, Settings)
    except msgspec.ValidationError as error:
        found = re.search(r"`(?:\$\.)?(\w+)`\Z", str(error))
        name = found[1] if found else ""
        if name in settings:
            raise _refusal(name, settings[name]) from None
        raise InputError(f"{name} is missing; need {_need(name)}") from None


def _need(name: str) -> str:
    """What a setting must be, in words."""
    annotation = get_type_hints(Settings, include_extras=True)[name]
    meta = getattr(annotation, "__metadata__", None) or annotation.__args__[0].__metadata__
    return str(meta[-1].description)


def _refusal(name: str, value: Any) -> InputError:
    """The line about a value that a setting cannot have; numbers of thousands of digits have no text in Python."""
    shown = repr(value)[:60] if not isinstance(value, int) or abs(value) < 10**60 else "a larger integer"
    return InputError(f"{name} must be {_need(name)}; got {shown}")


def _cell(settings: Settings) -> GroupCell:
    name = f"C{settings.p}" if settings.p else settings.group or ""
    order = group_named(name).order
    if order > LARGEST_ORDER:
        raise InputError(f"the groups of a sweep must have at most {LARGEST_ORDER} elements; {name} has {order}")
    width = settings.width if isinstance(settings.width, int) else int(settings.width[:-1]) * order
    if width < 1:
        raise _refusal("width", settings.width)
    given = msgspec.structs.asdict(settings)
    given |= {"order": order, "group": name, "width": width, "scale": settings.scale or order**-0.5}
    # 0.0 and -0.0 are one setting: they must not make two cells
    cell = GroupCell(**{f.name: given[f.name] + 0.0 if f.type is float else given[f.name] for f in fields(GroupCell)})
    for what, value, most in (("bytes", cell.bytes_each, MOST_BYTES), ("multiplications", cell.work, MOST_WORK)):
        if value > most:
            raise InputError(
                f"a cell must need at most {most:.0e} {what}{' per network' if what == 'bytes' else ''}; "
                f"{name} with k = {cell.k} and width {cell.width} needs {value:.1e}"
            )
    return cell
