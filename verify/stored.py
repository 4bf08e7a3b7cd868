"""The stored results of studies, at the largest scale there is: what rows of measured statements rest on."""

from functools import cache
from pathlib import Path
from typing import Any

from theory.errors import InputError
from theory.files import read_json

RESULTS = Path(__file__).parents[1] / "paper_notes" / "results"
SCALES = ("full", "cpu")
LARGEST_RESULT = 64 * 2**20


def scale_of(study: str, folder: Path = RESULTS) -> str:
    """The largest scale at which a result of this study is stored.

    Raises:
        InputError: where there is none.
    """
    for scale in SCALES:
        if (folder / f"{study}-{scale}.json").is_file():
            return scale
    raise InputError(f"a result of {study} must be stored, {' or '.join(SCALES)}; {folder} has none")


@cache
def largest(study: str, folder: Path = RESULTS) -> dict[str, Any]:
    """The numbers of that result."""
    content: dict[str, Any] = read_json(folder / f"{study}-{scale_of(study, folder)}.json", LARGEST_RESULT)
    return content
