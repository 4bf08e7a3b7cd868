"""The front door: ``import fourier_margin as fm``, a few functions over ``theory``, ``numerics`` and ``verify``.

* ``fm.max_margin(k=3, p=97)``, ``group="S4"``, ``parity=(10, 4)``: :func:`fourier_margin.margins.max_margin`
* ``fm.construct(k=2, p=23)``: :func:`fourier_margin.networks.construct`, a :class:`fourier_margin.networks.Network`
* ``fm.verify(u, w, p=23)``, ``fm.verify("net.safetensors")``: :func:`fourier_margin.verification.verify`, a
  :class:`verify.verification.Verification`
* ``fm.train(k=2, p=23)``: :func:`fourier_margin.training.train`, a :class:`fourier_margin.training.Training`
* ``fm.diagnose(model, k=2, p=113)``: any network on the task, :func:`fourier_margin.diagnosing.diagnose`; the same
  while it trains: ``fm.watch``, :func:`fourier_margin.diagnosing.watch`
* ``fm.save(u, w, "net.safetensors")``, ``fm.load``: :func:`fourier_margin.files.save`

Each is imported when it is first used; importing ``fourier_margin`` itself loads nothing.  A user's input can cause
``fm.InputError`` alone: one line that names what was needed and what was given.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fourier_margin.diagnosing import diagnose as diagnose
    from fourier_margin.diagnosing import watch as watch
    from fourier_margin.files import load as load
    from fourier_margin.files import save as save
    from fourier_margin.margins import max_margin as max_margin
    from fourier_margin.networks import construct as construct
    from fourier_margin.training import train as train
    from fourier_margin.verification import verify as verify
    from theory.errors import InputError as InputError
    from verify.tolerance import Thresholds as Thresholds

__version__ = "0.1.0"

HOMES = {
    "InputError": "theory.errors",
    "Thresholds": "verify.tolerance",
    "construct": "fourier_margin.networks",
    "diagnose": "fourier_margin.diagnosing",
    "load": "fourier_margin.files",
    "max_margin": "fourier_margin.margins",
    "save": "fourier_margin.files",
    "train": "fourier_margin.training",
    "verify": "fourier_margin.verification",
    "watch": "fourier_margin.diagnosing",
}


def __getattr__(name: str) -> Any:
    """What ``fm`` offers, from its home, at first use."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(HOMES)}")
    value = getattr(import_module(HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*HOMES, "__version__"]
