"""Where an amount comes from: a claim, an entry, a file or a waiting number, back to files and places in them.

What is said names claims and files, so it is for the screen of the practice. What does not belong here: how it is
printed (the shell), and what should be booked (dbt).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.errors import BooksError
from orchestration.stores.lake import rows, table_names

if TYPE_CHECKING:
    import datetime as dt
    from contextlib import AbstractContextManager
    from decimal import Decimal

    import duckdb

    from orchestration.stores.practice import PracticeStores

# what a number is compared by: without case, blanks and leading zeros, as dbt's macro bare_number does
_BARE: Final = "ltrim(upper(trim({})), '0')"


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """One account's balance in dollars, debits positive."""

    account_code: str
    account_name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ExplainedEvent:
    """One event: its day, what brought it, where it stands in which file, and what it moved by rule and account."""

    event_id: str
    entry_date: dt.date
    source: str
    file_id: str
    file_name: str
    places: tuple[str, ...]
    is_posted: bool
    movements: tuple[tuple[str, str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """What stands behind one thing that was asked about: balances by account and the events they are made of."""

    subject: str
    subject_id: str
    book: str
    balances: tuple[AccountBalance, ...]
    events: tuple[ExplainedEvent, ...]


def explain_claim(stores: PracticeStores, claim_id: str, *, book: str = "accrual") -> Explained:
    """Return balances and events of a claim, however it is padded and cased.

    Raises ``BooksError`` when nothing is proposed for it.
    """
    with _lake(stores) as lake:
        bare = _BARE.format("claim_id")
        found = [
            row[0]
            for row in lake.execute(
                f"select distinct claim_id from posting.proposed_movements where {bare} = {_BARE.format('?')} "
                "order by claim_id = ? desc, claim_id",
                [claim_id, claim_id],
            ).fetchall()
        ]
        if not found:
            message = f"nothing is booked for a claim with the number {claim_id}"
            raise BooksError(message, fix="medbooks status   # what is quarantined or held")
        # two claims that differ in padding alone are two: the one that is written as asked
        return _explained(stores, lake, "claim", found[0], "claim_id = ?", book)


def explain_file(stores: PracticeStores, file_id: str, *, book: str = "accrual") -> Explained:
    """Return what a file brought into the books, by the first characters of its SHA-256 or its name.

    Raises ``BooksError`` when no file or several begin so.
    """
    with _lake(stores) as lake:
        found = lake.execute(
            "select file_id from landing.files where file_id like ? || '%' or file_name = ?", [file_id, file_id]
        ).fetchall()
        if len(found) != 1:
            message = f"{len(found)} files have an id that begins with {file_id}, or that name"
            raise BooksError(message, fix="medbooks explain file ID   # more of its id")
        return _explained(stores, lake, "file", found[0][0], "file_id = ?", book)


def explain_entry(stores: PracticeStores, entry: str) -> Explained:
    """Return what an entry of the ledger is made of, by its number or its event; raises ``BooksError`` for another."""
    event_id = entry
    if entry.isdecimal():
        posted = stores.ledger.entries_by_id([int(entry)])
        if int(entry) not in posted:
            message = f"the ledger has no entry {entry}"
            raise BooksError(message, fix="medbooks gl export --format csv --out journal.csv   # all entries")
        event_id = posted[int(entry)].entry.event_id
    return _explain_event(stores, event_id, "entry", entry)


def explain_number(stores: PracticeStores, number: int) -> Explained:
    """Return what waits under a number; raises ``BooksError`` when nothing does."""
    return _explain_event(stores, stores.ledger.proposal(number).made.object, "number", str(number))


def _explain_event(stores: PracticeStores, event_id: str, subject: str, asked: str) -> Explained:
    # the entries of an event in the cash book and of other entities carry a mark behind it
    event, _, _ = event_id.partition("@")
    book = "cash" if event.endswith(":cash") else "accrual"
    with _lake(stores) as lake:
        found = _explained(stores, lake, subject, event.removesuffix(":cash"), "event_id = ?", book)
    if not found.events:
        message = f"{subject} {asked} was not made from files: it is an entry of a person or of a period's end"
        raise BooksError(message, fix="medbooks audit verify   # who made it stands in the audit chain")
    return found


def _explained(
    stores: PracticeStores, lake: duckdb.DuckDBPyConnection, subject: str, subject_id: str, where: str, book: str
) -> Explained:
    chosen = f"from posting.proposed_movements as moved where {where} and book = ?"
    source, amount = (
        ("claim_line_positions", "amount") if subject == "claim" else ("proposed_movements", "signed_amount")
    )
    balances = rows(
        lake,
        "select summed.account_code, accounts.account_name, summed.amount from (select account_code, "
        f"sum({amount}) as amount from posting.{source} where {where} and book = ? group by account_code) as summed "
        "left join reference.accounts as accounts using (account_code) order by summed.account_code",
        [subject_id, book],
    )
    movements = rows(
        lake,
        f"select event_id, entry_date, source, file_id, rule_id, account_code, sum(signed_amount) as amount {chosen} "
        "group by all having sum(signed_amount) <> 0 order by entry_date, event_id, rule_id, account_code",
        [subject_id, book],
    )
    names = dict(lake.execute("select file_id, file_name from landing.files").fetchall())
    places = _places(lake, subject_id) if subject == "claim" else {}
    posted = stores.ledger.posted_event_ids()
    events: dict[str, list[dict[str, Any]]] = {}
    for row in movements:
        events.setdefault(row["event_id"], []).append(row)
    return Explained(
        subject,
        subject_id,
        book,
        tuple(AccountBalance(row["account_code"], row["account_name"] or "", row["amount"]) for row in balances),
        tuple(
            ExplainedEvent(
                event_id=event_id,
                entry_date=found[0]["entry_date"],
                source=found[0]["source"],
                file_id=found[0]["file_id"] or "",
                file_name=names.get(found[0]["file_id"], ""),
                places=tuple(places.get(found[0]["file_id"], ())),
                is_posted=any(name in posted for name in (event_id, f"{event_id}:{book}")),
                movements=tuple((row["rule_id"], row["account_code"], row["amount"]) for row in found),
            )
            for event_id, found in events.items()
        ),
    )


def _places(lake: duckdb.DuckDBPyConnection, claim_id: str) -> dict[str, list[str]]:
    """Return file id → segments and lines that speak of a claim."""
    found: dict[str, list[str]] = {}
    for file_id, place in lake.execute(
        "select file_id, concat('segment ', segment_number) from intermediate.int_remittances__claims_classified "
        "where claim_id = $claim union all "
        "select file_id, concat('line ', line_number) from marts.fct_charge_lines where claim_id = $claim union all "
        "select file_id, concat('line ', line_number) from intermediate.int_receivables__desk_payments "
        "where claim_id = $claim union all "
        "select file_id, concat('line ', line_number) from marts.fct_account_adjustments where claim_id = $claim "
        "order by all",
        {"claim": claim_id},
    ).fetchall():
        found.setdefault(file_id, []).append(place)
    return found


def _lake(stores: PracticeStores) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    with stores.lake.connect() as lake:
        if "posting.proposed_movements" not in table_names(lake):
            message = "nothing is booked yet"
            raise BooksError(message, fix="medbooks run")
    return stores.lake.connect()
