"""Network files: ``fm.save`` writes one that every command reads, ``fm.load`` reads one."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fourier_margin.arrays import weights
from fourier_margin.problem import the_group
from theory.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from fourier_margin.networks import Network
    from theory.groups import Group
    from theory.network_file import NetworkFile


def save(
    u: Any,
    w: Any,
    path: str | Path,
    *,
    k: int | None = None,
    p: int | None = None,
    group: "str | np.ndarray | Group | None" = None,
    activation: str = "power",
    rows: str | None = None,
    metadata: Mapping[str, str] | None = None,
) -> Path:
    """Write weights as a network file, atomically; nothing is written that would be read back as other weights.

    Args:
        u: input weights, shape (m, k, p); numpy, or torch on any device; :func:`fourier_margin.arrays.weights` says
            what is converted how.
        w: output weights, shape (m, p), or (p, m) as an ``nn.Linear`` has it.
        path: file to write, usually ``.safetensors``.
        k, p: checked against the shapes, where they are given.
        group: the group, where it is not addition modulo p: a name, a table file, or the table (n, n) itself, row times
            column; the numbers of its rows are the values a of ``u[i, j, a]``.
        activation: ``power`` (t^k, the papers') or ``relu``.
        rows: ``neurons`` or ``classes``: what a row of w belongs to; needed where m = p only.
        metadata: further strings, such as ``{"lambda": "0.001"}``.

    Returns:
        the path.

    Raises:
        InputError: with one line that names what was needed and what was given.

    Examples:
        >>> import tempfile
        >>> net = Path(tempfile.mkdtemp()) / "mine.safetensors"
        >>> import numpy as np
        >>> load(save(np.ones((8, 2, 6)), np.ones((6, 8)), net, group="S3")).group.name
        'S3'
    """
    from theory.network_file import save_network

    save_network(path, network_file(u, w, k=k, p=p, group=group, activation=activation, rows=rows, metadata=metadata))
    return Path(path)


def network_file(
    u: Any,
    w: Any,
    *,
    k: int | None = None,
    p: int | None = None,
    group: "str | np.ndarray | Group | None" = None,
    activation: str = "power",
    rows: str | None = None,
    metadata: Mapping[str, str] | None = None,
) -> "NetworkFile":
    """The content of the file that :func:`save` writes; arguments as there."""
    from theory.network_file import NetworkFile

    found = the_group(group)
    if found is not None and p not in (None, found.order):
        raise InputError(f"p must be the group's order, {found.order}; got {p}")
    u, w = weights(u, w, k, p if found is None else found.order, rows)
    if u.shape[2] < 2:
        raise InputError(f"p must be at least 2; got {u.shape[2]}")
    text = {**(metadata or {}), "activation": activation}
    wrong = [key for key, value in text.items() if not (isinstance(key, str) and isinstance(value, str))]
    if wrong:
        raise InputError(f"metadata must be strings; {wrong[0]!r:.60} has {text[wrong[0]]!r:.60}")
    if found is not None:
        text["group"] = found.name
    return NetworkFile(u, w, u.shape[1], u.shape[2], None if found is None else found.table, text)


def load(path: str | Path) -> "Network":
    """The network of a network file, or of a run's folder.

    Raises:
        InputError: with one line, whatever the file holds.
    """
    from fourier_margin.networks import Network
    from theory.network_file import load_network, network_in

    return Network.of(load_network(network_in(path)))
