"""Every page in a real browser: quiet, self-contained, readable on a phone, in light and in dark."""

from itertools import pairwise
from pathlib import Path

import pytest

from paper_notes.browser.conftest import Browser


def pages(site: Path) -> list[Path]:
    """Every page a reader is led to; of the API reference, the index and the modules with most formulas."""
    api = ("index", "theory.core.optimality", "theory.groups.margin", "numerics.components")
    figures = ("li24-fig1-full", "li24-fig4-cpu", "rangamani25-cpu")
    return [
        *sorted(site.glob("*.html")),
        *(site / "gallery" / f"{name}.html" for name in figures),
        *(site / "api" / f"{name}.html" for name in api),
    ]


def _name(page: Path) -> str:
    return f"{page.parent.name}-{page.stem}" if page.stem == "index" else page.stem


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "page" in metafunc.fixturenames:
        found = pages(metafunc.config.getoption("--site"))
        metafunc.parametrize("page", found, ids=[_name(path) for path in found])


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1100, 360])
def test_page_is_quiet_self_contained_and_readable(
    browser: Browser, page: Path, width: int, dark: bool, request: pytest.FixtureRequest
) -> None:
    browser.open(page, width, dark)
    assert browser.complaints() == []
    assert [url for url in browser.requests() if not url.startswith(("file://", "data:"))] == []
    assert browser.ask("document.documentElement.scrollWidth") <= width, _overflow(browser, width)
    browser.ask("Array.from(document.images).forEach(i => i.loading = 'eager')")
    broken = "Array.from(document.images).filter(i => i.complete && !i.naturalWidth).map(i => i.src)"
    assert browser.ask(broken) == []
    nameless = "Array.from(document.querySelectorAll('img:not([alt]), img[alt=\"\"], svg:not([aria-label])')).length"
    assert browser.ask(nameless) == 0
    assert _contrast(browser, "body") >= 7
    if folder := request.config.getoption("--screenshots"):
        folder.mkdir(parents=True, exist_ok=True)
        browser.screenshot(folder / f"{_name(page)}-{width}-{'dark' if dark else 'light'}.png")


def test_equations_are_laid_out(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.ask("Array.from(document.querySelectorAll('math')).filter(m => m.getBoundingClientRect().width < 3 "
                       "&& m.checkVisibility()).length") == 0  # fmt: skip
    browser.ask("document.querySelectorAll('pre, code').forEach(e => e.remove())")  # Coq writes \\sum too
    left = browser.ask(r"(document.querySelector('main').innerText.match(/\$\$|\\frac|\\sum|:math:/g) || []).length")
    assert left == 0, "LaTeX is left as text"


def test_keyboard_reaches_everything_once(browser: Browser, page: Path) -> None:
    """No link in a summary; boxes that scroll take the focus; controls have names; headings skip no level."""
    browser.open(page, width=390)
    assert browser.ask("document.querySelectorAll('summary a, summary button, a a, a button').length") == 0
    scrolling = (
        "Array.from(document.querySelectorAll('main pre, main .scroll, main .formula'))"
        ".filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1 && e.tabIndex < 0).length"
    )
    assert browser.ask(scrolling) == 0
    nameless = (
        "Array.from(document.querySelectorAll('main input, main select, main button'))"
        ".filter(e => !(e.labels && e.labels.length) && !e.getAttribute('aria-label') && !e.textContent.trim())"
        ".map(e => e.outerHTML)"
    )
    assert browser.ask(nameless) == []
    levels = browser.ask("Array.from(document.querySelectorAll('h1,h2,h3,h4')).map(h => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert page.parent.name == "api" or all(after <= before + 1 for before, after in pairwise(levels))


def test_link_colours_and_faint_text_have_contrast(browser: Browser, site: Path) -> None:
    for dark in (False, True):
        browser.open(site / "statements.html", dark=dark)
        for selector in ("a", ".small", ".tag.theorem", ".tag.false-as-printed", ".tag.conjecture"):
            assert _contrast(browser, selector) >= 4.5, selector


def _contrast(browser: Browser, selector: str) -> float:
    """WCAG contrast of the first such element's text with the page."""

    def luminance(rgb: list[int]) -> float:
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (x / 255 for x in rgb)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    script = (
        "[[arguments[0], 'color'], ['html', 'backgroundColor']].map(([s, what]) => "
        "getComputedStyle(document.querySelector(s))[what].match(/\\d+/g).slice(0, 3).map(Number))"
    )
    ink, ground = (luminance(rgb) for rgb in browser.ask(script, selector))
    return (max(ink, ground) + 0.05) / (min(ink, ground) + 0.05)


def _overflow(browser: Browser, width: int) -> object:
    """The elements that stick out, for the message."""
    return browser.ask(
        "Array.from(document.querySelectorAll('main *')).filter(e => e.getBoundingClientRect().right > arguments[0] "
        "&& !e.closest('.formula, .scroll, pre')).slice(0, 5).map(e => e.outerHTML.slice(0, 120))",
        width,
    )
