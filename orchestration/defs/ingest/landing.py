"""Arrival as an asset. What does not belong here: how files land (``operations.land``)."""

import dagster as dg

from orchestration.defs.catalog import DATA_TEAM, row_counts
from orchestration.defs.resources import Practice
from orchestration.operations.land import FILES, empty_inboxes


@dg.asset(
    key=["landing", "files"],
    group_name="landing",
    owners=[DATA_TEAM],
    kinds={"duckdb", "file"},
    tags={"phi": "true"},
    pool="lake",
    description=(
        "Grain: one landed file. Files that stand still in the inbox are sealed under their SHA-256 "
        "(AES-256-GCM), registered with their kind and taken out of the inbox; the same bytes under another name "
        "are an alias. Inboxes: the folder, and SFTP, S3, IMAP and Maildir where the environment names them; "
        "one that does not answer keeps its files and does not stop the others."
    ),
)
def landing_files(context: dg.AssetExecutionContext, practice: Practice) -> dg.MaterializeResult:
    """Empty the inboxes into landed files and register what is new."""
    stores = practice.stores
    done = empty_inboxes(stores)
    for name, reason in done.unavailable.items():
        context.log.warning("the inbox %s was not looked into: %s; the next run tries again", name, reason)
    if done.counts.unfinished:
        context.log.warning(
            "%s file(s) are still being written or have a temporary name; the next run takes them",
            done.counts.unfinished,
        )
    return dg.MaterializeResult(
        metadata={
            "landed_files": done.counts.landed,
            "repeated_files": done.counts.repeated,
            "unfinished_files": done.counts.unfinished,
            "unavailable_inboxes": ", ".join(done.unavailable) or "none",
            "registered_files": done.registered_count,
            **row_counts(stores.lake, [FILES]),
        }
    )
