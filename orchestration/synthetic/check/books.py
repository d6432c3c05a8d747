"""The round trip through the books: what the pipeline made of the synthetic practice's files, compared with its truth.

Marts are compared by month, payer and provider, the journal by month and account, the ledger by account, to the cent.
The truth is summed from the hidden ledger and never from a file; what a rule holds for a person is added to the books
as what it would book, so that nothing is excused by being held.
What does not belong here: what readers make of the files alone (``round_trip``), and opening a practice's stores.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from orchestration.synthetic.check.round_trip import TruthComparison, compared
from orchestration.synthetic.expected_journal import REVENUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal
    from pathlib import Path

    import duckdb

    from orchestration.synthetic.check.round_trip import Sums


_BY_ALL = ("month", "payer", "provider")
_BY_PAYER = ("month", "payer")
_BY_PROVIDER = ("month", "provider")
_BY_MONTH = ("month",)

# who pays for himself has a payer of that name in some exports and none in others
_CHARGED = """
    select strftime(posting_date, '%Y-%m') as month, if(payer_class = 'self_pay', 'SELF', payer_id),
        rendering_provider_id, charged_amount
    from marts.fct_charge_lines where disposition = 'proposed'
    union all
    select strftime(voids.void_date, '%Y-%m'), if(charges.payer_class = 'self_pay', 'SELF', charges.payer_id),
        charges.rendering_provider_id, -voids.charged_amount
    from posting.void_positions as voids
    inner join marts.fct_charge_lines as charges using (source, profile, transaction_id)
    where voids.transaction_type = 'CHARGE' and charges.disposition = 'proposed'
"""
_REMITTED_LINE = """
    select strftime(posting_date, '%Y-%m') as month, payer_id, rendering_provider_id, {amount}
    from marts.fct_remittance_lines where disposition = 'proposed'
"""
_WITHDRAWN = """
    select strftime(posted_date, '%Y-%m') as month, null, null, withdrawal_amount from marts.fct_withdrawals
    where withdrawal_class in ({classes}) and hold_reason is null
"""
_DEPOSITED = """
    select strftime(posted_date, '%Y-%m') as month, null, null, deposit_amount from marts.fct_deposits
    where deposit_class in ({classes}) and disposition = 'proposed'
"""
_PAID_OUT = """
    select strftime(pay_date, '%Y-%m') as month, null, provider_id, {amount} from intermediate.int_ledger__pay_lines
    where hold_reason is null
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
        select strftime(payment_date, '%Y-%m') as month, payer_id, null, paid_amount
        from intermediate.int_remittances__payments where disposition = 'proposed'
        """,
    ),
    # no export says whose member a patient's payment is
    "patient_paid": (
        _BY_PROVIDER,
        """
        select strftime(posting_date, '%Y-%m') as month, null, rendering_provider_id, paid_amount
        from intermediate.int_receivables__desk_payments where hold_reason is null
        """,
    ),
    "bank_eft": (_BY_MONTH, _DEPOSITED.format(classes="'eft'")),
    "bank_card": (_BY_MONTH, _DEPOSITED.format(classes="'card_settlement'")),
    "bank_capitation": (_BY_MONTH, _DEPOSITED.format(classes="'capitation'")),
    "bank_cheque": (_BY_MONTH, _DEPOSITED.format(classes="'unidentified', 'differs'")),
    "withdrawn": (
        _BY_MONTH,
        "select strftime(posted_date, '%Y-%m') as month, null, null, withdrawal_amount from marts.fct_withdrawals",
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
        select strftime(entry_date, '%Y-%m') as month, null, null, ordered_amount
        from intermediate.int_ledger__supply_lines where document_kind = 'receipt'
        """,
    ),
    "supplies_billed": (
        _BY_MONTH,
        """
        select strftime(entry_date, '%Y-%m') as month, null, null, billed_amount
        from intermediate.int_ledger__supply_lines where document_kind = 'invoice'
        """,
    ),
    "billed": (
        _BY_MONTH,
        """
        select strftime(bill_date, '%Y-%m') as month, null, null, total_amount from intermediate.int_ledger__bills
        where hold_reason is distinct from 'duplicate_bill'
        """,
    ),
}

_JOURNAL = """
    select strftime(entry_date, '%Y-%m') as month, account_code, debit_amount - credit_amount as amount
    from posting.fct_journal_lines where book = 'accrual'
    union all
    select strftime(bill_date, '%Y-%m'), unnest([account_code, '2000']), unnest([total_amount, -total_amount])
    from intermediate.int_ledger__bills where hold_reason is not null and hold_reason <> 'duplicate_bill'
    union all
    select
        strftime(entry_date, '%Y-%m'), unnest(['2010', account_code, '2000']),
        unnest([ordered_amount, billed_amount - ordered_amount, -billed_amount])
    from intermediate.int_ledger__supply_lines where document_kind = 'invoice' and hold_reason is not null
"""

# within a month these accounts are one: when a payment made ahead is applied, an estimate released and pay accrued
# depends on the order in which files land, and on the days of a month
_WITHIN_A_MONTH = {"2310": "1210", "1290": "4900", "6110": "6100", "2120": "6100"}
# and at the end an estimate may still stand for charges without an answer
_AT_THE_END = {"1290": "4900"}


@dataclass(frozen=True, slots=True)
class LedgerRows:
    """What the ledger holds: the events that are posted, and debits less credits by account."""

    posted_event_ids: frozenset[str]
    balances: tuple[tuple[str, Decimal], ...]


def compare_books(lake: duckdb.DuckDBPyConnection, ledger_rows: LedgerRows, truth: Path) -> list[TruthComparison]:
    """Return every comparison of a practice's books with a folder ``truth``; amounts are compared to the cent.

    The books must hold that practice's files, all of them and no others, and a run must have succeeded. What this
    practice has not (a refund, a takeback) is not compared.
    """
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
    found = [_mart(lake, measure, ledger[measure]) for measure in _MARTS]
    found.append(_charged_by_month(lake, ledger["charged"]))
    if not _every_charge_names_its_provider(lake):
        # athenahealth's transaction feed names neither payer nor provider
        found = [each for each in found if each.what != "charged by month, payer, provider"]
    found = [each for each in found if each.cells]
    found += _provider_adjustments(lake, ledger)
    found.append(_denials(lake, denied))
    found += _journals(lake, journal)
    found.append(_trial_balance(lake, ledger_rows))
    return found


def _mart(lake: duckdb.DuckDBPyConnection, measure: str, true: Sums) -> TruthComparison:
    by, query = _MARTS[measure]
    places = [("month", "payer", "provider").index(name) for name in by]
    booked = _sums(lake, query)
    return compared("books", f"{measure} by {', '.join(by)}", _along(booked, places), _along(true, places))


def _charged_by_month(lake: duckdb.DuckDBPyConnection, true: Sums) -> TruthComparison:
    return compared("books", "charged by month", _along(_sums(lake, _CHARGED), [0]), _along(true, [0]))


def _every_charge_names_its_provider(lake: duckdb.DuckDBPyConnection) -> bool:
    row = lake.execute(
        "select count(*) from marts.fct_charge_lines where disposition = 'proposed' and rendering_provider_id is null"
    ).fetchone()
    return row is not None and not row[0]


def _provider_adjustments(lake: duckdb.DuckDBPyConnection, ledger: Mapping[str, Sums]) -> Iterator[TruthComparison]:
    booked = _sums(
        lake,
        """
        select adjustment_reason_code, strftime(payment_date, '%Y-%m'), payer_id, adjustment_amount
        from intermediate.int_remittances__provider_adjustments_classified where disposition = 'proposed'
        """,
    )
    true: Sums = Counter()
    for measure, sums in ledger.items():
        if measure.startswith("provider_adjusted_"):
            for (month, payer, _), amount in sums.items():
                true[measure.removeprefix("provider_adjusted_"), month, payer] += amount
    yield compared("books", "provider_adjusted by code, month, payer", booked, true)


def _denials(lake: duckdb.DuckDBPyConnection, true: Sums) -> TruthComparison:
    booked = _sums(
        lake,
        """
        select strftime(denied_date, '%Y-%m'), payer_id, group_code, reason_code, remark_code, denied_amount
        from marts.fct_denials
        """,
    )
    return compared("books", "denials by month, payer, group, reason, remark", booked, true)


def _journals(lake: duckdb.DuckDBPyConnection, true: Sums) -> Iterator[TruthComparison]:
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


def _trial_balance(lake: duckdb.DuckDBPyConnection, ledger_rows: LedgerRows) -> TruthComparison:
    """Compare the ledger with the entries the lake proposed, less those that wait for a person."""
    lines = lake.execute(
        "select event_id, account_code, debit_amount - credit_amount from posting.fct_journal_lines"
    ).fetchall()
    proposed = _summed(
        (account, amount) for event_id, account, amount in lines if event_id in ledger_rows.posted_event_ids
    )
    return compared("books", "trial balance by account", _summed(ledger_rows.balances), proposed)


def _sums(lake: duckdb.DuckDBPyConnection, query: str) -> Sums:
    return _summed(lake.execute(query).fetchall())


def _summed(rows: Iterable[tuple[Any, ...]]) -> Sums:
    """Return the last column summed by all others."""
    sums: Sums = Counter()
    for *key, amount in rows:
        sums[tuple(part or "" for part in key)] += amount
    return sums


def _along(sums: Sums, places: list[int]) -> Sums:
    found: Sums = Counter()
    for key, amount in sums.items():
        found[tuple(key[place] for place in places)] += amount
    return found
