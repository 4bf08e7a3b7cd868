"""Reading what users hand us, and writing so that nothing half-written is ever read as good."""

import contextlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from math import isinf
from pathlib import Path
from typing import IO, Any

from theory.errors import InputError

JSON_BYTES = 64 * 2**20
JSON_DEPTH = 64
STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
NO_BRACKETS = bytes(set(range(256)) - set(STEPS))


@contextlib.contextmanager
def atomic_path(path: Path | str) -> Iterator[Path]:
    """A temporary file beside ``path``; what the caller writes there appears at ``path`` whole, or not at all.

    The bytes are flushed to the disk before the file takes the name.

    Raises:
        InputError: when the folder does not exist or cannot be written, or the disk is full.
    """
    path = Path(path)
    temporary = None
    try:
        if not path.parent.is_dir():
            raise InputError(f"the output folder must exist; got {str(path.parent)!r}")
        if path.is_dir():
            raise InputError(f"the output must be a file; got the folder {str(path)!r}")
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        temporary = Path(name)
        os.close(handle)
        yield temporary
        with temporary.open("rb") as stream:
            os.fchmod(stream.fileno(), 0o666 & ~_umask())
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise InputError(f"cannot write {str(path)!r}: {error.strerror or error}") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def atomic_write(path: Path | str, mode: str = "wb") -> Iterator[IO[Any]]:
    """A file object whose content appears at ``path`` whole, or not at all (see ``atomic_path``)."""
    with (
        atomic_path(path) as temporary,
        temporary.open(mode, encoding=None if "b" in mode else "utf-8") as stream,
    ):
        yield stream


def require_apart(outputs: Iterable[Path | None], inputs: Iterable[Path | None] = ()) -> None:
    """Refuse to write over a file that is read, or to write two things into one file.

    Raises:
        InputError: naming the path that occurs twice, under whatever spelling.
    """
    taken = {os.path.realpath(path) for path in inputs if path is not None}
    for path in filter(None, outputs):
        if (real := os.path.realpath(path)) in taken:
            raise InputError(f"each output must be a file of its own, and no input; {str(path)!r} occurs twice")
        taken.add(real)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def write_json(path: Path | str, value: object, limit: int | None = None) -> None:
    """``value`` as strict JSON (no NaN), written atomically.

    Raises:
        InputError: when it takes more than ``limit`` bytes, so that nobody would read it again.
    """
    text = json.dumps(value, indent=1, allow_nan=False)
    if limit is not None and len(text) >= limit:
        raise InputError(f"{str(path)!r} must take at most {limit} bytes to be read again; it takes {len(text) + 1}")
    with atomic_write(path, "w") as stream:
        stream.write(text + "\n")


@contextlib.contextmanager
def open_regular(path: Path | str) -> Iterator[IO[bytes]]:
    """A readable regular file.

    Raises:
        InputError: when it is missing, not a regular file (a folder, a pipe, a device), or unreadable.
    """
    path = Path(path)
    try:
        if not path.exists():
            raise InputError(f"the file must exist; got {str(path)!r}")
        if not path.is_file():
            raise InputError(f"need a regular file; got {str(path)!r}")
        with path.open("rb") as stream:
            yield stream
    except OSError as error:
        raise InputError(f"cannot read {str(path)!r}: {error.strerror or error}") from error


def read_bytes(path: Path | str, limit: int) -> bytes:
    """The whole file.

    Raises:
        InputError: when it cannot be read, or is larger than ``limit`` bytes.
    """
    with open_regular(path) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise InputError(f"{str(path)!r} must be at most {limit} bytes; it is larger")
    return content


def read_json(path: Path | str, limit: int = JSON_BYTES) -> Any:
    """The value of a JSON file, read as strictly as ``parse_json`` does.

    Raises:
        InputError: with one line, whatever the bytes are.
    """
    content = read_bytes(path, limit)
    try:
        return parse_json(content)
    except InputError as error:
        raise InputError(f"{str(path)!r}: {error}") from None


def parse_json(content: bytes) -> Any:
    """Strict JSON in UTF-8: bounded depth, no NaN or infinity, no repeated keys.

    Raises:
        InputError: with one line, whatever the bytes are.
    """
    brackets = STRING.sub(b"", content).translate(None, NO_BRACKETS)
    if max(accumulate(STEPS[bracket] for bracket in brackets), default=0) > JSON_DEPTH:  # before anything recurses
        raise InputError(f"must nest at most {JSON_DEPTH} levels; it nests deeper")
    try:
        return json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_unique_keys,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(f"must be JSON in UTF-8; {_one_line(error)}") from None


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise InputError("each key must occur once; one is repeated")
    return result


def _finite(text: str) -> float:
    value = float(text)
    if isinf(value):
        _no_constant(text[:60])
    return value


def _no_constant(name: str) -> None:
    raise InputError(f"numbers must be finite; got {name}")


def _one_line(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__


def field(content: dict[str, Any], key: str, check: Callable[[Any], bool], need: str) -> Any:
    """``content[key]``, if ``check`` accepts it.

    Raises:
        InputError: naming the key, what was needed, and what was there.
    """
    if not isinstance(content, dict):
        raise InputError(f"need a JSON object; got {type(content).__name__}")
    if key not in content:
        raise InputError(f"{key!r} is missing; need {need}")
    if not check(content[key]):
        raise InputError(f"{key!r} must be {need}; got {str(content[key])[:60]!r}")
    return content[key]
