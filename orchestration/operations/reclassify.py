"""A past month that was booked by hand: what the mapping books of it, and the entry that makes the one the other.

What does not belong here: the arithmetic (``accounting.comparison``).
"""

from __future__ import annotations

import calendar
import csv
import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from orchestration.accounting.comparison import (
    RULE_ID,
    RULES,
    SOURCE,
    MonthlyMovement,
    compare,
    reclassification,
    unbalanced_months,
)
from orchestration.accounting.journal import RULE_VERSION
from orchestration.core.errors import BooksError, ConfigurationError
from orchestration.core.ids import file_id
from orchestration.core.money import ZERO, parse_written_amount
from orchestration.stores.lake import table_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from orchestration.accounting.comparison import Variance
    from orchestration.ledger.records import PostResult
    from orchestration.stores.practice import PracticeStores


_MANUAL_COLUMNS = ("entry_date", "account_code", "debit_amount", "credit_amount")


def compare_with_manual(stores: PracticeStores, file: Path, entity_id: str) -> list[Variance]:
    """Return month by month and account by account what the mapping books and what a file says was booked by hand.

    Only the file's months are compared. Raises as ``read_manual_postings`` and ``mapped_charges`` do.
    """
    manual = read_manual_postings(file)
    proposed = mapped_charges(stores, entity_id, sorted({movement.month for movement in manual}))
    return compare(proposed, manual)


def read_manual_postings(file: Path) -> list[MonthlyMovement]:
    """Return the movements of a CSV of manual postings.

    Its columns are ``entry_date`` (ISO), ``account_code``, ``debit_amount`` and ``credit_amount``. Raises
    ``ConfigurationError`` naming the line for a file that cannot be read so.
    """
    found = []
    with file.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text)
        if missing := [name for name in _MANUAL_COLUMNS if name not in (reader.fieldnames or ())]:
            message = f"the file of manual postings has no column {', '.join(missing)}"
            raise ConfigurationError(message, fix=f"columns needed: {', '.join(_MANUAL_COLUMNS)}")
        for number, row in enumerate(reader, start=2):
            amounts = [
                parse_written_amount(row[name] or "") if (row[name] or "").strip() else ZERO
                for name in _MANUAL_COLUMNS[2:]
            ]
            try:
                day = dt.date.fromisoformat((row["entry_date"] or "").strip())
            except ValueError:
                day = None
            if day is None or None in amounts or not (row["account_code"] or "").strip():
                message = f"line {number} of the file of manual postings cannot be read as date, account and amounts"
                raise ConfigurationError(message, fix="correct the line and run it again")
            debit, credit = (amount or ZERO for amount in amounts)
            found.append(MonthlyMovement(f"{day:%Y-%m}", row["account_code"].strip(), debit - credit))
    return found


def mapped_charges(stores: PracticeStores, entity_id: str, months: Iterable[str]) -> list[MonthlyMovement]:
    """Return what the mapping books of an entity's charges in months (``YYYY-MM``), by month and account.

    Raises ``ConfigurationError`` when the mart that says so is not built.
    """
    with stores.lake.connect() as lake:
        if "measures.account_activity_monthly" not in table_names(lake):
            message = "what the mapping books cannot be known: the marts it comes from are not built"
            raise ConfigurationError(message, fix="medbooks run")
        found = lake.execute(
            "select posting_month, account_code, sum(net_amount) from measures.account_activity_monthly "
            "where book = 'accrual' and entity_id = ? and rule_id in (select unnest(?)) "
            "and strftime(posting_month, '%Y-%m') in (select unnest(?)) group by all",
            [entity_id, list(RULES), list(months)],
        ).fetchall()
    return [MonthlyMovement(f"{month:%Y-%m}", code, Decimal(amount)) for month, code, amount in found]


def propose_reclassification(
    stores: PracticeStores, entity_id: str, variances: Sequence[Variance], manual_file: bytes, *, made_by: str
) -> PostResult:
    """Propose the entry of every month between what was booked by hand and what the mapping books.

    Each waits for another person than ``made_by``; a month that is reclassified already proposes what changed since.
    Raises ``BooksError`` when the variances of a month do not balance, and for months whose charges the ledger holds,
    or may still book, itself: they would stand in the books twice. Nothing is proposed then.
    """
    for month, amount in unbalanced_months(variances).items():
        message = (
            f"the manual postings of {month} do not balance by {abs(amount):,.2f}, so no entry can be made of them: "
            "the file has to hold both sides of what was booked"
        )
        raise BooksError(
            message, fix="medbooks gl preview --compare FILE --propose   # after its missing side is added"
        )
    months = sorted({variance.month for variance in variances})
    _require_settled(stores, entity_id, months)
    standing = list(stores.ledger.entries(entity_id=entity_id, book="accrual", source=SOURCE))
    entries = []
    for month in months:
        event_id = f"{SOURCE}:{entity_id}:{month}"
        booked = [posted for posted in standing if posted.entry.event_id.split("#")[0].startswith(event_id)]
        year, number = map(int, month.split("-"))
        entry = reclassification(
            month,
            variances,
            [posted.entry for posted in booked],
            entity_id=entity_id,
            last_day=dt.date(year, number, calendar.monthrange(year, number)[1]),
            number=sum(posted.entry.reverses is None for posted in booked),
            source_ids=[file_id(manual_file)],
        )
        entries += [entry] if entry else []
    return stores.ledger.post(
        entries,
        batch_date=dt.datetime.now(dt.UTC).date(),
        made_by=made_by,
        run_id=None,
        rule_version=RULE_VERSION,
    )


def _require_settled(stores: PracticeStores, entity_id: str, months: Sequence[str]) -> None:
    """Raise ``BooksError`` unless the mapping's own entries of these months were decided against, or taken back.

    One that is booked, or may still be, would book the same charges beside what was booked by hand.
    """
    with stores.lake.connect() as lake:
        proposed = lake.execute(
            "select event_id, sum(debit_amount) from posting.fct_journal_lines "
            "where book = 'accrual' and entity_id = ? and rule_id = ? and debit_amount > 0 "
            "and strftime(entry_date, '%Y-%m') in (select unnest(?)) group by event_id",
            [entity_id, RULE_ID, list(months)],
        ).fetchall()
    amounts: dict[str, Decimal] = dict(proposed)
    posted, reversed_ = stores.ledger.posted_event_ids(), stores.ledger.reversed_event_ids()
    named = ", ".join(months)
    if standing := amounts.keys() & (posted - reversed_):
        amount = sum((amounts[event] for event in standing), ZERO)
        message = (
            f"the books hold the mapping's own entries of {named} ({amount:,.2f}): they are right, and what was "
            "booked by hand stands beside them outside, where it has to be taken back"
        )
        raise BooksError(message, fix="medbooks gl reconcile   # names what was booked by hand outside")
    if waiting := [proposal for proposal in stores.ledger.waiting() if proposal.made.object in amounts]:
        numbers = " ".join(str(proposal.proposal_id) for proposal in waiting)
        amount = sum((proposal.made.total_amount for proposal in waiting), ZERO)
        message = f"the mapping's own entries of {named} ({amount:,.2f}) still wait and would be booked a second time"
        raise BooksError(message, fix=f'medbooks gl approve {numbers} --reject --reason "booked by hand"')
    if offered := amounts.keys() - posted - stores.ledger.waiting_reasons().keys():
        amount = sum((amounts[event] for event in offered), ZERO)
        message = f"the mapping's own entries of {named} ({amount:,.2f}) were not offered to the books yet"
        raise BooksError(message, fix="medbooks run")
