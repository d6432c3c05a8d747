"""``medbooks gl``: the book of record, out."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli import gl_outside
from orchestration.cli.stores import dollars, open_stores, say

app = typer.Typer(help="The general ledger.", no_args_is_help=True)
app.command("connect")(gl_outside.connect)
app.command("accounts")(gl_outside.accounts)


class Format(StrEnum):
    """What an export is written as."""

    beancount = "beancount"
    hledger = "hledger"
    csv = "csv"


@app.callback()
def gl() -> None:
    """Group of verbs."""


@app.command("export")
def export(
    format_: Annotated[Format, typer.Option("--format", help="Which books program reads it.")] = Format.beancount,
    out: Annotated[Path | None, typer.Option(help="File; stdout when not given.")] = None,
) -> None:
    """Write the whole journal for a second opinion: bean-check, hledger check, or a spreadsheet."""
    from orchestration.gl.exports import EXPORTS

    ledger = open_stores().ledger
    text = EXPORTS[format_.value](ledger.accounts(), ledger.entries())
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        say(f"{ledger.entry_count():,} entries written, trial balance {dollars(ledger.trial_balance_amount())}")


@app.command("rollback")
def rollback(
    batch_tag: Annotated[str, typer.Argument(help="Tag of the batch, e.g. AI-20261123-1.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the audit chain.")],
) -> None:
    """Reverse every entry of a batch; nothing is deleted, the trial balance is what it was before."""
    import datetime as dt
    import getpass

    result = open_stores().ledger.rollback(
        batch_tag, dt.datetime.now(dt.UTC).date(), reason, made_by=getpass.getuser(), run_id=None
    )
    say(f"{result.posted} entries reversed by batch {result.batch_tag or '-'}, {result.skipped} were reversed before")
