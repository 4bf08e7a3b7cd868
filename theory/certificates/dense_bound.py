"""What the large certificates claim, without opening them: ``theory.certificates.dense`` checks it."""

import json
from fractions import Fraction
from importlib import resources

STORED = (6,)


def stored_dense_bound(k: int) -> Fraction | None:
    """The bound stored beside the certificate; None where there is none (k = 6 has one).

    Examples:
        >>> float(stored_dense_bound(6)) > 223
        True
    """
    if k not in STORED:
        return None
    path = resources.files("theory.certificates") / "data" / f"k{k}-dense-bound.json"
    return Fraction(*json.loads(path.read_text()))
