"""``medbooks demo``: a synthetic practice's year of files, through the whole pipeline, to the report."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.run import run_pipeline, summary_lines
from orchestration.cli.stores import open_stores, say
from orchestration.core.errors import ConfigurationError

_FIRST_DAY = dt.date(2025, 11, 1)
_DAYS = 380


def demo(
    providers: Annotated[int, typer.Option(min=1, max=50, help="Providers of the practice.")] = 6,
    days: Annotated[int, typer.Option(min=40, max=1200, help="Days of its history.")] = _DAYS,
    seed: Annotated[int, typer.Option(help="The same seed writes the same files.")] = 7,
) -> None:
    """Generate a practice, run everything, show what came out. Running it again adds nothing."""
    from orchestration.operations.land import land
    from orchestration.operations.summary import summarize
    from orchestration.stores.inboxes.folder import FolderInbox
    from orchestration.synthetic.entities import PRACTICE, changing_over, involved
    from orchestration.synthetic.generate import generate

    stores = open_stores()
    marker = stores.home.root / ".demo"
    if not marker.exists() and any(stores.landed.identities()):
        message = f"{stores.home.root} holds a practice's own files; a synthetic practice does not belong among them"
        raise ConfigurationError(message, fix="medbooks --home demo-practice demo")
    stores.home.root.mkdir(parents=True, exist_ok=True)
    marker.touch()
    say(f"A synthetic practice of {providers} providers writes {days} days of files …")
    with tempfile.TemporaryDirectory(prefix="medbooks-demo-") as folder:
        entity = changing_over(involved(PRACTICE))
        generate(Path(folder), providers=providers, start=_FIRST_DAY, days=days, seed=seed, entity=entity)
        with stores.lake.lock():
            counts = land(stores, FolderInbox(Path(folder) / "inbox", standstill_seconds=0.0))
    say(f"  {counts.landed:,} files landed, {counts.repeated:,} were here before. Now the books:")
    run_pipeline(stores)
    typer.echo("\n".join(summary_lines(summarize(stores))))
    report = stores.home.reports / "index.html"
    say(f"\nreport               {os.path.relpath(report)}")
    say("look around          .venv/bin/medbooks up")
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        typer.launch(str(report))
