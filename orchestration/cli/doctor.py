"""``medbooks doctor``: is everything here that the books need, and is anything stuck."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.stores import open_stores
from orchestration.core.errors import BooksError

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestration.stores.inboxes.folder import CheckedInbox
    from orchestration.stores.practice import PracticeStores


def doctor(
    free_slots: Annotated[bool, typer.Option("--free-slots", help="Free pool slots of runs that are over.")] = False,
) -> None:
    """Check keys, inboxes, lake, landed files, ledger, OCR and stuck runs; exit 6 when something is missing."""
    stores = open_stores()
    checks: list[tuple[str, Callable[[], str]]] = [
        ("settings and key file", lambda: _key(stores)),
        ("approvers", lambda: _approvers(stores)),
        *_inboxes(stores),
        ("landed files open", lambda: _landed(stores)),
        ("lake opens", lambda: _lake(stores)),
        ("ledger is whole", lambda: _ledger(stores)),
        ("OCR engine", _ocr),
        ("stuck runs", lambda: _runs(stores, free_slots=free_slots)),
    ]
    failed = False
    for name, check in checks:
        try:
            typer.echo(f"ok    {name:<24} {check()}")
        except BooksError as error:
            failed = True
            typer.echo(f"FAIL  {name:<24} {error.message}" + (f"; mend it with: {error.mend}" if error.mend else ""))
    if failed:
        raise typer.Exit(6)


def _key(stores: PracticeStores) -> str:
    return f"{len(stores.home.lake_key) * 4} bits, {stores.home.key_file}"


def _approvers(stores: PracticeStores) -> str:
    stores.home.require_guarded_settings()
    listed = stores.home.settings.roster.approvers
    return (
        f"{len(listed)} people may decide what waits" if listed else "nobody is listed: nothing is approved or locked"
    )


def _inboxes(stores: PracticeStores) -> list[tuple[str, Callable[[], str]]]:
    """Return one check for each inbox that is set up, or one that fails for a setting that cannot work."""
    try:
        found = stores.inboxes.inboxes
    except BooksError as error:
        refusal = error

        def refuse() -> str:
            raise refusal

        return [("inboxes", refuse)]
    return [(f"inbox {inbox.name}", partial(_inbox, inbox)) for inbox in found]


def _inbox(inbox: CheckedInbox) -> str:
    with closing(inbox):
        return inbox.check()


def _landed(stores: PracticeStores) -> str:
    found = [stores.landed.get(identity).file_id for identity in stores.landed.identities()]
    return f"{len(found):,} files, each is what its name says"


def _lake(stores: PracticeStores) -> str:
    if not stores.lake.path.exists():
        return "not built yet: medbooks run"
    with stores.lake.connect(wait_seconds=0) as lake:
        tables = lake.execute("SELECT count(*) FROM duckdb_tables() WHERE database_name = 'lake'").fetchone()
    return f"{tables[0] if tables else 0} tables, encrypted, {stores.lake.path.stat().st_size / 1e6:,.1f} MB"


def _ledger(stores: PracticeStores) -> str:
    findings = [*stores.ledger.verify_audit(), *stores.ledger.verify_books()]
    if findings:
        message = f"{findings[0].message} ({len(findings)} findings)"
        raise BooksError(message, mend="restore the ledger from its backup")
    return f"{stores.ledger.entry_count():,} entries, trial balance {stores.ledger.trial_balance_amount():.2f}"


def _ocr() -> str:
    found = shutil.which("tesseract")
    if found is None:
        message = "Tesseract is not installed: scanned bills would be quarantined"
        raise BooksError(message, mend="apt-get install tesseract-ocr")
    return found


def _runs(stores: PracticeStores, *, free_slots: bool) -> str:
    from orchestration.defs.instance import bury_dead_runs, free_stuck_slots, prepare_environment, stuck_slots

    os.environ.update(prepare_environment(stores.home))
    from dagster import DagsterInstance

    with DagsterInstance.get() as instance:
        buried = bury_dead_runs(instance)
        stuck = stuck_slots(instance)
        if stuck and not free_slots:
            message = f"{sum(stuck.values())} pool slots are held by runs that are over"
            raise BooksError(message, mend="medbooks doctor --free-slots")
        freed = free_stuck_slots(instance) if stuck else 0
    return f"{buried} dead runs closed, {freed} slots freed"
