"""The ledger as the rest of the project sees it: post, reverse, roll back, read, verify.

What does not belong here: bookkeeping rules (accounting, dbt), formats of outside programs (gl).
"""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa

from orchestration.accounting.accounts import Account, read_chart
from orchestration.accounting.journal import Entry, Refusal, entry_key
from orchestration.accounting.reversal import mirror
from orchestration.core.errors import BooksError, BusyError, ClosedPeriodError, ConfigurationError
from orchestration.core.money import ZERO
from orchestration.core.periods import fiscal_period
from orchestration.ledger import chain, reading, sqlite, verification, writing
from orchestration.ledger.records import PostedEntry, PostResult
from orchestration.ledger.schema import SCHEMA_VERSION, accounts, audit, entries, periods

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from sqlalchemy.engine import Connection

    from orchestration.accounting.accounts import TrialBalanceRow
    from orchestration.core.findings import Finding

OTHER_BODY = "other_body"
CLOSED_PERIOD = "closed_period"
UNKNOWN_ACCOUNT = "unknown_account"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Ledger:
    """The book of record behind one database URL, e.g. ``sqlite:////srv/books/ledger.sqlite``.

    Nothing is opened until a method is called, and nothing stays open after it. Every writing method is one
    transaction: after a crash at any moment it has happened wholly or not at all. Amounts are dollars.
    ``fiscal_start_months`` gives the first month of an entity's fiscal year, January where it is silent.
    Methods raise ``BusyError`` when another writer holds the ledger too long.
    """

    def __init__(
        self,
        url: str,
        *,
        fiscal_start_months: Mapping[str, int] | None = None,
        clock: Callable[[], dt.datetime] = _now,
    ) -> None:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() != "sqlite" or parsed.database in {None, "", ":memory:"}:
            message = "the ledger is kept in a SQLite file: sqlite:///<path>"
            raise ConfigurationError(message)
        self._engine = sqlite.open_engine(parsed)
        self._writer = self._engine.execution_options(ledger_writes=True)
        self._fiscal_start_months = dict(fiscal_start_months or {})
        self._clock = clock

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with _busy_is_ours(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with _busy_is_ours(), self._writer.begin() as connection:
            yield connection

    # --- setting up -------------------------------------------------------------------------------------

    def migrate(self) -> None:
        """Bring the tables to this version's shape; does nothing when they are.

        Raises ``ConfigurationError`` when a newer version made them.
        """
        with self._read() as connection:
            # every run asks; only the first needs the write lock
            if sqlite.schema_version(connection) == SCHEMA_VERSION:
                return
        with self._write() as connection:
            version = sqlite.schema_version(connection)
            if version > SCHEMA_VERSION:
                message = f"the ledger was made by a newer version (schema {version}, known {SCHEMA_VERSION})"
                raise ConfigurationError(message)
            if version == 0:
                sqlite.create(connection, SCHEMA_VERSION)

    def load_accounts(self, rows: Iterable[Mapping[str, str]], *, made_by: str = "medbooks") -> int:
        """Add new accounts, rename known ones, and return how many changed; an absent account stays.

        Rows have ``account_code``, ``account_name``, ``account_type``. Raises ``ConfigurationError`` for a
        bad chart and for a known account that changes its type.
        """
        chart = read_chart(rows)
        with self._write() as connection:
            known = {account.account_code: account for account in _accounts(connection)}
            changed = [account for account in chart if known.get(account.account_code) != account]
            for account in changed:
                before = known.get(account.account_code)
                if before is None:
                    connection.execute(
                        accounts.insert().values(
                            account_code=account.account_code,
                            account_name=account.account_name,
                            account_type=account.account_type,
                        )
                    )
                elif before.account_type != account.account_type:
                    message = (
                        f"account {account.account_code} is of type {before.account_type} in the ledger and cannot"
                        f" become {account.account_type}: past balances would change sides"
                    )
                    raise ConfigurationError(message)
                else:
                    connection.execute(
                        accounts.update()
                        .where(accounts.c.account_code == account.account_code)
                        .values(account_name=account.account_name)
                    )
            if changed:
                deed = chain.Deed(made_by, "accounts_changed", "chart", object_count=len(changed))
                chain.append(connection, self._clock(), deed)
        return len(changed)

    def accounts(self) -> list[Account]:
        """Return the chart, by account code."""
        with self._read() as connection:
            return _accounts(connection)

    # --- posting ----------------------------------------------------------------------------------------

    def post(
        self,
        entries: Iterable[Entry],
        *,
        batch_date: dt.date,
        made_by: str,
        run_id: str | None,
        rule_version: str,
    ) -> PostResult:
        """Post every entry whose event is new as one batch tagged ``AI-YYYYMMDD-N``, and say what became of each.

        An event that is in the ledger with the same body, under whatever rule version, is skipped, a
        reversed one too. With another body it is a conflict: the first stays, the second is returned and
        audited once. A closed period or an unknown account refuses one entry, never the others.
        Raises ``ValueError`` for an entry that reverses another: that is what ``reverse`` is for.
        """
        offered = list(entries)
        if any(entry.reverses is not None for entry in offered):
            message = "a reversal is made by reverse() or rollback(), not posted"
            raise ValueError(message)
        # hashing is the slow part and needs no lock
        keys = [entry_key(entry, rule_version) for entry in offered]
        posted_amount = skipped_amount = ZERO
        drafts: list[writing.Draft] = []
        conflicts: list[tuple[Entry, str]] = []
        refusals: list[Refusal] = []
        skipped = 0
        with self._write() as connection:
            originals = reading.originals(connection, {entry.event_id for entry in offered})
            codes = {account.account_code for account in _accounts(connection)}
            closed = writing.ClosedDates(connection)
            for entry, key in zip(offered, keys, strict=True):
                original_key, original_version = originals.get(entry.event_id, (None, rule_version))
                if original_key is not None:
                    # rules that moved on without moving this event's money are no other body
                    same = key if original_version == rule_version else entry_key(entry, original_version)
                    if original_key == same:
                        skipped += 1
                        skipped_amount += entry.total_amount
                    else:
                        conflicts.append((entry, key))
                elif entry in closed:
                    refusals.append(Refusal(entry.event_id, CLOSED_PERIOD, entry.total_amount))
                elif any(line.account_code not in codes for line in entry.lines):
                    refusals.append(Refusal(entry.event_id, UNKNOWN_ACCOUNT, entry.total_amount))
                else:
                    originals[entry.event_id] = (key, rule_version)
                    posted_amount += entry.total_amount
                    drafts.append(self._draft(entry, key, rule_version))
            batch_tag = None
            if drafts:
                batch = writing.Batch("AI", batch_date, made_by, run_id)
                batch_tag = writing.write_batch(connection, batch, drafts, self._clock())
            self._audit_conflicts(connection, made_by, conflicts)
        return PostResult(
            batch_tag=batch_tag,
            posted=len(drafts),
            skipped=skipped,
            posted_amount=posted_amount,
            skipped_amount=skipped_amount,
            conflicts=[Refusal(entry.event_id, OTHER_BODY, entry.total_amount) for entry, _key in conflicts],
            refusals=refusals,
        )

    def _draft(self, entry: Entry, key: str, rule_version: str, reverses_entry_id: int | None = None) -> writing.Draft:
        period = fiscal_period(entry.entry_date, self._fiscal_start_months.get(entry.entity_id, 1))
        return writing.Draft(entry, key, rule_version, period, reverses_entry_id)

    def _audit_conflicts(self, connection: Connection, made_by: str, conflicts: Sequence[tuple[Entry, str]]) -> None:
        if not conflicts:
            return
        # the same proposals come again with every run; the same conflict is told once
        statement = sa.select(audit.c.object, audit.c.content_hash).where(audit.c.action == "conflict")
        told = {(event_id, key) for event_id, key in connection.execute(statement)}
        for entry, key in conflicts:
            if (entry.event_id, key) not in told:
                told.add((entry.event_id, key))
                deed = chain.Deed(
                    actor=made_by,
                    action="conflict",
                    object=entry.event_id,
                    reason=OTHER_BODY,
                    object_count=1,
                    amount=entry.total_amount,
                    content_hash=key,
                )
                chain.append(connection, self._clock(), deed)

    def reverse(
        self, entry_id: int, date: dt.date, reason: str, *, made_by: str = "medbooks", run_id: str | None = None
    ) -> PostResult:
        """Post the mirror of one entry, dated ``date``, in a batch ``RV-YYYYMMDD-N``; ``reason`` holds no PHI.

        An entry that is reversed already is skipped. Reversing a reversal puts the event back.
        Raises ``BooksError`` for an unknown entry and ``ClosedPeriodError`` when ``date`` is closed.
        """
        with self._write() as connection:
            found = list(reading.select_entries(connection, entries.c.entry_id == entry_id))
            if not found:
                message = f"there is no entry {entry_id} in the ledger"
                raise BooksError(message)
            return self._reverse(connection, found, writing.Batch("RV", date, made_by, run_id, reason))

    def rollback(
        self, batch_tag: str, date: dt.date, reason: str, *, made_by: str = "medbooks", run_id: str | None = None
    ) -> PostResult:
        """Reverse every entry of a batch that is not reversed yet, in one new batch; ``reason`` holds no PHI.

        The trial balance is then what it was before the batch. A second call reverses nothing.
        Raises ``BooksError`` for an unknown batch and ``ClosedPeriodError`` when ``date`` is closed.
        """
        with self._write() as connection:
            found = list(reading.select_entries(connection, entries.c.batch_tag == batch_tag))
            if not found:
                message = "there is no such batch in the ledger"
                raise BooksError(message)
            batch = writing.Batch("RV", date, made_by, run_id, reason, reverses_batch=batch_tag)
            return self._reverse(connection, found, batch)

    def _reverse(self, connection: Connection, found: Sequence[PostedEntry], batch: writing.Batch) -> PostResult:
        ids = [posted.entry_id for posted in found]
        statement = sa.select(entries.c.reverses).where(entries.c.reverses.between(min(ids), max(ids)))
        is_reversed = set(connection.execute(statement).scalars())
        closed = writing.ClosedDates(connection)
        drafts: list[writing.Draft] = []
        for posted in found:
            if posted.entry_id in is_reversed:
                continue
            mirrored = mirror(posted.entry, reverses=posted.entry_key, entry_date=batch.batch_date, reason=batch.reason)
            if mirrored in closed:
                message = f"{batch.batch_date} is in a closed period of an entity of this reversal"
                raise ClosedPeriodError(message, mend="date the reversal in the first open period")
            # the reversal belongs to the rules that made the entry
            key = entry_key(mirrored, posted.rule_version)
            drafts.append(self._draft(mirrored, key, posted.rule_version, posted.entry_id))
        batch_tag = writing.write_batch(connection, batch, drafts, self._clock()) if drafts else None
        return PostResult(
            batch_tag=batch_tag,
            posted=len(drafts),
            skipped=len(found) - len(drafts),
            posted_amount=sum((draft.entry.total_amount for draft in drafts), ZERO),
            skipped_amount=sum((p.entry.total_amount for p in found if p.entry_id in is_reversed), ZERO),
        )

    # --- periods ----------------------------------------------------------------------------------------

    def close_period(
        self, entity_id: str, start_date: dt.date, end_date: dt.date, *, made_by: str, reason: str = ""
    ) -> None:
        """Refuse postings of the entity dated from start to end, both included, until it is opened again."""
        self._set_period(entity_id, start_date, end_date, "closed", chain.Deed(made_by, "period_closed", "", reason))

    def open_period(self, entity_id: str, start_date: dt.date, end_date: dt.date, *, made_by: str, reason: str) -> None:
        """Accept postings of the entity dated from start to end again; why is kept in the audit chain."""
        self._set_period(entity_id, start_date, end_date, "open", chain.Deed(made_by, "period_opened", "", reason))

    def _set_period(
        self,
        entity_id: str,
        start_date: dt.date,
        end_date: dt.date,
        status: Literal["open", "closed"],
        deed: chain.Deed,
    ) -> None:
        if start_date > end_date:
            message = "a period ends on or after the day it starts"
            raise ValueError(message)
        with self._write() as connection:
            last = connection.execute(
                sa.select(periods)
                .where(
                    periods.c.entity_id == entity_id,
                    periods.c.start_date <= end_date,
                    periods.c.end_date >= start_date,
                )
                .order_by(periods.c.period_id.desc())
                .limit(1)
            ).first()
            if last and (last.start_date, last.end_date, last.status) == (start_date, end_date, status):
                return
            count = connection.execute(sa.select(sa.func.coalesce(sa.func.max(periods.c.period_id), 0))).scalar_one()
            connection.execute(
                periods.insert().values(
                    period_id=count + 1, entity_id=entity_id, start_date=start_date, end_date=end_date, status=status
                )
            )
            named = chain.Deed(
                deed.actor, deed.action, f"{entity_id} {start_date} {end_date}", deed.reason, object_count=1
            )
            chain.append(connection, self._clock(), named)

    # --- reading ----------------------------------------------------------------------------------------

    def entries(
        self,
        *,
        as_of: dt.date | None = None,
        entity_id: str | None = None,
        book: str | None = None,
        batch_tag: str | None = None,
    ) -> Iterator[PostedEntry]:
        """Yield posted entries by entry number, one consistent view of the ledger however long it takes."""
        selection = reading.Selection(as_of, entity_id, book, batch_tag)
        with self._read() as connection:
            yield from reading.select_entries(connection, *selection.conditions())

    def trial_balance(
        self, as_of: dt.date | None = None, *, entity_id: str | None = None, book: str | None = None
    ) -> list[TrialBalanceRow]:
        """Return (account code, debit, credit) for every account with a balance, by code, net on one side."""
        with self._read() as connection:
            return reading.balances(connection, reading.Selection(as_of, entity_id, book))

    def trial_balance_amount(self) -> Decimal:
        """Return all debits less all credits: 0.00."""
        with self._read() as connection:
            return reading.total_amount(connection)

    def entry_count(self) -> int:
        """Return the number of entries, reversals included."""
        with self._read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(entries)).scalar_one()

    def posted_event_ids(self) -> set[str]:
        """Return every event the ledger has taken in, those that were reversed too: none is posted again."""
        with self._read() as connection:
            return set(connection.execute(sa.select(entries.c.event_id).where(entries.c.reverses.is_(None))).scalars())

    def reversed_event_ids(self) -> set[str]:
        """Return the events that stand reversed: an original and its reversal, and what came after in pairs."""
        touched = sa.select(entries.c.event_id).where(entries.c.reverses.is_not(None))
        statement = (
            sa.select(entries.c.event_id)
            .where(entries.c.event_id.in_(touched))
            .group_by(entries.c.event_id)
            .having(sa.func.count() % 2 == 0)
        )
        with self._read() as connection:
            return set(connection.execute(statement).scalars())

    def standing_totals(self) -> dict[str, Decimal]:
        """Return the debits of every event whose entry stands, in dollars: a reversed event is not in it."""
        statement = sa.select(entries.c.event_id, entries.c.total_amount).where(entries.c.reverses.is_(None))
        reversed_events = self.reversed_event_ids()
        with self._read() as connection:
            found = connection.execute(statement).all()
        return {row.event_id: row.total_amount for row in found if row.event_id not in reversed_events}

    # --- proving ----------------------------------------------------------------------------------------

    def audit_head(self) -> chain.Head:
        """Return number and hash of the last audit record, to be kept outside of the ledger."""
        with self._read() as connection:
            return chain.head(connection)

    def verify_audit(self, known_head: chain.Head | None = None) -> list[Finding]:
        """Return what is wrong with the audit chain, nothing when it is intact.

        Finds a changed, removed, inserted or moved record, a batch or period without its record, and, given
        a head that was kept outside, a cut-off end.
        """
        with self._read() as connection:
            return [*chain.broken_links(connection, known_head), *verification.unrecorded(connection)]

    def verify_books(self) -> list[Finding]:
        """Return what is wrong with the journal itself, nothing when it is intact; reads every line.

        Finds missing triggers, entries that do not balance, lines without an entry, and any entry or line
        that is not what was posted.
        """
        with self._read() as connection:
            return verification.changed_books(connection)


def _accounts(connection: Connection) -> list[Account]:
    rows = connection.execute(sa.select(accounts).order_by(accounts.c.account_code))
    return [Account(row.account_code, row.account_name, row.account_type) for row in rows]


@contextmanager
def _busy_is_ours() -> Iterator[None]:
    try:
        yield
    except sa.exc.OperationalError as error:
        if "locked" not in str(error.orig):
            raise
        message = "another process is writing to the ledger and did not finish in time"
        raise BusyError(message, mend="wait for the other run to end and run this again") from None
