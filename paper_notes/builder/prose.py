"""Markdown (notes, README) and reStructuredText (docstrings) to HTML, formulas included, by two well-kept parsers."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from docutils import nodes
from docutils.core import publish_parts
from docutils.parsers.rst import roles
from docutils.writers.html5_polyglot import HTMLTranslator, Writer
from markdown_it import MarkdownIt
from markupsafe import escape
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from paper_notes.builder.formula import mathml
from paper_notes.builder.tables import responsive

# An inline formula and the sign after it: without a wrapper a line may begin with the comma.
_FOLLOWED = re.compile(r'(<span class="math inline">(?:(?!</span>).)*</span>[.,;:)]+)')

Resolver = Callable[[str], str | None]
CODE_ROLES = ("func", "class", "meth", "mod", "attr", "data", "obj")


def code(text: str, language: str) -> str:
    """Highlighted source."""
    page = highlight(text, get_lexer_by_name(language), HtmlFormatter(cssclass="code", wrapcode=True))
    return page.replace("<pre>", '<pre tabindex="0">')


@cache
def _markdown() -> MarkdownIt:
    def fence(_: Any, tokens: Any, index: int, *__: Any) -> str:
        return code(tokens[index].content, tokens[index].info.strip() or "text")

    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    parser.add_render_rule("fence", fence)  # the parser's own would wrap the highlighted <pre> in another
    parser.use(dollarmath_plugin, renderer=lambda text, options: mathml(text, options["display_mode"]))
    return parser.use(anchors_plugin, max_level=3)


def markdown(text: str) -> str:
    """HTML of Markdown with $formulas$."""
    return responsive(_FOLLOWED.sub(r'<span class="kept">\1</span>', _markdown().render(text)))


class _Translator(HTMLTranslator):
    def visit_math(self, node: nodes.Element) -> None:
        self.body.append(mathml(node.astext()))
        raise nodes.SkipNode

    def visit_math_block(self, node: nodes.Element) -> None:
        self.body.append(mathml(node.astext(), display=True))
        raise nodes.SkipNode

    def visit_literal(self, node: nodes.Element) -> None:
        self.body.append(f"<code>{escape(node.astext())}</code>")
        raise nodes.SkipNode

    def visit_problematic(self, node: nodes.Element) -> None:
        # Docstrings write |G| and ||theta||_2 in plain text: what looks like a reference there is none.
        self.body.append(str(escape(node.astext())))
        raise nodes.SkipNode

    def visit_system_message(self, node: nodes.Element) -> None:
        raise nodes.SkipNode


def docstring(text: str, resolve: Resolver = lambda name: None) -> str:
    """HTML of a docstring's prose; ``resolve`` turns the name in a role like :func:`f` into an address."""

    def role(_name: str, _raw: str, target: str, *_: Any, **__: Any) -> tuple[list[nodes.Node], list[nodes.Node]]:
        name = target.lstrip("~.!")
        literal = nodes.literal("", name)
        address = resolve(name)
        return [nodes.reference("", "", literal, refuri=address) if address else literal], []

    for name in CODE_ROLES:
        roles.register_local_role(name, role)
    writer = Writer()
    writer.translator_class = _Translator
    settings = {"report_level": 5, "embed_stylesheet": False, "file_insertion_enabled": False, "raw_enabled": False}
    body = publish_parts(text, writer=writer, settings_overrides=settings)["body"]
    return body.replace("<table", '<div class="scroll" tabindex="0"><table').replace("</table>", "</table></div>")
