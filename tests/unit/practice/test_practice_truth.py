import csv
import datetime as dt

import numpy as np
import pytest
from practice_files import read_practice

from orchestration.practice.adjudication import NOTHING
from orchestration.practice.generate import generate
from orchestration.practice.people import PAYERS, SELF_PAY
from orchestration.practice.truth import rank_auc
from orchestration.practice.world import make_world


@pytest.mark.parametrize(
    ("probability", "outcome", "expected"),
    [
        pytest.param([0.1, 0.4, 0.8], [0, 0, 1], 1.0, id="perfect"),
        pytest.param([0.1, 0.4, 0.8], [1, 0, 0], 0.0, id="reversed"),
        pytest.param([0.5, 0.5, 0.5, 0.5], [1, 0, 1, 0], 0.5, id="no information"),
        pytest.param([0.2, 0.6, 0.6, 0.9], [0, 1, 0, 1], 0.875, id="one tie"),
        pytest.param([0.2, 0.6], [1, 1], 0.5, id="one outcome only"),
    ],
)
def test_the_area_under_the_curve_counts_pairs(probability, outcome, expected):
    assert rank_auc(np.array(probability), np.array(outcome, dtype=float)) == pytest.approx(expected)


@pytest.fixture(scope="module")
def world():
    return make_world(providers=6, start=dt.date(2025, 11, 1), days=390, seed=7)


def test_a_year_of_six_providers_has_the_size_of_a_real_one(world):
    assert 60_000 <= world.encounters.line_visit.size * 365 / 390 <= 75_000
    assert 350 <= len(world.remittances.remittances) * 365 / 390 <= 700


def test_about_a_tenth_of_claims_is_denied_at_first_and_payers_differ(world):
    encounters, outcomes = world.encounters, world.outcomes
    is_denied = outcomes.denial_class != NOTHING
    assert is_denied[encounters.payer != SELF_PAY].mean() == pytest.approx(0.11, abs=0.012)
    rates = [is_denied[encounters.payer == payer].mean() for payer in range(len(PAYERS))]
    assert min(rates) < 0.07
    assert max(rates) > 0.14
    assert all(0.03 <= rate <= 0.20 for rate in rates)


def test_enough_appeals_are_decided_for_a_model_and_the_best_possible_one_is_good_but_not_perfect(world):
    outcomes = world.outcomes
    decided = outcomes.is_appealed & (outcomes.second_day != NOTHING) & (outcomes.second_day < world.days.count)
    assert decided.sum() >= 600
    probability = outcomes.overturn_probability[decided]
    assert 0.80 <= rank_auc(probability, probability) <= 0.85
    waits = (outcomes.second_day - outcomes.first_day)[outcomes.is_appealed]
    assert 17 <= waits.min() <= waits.max() <= 70


def test_payers_pay_after_their_own_time(world):
    encounters, outcomes = world.encounters, world.outcomes
    lag = outcomes.first_day - encounters.submit_day
    for index, payer in enumerate(PAYERS):
        of_payer = lag[encounters.payer == index]
        if payer.rhythm == "medicare":
            assert of_payer.min() >= 14
        elif payer.rhythm == "medicaid":
            assert 20 <= of_payer.min() <= of_payer.max() <= 75
        else:
            assert 18 <= np.median(of_payer) <= 34


def test_the_practice_stays_solvent_with_little_to_spare(world):
    payroll = world.payroll[-1].gross + world.payroll[-1].employer_taxes
    assert 0 < world.account.lowest_balance() < payroll
    assert world.account.balance_after(world.days.dates[389]) < 5 * payroll


def test_denials_are_written_with_cause_probability_and_outcome(tmp_path):
    manifest = generate(tmp_path, providers=1, start=dt.date(2025, 11, 1), days=120, seed=3)
    with (tmp_path / "truth" / "denials.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == manifest.counts["denied_lines"] > 50
    decided = {row["claim_id"] for row in rows if row["outcome"] in {"overturned", "upheld"}}
    assert len(decided) == manifest.counts["decided_appeals"]
    overturned = {row["claim_id"] for row in rows if row["outcome"] == "overturned"}
    assert len(overturned) == manifest.counts["overturned_appeals"]
    charged = {row["transaction_id"] for row in read_practice(tmp_path).rows("charges")}
    assert all(row["transaction_id"] in charged and 0 < float(row["overturn_probability"]) < 1 for row in rows)
    assert all(bool(row["decided_date"]) == (row["claim_id"] in decided) for row in rows)
