"""``medbooks quarantine``: what could not be read, why, and what mends it."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from orchestration.cli.stores import open_stores
from orchestration.resources.control import KINDS

app = typer.Typer(help="Files and rows that could not be read.", no_args_is_help=True)


@app.callback()
def quarantine() -> None:
    """Group of verbs."""


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="As JSON on stdout.")] = False) -> None:
    """List quarantined files and refused rows: reason, place, amount, and how to mend it."""
    items = quarantined()
    if as_json:
        typer.echo(json.dumps(items, indent=2))
        return
    for item in items:
        typer.echo(
            f"{item['source']:<10} {item['file_id'][:12]}  {item['where']:<12} "
            f"{item['amount'] or '-':>14}  {item['code']}"
        )
        typer.echo(f"{'':<10} {item['message']}")
    typer.echo("mend the file, drop it into the inbox again, then: medbooks run" if items else "nothing is quarantined")


def quarantined() -> list[dict[str, Any]]:
    """Return every quarantined file and refused row, newest last; file names may hold PHI and stay inside."""
    from orchestration.resources.lake import rows

    items: list[dict[str, Any]] = []
    with open_stores().lake.connect() as lake:
        present = {row[0] for row in lake.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = 'lake'"
        ).fetchall()}  # fmt: skip
        for source in KINDS:
            if f"raw_{source}.files" not in present:
                continue
            items += [
                {**row, "source": source, "where": "file", "amount": str(row["amount"])}
                for row in rows(
                    lake,
                    f"SELECT file_id, reason_code AS code, reason AS message, quarantined_amount AS amount "
                    f"FROM raw_{source}.files WHERE status = 'quarantined' ORDER BY loaded_at, file_id",
                )
            ]
            items += [
                {
                    "file_id": row["file_id"],
                    "code": row["code"],
                    "message": row["message"],
                    "amount": str(row["amount"]) if row["amount"] is not None else None,
                    "source": source,
                    "where": _where(row),
                }
                for row in rows(
                    lake,
                    f"SELECT f.* FROM raw_{source}.findings AS f INNER JOIN raw_{source}.files AS files "
                    "ON f.file_id = files.file_id WHERE files.status = 'loaded' "
                    "AND f.severity = 'error' AND f.line_number IS NOT NULL "
                    "ORDER BY f.loaded_at, f.file_id, f.finding_number",
                )
            ]
        if "landing.files" in present:
            items += [
                {**row, "amount": None, "source": "unknown", "where": "file"}
                for row in rows(
                    lake,
                    "SELECT file_id, reason_code AS code, reason AS message FROM landing.files "
                    "WHERE kind = 'unknown' ORDER BY loaded_at, file_id",
                )
            ]
    return items


def _where(row: dict[str, Any]) -> str:
    return f"line {row['line_number']}" if row["line_number"] else f"segment {row['segment_number']}"
