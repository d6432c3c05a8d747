"""Proposals → the journal: every event once, whatever arrives twice, as one tagged batch that can be rolled back."""

import datetime as dt
from collections.abc import Mapping

import dagster as dg

from orchestration.core.errors import GateFailedError
from orchestration.defs.catalog import BOOKKEEPING
from orchestration.defs.quality.reconciliation import disagreements
from orchestration.defs.resources import Practice
from orchestration.resources.practice import PracticeStores

MADE_BY = "medbooks posting rules"

_COLUMNS = (
    "event_id, entity_id, book, entry_date, description, source, source_file_id, line_number, rule_id, account_code, "
    "debit_amount, credit_amount, payer_class, provider_id, location_id"
)


def post_proposals(stores: PracticeStores, run_id: str | None) -> Mapping[str, object]:
    """Post what the ledger does not hold yet and return the figures of the batch."""
    from orchestration.accounting.journal import RULE_VERSION, entries_from_proposals
    from orchestration.resources.lake import rows
    from orchestration.resources.mapping import require_locked_mapping

    ledger = stores.ledger
    with stores.lake.connect() as lake:
        # once more here, because a run of this asset alone has no checks before it
        if failed := disagreements(lake):
            message = f"a gate refused, nothing was posted: {', '.join(failed)}"
            raise GateFailedError(message, mend="medbooks doctor")
        require_locked_mapping(lake)
        ledger.load_accounts(rows(lake, "SELECT * FROM reference.accounts ORDER BY account_code"))
        proposed = [
            row[0] for row in lake.execute("SELECT DISTINCT event_id FROM posting.fct_journal_lines").fetchall()
        ]
        known = ledger.posted_event_ids()
        new = sorted(event for event in proposed if event not in known)
        found = rows(
            lake,
            f"SELECT {_COLUMNS} FROM posting.fct_journal_lines WHERE event_id IN (SELECT unnest(?)) "
            "ORDER BY entry_date, event_id, line_number",
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
    return {
        "batch_tag": result.batch_tag or "nothing new",
        "posted_entries": result.posted,
        "already_posted_entries": len(proposed) - len(new),
        "posted_amount": f"{result.posted_amount:.2f}",
        "conflicts": len(result.conflicts),
        "refusals": len(result.refusals),
        "held_for_approval": len(result.held),
        "dagster/row_count": ledger.entry_count(),
        "trial_balance_amount": f"{ledger.trial_balance_amount():.2f}",
    }


@dg.asset(
    key=["ledger", "entries"],
    group_name="post",
    owners=[BOOKKEEPING],
    kinds={"sqlite", "python"},
    tags={"phi": "false"},
    deps=[
        dg.AssetKey(["posting", "fct_journal_lines"]),
        dg.AssetKey(["reference", "accounts"]),
        # its checks block: what is not fit to post is not posted
        dg.AssetKey(["quality", "data_docs"]),
    ],
    pool="lake",
    description=(
        "Grain: one journal entry of the book of record. Append-only: triggers refuse edits, unbalanced entries and "
        "closed periods. The key is the SHA-256 of the event, so the same event posts once. Known limit: the outside "
        "accounting system is fed by export."
    ),
)
def ledger_entries(context: dg.AssetExecutionContext, practice: Practice) -> dg.MaterializeResult:
    """Post the proposals that are new."""
    return dg.MaterializeResult(metadata=post_proposals(practice.stores, context.run_id))


@dg.asset_check(
    asset=dg.AssetKey(["ledger", "entries"]),
    name="trial_balance_is_zero",
    description="Σ debits − Σ credits over the whole journal is 0.00, and the audit chain is whole.",
    blocking=True,
)
def trial_balance_is_zero(practice: Practice) -> dg.AssetCheckResult:
    """Recompute the trial balance from the journal and walk the audit chain."""
    ledger = practice.stores.ledger
    amount = ledger.trial_balance_amount()
    findings = ledger.verify_audit()
    return dg.AssetCheckResult(
        passed=amount == 0 and not findings,
        metadata={"trial_balance_amount": f"{amount:.2f}", "findings": len(findings)},
    )
