"""Reports: the contract's fields, nothing executable from a file, figures that take and return their axes."""

import dataclasses
import html.parser
import json
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from tests.verify.networks import changed, constructed
from theory.files import write_json
from theory.network_file import NetworkFile
from verify.network_checks import Examination, examine
from verify.report import figures
from verify.report.document import margin_history, report_document
from verify.report.page import page, write_page
from verify.result import CheckResult
from verify.subject import Subject

EVIL = "</title><script>alert('1')</script><img src=x onerror=alert(1)>{{ 7*7 }}"
FIELDS = {"key", "statement", "label", "status", "measured", "predicted", "error", "tolerance", "detail"}


class Reader(html.parser.HTMLParser):
    """Tags, ids and attributes of a page; complains about tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in ("meta", "br"):
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def report_of(
    network: NetworkFile, name: str = "net.safetensors", folder: Path | None = None
) -> tuple[dict, Examination]:
    examination = Examination(Subject.of(network))
    document = report_document(name, examination, folder=folder)
    document["checks"] = [result.to_json() for result in examine(examination)]
    return document, examination


def noisy(k: int = 2, p: int = 7) -> NetworkFile:
    network = constructed(k, p)
    rng = np.random.default_rng(0)
    return changed(network, network.u + 0.05 * rng.normal(size=network.u.shape), network.w)


def test_contract_fields() -> None:
    document, _ = report_of(noisy())
    document = json.loads(json.dumps(document, allow_nan=False))
    assert (document["format"], document["version"]) == ("fourier-margin/report", 1)
    assert document["checks"]
    assert all(set(check) == FIELDS for check in document["checks"])
    assert {check["status"] for check in document["checks"]} == {"passed", "failed"}
    low, high = document["margin_over_gamma"]
    assert document["account"]["margin_over_gamma"] == pytest.approx((low + high) / 2, rel=1e-12)


@pytest.mark.parametrize(("k", "p"), [(1, 5), (2, 2), (2, 7), (3, 4), (2, 12)])
def test_page_is_self_contained(k: int, p: int) -> None:
    text = page(*report_of(noisy(k, p)))
    reader = Reader(text)
    assert not {"script", "link", "iframe", "object", "embed", "base", "form"} & set(reader.tags)
    assert len(set(reader.ids)) == len(reader.ids)
    for name, value in reader.attributes:
        assert not name.startswith("on")
        if name in ("src", "href", "xlink:href"):
            assert value
            assert value.startswith(("#", "data:image/png;base64,"))
    assert not re.search(r"url\((?!#)|@import", text)
    targets = set(re.findall(r'(?:url\(#|href="#)([^")]+)', text))
    assert targets <= set(reader.ids)
    labels = [value for name, value in reader.attributes if name == "aria-label"]
    assert reader.tags.count("svg") == reader.tags.count("figure") == len(labels) - 1 >= 3
    assert "prefers-color-scheme: dark" in text
    assert "width=device-width" in text


def test_everything_from_a_file_is_escaped(tmp_path: Path) -> None:
    network = NetworkFile(
        noisy().u, noisy().w, 2, 7, None, {"recipe": EVIL, "group": EVIL, "lambda": EVIL, "seed": EVIL}
    )
    write_json(tmp_path / "history.json", {"records": [{"phase": EVIL, "step": 1, "margin": 0.5},
                                                       {"phase": "x" + EVIL, "step": 2, "margin": 0.6}]})  # fmt: skip
    document, examination = report_of(network, EVIL, tmp_path)
    document["checks"].append(CheckResult(EVIL, EVIL, "failed", detail=EVIL).to_json())
    text = page(document, examination)
    assert EVIL not in text
    assert "<script" not in text
    assert "{{ 7*7 }}" in text  # shown, not evaluated
    assert not {"script", "img"} & set(Reader(text).tags)


def test_groups_have_figures() -> None:
    from theory.groups import load_group
    from theory.groups.construction import construct

    found = construct(load_group("S3"), 2)
    table = np.array(found.group.table)
    text = page(*report_of(NetworkFile(found.u, found.w, 2, 6, table, {"group": "S3"})))
    assert Reader(text).tags.count("svg") == 3
    assert "Mass of every representation" in text


def test_history_is_read_beside_the_network(tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    assert margin_history(path) == []
    records = [{"phase": "descent", "step": i, "margin": 1 - 2.0**-i, "loss": 1.0} for i in range(5)]
    write_json(path, {"records": records})
    assert [record["margin"] for record in margin_history(path)] == [record["margin"] for record in records]
    document, examination = report_of(noisy(), folder=tmp_path)
    assert "Margin over training" in page(document, examination)
    for bad in ("[", "{}", '{"records": 3}', '{"records": [{"step": "x", "margin": 1}]}', '{"records": [[]]}', "[NaN]"):
        path.write_text(bad)
        assert margin_history(path) == []


def test_page_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "report.html"
    document, examination = report_of(noisy())
    write_page(target, document, examination)
    before = target.read_text()
    assert list(tmp_path.iterdir()) == [target]
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(ValueError, match="No space left"):
        write_page(target, document | {"name": "other"}, examination)
    assert target.read_text() == before
    assert list(tmp_path.iterdir()) == [target]


def test_page_without_a_network() -> None:
    document = report_document("net.json")
    document["checks"] = [CheckResult("Li24:Theorem 4.1.1", "exactly", "proved").to_json()]
    text = page(document)
    assert 'class="verdict good"' in text
    assert "<svg" not in text


def test_figures_return_their_axes() -> None:
    wave = np.cos(2 * np.pi * np.arange(7) / 7)
    calls = {
        "draw_weights": (np.stack([wave] * 3), 1, np.zeros(3), 1e-3),
        "draw_spectra": (np.eye(3), ["1", "2", "3"]),
        "draw_masses": (np.ones(3) / 3, np.ones(3) / 3, ["1", "2", "3"]),
        "draw_phase_sums": (np.array([0.1, 1.2]), np.array([0.1, 0.2])),
        "draw_history": ([{"phase": "a", "step": 1, "margin": 0.5}, {"phase": "b", "step": 2, "margin": 1.0}],),
        "draw_account": ({"phase": 0.3, "spread": -0.1}, 0.8),
    }
    for name, arguments in calls.items():
        ax = Figure().subplots()
        assert getattr(figures, name)(ax, *arguments) is ax
        assert ax.has_data()
    ax = figures.draw_account(Figure().subplots(), {"phase": 1e-9, "DC": 0.0}, 1 - 1e-9)
    assert ax.get_xscale() == "log"


def test_waterfall_ends_at_the_margin() -> None:
    losses = {"DC": 0.2, "phase": 0.3, "ties": 0.1}
    ax = figures.draw_account(Figure().subplots(), losses, 0.4)
    bars = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in ax.patches]
    assert bars[0] == (0, 1)
    assert bars[-1] == pytest.approx((0, 0.4))
    for before, after in pairwise(bars[1:-1]):
        assert after[0] == pytest.approx(before[1])
    assert bars[-2][1] == pytest.approx(0.4)


def test_a_long_history_is_thinned_and_keeps_its_extremes(tmp_path: Path) -> None:
    margins = np.random.default_rng(0).random(40_000)
    margins[[12_345, 23_456]] = -5, 0.999999
    records = [{"phase": f"p{i % 7}", "step": i, "margin": x} for i, x in enumerate(margins.tolist())]
    (tmp_path / "history.json").write_text(json.dumps({"records": records}))
    found = margin_history(tmp_path / "history.json")
    assert len(found) <= 2000
    assert {0, 12_345, 23_456, 39_999} <= {record["step"] for record in found}
    assert found == sorted(found, key=lambda record: record["step"])
    ax = figures.draw_history(Figure().subplots(), found)
    assert len(ax.texts) <= 20
    short = records[:2000]
    (tmp_path / "history.json").write_text(json.dumps({"records": short}))
    assert len(margin_history(tmp_path / "history.json")) == 2000


def test_a_report_says_by_which_stage_the_margin_was_reached() -> None:
    network = constructed(2, 5)
    polished = {"stage": "polish", "descent_margin": "0.98", "relative_gradient": "5e-05"}
    document, examination = report_of(dataclasses.replace(network, metadata=network.metadata | polished))
    for word in ("polish", "0.98 gamma*", "every weight free", "5e-05"):
        assert word in document["reached"]
    assert "0.98 gamma*" in page(document, examination)
    assert document["network"]["margin from"] == "every input"
    for silent in ({}, {"stage": "<b>"}):
        assert "reached" not in report_of(dataclasses.replace(network, metadata=network.metadata | silent))[0]
