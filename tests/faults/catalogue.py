"""The catalogue of planted faults: wrong formulas, wrong networks, wrong certificates.

``test_catalogue`` plants each of them; ``python -m tests.faults`` writes the table of who refused what.
"""

from tests.faults import certificates, formulas, networks

CATALOGUE = [*formulas.FAULTS, *networks.FAULTS, *certificates.FAULTS]
