"""The round trip through the books: what the pipeline made of the synthetic practice's files, compared with its truth.

Marts are compared by month, payer and provider, the journal by month and account, the ledger by account, to the cent.
The truth is summed from the hidden ledger and never from a file; what a rule holds for a person is added to the books
as what it would book, so that nothing is excused by being held.
What does not belong here: what readers make of the files alone (``roundtrip``).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.core.errors import BooksError
from orchestration.synthetic.check.round_trip import Comparison, compared
from orchestration.synthetic.expected_journal import REVENUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import duckdb

    from orchestration.stores.practice import PracticeStores

    Sums = Counter[tuple[str, ...]]

_BY_ALL = ("month", "payer", "provider")
_BY_PAYER = ("month", "payer")
_BY_PROVIDER = ("month", "provider")
_BY_MONTH = ("month",)

# who pays for himself has a payer of that name in some exports and none in others
_CHARGED = """
    SELECT strftime(posting_date, '%Y-%m') AS month, if(payer_class = 'self_pay', 'SELF', payer_id),
        rendering_provider_id, charged_amount
    FROM marts.fct_charge_lines WHERE disposition = 'proposed'
    UNION ALL
    SELECT strftime(voids.void_date, '%Y-%m'), if(charges.payer_class = 'self_pay', 'SELF', charges.payer_id),
        charges.rendering_provider_id, -voids.charged_amount
    FROM posting.void_positions AS voids
    INNER JOIN marts.fct_charge_lines AS charges USING (source, profile, transaction_id)
    WHERE voids.transaction_type = 'CHARGE' AND charges.disposition = 'proposed'
"""
_REMITTED_LINE = """
    SELECT strftime(posting_date, '%Y-%m') AS month, payer_id, rendering_provider_id, {amount}
    FROM marts.fct_remittance_lines WHERE disposition = 'proposed'
"""
_WITHDRAWN = """
    SELECT strftime(posted_date, '%Y-%m') AS month, NULL, NULL, withdrawal_amount FROM marts.fct_withdrawals
    WHERE withdrawal_class IN ({classes}) AND hold_reason IS NULL
"""
_DEPOSITED = """
    SELECT strftime(posted_date, '%Y-%m') AS month, NULL, NULL, deposit_amount FROM marts.fct_deposits
    WHERE deposit_class IN ({classes}) AND disposition = 'proposed'
"""
_PAID_OUT = """
    SELECT strftime(pay_date, '%Y-%m') AS month, NULL, provider_id, {amount} FROM intermediate.int_ledger__pay_lines
    WHERE hold_reason IS NULL
"""

# measure of the truth → by what it is compared, and the rows (month, payer, provider, amount) of the books
_MARTS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "charged": (_BY_ALL, _CHARGED),
    "payer_paid": (_BY_ALL, _REMITTED_LINE.format(amount="paid_amount")),
    "contractual": (_BY_ALL, _REMITTED_LINE.format(amount="contractual_amount + capitation_amount")),
    "capitated": (_BY_ALL, _REMITTED_LINE.format(amount="capitation_amount")),
    "sequestration": (_BY_ALL, _REMITTED_LINE.format(amount="sequestration_amount")),
    "patient": (_BY_ALL, _REMITTED_LINE.format(amount="patient_amount")),
    "returned": (_BY_ALL, _REMITTED_LINE.format(amount="returned_patient_amount")),
    "denied": (_BY_ALL, _REMITTED_LINE.format(amount="denied_amount")),
    "remitted": (
        _BY_PAYER,
        """
        SELECT strftime(payment_date, '%Y-%m') AS month, payer_id, NULL, paid_amount
        FROM intermediate.int_remittances__payments WHERE disposition = 'proposed'
        """,
    ),
    # no export says whose member a patient's payment is
    "patient_paid": (
        _BY_PROVIDER,
        """
        SELECT strftime(posting_date, '%Y-%m') AS month, NULL, rendering_provider_id, paid_amount
        FROM intermediate.int_receivables__desk_payments WHERE hold_reason IS NULL
        """,
    ),
    "bank_eft": (_BY_MONTH, _DEPOSITED.format(classes="'eft'")),
    "bank_card": (_BY_MONTH, _DEPOSITED.format(classes="'card_settlement'")),
    "bank_capitation": (_BY_MONTH, _DEPOSITED.format(classes="'capitation'")),
    "bank_cheque": (_BY_MONTH, _DEPOSITED.format(classes="'unidentified', 'differs'")),
    "withdrawn": (
        _BY_MONTH,
        "SELECT strftime(posted_date, '%Y-%m') AS month, NULL, NULL, withdrawal_amount FROM marts.fct_withdrawals",
    ),
    "bank_bill": (_BY_MONTH, _WITHDRAWN.format(classes="'bill_payment'")),
    "bank_rent": (_BY_MONTH, _WITHDRAWN.format(classes="'rent'")),
    "bank_net_pay": (_BY_MONTH, _WITHDRAWN.format(classes="'payroll_net'")),
    "bank_payroll_tax": (_BY_MONTH, _WITHDRAWN.format(classes="'payroll_tax'")),
    "bank_pay_deductions": (_BY_MONTH, _WITHDRAWN.format(classes="'payroll_deductions'")),
    "bank_payer_refund": (_BY_MONTH, _WITHDRAWN.format(classes="'payer_refund'")),
    "bank_patient_refund": (_BY_MONTH, _WITHDRAWN.format(classes="'patient_refund'")),
    "gross_pay": (_BY_PROVIDER, _PAID_OUT.format(amount="gross_amount")),
    "employer_tax": (_BY_PROVIDER, _PAID_OUT.format(amount="employer_tax_amount")),
    "net_pay": (_BY_PROVIDER, _PAID_OUT.format(amount="net_amount")),
    "supplies_received": (
        _BY_MONTH,
        """
        SELECT strftime(entry_date, '%Y-%m') AS month, NULL, NULL, ordered_amount
        FROM intermediate.int_ledger__supply_lines WHERE document_kind = 'receipt'
        """,
    ),
    "supplies_billed": (
        _BY_MONTH,
        """
        SELECT strftime(entry_date, '%Y-%m') AS month, NULL, NULL, billed_amount
        FROM intermediate.int_ledger__supply_lines WHERE document_kind = 'invoice'
        """,
    ),
    "billed": (
        _BY_MONTH,
        """
        SELECT strftime(bill_date, '%Y-%m') AS month, NULL, NULL, total_amount FROM intermediate.int_ledger__bills
        WHERE hold_reason IS DISTINCT FROM 'duplicate_bill'
        """,
    ),
}

_JOURNAL = """
    SELECT strftime(entry_date, '%Y-%m') AS month, account_code, debit_amount - credit_amount AS amount
    FROM posting.fct_journal_lines WHERE book = 'accrual'
    UNION ALL
    SELECT strftime(bill_date, '%Y-%m'), unnest([account_code, '2000']), unnest([total_amount, -total_amount])
    FROM intermediate.int_ledger__bills WHERE hold_reason IS NOT NULL AND hold_reason <> 'duplicate_bill'
    UNION ALL
    SELECT
        strftime(entry_date, '%Y-%m'), unnest(['2010', account_code, '2000']),
        unnest([ordered_amount, billed_amount - ordered_amount, -billed_amount])
    FROM intermediate.int_ledger__supply_lines WHERE document_kind = 'invoice' AND hold_reason IS NOT NULL
"""

# within a month these accounts are one: when a payment made ahead is applied, an estimate released and pay accrued
# depends on the order in which files land, and on the days of a month
_WITHIN_A_MONTH = {"2310": "1210", "1290": "4900", "6110": "6100", "2120": "6100"}
# and at the end an estimate may still stand for charges without an answer
_AT_THE_END = {"1290": "4900"}


def keep_books(home: Path, files: Iterable[Path]) -> PracticeStores:
    """Run the whole pipeline on copies of some files, in a new home and a process of its own; return the home's stores.

    Nothing of the caller's own practice is used: no setting, no inbox, no ledger by URL. Raises ``BooksError`` when the
    run does not succeed.
    """
    from orchestration.stores.home import Home
    from orchestration.stores.practice import PracticeStores

    inbox = home / "inbox"
    inbox.mkdir(parents=True)
    for file in files:
        shutil.copyfile(file, inbox / file.name)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MEDBOOKS_", "DAGSTER_"))}
    done = subprocess.run(
        [str(Path(sys.executable).parent / "medbooks"), "--home", str(home), "run", "--quiet"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-2:]
        message = f"the run of the generated practice failed: {' '.join(last)}"
        raise BooksError(message, mend=f"medbooks --home {home} run")
    return PracticeStores(Home(home, home / "keys" / "medbooks.key"))


def compare_books(stores: PracticeStores, truth: Path) -> list[Comparison]:
    """Return every comparison of a practice's books with a folder ``truth``; amounts are compared to the cent.

    The home must hold that practice's files, all of them and no others, and a run must have succeeded. What this
    practice has not (a refund, a takeback) is not compared.
    """
    import pyarrow.parquet as pq

    ledger: defaultdict[str, Sums] = defaultdict(Counter)
    for row in pq.read_table(truth / "ledger.parquet").to_pylist():
        ledger[row["measure"]][row["month"], row["payer_id"] or "", row["provider_npi"] or ""] += row["amount"]
    journal: Sums = Counter()
    for row in pq.read_table(truth / "journal.parquet").to_pylist():
        journal[row["month"], row["account_code"]] += row["amount"]
    denied: Sums = Counter()
    for row in pq.read_table(truth / "denials.parquet").to_pylist():
        key = (row["payer_id"], row["group_code"], row["reason_code"], row["remark_code"] or "")
        denied[f"{row['denied_date']:%Y-%m}", *key] += row["denied_amount"]
    with stores.lake.connect() as lake:
        found = [_mart(lake, measure, ledger[measure]) for measure in _MARTS]
        found.append(_charged_by_month(lake, ledger["charged"]))
        if not _every_charge_names_its_provider(lake):
            # athenahealth's transaction feed names neither payer nor provider
            found = [each for each in found if each.what != "charged by month, payer, provider"]
        found = [each for each in found if each.cells]
        found += _provider_adjustments(lake, ledger)
        found.append(_denials(lake, denied))
        found += _journals(lake, journal)
        found.append(_trial_balance(stores, lake))
    return found


def _mart(lake: duckdb.DuckDBPyConnection, measure: str, true: Sums) -> Comparison:
    by, query = _MARTS[measure]
    places = [("month", "payer", "provider").index(name) for name in by]
    booked = _sums(lake, query)
    return compared("books", f"{measure} by {', '.join(by)}", _along(booked, places), _along(true, places))


def _charged_by_month(lake: duckdb.DuckDBPyConnection, true: Sums) -> Comparison:
    return compared("books", "charged by month", _along(_sums(lake, _CHARGED), [0]), _along(true, [0]))


def _every_charge_names_its_provider(lake: duckdb.DuckDBPyConnection) -> bool:
    row = lake.execute(
        "SELECT count(*) FROM marts.fct_charge_lines WHERE disposition = 'proposed' AND rendering_provider_id IS NULL"
    ).fetchone()
    return row is not None and not row[0]


def _provider_adjustments(lake: duckdb.DuckDBPyConnection, ledger: Mapping[str, Sums]) -> Iterator[Comparison]:
    booked = _sums(
        lake,
        """
        SELECT adjustment_reason_code, strftime(payment_date, '%Y-%m'), payer_id, adjustment_amount
        FROM intermediate.int_remittances__provider_adjustments_classified WHERE disposition = 'proposed'
        """,
    )
    true: Sums = Counter()
    for measure, sums in ledger.items():
        if measure.startswith("provider_adjusted_"):
            for (month, payer, _), amount in sums.items():
                true[measure.removeprefix("provider_adjusted_"), month, payer] += amount
    yield compared("books", "provider_adjusted by code, month, payer", booked, true)


def _denials(lake: duckdb.DuckDBPyConnection, true: Sums) -> Comparison:
    booked = _sums(
        lake,
        """
        SELECT strftime(denied_date, '%Y-%m'), payer_id, group_code, reason_code, remark_code, denied_amount
        FROM marts.fct_denials
        """,
    )
    return compared("books", "denials by month, payer, group, reason, remark", booked, true)


def _journals(lake: duckdb.DuckDBPyConnection, true: Sums) -> Iterator[Comparison]:
    booked: Sums = Counter()
    for (month, account), amount in _sums(lake, _JOURNAL).items():
        booked[month, REVENUE if account.startswith(f"{REVENUE}-") else account] += amount

    yield compared(
        "books",
        "journal by month, account",
        _joined(booked, _WITHIN_A_MONTH, [0, 1]),
        _joined(true, _WITHIN_A_MONTH, [0, 1]),
    )
    yield compared("books", "journal by account", _joined(booked, _AT_THE_END, [1]), _joined(true, _AT_THE_END, [1]))


def _joined(sums: Sums, together: Mapping[str, str], places: list[int]) -> Sums:
    found: Sums = Counter()
    for (month, account), amount in sums.items():
        key = (month, together.get(account, account))
        found[tuple(key[place] for place in places)] += amount
    return found


def _trial_balance(stores: PracticeStores, lake: duckdb.DuckDBPyConnection) -> Comparison:
    """Compare the ledger with the entries the lake proposed, less those that wait for a person."""
    posted = stores.ledger.posted_event_ids()
    proposed: Sums = Counter()
    for event_id, account, amount in lake.execute(
        "SELECT event_id, account_code, debit_amount - credit_amount FROM posting.fct_journal_lines"
    ).fetchall():
        if event_id in posted:
            proposed[(account,)] += amount
    booked: Sums = Counter()
    for row in stores.ledger.trial_balance():
        booked[(row.account_code,)] += row.debit_amount - row.credit_amount
    return compared("books", "trial balance by account", booked, proposed)


def _sums(lake: duckdb.DuckDBPyConnection, query: str) -> Sums:
    """Return the last column summed by all others."""
    sums: Sums = Counter()
    for *key, amount in lake.execute(query).fetchall():
        sums[tuple(part or "" for part in key)] += amount
    return sums


def _along(sums: Sums, places: list[int]) -> Sums:
    found: Sums = Counter()
    for key, amount in sums.items():
        found[tuple(key[place] for place in places)] += amount
    return found
