"""``medbooks ingest``: land files from anywhere without taking them away."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.stores import open_stores, say
from orchestration.core.errors import BooksError


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders; they are copied, not moved.")],
) -> None:
    """Seal and register files; the next run reads them."""
    from orchestration.defs.ingest.landing import land
    from orchestration.stores.inboxes.folder import FolderInbox

    stores = open_stores()
    totals = {"landed": 0, "repeated": 0, "unfinished": 0}
    for path in paths:
        if not path.exists():
            message = f"{path} does not exist"
            raise BooksError(message, mend="medbooks ingest PATH")
        standstill = stores.home.settings.standstill_seconds
        with stores.lake.lock(wait_seconds=30.0):
            for name, count in land(stores, FolderInbox(path, standstill_seconds=standstill, keep=True)).items():
                totals[name] += count
    say(
        f"{totals['landed']} landed, {totals['repeated']} here before, "
        f"{totals['unfinished']} left alone (temporary name or still being written)"
    )
