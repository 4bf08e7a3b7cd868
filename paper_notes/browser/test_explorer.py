"""The explorer: its arithmetic against ours, its controls, and what it says about files, good and bad."""

import json
from pathlib import Path

import numpy as np
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from numerics.components import Spectrum
from paper_notes.browser.conftest import Browser
from theory.construction import construct
from theory.floats import weights
from theory.margin import frequency_masses, max_margin_float
from theory.network_file import NetworkFile, save_network
from theory.task import Task, normalised_margin

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


def test_controls(page: Browser) -> None:
    def enter(name: str, value: str) -> None:
        page.driver.execute_script(
            "const e = document.getElementById(arguments[0]); e.value = arguments[1]; "
            "e.dispatchEvent(new Event('input'));",
            name,
            value,
        )

    def text(name: str) -> str:
        return page.driver.find_element(By.ID, name).text

    enter("k", "3")
    enter("p", "5")
    assert "32 (16 at this frequency" in text("summary")
    assert "proved" in text("summary")
    assert "1.00000000" in text("summary")
    enter("method", "li24")
    assert "64 (32 at this frequency" in text("summary")
    for width, answer in (("31", "No"), ("32", "Yes")):
        enter("m", width)
        assert text("enough").startswith(answer)
    enter("k", "4")
    enter("p", "8")
    enter("zeta", "4")
    assert "8 at this frequency" in text("summary")
    enter("p", "99")
    assert "p must be an integer from 2 to 31" in text("message")
    assert page.complaints() == []


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
