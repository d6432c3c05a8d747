"""What a month's end adds to the books of a practice, beside what the practice knows to be true.

Works on copies of the practice's home: other tests compare its books to the entry.
"""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
from support.e2e_books import START, Books

from orchestration.core.money import from_cents
from orchestration.operations.close import figures
from orchestration.operations.close.periods import period_of
from orchestration.stores.dbt import dbt_environment, dbt_program
from orchestration.stores.home import DBT_PROJECT, Home
from orchestration.stores.practice import PracticeStores
from orchestration.synthetic import fees

if TYPE_CHECKING:
    from pathlib import Path

    from support.e2e_books import TwoSteps


def test_a_bonus_is_what_the_contracts_of_the_practice_have_earned(two_steps: TwoSteps, tmp_path: Path) -> None:
    truth = two_steps.books.home.parent / "whole" / "truth"
    books = Books(shutil.copytree(two_steps.books.home, tmp_path / "home"))
    stores = PracticeStores(Home.locate(books.home))
    contracts = pq.read_table(truth / "provider_contracts.parquet").to_pylist()
    with stores.lake.connect() as lake:
        # a contract of the practice starts with its first file, its threshold is earned month by month
        lake.executemany(
            "INSERT INTO reference.compensation_plans (provider_id, basis, factor, base, is_base_monthly, first_day) "
            "VALUES (?, ?, ?, ?, true, ?)",
            [(c["provider_npi"], c["plan"], c["rate"], c["yearly_threshold"], START) for c in contracts],
        )
    period = period_of(stores, "main", "2025-12")
    # work that nobody has given a value blocks the close, it does not silently earn nothing
    unvalued = figures.unvalued_revenue(stores, period)
    assert unvalued is not None
    assert unvalued > 0
    with stores.lake.connect() as lake:
        lake.executemany(
            "INSERT INTO raw_fees.relative_values (file_id, line_number, effective_date, procedure_code, modifier, "
            "work_rvu, loaded_at) VALUES ('cms', ?, '2025-01-01', ?, ?, ?, now())",
            [
                (number, code, modifier, from_cents(int(fees.WORK_RVU_HUNDREDTHS[index]) * percent // 100))
                for index, code in enumerate(fees.CODES)
                for number, (modifier, percent) in enumerate(((None, 100), ("26", 40), ("TC", 60)), start=3 * index)
            ],
        )
    with dbt_environment(stores):
        project = ("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT))
        selected = ("--select", "int_fees__relative_values_dated", "fct_provider_production")
        subprocess.run([dbt_program(), "--quiet", "run", *selected, *project], check=True, capture_output=True)
    assert figures.unvalued_revenue(stores, period) == 0
    assert figures.missing(stores, period)[figures.BONUSES].entries
    books.medbooks("close", "prepare", "--period", "2025-12")
    earned = {
        bonus["provider_npi"]: bonus
        for bonus in pq.read_table(truth / "provider_bonuses.parquet").to_pylist()
        if bonus["period_end"] == dt.date(2025, 12, 31)
    }
    with stores.lake.connect() as lake:
        done = {
            provider: (work, collected)
            for provider, work, collected in lake.execute(
                "SELECT provider_id, sum(work_relative_value_units), sum(collected_amount) "
                "FROM measures.fct_provider_production WHERE production_month < '2026-01-01' GROUP BY provider_id"
            ).fetchall()
        }
    assert {npi: done[npi] for npi in earned} == {
        npi: (bonus["work_rvu_to_date"], bonus["collections_to_date_amount"]) for npi, bonus in earned.items()
    }
    accrued = {
        line.provider_id: line.credit_amount
        for posted in stores.ledger.entries(source="month_end")
        for line in posted.entry.lines
        if line.account_code == "2130"
    }
    assert accrued.keys() == earned.keys() != set()
    rates = {contract["provider_npi"]: contract["rate"] for contract in contracts}
    # the practice cuts its threshold of some months off at hundredths, the books do not
    assert all(
        abs(amount - earned[npi]["earned_to_date_amount"]) <= rates[npi] / 100 + Decimal("0.01")
        for npi, amount in accrued.items()
    )
    # and nothing is left to add
    assert [figure.name for figure in figures.missing(stores, period).values() if figure.entries] == []
    entries = stores.ledger.entry_count()
    figures.prepare(stores, period, made_by="bookkeeper")
    assert stores.ledger.entry_count() == entries
