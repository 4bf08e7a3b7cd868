"""Every imported package must be the repository's own: other projects on the index use the same names."""

from pathlib import Path

import numerics
import theory
import verify

ROOT = Path(__file__).parent.parent

for package in (theory, numerics, verify):
    assert Path(package.__file__).is_relative_to(ROOT), f"{package.__name__} is not this repository's"
