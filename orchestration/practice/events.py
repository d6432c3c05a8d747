"""The ledger of the billing system as events, day by day: what every writer of an export is handed.

One visit's charges, one payment of a patient, one posting of a payer's report. All exports of one practice write
these same events, so that two formats of one month can only differ in how they say it.
What does not belong here: any format.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from orchestration.practice import fees
from orchestration.practice.fees import PLACE_OF_SERVICE
from orchestration.practice.receipts import INSTALMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.practice.cases import Cases
    from orchestration.practice.draws import Ints


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
    """One charge line in cents."""

    transaction_id: str
    code: str
    modifier: str
    units: int
    cents: int


class Payment(NamedTuple):
    """What a patient paid of one charge line, positive cents."""

    transaction_id: str
    charge_id: str
    visit: Visit
    cents: int


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
            yield Day(day, list(_charges(cases, of_visits)), payments)


def _charges(cases: Cases, visits: Ints) -> Iterator[tuple[Visit, list[Charge]]]:
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
        prefix = f"TX{visit.claim_id[2:]}"
        found = []
        for slot in range(of_visit):
            code, modifier, units, cents = next(rows)
            found.append(Charge(f"{prefix}{slot + 1}", fees.CODES[code], fees.MODIFIERS[modifier], units, cents))
        yield visit, found


def _payments(cases: Cases, lines: Ints, instalments: Ints) -> list[Payment]:
    found = []
    cents = cases.lines.receipt_cents[lines, instalments].tolist()
    visits = cases.lines.visit[lines].tolist()
    for line, instalment, index, paid in zip(lines.tolist(), instalments.tolist(), visits, cents, strict=True):
        charge_id = cases.transaction_id(line)
        found.append(Payment(f"PM{charge_id[2:]}{INSTALMENTS[instalment]}", charge_id, visit_of(cases, index), paid))
    return found
