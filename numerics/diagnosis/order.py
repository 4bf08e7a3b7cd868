r"""Which rule the answers follow: the task's, or the same task with another orientation, order or numbering.

**Z_n**: answers :math:`c = t_1 a_1 + \dots + t_k a_k + s`.  :math:`t_j` is the commonest change of the answer when
:math:`a_j` grows by 1, s the commonest rest.  **Groups**: products of the inputs in any order, each as it is or
inverted, times a fixed element on the left or on the right (ab, ba, a b^-1, ...).  Where no such rule fits: a fixed
renumbering of the answers, or (k = 2) a multiplication table that is isomorphic to the group's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product

import numpy as np
import torch

from numerics.diagnosis.inputs import sample
from numerics.diagnosis.opened import Opened
from theory.errors import InputError
from theory.groups.group import Group
from theory.groups.isomorphism import is_isomorphic
from theory.task import Task

LOOKED_AT = 2000
CERTAIN = 0.99
CLEAR = 0.5  # a rule counts when it predicts half of the answers, far above chance
MOST_RULES = 400
LARGEST_TABLE = 200


@dataclass(frozen=True)
class Rule:
    """A rule and the share of the answers that follow it, on a random sample of inputs.

    Attributes:
        text: the rule, such as ``c = a - b``.
        agreement: share of the answers.
        wanted: whether it is the task's own.
    """

    text: str
    agreement: float
    wanted: bool


def rule_of(opened: Opened) -> Rule | None:
    """The rule that the answers follow, if one predicts at least half of them."""
    task = opened.task
    generator = torch.Generator().manual_seed(1)
    values = sample(task, LOOKED_AT, generator).values
    answers = _answers(opened, values)
    own = Rule(_own_text(task), float((answers == task.label(values.numpy())).mean()), True)
    if own.agreement >= CERTAIN:
        return own
    other = _affine(opened, values, answers) if task.table is None else _words(task, values.numpy(), answers)
    best = max(own, other, _relabelled(task, values.numpy(), answers), key=lambda rule: rule.agreement)
    if best.agreement >= CERTAIN:
        return best
    return _other_numbering(opened) or (best if best.agreement >= CLEAR else None)


def _answers(opened: Opened, values: torch.Tensor) -> np.ndarray:
    return np.concatenate([opened.logits(part).argmax(dim=1).numpy() for part in values.split(4096)])


def _own_text(task: Task) -> str:
    return "c = " + (" + " if task.table is None else " ").join(letters(task.k))


def letters(k: int) -> list[str]:
    """Names of the inputs; c is the answer's."""
    return list("abdefghij"[:k]) if k <= 9 else [f"a_{j + 1}" for j in range(k)]


def _affine(opened: Opened, values: torch.Tensor, answers: np.ndarray) -> Rule:
    n, rest = opened.task.n, answers.copy()
    factors: list[int] = []
    for j in range(opened.task.k):
        moved = values.clone()
        moved[:, j] = (moved[:, j] + 1) % n
        t = _commonest((_answers(opened, moved) - answers) % n, n)
        rest = (rest - t * values[:, j].numpy()) % n
        factors.append(t)
    s = _commonest(rest, n)
    text = sum_text(factors, letters(opened.task.k), n) or "0"
    return Rule(f"c = {text}" + (f" + {s}" if s else ""), float((rest == s).mean()), False)


def sum_text(factors: list[int], names: list[str], n: int) -> str:
    """A sum of inputs modulo n in words; empty where all factors are 0.

    Examples:
        >>> sum_text([1, 10, 3], ["a", "b", "d"], 11)
        'a - b + 3d'
    """
    terms = [(t - n if t == n - 1 and n > 2 else t, name) for t, name in zip(factors, names, strict=True) if t]
    return " + ".join(f"{'-' if t == -1 else '' if t == 1 else t}{name}" for t, name in terms).replace("+ -", "- ")


def _commonest(values: np.ndarray, n: int) -> int:
    return int(np.bincount(values, minlength=n).argmax())


def _words(task: Task, values: np.ndarray, answers: np.ndarray) -> Rule:
    """The best product of the inputs, up to a fixed factor."""
    assert task.table is not None
    table, names = task.table, letters(task.k)
    inverse = np.argmax(table == task.identity, axis=1)
    best = Rule("", 0.0, False)
    for order, inverted in _orders(task.k):
        factors = [inverse[values[:, j]] if i else values[:, j] for j, i in zip(order, inverted, strict=True)]
        whole = factors[0]
        for factor in factors[1:]:
            whole = table[whole, factor]
        word = " ".join(names[j] + ("^-1" if i else "") for j, i in zip(order, inverted, strict=True))
        for text, rest in (
            (f"{word} s", table[inverse[whole], answers]),
            (f"s {word}", table[answers, inverse[whole]]),
        ):
            s = _commonest(rest, task.n)
            shown = word if s == task.identity else f"{text}, s element {s}"
            share = float((rest == s).mean())
            if share > best.agreement:
                best = Rule(f"c = {shown}", share, False)
    return best


def _orders(k: int) -> Iterator[tuple[tuple[int, ...], tuple[bool, ...]]]:
    for count, each in enumerate(product(permutations(range(k)), product((False, True), repeat=k))):
        if count == MOST_RULES:
            return
        yield each


def _relabelled(task: Task, values: np.ndarray, answers: np.ndarray) -> Rule:
    """Answers that are a function of the label, one to one."""
    n = task.n
    if len(answers) < 10 * n:  # too few to tell a renumbering from chance
        return Rule("", 0.0, False)
    counts = np.zeros((n, n))
    np.add.at(counts, (task.label(values), answers), 1)
    best = counts.argmax(axis=1)
    share = float(counts.max(axis=1).sum() / counts.sum())
    seen = counts.any(axis=1)
    one_to_one = len(set(best[seen].tolist())) == seen.sum()
    listed = ", ".join(f"{g}->{c}" for g, c in enumerate(best.tolist()[:4]))
    text = f"{_own_text(task)} with the classes in another order ({listed}{', ...' if n > 4 else ''})"
    return Rule(text, share if one_to_one else 0.0, False)


def _other_numbering(opened: Opened) -> Rule | None:
    """Whether the answers are the table of the same group in another numbering (k = 2)."""
    task = opened.task
    if task.k != 2 or task.n > LARGEST_TABLE:
        return None
    pairs = torch.cartesian_prod(torch.arange(task.n), torch.arange(task.n))
    try:
        other = Group("answers", _answers(opened, pairs).reshape(task.n, task.n))
    except InputError:
        return None
    numbers = np.arange(task.n)
    own = opened.group or Group(task.name, (numbers[:, None] + numbers) % task.n)
    same = is_isomorphic(own, other)
    name = f"{task.name} with its elements in another order" if same else f"a group that is not {task.name}"
    return Rule(f"the table of {name}", 1.0, False)
