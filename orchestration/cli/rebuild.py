"""``medbooks rebuild``: the lake again from the landed files, and proof that it is the same lake."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.cli.run import run_pipeline
from orchestration.cli.stores import open_stores, say
from orchestration.core.errors import BooksError


def rebuild(
    check: Annotated[bool, typer.Option(help="Compare content hashes before and after.")] = True,
) -> None:
    """Delete the lake, build it again from the landed files, compare every mart's content hash."""
    from orchestration.operations.contents import content_hashes

    stores = open_stores()
    if stores.inbox.look().arrivals:
        message = "the inbox is not empty: a rebuild is from the landed files alone"
        raise BooksError(message, mend="medbooks run")
    before = content_hashes(stores) if check and stores.lake.path.exists() else {}
    with stores.lake.lock():
        aside = stores.lake.path.with_suffix(".before-rebuild")
        if stores.lake.path.exists():
            stores.lake.path.replace(aside)
            # what a killed run left in the log belongs to the lake that goes
            stores.lake.path.with_name(stores.lake.path.name + ".wal").unlink(missing_ok=True)
        try:
            run_pipeline(stores)
        except BaseException:
            if aside.exists():
                aside.replace(stores.lake.path)
            raise
        aside.unlink(missing_ok=True)
    after = content_hashes(stores)
    changed = sorted(table for table, digest in before.items() if after.get(table) != digest)
    if changed:
        message = f"{len(changed)} tables differ after the rebuild: {', '.join(changed)}"
        raise BooksError(message, mend="medbooks rebuild --no-check   # when a seed or a model was changed on purpose")
    say(f"{len(after)} tables, content hashes {'identical' if before else 'recorded'}")
    for table, digest in sorted(after.items()):
        typer.echo(f"{digest}  {table}")
