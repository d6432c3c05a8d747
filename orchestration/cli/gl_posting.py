"""``medbooks gl post`` and ``gl reconcile``: entries to outside ledgers, and what they hold back again."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.people import login, who
from orchestration.cli.stores import dollars, open_stores, say
from orchestration.core.errors import BooksError
from orchestration.core.money import ZERO, format_amount

if TYPE_CHECKING:
    from orchestration.operations.post_outside import OutsideDifference
    from orchestration.stores.practice import PracticeStores

_GATE_FAILED = 3


def post(
    vendor: Annotated[
        str | None, typer.Argument(help="One outside ledger; every connected one when not given.")
    ] = None,
    retry: Annotated[str, typer.Option(help="Let a set-aside entry go again: its reference, or all.")] = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="Send again after what stopped the target is fixed.")
    ] = False,
    resend: Annotated[
        str, typer.Option(help="Send again what was deleted there: its reference, or all. By an approver.")
    ] = "",
    reason: Annotated[str, typer.Option(help="What was fixed; kept in the audit chain.")] = "fixed",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON on stdout.")] = False,
) -> None:
    """Send what is due to the connected outside ledgers, each entry exactly once; runs by itself every 15 minutes."""
    from orchestration.operations import post_outside

    stores = open_stores()
    vendors = _vendors(stores, vendor)
    for name in vendors:
        if resume:
            post_outside.resume(stores, name, by=who(stores), reason=reason)
        if retry:
            post_outside.retry(stores, name, retry, by=who(stores), reason=reason)
        if resend:
            sent = post_outside.send_again(stores, name, resend, by=login(), reason=reason)
            amount = sum((item.total_amount for item in sent), ZERO)
            say(f"{name}: {len(sent):,} journals that were deleted there go again ({dollars(amount)}), looked up first")
    rounds = post_outside.post_everywhere(stores, vendors)
    rows = [
        {
            "target": done.target,
            "posted": done.posted,
            "found": done.found,
            "posted_amount": format_amount(done.posted_amount),
            "retried": done.retried,
            "quarantined": done.quarantined,
            "stopped_by": done.stopped_by,
            "findings": [finding.message for finding in done.findings],
        }
        for done in rounds
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    for done in rounds:
        found = f", {done.found:,} of them stood there already" if done.found else ""
        say(
            f"{done.target}: {done.posted:,} posted ({dollars(done.posted_amount)}{found}), {done.retried:,} put back, "
            f"{done.quarantined:,} set aside"
        )
        if done.stopped_by:
            why = post_outside.why_stopped(stores, done)
            say(f"  stopped by {done.stopped_by}: {why.words}\n  fix it with: {why.fix}")
        for finding in done.findings:
            say(f"  {finding.severity}: {finding.message}")
    if any(done.stopped_by for done in rounds):
        raise typer.Exit(1)


def reconcile(
    vendor: Annotated[
        str | None, typer.Argument(help="One outside ledger; every connected one when not given.")
    ] = None,
    start: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD; 90 days ago when not given.")] = "",
    end: Annotated[str, typer.Option("--to", help="Last day; today when not given.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON on stdout.")] = False,
) -> None:
    """Pull back what the outside ledgers hold and compare it line by line; exit code 3 when it differs."""
    import datetime as dt

    from orchestration.operations import post_outside

    stores = open_stores()
    today = dt.datetime.now(dt.UTC).date()
    try:
        last = dt.date.fromisoformat(end) if end else today
        first = dt.date.fromisoformat(start) if start else last - dt.timedelta(days=90)
    except ValueError:
        message = "a date is written YYYY-MM-DD"
        raise BooksError(message, fix="medbooks gl reconcile --from 2026-01-01 --to 2026-01-31") from None
    found: list[OutsideDifference] = []
    for name in _vendors(stores, vendor):
        result = post_outside.reconcile_with(stores, name, first, last)
        found += post_outside.differences(name, result)
        say(f"{name}: {len(result.agreed):,} entries agree line by line, {len(result.differences):,} differences")
    if as_json:
        typer.echo(json.dumps([difference_facts(one) for one in found], indent=2))
    else:
        for one in found:
            accounts = " ".join(_accounts(one))
            typer.echo(
                f"{one.target:>11}  {one.kind:<15} {format_amount(one.amount):>14}  {one.reference or 'not ours'}  "
                f"{one.external_id or ''}  {accounts}"
            )
            typer.echo(f"{'':>11}  {one.words}")
            typer.echo(f"{'':>11}  fix it with: {one.fix}")
    # journals of others are news, not an error of ours
    if any(one.kind != "not_ours" for one in found):
        raise typer.Exit(_GATE_FAILED)


def difference_facts(one: OutsideDifference) -> dict[str, Any]:
    """Return a difference as ``--json`` prints it: amounts as text with two decimals."""
    return {**asdict(one), "accounts": _accounts(one), "amount": format_amount(one.amount)}


def _accounts(one: OutsideDifference) -> list[str]:
    return [f"{account} {amount:+.2f}" for account, amount in one.accounts]


def _vendors(stores: PracticeStores, vendor: str | None) -> list[str]:
    from orchestration.operations.post_outside import connected

    names = connected(stores, vendor)
    if not names:
        say("no outside ledger is connected: medbooks gl connect VENDOR")
    return names
