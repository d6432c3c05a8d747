"""Payers' payment days: which claim reports one remittance carries, what is taken or added at provider level.

Provider-level adjustments (PLB), in our words: L6 interest on late payment; WO a recoupment, negative when the payer
defers a takeback and positive when it collects; FB a negative balance carried forward (negative) and brought back
(positive); 72 the acknowledgement of a refund the practice sent by cheque; CS one unexplained adjustment a year.
What does not belong here: X12 syntax (``remittance835``).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from orchestration.practice.adjudication import NOTHING, Outcomes, PayDays
from orchestration.practice.draws import Bools, Ints, Stream, stream
from orchestration.practice.people import PAYERS
from orchestration.practice.workdays import bank_days_after

if TYPE_CHECKING:
    from orchestration.practice.encounters import Days, Encounters

_INTEREST_SHARE = 0.10
_WITHDRAWN_AFTER_DAYS = 28
_REFUND_CHEQUE_AFTER_DAYS = 10
_REFUND_PAYER = 4
_CS_PAYER = 2
_CS_MONTH = 3


class Report(IntEnum):
    """What a claim report in a remittance is; a reversal is directly followed by its correction."""

    FIRST = 0
    REVERSAL = 1
    CORRECTION = 2


@dataclass(frozen=True, slots=True)
class ClaimReports:
    """All claim reports of all remittances, ordered by payer, day, visit, report; cents carry the report's sign."""

    visit: Ints
    report: Ints
    payer: Ints
    day: Ints
    paid: Ints
    charged: Ints
    contractual: Ints
    sequestration: Ints
    patient: Ints
    denied: Ints


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """One PLB pair, cents as PLB gives them: positive reduces the payment."""

    reason_code: str
    reference_id: str
    cents: int


@dataclass(frozen=True, slots=True)
class Remittance:
    """One payment of one payer: reports ``first`` to ``last`` (exclusive) of ``ClaimReports``."""

    payer: int
    day: int
    first: int
    last: int
    trace_number: str
    adjustments: tuple[ProviderAdjustment, ...]
    claim_paid_cents: int
    paid_cents: int
    deposit_day: int


@dataclass(frozen=True, slots=True)
class RefundCheque:
    """A cheque by which the practice refunds a payer."""

    payer: int
    day: int
    cents: int


@dataclass(frozen=True, slots=True)
class Remittances:
    """What payers sent, and the refunds the practice sent them."""

    reports: ClaimReports
    remittances: list[Remittance]
    refunds: list[RefundCheque]


def payer_control_number(visit_claim_id: str, payer: int, *, is_correction: bool) -> str:
    """Return CLP07: the payer's own number of a claim; a correction has a new one, a reversal repeats the first."""
    return f"{PAYERS[payer].payer_id[:2]}{visit_claim_id[2:]}{'02' if is_correction else '01'}"


def make_reports(encounters: Encounters, outcomes: Outcomes) -> ClaimReports:
    """Return every claim report there will ever be, in the order remittances carry them."""
    first = np.flatnonzero(outcomes.first_day != NOTHING)
    second = np.flatnonzero(outcomes.second_day != NOTHING)
    visit = np.concatenate([first, second, second])
    report = np.repeat(
        np.array([Report.FIRST, Report.REVERSAL, Report.CORRECTION]),
        [first.size, second.size, second.size],
    )
    day = np.concatenate([outcomes.first_day[first], outcomes.second_day[second], outcomes.second_day[second]])
    payer = encounters.payer[visit]
    order = np.lexsort((report, visit, day, payer))
    visit, report, day, payer = visit[order], report[order], day[order], payer[order]
    is_correction = report == Report.CORRECTION
    sign = np.where(report == Report.REVERSAL, -1, 1)
    money = outcomes.money
    still_denied = outcomes.is_denied_line & ~outcomes.is_overturned[encounters.line_visit]

    def total(at_first: Ints, at_correction: Ints) -> Ints:
        if not at_first.size:
            return at_first
        before = np.add.reduceat(at_first, encounters.first_line)[visit]
        after = np.add.reduceat(at_correction, encounters.first_line)[visit]
        return np.asarray(sign * np.where(is_correction, after, before))

    def unless(is_denied: Bools, cents: Ints) -> Ints:
        return np.where(is_denied, 0, cents)

    denied = outcomes.is_denied_line
    return ClaimReports(
        visit=visit,
        report=report,
        payer=payer,
        day=day,
        paid=total(unless(denied, money.paid), unless(still_denied, money.paid) - outcomes.takeback),
        charged=total(encounters.line_charge, encounters.line_charge),
        contractual=total(
            unless(denied, money.contractual),
            unless(still_denied, money.contractual) + outcomes.takeback,
        ),
        sequestration=total(unless(denied, money.sequestration), unless(still_denied, money.sequestration)),
        patient=total(unless(denied, money.patient), unless(still_denied, money.patient)),
        denied=total(np.where(denied, encounters.line_charge, 0), np.where(still_denied, encounters.line_charge, 0)),
    )


def make_remittances(seed: int, encounters: Encounters, outcomes: Outcomes, days: Days) -> Remittances:
    """Return the remittances paid on the watched days, in order of payer and day."""
    reports = make_reports(encounters, outcomes)
    pay_days = PayDays(days)
    deferred = _Deferrals(encounters, outcomes, days, pay_days, reports)
    starts, stops = _groups(reports)
    batches = dict(zip(zip(reports.payer[starts].tolist(), reports.day[starts].tolist(), strict=True),
                       zip(starts.tolist(), stops.tolist(), strict=True), strict=True))  # fmt: skip
    found: list[Remittance] = []
    for payer in range(len(PAYERS)):
        carried = 0
        due = sorted({day for p, day in [*batches, *deferred.by_batch] if p == payer and day < days.count})
        for day in due:
            first, last = batches.get((payer, day), (0, 0))
            claim_paid = int(reports.paid[first:last].sum())
            rng = stream(seed, Stream.REMITTANCES, payer, days.dates[day].toordinal())
            adjustments = list(deferred.by_batch.get((payer, day), ()))
            if carried:
                adjustments.append(ProviderAdjustment("FB", "", carried))
            carried = 0
            is_late_payer = PAYERS[payer].rhythm == "commercial"
            draws = rng.random(4)
            if is_late_payer and claim_paid > 0 and draws[0] < _INTEREST_SHARE:
                adjustments.append(ProviderAdjustment("L6", "", -(50 + int(draws[1] * 2_000))))
            if payer == _CS_PAYER and _is_first_of_month(days, due, day, _CS_MONTH):
                adjustments.append(ProviderAdjustment("CS", f"ADJ{days.compact[day]}", 1_250))
            net = claim_paid - sum(a.cents for a in adjustments)
            if net < 0:
                adjustments.append(ProviderAdjustment("FB", "", net))
                carried, net = -net, 0
            deposit = bank_days_after(days.dates[day], int(draws[2] * 3))
            found.append(
                Remittance(
                    payer=payer,
                    day=day,
                    first=first,
                    last=last,
                    trace_number=f"{payer + 1}{days.compact[day][2:]}{int(draws[3] * 10_000):04d}",
                    adjustments=tuple(adjustments),
                    claim_paid_cents=claim_paid,
                    paid_cents=net,
                    deposit_day=(deposit - days.start).days if net else NOTHING,
                ),
            )
    return Remittances(reports, found, deferred.refunds)


def _groups(reports: ClaimReports) -> tuple[Ints, Ints]:
    if not reports.day.size:
        return reports.day, reports.day
    changes = (np.diff(reports.payer) != 0) | (np.diff(reports.day) != 0)
    starts = np.concatenate([[0], np.flatnonzero(changes) + 1]).astype(np.int64)
    return starts, np.append(starts[1:], reports.day.size)


def _is_first_of_month(days: Days, due: list[int], day: int, month: int) -> bool:
    date = days.dates[day]
    earlier = [d for d in due if d < day and days.dates[d].replace(day=1) == date.replace(day=1)]
    return date.month == month and not earlier


class _Deferrals:
    """Takebacks a payer does not take at once: WO now and again later, the first of a year by the practice's cheque."""

    def __init__(
        self,
        encounters: Encounters,
        outcomes: Outcomes,
        days: Days,
        pay_days: PayDays,
        reports: ClaimReports,
    ) -> None:
        self.by_batch: dict[tuple[int, int], list[ProviderAdjustment]] = defaultdict(list)
        self.refunds: list[RefundCheque] = []
        years_refunded: set[int] = set()
        corrections = np.flatnonzero((reports.report == Report.CORRECTION) & outcomes.is_deferred[reports.visit])
        taken = np.add.reduceat(outcomes.takeback, encounters.first_line) if outcomes.takeback.size else np.array([0])
        # by day, so that "the first of a year" does not depend on how long the practice is watched
        for index in sorted(corrections.tolist(), key=lambda i: (int(reports.day[i]), i)):
            visit, payer, day = int(reports.visit[index]), int(reports.payer[index]), int(reports.day[index])
            cents = int(taken[visit])
            later = int(pay_days.payment(np.array(payer), np.array(day + _WITHDRAWN_AFTER_DAYS)))
            claim = encounters.claim_id[visit]
            self.by_batch[payer, day].append(ProviderAdjustment("WO", claim, -cents))
            self.by_batch[payer, later].append(ProviderAdjustment("WO", claim, cents))
            year = days.dates[day].year
            if payer == _REFUND_PAYER and year not in years_refunded:
                years_refunded.add(year)
                self.by_batch[payer, later].append(ProviderAdjustment("72", claim, -cents))
                posted = bank_days_after(days.dates[day] + dt.timedelta(days=_REFUND_CHEQUE_AFTER_DAYS), 0)
                self.refunds.append(RefundCheque(payer, (posted - days.start).days, cents))
