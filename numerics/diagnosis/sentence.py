"""The diagnosis in one sentence, the findings that need an action after it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numerics.diagnosis.diagnosis import Diagnosis

KINDS = {"frequency": "frequencies", "representation": "representations"}


def sentence(found: "Diagnosis") -> str:
    """What the network does, how much of it is at the wanted characters, and where a margin went."""
    parts = [_accuracy(found), _components(found)]
    purity = found.purity
    if purity is not None and purity.live:
        parts.append(f"mass-weighted purity {purity.by_mass:.3f}")
    if found.phases is not None:
        parts.append(f"phases add within {found.phases.median:.2g} turn (median)")
    parts.append(_margin(found))
    return "; ".join(part for part in parts if part) + "."


def _accuracy(found: "Diagnosis") -> str:
    passed = found.logits
    percent = f"{100 * passed.accuracy:.4g}% accurate"
    if not passed.every:
        low, high = passed.interval
        percent += f" (a sample of {passed.inputs} inputs: {100 * low:.4g} to {100 * high:.4g}% at 95%)"
    rule = found.rule
    if rule is not None and not rule.wanted and rule.agreement > passed.accuracy:
        percent += f", but {100 * rule.agreement:.4g}% of the answers follow {rule.text}"
    return percent


def _components(found: "Diagnosis") -> str:
    wanted = found.wanted
    used, count = len(wanted.used), len(wanted.names)
    kinds = KINDS[wanted.kind]
    if not used:
        return f"no {kinds[:-3] + 'y' if kinds.endswith('ies') else kinds[:-1]} of the label in its logits"
    listed = f" ({', '.join(wanted.used)})" if used < count and used <= 8 else ""
    return f"{used} of {count} {kinds}{listed}, with {100 * wanted.explained:.3g}% of the logits' energy"


def _margin(found: "Diagnosis") -> str:
    theorem = found.theorem
    if not theorem.applies:
        return "no theorem about its margin applies"
    if theorem.account is None:
        return theorem.reason
    account = theorem.account
    text = f"margin {account.margin:.3g} gamma*"
    losses = account.losses()
    worst = max(losses, key=lambda name: losses[name])
    if losses[worst] < 1e-3:
        return text
    return f"{text}, lost most to {worst} ({losses[worst]:.2g})"
