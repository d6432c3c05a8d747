"""``medbooks gl connect`` and ``gl accounts``: a practice's access to an outside ledger, and its mapping."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.choices import ChoiceOf
from orchestration.cli.people import who
from orchestration.cli.stores import open_stores, say
from orchestration.gl.vendors import registry

if TYPE_CHECKING:
    from orchestration.gl.vendors.description import Question
    from orchestration.gl.wire.oauth import Consent
    from orchestration.operations.connect_outside import MappingFile

_WAIT_SECONDS = 300.0
_GATE_FAILED = 3


def connect(
    vendor: Annotated[
        str,
        typer.Argument(click_type=ChoiceOf(registry.names_to_connect), help="Which outside ledger."),
    ],
    tenant: Annotated[str | None, typer.Option(help="Which company, when the permission is for several.")] = None,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="Intuit's sandbox companies.")] = False,
    paste: Annotated[bool, typer.Option("--paste", help="Paste the address the browser ends up at.")] = False,
    redirect_uri: Annotated[
        str, typer.Option(help="As registered with your app; QuickBooks in production wants https, then --paste.")
    ] = "http://localhost:8910/callback",
    replace: Annotated[bool, typer.Option("--replace", help="Post to another company from now on.")] = False,
) -> None:
    """Give this practice access to its company at a vendor; secrets are sealed with the practice's key."""
    from orchestration.operations.connect_outside import Access
    from orchestration.operations.connect_outside import connect as connect_to

    stores = open_stores()
    access = Access(
        os.environ,
        _ask if sys.stdin.isatty() else None,
        lambda asked: _browser_answer(asked, vendor, paste=paste),
        redirect_uri,
        tenant_id=tenant,
        is_sandbox=sandbox,
        may_replace=replace,
    )
    made = connect_to(stores, vendor, access, by=who(stores))
    say(f"connected to {vendor}, company {made.tenant_id}, which has {made.account_count} accounts with a number")
    _say_mapping(made.mapping)
    say(f"next: medbooks gl accounts {vendor}")


def accounts(
    vendor: Annotated[
        str,
        typer.Argument(click_type=ChoiceOf(registry.names), help="Which outside ledger, or journal_file."),
    ],
    write: Annotated[bool, typer.Option("--write", help="Add what is missing to the mapping, by number.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON on stdout.")] = False,
) -> None:
    """Check which of the vendor's accounts each of ours is; exit code 3 when a posting would fail."""
    from orchestration.operations.connect_outside import check_accounts

    checked = check_accounts(open_stores(), vendor, is_written=write)
    findings = checked.findings
    if checked.added is not None:
        _say_mapping(checked.added)
    if as_json:
        rows = [{"code": f.code, "severity": f.severity, "message": f.message} for f in findings]
        typer.echo(json.dumps({"vendor": vendor, "file": str(checked.file), "findings": rows}, indent=2))
    else:
        for finding in findings:
            typer.echo(f"{finding.severity:<8} {finding.code:<17} {finding.message}")
        if not findings:
            typer.echo(f"all {checked.account_count} accounts have their place in {vendor}")
    if any(finding.severity == "error" for finding in findings):
        say(f"edit {checked.file}, then: medbooks gl accounts {vendor}")
        raise typer.Exit(_GATE_FAILED)


def _ask(question: Question) -> str:
    default = "" if question.is_optional else None
    answer: str = typer.prompt(question.words, default=default, hide_input=question.is_secret, err=True)
    return answer


def _browser_answer(asked: Consent, vendor: str, *, paste: bool) -> str:
    if paste:
        say(f"open this address, log in, and choose the company:\n{asked.url}")
        pasted: str = typer.prompt("paste the whole address the browser ends up at", err=True)
        return pasted
    import webbrowser

    from orchestration.core.errors import ConfigurationError
    from orchestration.gl.wire.redirect_listener import Listener

    instead = f"medbooks gl connect {vendor} --paste"
    listener = Listener(asked.redirect_uri, instead=instead)
    say(f"your browser is asked to open:\n{asked.url}")
    webbrowser.open(asked.url)
    try:
        return listener.wait(_WAIT_SECONDS)
    except TimeoutError:
        message = "the browser did not come back within five minutes"
        raise ConfigurationError(message, fix=instead) from None


def _say_mapping(mapping: MappingFile) -> None:
    if mapping.is_written:
        say(f"wrote {mapping.file}: accounts of the same number are filled in, the others are yours to fill")
    for line in mapping.lines_to_add:
        say(f"fill in below [accounts]: {line}")
