"""``medbooks rebuild``: the lake again from the landed files, and proof that it is the same lake."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from orchestration.cli.run import run_pipeline
from orchestration.cli.stores import open_stores, say


def rebuild(
    check: Annotated[bool, typer.Option(help="Compare content hashes before and after.")] = True,
) -> None:
    """Delete the lake, build it again from the landed files, compare every mart's content hash."""
    from orchestration.operations.rebuild import rebuild as build_again

    stores = open_stores()
    rebuilt = build_again(stores, partial(run_pipeline, stores), is_checked=check)
    say(f"{len(rebuilt.hashes)} tables, content hashes {'identical' if rebuilt.is_compared else 'recorded'}")
    for table, digest in sorted(rebuilt.hashes.items()):
        typer.echo(f"{digest}  {table}")
