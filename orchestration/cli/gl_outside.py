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
    from pathlib import Path

    from orchestration.gl.vendors.description import Question
    from orchestration.gl.wire.connections import Connection
    from orchestration.gl.wire.oauth import Consent
    from orchestration.resources.practice import PracticeStores

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
    from orchestration.gl import first_connection
    from orchestration.gl.chart_map import quoted
    from orchestration.resources.outside import connection_store, open_outside, outside_map_file

    stores = open_stores()
    store = connection_store(stores.home)
    answers = first_connection.answered(vendor, os.environ, _ask if sys.stdin.isatty() else None)
    made = first_connection.connected(
        vendor,
        answers,
        first_connection.addresses(vendor, answers, is_sandbox=sandbox),
        lambda asked: _browser_answer(asked, vendor, paste=paste),
        redirect_uri=redirect_uri,
        tenant_id=tenant,
        folder=stores.home.outside,
    )
    file = outside_map_file(stores.home, vendor)
    _same_company(vendor, made, file, may_replace=replace)
    store.write(made)
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_text(f"tenant_id = {quoted(made.tenant_id)}\n", encoding="utf-8")
    # the first call proves the permission; only then is it called one
    known = open_outside(stores.home, vendor).numbered_accounts()
    say(f"connected to {vendor}, company {made.tenant_id}, which has {len(known)} accounts with a number")
    _write_template(stores, vendor, made.tenant_id, known)
    # what stopped for want of this permission goes on
    stores.ledger.outbox(who(stores)).resume(vendor, by=who(stores), reason="connected again")
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
    from orchestration.gl.chart_map import quoted
    from orchestration.resources.outside import connection_store, open_outside, outside_map_file, outside_mapping

    stores = open_stores()
    file = outside_map_file(stores.home, vendor)
    if write and not file.exists():
        is_connected = registry.REGISTERED[vendor].is_connected
        tenant_id = connection_store(stores.home).read(vendor).tenant_id if is_connected else ""
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_text(f"tenant_id = {quoted(tenant_id)}\n", encoding="utf-8")
    target = open_outside(stores.home, vendor)
    chart_map = outside_mapping(stores.home, vendor)
    if write:
        _write_template(stores, vendor, chart_map.tenant_id, target.numbered_accounts())
        chart_map = outside_mapping(stores.home, vendor)
    ours = {account.account_code: "" for account in stores.ledger.accounts()}
    findings = target.check_accounts({**ours, **chart_map.accounts})
    if as_json:
        rows = [{"code": f.code, "severity": f.severity, "message": f.message} for f in findings]
        typer.echo(json.dumps({"vendor": vendor, "file": str(file), "findings": rows}, indent=2))
    else:
        for finding in findings:
            typer.echo(f"{finding.severity:<8} {finding.code:<17} {finding.message}")
        if not findings:
            typer.echo(f"all {len(ours)} accounts have their place in {vendor}")
    if any(finding.severity == "error" for finding in findings):
        say(f"edit {file}, then: medbooks gl accounts {vendor}")
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
        raise ConfigurationError(message, mend=instead) from None


def _same_company(vendor: str, made: Connection, file: Path, *, may_replace: bool) -> None:
    from orchestration.core.errors import ConfigurationError
    from orchestration.gl.chart_map import read_chart_map

    if not file.exists():
        return
    before = read_chart_map(file, vendor, fields=None).tenant_id
    if before in {"", made.tenant_id}:
        return
    if not may_replace:
        message = f"the permission is for company {made.tenant_id}, but this practice posts to {before}"
        raise ConfigurationError(message, mend=f"medbooks gl connect {vendor} --replace")
    # the accounts of one company are not those of another
    file.rename(file.with_suffix(".toml.before"))


def _write_template(stores: PracticeStores, vendor: str, tenant_id: str, known: dict[str, str]) -> None:
    from orchestration.gl.chart_map import quoted, read_chart_map, template
    from orchestration.resources.outside import outside_map_file

    file = outside_map_file(stores.home, vendor)
    present = read_chart_map(file, vendor, fields=None)
    ours = stores.ledger.accounts()
    if not present.accounts:
        file.write_text(template(vendor, tenant_id, ours, known), encoding="utf-8")
        say(f"wrote {file}: accounts of the same number are filled in, the others are yours to fill")
        return
    missing = [account for account in ours if account.account_code not in present.accounts]
    for account in missing:
        theirs = quoted(known.get(account.account_code, ""))
        say(f"fill in below [accounts]: {quoted(account.account_code)} = {theirs}  # {account.account_name}")
