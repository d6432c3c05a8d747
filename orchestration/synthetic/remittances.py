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

from orchestration.synthetic.adjudication import DENIAL_CLASSES, PayDays
from orchestration.synthetic.draws import Bools, Ints, Stream, stream
from orchestration.synthetic.encounters import NOTHING
from orchestration.synthetic.people import PAYERS
from orchestration.synthetic.workdays import bank_days_after

if TYPE_CHECKING:
    from orchestration.synthetic.cases import Cases
    from orchestration.synthetic.encounters import Days

_INTEREST_SHARE = 0.10
_WITHDRAWN_AFTER_DAYS = 28
_REFUND_CHEQUE_AFTER_DAYS = 10
_REFUND_PAYER = 4
_CS_PAYER = 2
_CS_MONTH = 3


class Report(IntEnum):
    """What a claim report in a remittance is; a reversal is directly followed by its correction.

    ``SECONDARY`` is the second payer's, of what the first left to the patient.
    """

    FIRST = 0
    REVERSAL = 1
    CORRECTION = 2
    SECONDARY = 3


@dataclass(frozen=True, slots=True)
class ClaimReports:
    """All claim reports of some remittances, ordered by payer, day, visit, report; cents carry the report's sign.

    ``capitated`` is the part of ``contractual`` that a monthly amount pays.
    """

    visit: Ints
    report: Ints
    payer: Ints
    day: Ints
    paid: Ints
    charged: Ints
    contractual: Ints
    capitated: Ints
    sequestration: Ints
    patient: Ints
    denied: Ints
    denied_to_patient: Ints


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
    """What payers sent on some days, and the refunds the practice sent them."""

    reports: ClaimReports
    remittances: list[Remittance]
    refunds: list[RefundCheque]


def payer_control_number(visit_claim_id: str, payer: int, *, is_correction: bool) -> str:
    """Return CLP07: the payer's own number of a claim; a correction has a new one, a reversal repeats the first."""
    return f"{PAYERS[payer].payer_id[:2]}{visit_claim_id}{'02' if is_correction else '01'}"


def make_reports(cases: Cases, days: range) -> ClaimReports:
    """Return the claim reports of some days, in the order remittances carry them."""
    visits, lines = cases.visits, cases.lines

    def due(day: Ints) -> Ints:
        return np.flatnonzero((day >= days.start) & (day < days.stop))

    first, second, other = due(visits.first_day), due(visits.second_day), due(visits.secondary_day)
    visit = np.concatenate([first, second, second, other])
    report = np.repeat(
        np.array([Report.FIRST, Report.REVERSAL, Report.CORRECTION, Report.SECONDARY]),
        [first.size, second.size, second.size, other.size],
    )
    decided = visits.second_day[second]
    day = np.concatenate([visits.first_day[first], decided, decided, visits.secondary_day[other]])
    payer = np.where(report == Report.SECONDARY, visits.secondary_payer[visit], visits.payer[visit])
    order = np.lexsort((report, visit, day, payer))
    visit, report, day, payer = visit[order], report[order], day[order], payer[order]
    is_correction, is_secondary = report == Report.CORRECTION, report == Report.SECONDARY
    sign = np.where(report == Report.REVERSAL, -1, 1)
    still_denied = lines.is_denied & ~visits.is_overturned[lines.visit]

    # what a second payer does not pay was said by the first
    nothing = np.zeros_like(lines.charge)

    def total(at_first: Ints, at_correction: Ints, at_second_payer: Ints = nothing) -> Ints:
        if not at_first.size:
            return at_first
        of_report = np.where(is_correction, cases.by_visit(at_correction)[visit], cases.by_visit(at_first)[visit])
        return np.asarray(sign * np.where(is_secondary, cases.by_visit(at_second_payer)[visit], of_report))

    def unless(is_denied: Bools, cents: Ints) -> Ints:
        return np.where(is_denied, 0, cents)

    denied, patient = lines.is_denied, lines.patient
    capitated = np.where(lines.is_capitated, lines.contractual, 0)
    # what group PR denies is the patient's
    is_to_patient = np.array([each.group_code == "PR" for each in DENIAL_CLASSES])[visits.denial_class[lines.visit]]
    to_patient = np.where(is_to_patient, lines.charge, 0)
    return ClaimReports(
        visit=visit,
        report=report,
        payer=payer,
        day=day,
        paid=total(unless(denied, lines.paid), unless(still_denied, lines.paid) - lines.takeback, lines.secondary_paid),
        charged=total(lines.charge, lines.charge, lines.charge),
        contractual=total(
            unless(denied, lines.contractual),
            unless(still_denied, lines.contractual) + lines.takeback,
        ),
        capitated=total(unless(denied, capitated), unless(still_denied, capitated)),
        sequestration=total(unless(denied, lines.sequestration), unless(still_denied, lines.sequestration)),
        patient=total(unless(denied, patient), unless(still_denied, patient)),
        denied=total(np.where(denied, lines.charge, 0), np.where(still_denied, lines.charge, 0)),
        denied_to_patient=total(np.where(denied, to_patient, 0), np.where(still_denied, to_patient, 0)),
    )


class PayerDesks:
    """All payers' desks over a practice's life: asked for its days in order, some at a time.

    Remembers what a payer carries forward and which takebacks it has still to collect.
    """

    def __init__(self, seed: int, days: Days) -> None:
        self._seed = seed
        self._days = days
        self._pay_days = PayDays(days)
        self._due: dict[tuple[int, int], list[ProviderAdjustment]] = defaultdict(list)
        self._carried = [0] * len(PAYERS)
        self._years_refunded: set[int] = set()

    def remit(self, cases: Cases, days: range) -> Remittances:
        """Return what payers remit on some days, which lie in one month, in order of payer and day."""
        reports = make_reports(cases, days)
        refunds = self._defer(cases, reports)
        starts, stops = _groups(reports)
        batches = dict(zip(zip(reports.payer[starts].tolist(), reports.day[starts].tolist(), strict=True),
                           zip(starts.tolist(), stops.tolist(), strict=True), strict=True))  # fmt: skip
        found: list[Remittance] = []
        for payer in range(len(PAYERS)):
            due = sorted({day for p, day in [*batches, *self._due] if p == payer and day < days.stop})
            for day in due:
                first, last = batches.get((payer, day), (0, 0))
                claim_paid = int(reports.paid[first:last].sum())
                found.append(self._remittance((payer, day), (first, last), claim_paid, is_first=day == due[0]))
        return Remittances(reports, found, refunds)

    def _remittance(
        self, key: tuple[int, int], reports: tuple[int, int], claim_paid: int, *, is_first: bool
    ) -> Remittance:
        payer, day = key
        date = self._days.dates[day]
        rng = stream(self._seed, Stream.REMITTANCES, payer, date.toordinal())
        adjustments = self._due.pop(key, [])
        if self._carried[payer]:
            adjustments.append(ProviderAdjustment("FB", "", self._carried[payer]))
        self._carried[payer] = 0
        is_late_payer = PAYERS[payer].rhythm == "commercial"
        draws = rng.random(4)
        if is_late_payer and claim_paid > 0 and draws[0] < _INTEREST_SHARE:
            adjustments.append(ProviderAdjustment("L6", "", -(50 + int(draws[1] * 2_000))))
        if payer == _CS_PAYER and is_first and date.month == _CS_MONTH:
            adjustments.append(ProviderAdjustment("CS", f"ADJ{self._days.compact[day]}", 1_250))
        net = claim_paid - sum(a.cents for a in adjustments)
        if net < 0:
            adjustments.append(ProviderAdjustment("FB", "", net))
            self._carried[payer], net = -net, 0
        deposit = bank_days_after(date, int(draws[2] * 3))
        return Remittance(
            payer=payer,
            day=day,
            first=reports[0],
            last=reports[1],
            trace_number=f"{payer + 1}{self._days.compact[day][2:]}{int(draws[3] * 10_000):04d}",
            adjustments=tuple(adjustments),
            claim_paid_cents=claim_paid,
            paid_cents=net,
            deposit_day=(deposit - self._days.start).days if net else NOTHING,
        )

    def _defer(self, cases: Cases, reports: ClaimReports) -> list[RefundCheque]:
        """Note takebacks a payer does not take at once: WO now and again later, a year's first by our cheque."""
        refunds = []
        taken = cases.by_visit(cases.lines.takeback)
        is_deferred = cases.visits.is_deferred[reports.visit]
        corrections = np.flatnonzero((reports.report == Report.CORRECTION) & is_deferred)
        # by day, so that "the first of a year" does not depend on which days are asked for together
        for index in sorted(corrections.tolist(), key=lambda i: (int(reports.day[i]), i)):
            visit, payer, day = int(reports.visit[index]), int(reports.payer[index]), int(reports.day[index])
            cents = int(taken[visit])
            later = int(self._pay_days.payment(np.array(payer), np.array(day + _WITHDRAWN_AFTER_DAYS)))
            claim = cases.claim_id(visit)
            self._due[payer, day].append(ProviderAdjustment("WO", claim, -cents))
            self._due[payer, later].append(ProviderAdjustment("WO", claim, cents))
            date = self._days.dates[day]
            if payer == _REFUND_PAYER and date.year not in self._years_refunded:
                self._years_refunded.add(date.year)
                self._due[payer, later].append(ProviderAdjustment("72", claim, -cents))
                posted = bank_days_after(date + dt.timedelta(days=_REFUND_CHEQUE_AFTER_DAYS), 0)
                refunds.append(RefundCheque(payer, (posted - self._days.start).days, cents))
        return refunds


def _groups(reports: ClaimReports) -> tuple[Ints, Ints]:
    if not reports.day.size:
        return reports.day, reports.day
    changes = (np.diff(reports.payer) != 0) | (np.diff(reports.day) != 0)
    starts = np.concatenate([[0], np.flatnonzero(changes) + 1]).astype(np.int64)
    return starts, np.append(starts[1:], reports.day.size)
