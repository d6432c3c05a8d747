"""The revenue mapping on the command line: lock what was approved, and lay it beside what was booked by hand.

What does not belong here: the comparison and the lock themselves (``accounting``).
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.people import login, who
from orchestration.cli.stores import dollars, open_stores, say
from orchestration.core.money import ZERO

if TYPE_CHECKING:
    from orchestration.accounting.comparison import Variance
    from orchestration.stores.practice import PracticeStores


def lock_mapping(
    effective: Annotated[dt.datetime, typer.Option(formats=["%Y-%m-%d"], help="First day it is meant for.")],
    reason: Annotated[str, typer.Option(help="What changed and why; kept in the audit chain.")],
) -> None:
    """Approve the revenue mapping as its seeds are now; posting refuses any other until it is approved too.

    By an approver of practice.toml who decides for every entity; the lock and the audit chain carry the person.
    """
    from orchestration.operations.revenue_mapping import LOCK_FILE
    from orchestration.operations.revenue_mapping import lock_mapping as lock

    locked = lock(open_stores(), effective.date(), by=login(), reason=reason)
    say(
        f"mapping version {locked.version} locked from {locked.effective_date} on by {locked.approved_by}: "
        f"{LOCK_FILE.name}"
    )


def show_comparison(
    stores: PracticeStores, file: Path, entity: str, *, as_json: bool, is_proposed: bool = False
) -> None:
    """Print month by month and account by account what the mapping books, what was booked by hand, and the difference.

    ``is_proposed`` proposes the entries between both.
    """
    from orchestration.operations.reclassify import compare_with_manual, propose_reclassification

    entity_id = entity or stores.home.settings.entity_id
    variances = compare_with_manual(stores, file, entity_id)
    if as_json:
        typer.echo(json.dumps([_facts(variance) for variance in variances], indent=2))
    else:
        typer.echo(f"{'month':<8} {'account':<10} {'proposed':>16} {'by hand':>16} {'variance':>16}")
        for variance in variances:
            typer.echo(
                f"{variance.month:<8} {variance.account_code:<10} {dollars(variance.proposed_amount):>16} "
                f"{dollars(variance.manual_amount):>16} {dollars(variance.variance_amount):>16}"
            )
    if is_proposed:
        result = propose_reclassification(stores, entity_id, variances, file.read_bytes(), made_by=who(stores))
        waiting = [*result.held, *result.refusals, *result.conflicts]
        amount = sum((refusal.amount for refusal in waiting), ZERO)
        if waiting:
            say(f"{len(waiting)} entries, {dollars(amount)}, wait for another person: medbooks gl preview")
        elif result.rejected:
            say("a person decided against these entries before: another file of manual postings is needed")
        else:
            say("nothing to reclassify: what was booked by hand is what the mapping books, or was made so before")


def _facts(variance: Variance) -> dict[str, Any]:
    return {
        "month": variance.month,
        "account_code": variance.account_code,
        "proposed_amount": f"{variance.proposed_amount:.2f}",
        "manual_amount": f"{variance.manual_amount:.2f}",
        "variance_amount": f"{variance.variance_amount:.2f}",
    }
