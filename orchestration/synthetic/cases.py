"""A visit from its charge to its last cent, as columns: what is kept of it until everything about it is written.

A month of service is drawn and decided at once (``make_cases``); what has something left for later months is carried
on (``still_open``), the rest is let go. So memory holds the cases of two or three months, not of a practice's life.
What does not belong here: deciding anything (``encounters``, ``adjudication``, ``receipts``).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.synthetic.adjudication import Outcomes
    from orchestration.synthetic.coordination import Coordination
    from orchestration.synthetic.draws import Bools, Floats, Ints
    from orchestration.synthetic.encounters import Days, Encounters
    from orchestration.synthetic.receipts import Receipts

_Columns = TypeVar("_Columns", "Visits", "Lines")


@dataclass(frozen=True, slots=True)
class Visits:
    """One row per visit, in the order of day and number; names as in ``Encounters`` and ``Outcomes``."""

    day: Ints
    number: Ints
    provider: Ints
    patient: Ints
    payer: Ints
    kind: Ints
    diagnosis_count: Ints
    diagnoses: Ints
    post_day: Ints
    submit_day: Ints
    rejected_day: Ints
    is_mistaken: Bools
    lacks_authorization: Bools
    first_day: Ints
    denial_probability: Floats
    denial_score: Floats
    denial_class: Ints
    remark: Ints
    is_appealed: Bools
    overturn_probability: Floats
    is_overturned: Bools
    second_day: Ints
    secondary_payer: Ints
    secondary_day: Ints
    is_deferred: Bools
    first_line: Ints
    line_count: Ints


@dataclass(frozen=True, slots=True)
class Lines:
    """One row per charge line, in the order of visits; money in cents as in ``LineMoney``.

    ``receipt_day`` and ``receipt_cents`` have a column for each instalment a patient may pay, ``NOTHING`` and 0
    where there is none.
    """

    visit: Ints
    code: Ints
    modifier: Ints
    units: Ints
    charge: Ints
    allowed: Ints
    contractual: Ints
    sequestration: Ints
    deductible: Ints
    coinsurance: Ints
    copay: Ints
    paid: Ints
    takeback: Ints
    secondary_paid: Ints
    is_capitated: Bools
    is_denied: Bools
    receipt_day: Ints
    receipt_cents: Ints

    @property
    def patient(self) -> Ints:
        """What the payer leaves to the patient when the line is not denied."""
        return self.deductible + self.coinsurance + self.copay


@dataclass(frozen=True, slots=True)
class Cases:
    """Visits and their lines; lines of visit v are ``first_line[v]`` to ``first_line[v] + line_count[v]``."""

    visits: Visits
    lines: Lines
    days: Days
    prefix: str  # of every claim number

    def claim_id(self, visit: int) -> str:
        """Return the claim number of a visit (CLP01, CLM01): digits only, which every format can carry."""
        return f"{self.prefix}{self.days.compact[self.visits.day[visit]][2:]}{self.visits.number[visit]:05d}"

    def transaction_id(self, line: int) -> str:
        """Return the billing system's number of a charge line: REF*6R."""
        visit = int(self.lines.visit[line])
        return f"{self.claim_id(visit)}{line - self.visits.first_line[visit] + 1}"

    def lines_of(self, visits: Ints) -> tuple[Ints, Ints]:
        """Return the lines of some visits, visit by visit, and how many each has."""
        count = self.visits.line_count[visits]
        first = np.cumsum(count) - count
        within = np.arange(int(count.sum())) - np.repeat(first, count)
        return np.repeat(self.visits.first_line[visits], count) + within, count

    def by_visit(self, cents: Ints) -> Ints:
        """Return a column of lines summed by visit."""
        return np.asarray(np.add.reduceat(cents, self.visits.first_line)) if cents.size else cents

    def last_day(self) -> Ints:
        """Return by visit the last day on which anything about it is written."""
        visits = self.visits
        # an acknowledgement comes the day after the claim
        payers = [visits.submit_day + 1, visits.first_day, visits.second_day, visits.secondary_day]
        last = np.maximum.reduce([visits.post_day, *payers])
        if not self.lines.visit.size:
            return np.asarray(last)
        receipt = np.maximum.reduceat(self.lines.receipt_day.max(axis=1), visits.first_line)
        return np.asarray(np.maximum(last, receipt))

    def still_open(self, day: int) -> Cases:
        """Return the cases of which something is written after a day."""
        chosen = np.flatnonzero(self.last_day() > day)
        at, count = self.lines_of(chosen)
        return _numbered(_taken(self.visits, chosen), _taken(self.lines, at), count, self)


def inside(day: Ints, days: range) -> Bools:
    """Tell by row whether a day is one of some days."""
    return np.asarray((day >= days.start) & (day < days.stop))


def joined(parts: Sequence[Cases]) -> Cases:
    """Return several cases as one, in their order."""
    visits = _concatenated([part.visits for part in parts])
    lines = _concatenated([part.lines for part in parts])
    return _numbered(visits, lines, visits.line_count, parts[0])


def make_cases(
    encounters: Encounters,
    outcomes: Outcomes,
    coordination: Coordination,
    receipts: Receipts,
    is_capitated: Bools,
    *,
    days: Days,
    prefix: str,
) -> Cases:
    """Return what must be remembered of encounters whose life is decided."""
    sources: tuple[Any, ...] = (outcomes, coordination, encounters)
    visits = {
        field.name: next(getattr(source, field.name) for source in sources if hasattr(source, field.name))
        for field in fields(Visits)
    }
    money = {field.name: getattr(outcomes.money, field.name) for field in fields(outcomes.money)}
    lines = Lines(
        visit=encounters.line_visit,
        code=encounters.line_code,
        modifier=encounters.line_modifier,
        units=encounters.line_units,
        charge=encounters.line_charge,
        takeback=outcomes.takeback,
        secondary_paid=coordination.secondary_paid,
        is_capitated=is_capitated,
        is_denied=outcomes.is_denied_line,
        receipt_day=receipts.day,
        receipt_cents=receipts.cents,
        **money,
    )
    return Cases(Visits(**visits), lines, days, prefix)


def _numbered(visits: Visits, lines: Lines, count: Ints, like: Cases) -> Cases:
    visits.first_line[:] = np.cumsum(count) - count
    lines.visit[:] = np.repeat(np.arange(count.size), count)
    return Cases(visits, lines, like.days, like.prefix)


def _taken(columns: _Columns, at: Ints) -> _Columns:
    return type(columns)(**{field.name: getattr(columns, field.name)[at] for field in fields(columns)})


def _concatenated(parts: Sequence[_Columns]) -> _Columns:
    first = parts[0]
    return type(first)(
        **{field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(first)}
    )
