"""The parts of the denial models: rates, measures, decisions, and the public record of reviews."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models_ml.denials import card
from models_ml.denials.config import DenialConfig
from models_ml.denials.decide import decide
from models_ml.denials.evaluation import area_under_curve, expected_calibration_error, measure, net_amount, windows
from models_ml.denials.rates import PRIOR_PROBABILITY, PRIOR_WEIGHT, RateTable, fit_rates
from models_ml.money import MISSING_CENTS

LEVELS = (("a",), ("a", "b"))


def decided(*groups: tuple[str, str, int, int]) -> pd.DataFrame:
    rows = [(a, b, float(n < won)) for a, b, count, won in groups for n in range(count)]
    return pd.DataFrame(rows, columns=["a", "b", "label"])


def test_without_decisions_the_table_gives_its_prior():
    table = fit_rates(decided(), LEVELS)
    assert table.predict(pd.DataFrame({"a": ["x"], "b": ["y"]})).tolist() == [PRIOR_PROBABILITY]


def test_everything_is_the_prior_and_the_decisions_weighed_together():
    table = fit_rates(decided(("x", "y", 90, 90)), LEVELS)
    assert table.everything.overturn_probability == pytest.approx((90 + PRIOR_WEIGHT * PRIOR_PROBABILITY) / 100)


def test_a_cell_lies_between_its_own_rate_and_its_parents():
    table = fit_rates(decided(("x", "y", 40, 36), ("x", "z", 40, 8), ("w", "z", 40, 4)), LEVELS)
    parent = table.cells[0][("x",)].overturn_probability
    assert parent < table.cells[1][("x", "y")].overturn_probability < 0.9
    assert 0.2 < table.cells[1][("x", "z")].overturn_probability < parent


def test_more_decisions_pull_a_cell_closer_to_its_own_rate():
    few = fit_rates(decided(("x", "y", 3, 3), ("x", "z", 60, 20)), LEVELS)
    many = fit_rates(decided(("x", "y", 60, 60), ("x", "z", 60, 20)), LEVELS)
    key = ("x", "y")
    assert few.cells[1][key].overturn_probability < many.cells[1][key].overturn_probability < 1


def test_cells_that_do_not_differ_are_drawn_together_and_cells_that_do_are_not():
    alike = fit_rates(decided(*((f"g{n}", "-", 50, 20) for n in range(8))), LEVELS)
    apart = fit_rates(decided(*((f"g{n}", "-", 50, 5 + 40 * (n % 2)) for n in range(8))), LEVELS)
    assert alike.weights[0] > 10 * apart.weights[0]


def test_an_unseen_reason_falls_back_to_its_class_and_an_unseen_class_to_everything():
    table = fit_rates(decided(("x", "y", 40, 36), ("w", "z", 40, 4)), LEVELS)
    seen = table.predict(pd.DataFrame({"a": ["x", "new"], "b": ["new", "new"]}))
    assert seen[0] == table.cells[0][("x",)].overturn_probability
    assert seen[1] == table.everything.overturn_probability


def test_a_table_survives_json():
    table = fit_rates(decided(("x", "y", 40, 36), ("w", "z", 40, 4)), LEVELS)
    assert RateTable.from_dict(table.to_dict()) == table


@given(
    st.lists(
        st.tuples(st.sampled_from("xyz"), st.sampled_from("pq"), st.integers(1, 30), st.integers(0, 30)), max_size=8
    )
)
@settings(max_examples=60)
def test_every_rate_is_strictly_between_zero_and_one(groups):
    table = fit_rates(decided(*((a, b, count, min(won, count)) for a, b, count, won in groups)), LEVELS)
    for cell in (table.everything, *(cell for cells in table.cells for cell in cells.values())):
        assert 0 < cell.overturn_probability < 1


def test_levels_that_do_not_nest_are_refused():
    with pytest.raises(ValueError, match="begin with the columns"):
        fit_rates(decided(("x", "y", 1, 1)), (("a",), ("b",)))


@pytest.mark.parametrize(
    ("labels", "probabilities", "expected"),
    [
        pytest.param([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], 1.0, id="perfect"),
        pytest.param([1, 1, 0, 0], [0.1, 0.2, 0.8, 0.9], 0.0, id="reversed"),
        pytest.param([0, 1], [0.5, 0.5], 0.5, id="tie"),
        pytest.param([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4], 0.75, id="one_pair_wrong"),
        pytest.param([1, 1], [0.5, 0.6], None, id="one_outcome"),
        pytest.param([], [], None, id="nothing"),
    ],
)
def test_area_under_the_curve(labels, probabilities, expected):
    assert area_under_curve(np.array(labels, float), np.array(probabilities, float)) == expected


def test_calibration_error_is_the_gap_between_what_was_said_and_what_happened():
    labels = np.array([1.0, 0.0] * 50)
    assert expected_calibration_error(labels, np.full(100, 0.5), bins=1) == 0.0
    assert expected_calibration_error(labels, np.full(100, 0.8), bins=1) == pytest.approx(0.3)
    assert expected_calibration_error(np.array([]), np.array([])) is None


def test_net_dollars_count_every_appeal_made_and_skip_unknown_amounts():
    labels = np.array([1.0, 0.0, 1.0])
    amounts = np.array([10050, 99999, MISSING_CENTS])
    chosen = np.array([True, True, True])
    assert net_amount(labels, amounts, chosen, Decimal("25.00")) == Decimal("50.50")


def test_the_expected_value_rule_beats_the_threshold_where_small_chances_carry_large_amounts():
    labels = np.array([1.0, 0.0, 1.0, 0.0])
    probabilities = np.array([0.4, 0.4, 0.9, 0.9])
    amounts = np.array([50000, 50000, 1000, 1000])
    metrics = measure(labels, probabilities, amounts, DenialConfig())
    assert metrics.net_amount == Decimal("450.00")
    assert metrics.threshold_net_amount == Decimal("-40.00")
    assert metrics.oracle_net_amount == Decimal("475.00")


def test_windows_follow_one_another_and_never_split_a_day():
    dates = pd.Series(pd.to_datetime(["2025-01-01"] * 500 + ["2025-02-01"] * 300 + ["2025-03-01"] * 300))
    cuts = windows(dates, DenialConfig(evaluated_share=0.5))
    assert [until for _, until in cuts[:-1]] == [after for after, _ in cuts[1:]]
    assert sum(((dates > after) & (dates <= until)).sum() for after, until in cuts) == 600


@pytest.mark.parametrize(
    ("probability", "amount", "denial_class", "expected"),
    [
        pytest.param(0.9, "100.00", "coding_bundling", ("90.00", True, False), id="worth_and_sure"),
        pytest.param(0.3, "100.00", "coding_bundling", ("30.00", True, True), id="worth_but_unsure"),
        pytest.param(0.2, "100.00", "coding_bundling", ("20.00", False, False), id="costs_more_than_it_brings"),
        pytest.param(0.25, "100.00", "coding_bundling", ("25.00", False, False), id="breaks_even"),
        pytest.param(0.95, "100.00", "medical_necessity", ("95.00", True, True), id="medical_necessity"),
        pytest.param(0.95, "100.00", "Medical necessity/documentation", ("95.00", True, True), id="spelt_otherwise"),
        pytest.param(0.95, None, "coding_bundling", (None, False, True), id="amount_unknown"),
        pytest.param(0.5, "100.01", "timely", ("50.00", True, True), id="half_to_even_down"),
        pytest.param(0.5, "100.03", "timely", ("50.02", True, True), id="half_to_even_up"),
    ],
)
def test_a_line_is_worth_appealing_when_probability_times_amount_exceeds_the_cost(
    probability, amount, denial_class, expected
):
    decision = decide(probability, None if amount is None else Decimal(amount), denial_class, DenialConfig())
    recovery, worth, human = expected
    assert decision.expected_recovery_amount == (None if recovery is None else Decimal(recovery))
    assert (decision.worth_appealing, decision.needs_human) == (worth, human)


def test_cost_and_floor_are_the_practices_own():
    config = DenialConfig(appeal_cost_amount=Decimal("10.00"), automatic_task_probability=0.15)
    decision = decide(0.2, Decimal("100.00"), "timely", config)
    assert (decision.worth_appealing, decision.needs_human) == (True, False)


@pytest.mark.shared
def test_on_the_public_record_both_models_reach_the_designs_figures(shared):
    frame = card.read_reviews(shared / "samples/appeals/imr_dmhc_2001_2016.csv.gz", delay_days=0)
    # the newest year, two retrainings: a part of the figures of card.md
    table, trees = card.figures(frame, "2016-01-01", "2017-01-01", step_months=6)
    assert table.auc > 0.70
    assert trees.auc > 0.74
    assert trees.auc > table.auc
    assert max(table.ece, trees.ece) < 0.07


@pytest.mark.slow
@pytest.mark.shared
def test_on_the_public_record_monthly_retraining_with_delayed_outcomes_stays_above_three_quarters(shared):
    frame = card.read_reviews(shared / "samples/appeals/imr_dmhc_2001_2016.csv.gz", delay_days=120)
    table, trees = card.figures(frame, "2015-01-01", "2017-01-01", step_months=1)
    assert trees.auc > 0.75 > table.auc > 0.70
