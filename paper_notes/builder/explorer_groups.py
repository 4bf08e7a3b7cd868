"""The groups of the explorer: for each its table, exact gamma*, masses, and the exact network for two factors."""

import base64
from typing import Any

import numpy as np
from sympy import latex

from paper_notes.builder.formula import mathml
from theory.groups import load_group
from theory.groups.construction import construct
from theory.groups.margin import max_margin

# The groups of order up to 24 that are not cyclic and have a name here; of several names the shortest.
NAMES = """
C2xC2 S3 D4 Q8 C2xC2xC2 C2xC4 C3xC3 D5 A4 D6 Dic3 C2xC6 D7 D8 Dic4 C2xD4 C2xQ8 C4xC4 C2xC8 C2xC2xC4
C2xC2xC2xC2 D9 C3xS3 C3xC6 D10 Dic5 C2xC10 D11 S4 D12 Dic6 C2xA4 C2xDic3 C4xS3 C3xD4 C3xQ8 C2xC2xS3 C2xC12
C2xC2xC6
""".split()  # noqa: SIM905


def groups() -> dict[str, dict[str, Any]]:
    """Name -> {n, m, table, exact, gamma, irreps, masses, of, weights}.

    Weights are u and w in a row as little-endian float32 in base64; ``of`` names each neuron's representation.
    """
    return {name: _group(name) for name in NAMES}


def _group(name: str) -> dict[str, Any]:
    group = load_group(name)
    margin, network = max_margin(group, 2), construct(group, 2)
    weights = np.concatenate([network.u.ravel(), network.w.ravel()]).astype("<f4")
    return {
        "n": group.order,
        "m": len(network.u),
        "table": np.asarray(group.table).ravel().tolist(),
        "exact": mathml(latex(margin.exact)),
        "gamma": margin.value,
        "irreps": [irrep.name for irrep in margin.characters.irreps[1:]],
        "masses": [round(float(mass), 6) for mass in margin.mass_floats[1:]],
        "of": list(network.names),
        "weights": base64.b64encode(weights.tobytes()).decode(),
    }
