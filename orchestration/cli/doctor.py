"""``medbooks doctor``: is everything here that the books need, and is anything stuck."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.stores import open_stores

if TYPE_CHECKING:
    from orchestration.operations.health import Health


def doctor(
    free_slots: Annotated[bool, typer.Option("--free-slots", help="Free pool slots of runs that are over.")] = False,
) -> None:
    """Check keys, inboxes, lake, landed files, ledger, OCR and stuck runs; exit 6 when something is missing."""
    from orchestration.defs.instance import fix_runs
    from orchestration.operations.health import check_health, tried

    stores = open_stores()
    failed = [_show(health) for health in check_health(stores)].count(False)
    is_running = _show(tried("stuck runs", lambda: fix_runs(stores.home, free_slots=free_slots)))
    if failed or not is_running:
        raise typer.Exit(6)


def _show(health: Health) -> bool:
    fix = f"; fix it with: {health.fix}" if health.fix else ""
    typer.echo(f"{'ok   ' if health.is_ok else 'FAIL '} {health.name:<24} {health.words}{fix}")
    return health.is_ok
