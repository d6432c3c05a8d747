"""What makes an insured visit more than one payer's word: capitation, a second payer, a copay taken at the desk.

Some members of the HMO are under capitation: their office visits are paid by a monthly amount a member and come back
adjusted whole (CO-24). Some Medicare patients have a supplement that pays the coinsurance after Medicare has. Some
copays are taken at the desk before anybody knows what is owed; what turns out to be too much is refunded. A plain
practice has none of it. What does not belong here: what payers decide first (``adjudication``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from orchestration.synthetic import fees
from orchestration.synthetic.draws import Stream, stream
from orchestration.synthetic.encounters import NOTHING, U
from orchestration.synthetic.fees import Family
from orchestration.synthetic.people import CANARY_PATIENT, PANEL, PAYERS, Patients

if TYPE_CHECKING:
    from orchestration.synthetic.adjudication import Outcomes, PayDays
    from orchestration.synthetic.draws import Bools, Floats, Ints
    from orchestration.synthetic.encounters import Encounters

_MEDICARE, CAPITATING_PAYER, _SUPPLEMENT = 0, 3, 4
_CAPITATED_SHARE, _SUPPLEMENT_SHARE = 0.5, 0.45
_COPAY_SHARE, _AT_THE_DESK_SHARE = 0.42, 0.6
_CROSSOVER_DAYS = 9
# for one member and one month
_CAPITATION_CENTS = 1_450


@dataclass(frozen=True, slots=True)
class Coordination:
    """By visit the second payer and its day, ``NOTHING`` without one; by line what it pays, and what the desk took."""

    secondary_payer: Ints
    secondary_day: Ints
    secondary_paid: Ints
    desk: Ints


class Coverage:
    """Who is under capitation and who has a supplement; decided once for every patient."""

    def __init__(self, seed: int, patients: Patients, *, is_involved: bool) -> None:
        panels = patients.payer.size // PANEL
        draw: Floats = np.concatenate([stream(seed, Stream.COVERAGE, panel).random(PANEL) for panel in range(panels)])
        self.is_capitated: Bools = is_involved & (patients.payer == CAPITATING_PAYER) & (draw < _CAPITATED_SHARE)
        self.has_supplement: Bools = is_involved & (patients.payer == _MEDICARE) & (draw < _SUPPLEMENT_SHARE)
        self._joins = patients.joins_after_days
        self._is_involved = is_involved

    def capitated_lines(self, encounters: Encounters) -> Bools:
        """Tell by line whether the monthly amount pays it."""
        visit = encounters.line_visit
        is_office = fees.CODE_FAMILY[encounters.line_code] == Family.OFFICE
        return np.asarray(self.is_capitated[encounters.patient[visit]] & is_office)

    def capitation_cents(self, day: int) -> int:
        """Return what is paid for the members there are on a day."""
        return _CAPITATION_CENTS * int((self.is_capitated & (self._joins <= day)).sum())

    def coordinate(self, encounters: Encounters, outcomes: Outcomes, pay_days: PayDays) -> Coordination:
        """Return what second payers and the desk do about some encounters."""
        visit = encounters.line_visit
        share = outcomes.money.coinsurance
        has_share = np.zeros(encounters.day.size, dtype=np.bool_)
        has_share[visit[share > 0]] = True
        crosses = self.has_supplement[encounters.patient] & has_share & (outcomes.denial_class == NOTHING)
        crosses &= outcomes.second_day == NOTHING
        payer = np.full(encounters.day.size, _SUPPLEMENT, dtype=np.int64)
        wait = _CROSSOVER_DAYS + (8 * encounters.uniform[:, U.DECISION_DAYS]).astype(np.int64)
        due = pay_days.payment(payer, np.where(crosses, outcomes.first_day, 0) + wait)
        return Coordination(
            secondary_payer=np.where(crosses, payer, NOTHING),
            secondary_day=np.where(crosses, due, NOTHING),
            secondary_paid=np.where(crosses[visit], share, 0),
            desk=self._desk(encounters),
        )

    def _desk(self, encounters: Encounters) -> Ints:
        """Return the copay taken of the first office line of a visit, by line."""
        visit = encounters.line_visit
        copay = np.array([p.copay_cents for p in PAYERS] + [0])[encounters.payer]
        takes = (encounters.uniform[:, U.PLAN] < _COPAY_SHARE) & (encounters.patient != CANARY_PATIENT)
        takes &= self._is_involved & (encounters.uniform[:, U.DAYS_TO_APPEAL] < _AT_THE_DESK_SHARE)
        takes &= ~self.is_capitated[encounters.patient]
        is_office = fees.CODE_FAMILY[encounters.line_code] == Family.OFFICE
        before = np.cumsum(is_office) - is_office
        is_first = is_office & (before == before[encounters.first_line][visit]) if visit.size else is_office
        return np.where(is_first & takes[visit], np.minimum(copay[visit], encounters.line_charge), 0)
