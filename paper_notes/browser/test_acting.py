"""What a reader does on the pages: turn sliders, point at symbols, filter statements, give a lecture from a note."""

from pathlib import Path

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from paper_notes.browser.conftest import Browser
from verify.statements_cli import rows

FIRST = "01_theorem_in_ten_minutes.html"


def number(browser: Browser, box: str, value: float) -> str:
    """Write a number beside the slider of a live picture; what the picture then says."""
    script = (
        "const host = document.querySelector(arguments[0]), e = host.querySelector('input[type=number]'); "
        "e.value = arguments[1]; e.dispatchEvent(new Event('input')); "
        "return host.querySelector('[role=status]').textContent;"
    )
    return str(browser.driver.execute_script(script, box, value))


def test_two_hands_add(browser: Browser, site: Path) -> None:
    browser.open(site / FIRST)
    assert "9 + 6 = 3 modulo 12: once round" in number(browser, '[data-play="clock"]', 9)
    assert "2 + 6 = 8 modulo 12." in number(browser, '[data-play="clock"]', 2)
    assert browser.complaints() == []


@pytest.mark.parametrize(
    ("bound", "at", "worth"),
    [("constant", 0, 1), ("constant", 0.5, 0.5**1.5), ("concentration", 0.5, 0.5**0.5), ("balance", 0.3333, 1),
     ("phase", 0.25, 0), ("phase", 0.5, -1)],
)  # fmt: skip
def test_each_inequality_meets_its_measurement(
    browser: Browser, site: Path, bound: str, at: float, worth: float
) -> None:
    """The dot comes from all inputs of a network, the curve from the proof: they agree, and are what they must be."""
    browser.open(site / FIRST)
    said = number(browser, f'[data-bound="{bound}"]', at)
    measured, allowed = (float(part.split()[-1]) for part in (said.split(" γ*")[0], said.rstrip(".")))
    assert measured == pytest.approx(allowed, abs=2e-3)
    assert measured == pytest.approx(worth, abs=2e-3)


def test_the_worst_meets_the_mean_where_masses_agree(browser: Browser, site: Path) -> None:
    browser.open(site / FIRST)
    equal, unequal = (number(browser, '[data-bound="worst"]', mass) for mass in (1 / 3, 0.8))
    assert "margin, 1.000 γ*" in equal
    assert "Mean 1.000" in unequal
    assert "margin, 1.000" not in unequal


def test_a_symbol_says_what_it_is(browser: Browser, site: Path) -> None:
    browser.open(site / FIRST)
    found = browser.driver.find_elements(By.CSS_SELECTOR, "main p math mi")
    symbol = next(each for each in found if each.text == "p" or each.get_property("textContent") == "p")
    browser.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", symbol)
    ActionChains(browser.driver).move_to_element(symbol).perform()
    hint = browser.driver.find_element(By.ID, "symbol-hint")
    assert hint.text.startswith("the modulus")
    ActionChains(browser.driver).send_keys(Keys.ESCAPE).perform()
    assert not hint.is_displayed()


def test_statements_are_filtered_and_open(browser: Browser, site: Path) -> None:
    browser.open(site / "statements.html")
    Select(browser.driver.find_element(By.NAME, "paper")).select_by_visible_text("Li24")
    Select(browser.driver.find_element(By.NAME, "label")).select_by_visible_text("theorem")
    wanted = [row for row in rows() if row["paper"] == "Li24" and row["label"] == "theorem"]
    shown = "document.querySelectorAll('details.statement:not([hidden])').length"
    assert browser.ask(shown) == len(wanted)
    assert f"{len(wanted)} of {len(rows())} statements" in browser.driver.find_element(By.ID, "count").text
    assert browser.ask("location.search") == "?paper=Li24&label=theorem"
    browser.driver.get(browser.ask("location.href"))
    assert browser.ask(shown) == len(wanted)
    browser.driver.find_element(By.ID, "unfold").click()
    assert browser.ask("document.querySelectorAll('details.statement[open]').length") == len(wanted)


def test_a_link_opens_its_statement_through_any_filter(browser: Browser, site: Path) -> None:
    browser.open(site / "index.html")
    browser.driver.get((site / "statements.html").resolve().as_uri() + "?paper=Ours#Li24-Theorem-4.1.1")
    row = browser.driver.find_element(By.ID, "Li24-Theorem-4.1.1")
    assert row.get_property("open")
    assert row.is_displayed()
    assert "maximum_margin" in row.text


def test_a_note_is_a_lecture(browser: Browser, site: Path) -> None:
    browser.open(site / "02_general_k_and_width.html")
    browser.driver.find_element(By.ID, "slides").click()
    shown = (
        "Array.from(document.querySelectorAll('.slide')).filter(s => !s.hidden)"
        ".map(s => s.querySelector('h1,h2').textContent)"
    )
    first = browser.ask(shown)
    assert len(first) == 1
    ActionChains(browser.driver).send_keys(Keys.ARROW_RIGHT).perform()
    second = browser.ask(shown)
    assert len(second) == 1
    assert second != first
    assert browser.ask("location.hash") == "#slide-2"
    ActionChains(browser.driver).send_keys(Keys.ESCAPE).perform()
    assert browser.ask("document.querySelectorAll('.slide').length") == 0
    assert browser.complaints() == []


def test_a_wide_table_keeps_its_verdict_on_a_phone(browser: Browser, site: Path) -> None:
    browser.open(site / "gallery" / "li24-fig1-full.html", width=390)
    cells = browser.driver.find_elements(By.CSS_SELECTOR, "td[data-label='verdict']")
    assert cells
    for cell in cells:
        left, right = browser.ask("(r => [r.left, r.right])(arguments[0].getBoundingClientRect())", cell)
        assert 0 <= left < right <= 390
