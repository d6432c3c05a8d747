"""The ledger of the billing system as events, day by day: what every writer of an export is handed.

One visit's charges, one payment of a patient, one posting of a payer's report. All exports of one practice write
these same events, so that two formats of one month can only differ in how they say it.
What does not belong here: any format.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from orchestration.synthetic import fees
from orchestration.synthetic.fees import PLACE_OF_SERVICE
from orchestration.synthetic.receipts import INSTALMENTS
from orchestration.synthetic.remittances import Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.core.transactions import Bucket, TransactionType
    from orchestration.synthetic.cases import Cases
    from orchestration.synthetic.draws import Ints
    from orchestration.synthetic.remittances import ClaimReports


_MISTAKE = 9  # in place of a line's ordinal: no visit has that many lines


class Visit(NamedTuple):
    """A visit as a claim shows it; ``patient``, ``provider`` and ``payer`` are indices, ``day`` that of service."""

    claim_id: str
    patient: int
    provider: int
    payer: int
    day: int
    place: str
    diagnoses: tuple[str, ...]


class Charge(NamedTuple):
    """One charge line in cents; ``is_void`` when it was entered by mistake and voided on the day it was posted."""

    transaction_id: str
    code: str
    modifier: str
    units: int
    cents: int
    is_void: bool = False


class Payment(NamedTuple):
    """What a patient paid of one charge line, positive cents."""

    transaction_id: str
    charge_id: str
    visit: Visit
    cents: int


class Posting(NamedTuple):
    """One entry that a payer's report makes in the billing system, against one charge line.

    ``kind`` and sign are the canonical ledger's: payments, adjustments and transfers out are negative.
    """

    transaction_id: str
    charge_id: str
    visit: Visit
    kind: TransactionType
    bucket: Bucket
    reason: str
    cents: int
    payer: int
    day: int


class Day(NamedTuple):
    """What was posted on one day, charges in the order of visits, payments in the order of lines."""

    day: int
    charges: list[tuple[Visit, list[Charge]]]
    payments: list[Payment]


def visit_of(cases: Cases, visit: int) -> Visit:
    """Return one visit of many cases."""
    columns = cases.visits
    return Visit(
        cases.claim_id(visit),
        int(columns.patient[visit]),
        int(columns.provider[visit]),
        int(columns.payer[visit]),
        int(columns.day[visit]),
        PLACE_OF_SERVICE[columns.kind[visit]],
        tuple(fees.DIAGNOSIS_CODES[n] for n in columns.diagnoses[visit].tolist() if n != fees.NO_DIAGNOSIS),
    )


def posted(cases: Cases, days: range) -> Iterator[Day]:
    """Yield every day of ``days`` on which charges or payments were posted."""
    visits = cases.visits
    charged = np.flatnonzero((visits.post_day >= days.start) & (visits.post_day < days.stop))
    charged = charged[np.argsort(visits.post_day[charged], kind="stable")]
    line, instalment = np.nonzero((cases.lines.receipt_day >= days.start) & (cases.lines.receipt_day < days.stop))
    order = np.lexsort((instalment, line, cases.lines.receipt_day[line, instalment]))
    line, instalment = line[order], instalment[order]
    every_day = np.arange(days.start, days.stop + 1)
    charges_from = np.searchsorted(visits.post_day[charged], every_day).tolist()
    payments_from = np.searchsorted(cases.lines.receipt_day[line, instalment], every_day).tolist()
    for place, day in enumerate(days):
        first, last = charges_from[place], charges_from[place + 1]
        of_visits = charged[first:last]
        first, last = payments_from[place], payments_from[place + 1]
        if of_visits.size or last > first:
            payments = _payments(cases, line[first:last], instalment[first:last])
            yield Day(day, list(_charges(cases, of_visits, with_mistakes=True)), payments)


def payer_postings(cases: Cases, reports: ClaimReports, days: range) -> Iterator[Posting]:
    """Yield what payers' reports of some days make in the billing system, in order of day, visit and line.

    A denial makes nothing: the charge stays open. A reversal takes back what the first report made, to the line.
    """
    told = np.flatnonzero((reports.day >= days.start) & (reports.day < days.stop))
    told = told[np.lexsort((reports.report[told], reports.visit[told], reports.day[told]))]
    visits, lines = cases.visits, cases.lines
    for index in told.tolist():
        report, visit_index, day = int(reports.report[index]), int(reports.visit[index]), int(reports.day[index])
        is_correction = report == Report.CORRECTION
        sign = -1 if report == Report.REVERSAL else 1
        is_still_denied = not (is_correction and visits.is_overturned[visit_index])
        visit = visit_of(cases, visit_index)
        if report == Report.SECONDARY:
            yield from _second_payer(cases, visit_index, visit, day)
            continue
        first = int(visits.first_line[visit_index])
        for slot in range(int(visits.line_count[visit_index])):
            line = first + slot
            if is_still_denied and lines.is_denied[line]:
                continue
            taken = int(lines.takeback[line]) if is_correction else 0
            owed = int(lines.deductible[line] + lines.coinsurance[line] + lines.copay[line])
            charge_id = f"{visit.claim_id}{slot + 1}"
            entries: tuple[tuple[TransactionType, Bucket, str, int], ...] = (
                ("PAYMENT", "primary", "INSURANCE", taken - int(lines.paid[line])),
                ("ADJUSTMENT", "primary", "CONTRACTUAL", -int(lines.contractual[line]) - taken),
                ("ADJUSTMENT", "primary", "SEQUESTRATION", -int(lines.sequestration[line])),
                ("TRANSFER_OUT", "primary", "PATIENT RESPONSIBILITY", -owed),
                ("TRANSFER_IN", "patient", "PATIENT RESPONSIBILITY", owed - int(lines.secondary_paid[line])),
                ("TRANSFER_IN", "secondary", "PATIENT RESPONSIBILITY", int(lines.secondary_paid[line])),
            )
            for number, (kind, bucket, reason, cents) in enumerate(entries, start=1):
                if cents:
                    identity = f"{charge_id}{report + 5}{number}"
                    yield Posting(identity, charge_id, visit, kind, bucket, reason, sign * cents, visit.payer, day)


def _second_payer(cases: Cases, index: int, visit: Visit, day: int) -> Iterator[Posting]:
    first, payer = int(cases.visits.first_line[index]), int(cases.visits.secondary_payer[index])
    for slot in range(int(cases.visits.line_count[index])):
        paid = int(cases.lines.secondary_paid[first + slot])
        if paid:
            charge_id = f"{visit.claim_id}{slot + 1}"
            identity = f"{charge_id}{Report.SECONDARY + 5}1"
            yield Posting(identity, charge_id, visit, "PAYMENT", "secondary", "INSURANCE", -paid, payer, day)


def charges_of(cases: Cases, visits: Ints) -> Iterator[tuple[Visit, list[Charge]]]:
    """Yield some visits with the charges that are billed."""
    yield from _charges(cases, visits, with_mistakes=False)


def _charges(cases: Cases, visits: Ints, *, with_mistakes: bool) -> Iterator[tuple[Visit, list[Charge]]]:
    columns = cases.lines
    lines, count = cases.lines_of(visits)
    rows = zip(
        columns.code[lines].tolist(),
        columns.modifier[lines].tolist(),
        columns.units[lines].tolist(),
        columns.charge[lines].tolist(),
        strict=True,
    )
    for index, of_visit in zip(visits.tolist(), count.tolist(), strict=True):
        visit = visit_of(cases, index)
        found = []
        for slot in range(of_visit):
            code, modifier, units, cents = next(rows)
            found.append(
                Charge(f"{visit.claim_id}{slot + 1}", fees.CODES[code], fees.MODIFIERS[modifier], units, cents)
            )
        if with_mistakes and cases.visits.is_mistaken[index]:
            found.append(found[0]._replace(transaction_id=f"{visit.claim_id}{_MISTAKE}", is_void=True))
        yield visit, found


def _payments(cases: Cases, lines: Ints, instalments: Ints) -> list[Payment]:
    found = []
    cents = cases.lines.receipt_cents[lines, instalments].tolist()
    visits = cases.lines.visit[lines].tolist()
    for line, instalment, index, paid in zip(lines.tolist(), instalments.tolist(), visits, cents, strict=True):
        charge_id = cases.transaction_id(line)
        found.append(Payment(f"{charge_id}{INSTALMENTS[instalment]}", charge_id, visit_of(cases, index), paid))
    return found
