"""The ledger as the rest of the project sees it: post, approve, reverse, roll back, close, read, verify.

What does not belong here: bookkeeping rules (accounting, dbt), formats of outside programs (gl).
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa

from orchestration.accounting.accounts import Account, read_chart
from orchestration.accounting.approvers import Roster
from orchestration.accounting.journal import Entry, Refusal, entry_key
from orchestration.core.errors import BooksError, ConfigurationError
from orchestration.core.failpoints import reach
from orchestration.core.money import ZERO
from orchestration.core.periods import fiscal_period
from orchestration.ledger import (
    approvals,
    chain,
    databases,
    deciding,
    items,
    migrating,
    posting,
    reading,
    reversing,
    verification,
    writing,
)
from orchestration.ledger.bodies import entry_of
from orchestration.ledger.databases import Sessions
from orchestration.ledger.outbox import Outbox, missing_outside, send_again
from orchestration.ledger.reasons import OTHER_BODY
from orchestration.ledger.records import PostedEntry, PostResult
from orchestration.ledger.schema import accounts, entries, periods

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from sqlalchemy.engine import Connection

    from orchestration.accounting.accounts import TrialBalanceRow
    from orchestration.accounting.approval import ApprovalPolicy
    from orchestration.accounting.approvers import Approver
    from orchestration.core.findings import Finding
    from orchestration.ledger.approvals import Proposal
    from orchestration.ledger.outbox import OutboxItem

_IDS_PER_STATEMENT = 10_000
CORRECTION_MARK = "#"
"""Stands between an event and the number of the proposal that corrected it, in the id of the corrected event."""


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Ledger:
    """The book of record behind one database URL: ``sqlite:////srv/books/ledger.sqlite`` or ``postgresql://…``.

    Nothing is opened until a method is called, and nothing stays open after it. Every writing method is one
    transaction: after a crash at any moment it has happened wholly or not at all. Amounts are dollars.
    ``fiscal_start_months`` gives the first month of an entity's fiscal year, January where it is silent.
    ``policy`` says what waits for a person; without one nothing does. ``roster`` says who may decide: without one
    no person may. ``clock`` gives the moment of what is written and measures leases; without one that is the machine's
    clock, and the database's own for leases.
    Methods raise ``BusyError`` when another writer holds the ledger too long.
    """

    def __init__(
        self,
        url: str,
        *,
        fiscal_start_months: Mapping[str, int] | None = None,
        policy: ApprovalPolicy | None = None,
        roster: Roster | None = None,
        clock: Callable[[], dt.datetime] | None = None,
    ) -> None:
        self.sessions = Sessions(url)
        self._fiscal_start_months = dict(fiscal_start_months or {})
        self._policy = policy
        self._roster = roster or Roster()
        self._clock = clock or _now
        self._lease_clock = clock

    # --- setting up -------------------------------------------------------------------------------------

    def migrate(self) -> None:
        """Bring the tables and guards to this version's shape; does nothing when they are.

        Raises ``ConfigurationError`` when a newer version made them.
        """
        with self.sessions.read() as connection:
            # every run asks; only the first needs the write lock
            if migrating.revision(connection) == migrating.HEAD:
                return
        with self.sessions.write() as connection:
            if migrating.revision(connection) != migrating.HEAD:
                migrating.upgrade(connection)
                databases.of(connection).install_guards(connection)

    def load_accounts(self, rows: Iterable[Mapping[str, str]], *, made_by: str = "medbooks") -> int:
        """Add new accounts, rename known ones, and return how many changed; an absent account stays.

        Rows have ``account_code``, ``account_name``, ``account_type``. Raises ``ConfigurationError`` for a
        bad chart and for a known account that changes its type.
        """
        chart = read_chart(rows)
        with self.sessions.write() as connection:
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
        with self.sessions.read() as connection:
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
        refused: Sequence[Refusal] = (),
    ) -> PostResult:
        """Post every entry whose event is new as one batch tagged ``AI-YYYYMMDD-N``, and say what became of each.

        An event that is in the ledger with the same body, under any rule version, is skipped, a
        reversed one too. With another body it is a conflict: the first stays, the second waits for a person.
        What the policy holds, a closed period, an unknown account, and ``refused`` (rows that made no entry) wait
        under a number and never stop the others. What waited and is posted now counts as ``mended``.
        Raises ``ValueError`` for an entry that reverses another: that is what ``reverse`` is for.
        """
        offered = list(entries)
        if any(entry.reverses is not None for entry in offered):
            message = "a reversal is made by reverse() or rollback(), not posted"
            raise ValueError(message)
        # hashing is the slow part and needs no lock
        keyed = [(entry, entry_key(entry, rule_version)) for entry in offered]
        event_ids = {entry.event_id for entry in offered} | {refusal.event_id for refusal in refused}
        with self.sessions.write() as connection:
            sorter = posting.Sorter(
                connection,
                event_ids,
                rule_version=rule_version,
                policy=self._policy,
                made_by=made_by,
                run_id=run_id,
                at=self._clock(),
            )
            for refusal in refused:
                sorter.refuse(refusal)
            result = sorter.take(keyed)
            drafts = [self._draft(entry, key, rule_version) for entry, key in result.new]
            batch_tag = None
            if drafts:
                batch = writing.JournalBatch("AI", batch_date, made_by, run_id)
                batch_tag = writing.write_batch(connection, batch, drafts, self._clock())
        return PostResult(
            batch_tag=batch_tag,
            posted=len(drafts),
            skipped=result.skipped,
            posted_amount=_total(drafts),
            skipped_amount=result.skipped_amount,
            conflicts=result.conflicts,
            refusals=result.refusals,
            held=result.held,
            rejected=result.rejected,
        )

    def _draft(self, entry: Entry, key: str, rule_version: str, reverses_entry_id: int | None = None) -> writing.Draft:
        period = fiscal_period(entry.entry_date, self._fiscal_start_months.get(entry.entity_id, 1))
        return writing.Draft(entry, key, rule_version, period, reverses_entry_id)

    def reverse(
        self, entry_id: int, date: dt.date, reason: str, *, made_by: str = "medbooks", run_id: str | None = None
    ) -> PostResult:
        """Post the mirror of one entry, dated ``date``, in a batch ``RV-YYYYMMDD-N``; ``reason`` holds no PHI.

        An entry that is reversed already is skipped. Reversing a reversing entry puts the event back. Above the
        policy's limit it is held until another person approves it.
        Raises ``BooksError`` for an unknown entry and ``ClosedPeriodError`` when ``date`` is closed.
        """
        with self.sessions.write() as connection:
            found = list(reading.select_entries(connection, entries.c.entry_id == entry_id))
            if not found:
                message = f"there is no entry {entry_id} in the ledger"
                raise BooksError(message, fix="medbooks gl export --format csv   # lists the entries")
            batch = writing.JournalBatch("RV", date, made_by, run_id, reason)
            return self._reverse_or_hold(connection, found, batch, f"entry {entry_id}")

    def rollback(
        self, batch_tag: str, date: dt.date, reason: str, *, made_by: str = "medbooks", run_id: str | None = None
    ) -> PostResult:
        """Reverse every entry of a batch that is not reversed yet, in one new batch; ``reason`` holds no PHI.

        The trial balance is then what it was before the batch. A second call reverses nothing. Above the policy's
        limit it is held until another person approves it.
        Raises ``BooksError`` for an unknown batch and ``ClosedPeriodError`` when ``date`` is closed.
        """
        with self.sessions.write() as connection:
            found = list(reading.select_entries(connection, entries.c.batch_tag == batch_tag))
            if not found:
                message = "there is no such batch in the ledger"
                raise BooksError(message, fix="medbooks gl export --format csv   # lists the batches")
            batch = writing.JournalBatch("RV", date, made_by, run_id, reason, reverses_batch=batch_tag)
            return self._reverse_or_hold(connection, found, batch, f"batch {batch_tag}")

    def _reverse_or_hold(
        self, connection: Connection, found: Sequence[PostedEntry], batch: writing.JournalBatch, what: str
    ) -> PostResult:
        standing = reversing.standing(connection, found)
        total_amount = sum((posted.entry.total_amount for posted in standing), ZERO)
        hold = self._policy.hold_reversal(total_amount) if self._policy else None
        if hold is None or not standing:
            return self._reverse(connection, found, batch)
        made = reversing.proposal(standing, batch, hold, what)
        known = [p for p in approvals.of_objects(connection, [what]).get(what, ()) if p.decision is None]
        if not any(proposal.made.body_hash == made.body_hash for proposal in known):
            approvals.propose(connection, made, self._clock())
        return PostResult(None, held=[Refusal(what, hold.reason_code, total_amount)])

    def _reverse(self, connection: Connection, found: Sequence[PostedEntry], batch: writing.JournalBatch) -> PostResult:
        standing = reversing.standing(connection, found)
        drafts = [
            self._draft(mirrored, key, posted.rule_version, posted.entry_id)
            for posted, mirrored, key in reversing.mirrors(connection, standing, batch)
        ]
        batch_tag = writing.write_batch(connection, batch, drafts, self._clock()) if drafts else None
        return PostResult(
            batch_tag=batch_tag,
            posted=len(drafts),
            skipped=len(found) - len(drafts),
            posted_amount=_total(drafts),
            skipped_amount=sum((p.entry.total_amount for p in found), ZERO) - _total(drafts),
        )

    # --- approving --------------------------------------------------------------------------------------

    def waiting(self) -> list[Proposal]:
        """Return what is held or quarantined before the journal and not decided yet, by number."""
        with self.sessions.read() as connection:
            return approvals.waiting(connection)

    def waiting_reasons(self) -> dict[str, str]:
        """Return event id → reason code of every event that is not in the journal and waits or was rejected."""
        with self.sessions.read() as connection:
            return approvals.open_reasons(connection)

    def proposal(self, proposal_id: int) -> Proposal:
        """Return one proposal; raises ``BooksError`` when there is none of that number."""
        with self.sessions.read() as connection:
            return _one_proposal(connection, proposal_id)

    def approve(self, proposal_id: int, date: dt.date, *, by: str, reason: str) -> PostResult:
        """Book what is held, in the name of the person behind the login ``by``; decision and batch are one transaction.

        A closed period's entry is dated on the first open day, a reversing entry on ``date`` or the first open
        day after it.
        A changed event's booked entry is reversed and the new body is booked as an event of its own.
        Raises ``BooksError`` when it is decided already, cannot be booked as it is, was proposed by the same person, or
        when no approver is listed under the login, or one without the role, limit or entity; nothing has happened then.
        """
        approver = deciding.listed(self._roster, by)
        with self.sessions.write() as connection:
            proposal = _one_proposal(connection, proposal_id)
            deciding.may_approve(proposal, approver)
            made = proposal.made
            at = self._clock()
            self._record_roster(connection, at)
            if made.kind == "reversal":
                found = list(
                    reading.select_entries(connection, entries.c.entry_id.in_(json.loads(made.body)["entries"]))
                )
                batch = reversing.approved_batch(connection, proposal, date, approver.person)
                result = self._reverse(connection, found, batch)
            else:
                result = self._book(connection, proposal, date, approver.person)
            approvals.decide(
                connection,
                proposal,
                "approved",
                by=approver.person,
                reason=_with_login(reason, approver, by),
                at=at,
                batch_tag=result.batch_tag,
            )
            reach("approval.before_commit")
        return result

    def _book(self, connection: Connection, proposal: Proposal, date: dt.date, by: str) -> PostResult:
        made = proposal.made
        entry = entry_of(made.body)
        if made.reason_code == OTHER_BODY:
            standing = reversing.standing(
                connection,
                list(reading.select_entries(connection, entries.c.event_id == entry.event_id)),
            )
            batch = reversing.approved_batch(connection, proposal, date, by)
            self._reverse(connection, standing[-1:], batch)
            entry = replace(entry, event_id=f"{entry.event_id}{CORRECTION_MARK}{proposal.proposal_id}")
        open_day = writing.ClosedDates(connection).first_open_day(entry.entity_id, entry.entry_date)
        entry = replace(entry, entry_date=open_day)
        codes = {account.account_code for account in _accounts(connection)}
        if any(line.account_code not in codes for line in entry.lines):
            raise deciding.not_bookable(proposal)
        draft = self._draft(entry, entry_key(entry, made.rule_version), made.rule_version)
        batch = writing.JournalBatch("AI", date, made.proposed_by, made.run_id, f"approved by {by}")
        tag = writing.write_batch(connection, batch, [draft], self._clock())
        return PostResult(tag, posted=1, posted_amount=entry.total_amount)

    def reject(self, proposal_id: int, *, by: str, reason: str) -> None:
        """Decide against what is held or quarantined: it is not booked, and not offered again with the same body.

        The one who proposed it may take it back so. Raises ``BooksError`` when it is decided already, or when no
        approver is listed under the login ``by``, or one of another entity.
        """
        approver = deciding.listed(self._roster, by)
        with self.sessions.write() as connection:
            proposal = _one_proposal(connection, proposal_id)
            deciding.may_decide(proposal, approver)
            at = self._clock()
            self._record_roster(connection, at)
            why = _with_login(reason, approver, by)
            approvals.decide(connection, proposal, "rejected", by=approver.person, reason=why, at=at)

    def _record_roster(self, connection: Connection, at: dt.datetime) -> None:
        """Let the chain know the list that a decision is made by, when it is not the one it knows."""
        if chain.last_content(connection, "approvers_changed") != self._roster.digest:
            names = ", ".join(sorted(one.person for one in self._roster.approvers))
            deed = chain.Deed(
                "practice.toml",
                "approvers_changed",
                "approvers",
                names,
                object_count=len(self._roster.approvers),
                content_hash=self._roster.digest,
            )
            chain.append(connection, at, deed)

    # --- what waits in the lake -------------------------------------------------------------------------

    def number_items(self, keys: Iterable[str]) -> dict[str, int]:
        """Return item key → its number for every item there ever was; new ones get the next."""
        wanted = set(keys)
        with self.sessions.write() as connection:
            return items.number(connection, wanted)

    def item_decisions(self) -> dict[str, items.ItemDecision]:
        """Return item key → what was decided, proposed or undone last."""
        with self.sessions.read() as connection:
            return items.newest(connection)

    def decide_item(self, made: items.NewItemDecision) -> int:
        """Write what was proposed, decided or undone about an item, and return the number of that row."""
        with self.sessions.write() as connection:
            at = self._clock()
            self._record_roster(connection, at)
            return items.write(connection, made, at)

    def closed_periods(self) -> list[writing.ClosedPeriod]:
        """Return what is closed now, each with the first day after it that is open."""
        with self.sessions.read() as connection:
            return writing.ClosedDates(connection).closed_periods()

    # --- what has no proposal ---------------------------------------------------------------------------

    def require_approver(self, by: str, entity_ids: Iterable[str]) -> Approver:
        """Return the person behind the login ``by`` who decides for every one of these entities.

        Raises ``BooksError`` when no approver is listed under it, or one of other entities.
        """
        approver = deciding.listed(self._roster, by)
        deciding.decides_for(approver, entity_ids)
        return approver

    def record_mapping_lock(self, version: int, digest: str, entity_ids: Iterable[str], *, by: str, reason: str) -> str:
        """Keep in the audit chain who locked the revenue mapping, and return the person behind the login ``by``.

        ``digest`` is that of the mapping's rows. Raises ``BooksError`` as ``require_approver`` does.
        """
        approver = self.require_approver(by, entity_ids)
        with self.sessions.write() as connection:
            at = self._clock()
            self._record_roster(connection, at)
            why = _with_login(reason, approver, by)
            deed = chain.Deed(approver.person, "mapping_locked", f"mapping {version}", why, content_hash=digest)
            chain.append(connection, at, deed)
        return approver.person

    def send_again(self, target: str, references: Sequence[str], *, by: str, reason: str) -> list[OutboxItem]:
        """Let entries that were deleted at a target go there once more, and return them as they were: all or none.

        Each must have a receipt and have been missing at the last comparison. The next round looks it up under its
        reference, and only when it is not there sends it, under a key that was never used. Raises ``BooksError`` when
        one of them was not missing, when no approver is listed under the login ``by``, or one without limit or entity.
        """
        approver = deciding.listed(self._roster, by)
        with self.sessions.write() as connection:
            found = missing_outside(connection, target, references)
            if unknown := sorted(set(references) - {item.reference for item in found}):
                message = f"{unknown[0]} was not missing at {target} when it was last compared: nothing was sent"
                raise BooksError(message, fix=f"medbooks gl reconcile {target}")
            posted = {
                one.entry_id: one.entry.entity_id
                for one in reading.select_entries(connection, entries.c.entry_id.in_([item.entry_id for item in found]))
            }
            at = self._clock()
            self._record_roster(connection, at)
            for item in found:
                deciding.may_send_again(item, posted[item.entry_id], approver)
                send_again(connection, item, by=approver.person, reason=_with_login(reason, approver, by), at=at)
            reach("outbox.before_resend_commit")
        return found

    def close_period(
        self, entity_id: str, start_date: dt.date, end_date: dt.date, *, by: str, reason: str = "period closed"
    ) -> None:
        """Refuse postings of the entity dated from start to end, both included, until it is opened again.

        ``by`` is the login of an approver of the entity. Raises ``BooksError`` as ``require_approver`` does.
        """
        self._set_period(entity_id, start_date, end_date, "closed", by, reason)

    def open_period(self, entity_id: str, start_date: dt.date, end_date: dt.date, *, by: str, reason: str) -> None:
        """Accept postings of the entity dated from start to end again; why is kept in the audit chain.

        ``by`` is the login of an approver of the entity. Raises ``BooksError`` as ``require_approver`` does.
        """
        self._set_period(entity_id, start_date, end_date, "open", by, reason)

    def _set_period(
        self,
        entity_id: str,
        start_date: dt.date,
        end_date: dt.date,
        status: Literal["open", "closed"],
        by: str,
        reason: str,
    ) -> None:
        approver = self.require_approver(by, (entity_id,))
        if start_date > end_date:
            message = "a period ends on or after the day it starts"
            raise ValueError(message)
        with self.sessions.write() as connection:
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
            at = self._clock()
            self._record_roster(connection, at)
            deed = chain.Deed(
                approver.person,
                "period_closed" if status == "closed" else "period_opened",
                f"{entity_id} {start_date} {end_date}",
                _with_login(reason, approver, by),
                object_count=1,
            )
            chain.append(connection, at, deed)

    def is_closed(self, entity_id: str, day: dt.date) -> bool:
        """Return whether postings of the entity dated on the day are refused."""
        with self.sessions.read() as connection:
            return writing.ClosedDates(connection).first_open_day(entity_id, day) != day

    # --- reading ----------------------------------------------------------------------------------------

    def entries(
        self,
        *,
        as_of: dt.date | None = None,
        entity_id: str | None = None,
        book: str | None = None,
        batch_tag: str | None = None,
        source: str | None = None,
    ) -> Iterator[PostedEntry]:
        """Yield posted entries by entry number, one consistent view of the ledger however long it takes."""
        selection = reading.Selection(as_of, entity_id, book, batch_tag, source)
        with self.sessions.read() as connection:
            yield from reading.select_entries(connection, *selection.conditions())

    def entries_by_id(self, entry_ids: Sequence[int]) -> dict[int, PostedEntry]:
        """Return posted entries by their numbers; a number that is not in the ledger is left out."""
        found: dict[int, PostedEntry] = {}
        with self.sessions.read() as connection:
            for first in range(0, len(entry_ids), _IDS_PER_STATEMENT):
                chunk = list(entry_ids[first : first + _IDS_PER_STATEMENT])
                for posted in reading.select_entries(connection, entries.c.entry_id.in_(chunk)):
                    found[posted.entry_id] = posted
        return found

    def outbox(self, owner: str) -> Outbox:
        """Return the outbox, for one worker of that name."""
        return Outbox(self.sessions, owner, self._clock, lease_clock=self._lease_clock)

    def trial_balance(
        self,
        as_of: dt.date | None = None,
        *,
        entity_id: str | None = None,
        book: str | None = None,
        source: str | None = None,
    ) -> list[TrialBalanceRow]:
        """Return (account code, debit, credit) for every account with a balance, by code, net on one side."""
        with self.sessions.read() as connection:
            return reading.balances(connection, reading.Selection(as_of, entity_id, book, source=source))

    def movements(
        self, account_codes: Sequence[str], as_of: dt.date, *, entity_id: str, book: str
    ) -> dict[str, list[tuple[dt.date, Decimal]]]:
        """Return account code → (date, debit less credit) per day with a line up to ``as_of``, the oldest first."""
        with self.sessions.read() as connection:
            return reading.daily_movements(connection, account_codes, reading.Selection(as_of, entity_id, book))

    def provider_balances(self, account_code: str, as_of: dt.date, *, entity_id: str, book: str) -> dict[str, Decimal]:
        """Return provider → debit less credit on one account up to ``as_of``; lines of no provider are left out."""
        with self.sessions.read() as connection:
            return reading.provider_balances(connection, account_code, reading.Selection(as_of, entity_id, book))

    def pair_balances(
        self, account_codes: Sequence[str], as_of: dt.date, *, book: str
    ) -> dict[tuple[str, str], Decimal]:
        """Return (entity, other entity) → debit less credit on the accounts of what entities owe each other."""
        with self.sessions.read() as connection:
            return reading.pair_balances(connection, account_codes, reading.Selection(as_of, book=book))

    def not_reconciled(self, target: str, entity_id: str, as_of: dt.date) -> list[OutboxItem]:
        """Return a target's items of an entity's entries up to a day that are not reconciled line by line."""
        open_items = self.outbox("medbooks").items(target, "pending", "sent", "posted", "quarantined")
        posted = self.entries_by_id([item.entry_id for item in open_items])
        return [
            item
            for item in open_items
            if posted[item.entry_id].entry.entity_id == entity_id and posted[item.entry_id].entry.entry_date <= as_of
        ]

    def trial_balance_amount(self) -> Decimal:
        """Return all debits less all credits: 0.00."""
        debit_amount, credit_amount = self.posted_totals()
        return debit_amount - credit_amount

    def posted_totals(self) -> reading.PostedTotals:
        """Return the sums of all debits and of all credits, over the very entries that ``entry_count`` counts."""
        with self.sessions.read() as connection:
            return reading.posted_totals(connection)

    def entry_count(self) -> int:
        """Return the number of entries, reversing entries included."""
        with self.sessions.read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(entries)).scalar_one()

    def posted_event_ids(self) -> set[str]:
        """Return every event the ledger has taken in, those that were reversed too: none is posted again."""
        with self.sessions.read() as connection:
            return set(connection.execute(sa.select(entries.c.event_id).where(entries.c.reverses.is_(None))).scalars())

    def reversed_event_ids(self) -> set[str]:
        """Return the events that stand reversed: an original and its reversing entry, and what came after in pairs.

        An event that a person corrected stands by its correction.
        """
        touched = sa.select(entries.c.event_id).where(entries.c.reverses.is_not(None))
        statement = (
            sa.select(entries.c.event_id)
            .where(entries.c.event_id.in_(touched))
            .group_by(entries.c.event_id)
            .having(sa.func.count() % 2 == 0)
        )
        with self.sessions.read() as connection:
            return set(connection.execute(statement).scalars()) - self._corrected(connection)

    def _corrected(self, connection: Connection) -> set[str]:
        statement = sa.select(entries.c.event_id).where(entries.c.event_id.contains(CORRECTION_MARK, autoescape=True))
        return {_business_event(event_id) for event_id in connection.execute(statement).scalars()}

    def standing_totals(self) -> dict[str, Decimal]:
        """Return the debits of every event whose entry stands, in dollars: a reversed event is not in it."""
        statement = (
            sa.select(entries.c.event_id, entries.c.total_amount)
            .where(entries.c.reverses.is_(None))
            .order_by(entries.c.entry_id)
        )
        reversed_events = self.reversed_event_ids()
        with self.sessions.read() as connection:
            found = connection.execute(statement).all()
        # a correction comes after what it corrects
        return {_business_event(row.event_id): row.total_amount for row in found if row.event_id not in reversed_events}

    # --- proving ----------------------------------------------------------------------------------------

    def record(self, deed: chain.Deed) -> None:
        """Append to the audit chain what a person did outside of the journal, such as rejecting a file."""
        with self.sessions.write() as connection:
            chain.append(connection, self._clock(), deed)

    def audit_head(self) -> chain.Head:
        """Return number and hash of the last audit record, to be kept outside of the ledger."""
        with self.sessions.read() as connection:
            return chain.head(connection)

    def now(self) -> dt.datetime:
        """Return the moment by the clock of this ledger: what it writes now would carry it."""
        return self._clock()

    def last_audited_at(self) -> dt.datetime | None:
        """Return when the last audit record was written, by the clock of who wrote it."""
        with self.sessions.read() as connection:
            last = chain.last_at(connection)
        return dt.datetime.fromisoformat(last) if last else None

    def audit_records(self) -> tuple[chain.Head, list[tuple[object, ...]]]:
        """Return the head and every record of the chain, in its columns' order, as of one moment."""
        with self.sessions.read() as connection:
            return chain.head(connection), chain.records(connection)

    def verify_audit(self, known_head: chain.Head | None = None) -> list[Finding]:
        """Return what is wrong with the audit chain, nothing when it is intact.

        Finds a changed, removed, inserted or moved record, a batch or period without its record, and, given
        a head that was kept outside, a cut-off end.
        """
        with self.sessions.read() as connection:
            return [*chain.broken_links(connection, known_head), *verification.unrecorded(connection)]

    def verify_books(self) -> list[Finding]:
        """Return what is wrong with the journal itself, nothing when it is intact; reads every line.

        Finds missing triggers, entries that do not balance, lines without an entry, and any entry or line
        that is not what was posted.
        """
        with self.sessions.read() as connection:
            return verification.changed_books(connection)


def _accounts(connection: Connection) -> list[Account]:
    rows = connection.execute(sa.select(accounts).order_by(accounts.c.account_code))
    return [Account(row.account_code, row.account_name, row.account_type) for row in rows]


def _one_proposal(connection: Connection, proposal_id: int) -> Proposal:
    for proposal in approvals.by_number(connection, [proposal_id]):
        return proposal
    message = f"there is no proposal {proposal_id} in the ledger"
    raise BooksError(message, fix="medbooks gl preview   # lists what waits")


def _with_login(reason: str, approver: Approver, login: str) -> str:
    return reason if login == approver.person else f"{reason} [login {login}]"


def _business_event(event_id: str) -> str:
    return event_id.partition(CORRECTION_MARK)[0]


def _total(drafts: Iterable[writing.Draft]) -> Decimal:
    return sum((draft.entry.total_amount for draft in drafts), ZERO)
