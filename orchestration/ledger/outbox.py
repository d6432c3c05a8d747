"""The outbox: which entry is where on its way to which outside ledger, who is working on it, and which system rests.

An item is written as ``sent`` before any call, with a lease: a process that dies leaves it behind as ``sent``, and when
the lease has run out the next one knows that it may have arrived and looks it up first. A receipt counts only for
the one who holds the lease. What does not belong here: any call, and when to try again (gl).

Items are derived from the journal, so nothing that is posted can be missing here: an entry that a killed process
posted is enqueued by the next round.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import sqlalchemy as sa

from orchestration.core.failpoints import reach
from orchestration.core.ids import canonical_key
from orchestration.ledger import chain, databases
from orchestration.ledger.schema import entries, outbox, targets

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Mapping, Sequence
    from decimal import Decimal

    from sqlalchemy.engine import Connection

    from orchestration.ledger.databases import Sessions

OutboxState = Literal["pending", "sent", "posted", "reconciled", "quarantined"]

# what the audit chain calls the deeds of this module
RECEIVED = "received"
QUARANTINED = "quarantined_outside"
RELEASED = "released"
SENT_AGAIN = "sent_again"
STOPPED = "target_stopped"
RESUMED = "target_resumed"

MISSING_OUTSIDE: Final = "missing_outside"
"""Why a posted item may be sent again: the comparison did not find it there."""

_PREFIX = "MB-"
_REFERENCE_LETTERS = 18
_REFERENCE = re.compile(rf"{_PREFIX}[A-Z2-7]{{{_REFERENCE_LETTERS}}}")
_ENQUEUE_CHUNK = 10_000


def reference(entry_key: str) -> str:
    """Return what an entry is called outside, always the same: 90 bits of its key, 21 characters of ``[A-Z2-7-]``."""
    letters = base64.b32encode(bytes.fromhex(entry_key)).decode()
    return f"{_PREFIX}{letters[:_REFERENCE_LETTERS]}"


def is_reference(text: str) -> bool:
    """Return whether a text has the shape of ``reference``: outside, anything else is what a person typed."""
    return _REFERENCE.fullmatch(text) is not None


def receipt_hash(target: str, of_reference: str, external_id: str) -> str:
    """Return what seals a receipt in the audit chain."""
    return canonical_key([target, of_reference, external_id])


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One entry on its way to one target; ``is_uncertain`` when an earlier attempt may have arrived.

    ``resend_count`` is how often a person let it be sent again after it was deleted there. ``total_amount`` is the sum
    of the entry's debits in dollars.
    """

    outbox_id: int
    target: str
    entry_id: int
    reference: str
    state: OutboxState
    attempts: int
    is_uncertain: bool
    external_id: str | None
    resend_count: int
    reason_code: str
    total_amount: Decimal


class Claim(NamedTuple):
    """What one claim got; ``is_first_after_failures`` when the target has not answered since it rested for failures."""

    items: list[OutboxItem]
    is_first_after_failures: bool


@dataclass(frozen=True, slots=True)
class TargetState:
    """How an outside ledger is doing: ``closed`` flows, ``open`` rests for a while, ``stopped`` waits for a person."""

    target: str
    state: Literal["closed", "open", "stopped"] = "closed"
    reason_code: str = ""
    failure_count: int = 0
    rests_milliseconds: int = 0
    mapping_hash: str = ""


@dataclass(frozen=True, slots=True)
class StateTotals:
    """How many items of one target are in one state for one reason, and their dollars."""

    target: str
    state: OutboxState
    reason_code: str
    item_count: int
    total_amount: Decimal


class Outbox:
    """The outbox of one ledger, for one worker; ``owner`` names it in leases and is different for every process.

    Every method is one transaction. Methods that settle an item return ``False`` when the lease was lost meanwhile:
    another worker is responsible for the item then, and nothing was written.
    """

    def __init__(
        self,
        sessions: Sessions,
        owner: str,
        clock: Callable[[], dt.datetime],
        *,
        lease_clock: Callable[[], dt.datetime] | None = None,
    ) -> None:
        self._sessions = sessions
        self.owner = owner
        self._clock = clock
        self._lease_clock = lease_clock

    def _now_milliseconds(self, connection: Connection) -> int:
        """Return the time leases, waits and rests are measured by: the database's own unless a clock was given."""
        if self._lease_clock is None:
            return databases.of(connection).now_milliseconds(connection)
        return int(self._lease_clock().timestamp() * 1000)

    # --- filling and claiming ---------------------------------------------------------------------------

    def enqueue(
        self,
        target: str,
        *,
        book: str,
        entity_ids: Collection[str],
        since: dt.date | None = None,
        everything: bool = False,
    ) -> int:
        """Write an item for every entry of the book and entities that has none, and return how many.

        Only entries behind the newest that has an item are looked at, unless ``everything`` is asked for: needed
        once when the selection of a target was widened.
        """
        reach("outbox.before_enqueue")
        with self._sessions.write() as connection:
            newest = sa.select(sa.func.coalesce(sa.func.max(outbox.c.entry_id), 0)).where(outbox.c.target == target)
            after = 0 if everything else connection.execute(newest).scalar_one()
            statement = (
                sa.select(entries.c.entry_id, entries.c.entry_key)
                .outerjoin(outbox, sa.and_(outbox.c.entry_id == entries.c.entry_id, outbox.c.target == target))
                .where(
                    entries.c.entry_id > after,
                    entries.c.book == book,
                    entries.c.entity_id.in_(list(entity_ids)),
                    outbox.c.outbox_id.is_(None),
                )
                .order_by(entries.c.entry_id)
            )
            if since is not None:
                statement = statement.where(entries.c.entry_date >= since)
            found = connection.execute(statement).all()
            last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(outbox.c.outbox_id), 0))).scalar_one()
            rows = [
                {
                    "outbox_id": number,
                    "target": target,
                    "entry_id": row.entry_id,
                    "reference": reference(row.entry_key),
                    "state": "pending",
                    "attempts": 0,
                    "is_uncertain": 0,
                    "lease_owner": "",
                    "lease_until_ms": 0,
                    "next_attempt_ms": 0,
                    "external_id": None,
                    "resend_count": 0,
                    "reason_code": "",
                }
                for number, row in enumerate(found, start=last + 1)
            ]
            if rows:
                connection.execute(outbox.insert(), rows)
            reach("outbox.before_enqueue_commit")
        return len(rows)

    def claim(self, target: str, *, limit: int, lease_milliseconds: int) -> Claim:
        """Take items that are due and write them as ``sent``, leased to this owner; none while the target rests.

        An item that another owner left as ``sent`` is due when its lease has run out, and is uncertain then.
        """
        with self._sessions.write() as connection:
            now = self._now_milliseconds(connection)
            state = _target(connection, target, now)
            if state.state == "stopped" or state.rests_milliseconds > 0:
                return Claim([], is_first_after_failures=False)
            is_due = sa.or_(
                sa.and_(outbox.c.state == "pending", outbox.c.next_attempt_ms <= now),
                sa.and_(outbox.c.state == "sent", outbox.c.lease_until_ms <= now),
            )
            statement = _items(outbox.c.target == target, is_due).order_by(outbox.c.outbox_id).limit(limit)
            # `attempts` stays what it was before, so that an attempt that was not the entry's fault can be given back
            claimed = [_item(row) for row in connection.execute(statement)]
            if claimed:
                connection.execute(
                    outbox.update()
                    .where(outbox.c.outbox_id.in_([item.outbox_id for item in claimed]))
                    .values(
                        state="sent",
                        attempts=outbox.c.attempts + 1,
                        # until it is known better: this process may die at any moment
                        is_uncertain=1,
                        lease_owner=self.owner,
                        lease_until_ms=now + lease_milliseconds,
                    )
                )
            reach("outbox.before_claim_commit")
        reach("outbox.after_claim_commit")
        return Claim(claimed, is_first_after_failures=state.state == "open" and state.failure_count > 0)

    # --- settling ---------------------------------------------------------------------------------------

    def received(self, item: OutboxItem, external_id: str) -> bool:
        """Write down that the outside ledger holds the entry."""
        with self._sessions.write() as connection:
            is_ours = self._settle(
                connection, item, state="posted", external_id=external_id, is_uncertain=0, reason_code=""
            )
            if is_ours:
                deed = chain.Deed(
                    actor=self.owner.partition("@")[0],
                    action=RECEIVED,
                    object=f"{item.target} {item.reference}",
                    object_count=1,
                    amount=item.total_amount,
                    content_hash=receipt_hash(item.target, item.reference, external_id),
                )
                chain.append(connection, self._clock(), deed)
            reach("outbox.before_receipt_commit")
        reach("outbox.after_receipt_commit")
        return is_ours

    def retry(
        self, item: OutboxItem, reason_code: str, *, is_uncertain: bool, wait_milliseconds: int, is_counted: bool = True
    ) -> bool:
        """Put the item back to be tried after a while; ``is_counted`` when the failure may be the item's own fault."""
        with self._sessions.write() as connection:
            now = self._now_milliseconds(connection)
            is_ours = self._settle(
                connection,
                item,
                state="pending",
                is_uncertain=int(is_uncertain),
                next_attempt_ms=now + wait_milliseconds,
                attempts=item.attempts + int(is_counted),
                reason_code=reason_code,
            )
            reach("outbox.before_retry_commit")
        return is_ours

    def quarantine(self, item: OutboxItem, reason_code: str, *, is_uncertain: bool) -> bool:
        """Set the item aside until a person has fixed its cause; nothing waits for it."""
        with self._sessions.write() as connection:
            is_ours = self._settle(
                connection, item, state="quarantined", is_uncertain=int(is_uncertain), reason_code=reason_code
            )
            if is_ours:
                self._tell(connection, QUARANTINED, item, reason_code)
            reach("outbox.before_quarantine_commit")
        return is_ours

    def _settle(self, connection: Connection, item: OutboxItem, **values: object) -> bool:
        done = connection.execute(
            outbox.update()
            .where(
                outbox.c.outbox_id == item.outbox_id,
                outbox.c.state == "sent",
                outbox.c.lease_owner == self.owner,
            )
            .values(lease_owner="", lease_until_ms=0, **values)
        )
        return done.rowcount == 1

    def _tell(self, connection: Connection, action: str, item: OutboxItem, reason: str) -> None:
        deed = chain.Deed(
            actor=self.owner.partition("@")[0],
            action=action,
            object=f"{item.target} {item.reference}",
            reason=reason,
            object_count=1,
            amount=item.total_amount,
        )
        chain.append(connection, self._clock(), deed)

    def release(self, references: Sequence[str], *, target: str, reason: str) -> list[OutboxItem]:
        """Let quarantined items be tried again; each is looked up first when an attempt of it may have arrived."""
        with self._sessions.write() as connection:
            found = [
                _item(row)
                for row in connection.execute(
                    _items(
                        outbox.c.target == target, outbox.c.reference.in_(references), outbox.c.state == "quarantined"
                    )
                )
            ]
            for item in found:
                connection.execute(
                    outbox.update()
                    .where(outbox.c.outbox_id == item.outbox_id)
                    .values(state="pending", attempts=0, next_attempt_ms=0, reason_code="")
                )
                self._tell(connection, RELEASED, item, reason)
        return found

    def reconciled(self, target: str, references: Sequence[str]) -> int:
        """Write down which posted items the outside ledger was seen to hold line by line; the others stay posted."""
        with self._sessions.write() as connection:
            done = 0
            for first in range(0, len(references), _ENQUEUE_CHUNK):
                done += connection.execute(
                    outbox.update()
                    .where(
                        outbox.c.target == target,
                        outbox.c.reference.in_(references[first : first + _ENQUEUE_CHUNK]),
                        outbox.c.state == "posted",
                    )
                    .values(state="reconciled", reason_code="")
                ).rowcount
            reach("outbox.before_reconciled_commit")
        return done

    def unreconciled(self, target: str, references: Sequence[str], reason_code: str) -> None:
        """Write down that items differ outside from what was posted: they are ``posted`` again, with the reason."""
        with self._sessions.write() as connection:
            connection.execute(
                outbox.update()
                .where(
                    outbox.c.target == target,
                    outbox.c.reference.in_(references),
                    outbox.c.state.in_(("posted", "reconciled")),
                )
                .values(state="posted", reason_code=reason_code)
            )

    # --- how a target is doing --------------------------------------------------------------------------

    def target(self, target: str) -> TargetState:
        """Return how the target is doing now."""
        with self._sessions.read() as connection:
            return _target(connection, target, self._now_milliseconds(connection))

    def failed(self, target: str, reason_code: str, *, threshold: int, rest: Callable[[int], int]) -> TargetState:
        """Count one failure in a row; from ``threshold`` on the target rests for ``rest(failures)`` milliseconds."""
        return self._set_target(
            target,
            lambda known, now: {
                "failure_count": known.failure_count + 1,
                "reason_code": reason_code,
                "state": "open" if known.failure_count + 1 >= threshold else known.state,
                "rests_until_ms": (
                    now + rest(known.failure_count + 1) if known.failure_count + 1 >= threshold else now
                ),
            },
        )

    def rest(self, target: str, reason_code: str, milliseconds: int) -> None:
        """Let the target rest because it asked for it; this is no failure."""
        self._set_target(
            target,
            lambda _known, now: {"state": "open", "reason_code": reason_code, "rests_until_ms": now + milliseconds},
        )

    def recovered(self, target: str) -> None:
        """Forget failures: the target answered."""
        self._set_target(
            target,
            lambda _known, _now: {"state": "closed", "reason_code": "", "failure_count": 0, "rests_until_ms": 0},
        )

    def stop(self, target: str, reason_code: str) -> None:
        """Send nothing more to the target until a person resumes it."""
        with self._sessions.write() as connection:
            before = _target(connection, target, 0)
            _upsert_target(connection, before, {"state": "stopped", "reason_code": reason_code})
            if before.state != "stopped":
                deed = chain.Deed(self.owner.partition("@")[0], STOPPED, target, reason_code)
                chain.append(connection, self._clock(), deed)
            reach("outbox.before_breaker_commit")

    def resume(self, target: str, *, by: str, reason: str) -> None:
        """Send to the target again, after a person fixed what stopped it."""
        with self._sessions.write() as connection:
            before = _target(connection, target, 0)
            _upsert_target(
                connection, before, {"state": "closed", "reason_code": "", "failure_count": 0, "rests_until_ms": 0}
            )
            if before.state != "closed":
                chain.append(connection, self._clock(), chain.Deed(by, RESUMED, target, reason))

    def checked(self, target: str, mapping_hash: str) -> None:
        """Remember the mapping of accounts that was checked with the target."""
        self._set_target(target, lambda _known, _now: {"mapping_hash": mapping_hash})

    def _set_target(self, target: str, change: Callable[[TargetState, int], Mapping[str, object]]) -> TargetState:
        with self._sessions.write() as connection:
            now = self._now_milliseconds(connection)
            known = _target(connection, target, now)
            _upsert_target(connection, known, change(known, now))
            reach("outbox.before_breaker_commit")
            return _target(connection, target, now)

    # --- reading ----------------------------------------------------------------------------------------

    def items(self, target: str, *states: OutboxState, days: tuple[dt.date, dt.date] | None = None) -> list[OutboxItem]:
        """Return the items of a target in some states, all when none is named, in the order they were enqueued.

        ``days`` are the first and the last day an entry may be dated.
        """
        conditions = [outbox.c.target == target]
        if states:
            conditions.append(outbox.c.state.in_(states))
        if days:
            conditions += [entries.c.entry_date >= days[0], entries.c.entry_date <= days[1]]
        with self._sessions.read() as connection:
            return [_item(row) for row in connection.execute(_items(*conditions).order_by(outbox.c.outbox_id))]

    def totals(self) -> list[StateTotals]:
        """Return counts and dollars by target, state and reason."""
        statement = (
            sa.select(
                outbox.c.target,
                outbox.c.state,
                outbox.c.reason_code,
                sa.func.count().label("item_count"),
                sa.type_coerce(sa.func.sum(entries.c.total_amount), entries.c.total_amount.type).label("total_amount"),
            )
            .join(entries, entries.c.entry_id == outbox.c.entry_id)
            .group_by(outbox.c.target, outbox.c.state, outbox.c.reason_code)
            .order_by(outbox.c.target, outbox.c.state, outbox.c.reason_code)
        )
        with self._sessions.read() as connection:
            return [StateTotals(*row) for row in connection.execute(statement)]

    def is_idle(self, target: str) -> bool:
        """Return whether nothing of the target is pending or sent."""
        statement = sa.select(sa.func.count()).where(outbox.c.target == target, outbox.c.state.in_(("pending", "sent")))
        with self._sessions.read() as connection:
            return connection.execute(statement).scalar_one() == 0


def missing_outside(connection: Connection, target: str, references: Sequence[str]) -> list[OutboxItem]:
    """Return the items of a target that have a receipt and were not there when it was last compared."""
    return [
        _item(row)
        for row in connection.execute(
            _items(
                outbox.c.target == target,
                outbox.c.reference.in_(references),
                outbox.c.state == "posted",
                outbox.c.reason_code == MISSING_OUTSIDE,
            ).order_by(outbox.c.outbox_id)
        )
    ]


def send_again(connection: Connection, item: OutboxItem, *, by: str, reason: str, at: dt.datetime) -> None:
    """Give an item's receipt back, and let it be looked up and then sent under a key that was never used.

    ``by`` is the person who decided it; the audit chain keeps the receipt that no longer counts.
    """
    connection.execute(
        outbox.update()
        .where(outbox.c.outbox_id == item.outbox_id)
        .values(
            state="pending",
            external_id=None,
            resend_count=outbox.c.resend_count + 1,
            # it may stand there on another day, or have been entered again by hand
            is_uncertain=1,
            attempts=0,
            next_attempt_ms=0,
            reason_code="",
        )
    )
    deed = chain.Deed(
        by,
        SENT_AGAIN,
        f"{item.target} {item.reference}",
        reason,
        object_count=1,
        amount=item.total_amount,
        content_hash=receipt_hash(item.target, item.reference, item.external_id or ""),
    )
    chain.append(connection, at, deed)


def _items(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return (
        sa.select(outbox, entries.c.total_amount)
        .join(entries, entries.c.entry_id == outbox.c.entry_id)
        .where(*conditions)
    )


def _item(row: sa.Row[Any]) -> OutboxItem:
    return OutboxItem(
        outbox_id=row.outbox_id,
        target=row.target,
        entry_id=row.entry_id,
        reference=row.reference,
        state=row.state,
        attempts=row.attempts,
        is_uncertain=bool(row.is_uncertain),
        external_id=row.external_id,
        resend_count=row.resend_count,
        reason_code=row.reason_code,
        total_amount=row.total_amount,
    )


def _target(connection: Connection, target: str, now: int) -> TargetState:
    row = connection.execute(sa.select(targets).where(targets.c.target == target)).first()
    if row is None:
        return TargetState(target)
    rests = max(0, row.rests_until_ms - now) if row.state == "open" else 0
    return TargetState(target, row.state, row.reason_code, row.failure_count, rests, row.mapping_hash)


def _upsert_target(connection: Connection, known: TargetState, values: Mapping[str, object]) -> None:
    changed = connection.execute(targets.update().where(targets.c.target == known.target).values(**values))
    if changed.rowcount == 0:
        row = {
            "target": known.target,
            "state": "closed",
            "reason_code": "",
            "failure_count": 0,
            "rests_until_ms": 0,
            "mapping_hash": "",
        }
        connection.execute(targets.insert().values(**(row | dict(values))))
