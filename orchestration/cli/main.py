"""The command line's root: its verbs, its exit codes, and errors as sentences instead of tracebacks."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Final

import typer
from typer.core import TyperGroup

from orchestration.core.errors import BooksError

if TYPE_CHECKING:
    import click

# each is a module beside this one, with a function of its name or an `app` of further verbs
VERBS: Final = (
    "demo",
    "up",
    "run",
    "status",
    "doctor",
    "ingest",
    "rebuild",
    "audit",
    "claims",
    "close",
    "era",
    "explain",
    "gl",
    "practice",
    "publish",
    "quarantine",
    "waiting",
)


class _Verbs(TyperGroup):
    """Imports the one verb that is asked for: all of them would cost a twentieth of a second at every start."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # as click calls it
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # as click calls it
        # a misspelt verb is answered by the nearest one, and an answer needs them all
        for name in [cmd_name] if cmd_name in VERBS else VERBS:
            if name not in self.commands:
                self.commands[name] = _verb(name)
        return self.commands.get(cmd_name)


def _verb(name: str) -> click.Command:
    module = import_module(f"orchestration.cli.{name}")
    holder = typer.Typer(add_completion=False, suggest_commands=False, callback=lambda: None)
    if hasattr(module, "app"):
        holder.add_typer(module.app, name=name)
    else:
        holder.command(name)(getattr(module, name))
    return typer.main.get_group(holder).commands[name]


app = typer.Typer(
    name="medbooks",
    cls=_Verbs,
    help="Files a medical practice already receives go in; audited, balanced, posted books come out.",
    no_args_is_help=True,
    add_completion=False,
    suggest_commands=False,  # click suggests by itself
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
    """Run the command line; an error says what, why and the one command that fixes it (exit codes: core.errors)."""
    try:
        app()
    except BooksError as error:
        if os.environ.get("MEDBOOKS_DEBUG"):
            raise
        sys.stderr.write(f"medbooks: {error.message}\n")
        if error.fix:
            sys.stderr.write(f"  fix it with: {error.fix}\n")
        sys.exit(error.exit_code)
