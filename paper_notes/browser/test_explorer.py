"""The explorer: its arithmetic against ours, its controls, and what it says about files, good and bad."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from numerics.components import Spectrum
from paper_notes.browser.conftest import Browser
from theory.account import account
from theory.construction import construct
from theory.floats import weights
from theory.groups import load_group
from theory.margin import frequency_masses, max_margin_float
from theory.network_file import NetworkFile, save_network
from theory.task import Task, class_weighted_margins, logits, margins, network_norm, normalised_margin

# A network of the page from lists of numbers.
NET = (
    "{k: arguments[0], p: arguments[1], u: Float64Array.from(arguments[2]), w: Float64Array.from(arguments[3]), "
    "m: arguments[4]}"
)


@pytest.fixture
def page(browser: Browser, site: Path) -> Browser:
    browser.open(site / "explorer.html")
    return browser


def send(u: np.ndarray, w: np.ndarray) -> tuple:
    return u.shape[1], u.shape[2], u.ravel().tolist(), w.ravel().tolist(), len(u)


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
def test_margin_and_masses(page: Browser, k: int) -> None:
    for p in (2, 3, 4, 7, 12, 31):
        assert page.ask("FM.gamma(arguments[0], arguments[1])", k, p) == pytest.approx(
            max_margin_float(k, p), rel=1e-14
        )
        found = page.ask("FM.masses(arguments[0], arguments[1])", k, p)[1:]
        assert found == pytest.approx([float(x) for x in frequency_masses(k, p).values()], rel=1e-14)


@pytest.mark.parametrize("method", ["minimal", "li24"])
@pytest.mark.parametrize(("k", "p"), [(1, 5), (2, 7), (2, 8), (3, 5), (3, 4), (4, 3)])
def test_network_is_the_exact_one(page: Browser, k: int, p: int, method: str) -> None:
    u, w = weights(construct(k, p, method))
    found = page.ask("(net => [Array.from(net.u), Array.from(net.w)])(FM.network(...arguments))", k, p, method)
    np.testing.assert_allclose(found[0], u.ravel(), atol=4e-16)
    np.testing.assert_allclose(found[1], w.ravel(), atol=4e-16)


@pytest.mark.parametrize(("k", "p"), [(1, 4), (2, 5), (2, 6), (3, 4)])
def test_margin_and_spectrum_of_any_network(page: Browser, k: int, p: int) -> None:
    rng = np.random.default_rng(0)
    u, w = rng.normal(size=(6, k, p)), rng.normal(size=(6, p))
    found = page.ask(f"FM.normalisedMargin({NET}).value", *send(u, w))
    assert found == pytest.approx(normalised_margin(Task.cyclic(k, p), u, w), rel=1e-11)
    spectrum, neurons = Spectrum(u, w), page.ask(f"FM.spectrum({NET}).neurons", *send(u, w))
    for key, values in (("zeta", spectrum.frequency), ("purity", spectrum.purity), ("mass", spectrum.mass)):
        np.testing.assert_allclose([neuron[key] for neuron in neurons], values, rtol=1e-10)
    error = np.array([neuron["phaseError"] for neuron in neurons]) - spectrum.phase_error
    np.testing.assert_allclose(error - np.round(error), 0, atol=1e-9)


@pytest.mark.parametrize(("k", "p"), [(1, 5), (2, 5), (2, 6), (3, 4), (4, 3)])
def test_account_of_any_network(page: Browser, k: int, p: int) -> None:
    rng = np.random.default_rng(k)
    u, w = rng.normal(size=(6, k, p)), rng.normal(size=(6, p))
    found = page.ask(f"FM.account({NET})", *send(u, w))
    task = Task.cyclic(k, p)
    g, weighted = margins(task, logits(u, w)), class_weighted_margins(task, logits(u, w))
    passed = SimpleNamespace(minimum=g.min(), weighted_minimum=weighted.min(), weighted_mean=weighted.mean())
    scale = max_margin_float(k, p) * float(network_norm(u, w)) ** (k + 1)
    ours = account(np.concatenate([u, w[:, None]], axis=1), None, scale, passed)
    names = ("DC", "concentration", "balance", "phase", "spread over the inputs", "ties of wrong labels")
    np.testing.assert_allclose(found["losses"], [ours.losses()[name] for name in names], atol=1e-10)
    assert found["margin"] == pytest.approx(ours.margin, abs=1e-10)


def enter(page: Browser, name: str, value: str) -> None:
    """Write into a field as a reader does."""
    script = (
        "const e = document.getElementById(arguments[0]); e.value = arguments[1]; e.dispatchEvent(new Event('input'));"
    )
    page.driver.execute_script(script, name, value)


def slide(page: Browser, box: str, index: int, value: float) -> None:
    """Move the slider of this place in a box."""
    script = (
        "const e = document.querySelectorAll('#' + arguments[0] + ' input[type=range]')[arguments[1]]; "
        "e.value = arguments[2]; e.dispatchEvent(new Event('input', {bubbles: true}));"
    )
    page.driver.execute_script(script, box, index, value)


def text(page: Browser, name: str) -> str:
    return page.driver.find_element(By.ID, name).text


def losses(page: Browser) -> list[float]:
    """What the waterfall shows, in its order."""
    return page.ask("FM.account(State.shown).losses")


def test_controls(page: Browser) -> None:
    enter(page, "k", "3")
    enter(page, "p", "5")
    assert "32 (16 at this frequency" in text(page, "summary")
    assert "proved" in text(page, "summary")
    assert "1.00000000" in text(page, "summary")
    enter(page, "method", "li24")
    assert "64 (32 at this frequency" in text(page, "summary")
    for width, answer in (("31", "No"), ("32", "Yes")):
        enter(page, "m", width)
        assert text(page, "enough").startswith(answer)
    enter(page, "k", "4")
    enter(page, "p", "8")
    enter(page, "zeta", "4")
    assert "8 at this frequency" in text(page, "summary")
    enter(page, "p", "99")
    assert "p must be an integer from 2 to 31" in text(page, "message")
    assert page.complaints() == []


def test_a_slider_and_its_number_are_one(page: Browser) -> None:
    script = "const e = document.querySelector('[data-of=p]'); e.value = 11; e.dispatchEvent(new Event('input'));"
    page.driver.execute_script(script)
    assert page.ask("document.getElementById('p').value") == "11"
    assert "2 inputs modulo 11" in text(page, "summary")
    enter(page, "p", "5")
    assert page.ask("document.querySelector('[data-of=p]').value") == "5"


def test_a_turned_hand_costs_what_the_theorem_says(page: Browser) -> None:
    """Every output hand of frequency 1 a quarter of a turn off: its third of the norm is worth cos(90 degrees)."""
    assert max(losses(page)) < 1e-9
    page.driver.find_element(By.ID, "every").click()
    start = page.ask("Number(document.querySelectorAll('#phases input[type=range]')[2].value)")
    slide(page, "phases", 2, (start + 0.25) % 1)
    by = page.ask("State.turns[2]")
    assert abs(np.cos(2 * np.pi * by)) < 0.02
    assert losses(page)[3] == pytest.approx((1 - np.cos(2 * np.pi * by)) / 3, abs=1e-9)
    assert "exact verdict" not in text(page, "summary")
    assert "with a hand turned" in text(page, "summary")
    page.driver.find_element(By.ID, "straighten").click()
    assert max(losses(page)) < 1e-9
    assert "exact verdict" in text(page, "summary")


def test_a_hand_can_be_dragged(page: Browser) -> None:
    before = page.ask("Number(document.querySelectorAll('#phases input[type=number]')[0].value)")
    hand = page.driver.find_element(By.CSS_SELECTOR, "#circle [data-hand='0']")
    page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", hand)
    ActionChains(page.driver).move_to_element(hand).click_and_hold().move_by_offset(-60, 30).release().perform()
    after = page.ask("Number(document.querySelectorAll('#phases input[type=number]')[0].value)")
    assert abs(after - before) > 0.02
    assert losses(page)[3] > 1e-3
    assert "turns=" in page.ask("location.hash")


def test_outputs_for_chosen_inputs(page: Browser) -> None:
    slide(page, "inputs", 0, 2)
    slide(page, "inputs", 1, 6)
    assert "2 + 6 = 1 modulo 7: right, margin at this input 1.0000" in text(page, "logits-said")
    u, w = weights(construct(2, 7))
    found = page.ask("Array.from(FM.logits(State.shown, [2, 6]))")
    np.testing.assert_allclose(found, logits(u, w)[2, 6], atol=1e-15)


def test_a_training_is_played_back(page: Browser) -> None:
    page.driver.find_element(By.ID, "play").click()
    WebDriverWait(page.driver, 60).until(lambda _: int(page.ask("State.frame")) >= 2)
    page.driver.execute_script("if (State.timer) document.getElementById('play').click()")  # unless it has ended
    stopped = page.ask("State.frame")
    assert "descent" in text(page, "summary")
    assert text(page, "play") == "Play"
    run = "RUNS[document.getElementById('run').value]"
    enter(page, "look", str(page.ask(f"{run}.looks.length - 1")))
    assert page.ask("State.frame") >= stopped
    last = page.ask(f"{run}.curves['margin / γ*'].at(-1)")
    assert last > 0.9999
    # Sixteen bits keep the margin to four digits.
    assert page.ask("FM.account(State.shown).margin") == pytest.approx(last, abs=2e-3)
    enter(page, "run", "grokking")
    assert "grokking" in text(page, "summary")
    assert page.ask("State.base.p") == page.ask("RUNS.grokking.p")
    page.driver.find_element(By.ID, "back").click()
    assert "the exact network" in text(page, "summary")
    assert page.complaints() == []


def test_the_address_holds_what_is_shown(page: Browser, site: Path) -> None:
    enter(page, "k", "3")
    enter(page, "p", "5")
    enter(page, "zeta", "2")
    slide(page, "inputs", 2, 4)
    slide(page, "phases", 0, 0.4)
    address, margin = page.ask("location.hash"), page.ask("FM.account(State.shown).margin")
    page.open(site / "index.html")
    page.driver.get((site / "explorer.html").resolve().as_uri() + address)
    assert page.ask("[State.base.k, State.base.p, State.input[2], chosen().zeta]") == [3, 5, 4, 2]
    assert page.ask("FM.account(State.shown).margin") == pytest.approx(margin, abs=1e-3)
    page.driver.get((site / "index.html").resolve().as_uri())
    page.driver.get((site / "explorer.html").resolve().as_uri() + "#k=x&p=99&run=none&look=-3&turns=1,b&group=Z")
    assert page.complaints() == []
    assert page.ask("State.base.p") == 31


def test_groups_have_the_margin_of_the_theorem(page: Browser) -> None:
    measured = (
        "Object.entries(GROUPS).map(([name, g]) => { const v = Float64Array.from(new Float32Array("
        "Uint8Array.from(atob(g.weights), c => c.charCodeAt(0)).buffer)); const net = {k: 2, p: g.n, m: g.m, "
        "table: TABLE, u: v.slice(0, 2 * g.m * g.n), w: v.slice(2 * g.m * g.n)}; "
        "return FM.normalisedMargin(net).value / g.gamma; })"
    )
    assert page.ask("Math.max(...Object.values(GROUPS).map(g => g.n))") == 24
    np.testing.assert_allclose(page.ask(measured.replace("TABLE", "g.table")), 1, atol=1e-5)
    # With two neighbouring entries of the table exchanged some answers are wrong.
    wrong = page.ask(measured.replace("TABLE", "g.table.with(1, g.table[2]).with(2, g.table[1])"))
    assert max(wrong) < 0.5
    enter(page, "group", "S4")
    enter(page, "group-a", "5")
    enter(page, "group-b", "7")
    product = load_group("S4").table[5][7]
    assert f"5 · 7 = {product}." in text(page, "group-said")
    assert "group=S4" in page.ask("location.hash")


def test_data_are_what_the_core_decides(page: Browser) -> None:
    assert page.ask("Object.keys(DATA).length") == 5 * 30 + 1
    assert page.ask("Object.values(DATA).filter(x => x.maximum && !(x.maximum.minimal && x.maximum.li24)).length") == 0


def verdict(page: Browser, path: Path) -> str:
    page.driver.find_element(By.ID, "file").send_keys(str(path))
    box = page.driver.find_element(By.ID, "verdict")
    WebDriverWait(page.driver, 20).until(lambda _: box.text and "Looking" not in box.text)
    return box.text


def test_optimal_and_random_files(page: Browser, site: Path, tmp_path: Path) -> None:
    u, w = weights(construct(2, 7))
    save_network(tmp_path / "best.safetensors", NetworkFile(300 * u, 300 * w, 2, 7))
    found = verdict(page, tmp_path / "best.safetensors")
    assert found.count("passed") == 4
    assert "1.000000000" in found
    assert "best.safetensors" in text(page, "summary")
    np.testing.assert_allclose(page.ask("Array.from(State.shown.w)"), (w / max(abs(u).max(), abs(w).max())).ravel())
    page.open(site / "explorer.html")
    rng = np.random.default_rng(1)
    u, w = (rng.normal(size=shape).astype(np.float32) for shape in ((9, 2, 5), (9, 5)))
    save_network(tmp_path / "random.safetensors", NetworkFile(u, w, 2, 5))
    found = verdict(page, tmp_path / "random.safetensors")
    ratio = normalised_margin(Task.cyclic(2, 5), u.astype(float), w.astype(float)) / max_margin_float(2, 5)
    assert "failed" in found
    assert f"{ratio:.9f}" in found


def hostile() -> dict[str, tuple[bytes, str]]:
    metadata = {"format": "fourier-margin/network", "version": "1", "activation": "power", "k": "2", "p": "3"}
    u = {"dtype": "F64", "shape": [1, 2, 3], "data_offsets": [0, 48]}
    w = {"dtype": "F64", "shape": [1, 3], "data_offsets": [48, 72]}

    def file(header: object, body: bytes = bytes(72)) -> bytes:
        text = json.dumps(header).encode()
        return len(text).to_bytes(8, "little") + text + body

    whole = {"__metadata__": metadata, "u": u, "w": w}
    return {
        "empty": (b"", "too short"),
        "length": ((2**63).to_bytes(8, "little") + bytes(40), "does not fit"),
        "text": ((20).to_bytes(8, "little") + b"x" * 20, "not JSON"),
        "metadata": (file({"u": u, "w": w}), "string metadata"),
        "modulus": (file({**whole, "__metadata__": {**metadata, "p": "1e9"}}), "metadata p must be"),
        "shape": (file({**whole, "u": {**u, "shape": [1, 3, 2]}}), "must have shape"),
        "outside": (file({**whole, "w": {**w, "data_offsets": [480, 504]}}), "inside the file"),
        "missing": (file({"__metadata__": metadata, "u": u}), "must hold the tensor w"),
        "group": (file({**whole, "table": {}}), "fourier-margin verify"),
        "zero": (file(whole), "not zero"),
        "nan": (file(whole, b"\xff" * 72), "finite"),
        "markup": (
            file({**whole, "__metadata__": {**metadata, "format": "<img src=x onerror=alert(1)>"}}),
            "format must be",
        ),
    }


@pytest.mark.parametrize("name", hostile())
def test_hostile_files_are_refused_in_words(page: Browser, tmp_path: Path, name: str) -> None:
    content, words = hostile()[name]
    (tmp_path / f"{name}.safetensors").write_bytes(content)
    assert words in verdict(page, tmp_path / f"{name}.safetensors")
    assert page.complaints() == []
