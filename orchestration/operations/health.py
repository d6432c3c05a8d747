"""Whether everything is here that the books need: keys, approvers, inboxes, landed files, lake, ledger, OCR.

What does not belong here: runs that were cut off (Dagster's, so the shell's).
"""

from __future__ import annotations

import shutil
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from orchestration.core.errors import BooksError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orchestration.stores.inboxes.folder import CheckedInbox
    from orchestration.stores.practice import PracticeStores


class Health(NamedTuple):
    """One thing the books need: how it stands in words, or why it fails and what fixes it."""

    name: str
    words: str
    is_ok: bool = True
    fix: str | None = None


def tried(name: str, check: Callable[[], str]) -> Health:
    """Return what a check says, or the error it raises."""
    try:
        return Health(name, check())
    except BooksError as error:
        return Health(name, error.message, is_ok=False, fix=error.fix)


def check_health(stores: PracticeStores) -> Iterator[Health]:
    """Try everything, one after another; each is yielded as soon as it is known."""
    checks: list[tuple[str, Callable[[], str]]] = [
        ("settings and key file", lambda: _key(stores)),
        ("approvers", lambda: _approvers(stores)),
        *_inboxes(stores),
        ("landed files open", lambda: _landed(stores)),
        ("lake opens", lambda: _lake(stores)),
        ("ledger is whole", lambda: _ledger(stores)),
        ("OCR engine", _ocr),
    ]
    return (tried(name, check) for name, check in checks)


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
        tables = lake.execute("select count(*) from duckdb_tables() where database_name = 'lake'").fetchone()
    return f"{tables[0] if tables else 0} tables, encrypted, {stores.lake.path.stat().st_size / 1e6:,.1f} MB"


def _ledger(stores: PracticeStores) -> str:
    findings = [*stores.ledger.verify_audit(), *stores.ledger.verify_books()]
    if findings:
        message = f"{findings[0].message} ({len(findings)} findings)"
        raise BooksError(message, fix="restore the ledger from its backup")
    return f"{stores.ledger.entry_count():,} entries, trial balance {stores.ledger.trial_balance_amount():.2f}"


def _ocr() -> str:
    found = shutil.which("tesseract")
    if found is None:
        message = "Tesseract is not installed: scanned bills would be quarantined"
        raise BooksError(message, fix="apt-get install tesseract-ocr")
    return found
