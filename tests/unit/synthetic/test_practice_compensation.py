import datetime as dt
from collections import defaultdict
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from practice_files import read_practice
from support.format_examples import rows_of, source

from orchestration.formats.payroll import reader as payroll
from orchestration.synthetic.entities import PRACTICE, SURGERY_CENTRE
from orchestration.synthetic.generate import generate


@pytest.fixture(scope="module", params=[PRACTICE, SURGERY_CENTRE], ids=lambda entity: entity.entity_id)
def paid(request, tmp_path_factory):
    out = tmp_path_factory.mktemp("paid")
    generate(out, providers=2, start=dt.date(2025, 11, 1), days=400, seed=4, entity=request.param)
    tables = {
        name: pq.read_table(out / "truth" / f"{name}.parquet").to_pylist()
        for name in ("provider_contracts", "provider_bonuses", "ledger")
    }
    return request.param, read_practice(out), tables


def months_of(entity, end):
    """The months of the fiscal year up to a day."""
    year = end.year - (end.month < entity.fiscal_year_start_month)
    first = (year, entity.fiscal_year_start_month)
    return {f"{y}-{m:02d}" for y in (year, year + 1) for m in range(1, 13) if first <= (y, m) <= (end.year, end.month)}


def test_a_bonus_is_what_the_contract_says_of_the_fiscal_year_so_far_less_what_it_has_paid(paid):
    entity, _, tables = paid
    contracts = {row["provider_npi"]: row for row in tables["provider_contracts"]}
    assert {row["plan"] for row in contracts.values()} == {"work_rvu", "collections"}
    so_far = defaultdict(Decimal)
    assert tables["provider_bonuses"]
    for row in tables["provider_bonuses"]:
        contract = contracts[row["provider_npi"]]
        months = months_of(entity, row["period_end"])
        watched = {r["month"] for r in tables["ledger"]} & months
        collected = sum(
            r["amount"]
            for r in tables["ledger"]
            if r["measure"] in {"payer_paid", "patient_paid"}
            and r["provider_npi"] == row["provider_npi"]
            and r["month"] in months
        )
        assert row["collections_to_date_amount"] == collected
        base = row["work_rvu_to_date"] if row["plan"] == "work_rvu" else collected
        threshold = contract["yearly_threshold"] * len(watched) / 12
        earned = max(Decimal(0), (base - threshold) * contract["rate"])
        assert abs(row["earned_to_date_amount"] - earned) <= Decimal("0.30")
        key = (row["provider_npi"], min(months))
        so_far[key] += row["bonus_amount"]
        assert so_far[key] >= row["earned_to_date_amount"]
        assert row["bonus_amount"] > 0


def test_a_bonus_is_paid_once_in_the_first_run_two_months_after_the_quarter(paid):
    entity, practice, tables = paid
    gross = defaultdict(dict)
    for row in practice.rows("payroll"):
        if row["provider_npi"]:
            gross[row["provider_npi"]][dt.date.fromisoformat(row["pay_date"])] = Decimal(row["gross_pay"])
    usual = {npi: min(of_person.values()) for npi, of_person in gross.items()}
    bonuses = {(row["provider_npi"], row["pay_date"]): row["bonus_amount"] for row in tables["provider_bonuses"]}
    for npi, of_person in gross.items():
        for pay_date, amount in of_person.items():
            assert amount - usual[npi] == bonuses.get((npi, pay_date), 0)
    for row in tables["provider_bonuses"]:
        end, day = row["period_end"], row["pay_date"]
        assert (end.month - entity.fiscal_year_start_month + 1) % 3 == 0
        assert (day.year * 12 + day.month) - (end.year * 12 + end.month) == 2
        assert day.day <= 14
    assert f"{sum(bonuses.values()):.2f}" == practice.manifest["amounts"]["bonus_amount"]


def test_what_a_register_calls_a_bonus_is_what_was_paid_as_one_and_nothing_else(paid):
    _entity, practice, tables = paid
    batch = payroll.read([source(text.encode()) for text in practice.texts("payroll").values()])
    read = {(row["provider_npi"], row["pay_date"]): row["bonus_amount"] for row in rows_of(batch, "pay_lines")}
    true = {(row["provider_npi"], row["pay_date"]): row["bonus_amount"] for row in tables["provider_bonuses"]}
    assert {key: amount for key, amount in read.items() if amount} == true != {}
