"""Weights from wherever they are: numpy, torch on any device, in any memory order, as arrays that fit each other."""

from typing import Any

import numpy as np

from theory.errors import InputError

ROWS = ("neurons", "classes")


def weights(
    u: Any, w: Any, k: int | None = None, p: int | None = None, rows: str | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """u of shape (m, k, p) and w of shape (m, p), contiguous, of one precision that loses no digit of either.

    Args:
        u: input weights, shape (m, k, p) in this order: ``u[i, j, a]`` is what neuron i hears when input j is a.
        w: output weights, (m, p), or (p, m) as the weight of an ``nn.Linear``; the sizes tell which, unless m = p.
        k, p: what the shapes must say, where it is known.
        rows: what a row of w belongs to, ``neurons`` for (m, p) or ``classes`` for (p, m); needed where m = p.

    Raises:
        InputError: naming the shape that is needed and the one given, or what in an array is no finite real number.

    Examples:
        >>> u, w = weights(np.ones((4, 2, 3), np.float16), np.ones((3, 4)))  # w transposed, as in nn.Linear
        >>> u.shape, w.shape, w.dtype
        ((4, 2, 3), (4, 3), dtype('float64'))
    """
    u, w = _numbers("u", u), _numbers("w", w)
    need = f"(m, {'k' if k is None else k}, {'p' if p is None else p})"
    if u.ndim != 3 or 0 in u.shape or k not in (None, u.shape[1]) or p not in (None, u.shape[2]):
        raise InputError(f"u must have shape {need}: neuron, input, value; got {u.shape}")
    common = np.result_type(u, w)
    w = _turned(w, len(u), u.shape[2], rows)
    return np.ascontiguousarray(u, common), np.ascontiguousarray(w, common)


def _turned(w: np.ndarray, m: int, p: int, rows: str | None) -> np.ndarray:
    """w with neurons first."""
    if rows not in (None, *ROWS):
        raise InputError(f"rows must be 'neurons' or 'classes'; got {rows!r:.60}")
    if w.shape == (m, p) == (p, m) and rows is None:
        raise InputError(
            f"w of shape {w.shape} does not tell neurons from classes: give rows='neurons' for (m, p), "
            "or rows='classes' for (p, m), as in nn.Linear"
        )
    shapes = {"neurons": (m, p), "classes": (p, m)}
    fits = [name for name in ([rows] if rows else ROWS) if w.shape == shapes[name]]
    if not fits:
        need = shapes[rows] if rows else f"{(m, p)} (m, p), or {(p, m)} (p, m)"
        raise InputError(f"w must have shape {need}, to fit u of {m} neurons and p = {p}; got {w.shape}")
    return w if fits[0] == "neurons" else w.T


def _numbers(name: str, value: Any) -> np.ndarray:
    """A float32 or float64 array: float16 and bfloat16 become float32, integers float64."""
    try:
        array = np.asarray(_on_cpu(value) if hasattr(value, "detach") else value)
    except (ValueError, TypeError, RuntimeError) as error:  # ragged lists, tensors without data
        raise InputError(f"{name} must be an array of numbers; {str(error).splitlines()[0]:.120}") from None
    if array.dtype.kind not in "fiu" or array.dtype.itemsize > 8:
        raise InputError(f"{name} must hold real numbers of at most 64 bits; got {array.dtype}")
    array = array.astype(np.float32 if array.dtype in (np.float16, np.float32) else np.float64, copy=False)
    if not np.isfinite(array).all():
        raise InputError(f"every weight must be finite; {name} holds NaN or infinity")
    return array


def _on_cpu(tensor: Any) -> Any:
    """A torch tensor as an array; torch itself is not imported."""
    tensor = tensor.detach().cpu().resolve_conj().resolve_neg()
    return (tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor).numpy()
