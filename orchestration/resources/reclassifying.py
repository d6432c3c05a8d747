"""A past month that was booked by hand: what the mapping books of it, and the entry that makes the one the other.

What does not belong here: reading the file of manual postings (cli), and the arithmetic (``accounting.comparison``).
"""

from __future__ import annotations

import calendar
import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from orchestration.accounting.comparison import (
    RULE_ID,
    RULES,
    SOURCE,
    Movement,
    reclassification,
    unbalanced_months,
)
from orchestration.accounting.journal import RULE_VERSION
from orchestration.core.errors import BooksError, ConfigurationError
from orchestration.core.ids import file_id
from orchestration.core.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestration.accounting.comparison import Variance
    from orchestration.ledger.records import PostResult
    from orchestration.resources.practice import PracticeStores


def mapped_charges(stores: PracticeStores, entity_id: str, months: Iterable[str]) -> list[Movement]:
    """Return what the mapping books of an entity's charges in months (``YYYY-MM``), by month and account.

    Raises ``ConfigurationError`` when the mart that says so is not built, or was built by another version.
    """
    with stores.lake.connect() as lake:
        built = lake.execute(
            "SELECT count(*) FROM duckdb_columns() WHERE database_name = 'lake' AND schema_name = 'measures' "
            "AND table_name = 'account_activity_monthly' AND column_name = 'rule_id'"
        ).fetchone()
        if built != (1,):
            message = "what the mapping books cannot be known: the marts it comes from are not built"
            raise ConfigurationError(message, mend="medbooks run")
        found = lake.execute(
            "SELECT posting_month, account_code, sum(net_amount) FROM measures.account_activity_monthly "
            "WHERE book = 'accrual' AND entity_id = ? AND rule_id IN (SELECT unnest(?)) "
            "AND strftime(posting_month, '%Y-%m') IN (SELECT unnest(?)) GROUP BY ALL",
            [entity_id, list(RULES), list(months)],
        ).fetchall()
    return [Movement(f"{month:%Y-%m}", code, Decimal(amount)) for month, code, amount in found]


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
            message, mend="medbooks gl preview --compare FILE --propose   # after its missing side is added"
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
            "SELECT event_id, sum(debit_amount) FROM posting.fct_journal_lines "
            "WHERE book = 'accrual' AND entity_id = ? AND rule_id = ? AND debit_amount > 0 "
            "AND strftime(entry_date, '%Y-%m') IN (SELECT unnest(?)) GROUP BY event_id",
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
        raise BooksError(message, mend="medbooks gl reconcile   # names what was booked by hand outside")
    if waiting := [proposal for proposal in stores.ledger.waiting() if proposal.made.object in amounts]:
        numbers = " ".join(str(proposal.proposal_id) for proposal in waiting)
        amount = sum((proposal.made.total_amount for proposal in waiting), ZERO)
        message = f"the mapping's own entries of {named} ({amount:,.2f}) still wait and would be booked a second time"
        raise BooksError(message, mend=f'medbooks gl approve {numbers} --reject --reason "booked by hand"')
    if offered := amounts.keys() - posted - stores.ledger.waiting_reasons().keys():
        amount = sum((amounts[event] for event in offered), ZERO)
        message = f"the mapping's own entries of {named} ({amount:,.2f}) were not offered to the books yet"
        raise BooksError(message, mend="medbooks run")
