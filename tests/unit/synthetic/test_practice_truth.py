import datetime as dt
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet as pq
import pytest
from practice_files import read_practice

from orchestration.synthetic.adjudication import NOTHING
from orchestration.synthetic.entities import PRACTICE, involved
from orchestration.synthetic.generate import generate
from orchestration.synthetic.people import PAYERS, SELF_PAY
from orchestration.synthetic.truth import rank_auc
from orchestration.synthetic.world import World


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


class Year:
    """Every case of a practice's life, and what else there was."""

    def __init__(self):
        world = World(providers=6, start=dt.date(2025, 11, 1), days=390, seed=7)
        visits, self.line_count, self.remittance_count, self.payroll = [], 0, 0, []
        for month in world.months():
            of_month = month.cases.visits
            seen = (of_month.day >= month.days.start) & (of_month.day < month.days.stop)
            visits.append({name: getattr(of_month, name)[seen] for name in of_month.__dataclass_fields__})
            self.line_count += int(of_month.line_count[seen].sum())
            self.remittance_count += len(month.remittances.remittances)
            self.payroll += month.payroll
        self.visits = SimpleNamespace(**{name: np.concatenate([part[name] for part in visits]) for name in visits[0]})
        self.days, self.account = world.days, world.account


@pytest.fixture(scope="module")
def year():
    return Year()


def test_a_year_of_six_providers_has_the_size_of_a_real_one(year):
    assert 60_000 <= year.line_count * 365 / 390 <= 75_000
    assert 350 <= year.remittance_count * 365 / 390 <= 700


def test_about_a_tenth_of_claims_is_denied_at_first_and_payers_differ(year):
    visits = year.visits
    is_denied = visits.denial_class != NOTHING
    assert is_denied[visits.payer != SELF_PAY].mean() == pytest.approx(0.11, abs=0.012)
    rates = [is_denied[visits.payer == payer].mean() for payer in range(len(PAYERS))]
    assert min(rates) < 0.07
    assert max(rates) > 0.14
    assert all(0.03 <= rate <= 0.20 for rate in rates)


def test_enough_appeals_are_decided_for_a_model_and_the_best_possible_one_is_good_but_not_perfect(year):
    visits = year.visits
    decided = visits.is_appealed & (visits.second_day != NOTHING) & (visits.second_day < year.days.count)
    assert decided.sum() >= 600
    probability = visits.overturn_probability[decided]
    assert 0.80 <= rank_auc(probability, probability) <= 0.85
    waits = (visits.second_day - visits.first_day)[visits.is_appealed]
    assert 17 <= waits.min() <= waits.max() <= 70


def test_denials_can_be_learnt_from_what_a_claim_shows_and_not_perfectly(year):
    visits = year.visits
    insured = visits.payer != SELF_PAY
    score, probability = visits.denial_score[insured], visits.denial_probability[insured]
    assert 0.80 <= rank_auc(score, probability) <= 0.85
    assert rank_auc(score, probability) < rank_auc(probability, probability)
    assert rank_auc(score, (visits.denial_class[insured] != NOTHING).astype(float)) == pytest.approx(
        rank_auc(score, probability), abs=0.015
    )


def test_payers_pay_after_their_own_time(year):
    visits = year.visits
    lag = visits.first_day - visits.submit_day
    for index, payer in enumerate(PAYERS):
        of_payer = lag[visits.payer == index]
        if payer.rhythm == "medicare":
            assert of_payer.min() >= 14
        elif payer.rhythm == "medicaid":
            assert 20 <= of_payer.min() <= of_payer.max() <= 75
        else:
            assert 18 <= np.median(of_payer) <= 34


def test_the_practice_stays_solvent_with_little_to_spare(year):
    payroll = year.payroll[-1].gross + year.payroll[-1].employer_taxes
    assert 0 < year.account.lowest_balance() < payroll
    assert year.account.balance_after(year.days.dates[389]) < 5 * payroll


def test_denials_are_written_with_cause_probability_and_outcome(tmp_path):
    manifest = generate(tmp_path, providers=1, start=dt.date(2025, 11, 1), days=120, seed=3)
    rows = pq.read_table(tmp_path / "truth" / "denials.parquet").to_pylist()
    assert len(rows) == manifest.counts["denied_lines"] > 50
    decided = {row["claim_id"] for row in rows if row["outcome"] in {"overturned", "upheld"}}
    assert len(decided) == manifest.counts["decided_appeals"]
    overturned = {row["claim_id"] for row in rows if row["outcome"] == "overturned"}
    assert len(overturned) == manifest.counts["overturned_appeals"]
    charged = {row["transaction_id"] for row in read_practice(tmp_path).rows("charges")}
    assert all(row["transaction_id"] in charged and 0 < row["overturn_probability"] < 1 for row in rows)
    assert all((row["decided_date"] is not None) == (row["claim_id"] in decided) for row in rows)


def test_the_ledger_table_and_the_manifest_are_one_truth(tmp_path):
    manifest = generate(tmp_path, providers=2, start=dt.date(2025, 11, 1), days=100, seed=5)
    sums = Counter()
    for row in pq.read_table(tmp_path / "truth" / "ledger.parquet").to_pylist():
        sums[row["measure"]] += row["amount"]
        sums[row["measure"], row["provider_npi"]] += row["amount"]
    assert sums["charged"] == manifest.amounts["charged_amount"]
    assert sums["payer_paid"] == manifest.amounts["claim_paid_amount"]
    assert sums["patient_paid"] == manifest.amounts["patient_paid_amount"]
    for name, amount in manifest.adjusted_by_class.items():
        assert sums[name] == amount
    for npi, amount in manifest.charged_by_provider.items():
        assert sums["charged", npi] == amount


def test_the_expected_journal_balances_and_clearing_accounts_hold_what_is_under_way(tmp_path):
    entity = involved(PRACTICE)
    generate(tmp_path, providers=1, start=dt.date(2025, 11, 1), days=130, seed=4, entity=entity)
    by_month, by_account, measures = Counter(), Counter(), Counter()
    for row in pq.read_table(tmp_path / "truth" / "journal.parquet").to_pylist():
        by_month[row["month"]] += row["amount"]
        by_account[row["account_code"]] += row["amount"]
    assert set(by_month.values()) == {0}
    for row in pq.read_table(tmp_path / "truth" / "ledger.parquet").to_pylist():
        measures[row["measure"]] += row["amount"]
    assert by_account["1010"] == measures["deposited"] - measures["withdrawn"]
    assert by_account["1030"] == measures["remitted"] - measures["bank_eft"]
    assert by_account["1015"] == measures["card_paid"] - measures["bank_card"]
    assert by_account["2300"] == -40
    # what was paid ahead and not used yet, and the taxes and deductions of the last pay date were drawn with it
    assert by_account["2310"] == measures["prepaid_applied"] - measures["prepaid"] < 0
    assert by_account["2100"] == by_account["2110"] == 0


def test_the_expected_journals_of_two_parts_are_that_of_the_whole(tmp_path):
    start, days, entity = dt.date(2025, 11, 1), 70, involved(PRACTICE)
    middle, end = start + dt.timedelta(days=43), start + dt.timedelta(days=days - 1)
    sums = {}
    for name, only in (("whole", None), ("first", (start, middle)), ("second", (middle + dt.timedelta(days=1), end))):
        generate(tmp_path / name, providers=1, start=start, days=days, seed=3, entity=entity, only=only)
        sums[name] = Counter()
        for row in pq.read_table(tmp_path / name / "truth" / "journal.parquet").to_pylist():
            sums[name][row["month"], row["account_code"]] += row["amount"]
    parts = {key: sums["first"][key] + sums["second"][key] for key in {*sums["first"], *sums["second"]}}
    assert {key: amount for key, amount in parts.items() if amount} == dict(sums["whole"])
