"""The wheel, installed in an empty environment outside the checkout, on every Python that is at hand.

Beside the running Python, others are installed without torch, whose builds for them may not be at hand, and do what
needs none.  Installing takes a minute or two each, so this runs with --runslow; CI does it once.
"""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OLDEST = 11
COMMANDS = [
    "--version",
    "margin --k 3 --p 97",
    "margin --k 2 --group S4",
    "certificate --k 3",
    "width --k 2 --p 113 --m 128",
    "statements Morwani23",
    "construct --k 2 --p 5 --out net.safetensors --exact net.json",
    "verify net.safetensors --html report.html",
    "verify net.json",
]
FROM_PYTHON = """
import fourier_margin as fm
net = fm.construct(k=2, p=5)
assert fm.verify(fm.save(net.u, net.w.T, "python.safetensors", p=5)).holds
assert str(fm.max_margin(k=2, group="S3")).startswith("gamma*(k=2, group=S3) = ")
"""
TORCH_COMMANDS = [
    "train --k 2 --p 5 --out run",
    "verify run --trained --html trained.html",
    "reproduce half-data --scale smoke",
]


def pythons() -> dict[int, str]:
    """One interpreter of every minor version from 3.11 on: on the path, or among pyenv's."""
    found: dict[int, str] = {sys.version_info.minor: sys.executable}
    for minor in range(OLDEST, 30):
        here = shutil.which(f"python3.{minor}")
        others = sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python3.{minor}"))
        for candidate in [*([here] if here else []), *map(str, others)]:
            if minor not in found and not subprocess.run([candidate, "--version"], capture_output=True).returncode:
                found[minor] = candidate
    return found


def succeed(*command: object, cwd: Path) -> str:
    done = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the tracked files alone, as a clone has them."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in succeed("git", "ls-files", cwd=ROOT).splitlines():
        if (ROOT / name).is_file():
            (folder / "clone" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / "clone" / name)
    succeed(sys.executable, "-m", "venv", folder / "builder", cwd=folder)
    succeed(folder / "builder/bin/pip", "wheel", "--no-deps", "-w", folder, folder / "clone", cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.mark.slow
def test_no_test_is_in_the_wheel(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {
        "fourier_margin",
        "theory",
        "numerics",
        "verify",
    }
    assert not [name for name in names if re.search(r"(^|/)(test_|conftest)", name)]
    assert "verify/statements/record.json" in names


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("minor", range(OLDEST, 16))
def test_the_wheel_works_outside_the_checkout(wheel: Path, tmp_path: Path, minor: int) -> None:
    if minor not in pythons():
        pytest.skip(f"needs Python 3.{minor}; there is none")
    succeed(pythons()[minor], "-m", "venv", "env", cwd=tmp_path)
    pip, constraints = tmp_path / "env/bin/pip", ROOT / "constraints.txt"
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    whole = minor == sys.version_info.minor
    if whole:  # torch by itself, at the exact version, as the Makefile does
        succeed(pip, "install", next(re.finditer(r"^torch==.*", constraints.read_text(), re.M))[0], cwd=tmp_path)
    succeed(pip, "install", "-c", constraints, *[name for name in needed if not name.startswith("torch")], cwd=tmp_path)
    succeed(pip, "install", "--no-deps", wheel, cwd=tmp_path)
    if whole:
        succeed(pip, "check", cwd=tmp_path)
    work = tmp_path / "work"
    work.mkdir()
    (work / "theory.py").write_text("raise RuntimeError('the script must not look into the working directory')\n")
    for words in COMMANDS + TORCH_COMMANDS * whole:
        succeed(tmp_path / "env/bin/fourier-margin", *words.split(), cwd=work)
    assert "<html" in (work / "report.html").read_text()
    succeed(tmp_path / "env/bin/python", "-P", "-c", FROM_PYTHON, cwd=work)
