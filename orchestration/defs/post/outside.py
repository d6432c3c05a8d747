"""The journal → outside general ledgers, every 15 minutes; and the signed head of the audit chain, once a day.

These are jobs of their own and no assets: a run of the pipeline calls nobody outside. What does not belong here: how
posting happens exactly once (gl).
"""

import datetime as dt
import json

import dagster as dg

from orchestration.core.errors import BooksError
from orchestration.defs.resources import Practice
from orchestration.stores.home import Home
from orchestration.stores.outside import mapped_vendors


@dg.op(description="One round for each connected outside ledger; what is refused is set aside, the others go on.")
def send_due_entries(context: dg.OpExecutionContext, practice: Practice) -> None:
    """Post what is due everywhere; fails when a target stands still, so that somebody sees it."""
    from orchestration.operations.post_outside import post_everywhere

    rounds = post_everywhere(practice.stores)
    for done in rounds:
        context.log.info(
            json.dumps(
                {
                    "target": done.target,
                    "posted": done.posted,
                    "posted_amount": f"{done.posted_amount:.2f}",
                    "retried": done.retried,
                    "quarantined": done.quarantined,
                    "stopped_by": done.stopped_by,
                }
            )
        )
    stopped = [f"{done.target}: {done.stopped_by}" for done in rounds if done.stopped_by]
    if stopped:
        message = f"an outside ledger takes nothing: {', '.join(stopped)}"
        raise BooksError(message, fix="medbooks gl preview")


@dg.op(description="Writes the head of the audit chain, signed, into audit/ of the home folder.")
def keep_signed_head(practice: Practice) -> None:
    """Keep today's head; a cut-off end of the chain is found with it."""
    from orchestration.operations.audit_heads import keep_head

    keep_head(practice.stores, dt.datetime.now(dt.UTC).date())


@dg.job(description="Due entries to the connected outside ledgers, exactly once.")
def post_outside() -> None:
    """Run one round."""
    send_due_entries()


@dg.job(description="The daily signed head of the audit chain.")
def daily_audit_head() -> None:
    """Keep the head."""
    keep_signed_head()


@dg.schedule(
    job=post_outside,
    cron_schedule="*/15 * * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every 15 minutes, when an outside ledger is connected.",
)
def quarter_hourly_posts(practice: Practice) -> dg.RunRequest | dg.SkipReason:
    """Request a round, or say that there is nobody to post to."""
    if not mapped_vendors(practice.stores.home):
        return dg.SkipReason("no outside ledger is connected: medbooks gl connect VENDOR")
    return dg.RunRequest()


@dg.definitions
def outside() -> dg.Definitions:
    """Return the jobs and their schedules."""
    nightly_head = dg.ScheduleDefinition(
        name="nightly_audit_head",
        job=daily_audit_head,
        cron_schedule="55 23 * * *",
        execution_timezone=Home.locate().settings.timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Every night before midnight, practice time.",
    )
    return dg.Definitions(jobs=[post_outside, daily_audit_head], schedules=[quarter_hourly_posts, nightly_head])
