"""``medbooks publish``: copies of the marts for BI tools."""

from __future__ import annotations

import typer

from orchestration.cli.stores import open_stores, say

app = typer.Typer(help="Publish the marts without direct identifiers.", no_args_is_help=True)


@app.command("duckdb")
def duckdb() -> None:
    """Write one read-only DuckDB file and swap it in."""
    from orchestration.operations.publish import publish_duckdb

    path, tables = publish_duckdb(open_stores())
    say(f"{tables} tables published")
    typer.echo(str(path))


@app.command("parquet")
def parquet() -> None:
    """Write one Parquet file per mart and swap the folder in."""
    from orchestration.operations.publish import publish_duckdb, publish_parquet

    stores = open_stores()
    publish_duckdb(stores)
    path, tables = publish_parquet(stores)
    say(f"{tables} tables published")
    typer.echo(str(path))
