"""Proposals → the journal: every event once, whatever arrives twice, as one tagged batch that can be rolled back."""

import dagster as dg

from orchestration.defs.catalog import BOOKKEEPING
from orchestration.defs.resources import Practice
from orchestration.operations.post import check_books, post_proposals


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
        "closed periods. The key is the SHA-256 of the event, so the same event posts once. Outside ledgers get "
        "them by a job of their own, every 15 minutes."
    ),
)
def ledger_entries(context: dg.AssetExecutionContext, practice: Practice) -> dg.MaterializeResult:
    """Post the proposals that are new."""
    posted = post_proposals(practice.stores, context.run_id)
    result = posted.result
    return dg.MaterializeResult(
        metadata={
            "batch_tag": result.batch_tag or "nothing new",
            "posted_entries": result.posted,
            "already_posted_entries": posted.already_posted_count,
            "posted_amount": f"{result.posted_amount:.2f}",
            "conflicts": len(result.conflicts),
            "refusals": len(result.refusals),
            "held_for_approval": len(result.held),
            "dagster/row_count": posted.entry_count,
            "trial_balance_amount": f"{posted.trial_balance_amount:.2f}",
        }
    )


@dg.asset_check(
    asset=dg.AssetKey(["ledger", "entries"]),
    name="trial_balance_is_zero",
    description="Σ debits − Σ credits over the whole journal is 0.00, and the audit chain is whole.",
    blocking=True,
)
def trial_balance_is_zero(practice: Practice) -> dg.AssetCheckResult:
    """Recompute the trial balance from the journal and walk the audit chain."""
    checked = check_books(practice.stores)
    return dg.AssetCheckResult(
        passed=checked.is_passed,
        metadata={
            "trial_balance_amount": f"{checked.trial_balance_amount:.2f}",
            "findings": len(checked.findings),
        },
    )
