"""Files from users and for users: whole or not at all, and one line for whatever is wrong with them."""

import json
import os
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import strategies as st

from theory import exact_file
from theory.construction import construct
from theory.core.surd import Surd
from theory.errors import InputError
from theory.exact_file import load_exact, save_exact, to_json
from theory.files import atomic_write, parse_json, read_json, write_json
from theory.floats import weights
from theory.network_file import NetworkFile, load_network, save_network


def network_file(**changes) -> NetworkFile:
    u, w = weights(construct(2, 5))
    return replace(NetworkFile(u, w, 2, 5), **changes)


def one_line(error: pytest.ExceptionInfo) -> bool:
    return "\n" not in str(error.value) and len(str(error.value)) < 600


# ---- round trips -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_network_file_round_trip(tmp_path, dtype):
    network = network_file(u=network_file().u.astype(dtype), w=network_file().w.astype(dtype), metadata={"seed": "3"})
    save_network(tmp_path / "net.safetensors", network)
    loaded = load_network(tmp_path / "net.safetensors")
    assert (loaded.k, loaded.p, loaded.metadata["seed"]) == (2, 5, "3")
    assert loaded.u.dtype == dtype
    assert np.array_equal(loaded.u, network.u)
    assert np.array_equal(loaded.w, network.w)


def test_network_file_with_a_group_table(tmp_path):
    table = (np.arange(5)[:, None] + np.arange(5)) % 5
    save_network(tmp_path / "net.safetensors", network_file(table=table))
    loaded = load_network(tmp_path / "net.safetensors").table
    assert loaded is not None
    assert np.array_equal(loaded, table)


@pytest.mark.parametrize(("k", "p"), [(1, 4), (2, 9), (3, 10), (4, 3)])
def test_exact_file_round_trip(tmp_path, k, p):
    network = construct(k, p, "li24")
    save_exact(tmp_path / "net.json", network)
    assert load_exact(tmp_path / "net.json") == network


# ---- what is refused ---------------------------------------------------------------------------------------------


def test_strict_json():
    for text, message in [
        (b'{"a": 1, "a": 2}', "each key must occur once"),
        (b'{"a": NaN}', "numbers must be finite; got NaN"),
        (b"[" * 100 + b"]" * 100, "must nest at most 64 levels"),
        (b"\xff\xfe", "must be JSON in UTF-8"),
        (b"9" * 10_000, "must be JSON in UTF-8"),
        (b"", "must be JSON in UTF-8"),
    ]:
        with pytest.raises(InputError, match=message) as error:
            parse_json(text)
        assert one_line(error)
    assert parse_json(b'["[[[", {"a": "\\"["}]') == ["[[[", {"a": '"['}]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "other"}, "'format' must be"),
        ({"version": 2}, "'version' must be 1"),
        ({"version": True}, "'version' must be 1"),
        ({"k": 2.0}, "'k' must be a positive integer"),
        ({"blocks": None}, "'blocks' must be a list"),
        ({"p": 3}, "a frequency must lie in 1..1; got 2"),
    ],
)
def test_exact_file_refuses(tmp_path, change, message):
    write_json(tmp_path / "net.json", {**to_json(construct(2, 5)), **change})
    with pytest.raises(InputError, match=message) as error:
        load_exact(tmp_path / "net.json")
    assert one_line(error)


@pytest.mark.parametrize("bad", ["0.5", "1/0", "1e3", "x", "__import__('os')", "1" * 50, 1])
def test_exact_file_evaluates_nothing(tmp_path, bad):
    content = to_json(construct(2, 5))
    content["blocks"][0]["neurons"][0]["output"] = bad
    write_json(tmp_path / "net.json", content)
    with pytest.raises(InputError, match="'output' must be a fraction of a turn"):
        load_exact(tmp_path / "net.json")


def test_network_file_refuses(tmp_path):
    path = tmp_path / "net.safetensors"
    nan = network_file().u.copy()
    nan[0, 0, 0] = np.nan
    for network, message in [
        (network_file(u=nan), "every weight must be finite; u holds NaN"),
        (network_file(p=6), r"tensor u must have shape \(m, 2, 6\)"),
        (network_file(k=3), r"tensor u must have shape \(m, 3, 5\)"),
        (network_file(w=network_file().w[1:]), "tensor u must have shape"),
        (network_file(w=network_file().w.astype(np.float32)), "u and w must have one dtype"),
        (network_file(u=network_file().u[:0], w=network_file().w[:0]), "m >= 1"),
        (network_file(u=network_file().u.astype(np.int32)), "dtype F64 or F32; got 'I32'"),
    ]:
        save_network(path, network)
        with pytest.raises(InputError, match=message) as error:
            load_network(path)
        assert one_line(error)


def test_network_file_refuses_what_is_not_one(tmp_path):
    path = tmp_path / "net.safetensors"
    huge_claim = (10**10).to_bytes(8, "little") + b"{}"
    offsets = json.dumps({"u": {"dtype": "F64", "shape": [10**5, 10**4, 10], "data_offsets": [0, 8 * 10**10]}}).encode()
    for content in [
        b"",
        b"\x80\x04\x95pickle",
        huge_claim,
        len(offsets).to_bytes(8, "little") + offsets,
        (2).to_bytes(8, "little") + b"[]",
    ]:
        path.write_bytes(content)
        with pytest.raises(InputError) as error:
            load_network(path)
        assert one_line(error)
    for missing in (tmp_path / "absent", tmp_path):
        with pytest.raises(InputError):
            load_network(missing)


def test_truncated_network_files_are_refused(tmp_path):
    path = tmp_path / "net.safetensors"
    save_network(path, network_file())
    whole = path.read_bytes()
    for size in range(0, len(whole), 97):
        path.write_bytes(whole[:size])
        with pytest.raises(InputError):
            load_network(path)


def mutate(data: st.DataObject, content: bytes) -> bytes:
    """Flip, cut, repeat or insert bytes."""
    damaged = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(0, len(damaged) - 1)))
        kind = data.draw(st.sampled_from(["flip", "cut", "insert", "repeat"]))
        if kind == "flip" and damaged:
            damaged[at] = data.draw(st.integers(0, 255))
        elif kind == "cut":
            del damaged[at : at + data.draw(st.integers(1, 50))]
        elif kind == "insert":
            damaged[at:at] = data.draw(st.binary(max_size=9))
        else:
            damaged[at:at] = damaged[at : at + 20]
    return bytes(damaged)


# ---- writing -----------------------------------------------------------------------------------------------------


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "value.json"
    write_json(path, [1])
    with pytest.raises(ValueError, match="Out of range"):
        write_json(path, [float("nan")])
    with pytest.raises(ZeroDivisionError), atomic_write(path, "w") as stream:
        stream.write(f"half {1 / 0}")
    assert read_json(path) == [1]
    assert os.listdir(tmp_path) == ["value.json"]


def test_files_have_the_mode_that_the_user_asked_for(tmp_path):
    save_network(tmp_path / "net.safetensors", network_file())
    write_json(tmp_path / "value.json", 1)
    plain = tmp_path / "plain"
    plain.touch()
    for name in ("net.safetensors", "value.json"):
        assert (tmp_path / name).stat().st_mode == plain.stat().st_mode


def test_unusable_destinations(tmp_path):
    with pytest.raises(InputError, match="the output folder must exist"):
        write_json(tmp_path / "absent" / "x.json", 1)
    with pytest.raises(InputError, match="the output must be a file; got the folder"):
        write_json(tmp_path, 1)


def test_masses_survive_the_file(tmp_path):
    network = construct(2, 4)
    mass = Surd([(Fraction(1, 3), 1), (Fraction(-1, 7), 2)])
    changed = replace(network, blocks=(replace(network.blocks[0], mass=mass), *network.blocks[1:]))
    save_exact(tmp_path / "net.json", changed)
    assert load_exact(tmp_path / "net.json").blocks[0].mass == mass


def test_an_exact_file_that_could_not_be_read_again_is_not_written(tmp_path, monkeypatch):
    network, path = construct(2, 5), tmp_path / "net.json"
    exact_file.save_exact(path, network)
    size = path.stat().st_size
    path.unlink()
    monkeypatch.setattr(exact_file, "JSON_BYTES", size - 1)
    with pytest.raises(InputError, match=f"to be read again; it takes {size}"):
        exact_file.save_exact(path, network)
    assert not path.exists()
    monkeypatch.setattr(exact_file, "JSON_BYTES", size)
    exact_file.save_exact(path, network)
    assert exact_file.load_exact(path) == network
