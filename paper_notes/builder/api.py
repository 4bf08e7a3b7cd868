"""API reference from docstrings, read without importing anything (griffe): one page per module."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import griffe
from markupsafe import escape

from paper_notes.builder.layout import ROOT
from paper_notes.builder.prose import Resolver, code, docstring
from paper_notes.builder.source import listing

PACKAGES = ("fourier_margin", "theory", "numerics", "verify")
FIELDS = {
    "parameters": "Arguments",
    "attributes": "Attributes",
    "returns": "Returns",
    "raises": "Raises",
    "yields": "Yields",
}


@cache
def modules() -> dict[str, griffe.Module]:
    """Every public module with something in it, by dotted name."""
    found: dict[str, griffe.Module] = {}
    for name in PACKAGES:
        package = griffe.load(name, search_paths=[ROOT], docstring_parser="google", allow_inspection=False)
        found |= {module.path: module for module in _walk(package)}
    return dict(sorted(found.items()))


def _walk(module: Any) -> Iterator[Any]:
    if module.docstring is not None:
        yield module
    for child in module.modules.values():
        if not child.is_alias and not child.name.startswith(("_", "test_")) and child.name != "conftest":
            yield from _walk(child)


def public(owner: Any) -> list[Any]:
    """Functions and classes (of a class: methods and properties) that are defined here and are not private."""
    kept = [m for m in owner.members.values() if not m.is_alias and not m.name.startswith("_")]
    return [m for m in kept if m.is_function or m.is_class or "property" in m.labels]


@cache
def addresses() -> dict[str, str]:
    """Where every public name is described, by its dotted path, below ``api/``."""
    found = {}
    for path, module in modules().items():
        found[path] = f"{path}.html"
        for member in public(module):
            found[member.path] = f"{path}.html#{member.name}"
            if member.is_class:
                found |= {m.path: f"{path}.html#{member.name}.{m.name}" for m in public(member)}
    return found


def pages() -> dict[str, tuple[str, str]]:
    """Address -> (title, body): the index, a page per module and its source."""
    found = {"api/index.html": ("API reference", _index())}
    for path, module in modules().items():
        found[f"api/{path}.html"] = (path, _module(module))
        found[f"api/source/{path}.html"] = (
            f"{path}, source",
            f"<h1><code>{path}</code></h1>{listing(module.filepath)}",
        )
    return found


def _index() -> str:
    parts = [
        "<h1>API reference</h1>",
        '<p class=lead>From Python, begin with <a href="fourier_margin.html"><code>fourier_margin</code></a>. Below it '
        "dependencies go one way: <code>theory</code> (exact mathematics, no torch), <code>numerics</code> (torch), "
        "<code>verify</code> (checks and reports).</p>",
    ]
    for package in PACKAGES:
        rows = "".join(
            f'<tr><td><a href="{path}.html"><code>{path}</code></a></td><td>{_first_line(module)}</td></tr>'
            for path, module in modules().items()
            if path.split(".")[0] == package
        )
        parts.append(f'<h2 id="{package}">{package}</h2><div class="scroll" tabindex="0"><table>{rows}</table></div>')
    return "\n".join(parts)


def _first_line(module: Any) -> str:
    paragraph = module.docstring.value.strip().split("\n\n")[0]
    return docstring(paragraph).removeprefix("<p>").removesuffix("</p>\n")


def _module(module: Any) -> str:
    resolve = _resolver(module)
    parts = [
        f"<h1><code>{module.path}</code></h1>",
        f'<p class=small><a href="source/{module.path}.html">source</a></p>',
        docstring(module.docstring.value, resolve),
    ]
    return "\n".join(parts + [_entry(member, member.name, resolve) for member in public(module)])


def _resolver(module: Any) -> Resolver:
    def resolve(name: str) -> str | None:
        for candidate in (name, f"{module.path}.{name}"):
            if candidate in addresses():
                return addresses()[candidate]
        return None

    return resolve


def _entry(member: Any, anchor: str, resolve: Resolver) -> str:
    module = member.module.path
    parts = [
        f'<div class="entry" id="{anchor}">',
        f'<h3><a href="source/{module}.html#line-{member.lineno}"><code>{escape(member.name)}</code></a></h3>',
        _signature(member),
    ]
    if member.docstring is not None:
        parts += [_section(section, resolve) for section in member.docstring.parsed]
    if member.is_class:
        parts += [_entry(m, f"{anchor}.{m.name}", resolve) for m in public(member)]
    return "\n".join([*parts, "</div>"])


def _signature(member: Any) -> str:
    if member.is_function:
        text = f"def {member.signature()}"
    elif member.is_class:
        inside = [f"{x.name}: {x.annotation}" for x in member.parameters if x.name != "self"] or member.bases
        text = f"class {member.name}" + (f"({', '.join(map(str, inside))})" if inside else "")
    else:
        text = f"{member.name}: {member.annotation}"
    return code(text, "python").replace('class="code"', 'class="code signature"')


def _section(section: Any, resolve: Resolver) -> str:
    kind = section.kind.value
    if kind == "text":
        return docstring(section.value, resolve)
    if kind == "examples":
        return "".join(
            code(text, "pycon") if part.value == "examples" else docstring(text, resolve)
            for part, text in section.value
        )
    if kind == "admonition":
        return docstring(f"**{section.title}.** {section.value.description}", resolve)
    rows = "".join(_field(kind, item, resolve) for item in section.value)
    return f"<h4>{FIELDS[kind]}</h4><dl class=fields>{rows}</dl>"


def _field(kind: str, item: Any, resolve: Resolver) -> str:
    name = getattr(item, "name", "") or ""
    annotation = str(item.annotation or "")
    shown = annotation if kind == "raises" or not name else name
    kept = f" <small>{escape(annotation)}</small>" if name and annotation else ""
    # The escaped space keeps a description like "G." from being read as the seventh item of a list.
    described = docstring(rf"\ {item.description}", resolve)
    return f"<dt><code>{escape(shown)}</code>{kept}</dt><dd>{described}</dd>"
