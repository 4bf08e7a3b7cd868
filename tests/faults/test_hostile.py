"""Files from enemies: every loader returns a value or one line, within a time and a memory that are stated.

Bytes are flipped, cut and repeated; values of a JSON tree, and of a safetensors header, are replaced by hostile ones.
"""

import copy
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.theory.test_files import mutate
from theory.certificates import store
from theory.construction import construct
from theory.core.dual_certificate import CertificateRejected
from theory.core.dual_certificate import check as check_certificate
from theory.errors import InputError
from theory.exact_file import load_exact, save_exact, to_json
from theory.files import write_json
from theory.floats import weights
from theory.groups import load_group
from theory.groups.construction import construct as construct_group
from theory.network_file import NetworkFile, load_network, save_network

FAST, SLOW = 40, 5000  # of each of the two kinds
LIGHT = {"network": 300, "exact": 300}  # loaders that take no time
MOST_SECONDS = 5.0
MEMORY = 3 * 2**30

HOSTILE: list[Any] = [
    None, True, False, -1, 0, 1, 2, 3, 2**31, 2**63, 10**40, 10**400, -(10**400), 0.5, -0.0, 1e308, "", "0", "-1",
    "1/0", "1/3", "NaN",
    "x" * 5000, "line\nbreak", "\x1b[31m", "../../etc/passwd", "<script>alert(1)</script>", "é" * 9, [],
    {}, [[]], [{}], {"": None}, [1, 2, 3], [["1/3", 2]], ["0", "1/6"], [0] * 3000, [[0] * 3] * 3,
]  # fmt: skip

# ---- mutations of structure --------------------------------------------------------------------------------------


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of all nodes of a JSON tree."""
    yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[key], (*path, key))


def replaced(tree: Any, path: tuple[Any, ...], kind: str, new: Any) -> Any:
    """The tree with one node replaced, removed, or doubled."""
    if not path:
        return new
    tree = copy.deepcopy(tree)
    parent = tree
    for key in path[:-1]:
        parent = parent[key]
    if kind == "remove":
        del parent[path[-1]]
    elif kind == "double" and isinstance(parent, list):
        parent.insert(path[-1], parent[path[-1]])
    elif kind == "add" and isinstance(parent, dict):
        parent[str(new)[:20]] = new
    else:
        parent[path[-1]] = new
    return tree


def mutated_tree(data: st.DataObject, tree: Any) -> Any:
    """One to three nodes changed."""
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(places(tree))))
        kind = data.draw(st.sampled_from(["replace", "replace", "remove", "double", "add"]))
        tree = replaced(tree, path, kind, data.draw(st.sampled_from(HOSTILE)))
    return tree


def split_safetensors(content: bytes) -> tuple[Any, bytes]:
    """(header, tensors' bytes)."""
    length = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + length]), content[8 + length :]


def join_safetensors(header: Any, body: bytes) -> bytes:
    """The file again."""
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + body


def restructured(data: st.DataObject, content: bytes) -> bytes:
    """The same file with values of its JSON, or of its safetensors header, replaced."""
    if content[:1] in (b"{", b"["):
        return json.dumps(mutated_tree(data, json.loads(content))).encode()
    header, body = split_safetensors(content)
    if "state" in header["__metadata__"] and data.draw(st.booleans()):
        header["__metadata__"]["state"] = json.dumps(mutated_tree(data, json.loads(header["__metadata__"]["state"])))
        return join_safetensors(header, body)
    if data.draw(st.booleans()):
        floats = np.frombuffer(body, dtype=np.float64).copy() if len(body) % 8 == 0 else np.zeros(1)
        value = data.draw(st.sampled_from([np.nan, np.inf, 5e-324, 1e308, -0.0, 0.0, 1e-200]))
        floats[data.draw(st.integers(0, len(floats) - 1)) :: data.draw(st.integers(1, 9))] = value
        return join_safetensors(header, floats.tobytes())
    return join_safetensors(mutated_tree(data, header), body)


# ---- the loaders, each followed by what reads its result ---------------------------------------------------------


def save_cyclic(path: Path) -> None:
    save_network(path, NetworkFile(*weights(construct(2, 5)), 2, 5, metadata={"recipe": "hybrid", "lambda": "0.01"}))


def save_on_group(path: Path) -> None:
    group = load_group("S3")
    network = construct_group(group, 2)
    save_network(path, NetworkFile(network.u, network.w, 2, 6, group.table, {"group": "S3"}))


def verify_network(path: Path) -> None:
    from verify.network_checks import Examination, examine
    from verify.subject import Subject
    from verify.tolerance import Thresholds

    examination = Examination(Subject.of(load_network(path)), False, None, Thresholds(0.99, 0.99, 1e-3, 0.02), None)
    assert all(result.to_json() for result in examine(examination))


def decide_exact(path: Path) -> None:
    from verify.checks.exact import exact_checks

    assert exact_checks(load_exact(path))


def check_stored(path: Path) -> None:
    try:
        check_certificate(store.load(path))
    except CertificateRejected as error:
        raise InputError(str(error)) from None


def save_certificate(path: Path) -> None:
    certificate = store.stored(2)
    assert certificate is not None
    store.save(path, certificate)


CONFIG = {"format": "fourier-margin/run", "version": 1, "k": 2, "p": 5, "m": 4, "seed": 0, "lambda": 0.01}


def open_run(path: Path) -> None:
    from numerics.checkpoint import RunFolder

    (path.parent / "checkpoint").mkdir(exist_ok=True)
    os.replace(path, path.parent / "config.json")
    with RunFolder(path.parent).open(CONFIG, resume=True):
        pass


def save_state(path: Path) -> None:
    import torch

    from numerics.checkpoint import save_sealed

    tensors = {"model/u": torch.zeros(4, 2, 5), "model/w": torch.zeros(4, 5)}
    history = [{"phase": "descent", "step": 2, "margin": 0.1}]
    save_sealed(path, {"stage": "descent", "step": 3, "history": history, "recorded": False, "seconds": 1.5}, tensors)


def load_state(path: Path) -> None:
    from numerics.checkpoint import RunFolder

    folder = RunFolder(path.parent)
    folder.state_path.parent.mkdir(exist_ok=True)
    os.replace(path, folder.state_path)
    state = folder.load()
    assert state is not None
    assert state.step >= 0
    assert all(isinstance(record, dict) for record in state.history)


def read_history(path: Path) -> None:
    from verify.report.document import margin_history

    for record in margin_history(path):
        assert np.isfinite(float(record["margin"]))


def save_history(path: Path) -> None:
    write_json(path, {"records": [{"phase": "descent", "step": i, "margin": i / 9, "loss": 1.5} for i in range(5)]})


LOADERS: dict[str, tuple[Callable[[Path], None], Callable[[Path], Any]]] = {
    "network": (save_cyclic, load_network),
    "network-verified": (save_cyclic, verify_network),
    "group-network-verified": (save_on_group, verify_network),
    "exact": (lambda path: save_exact(path, construct(2, 6)), decide_exact),
    "certificate": (save_certificate, check_stored),
    "group.json": (lambda path: write_json(path, {"name": "S3", "table": load_group("S3").table.tolist()}),
                   lambda path: load_group(str(path))),
    "config": (lambda path: write_json(path, CONFIG), open_run),
    "state": (save_state, load_state),
    "history": (save_history, read_history),
}  # fmt: skip


def outcome(load: Callable[[Path], Any], path: Path) -> str:
    """'' or the one line of the refusal; anything else is raised."""
    started = time.process_time()
    try:
        load(path)
        message = ""
    except InputError as error:
        message = str(error)
    assert time.process_time() - started < MOST_SECONDS, "too slow"
    assert "\n" not in message, f"more than one line: {message!r}"
    assert len(message) < 700
    return message


def fuzz(folder: Path, name: str, cases: int) -> None:
    save, load = LOADERS[name]
    path = folder / f"file-{name}"
    save(path)
    whole = path.read_bytes()
    assert outcome(load, path) == "", "the honest twin is accepted"

    @settings(max_examples=cases, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.data())
    def run(data: st.DataObject) -> None:
        path.write_bytes(mutate(data, whole))
        outcome(load, path)

    @settings(max_examples=cases, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.data())
    def run_structured(data: st.DataObject) -> None:
        path.write_bytes(restructured(data, whole))
        outcome(load, path)

    run()
    run_structured()


@pytest.mark.parametrize("name", LOADERS)
def test_fuzzed_files_end_in_a_value_or_one_line(tmp_path, name):
    fuzz(tmp_path, name, LIGHT.get(name, FAST))


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", LOADERS)
def test_ten_thousand_fuzzed_files_each(tmp_path, name):
    fuzz(tmp_path, name, SLOW)


# ---- claims: small files that ask for much, under a cap on memory ------------------------------------------------


def header(**tensors: Any) -> bytes:
    """A safetensors file of k = 2, p = 5 whose header claims whatever it likes."""
    metadata = {"format": "fourier-margin/network", "version": "1", "k": "2", "p": "5", "activation": "power"}
    metadata |= tensors.pop("metadata", {})
    return join_safetensors({"__metadata__": metadata, **tensors}, b"\0" * 64)


def tensor(shape: list[int], size: int | None = None, start: int = 0, dtype: str = "F64") -> dict[str, Any]:
    size = 8 * int(np.prod([float(x) for x in shape])) if size is None else size
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, start + size]}


def exact(**change: Any) -> bytes:
    return json.dumps({**to_json(construct(2, 5)), **change}).encode()


def block(**change: Any) -> list[dict[str, Any]]:
    return [{**to_json(construct(2, 5))["blocks"][0], **change}]


def neurons(count: int, k: int = 2, denominators: Callable[[int], int] = lambda i: 1) -> list[dict[str, Any]]:
    return [{"phases": ["0"] * k, "output": "0", "share": str(Fraction(1, denominators(i)))} for i in range(count)]


def certificate(**change: Any) -> bytes:
    honest = {"format": store.FORMAT, "version": 1, "k": 1, "order": None, "bound": [2, 1]}
    return json.dumps({**honest, "vectors": [{"weight": 1, "terms": [[0, 1], [2, 1]]}], **change}).encode()


GIANT = 10 * 2**30
CLAIMS: dict[str, tuple[str, bytes]] = {
    "ten gigabytes of u": ("network", header(u=tensor([GIANT // 80, 2, 5]), w=tensor([GIANT // 80, 5]))),
    "more than 2^64 bytes": ("network", header(u=tensor([2**62, 2, 5], 64), w=tensor([2**62, 5], 64))),
    "a header of 2^63 bytes": ("network", (2**63).to_bytes(8, "little") + b"{}"),
    "a header as long as the file": ("network", (100).to_bytes(8, "little") + b"{" * 92),
    "k of 10^8": ("network", header(metadata={"k": "99999999"}, u=tensor([1, 99999999, 5], 0), w=tensor([1, 5], 40))),
    "overlapping tensors": ("network", header(u=tensor([1, 2, 5], 64), w=tensor([1, 5], 40, 8))),
    "negative offsets": ("network", header(u=tensor([1, 2, 5], -8), w=tensor([1, 5], 40))),
    "bytes after the tensors": ("network", header(u=tensor([0, 2, 5]), w=tensor([0, 5]))),
    "big-endian floats": ("network", header(u=tensor([1, 2, 5], dtype=">f8"), w=tensor([1, 5]))),
    "half precision": ("network", header(u=tensor([1, 2, 5], 20, dtype="F16"), w=tensor([1, 5], 10, 20, "F16"))),
    "a pickle": ("network", b"\x80\x04\x95\x1a" + b"\0" * 7 + b"\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R."),
    "a header with a repeated key": ("network", (26).to_bytes(8, "little") + b'{"u":{},"u":{},"w":{}}    '),
    "deep JSON": ("exact", b"[" * 10**6),
    "deep objects": ("exact", b'{"a":' * 10**5 + b"1" + b"}" * 10**5),
    "a repeated key": ("exact", exact()[:-1] + b', "k": 3}'),
    "an infinite number": ("exact", exact().replace(b'"k": 2', b'"k": 1e999')),
    "an integer of a million digits": ("exact", exact().replace(b'"k": 2', b'"k": ' + b"9" * 10**6)),
    "p of two billion": ("exact-bad", exact(p=2**31 - 1)),
    "k of a million": ("exact", exact(k=10**6)),
    "a neuron of a hundred thousand phases": ("exact", exact(blocks=block(neurons=neurons(1, 10**5)))),
    "twelve inputs in generic position": ("exact-bad", exact(k=12, p=3, blocks=[{
        "frequencies": [1], "mass": [["1", 1]], "neurons": [{"phases": [f"{i}/997" for i in range(12)],
                                                             "output": "66/997", "share": "1"}]}])),
    "twelve inputs at the origin": ("exact-bad", exact(k=12, p=3, blocks=[{
        "frequencies": [1], "mass": [["1", 1]], "neurons": [{"phases": ["0"] * 12, "output": "0", "share": "1"}]}])),
    "a thousand heavy blocks": ("exact-bad", exact(k=6, p=2003, blocks=[{
        "frequencies": [i], "mass": [["1/1001", 1]], "neurons": [
            {"phases": [f"{(j + 1) * (i + h) % 997}/997" for h in range(6)], "output": "0", "share": "1/9"}
            for j in range(9)]} for i in range(1, 1001)])),
    "a sum of a hundred thousand roots": ("exact", exact(blocks=block(mass=[["1/3", i + 2] for i in range(10**5)]))),
    "a radicand of two billion": ("exact", exact(blocks=block(mass=[["1", 2**31 - 1]]))),
    "shares without a common denominator": ("exact", exact(blocks=block(
        neurons=neurons(20000, 2, lambda i: 10**39 + 2 * i + 1)))),
    "phases without a common denominator": ("exact", exact(blocks=block(neurons=[
        {"phases": [f"1/{10**38 + i}", "0"], "output": "0", "share": "1/1000"} for i in range(1000)]))),
    "twelve exponents": ("certificate", certificate(k=12, vectors=[{"weight": 1, "terms": [[0] * 12 + [1]]}])),
    "a hundred thousand terms": ("certificate", certificate(vectors=[
        {"weight": 1, "terms": [[i % 120 - 60, 1] for i in range(10**5)]}])),
    "seven thousand vectors": ("certificate", certificate(vectors=[
        {"weight": 1, "terms": [[h, 1] for h in range(-60, 61)]}] * 7000)),
    "order two": ("certificate", certificate(order=2)),
    "a table of 3000 rows": ("group.json", json.dumps([[0]] * 3000).encode()),
    "a table of 2000 empty rows": ("group.json", json.dumps([[]] * 2000).encode()),
    "a name of two lines": ("group.json", json.dumps({"name": "S3\nS4", "table": [[0, 1], [1, 1]]}).encode()),
    "a table that is a name": ("group.json", b'{"table": "S3"}'),
}  # fmt: skip

UNDER_A_CAP = """
import resource, sys, json, time
resource.setrlimit(resource.RLIMIT_AS, ({memory}, {memory}))
resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))
from pathlib import Path
from theory.errors import InputError
from theory.exact_file import load_exact
from theory.network_file import load_network
from theory.groups import load_group
from theory.core.optimality import decide
from tests.faults.test_hostile import check_stored
LOAD = {{"network": load_network, "exact": lambda p: decide(load_exact(p)), "certificate": check_stored,
         "group.json": lambda p: load_group(str(p))}}
found = {{}}
for name, (kind, path) in json.load(sys.stdin).items():
    started = time.process_time()
    try:
        value = LOAD[kind.removesuffix("-bad")](Path(path))
        found[name] = "optimal" if getattr(value, "optimal", False) else "read"
    except InputError as error:
        found[name] = "refused: " + str(error)
    except ValueError as error:
        found[name] = "undecided: " + str(error)
    assert time.process_time() - started < {each}, name
print(json.dumps(found))
"""


def test_claims_are_refused_within_three_gigabytes(tmp_path):
    """What is not a file of its kind is refused; what is one, and wrong, is never called optimal."""
    paths = {}
    for number, (name, (kind, content)) in enumerate(CLAIMS.items()):
        path = tmp_path / f"{number}.json"
        path.write_bytes(content)
        paths[name] = kind, str(path)
    code = UNDER_A_CAP.format(memory=MEMORY, seconds=120, each=20)
    done = subprocess.run([sys.executable, "-c", code], input=json.dumps(paths), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    for name, (kind, _) in CLAIMS.items():
        assert found[name] != "optimal", name
        if not kind.endswith("-bad"):
            assert found[name].startswith("refused"), (name, found[name])


# ---- commands ----------------------------------------------------------------------------------------------------


def commands(path: Path) -> list[list[str]]:
    """Every command that reads a file from its user."""
    text = str(path)
    return [["verify", text], ["verify", text, "--trained"], ["margin", "--k", "2", "--group", text]]


@pytest.mark.parametrize("name", ["deep JSON", "a repeated key", "a table that is a name", "a name of two lines",
                                  "ten gigabytes of u", "a pickle", "an infinite number"])  # fmt: skip
@pytest.mark.parametrize("suffix", [".json", ".safetensors"])
def test_commands_end_with_status_2_and_one_line(tmp_path, capsys, name, suffix):
    from theory.command_line import run
    from verify.cli import build

    path = tmp_path / f"hostile{suffix}"
    path.write_bytes(CLAIMS[name][1])
    for arguments in commands(path):
        assert run(build(), arguments) == 2, arguments
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.count("\n") == 1, captured.err
        assert captured.err.startswith("fourier-margin: ")
        assert all(c.isprintable() for c in captured.err[:-1])


@pytest.mark.parametrize("kind", ["folder", "pipe", "device", "missing", "loop", "unreadable name"])
def test_what_is_not_a_file_is_refused_and_not_waited_for(tmp_path, capsys, kind):
    from theory.command_line import run
    from verify.cli import build

    path = tmp_path / {"unreadable name": "a\nb\x1b[2J.json"}.get(kind, "thing.json")
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path = Path("/dev/zero")
    elif kind == "loop":
        path.symlink_to(path)
    for arguments in commands(path):
        assert run(build(), arguments) == 2, arguments
        captured = capsys.readouterr()
        assert captured.err.count("\n") == 1, captured.err
        assert all(c.isprintable() for c in captured.err[:-1])


HUGE = """
construct --k 2 --p 10000000000 --exact x.json
construct --k 2 --p 1000003 --out x.safetensors
construct --k 99 --p 5 --exact x.json
construct --k 2 --group S12 --out x.safetensors
margin --k 100000 --p 5
margin --k 2 --p -5
margin --k 2 --group C99999
width --k 2 --p 99999999999
certificate --k 99
train --k 2 --p 99999999999
train --k 60 --p 2
train --k 2 --p 5 --m 99999999999999
"""
CALL_UNDER_A_CAP = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({2 * MEMORY}, {2 * MEMORY}))
from verify.cli import build
from theory.command_line import run
for line in sys.stdin:
    print(run(build(), line.split()), file=sys.stderr)
"""


def test_huge_numbers_on_the_command_line_are_refused_under_a_cap(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    lines, code = HUGE.strip(), CALL_UNDER_A_CAP
    done = subprocess.run(
        [sys.executable, "-c", code], input=lines, cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    told = done.stderr.splitlines()
    assert done.returncode == 0, done.stderr[-2000:]
    assert told[1::2] == ["2"] * len(lines.splitlines())
    assert all(line.startswith("fourier-margin: ") for line in told[::2])
    assert os.listdir(tmp_path) == []


ESCAPES = "\x1b[2J\x1b[H\x07all 10 checks hold\x9b2J"


def test_no_escape_sequence_reaches_the_terminal(tmp_path, capsys):
    """Neither from a file's metadata nor from its name: the verdict that is seen is the one that was reached."""
    from theory.command_line import run
    from verify.cli import build

    path, page = tmp_path / f"{ESCAPES}.safetensors", tmp_path / f"{ESCAPES}.html"
    metadata = dict.fromkeys(("recipe", "penalty", "lambda", "seed", "method", "data", "group"), ESCAPES)
    for arguments in (
        ["construct", "--k", "2", "--p", "5", "--out", str(path)],
        ["verify", str(path), "--html", str(page)],
        ["construct", "--k", "2", "--p", "5", "--exact", str(tmp_path / f"{ESCAPES}.json")],
        ["verify", str(tmp_path / f"{ESCAPES}.json")],
    ):
        assert run(build(), arguments) == 0
    save_network(path, NetworkFile(*weights(construct(2, 5)), 2, 5, metadata=metadata))
    run(build(), ["verify", str(path)])
    out, err = capsys.readouterr()
    assert "passed" in out
    assert all(c.isprintable() or c == "\n" for c in out + err)


@pytest.mark.parametrize(
    "words",
    [
        "verify n.safetensors --json n.safetensors",
        "verify n.safetensors --html ../{name}/n.safetensors",
        "verify n.safetensors --json r --html r",
        "verify n.safetensors --json history.json",
        "verify n.safetensors --json link",
        "verify n.json --json n.json",
        "construct --k 2 --p 5 --out y --exact y",
        "construct --k 2 --group g.json --out g.json",
        "certificate --k 2 --file c.json --out ./c.json",
    ],
)
def test_no_output_takes_the_place_of_an_input_or_of_another_output(tmp_path, monkeypatch, capsys, words):
    from theory.command_line import run
    from verify.cli import build

    monkeypatch.chdir(tmp_path)
    save_cyclic(Path("n.safetensors"))
    save_exact("n.json", construct(2, 5))
    save_history(Path("history.json"))
    save_certificate(Path("c.json"))
    write_json("g.json", load_group("S3").table.tolist())
    Path("link").symlink_to("n.safetensors")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert run(build(), words.format(name=tmp_path.name).split()) == 2
    assert "each output must be a file of its own" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_name_of_a_group_wins_over_a_file_of_that_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("S4").write_text(json.dumps(load_group("C24").table.tolist()))
    assert not load_group("S4").is_abelian
    assert load_group("./S4").is_abelian
    for name in ("x" * 300, "./" + "x" * 300, "absent.table"):
        with pytest.raises(InputError):
            load_group(name)


def test_a_page_escapes_what_a_file_says(tmp_path):
    """Names and metadata of a hostile file reach the report as text, not as markup or script."""
    from theory.command_line import run
    from verify.cli import build

    path = tmp_path / "<img src=x onerror=alert(1)>.safetensors"
    hostile = "<script>alert('x')</script>\"'&"
    metadata = dict.fromkeys(("recipe", "penalty", "lambda", "seed", "method", "data"), hostile)
    save_network(path, NetworkFile(*weights(construct(2, 5)), 2, 5, metadata=metadata))
    records = [{"phase": hostile, "step": i, "margin": i / 5} for i in range(5)]
    write_json(tmp_path / "history.json", {"records": records})
    assert run(build(), ["verify", str(path), "--html", str(tmp_path / "page.html")]) in (0, 1)
    page = (tmp_path / "page.html").read_text()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page
