"""The verbs of a close: preparing a period, judging it, locking it, opening it again; of all entities or of none."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from orchestration.core.errors import ConfigurationError
from orchestration.operations import audit_heads
from orchestration.operations.close import figures
from orchestration.operations.close.checklist import checklist, consolidation
from orchestration.operations.close.periods import EVERY_ENTITY, periods_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from orchestration.accounting.closing import CloseItem
    from orchestration.ledger.records import PostResult
    from orchestration.operations.close.figures import Missing
    from orchestration.operations.close.periods import Period
    from orchestration.stores.practice import PracticeStores


class JudgedPeriod(NamedTuple):
    """The checklist of one entity's period, or of the consolidation of several, with the title people read."""

    title: str
    items: list[CloseItem]


class PreparedPeriod(NamedTuple):
    """What a period's end lacked, what became of it in the ledger, and of a bonus not owed, where one is named."""

    period: Period
    figures: list[Missing]
    result: PostResult
    release: PostResult | None


class LockedPeriods(NamedTuple):
    """What was judged, the periods meant, and the signed head kept with the lock; without one nothing was locked."""

    judged: list[JudgedPeriod]
    periods: list[Period]
    head_file: Path | None


def check(stores: PracticeStores, entity_id: str, period: str) -> list[JudgedPeriod]:
    """Go through the checklist of one entity, or of all and their consolidation."""
    return _judged(stores, periods_of(stores, entity_id, period))


def is_ready(judged: Sequence[JudgedPeriod]) -> bool:
    """Tell whether every check of every list passes."""
    return all(item.is_passed for one in judged for item in one.items)


def prepare(
    stores: PracticeStores, entity_id: str, period: str, *, by: str, release_bonus_of: str = ""
) -> Iterator[PreparedPeriod]:
    """Propose what the period's end adds, entity by entity; again, it proposes what changed since.

    Each is yielded when it is done, so that what is booked is known when a later one is refused.

    ``release_bonus_of`` is the NPI of a provider whose overdue bonus of an earlier year is not owed. Raises
    ``ConfigurationError`` when that is asked of all entities at once.
    """
    if release_bonus_of and entity_id == EVERY_ENTITY:
        message = "a bonus is taken back in the books of one entity"
        raise ConfigurationError(message, fix="medbooks close prepare --entity ENTITY --release-bonus NPI")
    for chosen in periods_of(stores, entity_id, period):
        found, result = figures.prepare(stores, chosen, made_by=by)
        released = figures.release_bonus(stores, chosen, release_bonus_of, made_by=by) if release_bonus_of else None
        yield PreparedPeriod(chosen, found, result, released)


def lock(stores: PracticeStores, entity_id: str, period: str, *, by: str, reason: str) -> LockedPeriods:
    """Lock the period when every check passes, of all entities or of none; ``by`` is the login of an approver.

    Raises ``BooksError`` for who may not decide, before anything is judged.
    """
    periods = periods_of(stores, entity_id, period)
    _require_approver(stores, periods, by)
    judged = _judged(stores, periods)
    if not is_ready(judged):
        return LockedPeriods(judged, periods, None)
    for one in periods:
        stores.ledger.close_period(one.entity.entity_id, one.first, one.last, by=by, reason=reason)
    return LockedPeriods(judged, periods, audit_heads.keep_head(stores, dt.datetime.now(dt.UTC).date()))


def reopen(stores: PracticeStores, entity_id: str, period: str, *, by: str, reason: str) -> list[Period]:
    """Take postings into a locked period again; raises ``BooksError`` for who may not decide."""
    periods = periods_of(stores, entity_id, period)
    _require_approver(stores, periods, by)
    for one in periods:
        stores.ledger.open_period(one.entity.entity_id, one.first, one.last, by=by, reason=reason)
    return periods


def _judged(stores: PracticeStores, periods: list[Period]) -> list[JudgedPeriod]:
    lists = [JudgedPeriod(period.title, checklist(stores, period)) for period in periods]
    if len(periods) > 1:
        lists.append(JudgedPeriod("consolidated", [consolidation(stores, periods)]))
    return lists


def _require_approver(stores: PracticeStores, periods: list[Period], login: str) -> None:
    stores.home.require_guarded_settings()
    stores.ledger.require_approver(login, [period.entity.entity_id for period in periods])
