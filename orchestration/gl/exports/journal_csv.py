"""The journal as CSV for people and spreadsheets, one row per line, nothing netted.

What does not belong here: formats another program checks the books with (``beancount.py``, ``hledger.py``).
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from orchestration.core.money import format_amount

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestration.accounting.accounts import Account
    from orchestration.ledger.records import PostedEntry

COLUMNS = (
    "entry_id",
    "batch_tag",
    "event_id",
    "reverses_entry_id",
    "entity_id",
    "book",
    "entry_date",
    "fiscal_period",
    "description",
    "source",
    "rule_version",
    "line_number",
    "rule_id",
    "account_code",
    "account_name",
    "debit_amount",
    "credit_amount",
    "payer_class",
    "provider_id",
    "location_id",
)

# a spreadsheet runs a cell that starts with one of these (CWE-1236)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def export(accounts: Iterable[Account], entries: Iterable[PostedEntry]) -> str:
    """Return one row per journal line; a text that a spreadsheet would run is led by an apostrophe.

    Numbers and dates are never touched.
    """
    names = {account.account_code: account.account_name for account in accounts}
    out = io.StringIO()
    # RFC 4180 line ends; with a bare newline the writer would leave a carriage return in a text unquoted
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for posted in entries:
        entry = posted.entry
        for line_number, line in enumerate(entry.lines, start=1):
            writer.writerow(
                (
                    posted.entry_id,
                    _text(posted.batch_tag),
                    _text(entry.event_id),
                    posted.reverses_entry_id,
                    _text(entry.entity_id),
                    _text(entry.book),
                    entry.entry_date.isoformat(),
                    posted.fiscal_period,
                    _text(entry.description),
                    _text(entry.source),
                    _text(posted.rule_version),
                    line_number,
                    _text(line.rule_id),
                    _text(line.account_code),
                    _text(names.get(line.account_code)),
                    format_amount(line.debit_amount),
                    format_amount(line.credit_amount),
                    _text(line.payer_class),
                    _text(line.provider_id),
                    _text(line.location_id),
                )
            )
    return out.getvalue()


def _text(value: str | None) -> str | None:
    # the guard looks past leading blanks, as spreadsheets do
    if value is None or not value.lstrip(" ").startswith(_FORMULA_STARTS):
        return value
    return f"'{value}"
