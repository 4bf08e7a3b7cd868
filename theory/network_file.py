"""The network file: safetensors with tensors ``u`` (m, k, n) and ``w`` (m, n), and string metadata.

Metadata: ``format=fourier-margin/network``, ``version=1``, ``k``, ``p``, ``activation=power`` (t^k, the papers') or
``relu``; a trained network also has ``recipe``, ``penalty``, ``lambda`` and ``seed``.  For a group other than Z_p,
``p`` is its order, ``group`` its name, and an int32 tensor ``table`` of shape (n, n) its multiplication table.  Nothing
is ever unpickled.
"""

import json
import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from theory.errors import InputError
from theory.files import atomic_path, open_regular, parse_json

if TYPE_CHECKING:
    from theory.groups.group import Group

FORMAT = "fourier-margin/network"
ACTIVATIONS = ("power", "relu")
LARGEST_HEADER = 2**20
LARGEST_FILE = 16 * 2**30


@dataclass(frozen=True, eq=False)
class NetworkFile:
    """What a network file holds: weights, and metadata beyond k and p."""

    u: np.ndarray
    w: np.ndarray
    k: int
    p: int
    table: np.ndarray | None = None
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def activation(self) -> str:
        """``power`` where the metadata name no other."""
        return self.metadata.get("activation", "power")

    @cached_property
    def group(self) -> "Group | None":
        """The group of the table; None for Z_p.

        Raises:
            InputError: when the table is not that of a group.
        """
        from theory.groups.group import Group

        return None if self.table is None else Group(self.metadata.get("group", "group")[:40], self.table)


def network_in(path: Path | str) -> Path:
    """``path`` itself, or ``network.safetensors`` in the folder of a run.

    Raises:
        InputError: for a folder that holds no network, or those of several seeds.
    """
    path = Path(path)
    inside = path / "network.safetensors"
    if not path.is_dir() or inside.is_file():
        return inside if path.is_dir() else path
    seeds = sorted(found.parent.name for found in path.glob("seed-*/network.safetensors"))
    held = f"those of {len(seeds)} seeds: give one, such as {seeds[0]}" if seeds else "none"
    raise InputError(f"the folder of a run must hold network.safetensors; {str(path)!r} holds {held}")


def save_network(path: Path | str, network: NetworkFile) -> None:
    """Write ``network`` atomically: a temporary file in the same folder takes the name last.

    Raises:
        InputError: for an activation that the format does not know, or when the folder does not exist or cannot be
            written, or the disk is full.
    """
    _require_activation(network.activation)
    path = Path(path)
    tensors = {"u": np.ascontiguousarray(network.u), "w": np.ascontiguousarray(network.w)}
    if network.table is not None:
        tensors["table"] = np.ascontiguousarray(network.table, dtype=np.int32)
    metadata = {
        **network.metadata,
        "format": FORMAT,
        "version": "1",
        "k": str(network.k),
        "p": str(network.p),
        "activation": network.activation,
    }
    with atomic_path(path) as temporary:
        try:
            save_file(tensors, temporary, metadata)
            _sort_header(temporary)
        except SafetensorError as error:
            # The writer reports a full disk as its own error.
            raise InputError(f"cannot write {str(path)!r}: {str(error)[:120]}") from None


def _sort_header(path: Path) -> None:
    """Metadata in alphabetical order: the writer's own order is random, and equal networks should be equal files."""
    with path.open("r+b") as stream:
        length = int.from_bytes(stream.read(8), "little")
        header = json.loads(stream.read(length))
        text = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode().ljust(length)
        assert len(text) == length
        stream.seek(8)
        stream.write(text)


def load_network(path: Path | str) -> NetworkFile:
    """Read and validate a network file.

    Raises:
        InputError: with one line, whatever the file holds: truncated, oversized claims, wrong shapes or dtypes,
            missing metadata, values that are not finite.

    Examples:
        >>> import tempfile
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> path = Path(tempfile.mkdtemp()) / "net.safetensors"
        >>> save_network(path, NetworkFile(*weights(construct(2, 5)), k=2, p=5))
        >>> load_network(path).u.shape
        (12, 2, 5)
    """
    path = Path(path)
    header = _header(path)
    metadata = _metadata(header, path)
    k, p = (_count(metadata, key, path) for key in ("k", "p"))
    shapes = {name: _tensor(header, name, path) for name in header if name != "__metadata__"}
    _require_shapes(shapes, k, p, path)
    try:
        tensors = load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise InputError(f"{str(path)!r} must be a safetensors file; {str(error)[:120]}") from None
    for name in ("u", "w"):
        if not np.isfinite(tensors[name]).all():
            raise InputError(f"{str(path)!r}: every weight must be finite; {name} holds NaN or infinity")
    return NetworkFile(tensors["u"], tensors["w"], k, p, tensors.get("table"), metadata)


def _header(path: Path) -> dict:
    """The safetensors header, checked before any tensor is mapped."""
    with open_regular(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        prefix = stream.read(8)
        length = int.from_bytes(prefix, "little")
        if size > LARGEST_FILE or len(prefix) < 8 or not 2 <= length <= min(LARGEST_HEADER, size - 8):
            raise InputError(f"{str(path)!r} must be a safetensors file; its {size} bytes do not start like one")
        content = stream.read(length)
    try:
        header = parse_json(content)
    except InputError as error:
        raise InputError(f"{str(path)!r}: the safetensors header {error}") from None
    if not isinstance(header, dict):
        raise InputError(f"{str(path)!r}: the safetensors header must be an object")
    return header


def _metadata(header: dict, path: Path) -> dict[str, str]:
    metadata = header.get("__metadata__")
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise InputError(f"{str(path)!r} must carry string metadata with format={FORMAT}; it has none")
    for key, need in (("format", FORMAT), ("version", "1")):
        if metadata.get(key) != need:
            raise InputError(f"{str(path)!r}: metadata {key} must be {need!r}; got {metadata.get(key)!r:.60}")
    _require_activation(metadata.get("activation"), f"{str(path)!r}: metadata ")
    return metadata


def _require_activation(name: str | None, where: str = "") -> None:
    if name not in ACTIVATIONS:
        raise InputError(f"{where}activation must be {' or '.join(map(repr, ACTIVATIONS))}; got {name!r:.60}")


def _count(metadata: dict[str, str], key: str, path: Path) -> int:
    text = metadata.get(key, "")
    smallest = {"k": 1, "p": 2}[key]
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= smallest):
        raise InputError(f"{str(path)!r}: metadata {key} must be an integer of at least {smallest}; got {text!r:.60}")
    return int(text)


def _tensor(header: dict, name: str, path: Path) -> tuple[str, tuple[int, ...]]:
    entry = header[name]
    if name not in ("u", "w", "table"):
        raise InputError(f"{str(path)!r} must hold the tensors u, w (and table); got {name!r:.60}")
    dtype = str(entry.get("dtype")) if isinstance(entry, dict) else ""
    shape = entry.get("shape") if isinstance(entry, dict) else None
    if not isinstance(shape, list) or not all(type(x) is int and x >= 0 for x in shape):
        raise InputError(f"{str(path)!r}: tensor {name} must have a shape of integers; got {shape!r:.60}")
    allowed = ("I32",) if name == "table" else ("F64", "F32")
    if dtype not in allowed:
        raise InputError(f"{str(path)!r}: tensor {name} must have dtype {' or '.join(allowed)}; got {dtype!r:.60}")
    return dtype, tuple(shape)


def _require_shapes(shapes: dict[str, tuple[str, tuple[int, ...]]], k: int, p: int, path: Path) -> None:
    for name in ("u", "w"):
        if name not in shapes:
            raise InputError(f"{str(path)!r} must hold the tensors u and w; {name} is missing")
    m = shapes["w"][1][0] if shapes["w"][1] else 0
    needs = {"u": (m, k, p), "w": (m, p), "table": (p, p)}
    for name, (_, shape) in shapes.items():
        if shape != needs[name] or m < 1:
            raise InputError(
                f"{str(path)!r}: tensor {name} must have shape {_named(name, k, p)} with m >= 1; got {shape!s:.60}"
            )
    if shapes["u"][0] != shapes["w"][0]:
        raise InputError(f"{str(path)!r}: u and w must have one dtype; got {shapes['u'][0]} and {shapes['w'][0]}")


def _named(name: str, k: int, p: int) -> str:
    return {"u": f"(m, {k}, {p})", "w": f"(m, {p})", "table": f"({p}, {p})"}[name]
