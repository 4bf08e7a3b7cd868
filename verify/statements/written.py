"""Where a written proof is, and whether it is there."""

import re
from importlib import import_module
from inspect import getdoc
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROOF = re.compile(r"\bProof\b|\bQed\.")


def written(reference: str) -> str:
    """The text of a proof: the docstring of a module or function, or a file below the root of the repository.

    Raises:
        LookupError: where there is no such thing, or no proof in it.

    Examples:
        >>> "*Proof.*" in written("theory.circles")
        True
    """
    text = _file(reference) if "/" in reference else _docstring(reference)
    if not PROOF.search(text):
        raise LookupError(f"{reference}: a proof must be written there; no word of one is")
    return text


def _file(reference: str) -> str:
    path = ROOT / reference
    if not path.is_file():
        raise LookupError(f"{reference}: the file must exist")
    return path.read_text(encoding="utf-8")


def _docstring(reference: str) -> str:
    module, found = reference, None
    while found is None and module:
        try:
            found = import_module(module)
        except ModuleNotFoundError:
            module = module.rpartition(".")[0]
    names = reference[len(module) + 1 :].split(".") if module != reference else []
    for name in names:
        found = getattr(found, name, None)
    if found is None:
        raise LookupError(f"{reference}: the module or function must exist")
    return getdoc(found) or ""
