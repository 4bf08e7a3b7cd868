"""The stored certificates: JSON in, JSON out, every number an integer of bounded size.

``{"format": "fourier-margin/dual-certificate", "version": 1, "k": k, "order": d or null,
"vectors": [{"weight": w, "terms": [[h_1, ..., h_k, v], ...]}, ...], "bound": [numerator, denominator]}``

is the sum over vectors of w |sum of v exp(i h.t)|^2 and the bound that it proves; ``order`` null means every free
order (see ``theory.core.dual_certificate``).  Files are named k3.json (free orders) and k3-order4.json.
"""

from fractions import Fraction
from importlib import resources
from pathlib import Path

from theory.core.dual_certificate import Certificate, CertifiedBound, Square, check
from theory.core.exponents import Exponent
from theory.errors import InputError, require_integer
from theory.files import atomic_write, read_json

FORMAT = "fourier-margin/dual-certificate"
VERSION = 1
KEYS = {"format", "version", "k", "order", "vectors", "bound"}
LARGEST_K = 8  # beyond, the exponents alone (millions from k = 9 on) take gigabytes
LARGEST_EXPONENT = 64
LARGEST_INTEGER = 10**12
LARGEST_BOUND_DIGITS = 60
MOST_PAIRS = 10**8
MOST_TERMS = 3000  # of one vector: the products of its pairs are held at once
LARGEST_FILE = 16 * 2**20
DENSE = (6,)  # k whose certificate is one of theory.certificates.dense


def stored(k: int, order: int | None = None) -> Certificate | None:
    """The certificate that comes with the package, or None where there is none.

    Examples:
        >>> stored(2).bound
        Fraction(6, 1)
    """
    name = f"k{k}.json" if order is None else f"k{k}-order{order}.json"
    with resources.as_file(resources.files("theory.certificates") / "data" / name) as path:
        return load(path) if path.exists() else None


def stored_bound(k: int) -> CertifiedBound | None:
    """The strongest stored certificate of free orders, re-checked from scratch; None where there is none."""
    if k in DENSE:
        from theory.certificates.dense import check_dense, stored_dense

        return check_dense(stored_dense(k))
    certificate = stored(k)
    return None if certificate is None else check(certificate)


def stored_dense_bound(k: int) -> Fraction | None:
    """The bound stored beside a large certificate, unchecked; None where there is none (k = 6 has one).

    Examples:
        >>> float(stored_dense_bound(6)) > 223
        True
    """
    if k not in DENSE:
        return None
    with resources.as_file(resources.files("theory.certificates") / "data" / f"k{k}-dense-bound.json") as path:
        return Fraction(*read_json(path))


def load(path: Path | str) -> Certificate:
    """The certificate in a JSON file, well formed but not yet believed.

    Raises:
        InputError: with one line, whatever the file holds.
    """
    return parse(read_json(path, LARGEST_FILE))


def save(path: Path | str, certificate: Certificate) -> None:
    """Write the JSON file, whole or not at all; one vector per line.

    Raises:
        InputError: when it cannot be written.
    """
    with atomic_write(path, "w") as stream:
        stream.write(text(certificate))


def text(certificate: Certificate) -> str:
    """The JSON text of a certificate."""
    vectors = ",\n  ".join(
        f'{{"weight": {s.weight}, "terms": [{",".join(_term(h, v) for h, v in s.terms)}]}}' for s in certificate.squares
    )
    order = "null" if certificate.order is None else certificate.order
    bound = certificate.bound
    return (
        f'{{"format": "{FORMAT}", "version": {VERSION}, "k": {certificate.k}, "order": {order},\n'
        f' "vectors": [\n  {vectors}],\n "bound": [{bound.numerator}, {bound.denominator}]}}\n'
    )


def _term(h: Exponent, v: int) -> str:
    return "[" + ",".join(map(str, (*h, v))) + "]"


def parse(content: object) -> Certificate:
    """A certificate from decoded JSON.

    Raises:
        InputError: with one line, whatever the content is.
    """
    if not isinstance(content, dict):
        raise InputError(f"a certificate must be a JSON object; got {type(content).__name__}")
    if content.keys() != KEYS:
        raise InputError(f"a certificate must have exactly the keys {sorted(KEYS)}; got {len(content)} keys")
    if (content["format"], content["version"]) != (FORMAT, VERSION):
        raise InputError(f"need format {FORMAT!r} version {VERSION}; got {str(content['format'])[:60]!r}")
    k = require_integer("k", content["k"], 1, LARGEST_K)
    order = content["order"]
    if order is not None:
        require_integer("order", order, 3)
    vectors, bound = content["vectors"], content["bound"]
    if not isinstance(vectors, list) or not vectors:
        raise InputError("'vectors' must be a list that is not empty")
    squares = tuple(_parse_square(vector, k) for vector in vectors)
    if sum(len(square.terms) ** 2 for square in squares) > MOST_PAIRS:
        raise InputError(f"a certificate must have at most {MOST_PAIRS} pairs of terms; it has more")
    if not isinstance(bound, list) or len(bound) != 2:
        raise InputError("'bound' must be [numerator, denominator]")
    huge = 10**LARGEST_BOUND_DIGITS
    numerator = require_integer("the bound's numerator", bound[0], 0, huge)
    return Certificate(k, squares, Fraction(numerator, require_integer("its denominator", bound[1], 1, huge)), order)


def _parse_square(vector: object, k: int) -> Square:
    if not isinstance(vector, dict) or vector.keys() != {"weight", "terms"}:
        raise InputError("each vector must be an object with the keys 'weight' and 'terms'")
    if not isinstance(vector["terms"], list):
        raise InputError(f"'terms' must be a list; got {type(vector['terms']).__name__}")
    if len(vector["terms"]) > MOST_TERMS:
        raise InputError(f"a vector must have at most {MOST_TERMS} terms; got {len(vector['terms'])}")
    # A weight that is not positive is well formed: it is the claim that fails, and bound_of says so.
    weight = require_integer("a weight", vector["weight"], -LARGEST_INTEGER, LARGEST_INTEGER)
    terms: dict[Exponent, int] = {}
    for term in vector["terms"]:
        if not isinstance(term, list) or len(term) != k + 1:
            raise InputError(f"each term must be a list of {k} exponents and a coefficient")
        h = tuple(require_integer("an exponent", x, -LARGEST_EXPONENT, LARGEST_EXPONENT) for x in term[:k])
        if h in terms:
            raise InputError(f"each exponent must occur once in a vector; got {list(h)} twice")
        terms[h] = require_integer("a coefficient", term[k], -LARGEST_INTEGER, LARGEST_INTEGER)
    return Square(weight, tuple(terms.items()))
