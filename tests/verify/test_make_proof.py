"""`make proof` where Coq is missing: it says what it will install before it does, or why it cannot."""

import os
import shutil
import subprocess

import pytest

from verify.machine_checked import ROOM

TOOLS = ("sh", "make", "rm", "id", "cat", "mkdir")


def bare_machine(folder, **programs):
    """A folder of programs that holds a shell, make, and the scripts given; the environment that sees nothing else."""
    tools = folder / "bin"
    tools.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to(shutil.which(name))
    for name, script in programs.items():
        path = tools / name.replace("_", "-")
        path.write_text(f"#!{shutil.which('sh')}\n{script}\n")
        path.chmod(0o755)
    shutil.copy(ROOM / "Makefile", folder)
    return {"PATH": str(tools), "LC_ALL": "C"}


def make(folder, env):
    """The output of `make packages`, both streams in their order, and whether it succeeded."""
    run = subprocess.run(
        [shutil.which("make"), "--no-print-directory", "packages"],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert not list(folder.glob("*Probe*"))
    return run.stdout.splitlines(), run.returncode == 0


pytestmark = pytest.mark.skipif(os.name != "posix" or not shutil.which("make"), reason="needs make")


def test_it_says_what_it_installs_before_it_does(tmp_path):
    mark = tmp_path / "installed"
    env = bare_machine(
        tmp_path,
        coqc=f"test -d {mark}",
        apt_get=f'echo "apt-get $*"; case "$*" in install*) mkdir {mark};; esac',
        sudo='exec "$@"',
    )
    (said, update, install), ok = make(tmp_path, env)
    assert ok
    assert "installing coq libcoq-mathcomp-real-closed" in said
    assert "with apt-get" in said
    assert update == "apt-get update -qq"
    assert install.startswith("apt-get install -y -qq --no-install-recommends coq libcoq-mathcomp")
    assert make(tmp_path, env) == ([], True)


def test_without_coq_and_apt_one_line_says_why(tmp_path):
    (said, *rest), ok = make(tmp_path, bare_machine(tmp_path))
    assert not ok
    assert said == "the proof needs Coq 8.16 and mathcomp 1.15, and there is no apt-get here"
    assert all(line.startswith("make: ***") for line in rest)
    assert len(rest) == 1


def test_another_version_of_the_libraries_is_named(tmp_path):
    env = bare_machine(tmp_path, coqc="exit 1", apt_get="exit 0", sudo='exec "$@"')
    lines, ok = make(tmp_path, env)
    assert not ok
    assert lines[1] == "apt-get did not bring Coq 8.16 and mathcomp 1.15, which the proof needs (Debian 12 has them)"
