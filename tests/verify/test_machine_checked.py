"""The room ``proof/``: its text, its formulas, its definitions and its certificates are those of the package.

What only the kernel can decide is decided where Coq and the compiled room are; the rest is read from the text.
"""

import importlib.util
import random
import re
import shutil
import subprocess
from itertools import product

import pytest
import sympy
import torch

from numerics.evaluation import minimum_margin
from numerics.network import PowerNetwork
from theory.certificates.store import stored
from theory.margin import margin_formula, max_margin
from theory.task import Task
from verify import machine_checked
from verify.machine_checked import CLOSED, ROOM, formula, holes, read_list, sentences, without_comments
from verify.statements import STATEMENTS

STATEMENT = (ROOM / "Statement.v").read_text()
BEYOND = (ROOM / "Beyond.v").read_text()
COQC = shutil.which("coqc")
needs_the_room = pytest.mark.skipif(
    not COQC or not (ROOM / "Theorems.vo").exists(), reason="the formal proof is not compiled here: run `make proof`"
)


def coqc(text, folder, *paths, name="Case"):
    """Coq's output for one file, and whether it was accepted."""
    (folder / f"{name}.v").write_text(text)
    run = subprocess.run([COQC, *paths, f"{name}.v"], cwd=folder, capture_output=True, text=True)
    return run.stdout + run.stderr, run.returncode == 0


def in_the_room(text, folder):
    """One file that may use every file of the room."""
    opening = "From FourierMargin Require Import Statement Beyond Evaluate Theorems.\n"
    return coqc(opening + text, folder, "-Q", ROOM, "FourierMargin")


def test_every_sentence_is_proved_listed_and_named():
    names = sentences(STATEMENT) + sentences(BEYOND)
    theorems, listed = ((ROOM / f"{name}.v").read_text() for name in ("Theorems", "Assumptions"))
    pairs = [(name, name) for name in sorted(names)]
    assert len(names) >= 6
    assert sorted(re.findall(r"^Theorem (\w+)_holds : (\w+)\.", theorems, re.M)) == pairs
    assert sorted(re.findall(r"Check (\w+)_holds\. Print Assumptions (\w+)_holds\.", listed)) == pairs
    assert {name for row in STATEMENTS for name in row.machine_checked} == set(names) - {"gamma_square"}
    assert max(STATEMENT.count("\n"), BEYOND.count("\n")) < 100


def test_nothing_is_assumed():
    for path in ROOM.glob("*.v"):
        assert not holes(path.read_text()), path


@pytest.mark.parametrize(
    "fault",
    ["Admitted.", "Axiom a : 0 = 1.", "Parameter q : nat.", "Variable r : Type.", "Hypothesis h : False.", "admit."],
)
def test_a_hole_is_seen(fault):
    whole = (ROOM / "Correlation.v").read_text()
    assert holes(f"{whole}\n{fault}\n")
    assert not holes(f"{whole}\n(* (* {fault} *) {fault} *)\n")


@pytest.mark.parametrize("k", range(1, 13))
def test_gamma_is_the_formula_of_the_package(k):
    p = sympy.Symbol("p", positive=True)
    square = formula(STATEMENT, "gamma R k p ^+ 2", k=sympy.Integer(k), p=p)
    assert sympy.cancel(square - margin_formula(sympy.Integer(k), p) ** 2) == 0
    for order in (3, 5, 9, 59):
        assert sympy.simplify(formula(STATEMENT, "Definition gamma", k=k, p=order) - max_margin(k, order)) == 0
        if k == 2:
            assert sympy.simplify(formula(STATEMENT, "gamma R 2 p", p=sympy.Integer(order)) - max_margin(2, order)) == 0


@pytest.mark.parametrize("k", range(1, 8))
@pytest.mark.parametrize("p", [4, 6, 10, 64])
def test_gamma_at_even_orders_is_the_formula_of_the_package(k, p):
    value = formula(STATEMENT, "Definition gamma_even", k=k, p=sympy.Integer(p))
    assert sympy.simplify(value - max_margin(k, p)) == 0
    assert (value == formula(STATEMENT, "Definition gamma ", k=k, p=p)) == (k == 1)


def test_a_changed_constant_is_seen():
    for start in ("Definition gamma", "Definition gamma_even", "gamma R k p ^+ 2"):
        before, after = STATEMENT.split(start)[0], STATEMENT.split(start, 1)[1]
        changed = before + start + after.replace("2 * k + 2", "2 * k + 3", 1)
        assert sympy.simplify(formula(changed, start, k=2, p=7) / formula(STATEMENT, start, k=2, p=7) - 1) != 0


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
def test_certificates_are_those_of_the_package(k):
    spec = importlib.util.spec_from_file_location("certificates", ROOM / "certificates.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = without_comments(module.coq_text(k))
    numbers = eval(re.search(r"certificate :=\s*(\[::.*?\])\.", text, re.S)[1].replace("[::", "[").replace(";", ","))
    assert numbers == [(s.weight, [(list(h), v) for h, v in s.terms]) for s in stored(k).squares]
    assert f"(Z.of_nat {(k + 1) * 2 ** (k - 1)})" in text
    if (path := ROOM / f"Certificate{k}.v").exists():
        assert path.read_text() == module.coq_text(k)


def test_an_axiom_is_seen_in_the_list():
    good = f"a_holds\n     : a\n{CLOSED}\n"
    assert read_list(good) == {"a": ""}
    assert read_list(good.replace(CLOSED, "Axioms:\ncheat : False")) == {"a": "Axioms: cheat : False"}
    assert read_list(good.replace(": a", ": b")) == {}


def test_where_the_room_is_not_compiled_the_rows_say_so(monkeypatch, tmp_path):
    monkeypatch.setattr(machine_checked, "ROOM", tmp_path)
    rows = importlib.import_module("verify.test_machine_checked")
    with pytest.raises(pytest.skip.Exception, match="not compiled here"):
        rows.test_the_kernel_accepts(None)
    (tmp_path / "Theorems.vo").touch()
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(pytest.skip.Exception, match="not compiled here"):
        rows.test_the_kernel_accepts(None)


def test_a_room_that_is_refused_is_no_skip(monkeypatch, tmp_path):
    monkeypatch.setattr(machine_checked, "ROOM", tmp_path)
    monkeypatch.setattr(shutil, "which", lambda name: name)
    (tmp_path / "Theorems.vo").touch()
    (tmp_path / "Makefile").write_text("list:\n\t@echo refused >&2; exit 1\n")
    with pytest.raises(RuntimeError, match="refused"):
        machine_checked.accepted()


@pytest.mark.parametrize("axioms", ["Axioms: cheat : False", None])
def test_a_row_claims_only_what_the_kernel_has_seen(monkeypatch, axioms):
    rows = importlib.import_module("verify.test_machine_checked")
    found = {name: "" for row in rows.ROWS for name in row.machine_checked}
    found["maximum_margin"] = axioms
    results = []
    monkeypatch.setattr(rows, "accepted", lambda: {name: text for name, text in found.items() if text is not None})
    rows.test_the_kernel_accepts(results.append)
    for row, result in zip(rows.ROWS, results, strict=True):
        whole = "proved" if row.not_machine_checked else "machine-checked"
        assert result.status == ("failed" if "maximum_margin" in row.machine_checked else whole)
    assert {result.status for result in results} == {"failed", "proved", "machine-checked"}


def network(rng, k, p):
    """Whole weights, some of them zero."""
    rows = [[[rng.randint(-3, 3) for _ in range(p)] for _ in range(k + 1)] for _ in range(rng.randint(1, 4))]
    return [(row[:k], row[k]) for row in rows]


def as_coq(value):
    """Nested lists and pairs of whole numbers, as Coq writes them."""
    if isinstance(value, tuple):
        return f"({', '.join(map(as_coq, value))})"
    return f"[:: {'; '.join(map(as_coq, value))}]" if isinstance(value, list) else f"({value})%Z"


@needs_the_room
def test_logits_norms_and_margins_are_those_of_the_package(tmp_path):
    rng = random.Random(0)
    lines, expected = [], []
    for k, p in [(1, 2), (1, 5), (2, 3), (2, 4), (3, 3), (2, 7), (4, 2)]:
        neurons = network(rng, k, p)
        u = torch.tensor([inputs for inputs, _ in neurons], dtype=torch.float64)
        w = torch.tensor([output for _, output in neurons], dtype=torch.float64)
        net = PowerNetwork(u, w)
        margin = int(minimum_margin(net, Task.cyclic(k, p)))
        points = rng.sample(list(product(range(p), repeat=k)), 2)
        logits = net(torch.tensor(points)).round().to(int).tolist()
        theta = as_coq(neurons)
        calls = [f"logitZ {k} {theta} [:: {'; '.join(map(str, a))}]%nat {c}" for a in points for c in range(p)]
        calls += [f"sqnormZ {k} {p} {as_coq(neuron)}" for neuron in neurons]
        calls += [f"margin_geZ {k} {p} {theta} ({margin + step})" for step in (0, 1)]
        expected += [str(value) for row in logits for value in row]
        expected += [str(int((x**2).sum() + (y**2).sum())) for x, y in zip(u, w, strict=True)]
        expected += ["true", "false"]
        lines += [f"Eval vm_compute in ({call})." for call in calls]
    opening = "From Coq Require Import ZArith.\nFrom mathcomp Require Import all_ssreflect.\nOpen Scope Z_scope.\n"
    out, accepted = in_the_room(opening + "\n".join(lines), tmp_path)
    assert accepted, out
    assert re.findall(r"^\s*= (\S+)$", out, re.M) == expected


def examples(folder, old="", new=""):
    """The examples, read with the statements changed, which must themselves be well formed."""
    for name, text in (("Statement", STATEMENT), ("Beyond", BEYOND)):
        text = text.replace(old, new) if old else text
        out, accepted = coqc(text, folder, "-Q", ".", "FourierMargin", name=name)
        assert accepted, out
    return coqc((ROOM / "Examples.v").read_text(), folder, "-Q", ".", "FourierMargin")


@needs_the_room
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("-> odd p ->\n  (forall theta", "-> prime p ->\n  (forall theta"),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in [
                ("(2 < p)%N -> odd p ->\n  (forall theta", "(2 < p)%N -> odd p -> (1 < k)%N ->\n  (forall theta"),
                (
                    "-> odd p ->\n  (forall theta : network R (Z_ p) k, mass theta <= 1 ->",
                    "-> odd p ->\n  (forall theta : network R (Z_ p) k, mass theta <= 1 -> (size theta < p)%N ->",
                ),
                ("(0 < k <= 5)%N -> design", "(0 < k <= 4)%N -> design"),
                ("(0 < k <= 5)%N -> free k p", "(0 < k <= 5)%N -> prime p -> free k p"),
                ("(d %| p)%N -> (k < d)%N", "(d %| p)%N -> (k.*2 < d)%N"),
                ("attains theta -> List.In", "attains theta -> (size theta < p)%N -> List.In"),
                ("odd p -> attains theta -> z", "odd p -> prime p -> attains theta -> z"),
                ("0 < mass theta /\\ margin_ge", "mass theta = 1 /\\ margin_ge"),
                ("(1 < k)%N -> free k p", "(1 < k <= 5)%N -> free k p"),
                ("(2 < p)%N -> ~~ odd p", "(4 < p)%N -> ~~ odd p"),
                ("* (p./2 - 1) + 2 ^ k.-1 <= width", "* p./2 <= width"),
                ("0 < lambda ->", "0 < lambda < 1 ->"),
                ("(k.+1 * 2 ^ k.-1 * p./2 <= size theta)%N ->\n", "(k.+1 * 2 ^ k.-1 * p./2 < size theta)%N ->\n"),
                ("/ p%:R <= lambda", "/ p%:R < lambda"),
                ("(2 ^ k.-1 <= width)%N", "(2 ^ k.-1 < width)%N"),
                ("odd p ->\n  let level", "odd p -> (p < size theta)%N ->\n  let level"),
                ("k), 0 < lambda < gamma", "k), 0 < lambda < 1 / 2 * gamma"),
            ]
        ),
    ],
)
def test_a_weaker_theorem_is_seen(old, new, tmp_path):
    assert (STATEMENT + BEYOND).count(old) == 1
    out, accepted = examples(tmp_path, old, new)
    assert not accepted, out


@needs_the_room
def test_the_examples_follow_from_what_is_written(tmp_path):
    out, accepted = examples(tmp_path)
    assert accepted, out


def part(start):
    """The part of ``Statement.v`` or ``Beyond.v`` that begins so, up to its full stop."""
    return re.search(rf"^{re.escape(start)}.*?\.$", without_comments(STATEMENT + BEYOND), re.M | re.S)[0]


def restated(old="", new=""):
    """Definitions and theorems of both files written out again, changed, and the proofs of the room offered."""
    names = sentences(STATEMENT) + sentences(BEYOND)
    text = "\n".join(
        [
            "Section Again.",
            "Variables (R : rcfType) (G : finZmodType) (k : nat).",
            "Notation network := (network R G k).",
            *map(part, ["Definition gamma (", "Definition gamma_even", "Definition attains"]),
            "End Again.",
            *map(part, ["Definition of_frequency", "Definition free", "Definition exponential", "Section Loss"]),
            *map(part, ["Variables (R : rcfType) (k p : nat) (exp", "Notation network := (network R (Z_ p) k)"]),
            *map(part, ["Definition cross_entropy", "Definition loss ", "Definition minimal"]),
            *map(part, ["Definition mean_margin", "End Loss"]),
            *(part(f"Definition {name} : Prop") for name in names),
        ]
    )
    assert not old or old in text
    goals = "\n".join(f"Goal {name}. Proof. exact {name}_holds. Qed." for name in names)
    opening = (
        "From mathcomp Require Import all_ssreflect all_algebra complex.\n"
        "Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.\n"
        "Import GRing.Theory Num.Theory.\nLocal Open Scope ring_scope. Local Open Scope complex_scope.\n"
    )
    return opening + text.replace(old, new) + "\n" + goals


@needs_the_room
def test_the_proofs_fit_what_is_written(tmp_path):
    out, accepted = in_the_room(restated(), tmp_path)
    assert accepted, out


@needs_the_room
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2 * k + 2", "2 * k + 3"),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in [
                ("(\\prod_j xi j) * z ^+ x", "z ^+ x"),
                ("(0 < k <= 5)%N -> free", "(0 < k <= 6)%N -> free"),
                ("(d %| p)%N -> (k < d)%N", "(d %| p)%N -> (k <= d)%N"),
                ("(3 * 2 ^ k.-1 * p./2 <= size theta)%N", "(4 * 2 ^ k.-1 * p./2 <= size theta)%N"),
                ("(2 < p)%N -> odd p -> attains theta -> z", "(2 < p)%N -> attains theta -> z"),
                ("[/\\ z ^+ p = 1, z != 1 &", "[/\\ z ^+ p = 1, z ^+ 2 = 1 &"),
                ("p%:R - 2 + Num.sqrt 2", "p%:R - 1 + Num.sqrt 2"),
                ("* (p./2 - 1) + 2 ^ k.-1 <= width", "* (p./2 - 1) + k <= width"),
                ("(gamma R k p / lambda - 1)", "(gamma R k p / lambda)"),
                ("lambda < gamma R k p * (p - 1)%:R / p%:R", "lambda < gamma R k p"),
                ("/ p%:R <= lambda", "/ (p + 1)%:R <= lambda"),
                ("1 + x <= exp x", "x <= exp x"),
                ("(2 ^ k.-1 <= width)%N", "(k <= width)%N"),
                ("level <= mean_margin theta", "2 * level <= mean_margin theta"),
                ("level / gamma R k p", "2 * level / gamma R k p"),
            ]
        ),
    ],
)
def test_the_proofs_fit_nothing_else(old, new, tmp_path):
    out, accepted = in_the_room(restated(old, new), tmp_path)
    assert not accepted
    assert "expected to have type" in out, out
