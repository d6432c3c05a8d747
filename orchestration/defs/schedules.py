"""When the pipeline runs by itself: every night, and when new files stand still in an inbox."""

from contextlib import closing

import dagster as dg

from orchestration.core.ids import canonical_key
from orchestration.defs.resources import Practice
from orchestration.stores.home import Home
from orchestration.stores.inboxes.configured import AllInboxes, remote_inboxes

DAILY_BOOKS = "daily_books"
INBOX_TAG = "medbooks/inbox"
_MAX_LISTED = 200
_MAX_ATTEMPTS = 3

daily_books = dg.define_asset_job(
    DAILY_BOOKS, selection=dg.AssetSelection.all(), description="Inbox to posted books, reports and published marts."
)


@dg.sensor(
    job=daily_books,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Starts a run when files stand still in the inbox; lists names, sizes and times, opens nothing.",
)
def new_files(context: dg.SensorEvaluationContext, practice: Practice) -> dg.RunRequest | dg.SkipReason:
    """Request a run for what is in the inbox, unless one is under way, again when one failed."""
    return _decide(context, practice.stores.inbox.peek(_MAX_LISTED))


@dg.sensor(
    job=daily_books,
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Starts a run when files stand still on SFTP, in S3 or in mail; lists at most 200 of each, opens nothing. An "
        "inbox that does not answer is asked again."
    ),
)
def new_remote_files(context: dg.SensorEvaluationContext, practice: Practice) -> dg.RunRequest | dg.SkipReason:
    """Request a run for what is new in the inboxes that the environment names."""
    inboxes = AllInboxes(remote_inboxes(practice.stores.home))
    if not inboxes.inboxes:
        return dg.SkipReason("the environment names no inbox besides the folder")
    with closing(inboxes):
        found = inboxes.peek(_MAX_LISTED)
    if inboxes.unavailable and not found:
        return dg.SkipReason(f"not looked into: {', '.join(inboxes.unavailable)}")
    return _decide(context, found)


def _decide(context: dg.SensorEvaluationContext, found: list[tuple[str, ...]]) -> dg.RunRequest | dg.SkipReason:
    """Return the run that what was found asks for. The cursor says what was found; a run that failed is asked again."""
    if not found:
        return dg.SkipReason("the inbox is empty")
    content = canonical_key([list(item) for item in found])
    if content != context.cursor:
        # first look: it must stand still until the next
        context.update_cursor(content)
        return dg.SkipReason(f"{len(found)} file(s) arrived; waiting for them to stand still")
    runs = context.instance.get_runs(dg.RunsFilter(tags={INBOX_TAG: content}), limit=_MAX_ATTEMPTS)
    if any(not run.is_finished for run in runs):
        return dg.SkipReason("a run for these files is under way")
    if any(run.is_success for run in runs):
        return dg.SkipReason("what is left in the inbox has a temporary name or is still being written")
    if len(runs) >= _MAX_ATTEMPTS:
        return dg.SkipReason("three runs for these files failed: medbooks doctor")
    return dg.RunRequest(run_key=f"{content}:{len(runs)}", tags={INBOX_TAG: content})


@dg.definitions
def schedules() -> dg.Definitions:
    """Return the job, its nightly schedule in the practice's time zone, and the sensor."""
    nightly = dg.ScheduleDefinition(
        name="nightly_books",
        job=daily_books,
        cron_schedule="0 2 * * *",
        execution_timezone=Home.locate().settings.timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Every night at two, practice time.",
    )
    return dg.Definitions(jobs=[daily_books], schedules=[nightly], sensors=[new_files, new_remote_files])
