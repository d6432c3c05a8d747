"""The command line's root: its verbs, its exit codes, and errors as sentences instead of tracebacks."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from orchestration.cli import (
    audit,
    claims,
    close,
    demo,
    doctor,
    era,
    gl,
    ingest,
    practice,
    publish,
    quarantine,
    rebuild,
    run,
    status,
    up,
)
from orchestration.core.errors import BooksError

app = typer.Typer(
    name="medbooks",
    help="Files a medical practice already receives go in; audited, balanced, posted books come out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("up")(up.up)
app.command("run")(run.run)
app.command("status")(status.status)
app.command("doctor")(doctor.doctor)
app.command("ingest")(ingest.ingest)
app.command("rebuild")(rebuild.rebuild)
app.add_typer(audit.app, name="audit")
app.add_typer(claims.app, name="claims")
app.add_typer(close.app, name="close")
app.add_typer(era.app, name="era")
app.add_typer(gl.app, name="gl")
app.add_typer(practice.app, name="practice")
app.add_typer(publish.app, name="publish")
app.add_typer(quarantine.app, name="quarantine")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version as distribution_version

        typer.echo(f"medbooks {distribution_version('medbooks')}")
        raise typer.Exit


@app.callback()
def root(
    home: Annotated[
        str, typer.Option("--home", envvar="MEDBOOKS_HOME", help="Folder of the practice's books.", show_default="data")
    ] = "",
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
    _asked: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show version.")] = False,
) -> None:
    """Options that every verb shares."""
    if home:
        os.environ["MEDBOOKS_HOME"] = os.path.abspath(home)  # noqa: PTH100  # text in, text out
    if debug:
        os.environ["MEDBOOKS_DEBUG"] = "1"


def main() -> None:
    """Run the command line; an error says what, why and the one command that mends it (exit codes: core.errors)."""
    try:
        app()
    except BooksError as error:
        if os.environ.get("MEDBOOKS_DEBUG"):
            raise
        sys.stderr.write(f"medbooks: {error.message}\n")
        if error.mend:
            sys.stderr.write(f"  mend it with: {error.mend}\n")
        sys.exit(error.exit_code)
