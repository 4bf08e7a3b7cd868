"""The gallery: every stored result has a page and a picture in vectors, and the numbers are those of its file."""

from itertools import pairwise
from pathlib import Path

import pytest

pytest.importorskip("latex2mathml", reason="needs the notes extra: make notes")
pytest.importorskip("griffe")

from paper_notes import figures
from paper_notes.builder import gallery, links
from paper_notes.builder.redrawn import redrawn, shows_networks
from paper_notes.stored import grades, reproductions, stored
from theory.vocabulary import GRADES

NAMES = [name for name, _ in reproductions()]


def test_every_stored_result_has_a_card_and_a_page(site: Path) -> None:
    assert NAMES
    index = links.read(site / "gallery.html")
    for name in NAMES:
        assert name in index.ids
        assert f"gallery/{name}.html" in index.links
        page = (site / "gallery" / f"{name}.html").read_text(encoding="utf-8")
        assert f"results/{name}.json" in page
        assert (site / "results" / f"{name}.png").is_file()


def test_neighbours_lead_through_the_whole_gallery(site: Path) -> None:
    for name, following in pairwise(NAMES):
        assert f"../gallery/{following}.html" in links.read(site / "gallery" / f"{name}.html").links


def test_verdicts_on_a_page_are_those_of_the_file(site: Path) -> None:
    for name, content in reproductions():
        page = (site / "gallery" / f"{name}.html").read_text(encoding="utf-8")
        assert sum(grades(content).values()) == len(content["verdict"])
        for grade, count in grades(content).items():
            assert f'<span class="tag {grade}">{count} {grade}</span>' in page


def test_figures_are_in_order_of_number_and_full_size_first() -> None:
    attention = [name for name in NAMES if name in ("li24-fig9-cpu", "li24-fig10-cpu")]
    assert attention == ["li24-fig9-cpu", "li24-fig10-cpu"]
    assert NAMES.index("li24-fig1-full") + 1 == NAMES.index("li24-fig1-cpu")


def test_a_picture_is_drawn_for_both_themes_and_without_placeholders(site: Path) -> None:
    drawn = sorted((site / "figures").glob("result-*-dark.svg"))
    assert len(drawn) >= len([name for name, content in reproductions() if not shows_networks(content)])
    for path in drawn:
        assert figures.INK not in path.read_text(encoding="utf-8")


def test_a_study_that_needs_its_networks_and_is_not_listed_stops_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    content = stored("li24-fig1")
    assert shows_networks(content)
    assert redrawn("x", content) is not None
    monkeypatch.setattr("paper_notes.builder.redrawn.OF_NETWORKS", ())
    with pytest.raises(AttributeError, match="runs"):
        redrawn("x", content)


def test_every_paper_of_a_stored_result_is_counted() -> None:
    page = gallery.index([], {})
    for grade in GRADES:
        assert f">{grade}</th>" in page or f"{grade}</th>" in page
    assert {gallery.paper_of(content) for _, content in reproductions()} >= {"Li24", "Morwani23", "Ding24", "Ours"}
    assert gallery.paper_of({"preset": "width-law"}) == "Ours"
