"""``medbooks gl post`` and ``gl reconcile``: entries to outside ledgers, and what they hold back again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.people import login, who
from orchestration.cli.stores import dollars, open_stores, say
from orchestration.core.errors import BooksError, ConfigurationError
from orchestration.core.money import ZERO

if TYPE_CHECKING:
    from orchestration.gl.compare import OutsideComparison
    from orchestration.resources.practice import PracticeStores

_GATE_FAILED = 3


def post(
    vendor: Annotated[
        str | None, typer.Argument(help="One outside ledger; every connected one when not given.")
    ] = None,
    retry: Annotated[str, typer.Option(help="Let a set-aside entry go again: its reference, or all.")] = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="Send again after what stopped the target is mended.")
    ] = False,
    resend: Annotated[
        str, typer.Option(help="Send again what was deleted there: its reference, or all. By an approver.")
    ] = "",
    reason: Annotated[str, typer.Option(help="What was mended; kept in the audit chain.")] = "mended",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON on stdout.")] = False,
) -> None:
    """Send what is due to the connected outside ledgers, each entry exactly once; runs by itself every 15 minutes."""
    from orchestration.core.money import format_amount
    from orchestration.gl.reasons import explain
    from orchestration.resources.posting_outside import post_everywhere

    stores = open_stores()
    vendors = _vendors(stores, vendor)
    outbox = stores.ledger.outbox(who(stores))
    for name in vendors:
        if resume:
            outbox.resume(name, by=who(stores), reason=reason)
        if retry:
            set_aside = [item.reference for item in outbox.items(name, "quarantined")]
            chosen = set_aside if retry == "all" else [ref for ref in set_aside if ref == retry]
            outbox.release(chosen, target=name, reason=reason)
        if resend:
            _send_again(stores, name, resend, reason)
    rounds = post_everywhere(stores, vendors)
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
            state = outbox.target(done.target)
            why = explain(state.state if state.state != "closed" else "pending", done.stopped_by)
            mend = why.mend.format(id="all", target=done.target)
            say(f"  stopped by {done.stopped_by}: {why.words}\n  mend it with: {mend}")
        for finding in done.findings:
            say(f"  {finding.severity}: {finding.message}")
    if any(done.stopped_by for done in rounds):
        raise typer.Exit(1)


def _send_again(stores: PracticeStores, name: str, resend: str, reason: str) -> None:
    from orchestration.ledger.outbox import MISSING_OUTSIDE

    stores.home.require_guarded_settings()
    items = stores.ledger.outbox("medbooks").items(name, "posted")
    missing = [item.reference for item in items if item.reason_code == MISSING_OUTSIDE]
    sent = stores.ledger.send_again(name, missing if resend == "all" else [resend], by=login(), reason=reason)
    amount = sum((item.total_amount for item in sent), ZERO)
    say(f"{name}: {len(sent):,} journals that were deleted there go again ({dollars(amount)}), looked up first")


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

    from orchestration.resources.posting_outside import reconcile_with

    stores = open_stores()
    today = dt.datetime.now(dt.UTC).date()
    try:
        last = dt.date.fromisoformat(end) if end else today
        first = dt.date.fromisoformat(start) if start else last - dt.timedelta(days=90)
    except ValueError:
        message = "a date is written YYYY-MM-DD"
        raise BooksError(message, mend="medbooks gl reconcile --from 2026-01-01 --to 2026-01-31") from None
    rows: list[dict[str, Any]] = []
    for name in _vendors(stores, vendor):
        result = reconcile_with(stores, name, first, last)
        rows += difference_rows(name, result)
        say(f"{name}: {len(result.agreed):,} entries agree line by line, {len(result.differences):,} differences")
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    else:
        for row in rows:
            typer.echo(
                f"{row['target']:>11}  {row['kind']:<15} {row['amount']:>14}  {row['reference'] or 'not ours'}  "
                f"{row['external_id'] or ''}  {' '.join(row['accounts'])}"
            )
            typer.echo(f"{'':>11}  {row['words']}")
            typer.echo(f"{'':>11}  mend it with: {row['mend']}")
    # journals of others are news, not an error of ours
    if any(row["kind"] != "not_ours" for row in rows):
        raise typer.Exit(_GATE_FAILED)


def difference_rows(name: str, result: OutsideComparison) -> list[dict[str, Any]]:
    """Return each difference with one target: what it is, the dollars, the accounts by how much, and what mends it."""
    from orchestration.core.money import format_amount
    from orchestration.gl.reasons import explain

    return [
        {
            "target": name,
            "kind": difference.kind,
            "reference": difference.reference,
            "external_id": difference.external_id,
            "accounts": [f"{account} {amount:+.2f}" for account, amount in difference.accounts],
            "amount": format_amount(difference.amount),
            "words": explain("posted", difference.kind).words,
            "mend": explain("posted", difference.kind).mend.format(target=name, id=difference.reference),
        }
        for difference in result.differences
    ]


def outside_rows(stores: PracticeStores) -> list[dict[str, Any]]:
    """Return what is where on its way out: target, state, reason, items, dollars, and what mends it."""
    from orchestration.core.money import format_amount
    from orchestration.gl.reasons import explain

    outbox = stores.ledger.outbox("medbooks preview")
    rows = []
    for total in outbox.totals():
        target = outbox.target(total.target)
        is_done = total.state in {"posted", "reconciled"} and not total.reason_code
        code = total.reason_code
        state = total.state
        if state in {"pending", "sent"} and target.state != "closed":
            state, code = target.state, target.reason_code
        why = explain(state, code)
        named = "all"
        if total.item_count == 1 and not is_done:
            items = outbox.items(total.target, total.state)
            (named,) = (item.reference for item in items if item.reason_code == total.reason_code)
        rows.append(
            {
                "target": total.target,
                "state": total.state,
                "reason": code,
                "items": total.item_count,
                "amount": format_amount(total.total_amount),
                "words": "" if is_done else why.words,
                "mend": "" if is_done else why.mend.format(id=named, target=total.target),
            }
        )
    return rows


def _vendors(stores: PracticeStores, vendor: str | None) -> list[str]:
    from orchestration.resources.outside import mapped_vendors

    known = mapped_vendors(stores.home)
    if vendor is None:
        if not known:
            say("no outside ledger is connected: medbooks gl connect VENDOR")
        return known
    if vendor not in known:
        message = f"{vendor} is not connected to this practice"
        raise ConfigurationError(message, mend=f"medbooks gl connect {vendor}")
    return [vendor]
