"""Post what the marts propose to the book of record: every event once, as one tagged batch that can be rolled back.

What does not belong here: which entries are proposed (dbt), and whether one needs a person (``accounting.approval``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestration.accounting.journal import RULE_VERSION, entries_from_proposals
from orchestration.core.errors import GateFailedError
from orchestration.operations.reconcile import disagreements
from orchestration.operations.revenue_mapping import require_locked_mapping
from orchestration.operations.tell_books import remember_movements
from orchestration.stores.lake import rows

if TYPE_CHECKING:
    from decimal import Decimal

    import duckdb

    from orchestration.core.findings import Finding
    from orchestration.ledger.records import PostResult
    from orchestration.ledger.store import Ledger
    from orchestration.stores.practice import PracticeStores

MADE_BY: Final = "medbooks posting rules"

_COLUMNS = (
    "event_id, entity_id, book, entry_date, description, source, source_file_id, line_number, rule_id, account_code, "
    "debit_amount, credit_amount, payer_class, provider_id, location_id"
)


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of the proposals of one run, and how the ledger stands after it; amounts in dollars."""

    result: PostResult
    already_posted_count: int
    entry_count: int
    trial_balance_amount: Decimal


@dataclass(frozen=True, slots=True)
class BookCheck:
    """Whether the journal balances and its audit chain is whole."""

    trial_balance_amount: Decimal
    findings: tuple[Finding, ...]

    @property
    def is_passed(self) -> bool:
        """Whether debits equal credits and nothing of the chain is changed or missing."""
        return self.trial_balance_amount == 0 and not self.findings


def load_accounts(ledger: Ledger, lake: duckdb.DuckDBPyConnection) -> None:
    """Bring the chart of accounts the lake was built with into the ledger."""
    ledger.load_accounts(rows(lake, "select * from reference.accounts order by account_code"))


def post_proposals(stores: PracticeStores, run_id: str | None) -> Posted:
    """Post what the ledger does not hold yet.

    Raises ``GateFailedError`` when the sums do not reconcile or the revenue mapping is not the approved one: asked once
    more here, because a run of the posting alone has no checks before it.
    """
    ledger = stores.ledger
    with stores.lake.connect() as lake:
        if failed := disagreements(lake):
            message = f"a gate refused, nothing was posted: {', '.join(failed)}"
            raise GateFailedError(message, fix="medbooks doctor")
        require_locked_mapping(lake)
        remember_movements(stores, lake)
        load_accounts(ledger, lake)
        proposed = [
            row[0] for row in lake.execute("select distinct event_id from posting.fct_journal_lines").fetchall()
        ]
        known = ledger.posted_event_ids()
        new = sorted(event for event in proposed if event not in known)
        found = rows(
            lake,
            f"select {_COLUMNS} from posting.fct_journal_lines where event_id in (select unnest(?)) "
            "order by entry_date, event_id, line_number",
            [new],
        )
    entries, refusals = entries_from_proposals(found)
    result = ledger.post(
        entries,
        batch_date=dt.datetime.now(dt.UTC).date(),
        made_by=MADE_BY,
        run_id=run_id,
        rule_version=RULE_VERSION,
        refused=refusals,
    )
    return Posted(result, len(proposed) - len(new), ledger.entry_count(), ledger.trial_balance_amount())


def check_books(stores: PracticeStores) -> BookCheck:
    """Recompute the trial balance from the journal and walk the audit chain."""
    return BookCheck(stores.ledger.trial_balance_amount(), tuple(stores.ledger.verify_audit()))
