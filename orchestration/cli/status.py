"""``medbooks status``: every dollar that came in, and where it is now."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.stores import dollars, open_stores
from orchestration.core.money import format_amount

if TYPE_CHECKING:
    from orchestration.operations.control import Control


def status(as_json: Annotated[bool, typer.Option("--json", help="As JSON on stdout.")] = False) -> None:
    """Show control totals per source, what is held and why, and the trial balance."""
    from orchestration.operations.control import control_totals

    control = control_totals(open_stores())
    if as_json:
        typer.echo(json.dumps(as_dictionary(control), indent=2))
    else:
        _show(control)


def as_dictionary(control: Control) -> dict[str, Any]:
    """Return the control totals as ``--json`` prints them, amounts as strings with two decimals."""
    return {
        "sources": [
            {
                "source": s.source,
                "files": s.files,
                "quarantined_files": s.quarantined_files,
                "in_amount": format_amount(s.in_amount),
                "posted_amount": format_amount(s.posted_amount),
                "held_amount": format_amount(s.held_amount),
                "quarantined_amount": format_amount(s.quarantined_amount),
            }
            for s in control.sources
        ],
        "held": [
            {
                "source": h.source,
                "hold_reason": h.hold_reason,
                "items": h.item_count,
                "held_amount": format_amount(h.held_amount),
            }
            for h in control.held
        ],
        "waiting": [
            {
                "source": w.source,
                "hold_reason": w.hold_reason,
                "items": w.item_count,
                "held_amount": format_amount(w.held_amount),
            }
            for w in control.waiting
        ],
        "entries": control.entry_count,
        "trial_balance_amount": format_amount(control.trial_balance_amount),
    }


def _show(control: Control) -> None:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    from orchestration.operations.vocabulary import vocabulary

    words = vocabulary()
    console = Console()
    # seven columns of figures in eighty: no box, one space between
    table = Table(title="Every dollar in = posted + held + quarantined", box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("source", "files", "bad"):
        table.add_column(name, no_wrap=True)
    for name in ("in", "posted", "held", "quarantined"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("")
    for s in control.sources:
        amounts = (s.in_amount, s.posted_amount, s.held_amount, s.quarantined_amount)
        table.add_row(
            s.source, str(s.files), str(s.quarantined_files), *map(dollars, amounts), "✓" if s.is_conserved else "✗"
        )
    console.print(table)
    if control.held or control.waiting:
        waiting = Table("source", "waits because", "what to do", pad_edge=False, title="Waits for a person", box=SIMPLE)
        waiting.add_column("items", justify="right", no_wrap=True)
        waiting.add_column("amount", justify="right", no_wrap=True)
        for h in (*control.held, *control.waiting):
            meaning, action = words.reason(h.source, h.hold_reason)
            waiting.add_row(h.source, meaning, action, str(h.item_count), dollars(h.held_amount))
        console.print(waiting)
    console.print(f"{control.entry_count:,} entries, trial balance {dollars(control.trial_balance_amount)}")
