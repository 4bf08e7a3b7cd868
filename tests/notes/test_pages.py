"""What surrounds a page's text: contents, neighbours, symbols, tables for phones, formulas of plain text."""

import re

import pytest

pytest.importorskip("latex2mathml", reason="needs the notes extra: make notes")
pytest.importorskip("griffe")

from paper_notes.builder import home, layout, notebook, prose, statements, verdict_table
from paper_notes.builder.symbols import symbols
from paper_notes.builder.tables import responsive
from paper_notes.builder.typeset import typeset


def note(number: int) -> notebook.Note:
    body = "".join(f'<h2 id="s{i}">Part {i}</h2><p>text</p>' for i in range(4))
    return notebook.Note(f"{number:02}_x", f"Title {number}", "Summary.", body, ())


def test_a_note_has_its_number_its_contents_and_its_neighbours() -> None:
    page = notebook.page(note(2), note(2).body, note(1), note(3))
    assert "Note 2 " in page
    assert [f'href="#s{i}"' in page for i in range(4)] == [True] * 4
    assert '<a rel="prev" href="01_x.html"><span>Previous</span>1. Title 1</a>' in page
    assert '<a rel="next" href="03_x.html"><span>Next</span>3. Title 3</a>' in page
    first = notebook.page(note(1), note(1).body, None, note(2))
    assert 'rel="prev"' not in first


def test_scripts_of_live_pictures_are_loaded_where_there_are_some() -> None:
    assert "bounds.js" not in notebook.page(note(1), note(1).body, None, None)
    live = note(1).body + '<div class="play" data-play="clock" data-p="12"></div>'
    page = notebook.page(note(1), live, None, None)
    assert page.index("draw.js") < page.index("margin.js") < page.index("bounds.js")


def test_a_short_page_has_no_contents() -> None:
    body = '<h2 id="one">One</h2>'
    assert "on this page" not in layout.page("T", body, "t.html", contents=True)


def test_symbols_are_a_list_of_terms() -> None:
    found = symbols("- $p$: the modulus\n- $\\theta_i$: all weights of\n  neuron $i$")
    assert found.count("<dt>") == found.count("<dd>") == 2
    assert "all weights of neuron" in found
    with pytest.raises(ValueError, match="got '- p the modulus'"):
        symbols("- $k$: inputs\n- p the modulus")


def test_a_wide_table_can_be_stacked_and_keeps_every_cell() -> None:
    page = prose.markdown("| claim | paper | ours | verdict |\n|---|---|---|---:|\n| x | 1 | 2 | partly |\n")
    assert '<table class="stack" role="table">' in page
    assert 'data-label="verdict"' in page
    assert page.count('role="cell"') == 4
    assert page.count('role="columnheader"') == 4
    narrow = prose.markdown("| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert "stack" not in narrow
    assert "data-label" not in narrow


def test_a_heading_with_marks_becomes_a_plain_label() -> None:
    heads = "<tr><th>a &amp; <em>b</em></th><th>c</th><th>d</th><th>e</th></tr>"
    cells = "<tr><td>1</td><td>2</td><td>3</td><td>4</td></tr>"
    assert 'data-label="a &amp; b"' in responsive(f"<table>{heads}{cells}</table>")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("||theta||_{2,k+1}", "‖<var>θ</var>‖<sub>2,<var>k</var>+1</sub>"),
        ("u_1...u_k", "<var>u</var><sub>1</sub>…<var>u</var><sub><var>k</var></sub>"),
        ("a neuron's x, e.g. 1e-4", "a neuron&#39;s <var>x</var>, e.g. 1e-4"),
        ("clean_sq_sq: S3 & A5", "clean_sq_sq: S3 &amp; A5"),
        ("N_.05 >= 3p", "<var>N</var><sub>.05</sub> ≥ 3<var>p</var>"),
        ("q* of D^(k+1)", "<var>q</var>* of <var>D</var><sup><var>k</var>+1</sup>"),
    ],
)
def test_formulas_of_plain_text(text: str, html: str) -> None:
    assert typeset(text) == html


def test_a_label_keeps_exponents_and_indices() -> None:
    heads = "".join(f"<tr><th>{prose.markdown(text)}</th>" for text in ("$t^k$", "$W_{fc}$", r"$\gamma^*$", "plain"))
    page = responsive(f"<table><tr>{heads}</tr><tr>{'<td>1</td>' * 4}</tr></table>".replace("<tr><th>", "<th>"))
    assert [f'data-label="{label}"' in page for label in ("t^k", "W_fc", "γ*", "plain")] == [True] * 4


def test_a_line_cannot_begin_with_the_sign_after_a_formula() -> None:
    page = prose.markdown("Of $p$, $q$ and (see $r$).")
    assert page.count('<span class="kept">') == 2
    assert "</span>,</span>" in page
    assert "</span>).</span>" in page


def test_a_fenced_text_is_one_block() -> None:
    page = prose.markdown("```python\nx = 1\n```\n")
    assert page.count("<pre") == 1


def test_figure_ten_comes_after_figure_nine() -> None:
    studies = verdict_table._in_order([row for row in verdict_table.claims() if row.paper == "Li24"])
    numbers = [int(study.removeprefix("li24-fig")) for study in studies if study.startswith("li24-fig")]
    assert numbers == sorted(numbers)
    assert numbers[-1] == 10


def test_a_grade_is_told_under_the_words_of_its_result_and_not_its_key() -> None:
    claims = [statements._claim(row) for row in statements.statement_rows()]
    assert not [claim for claim in claims if re.search(r"\b[a-z0-9]+_[a-z0-9_]+: (reproduced|partly|not)\b", claim)]
    row = {"claim": "no_such_key: not; one_sparse_all: not", "stored": ["li24-fig1"]}
    told = statements._claim(row)
    assert told.startswith("no_such_key: not; <q>")
    assert told.endswith("</q> not")


def test_the_home_page_counts_the_papers_claims_and_not_ours() -> None:
    papers = [row.verdict for row in verdict_table.claims() if row.paper != "Ours"]
    everything = [row.verdict for row in verdict_table.claims()]
    page = home._found(statements.statement_rows())
    assert f"{papers.count('reproduced')} reproduced, {papers.count('partly')} partly" in page
    assert f"{everything.count('reproduced')} reproduced" not in page
