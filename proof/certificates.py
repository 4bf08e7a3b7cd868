"""Write proof/Certificate<k>.v from the package's own certificates, theory/certificates/data/k<k>.json.

``python proof/certificates.py 1 2 3 4 5`` writes the files that `make proof` compiles.
The numbers are copied, nothing is computed: whether they prove anything is decided by the kernel.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent / "theory" / "certificates" / "data"
TEMPLATE = """\
(* Written by certificates.py from theory/certificates/data/k{k}.json. *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra ssrZ.
From FourierMargin Require Import Statement Checker Soundness.
Open Scope Z_scope.
Definition certificate{k} : certificate :=
  [:: {squares}].
Lemma certificate{k}_checks : check {k}%nat certificate{k} (Z.of_nat {atoms}).
Proof. vm_cast_no_check (erefl true). Qed.
Theorem width{k} (C : numClosedFieldType) (I : finType) (q : I -> C) (xi : I -> 'I_{k}%N -> C) :
  design q xi -> leq {atoms}%N #|I|.
Proof. by move=> D; apply: width_bound D certificate{k}_checks. Qed.
"""


def coq_text(k: int) -> str:
    """The file for k inputs."""
    vectors = json.loads((DATA / f"k{k}.json").read_text())["vectors"]
    squares = ";\n  ".join(f"({v['weight']}, [:: {'; '.join(map(_term, v['terms']))}])" for v in vectors)
    return TEMPLATE.format(k=k, squares=squares, atoms=(k + 1) * 2 ** (k - 1))


def _term(term: list[int]) -> str:
    *exponent, value = (f"({x})" if x < 0 else str(x) for x in term)
    return f"([:: {'; '.join(exponent)}], {value})"


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        (HERE / f"Certificate{argument}.v").write_text(coq_text(int(argument)))
