"""The site's parts: formulas, prose, links, statements, API, figures; each with a planted fault where it is a check."""

import base64
import io
import json
from pathlib import Path

import pytest

pytest.importorskip("latex2mathml", reason="needs the notes extra: make notes")
pytest.importorskip("griffe")
pytest.importorskip("ziamath")

from fontTools.ttLib import TTFont

from paper_notes import figures
from paper_notes.builder import api, explorer, font, gallery, home, links, notebook, prose, statements
from paper_notes.builder.formula import mathml
from theory.misprints import MISPRINTS
from verify.statements import STATEMENTS


@pytest.mark.parametrize(
    "latex", [r"\gamma^* = \frac{2\,k!}{p}", r"\Bigl(\sum_i x_i\Bigr)^2", r"\|\theta\|_{2,k+1}", r"\arg u"]
)
def test_formulas_become_mathml(latex: str) -> None:
    found = mathml(latex, display=True)
    assert "<math" in found
    assert "\\" not in found


def test_an_exponent_belongs_to_the_whole_bracket() -> None:
    assert "<msup><mrow><mo" in mathml(r"\bigl(a+b\bigr)^2")


@pytest.mark.parametrize("latex", [r"x^", r"\undefinedcommand x"])
def test_a_formula_that_cannot_be_read_stops_the_build(latex: str) -> None:
    with pytest.raises(ValueError, match=r"formula|command"):
        mathml(latex)


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.id)
def test_every_registered_formula_is_readable(statement) -> None:
    assert "<math" in mathml(statement.latex, display=True)


def test_every_misprint_is_readable() -> None:
    for misprint in MISPRINTS:
        mathml(misprint.printed_text)
        mathml(misprint.corrected_text)


def test_markdown_and_docstrings() -> None:
    page = prose.markdown("Let $x^2$ be\n\n$$\\sum_i x_i$$\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert page.count("<math") == 2
    assert '<div class="scroll" tabindex="0"><table>' in page
    text = "Bound :math:`\\gamma^*` of |G| by ||theta||_2.\n\n.. math:: a = b\n\nSee :func:`f` and ``code``."
    page = prose.docstring(text, {"f": "m.html#f"}.get)
    assert page.count("<math") == 2
    assert "|G|" in page
    assert "||theta||_2" in page
    assert 'href="m.html#f"' in page
    assert "<code>code</code>" in page
    assert "problematic" not in page


def test_statement_names_in_prose_become_links() -> None:
    page = statements.linked(
        "<p>Li24 Theorem 4.1.1, <code>Li24 Lemma F.7</code>, Ours: minimal construction.</p>", "../"
    )
    assert '<a href="../statements.html#Li24-Theorem-4.1.1">Li24 Theorem 4.1.1</a>' in page
    assert "<code>Li24 Lemma F.7</code>" in page
    assert "<a" not in statements.linked("<summary>Li24 Lemma F.7</summary>", "")
    assert "#Ours-minimal-construction" in page


def test_every_statement_has_a_row_with_its_checks(site: Path) -> None:
    page = links.read(site / "statements.html")
    assert {statements.anchor(statement.id) for statement in STATEMENTS} <= page.ids
    for row in statements.statement_rows():
        for check in row["checks"]:
            assert statements.source_address(check) in page.links


def test_every_public_function_is_described(site: Path) -> None:
    for name in (
        "fourier_margin.networks.construct",
        "theory.margin.max_margin",
        "numerics.components.Components.purity",
        "theory.account.account",
    ):
        path, _, fragment = api.addresses()[name].partition("#")
        assert fragment in links.read(site / "api" / path).ids
    assert not any(path.split(".")[-1].startswith("test_") for path in api.modules())


def test_explorer_knows_every_case(site: Path) -> None:
    text = (site / "explorer_data.js").read_text()
    data = json.loads(text.removeprefix("const DATA = ").removesuffix(";\n"))
    assert len(data) == explorer.LARGEST_K * (explorer.LARGEST_P - 1) + 1
    assert all(entry["maximum"] == {"minimal": True, "li24": True} for key, entry in data.items() if key != "largest")
    assert data["3,3"]["width"] == {
        "li24": 32,
        "minimal": 16,
        "best": 9,
        "necessary": data["3,3"]["width"]["necessary"],
    }


def test_font_has_what_the_pages_need(site: Path) -> None:
    text = (site / "math.css").read_text()
    woff = base64.b64decode(text.split("base64,")[1].split('"')[0])
    loaded = TTFont(io.BytesIO(woff))
    assert "MATH" in loaded
    assert {ord(x) for x in "∑√γ("} | {ord(font.italic("x")), ord(font.italic("h"))} <= set(loaded.getBestCmap())


def test_broken_links_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<p id="here"><a href="b.html#there">x</a><a href="#here">y</a><a href="b.html">z</a>'
    )
    (tmp_path / "b.html").write_text('<img src="absent.svg"><script src="http://example.org/x.js"></script>')
    (tmp_path / "c.css").write_text("body { background: url(x.png); }")
    found = links.broken(tmp_path)
    assert found == ["a.html: b.html#there", "b.html: absent.svg", "b.html: http://example.org/x.js", "c.css: url(...)"]


def test_notes_have_a_title_a_summary_and_no_outputs_in_git() -> None:
    paths = notebook.sources()
    assert len(paths) >= 6
    for path in paths:
        head = path.read_text(encoding="utf-8").splitlines()
        assert head[0] == "# %% [markdown]"
        assert head[1].startswith("# # ")
        assert head[2].startswith("# ")


def test_a_note_is_executed_and_its_figures_have_words(tmp_path: Path) -> None:
    path = tmp_path / "99_note.py"
    path.write_text(
        "# %% [markdown]\n# # Title\n# What it says, in $k$ words.\n\n# %%\nimport matplotlib.pyplot as plt\n"
        "from paper_notes import figures\nfigures.use()\nfig, ax = plt.subplots()\nax.plot([1, 2])\n"
        "figures.show(fig, 'line', 'a line', 'See $x$.', 'Paper Figure 1.')\nprint(6 * 7)\n"
    )
    note = notebook.render(path)
    assert (note.title, note.summary) == ("Title", "What it says, in $k$ words.")
    assert "42" in note.body
    assert 'alt="a line"' in note.body
    note.figures[0].write(tmp_path)
    light, dark = ((tmp_path / f"line-{theme}.svg").read_text() for theme in ("light", "dark"))
    assert light != dark
    assert "#010203" not in light + dark
    assert "Paper Figure 1." in gallery.index([note], {})
    front = home.body([note], statements.statement_rows())
    assert "99_note.html" in front
    assert '<span class="count">99</span>' in front


def test_a_note_that_fails_stops_the_build(tmp_path: Path) -> None:
    from nbclient.exceptions import CellExecutionError

    (tmp_path / "99_note.py").write_text("# %% [markdown]\n# # Title\n# x\n\n# %%\nassert 1 + 1 == 3\n")
    with pytest.raises(CellExecutionError):
        notebook.render(tmp_path / "99_note.py")


def test_statements_link_to_where_they_are_told() -> None:
    body = statements.linked("<p>Li24 Lemma F.7</p>", "../")
    cited = statements.citations({"api/x.html": ("x", body), "api/index.html": ("index", body)})
    assert cited == {"Li24-Lemma-F.7": ['<a href="api/x.html">x</a>']}


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.03928 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", figures.PALETTE)
@pytest.mark.parametrize("page", ["#fdfdfc", "#14171b"], ids=["light", "dark"])
def test_palette_has_contrast_on_light_and_dark(colour: str, page: str) -> None:
    low, high = sorted((luminance(colour), luminance(page)))
    assert (high + 0.05) / (low + 0.05) >= 3


def test_a_description_of_one_letter_is_not_a_list(site: Path) -> None:
    page = (site / "api" / "theory.groups.margin.html").read_text(encoding="utf-8")
    assert "<dd><p>G.</p>" in page.replace("\n", "")
    assert "<ol" not in page
