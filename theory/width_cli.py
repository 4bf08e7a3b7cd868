"""``fourier-margin width``: how many neurons a maximum-margin network needs, and whether a width is enough."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from theory.command_line import say
from theory.errors import InputError

if TYPE_CHECKING:
    from theory.vocabulary import Label
    from theory.width import Width

app = typer.Typer()


@app.command()
def width(
    k: Annotated[int, typer.Option(help="number of inputs")],
    p: Annotated[int | None, typer.Option(help="modulus")] = None,
    group: Annotated[str | None, typer.Option(help="a group's name or table file, instead of --p")] = None,
    m: Annotated[int | None, typer.Option(help="a width to judge")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on stdout")] = False,
) -> None:
    """Sufficient and necessary widths; are m neurons enough?"""
    if group is not None and p is None:
        return _group(k, group, m, as_json)
    if p is None or group is not None:
        raise InputError(f"need exactly one of --p and --group; got {'neither' if p is None else 'both'}")
    from theory.width import is_enough
    from theory.width import width as width_of

    answer = width_of(k, p)
    content: dict[str, object] = _content(answer)
    if m is not None:
        from theory.narrow_margins import known_ratio

        verdict = is_enough(answer, m)
        ratio = 1.0 if verdict.answer == "yes" else known_ratio(k, p, m)
        content |= {"m": m, "enough": verdict.answer, "why": verdict.why, "best_known_margin_ratio": ratio}
        content["best_known_margin_label"] = _label(ratio)
    if as_json:
        typer.echo(json.dumps(content, indent=1))
    else:
        _print(answer, content)


def _group(k: int, name: str, m: int | None, as_json: bool) -> None:
    from dataclasses import asdict

    from theory.groups import load_group
    from theory.groups.width import group_width
    from theory.width import enough_between

    answer = group_width(load_group(name), k)
    content = asdict(answer) | {"representations": dict(answer.representations)}
    if m is not None:
        verdict = enough_between(m, answer.necessary, answer.sufficient)
        content |= {"m": m, "enough": verdict.answer, "why": verdict.why}
    if as_json:
        typer.echo(json.dumps(content, indent=1))
        return
    say(f"k={k}, {answer.group} of order {answer.order}")
    if answer.morwani23 is not None:
        say(f"  {answer.morwani23:>10}  Morwani23 Theorem 9")
    say(f"  {answer.attaining:>10}  suffices: the construction with sign patterns")
    say(f"  {answer.sufficient:>10}  suffices: the minimal construction")
    exact = ": exactly the least width" if answer.necessary == answer.sufficient else ""
    say(f"  {answer.necessary:>10}  necessary{exact}")
    say("    neurons a representation: " + ", ".join(f"{v} {size}" for v, size in answer.representations))
    if m is not None:
        say(f"m={m}: {content['enough']}; {content['why']}")


def _label(ratio: float | None) -> "Label | None":
    if ratio is None:
        return None
    return "theorem" if ratio in (0.0, 1.0) else "measured"


def _content(answer: "Width") -> dict[str, object]:
    content: dict[str, object] = {
        "k": answer.k,
        "p": answer.p,
        "li24": answer.li24,
        "morwani23": answer.morwani23,
        "sufficient": answer.sufficient,
        "best_known": answer.best_known,
        "necessary": answer.necessary,
        "exact": answer.exact,
    }
    content["orders"] = [
        {
            "order": o.order,
            "frequencies": o.frequencies,
            "at_least": o.lower,
            "at_least_by": o.lower_by,
            "at_most": o.upper,
            "at_most_by": o.upper_by,
        }
        for o in answer.orders
    ]
    return content


def _print(answer: "Width", content: dict[str, object]) -> None:
    say(f"k={answer.k}, p={answer.p}")
    say(f"  {answer.li24:>10}  Li24 Theorem 4.1{'' if answer.p % 2 else ', extended to even p'}")
    if answer.morwani23 is not None:
        say(f"  {answer.morwani23:>10}  Morwani23 Theorem 7")
    say(f"  {answer.sufficient:>10}  suffices: the minimal construction")
    if answer.best_known < answer.sufficient:
        say(f"  {answer.best_known:>10}  suffices: narrower designs")
    say(f"  {answer.necessary:>10}  necessary{': exactly the least width' if answer.exact else ''}")
    for o in answer.orders[:8]:
        need = f"{o.lower}" if o.lower == o.upper else f"{o.lower} to {o.upper}"
        say(f"    order {o.order}: {o.frequencies} x {need} neurons ({o.lower_by}; {o.upper_by})")
    if len(answer.orders) > 8:
        say(f"    and {len(answer.orders) - 8} more orders (--json lists them)")
    if "m" in content:
        say(f"m={content['m']}: {content['enough']}; {content['why']}")
        ratio = content["best_known_margin_ratio"]
        if ratio is None:
            say("  no margin is stored for this width")
        else:
            say(f"  best known margin: {ratio:.5g} gamma* ({content['best_known_margin_label']})")
