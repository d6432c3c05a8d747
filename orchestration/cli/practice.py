"""``medbooks practice``: the synthetic practice's files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.stores import say
from orchestration.core.errors import BooksError

app = typer.Typer(help="A synthetic practice that writes the files a real one receives.", no_args_is_help=True)

_DAYS_A_YEAR = 365


@app.callback()
def practice() -> None:
    """Group of verbs."""


@app.command("generate")
def generate(
    out: Annotated[Path, typer.Option(help="Folder for inbox/ and truth/.")],
    providers: Annotated[int, typer.Option(min=1, help="Number of providers.")] = 6,
    years: Annotated[int, typer.Option(min=1, help="Years of history.")] = 1,
    seed: Annotated[int, typer.Option(help="The same seed writes the same bytes.")] = 7,
    start: Annotated[str, typer.Option(help="First day, YYYY-MM-DD.")] = "2025-11-01",
) -> None:
    """Write a year or more of files, with the truth they tie to beside them."""
    from orchestration.practice.generate import generate as write

    try:
        first = dt.date.fromisoformat(start)
    except ValueError:
        message = "the first day is written YYYY-MM-DD"
        raise BooksError(message, mend="medbooks practice generate --out DIR --start 2025-11-01") from None
    manifest = write(out, providers=providers, start=first, days=years * _DAYS_A_YEAR, seed=seed)
    say(f"{manifest.counts['files']:,} files in {out / 'inbox'}, what is true of them in {out / 'truth'}")
