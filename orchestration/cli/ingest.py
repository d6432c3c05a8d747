"""``medbooks ingest``: land files from anywhere without taking them away."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.stores import open_stores, say


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders; they are copied, not moved.")],
) -> None:
    """Seal and register files; the next run reads them."""
    from orchestration.operations.land import land_copies

    counts = land_copies(open_stores(), paths)
    say(
        f"{counts.landed} landed, {counts.repeated} here before, "
        f"{counts.unfinished} left alone (temporary name or still being written)"
    )
