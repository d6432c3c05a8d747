"""What a practice posts where: each connected outside ledger with the book and entities that go there, and a round.

The mapping file of a vendor (``gl/<vendor>.toml`` in the home folder) says it under ``[settings]``: ``post_book``
(accrual), ``post_entities`` (all, else ids joined by commas) and ``post_since`` (a date; earlier entries stay here).
What does not belong here: how posting happens (``gl.poster``).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from orchestration.core.errors import ConfigurationError, SealError
from orchestration.core.findings import Finding
from orchestration.gl.chart_map import read_chart_map
from orchestration.gl.compare import OutsideComparison, reconcile
from orchestration.gl.poster import Pacing, Poster, Round, new_owner
from orchestration.gl.reasons import NOT_READY
from orchestration.gl.requests import TargetSetup
from orchestration.resources.outside import mapped_vendors, open_outside, outside_map_file

if TYPE_CHECKING:
    from orchestration.resources.home import Home
    from orchestration.resources.practice import PracticeStores

# a client waits a minute for an answer and may renew a login before it
CALL_SECONDS = 150.0
_PACING = Pacing(lease_seconds=2 * CALL_SECONDS, call_seconds=CALL_SECONDS)


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
        raise ConfigurationError(message, mend=f"edit {file}") from None
    if unknown := sorted(set(named) - set(known)):
        message = f"post_entities of the mapping for {vendor} names an entity that does not exist: {unknown[0]}"
        raise ConfigurationError(message, mend=f"edit {file}")
    return TargetSetup(
        name=vendor,
        entity_ids=tuple(named) or known,
        accounts={ours: theirs for ours, theirs in chart_map.accounts.items() if theirs},
        book=chart_map.settings.get("post_book", "accrual"),
        since=first_day,
    )


def post_everywhere(stores: PracticeStores, vendors: list[str] | None = None) -> list[Round]:
    """Run one round for each connected vendor, or for the named ones, and return what became of it.

    A vendor whose mapping or connection cannot be used is one round that did nothing, with the reason as a finding:
    no other vendor waits for it.
    """
    return [_round(stores, vendor) for vendor in vendors or mapped_vendors(stores.home)]


def _round(stores: PracticeStores, vendor: str) -> Round:
    try:
        target, setup = open_outside(stores.home, vendor), setup_of(stores.home, vendor)
        poster = Poster(stores.ledger, target, setup, owner=new_owner(), pacing=_PACING)
        return poster.round()
    except (ConfigurationError, SealError) as error:
        finding = Finding(NOT_READY, "error", f"{error.message}; mend it with: {error.mend}")
        return Round(vendor, stopped_by=NOT_READY, findings=[finding])


def reconcile_with(stores: PracticeStores, vendor: str, start: dt.date, end: dt.date) -> OutsideComparison:
    """Compare the days from start to end with what one vendor holds."""
    return reconcile(stores.ledger, open_outside(stores.home, vendor), setup_of(stores.home, vendor), start, end)
