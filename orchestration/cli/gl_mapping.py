"""The revenue mapping on the command line: lock what was approved, and lay it beside what was booked by hand.

What does not belong here: the comparison and the lock themselves (``accounting``).
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.people import login, who
from orchestration.cli.stores import dollars, open_stores, say
from orchestration.core.money import ZERO

if TYPE_CHECKING:
    from orchestration.accounting.comparison import MonthlyMovement, Variance
    from orchestration.resources.practice import PracticeStores

_MANUAL_COLUMNS = ("entry_date", "account_code", "debit_amount", "credit_amount")


def lock_mapping(
    effective: Annotated[dt.datetime, typer.Option(formats=["%Y-%m-%d"], help="First day it is meant for.")],
    reason: Annotated[str, typer.Option(help="What changed and why; kept in the audit chain.")],
) -> None:
    """Approve the revenue mapping as its seeds are now; posting refuses any other until it is approved too.

    By an approver of practice.toml who decides for every entity; the lock and the audit chain carry the person.
    """
    from orchestration.accounting.revenue_mapping import MappingLock, mapping_digest
    from orchestration.resources.mapping import LOCK_FILE, seed_rows

    tables = seed_rows()
    version = max(int(row["mapping_version"]) for row in tables["procedure_categories"])
    digest = mapping_digest(tables)
    stores = open_stores()
    stores.home.require_guarded_settings()
    person = stores.ledger.record_mapping_lock(
        version,
        digest,
        [entity.entity_id for entity in stores.home.settings.all_entities],
        by=login(),
        reason=f"from {effective.date()}: {reason}",
    )
    LOCK_FILE.write_text(MappingLock(version, effective.date(), person, digest).to_toml(), encoding="utf-8")
    say(f"mapping version {version} locked from {effective.date()} on by {person}: {LOCK_FILE.name}")


def show_comparison(
    stores: PracticeStores, file: Path, entity: str, *, as_json: bool, is_proposed: bool = False
) -> None:
    """Print month by month and account by account what the mapping books, what was booked by hand, and the difference.

    The file is CSV with ``entry_date`` (ISO), ``account_code``, ``debit_amount`` and ``credit_amount``; only its months
    are compared. ``is_proposed`` proposes the entries between both. Raises ``ConfigurationError`` naming the line for a
    file that cannot be read so.
    """
    from orchestration.accounting.comparison import compare
    from orchestration.resources.reclassifying import mapped_charges, propose_reclassification

    entity_id = entity or stores.home.settings.entity_id
    manual = read_manual_postings(file)
    proposed = mapped_charges(stores, entity_id, sorted({movement.month for movement in manual}))
    variances = compare(proposed, manual)
    if as_json:
        typer.echo(json.dumps([_facts(variance) for variance in variances], indent=2))
    else:
        typer.echo(f"{'month':<8} {'account':<10} {'proposed':>16} {'by hand':>16} {'variance':>16}")
        for variance in variances:
            typer.echo(
                f"{variance.month:<8} {variance.account_code:<10} {dollars(variance.proposed_amount):>16} "
                f"{dollars(variance.manual_amount):>16} {dollars(variance.variance_amount):>16}"
            )
    if is_proposed:
        result = propose_reclassification(stores, entity_id, variances, file.read_bytes(), made_by=who(stores))
        waiting = [*result.held, *result.refusals, *result.conflicts]
        amount = sum((refusal.amount for refusal in waiting), ZERO)
        if waiting:
            say(f"{len(waiting)} entries, {dollars(amount)}, wait for another person: medbooks gl preview")
        elif result.rejected:
            say("a person decided against these entries before: another file of manual postings is needed")
        else:
            say("nothing to reclassify: what was booked by hand is what the mapping books, or was made so before")


def read_manual_postings(file: Path) -> list[MonthlyMovement]:
    """Return the movements of a CSV of manual postings; see ``show_comparison``."""
    from orchestration.accounting.comparison import MonthlyMovement
    from orchestration.core.errors import ConfigurationError
    from orchestration.core.money import parse_written_amount

    found = []
    with file.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text)
        if missing := [name for name in _MANUAL_COLUMNS if name not in (reader.fieldnames or ())]:
            message = f"the file of manual postings has no column {', '.join(missing)}"
            raise ConfigurationError(message, mend=f"columns needed: {', '.join(_MANUAL_COLUMNS)}")
        for number, row in enumerate(reader, start=2):
            amounts = [
                parse_written_amount(row[name] or "") if (row[name] or "").strip() else ZERO
                for name in _MANUAL_COLUMNS[2:]
            ]
            try:
                day = dt.date.fromisoformat((row["entry_date"] or "").strip())
            except ValueError:
                day = None
            if day is None or None in amounts or not (row["account_code"] or "").strip():
                message = f"line {number} of the file of manual postings cannot be read as date, account and amounts"
                raise ConfigurationError(message, mend="correct the line and run it again")
            debit, credit = (amount or ZERO for amount in amounts)
            found.append(MonthlyMovement(f"{day:%Y-%m}", row["account_code"].strip(), debit - credit))
    return found


def _facts(variance: Variance) -> dict[str, Any]:
    return {
        "month": variance.month,
        "account_code": variance.account_code,
        "proposed_amount": f"{variance.proposed_amount:.2f}",
        "manual_amount": f"{variance.manual_amount:.2f}",
        "variance_amount": f"{variance.variance_amount:.2f}",
    }
