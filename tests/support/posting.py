"""What tests that post share: posting entries to a ledger, and a clock that stands until a test moves it.

What does not belong here: the entries themselves (``book_examples.py``).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from support.book_examples import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.accounting.journal import Entry, Refusal
    from orchestration.ledger.records import PostResult
    from orchestration.ledger.store import Ledger


def post(
    ledger: Ledger,
    *entries: Entry,
    made_by: str = "rules",
    run_id: str | None = None,
    rule_version: str = "v1",
    refused: Sequence[Refusal] = (),
) -> PostResult:
    """Post entries as one batch of ``DAY``."""
    return ledger.post(
        entries, batch_date=DAY, made_by=made_by, run_id=run_id, rule_version=rule_version, refused=refused
    )


class StandingClock:
    """A clock that stands until it is moved: a ledger's when it is called, a poster's stopwatch by ``seconds``."""

    def __init__(self) -> None:
        # never behind what a ledger that was copied has written down
        self._moment = dt.datetime.now(dt.UTC)

    def __call__(self) -> dt.datetime:
        return self._moment

    def seconds(self) -> float:
        return self._moment.timestamp()

    def move(self, seconds: float) -> None:
        self._moment += dt.timedelta(seconds=seconds)
