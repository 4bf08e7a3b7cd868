r"""The exact network file: JSON with fractions of a turn and exact masses, no floats, nothing evaluated.

``{"format": "fourier-margin/exact-network", "version": 1, "k": 2, "p": 7, "blocks": [block, ...]}`` with ::

    block  = {"frequencies": [1, 2, 3], "mass": [["1/3", 1]], "neurons": [neuron, ...]}
    neuron = {"phases": ["0", "1/6"], "output": "1/6", "share": "1/6"}

``mass`` is a list of pairs (rational r, integer n) that means the sum of r sqrt(n): the mass of each of the block's
frequencies.  ``share`` is the neuron's share of it.  Amplitudes follow (see ``theory.core.exact_network``).
"""

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

from theory.core.exact_network import Block, ExactNetwork, Neuron
from theory.core.surd import Surd
from theory.errors import InputError
from theory.files import JSON_BYTES, field, read_json, write_json

FORMAT = "fourier-margin/exact-network"
LONGEST_MASS = 64
RATIONAL = re.compile(r"-?[0-9]{1,40}(/[1-9][0-9]{0,39})?")


def save_exact(path: Path | str, network: ExactNetwork) -> None:
    """Write ``network`` atomically.

    Raises:
        InputError: for a file too large for :func:`load_exact`.
    """
    write_json(path, to_json(network), JSON_BYTES)


def load_exact(path: Path | str) -> ExactNetwork:
    """Read and validate an exact network file (at most 64 MiB).

    Raises:
        InputError: with one line, whatever the file holds.
    """
    try:
        return from_json(read_json(path))
    except ValueError as error:
        raise InputError(f"{str(path)!r} is not an exact network: {error}") from None


def to_json(network: ExactNetwork) -> dict[str, Any]:
    """The file's content as plain lists and strings."""
    return {
        "format": FORMAT,
        "version": 1,
        "k": network.k,
        "p": network.p,
        "blocks": [
            {
                "frequencies": list(block.frequencies),
                "mass": [[str(value), free] for free, value in block.mass.terms],
                "neurons": [
                    {"phases": [str(t) for t in n.phases], "output": str(n.output), "share": str(n.share)}
                    for n in block.neurons
                ],
            }
            for block in network.blocks
        ],
    }


def from_json(content: Any) -> ExactNetwork:
    """The network that ``content`` describes.

    Raises:
        InputError or ValueError: with the requirement and the value.
    """
    field(content, "format", lambda x: x == FORMAT, FORMAT)
    field(content, "version", lambda x: x == 1 and type(x) is int, "1")
    k = field(content, "k", _is_count, "a positive integer")
    p = field(content, "p", _is_count, "a positive integer")
    blocks = field(content, "blocks", lambda x: isinstance(x, list), "a list")
    network = ExactNetwork(k, p, tuple(_block(block) for block in blocks))
    network.validate()
    return network


def _block(content: Any) -> Block:
    frequencies = field(content, "frequencies", _is_list_of(_is_count), "a list of positive integers")
    mass = field(content, "mass", _is_mass, f"a list of at most {LONGEST_MASS} [rational, integer] pairs")
    neurons = field(content, "neurons", lambda x: isinstance(x, list), "a list")
    return Block(
        tuple(_neuron(neuron) for neuron in neurons),
        tuple(frequencies),
        Surd([(Fraction(value), radicand) for value, radicand in mass]),
    )


def _neuron(content: Any) -> Neuron:
    phases = field(content, "phases", _is_list_of(_is_rational), "a list of fractions of a turn")
    output = field(content, "output", _is_rational, "a fraction of a turn")
    share = field(content, "share", _is_rational, "a fraction")
    return Neuron(tuple(Fraction(t) for t in phases), Fraction(output), Fraction(share))


def _is_count(x: Any) -> bool:
    return type(x) is int and 1 <= x < 2**31


def _is_rational(x: Any) -> bool:
    return isinstance(x, str) and RATIONAL.fullmatch(x) is not None


def _is_term(x: Any) -> bool:
    return isinstance(x, list) and len(x) == 2 and _is_rational(x[0]) and _is_count(x[1])


def _is_mass(x: Any) -> bool:
    return isinstance(x, list) and len(x) <= LONGEST_MASS and all(map(_is_term, x))


def _is_list_of(check: Any) -> Any:
    return lambda x: isinstance(x, list) and all(map(check, x))
