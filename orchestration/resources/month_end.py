"""The figures of a period's end: what the marts say should stand, what the ledger holds of it, and proposing the rest.

Credits of patients and payers leave receivables (R14). What does not belong here: the arithmetic
(``accounting.month_end``), and judging a period (``closing.py``).
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, NamedTuple

from orchestration.accounting.journal import RULE_VERSION
from orchestration.accounting.month_end import SOURCE, Figure, credit_standings, mirrored, true_up
from orchestration.core.errors import BooksError, ConfigurationError
from orchestration.core.money import ZERO
from orchestration.resources.lake import rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    import duckdb

    from orchestration.accounting.journal import Entry
    from orchestration.accounting.month_end import Standing
    from orchestration.ledger.records import PostedEntry, PostResult
    from orchestration.resources.closing import Period
    from orchestration.resources.practice import PracticeStores

CREDITS = "credits"
_REVERSED = ":reversed"
_NEEDED = {CREDITS: ("marts.fct_credit_balances",)}


class Missing(NamedTuple):
    """A figure of the period that is not booked as it should be: its name and the entries that would book it."""

    name: str
    entries: tuple[Entry, ...]

    @property
    def amount(self) -> Decimal:
        """Return the dollars that are not booked at the period's end; taking back on the next day does not count."""
        return sum((entry.total_amount for entry in self.entries if _REVERSED not in entry.event_id), ZERO)


def missing(stores: PracticeStores, period: Period) -> dict[str, Missing]:
    """Return every figure of the period's end by name, with the entries it lacks: none when it is booked.

    A figure whose marts are not built is left out, and so is every figure of an entity without an accrual book.
    """
    if "accrual" not in period.entity.books or not stores.home.lake_file.exists():
        return {}
    booked = _Booked(stores, period)
    with stores.lake.connect() as lake:
        built = _built(lake)
        makers = {CREDITS: _credits}
        return {
            name: Missing(name, tuple(make(lake, booked)))
            for name, make in makers.items()
            if built.issuperset(_NEEDED[name])
        }


def prepare(stores: PracticeStores, period: Period, *, made_by: str) -> tuple[list[Missing], PostResult]:
    """Propose what the figures of the period lack to the ledger, as one batch; again, when nothing changed, nothing.

    What the ledger cannot book waits there, as any other proposal does. Raises ``ConfigurationError`` when the marts
    are not built yet, and ``BooksError`` when the period is locked.
    """
    found = missing(stores, period)
    if "accrual" in period.entity.books and set(found) != set(_NEEDED):
        message = f"the figures of {period.name} cannot be known: the marts they come from are not built"
        raise ConfigurationError(message, mend="medbooks run")
    if stores.ledger.is_closed(period.entity.entity_id, period.last):
        message = f"period {period.name} is locked: its figures stay as they are"
        raise BooksError(
            message,
            mend=f'medbooks close reopen --entity {period.entity.entity_id} --period {period.name} --reason "..."',
        )
    with stores.lake.connect() as lake:
        stores.ledger.load_accounts(rows(lake, "SELECT * FROM reference.accounts ORDER BY account_code"))
    result = stores.ledger.post(
        [entry for figure in found.values() for entry in figure.entries],
        batch_date=dt.datetime.now(dt.UTC).date(),
        made_by=made_by,
        run_id=None,
        rule_version=RULE_VERSION,
    )
    return list(found.values()), result


class _Booked:
    """What the ledger holds of an entity's figures, by event."""

    def __init__(self, stores: PracticeStores, period: Period) -> None:
        self.period = period
        self._entries = list(stores.ledger.entries(entity_id=period.entity.entity_id, book="accrual", source=SOURCE))

    def of(self, event_id: str, *, as_of: dt.date | None = None) -> list[Entry]:
        """Return the entries of one event under any number, mirrors and corrections too, up to a day."""
        return [
            posted.entry for posted in self._matching(event_id) if as_of is None or posted.entry.entry_date <= as_of
        ]

    def count(self, event_id: str) -> int:
        """Return how many originals of the event there are."""
        return sum(posted.entry.reverses is None for posted in self._matching(event_id))

    def _matching(self, event_id: str) -> Iterator[PostedEntry]:
        numbered = re.compile(rf"{re.escape(event_id)}(:\d+)?(#\d+)?")
        return (posted for posted in self._entries if numbered.fullmatch(posted.entry.event_id))


def _until_next_day(booked: _Booked, kind: str, words: str, target: Iterable[Standing]) -> list[Entry]:
    """Return the entry of the period's end and the one that takes it back on the next day, as far as they lack."""
    entity_id, last = booked.period.entity.entity_id, booked.period.last
    figure = Figure(f"{kind}:{entity_id}:{last}", entity_id, last, words)
    at_end = true_up(figure, target, booked.of(figure.event_id, as_of=last), number=booked.count(figure.event_id))
    entries = [at_end] if at_end else []
    back = Figure(figure.event_id + _REVERSED, entity_id, last + dt.timedelta(days=1), f"{words}, taken back")
    taken_back = true_up(
        back,
        mirrored([*booked.of(figure.event_id), *entries]),
        booked.of(back.event_id),
        number=booked.count(back.event_id),
    )
    return [*entries, *([taken_back] if taken_back else [])]


def _credits(lake: duckdb.DuckDBPyConnection, booked: _Booked) -> list[Entry]:
    """R14: what patients and payers have paid too much on the last day is a debt on it, and a credit again after it."""
    found = lake.execute(
        "SELECT account_code, provider_id, CAST(sum(credit_change_amount) AS DECIMAL(18, 2)) "
        "FROM marts.fct_credit_balances WHERE entity_id = ? AND posting_date <= ? "
        "GROUP BY account_code, provider_id ORDER BY account_code, provider_id",
        [booked.period.entity.entity_id, booked.period.last],
    ).fetchall()
    return _until_next_day(booked, CREDITS, "Credit balances out of receivables", credit_standings(found))


def _built(lake: duckdb.DuckDBPyConnection) -> set[str]:
    return {
        row[0]
        for row in lake.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = 'lake'"
        ).fetchall()
    }
