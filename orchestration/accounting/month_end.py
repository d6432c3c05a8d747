"""Entries of a period's end that follow from a figure, not from an event: what should stand less what is booked.

A figure may change until the period is locked, because files arrive late. So every run proposes the difference, under
an event id of its own number, and a run that finds nothing to add proposes nothing.
What does not belong here: where the figures come from (marts), and posting (the ledger).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from orchestration.accounting.journal import Entry, Line
from orchestration.core.money import ZERO

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from orchestration.accounting.accounts import AccountRoles

SOURCE = "month_end"
CREDITS_RULE = "R14"


class Standing(NamedTuple):
    """Dollars that should stand on an account, by rule and provider: debits positive, credits negative."""

    account_code: str
    signed_amount: Decimal
    rule_id: str
    provider_id: str | None = None


class MonthEndFigure(NamedTuple):
    """One figure of a period's end: its event, and the entity, day and words of the entries that book it.

    ``event_id`` names entity and day, so that no other period's entry has it.
    """

    event_id: str
    entity_id: str
    entry_date: dt.date
    description: str
    source: str = SOURCE


def true_up(
    figure: MonthEndFigure,
    target: Iterable[Standing],
    booked: Iterable[Entry],
    *,
    number: int,
    source_ids: Sequence[str] = (),
) -> Entry | None:
    """Return the entry that brings what is booked to the target, ``None`` when it is there.

    ``booked`` are the entries of this figure that count, mirrors too; ``number`` how many originals of this very event
    there are: the next one carries its number behind the event. Raises ``UnbalancedEntryError`` when the target does
    not balance.
    """
    nets: defaultdict[tuple[str, str, str | None], Decimal] = defaultdict(lambda: ZERO)
    for standing in target:
        nets[standing.account_code, standing.rule_id, standing.provider_id] += standing.signed_amount
    for entry in booked:
        for line in entry.lines:
            nets[line.account_code, line.rule_id, line.provider_id] -= line.debit_amount - line.credit_amount
    lines = tuple(
        Line(code, max(net, ZERO), max(-net, ZERO), rule_id, None, provider_id, None)
        for (code, rule_id, provider_id), net in sorted(nets.items(), key=str)
        if net
    )
    if not lines:
        return None
    return Entry(
        event_id=figure.event_id if number == 0 else f"{figure.event_id}:{number + 1}",
        entity_id=figure.entity_id,
        book="accrual",
        entry_date=figure.entry_date,
        description=figure.description,
        source=figure.source,
        source_ids=tuple(source_ids),
        lines=lines,
    )


def mirrored(booked: Iterable[Entry]) -> list[Standing]:
    """Return what takes entries back line by line: the target of their reversal on the next period's first day."""
    return [
        Standing(line.account_code, line.credit_amount - line.debit_amount, line.rule_id, line.provider_id)
        for entry in booked
        for line in entry.lines
    ]


def credit_standings(credits_: Iterable[tuple[str, str | None, Decimal]], roles: AccountRoles) -> list[Standing]:
    """Return rule R14 of (receivable account, provider, credit): receivables debited, what is owed credited.

    A receivable that holds other people's money is no smaller asset but a debt (ASC 210-20-45-1: no right of set-off
    between a debtor and somebody else's credit), so it is shown as one at a period's end.
    """
    owed = {
        roles["receivable_insurance"]: roles["credits_insurance"],
        roles["receivable_patient"]: roles["credits_patient"],
    }
    return [
        standing
        for account_code, provider_id, amount in credits_
        for standing in (
            Standing(account_code, amount, CREDITS_RULE, provider_id),
            Standing(owed[account_code], -amount, CREDITS_RULE, provider_id),
        )
    ]
