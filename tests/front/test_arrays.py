"""Weights come in as they are: every precision, memory order and device; what does not fit gets one clear line."""

from typing import Any

import numpy as np
import pytest
import torch

from fourier_margin.arrays import weights
from theory.errors import InputError

M, K, P = 5, 2, 7
U = np.random.default_rng(0).normal(size=(M, K, P))
W = np.random.default_rng(1).normal(size=(M, P))
FORMS: dict[str, Any] = {
    "float64": lambda x: x,
    "big-endian": lambda x: x.astype(">f8"),
    "Fortran order": np.asfortranarray,
    "strided": lambda x: np.repeat(x, 2, axis=0)[::2],
    "backwards": lambda x: np.ascontiguousarray(x[::-1])[::-1],
    "list": lambda x: x.tolist(),
    "tensor": torch.tensor,
    "parameter": lambda x: torch.nn.Parameter(torch.tensor(x)),
    "result of a computation": lambda x: torch.nn.Parameter(torch.tensor(x)) * 1.0,
    "tensor that is a view": lambda x: torch.tensor(np.moveaxis(x, 0, -1).copy()).movedim(-1, 0),
    "negative view": lambda x: torch.complex(torch.zeros(x.shape, dtype=torch.float64), -torch.tensor(x)).conj().imag,
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_arrays(form: str) -> None:
    u, w = weights(FORMS[form](U), FORMS[form](W))
    np.testing.assert_array_equal(u, U)
    np.testing.assert_array_equal(w, W)
    assert u.flags.c_contiguous
    assert w.flags.c_contiguous
    assert u.dtype == w.dtype == np.dtype("float64")


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_short_floats_become_float32_exactly(dtype: torch.dtype) -> None:
    u, w = weights(torch.tensor(U).to(dtype), torch.tensor(W).to(dtype))
    assert u.dtype == w.dtype == np.float32
    assert torch.equal(torch.from_numpy(u).double(), torch.tensor(U).to(dtype).double())


def test_half_precision_of_numpy_becomes_float32_exactly() -> None:
    u, _ = weights(U.astype(np.float16), W.astype(np.float16))
    assert u.dtype == np.float32
    np.testing.assert_array_equal(u, U.astype(np.float16))


def test_two_precisions_become_the_one_that_loses_nothing() -> None:
    u, w = weights(U.astype(np.float32), W)
    assert u.dtype == w.dtype == np.float64
    np.testing.assert_array_equal(w, W)


def test_the_weight_of_a_linear_layer_is_turned() -> None:
    layer = torch.nn.Linear(M, P, bias=False, dtype=torch.float64)
    _, w = weights(U, layer.weight)
    np.testing.assert_array_equal(w, layer.weight.detach().numpy().T)
    np.testing.assert_array_equal(weights(U, layer.weight, rows="classes")[1], w)


def test_a_square_output_matrix_must_be_explained() -> None:
    u, w = np.ones((P, K, P)), np.arange(P * P).reshape(P, P)
    with pytest.raises(InputError, match=r"\(7, 7\) does not tell neurons from classes: give rows='neurons'"):
        weights(u, w)
    np.testing.assert_array_equal(weights(u, w, rows="neurons")[1], w)
    np.testing.assert_array_equal(weights(u, w, rows="classes")[1], w.T)


@pytest.mark.parametrize(("u", "w", "options", "needed"), [
    (U.transpose(1, 0, 2), W, {}, r"w must have shape \(2, 7\) \(m, p\), or \(7, 2\) .*; got \(5, 7\)"),
    (U.transpose(2, 0, 1), W, {"k": K, "p": P}, r"u must have shape \(m, 2, 7\): .*; got \(7, 5, 2\)"),
    (U.reshape(M, -1), W, {"k": K, "p": P}, r"u must have shape \(m, 2, 7\): .*; got \(5, 14\)"),
    (U, W, {"p": 11}, r"u must have shape \(m, k, 11\): .*; got \(5, 2, 7\)"),
    (U[:0], W[:0], {}, r"u must have shape \(m, k, p\): .*; got \(0, 2, 7\)"),
    (U, W.T, {"rows": "neurons"}, r"w must have shape \(5, 7\), .*; got \(7, 5\)"),
    (U, W, {"rows": "columns"}, "rows must be 'neurons' or 'classes'; got 'columns'"),
    (U, W[:, 0], {}, r"got \(5,\)"),
    (U, None, {}, "w must hold real numbers"),
    (U, W.astype(np.longdouble), {}, "w must hold real numbers of at most 64 bits; got float128"),
    (U + 1j, W, {}, "u must hold real numbers of at most 64 bits; got complex128"),
    (U, [[1.0], [2.0, 3.0]], {}, "w must be an array of numbers"),
    (U, torch.empty(M, P, device="meta"), {}, "w must be an array of numbers"),
    (np.where(U > 1, np.nan, U), W, {}, "every weight must be finite; u holds NaN or infinity"),
    (U, W * np.inf, {}, "every weight must be finite; w holds NaN or infinity"),
])  # fmt: skip
def test_what_does_not_fit_gets_one_line(u: Any, w: Any, options: dict[str, Any], needed: str) -> None:
    with pytest.raises(InputError, match=needed) as found:
        weights(u, w, **options)
    assert "\n" not in str(found.value)
