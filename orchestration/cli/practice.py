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
    feeds: Annotated[
        str, typer.Option(help="Formats to write besides, each whole into feeds/: names with commas, or all.")
    ] = "",
    plain: Annotated[
        bool, typer.Option("--plain", help="Without second payers, copays at the desk, refunds and capitation.")
    ] = False,
) -> None:
    """Write a year or more of files, with the truth they tie to beside them.

    The practice's files go to OUT/inbox, those of its surgery centre to OUT/surgery/inbox, each with its own truth.
    """
    from orchestration.synthetic.entities import PRACTICE, SURGERY_CENTRE, involved
    from orchestration.synthetic.generate import all_feeds
    from orchestration.synthetic.generate import generate as write

    try:
        first = dt.date.fromisoformat(start)
    except ValueError:
        message = "the first day is written YYYY-MM-DD"
        raise BooksError(message, fix="medbooks practice generate --out DIR --start 2025-11-01") from None
    chosen = all_feeds() if feeds == "all" else tuple(name for name in feeds.split(",") if name)
    for entity, folder in ((PRACTICE, out), (SURGERY_CENTRE, out / SURGERY_CENTRE.entity_id)):
        # one surgeon for every three who refer to one
        people = providers if entity is PRACTICE else -(-providers // 3)
        manifest = write(
            folder,
            providers=people,
            start=first,
            days=years * _DAYS_A_YEAR,
            seed=seed,
            entity=entity if plain else involved(entity),
            feeds=chosen,
        )
        say(f"{manifest.counts['files']:,} files in {folder / 'inbox'}, what is true of them in {folder / 'truth'}")


@app.command("documents")
def documents(
    out: Annotated[Path, typer.Option(help="Folder for inbox/ and truth/.")],
    count: Annotated[int, typer.Option(min=1, help="Number of bills and receipts.")] = 600,
    seed: Annotated[int, typer.Option(help="The same seed writes the same bytes.")] = 7,
) -> None:
    """Write bills and receipts as printed and scanned paper, with every field of them, to judge how they are read."""
    from orchestration.synthetic.generate import generate_papers

    size = generate_papers(out, count=count, seed=seed)
    say(f"{count:,} documents ({size / 1e6:,.0f} MB) in {out / 'inbox'}, their fields in {out / 'truth'}")


@app.command("verify")
def verify(
    seed: Annotated[int, typer.Option(help="Any seed: every practice must come back as it was written.")] = 7,
    providers: Annotated[int, typer.Option(min=1, help="Number of providers.")] = 2,
    days: Annotated[int, typer.Option(min=1, help="Days of history.")] = 120,
    books: Annotated[
        bool, typer.Option("--books", help="Run the pipeline, too, and compare marts, journal and ledger (minutes).")
    ] = False,
) -> None:
    """Generate both entities in every format, read everything back, compare with the truth to the cent.

    With --books the pipeline keeps books of each in a home of its own, and marts, journal and ledger are compared, too.
    The charges come by HL7, FHIR and athena besides the desk's export, as far as there are providers (four).
    """
    from orchestration.operations.verify_synthetic import verify_synthetic

    def books_are_made(entity_id: str) -> None:
        say(f"{entity_id}: the books are made …")

    is_true = True
    for entity in verify_synthetic(
        seed=seed, providers=providers, days=days, with_books=books, before_books=books_are_made
    ):
        for found in entity.comparisons:
            is_true = is_true and found.holds
            verdict = "ok  " if found.holds else "FAIL"
            gap = f", {found.differing:,} differ by ${found.difference:,.2f}" if found.differing else ""
            typer.echo(f"{verdict} {entity.entity_id:9} {found.feed:18} {found.what}: {found.cells:,}{gap}")
    if not is_true:
        message = "what was read is not what was written"
        again = f"medbooks practice verify --seed {seed} --providers {providers} --days {days}"
        raise BooksError(message, fix=again + (" --books" if books else ""))
