"""``medbooks audit``: whether the books and their audit chain are what they were, and the chain for somebody else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.stores import open_stores, say

app = typer.Typer(help="The audit chain of the books.", no_args_is_help=True)
_GATE_FAILED = 3


@app.callback()
def audit() -> None:
    """Group of verbs."""


@app.command("verify")
def verify(
    head: Annotated[Path | None, typer.Option(help="A head kept on another machine, beside those in audit/.")] = None,
    export_file: Annotated[Path | None, typer.Option("--export", help="Check an exported chain's file too.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON on stdout.")] = False,
) -> None:
    """Walk the chain, recompute every entry, compare the heads that were kept; exit code 3 when anything is off."""
    from orchestration.operations import audit_heads

    stores = open_stores()
    heads, findings = audit_heads.verify(stores, head)
    if export_file is not None:
        findings += audit_heads.verify_export(stores, export_file)
    rows = [{"code": finding.code, "message": finding.message} for finding in findings]
    records = stores.ledger.audit_head().audit_id
    if as_json:
        typer.echo(json.dumps({"records": records, "heads": heads, "findings": rows}, indent=2))
    else:
        for row in rows:
            typer.echo(f"{row['code']:<22} {row['message']}")
        typer.echo(f"{records:,} records, {heads} kept heads, {len(rows)} findings")
    if findings:
        say("restore the ledger from its last good backup; what was edited cannot be told apart from what was not")
        raise typer.Exit(_GATE_FAILED)


@app.command("export")
def export(out: Annotated[Path, typer.Option(help="CSV file; the signed head is written beside it.")]) -> None:
    """Write the chain as CSV with its signed head, for an auditor or another machine. It holds no PHI."""
    import datetime as dt

    from orchestration.operations import audit_heads

    stores = open_stores()
    count = audit_heads.export_chain(stores, out)
    kept = audit_heads.keep_head(stores, dt.datetime.now(dt.UTC).date())
    say(f"{count:,} records written to {out}, head signed; today's head is in {kept}: copy it to another machine")
