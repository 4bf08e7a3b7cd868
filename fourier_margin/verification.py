"""``fm.verify``: is this network maximum-margin, or close to it, or what else is it?"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from fourier_margin.files import network_file
from theory.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from theory.groups import Group
    from verify.tolerance import Thresholds
    from verify.verification import Verification


def verify(
    network: Any,
    w: Any = None,
    *,
    k: int | None = None,
    p: int | None = None,
    group: "str | np.ndarray | Group | None" = None,
    activation: str = "power",
    rows: str | None = None,
    trained: bool = False,
    tol: float | None = None,
    thresholds: "Thresholds | None" = None,
    lambda_: float | None = None,
) -> "Verification":
    """Every check of one network, its numbers, and where its margin went; ``fourier-margin verify`` says the same.

    Args:
        network: a file or a run's folder, a network that fm made, or input weights u (with w beside them).
        w: output weights, with u.
        k, p, group, activation, rows: what the weights are of, as in :func:`fourier_margin.files.save`; a file or a
            network says that itself.
        trained: ask how close it is, instead of whether it has the maximum margin.
        tol: relative error of every weight that is forgiven; 1e-9, or 1e-5 in single precision.
        thresholds: what is asked of a trained network besides, such as ``fm.Thresholds(margin=0.99, purity=0.99)``.
        lambda_: regularisation at which it was trained.

    Returns:
        ``holds``, ``verdict``, ``sentence``, ``checks``, ``account``, ``report``; ``save`` and ``plot``.

    Raises:
        InputError: with one line that names what was needed and what was given.

    Examples:
        >>> from fourier_margin.networks import construct
        >>> net = construct(k=2, p=5)
        >>> verify(net.u, net.w, p=5).holds, verify(net.u, -net.w, p=5).holds
        (True, False)
    """
    from verify.verification import verify_file, verify_network

    if thresholds is not None and not trained:
        raise InputError("thresholds need trained=True")
    if w is not None:
        weights = network_file(network, w, k=k, p=p, group=group, activation=activation, rows=rows)
        return verify_network(weights, trained=trained, tol=tol, thresholds=thresholds, lambda_=lambda_)
    given = {"k": k, "p": p, "group": group, "rows": rows}
    if any(value is not None for value in given.values()):
        names = ", ".join(name for name, value in given.items() if value is not None)
        raise InputError(f"{names} go with u and w; a file or a network says that itself")
    if isinstance(network, str | Path):
        return verify_file(network, trained, tol, thresholds, lambda_)
    file = getattr(network, "file", None)
    if file is None:
        raise InputError(f"need a file, a network of fm, or u and w; got {type(network).__name__} alone")
    return verify_network(file, trained=trained, tol=tol, thresholds=thresholds, lambda_=lambda_)
