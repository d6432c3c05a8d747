"""Entries to outside ledgers and back: what goes where, a round of posting, what holds it up, and comparing both sides.

The mapping file of a vendor (``gl/<vendor>.toml`` in the home folder) says it under ``[settings]``: ``post_book``
(accrual), ``post_entities`` (all, else ids joined by commas) and ``post_since`` (a date; earlier entries stay here).
What does not belong here: how posting happens (``gl.poster``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestration.core.errors import ConfigurationError, SealError
from orchestration.core.findings import Finding
from orchestration.gl.chart_map import read_chart_map
from orchestration.gl.compare import OutsideComparison, reconcile
from orchestration.gl.poster import Pacing, Poster, Round, new_owner
from orchestration.gl.reasons import NOT_READY, explain
from orchestration.gl.requests import TargetSetup
from orchestration.ledger.outbox import MISSING_OUTSIDE
from orchestration.ledger.reasons import Reason
from orchestration.stores.outside import mapped_vendors, open_outside, outside_map_file

if TYPE_CHECKING:
    from decimal import Decimal

    from orchestration.ledger.outbox import OutboxItem
    from orchestration.stores.home import Home
    from orchestration.stores.practice import PracticeStores

# a client waits a minute for an answer and may renew a login before it
CALL_SECONDS = 150.0
ALL: Final = "all"
_PACING = Pacing(lease_seconds=2 * CALL_SECONDS, call_seconds=CALL_SECONDS)


@dataclass(frozen=True, slots=True)
class OutsideDifference:
    """One journal that is not the same on both sides; ``accounts`` are theirs, with outside less ours in dollars."""

    target: str
    kind: str
    reference: str | None
    external_id: str | None
    accounts: tuple[tuple[str, Decimal], ...]
    amount: Decimal
    words: str
    fix: str


def setup_of(home: Home, vendor: str) -> TargetSetup:
    """Return what the practice decided about one vendor.

    Raises ``ConfigurationError`` for a mapping that cannot be read, an entity that does not exist or no date.
    """
    file = outside_map_file(home, vendor)
    chart_map = read_chart_map(file, vendor, fields=None)
    known = tuple(entity.entity_id for entity in home.settings.all_entities)
    named = [name.strip() for name in chart_map.settings.get("post_entities", "").split(",") if name.strip()]
    since = chart_map.settings.get("post_since")
    try:
        first_day = dt.date.fromisoformat(since) if since else None
    except ValueError:
        message = f"post_since of the mapping for {vendor} is no date (YYYY-MM-DD)"
        raise ConfigurationError(message, fix=f"edit {file}") from None
    if unknown := sorted(set(named) - set(known)):
        message = f"post_entities of the mapping for {vendor} names an entity that does not exist: {unknown[0]}"
        raise ConfigurationError(message, fix=f"edit {file}")
    return TargetSetup(
        name=vendor,
        entity_ids=tuple(named) or known,
        accounts={ours: theirs for ours, theirs in chart_map.accounts.items() if theirs},
        book=chart_map.settings.get("post_book", "accrual"),
        since=first_day,
    )


def connected(stores: PracticeStores, vendor: str | None = None) -> list[str]:
    """Return the vendors this practice posts to, or the one that is named.

    Raises ``ConfigurationError`` for one that is not connected.
    """
    known = mapped_vendors(stores.home)
    if vendor is None:
        return known
    if vendor not in known:
        message = f"{vendor} is not connected to this practice"
        raise ConfigurationError(message, fix=f"medbooks gl connect {vendor}")
    return [vendor]


def post_everywhere(stores: PracticeStores, vendors: list[str] | None = None) -> list[Round]:
    """Run one round for each connected vendor, or for the named ones, and return what became of it.

    A vendor whose mapping or connection cannot be used is one round that did nothing, with the reason as a finding:
    no other vendor waits for it.
    """
    return [_round(stores, vendor) for vendor in (connected(stores) if vendors is None else vendors)]


def _round(stores: PracticeStores, vendor: str) -> Round:
    try:
        target, setup = open_outside(stores.home, vendor), setup_of(stores.home, vendor)
        poster = Poster(stores.ledger, target, setup, owner=new_owner(), pacing=_PACING)
        return poster.round()
    except (ConfigurationError, SealError) as error:
        finding = Finding(NOT_READY, "error", f"{error.message}; fix it with: {error.fix}")
        return Round(vendor, stopped_by=NOT_READY, findings=[finding])


def resume(stores: PracticeStores, vendor: str, *, by: str, reason: str) -> None:
    """Send again after what stopped a vendor is fixed."""
    stores.ledger.outbox(by).resume(vendor, by=by, reason=reason)


def retry(stores: PracticeStores, vendor: str, reference: str, *, by: str, reason: str) -> None:
    """Let an entry that was set aside go again, by its reference, or ``all`` of them."""
    outbox = stores.ledger.outbox(by)
    set_aside = [item.reference for item in outbox.items(vendor, "quarantined")]
    chosen = set_aside if reference == ALL else [each for each in set_aside if each == reference]
    outbox.release(chosen, target=vendor, reason=reason)


def send_again(stores: PracticeStores, vendor: str, reference: str, *, by: str, reason: str) -> list[OutboxItem]:
    """Send again what was deleted at a vendor, by its reference, or ``all``; ``by`` is the login of an approver.

    Raises ``BooksError`` for who may not decide, ``ConfigurationError`` when others can write the list of approvers.
    """
    stores.home.require_guarded_settings()
    items = stores.ledger.outbox("medbooks").items(vendor, "posted")
    missing = [item.reference for item in items if item.reason_code == MISSING_OUTSIDE]
    return stores.ledger.send_again(vendor, missing if reference == ALL else [reference], by=by, reason=reason)


def why_stopped(stores: PracticeStores, done: Round) -> Reason:
    """Return in words why a round stopped, and the command that fixes it."""
    state = stores.ledger.outbox("medbooks").target(done.target)
    why = explain(state.state if state.state != "closed" else "pending", done.stopped_by)
    return Reason(why.words, why.fix.format(id=ALL, target=done.target))


def reconcile_with(stores: PracticeStores, vendor: str, start: dt.date, end: dt.date) -> OutsideComparison:
    """Compare the days from start to end with what one vendor holds."""
    return reconcile(stores.ledger, open_outside(stores.home, vendor), setup_of(stores.home, vendor), start, end)


def differences(vendor: str, comparison: OutsideComparison) -> list[OutsideDifference]:
    """Return each difference with one vendor: what it is, the dollars, the accounts by how much, and what fixes it."""
    found = []
    for difference in comparison.differences:
        why = explain("posted", difference.kind)
        found.append(
            OutsideDifference(
                target=vendor,
                kind=difference.kind,
                reference=difference.reference,
                external_id=difference.external_id,
                accounts=difference.accounts,
                amount=difference.amount,
                words=why.words,
                fix=why.fix.format(target=vendor, id=difference.reference),
            )
        )
    return found
