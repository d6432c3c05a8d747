"""The books in the shape that Fivetran's QuickBooks package gives: what dashboards built on it read unchanged.

Four tables: ``general_ledger`` (one row per line, with a running balance), ``general_ledger_by_period`` (one row per
account and calendar month), and from it ``profit_and_loss`` and ``balance_sheet``. Amounts are US dollars, positive
on the side on which the account's class grows; a contra revenue account belongs to Revenue and is negative there.
Column names and their meaning are those of the package's published documentation; a column our books have nothing
for is empty. What does not belong here: how a practice wants to see its statements (reporting).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.core.money import ZERO, format_amount

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from orchestration.accounting.accounts import Account, AccountType
    from orchestration.ledger.records import PostedEntry

_CLASSES: dict[AccountType, str] = {
    "asset": "Asset",
    "liability": "Liability",
    "equity": "Equity",
    "revenue": "Revenue",
    "contra_revenue": "Revenue",
    "expense": "Expense",
}
_DEBIT_CLASSES = frozenset({"Asset", "Expense"})
_SHEET_CLASSES = frozenset({"Asset", "Liability", "Equity"})
# earnings to date stand in the balance sheet as one equity account, so that assets = liabilities + equity
_EARNINGS_NUMBER = "9999-00"
_EARNINGS_NAME = "Net Income / Retained Earnings Adjustment"

GENERAL_LEDGER = (
    "unique_id", "transaction_id", "source_relation", "transaction_index", "transaction_date", "customer_id",
    "vendor_id", "amount", "account_id", "class_id", "department_id", "account_number", "account_name",
    "is_sub_account", "parent_account_number", "parent_account_name", "account_type", "account_sub_type",
    "account_class", "account_current_balance", "financial_statement_helper", "account_transaction_type",
    "transaction_type", "transaction_source", "adjusted_amount", "running_balance",
)  # fmt: skip
BY_PERIOD = (
    "account_id", "source_relation", "account_number", "account_name", "is_sub_account", "parent_account_number",
    "parent_account_name", "account_type", "account_sub_type", "account_class", "class_id",
    "financial_statement_helper", "date_year", "period_first_day", "period_last_day", "period_net_change",
    "period_beginning_balance", "period_ending_balance", "account_ordinal",
)  # fmt: skip
STATEMENT = (
    "calendar_date", "source_relation", "account_class", "class_id", "is_sub_account", "parent_account_number",
    "parent_account_name", "account_type", "account_sub_type", "account_number", "account_id", "account_name",
    "amount", "account_ordinal",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Period:
    """One account in one calendar month."""

    number: str
    name: str
    account_type: str
    account_class: str
    first_day: dt.date
    net_change: Decimal
    beginning: Decimal

    @property
    def ending(self) -> Decimal:
        return self.beginning + self.net_change

    @property
    def helper(self) -> str:
        return "balance_sheet" if self.account_class in _SHEET_CLASSES else "income_statement"


def general_ledger(accounts: Iterable[Account], entries: Iterable[PostedEntry]) -> str:
    """Return one row per journal line, by account and date, with the account's running balance."""
    known = {account.account_code: account for account in accounts}
    lines = [
        (line.account_code, posted.entry.entry_date, posted.entry_id, number, line, posted.entry.source)
        for posted in entries
        for number, line in enumerate(posted.entry.lines, start=1)
    ]
    lines.sort(key=lambda row: row[:4])
    running: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    current: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for code, _day, _entry_id, _number, line, _source in lines:
        current[code] += _adjusted(known[code], line.debit_amount, line.credit_amount)
    rows = []
    for code, day, entry_id, number, line, source in lines:
        account = known[code]
        account_class = _CLASSES[account.account_type]
        adjusted = _adjusted(account, line.debit_amount, line.credit_amount)
        running[code] += adjusted
        rows.append(
            {
                "unique_id": f"{entry_id}-{number}",
                "transaction_id": entry_id,
                "transaction_index": number - 1,
                "transaction_date": day.isoformat(),
                "amount": format_amount(line.debit_amount + line.credit_amount),
                "account_id": code,
                "class_id": line.payer_class,
                "department_id": line.location_id,
                "account_number": code,
                "account_name": account.account_name,
                "is_sub_account": "false",
                "account_type": account.account_type,
                "account_class": account_class,
                "account_current_balance": format_amount(current[code]),
                "financial_statement_helper": "balance_sheet"
                if account_class in _SHEET_CLASSES
                else "income_statement",
                "account_transaction_type": "debit" if line.debit_amount else "credit",
                "transaction_type": "debit" if line.debit_amount else "credit",
                "transaction_source": source,
                "adjusted_amount": format_amount(adjusted),
                "running_balance": format_amount(running[code]),
            }
        )
    return _text(GENERAL_LEDGER, rows)


def general_ledger_by_period(accounts: Iterable[Account], entries: Iterable[PostedEntry]) -> str:
    """Return one row per account and calendar month from its first line to the last month of the books."""
    return _text(
        BY_PERIOD,
        (
            {
                "account_id": period.number,
                "account_number": period.number,
                "account_name": period.name,
                "is_sub_account": "false",
                "account_type": period.account_type,
                "account_class": period.account_class,
                "financial_statement_helper": period.helper,
                "date_year": f"{period.first_day.year:04d}-01-01",
                "period_first_day": period.first_day.isoformat(),
                "period_last_day": (_next_month(period.first_day) - dt.timedelta(days=1)).isoformat(),
                "period_net_change": format_amount(period.net_change),
                "period_beginning_balance": format_amount(period.beginning),
                "period_ending_balance": format_amount(period.ending),
                "account_ordinal": ordinal,
            }
            for ordinal, period in _periods(accounts, entries)
        ),
    )


def profit_and_loss(accounts: Iterable[Account], entries: Iterable[PostedEntry]) -> str:
    """Return one row per revenue or expense account and month: what the month brought."""
    return _statement(accounts, entries, "income_statement")


def balance_sheet(accounts: Iterable[Account], entries: Iterable[PostedEntry]) -> str:
    """Return one row per asset, liability or equity account and month: its balance at the month's end.

    Earnings to date are an equity account, so assets equal liabilities and equity in every month.
    """
    return _statement(accounts, entries, "balance_sheet")


def _statement(accounts: Iterable[Account], entries: Iterable[PostedEntry], helper: str) -> str:
    return _text(
        STATEMENT,
        (
            {
                "calendar_date": period.first_day.isoformat(),
                "account_class": period.account_class,
                "is_sub_account": "false",
                "account_type": period.account_type,
                "account_number": period.number,
                "account_id": period.number,
                "account_name": period.name,
                "amount": format_amount(period.ending if helper == "balance_sheet" else period.net_change),
                "account_ordinal": ordinal,
            }
            for ordinal, period in _periods(accounts, entries)
            if period.helper == helper
        ),
    )


def _periods(accounts: Iterable[Account], entries: Iterable[PostedEntry]) -> Iterator[tuple[int, _Period]]:
    known = {account.account_code: account for account in accounts}
    changes: defaultdict[str, defaultdict[dt.date, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    earnings: defaultdict[dt.date, Decimal] = defaultdict(lambda: ZERO)
    for posted in entries:
        month = posted.entry.entry_date.replace(day=1)
        for line in posted.entry.lines:
            account = known[line.account_code]
            changes[line.account_code][month] += _adjusted(account, line.debit_amount, line.credit_amount)
            if _CLASSES[account.account_type] not in _SHEET_CLASSES:
                earnings[month] += line.credit_amount - line.debit_amount
    if not changes:
        return
    last = max(month for months in changes.values() for month in months)
    ordinal = 0
    for ordinal, code in enumerate(sorted(changes), start=1):
        account = known[code]
        head = (code, account.account_name, account.account_type, _CLASSES[account.account_type])
        for period in _months(head, changes[code], last):
            yield ordinal, period
    if earnings:
        for period in _months((_EARNINGS_NUMBER, _EARNINGS_NAME, "equity", "Equity"), earnings, last):
            yield ordinal + 1, period


def _months(
    head: tuple[str, str, str, str], changes: defaultdict[dt.date, Decimal], last: dt.date
) -> Iterator[_Period]:
    beginning, month = ZERO, min(changes)
    while month <= last:
        # a month without a line carries its balance on
        yield _Period(*head, month, changes[month], beginning)
        beginning += changes[month]
        month = _next_month(month)


def _next_month(month: dt.date) -> dt.date:
    return (month.replace(day=1) + dt.timedelta(days=31)).replace(day=1)


def _adjusted(account: Account, debit_amount: Decimal, credit_amount: Decimal) -> Decimal:
    net = debit_amount - credit_amount
    return net if _CLASSES[account.account_type] in _DEBIT_CLASSES else -net


def _text(columns: Sequence[str], rows: Iterable[dict[str, object]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
