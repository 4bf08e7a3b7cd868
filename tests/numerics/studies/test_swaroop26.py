"""The studies of Swaroop26 and of Morwani23's ReLU network: rules, verdicts with planted faults, resuming."""

import numpy as np
import pytest

from numerics.analysis.wave_distances import PLANES, POINTWISE
from numerics.models import idealised
from numerics.studies import morwani23_relu, swaroop26
from numerics.studies.study import Found
from numerics.studies.swaroop26 import SATURATED, SIZES, Size, examine, stop, train
from numerics.studies.swaroop26_claims import settled
from numerics.studies.swaroop26_table1 import MOST_Z, PAPER, best, cell, z_score

TINY = Size(13, 24, 4.0, 2.5, {0.0: 60, 0.3: 60}, 10_000)


def test_the_paper_s_rule_of_stopping():
    def history(*accuracies):
        return [{"step": 100 * i, "validation_accuracy": value} for i, value in enumerate(accuracies)]

    assert stop(history(0.1, 0.2, 0.3), 200) is None
    assert stop(history(0.1, 0.2, 0.9991), 200) == "solved"
    assert stop(history(0.1, 0.3, 0.3, 0.30005), 200) == "no improvement"
    assert stop(history(0.1, 0.3, 0.3, 0.3002), 200) is None


def test_a_run_goes_on_with_its_saturation(tmp_path):
    """Cut after saturation and taken up again, or finished and read again: what an uncut run gives."""

    def run(steps, folder):
        return train(Size(13, 64, 4.0, 2.5, {0.0: steps}, 10_000), 0.0, folder)

    whole = run(500, None)
    assert whole.saturation is not None
    first = next(record["step"] for record in whole.history if record["train_accuracy"] >= SATURATED)
    assert first < 450
    run(450, tmp_path / "run")
    for again in (run(500, tmp_path / "run"), run(500, tmp_path / "run")):
        assert again.saturation is not None
        np.testing.assert_array_equal(again.saturation.a, whole.saturation.a)
        np.testing.assert_array_equal(again.final.out, whole.final.out)
        assert again.history == whole.history
    assert (whole.saturation.a != whole.final.a).any()


def test_z_scores():
    assert z_score(0.5, 0.04, 40, 0.5, 0.03) == 0
    assert z_score(0.51, 0.03, 40, 0.50, 0.04) == pytest.approx(0.01 / (0.05 / 40**0.5))


@pytest.mark.parametrize("fault", ["phases", "frequency", "shape"])
def test_a_wrong_network_misses_the_table(fault, monkeypatch):
    """The planted faults: another phase relation, few frequencies, a cosine where a square belongs."""
    exact = idealised.idealised

    def faulty(p, frequency, phases, kind):
        t_a, t_b, t_out = phases
        if fault == "phases":
            return exact(p, frequency, (t_a, t_b, t_out + 0.05), kind)
        if fault == "frequency":
            return exact(p, frequency % 8, phases, kind)
        return exact(p, frequency, phases, "Sq->Cos")

    monkeypatch.setattr(idealised, "idealised", faulty)
    assert abs(cell(97, 64, "Sq->Sq", 12)["z"]) > MOST_Z


def test_a_cell_agrees_and_the_lead_is_a_lead():
    cells = [cell(97, 64, kind, 12) for kind in PAPER[64]]
    assert all(abs(found["z"]) <= MOST_Z for found in cells)
    lead = best(cells)
    assert lead["interval"][0] > 0
    cells[0]["values"], cells[1]["values"] = cells[1]["values"], cells[0]["values"]  # the plant: names exchanged
    assert best(cells)["interval"][1] < 0


def good_rows():
    """Rows as the paper would have them."""
    related = {"correlation": 0.9995, "median": 0.001, "largest": 0.01, "neurons": 212}
    test = {"t": -27.0, "freedom": 211, "p_value": 1e-60, "mean": -0.1, "interval": [-0.11, -0.09]}
    kinds = {"Sq->Sq": 0.97, "Sq->Cos": 0.998, "Cos->Cos": 0.999}

    def point(real, structured):
        return {
            "accuracy": {"real": real} | kinds,
            "real_interval": [real, real],
            "without_low": real,
            "neurons": 256,
            "structured": structured,
            "same_frequency": {"all": 0.93, "structured": 1.0},
            "phase_sum": {"structured": related, "same_frequency": related},
            "fits": {"structured": {"paper": test, "fair": test}},
            "distances": {"structured": {name: {"paper": test, "fair": test} for name in (*POINTWISE, *PLANES)}},
        }

    def row(alpha, real, structured):
        kept = {"step": 30_000, "validation_accuracy": real} | kinds
        points = {"saturation": point(0.0001, 0), "final": point(real, structured)}
        return {"alpha": alpha, "steps": 40_000, "history": [kept]} | points

    return [row(0.0, 0.9992, 212), row(0.30, 0.0023, 7)]


def grades(rows):
    return {claim.key: claim.grade for claim in swaroop26.claims(SIZES["full"], Found({"rows": rows}))}


def test_the_paper_s_own_numbers_are_reproduced():
    assert set(grades(good_rows()).values()) == {"reproduced"}


FAULTS = {
    "clean_accuracy": lambda row: row["final"]["accuracy"].update(real=0.5),
    "clean_structured": lambda row: row["final"].update(structured=10),
    "clean_phases": lambda row: row["final"]["phase_sum"]["structured"].update(correlation=0.5),
    "clean_low": lambda row: row["final"].update(without_low=0.5),
    "clean_sq_cos": lambda row: row["final"]["accuracy"].update({"Sq->Cos": 0.4}),
    "saturation_least": lambda row: row["saturation"]["accuracy"].update({"Sq->Sq": 0.05}),
    "saturation_accuracy": lambda row: row["saturation"]["accuracy"].update(real=0.5),
    "clean_square_fair": lambda row: row["final"]["fits"]["structured"]["fair"].update(interval=[0.1, 0.2]),
    "clean_square_plane_turns_paper": lambda row: row["final"]["distances"]["structured"]["plane_turns"].update(
        paper={"t": 3.0, "freedom": 211, "mean": 0.15, "interval": [0.1, 0.2]}
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_every_verdict_can_fail(name):
    rows = good_rows()
    FAULTS[name](rows[0])
    assert grades(rows)[name] == "not"


def test_one_bad_seed_spoils_a_level():
    rows = good_rows() + good_rows()
    assert set(grades(rows).values()) == {"reproduced"}
    rows[2]["final"]["accuracy"]["real"] = 0.95
    assert grades(rows)["clean_accuracy"] == "partly"


def test_a_level_has_settled_when_its_last_quarter_is_flat():
    row = good_rows()[0]
    assert settled(row)
    row["history"][0]["Sq->Sq"] -= 0.02
    assert not settled(row)
    assert not settled(row | {"history": []})


def test_a_level_without_numbers_of_the_paper_is_measured_and_its_cells_are_judged():
    rows = good_rows()
    rows[1]["alpha"] = 0.05
    found = grades(rows)
    assert (found["noise_05_real"], found["noise_05_sq_sq"]) == ("measured", "reproduced")
    rows[1]["final"]["accuracy"]["Sq->Sq"] = 0.8
    assert grades(rows)["noise_05_sq_sq"] == "partly"


def test_a_noisy_network_that_generalises_or_holds_nothing_is_not_the_claim():
    rows = good_rows()
    rows[1]["final"]["accuracy"] = {"real": 0.9, "Sq->Sq": 0.1, "Sq->Cos": 0.2, "Cos->Cos": 0.1}
    found = grades(rows)
    assert found["noise_30_chance"] == "not"
    assert found["noise_30_best"] == "not"


def test_zeroing_and_extraction_are_on_the_validation_pairs():
    run = train(TINY, 0.0, None)
    found = examine(run.final, run.data, TINY)
    assert found["validation_pairs"] == 13 * (13 - 4), "all but 30% of every class, rounded"
    assert found["accuracy"]["real"] == pytest.approx(run.history[-1]["validation_accuracy"], abs=0.02)


def test_the_paper_s_schedule_doubles_ten_times():
    full = morwani23_relu.SIZES["full"]
    factors = [morwani23_relu.rate_factor(full, step) for step in (0, 999, 1000, 2500, 10_000, 39_999)]
    assert [full.rate * factor for factor in factors] == [0.05, 0.05, 0.1, 0.2, 51.2, 51.2]


def test_the_verdict_on_relu_can_fail():
    relu = {"share": {"mean": 0.6, "interval": [0.5, 0.7], "seeds": 2}}
    rows = [{"share": share} for share in (0.65, 0.5, 0.55, 0.5)]  # ReLU, square, ReLU, square
    found = Found({"over_seeds": {"relu": relu}, "rows": rows})
    assert {claim.grade for claim in morwani23_relu.claims(morwani23_relu.SIZES["full"], found)} == {"not"}
