"""``medbooks era``: remittance files by themselves, without a practice, a lake or a ledger."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(help="835 remittance files.", no_args_is_help=True)


@app.callback()
def era() -> None:
    """Group of verbs."""


@app.command("inspect")
def inspect(
    files: Annotated[list[Path], typer.Argument(help="835 files.", exists=True, dir_okay=False)],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per file.")] = False,
) -> None:
    """Count, add up and validate 835 files; exits 0 for bad files too, and says what is wrong with them."""
    from orchestration.core.ids import file_id
    from orchestration.core.tables import SourceFile
    from orchestration.formats.x12.inspect import inspect as look

    for path in files:
        content = path.read_bytes()
        report = look(SourceFile(file_id(content), path.name, content, dt.datetime.now(dt.UTC)))
        typer.echo(json.dumps(report) if as_json else _words(report))


def _words(report: dict[str, Any]) -> str:
    balance = report["unbalanced"]
    lines = [
        f"{report['file']}: {report['verdict']}",
        (
            f"  {report['transactions']} transactions, {report['claims']} claims, "
            f"{report['service_lines']} service lines, "
            f"{report['segments']} segments"
        ),
        (
            f"  paid {report['paid_amount']} = claims {report['claim_paid_amount']} − provider adjustments "
            f"{report['provider_adjustment_amount']}"
        ),
        (
            f"  unbalanced: {balance['line']} lines, {balance['claim']} claims, {balance['transaction']} transactions; "
            f"{report['denied_claims']} denied claims, {report['reversals']} reversals"
        ),
    ]
    lines += [
        f"  {f['severity']:<7} segment {f['segment_number'] or '-'} {f['segment_id'] or ''}: {f['message']}"
        for f in report["findings"]
    ]
    return "\n".join(lines)
