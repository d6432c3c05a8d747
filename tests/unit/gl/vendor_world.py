"""A practice that posts to one vendor's stand-in with the real poster and client, and what a person is shown of it.

What does not belong here: what goes wrong (``test_vendor_trouble.py``, ``test_vendor_reconcile.py``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from support.book_examples import credit, debit, entry
from support.fakes.harness import ACCOUNTS, KEY, connect, mapping_text
from support.posting import post

from orchestration.cli.gl import waiting_facts
from orchestration.cli.gl_posting import difference_facts
from orchestration.gl.compare import reconcile
from orchestration.gl.opening import mapping_of, open_target
from orchestration.gl.poster import Pacing, Poster
from orchestration.gl.requests import TargetSetup
from orchestration.gl.wire.timing import Timing
from orchestration.operations.post_outside import differences
from orchestration.operations.waiting import outside_totals

if TYPE_CHECKING:
    from pathlib import Path

    from support.posting import StandingClock

    from orchestration.ledger.store import Ledger

CHART = [
    {"account_code": code, "account_name": f"Account {code}", "account_type": "asset"} for code in ACCOUNTS["xero"]
]
AT_ONCE = Pacing(
    first_wait_seconds=0.0, longest_wait_seconds=0.0, first_rest_seconds=0.0, longest_rest_seconds=0.0,
    failures_before_rest=1,
)  # fmt: skip
_NO_WAIT = Timing(sleep=lambda _seconds: None)


@dataclass
class World:
    """A practice that posts to one vendor's stand-in and to import files."""

    name: str
    fake: Any
    folder: Path
    ledger: Ledger
    clock: StandingClock

    def __post_init__(self):
        connect(self.fake, self.folder)
        text = mapping_text("quickbooks", "").replace("ClassRef", "CLASS")
        (self.folder / "journal_file.toml").write_text(text, encoding="utf-8")

    def post(self, event_id, amount, other="4000-01", **changes):
        made = entry(event_id, [debit("1200", amount), credit(other, amount)], **changes)
        post(self.ledger, made)

    def target(self, name=None):
        return open_target(name or self.name, self.folder, KEY, timing=_NO_WAIT, buckets=(), timeout_seconds=2.0)

    def round(self, name=None):
        setup = TargetSetup(name or self.name, ("E1",), mapping_of(name or self.name, self.folder).accounts)
        return Poster(self.ledger, self.target(name), setup, pacing=AT_ONCE, stopwatch=self.clock.seconds).round()

    def reconciled(self):
        """Return what agrees, and the rows of ``medbooks gl reconcile``, over every day there is."""
        setup = TargetSetup(self.name, ("E1",), mapping_of(self.name, self.folder).accounts)
        result = reconcile(self.ledger, self.target(), setup, dt.date(2000, 1, 1), dt.date(2099, 12, 31))
        return result.agreed, [difference_facts(one) for one in differences(self.name, result)]

    def rows(self):
        """Return what ``medbooks gl preview`` shows of the vendor and is not done."""
        rows = [waiting_facts(one) for one in outside_totals(SimpleNamespace(ledger=self.ledger))]
        return [row for row in rows if row["target"] == self.name and row["fix"]]

    def connected_again(self):
        """Do what ``medbooks gl connect`` does at its end."""
        connect(self.fake, self.folder)
        self.resume()

    def resume(self):
        self.ledger.outbox("bob").resume(self.name, by="bob", reason="fixed")

    def retry(self):
        outbox = self.ledger.outbox("bob")
        aside = [item.reference for item in outbox.items(self.name, "quarantined")]
        outbox.release(aside, target=self.name, reason="fixed")

    @property
    def odd(self):
        return next(posted for posted in self.ledger.entries() if posted.entry.event_id == "ehr:odd")
