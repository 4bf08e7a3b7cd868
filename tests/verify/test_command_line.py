"""How commands end: 0, 1 or 2, and for unusable input one line on stderr that says what was needed and given."""

import json
import subprocess
import sys

import pytest
import typer

from theory.command_line import run
from theory.errors import InputError
from verify.cli import HOMES, build


def call(capsys, *arguments: str) -> tuple[int, str, str]:
    status = run(build(), list(arguments))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.mark.parametrize(
    ("arguments", "needed", "given"),
    [
        ("derive --k 0", "k must be at least 1", "0"),
        ("construct --k 2 --p 7", "--out FILE or --exact FILE", "neither"),
        ("construct --k 0 --p 7 --out x", "k must be at least 1", "0"),
        ("construct --k 2 --p 7 --method best --out x", "method must be one of", "'best'"),
        ("construct --k 2 --p 7 --out /absent/x.safetensors", "the output folder must exist", "/absent"),
        ("construct --k 6 --p 1009 --out x.safetensors", "must fit", "6379075584"),
        ("certificate --k 0", "k must be at least 1", "0"),
        ("width --k 2 --p 1", "p must be at least 2", "1"),
        ("width --k 2 --p 7 --m=-1", "m must be at least", "-1"),
        ("train --k 2 --p 1", "p must be at least 2", "1"),
        ("train --k 2 --p 7 --recipe best", "recipe must be one of", "'best'"),
        ("train --k 2 --p 7 --device tpu", "device", "tpu"),
        ("verify /absent.safetensors", "the file must exist", "/absent"),
        ("frobnicate", "No such command", "frobnicate"),
        ("margin --k 2 --q 7", "No such option", "--q"),
    ],
)
def test_unusable_input_is_one_line_and_status_2(capsys, arguments, needed, given):
    status, _, stderr = call(capsys, *arguments.split())
    assert status == 2, stderr
    assert stderr.count("\n") == 1, stderr
    assert stderr.startswith("fourier-margin: ")
    assert needed in stderr
    assert given in stderr


COMMANDS = {name: command for name in HOMES if (command := typer.main.get_command(build()).get_command(None, name))}
OPTIONS = [(name, option) for name, command in COMMANDS.items() for option in command.params]
ESC = "\x1b[2J\x1b[H all 10 checks hold"


@pytest.mark.parametrize("arguments", [[], ["--help"], ["--version"]], ids=str)
def test_the_front_door(capsys, arguments):
    status, stdout, stderr = call(capsys, *arguments)
    assert (status, stderr) == (0, "")
    assert all(name in stdout for name in HOMES) or arguments == ["--version"]
    assert "..." not in stdout.replace("[ARGS]...", ""), "a first line that does not fit"


@pytest.mark.parametrize("name", [name for name in HOMES if name != "statements"])
def test_a_command_that_needs_more_says_so(tmp_path, monkeypatch, capsys, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").touch()  # what demo would make
    status, stdout, stderr = call(capsys, name)
    assert (status, stdout) == (2, "")
    assert stderr.count("\n") == 1


@pytest.mark.parametrize("name", HOMES)
def test_help_names_every_option_and_default(monkeypatch, capsys, name):
    monkeypatch.setenv("COLUMNS", "80")
    status, stdout, stderr = call(capsys, name, "--help")
    assert (status, stderr) == (0, "")
    assert max(map(len, stdout.splitlines())) <= 80
    printed = "".join(stdout.split())
    for option in COMMANDS[name].params:
        default = option.show_default if isinstance(option.show_default, str) else ""
        for text in (*option.opts[option.param_type_name == "argument" :], option.help, default):
            assert "".join(text.split()) in printed, (option.name, text)


@pytest.mark.parametrize(
    "words", ["derive --k 2", "statements", "width --k 3 --p 30 --m 20", "certificate --k 3", "margin --k 2 --group S5"]
)
def test_output_keeps_to_the_terminal_and_breaks_at_words(monkeypatch, capsys, words):
    lines = {}
    for columns in (60, 10**6):
        monkeypatch.setenv("COLUMNS", str(columns))
        status, stdout, _ = call(capsys, *words.split())
        assert status == 0
        lines[columns] = stdout.splitlines()
    assert all(len(line) <= 60 or " " not in line.strip() for line in lines[60])
    assert " ".join(lines[60]).split() == " ".join(lines[10**6]).split()


FINE = {
    ("certificate", "out", "x"),
    ("statements", "text", "x"),
    ("statements", "text", ""),
    ("statements", "label", ""),
}


@pytest.mark.parametrize(("name", "option"), OPTIONS, ids=lambda x: x if isinstance(x, str) else x.name)
@pytest.mark.parametrize("value", ["x", f"/absent/{ESC}", "0" * 300, ""], ids=["letter", "escape", "long", "empty"])
def test_a_malformed_value_is_one_printable_line(tmp_path, monkeypatch, capsys, name, option, value):
    """What else the command needs is given, so that the option at fault is reached."""
    monkeypatch.chdir(tmp_path)
    arguments = [name]
    for other in COMMANDS[name].params:
        if other.required and other is not option:
            arguments += ["1"] if other.param_type_name == "argument" else [other.opts[0], "1"]
    if option.param_type_name == "argument":
        arguments += ["--", value]
    elif option.is_flag:
        arguments += [f"{option.opts[0]}={value}"]
    else:
        arguments += [option.opts[0], value]
    if name == "demo":
        arguments += ["--scale", "x"]
    status, stdout, stderr = call(capsys, *arguments)
    fine = (name, option.name, value) in FINE
    assert status == (0 if fine else 2), stdout
    assert stderr.count("\n") == (not fine)
    assert all(c.isprintable() or c == "\n" for c in stdout + stderr)


HEAVY = {
    "torch",
    "sympy",
    "flint",
    "numpy",
    "scipy",
    "matplotlib",
    "cvxpy",
    "sklearn",
    "pyarrow",
    "ray",
    "jinja2",
    "rich",
}
STARTS = [  # in one process, so that each line may load what those above it may, and what it names
    ("--version", ()),
    ("--help", ()),
    *[(f"{name} --help", ()) for name in HOMES],
    ("statements", ()),
    ("certificate --k 3", ()),
    ("width --k 2 --p 113 --m 128", ("numpy",)),
    ("margin --k 3 --p 97", ("sympy", "flint")),
    ("margin --k 2 --group S4", ("scipy",)),
    ("reproduce --list", ()),
    ("construct --k 2 --p 5 --out net.safetensors", ()),
    ("verify net.safetensors", ("rich",)),
    ("train --k 2 --p 1000001 --m 0", ("torch",)),
]


def test_commands_load_only_what_they_need(tmp_path):
    code = (
        "import sys, json\nfrom verify.cli import build\nfrom theory.command_line import run\n"
        f"for words in {[words for words, _ in STARTS]}:\n"
        "    run(build(), words.split())\n"
        f"    print(json.dumps(sorted({HEAVY} & set(sys.modules))), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    loaded = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("[")]
    allowed = set()
    for (words, more), modules in zip(STARTS, loaded, strict=True):
        allowed |= set(more)
        assert set(modules) <= allowed, words


@pytest.mark.parametrize("module", ["verify", "fourier_margin"])
def test_packages_run_as_programs(module):
    done = subprocess.run([sys.executable, "-m", module, "--help"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "train" in done.stdout


LINE = f"{sys.executable} -m verify statements"


@pytest.mark.parametrize(
    ("command", "status", "told"),
    [
        (f"{LINE} > /dev/full", 2, "fourier-margin: cannot write the output: No space left on device\n"),
        (f"{LINE} --help > /dev/full", 2, "fourier-margin: cannot write the output: No space left on device\n"),
        (f"{LINE} > /dev/full 2>&1", 2, ""),
        (f"exec 3> >(:); wait $!; {LINE} >&3", 141, ""),  # a pipe whose reader has gone
        (f"PYTHONIOENCODING=ascii {sys.executable} -m verify derive --k 1 > /dev/null", 0, ""),
        (f"LC_ALL=C PYTHONUTF8=0 TERM=dumb COLUMNS=30 {LINE} > /dev/null", 0, ""),
        (f"COLUMNS=wide {LINE} > /dev/null", 0, ""),
    ],
)
def test_odd_terminals_and_full_disks(command, status, told):
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (status, told)


def test_statuses_of_other_ends(capsys):
    app = typer.Typer()

    @app.command()
    def work(kind: str) -> None:
        if kind == "interrupt":
            raise KeyboardInterrupt
        if kind == "input":
            raise InputError("k must be at least 1; got 0")
        raise typer.Exit(1)

    assert run(app, ["fail"]) == 1
    assert run(app, ["input"]) == 2
    assert run(app, ["interrupt"]) == 130
    assert capsys.readouterr().err.startswith("fourier-margin: k must be at least 1; got 0\n")
