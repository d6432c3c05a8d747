"""What happened in the rooms: visits and the charge lines they make, as columns, some days at a time.

All chance of a visit's whole life is drawn here, on its day, so that adding days never changes the days before.
What does not belong here: what a payer makes of it (``adjudication``), how it is written (``ehr_export``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from orchestration.synthetic import fees
from orchestration.synthetic.demand import demand_factor, ili_percent
from orchestration.synthetic.draws import Bools, Floats, Ints, Stream, cumulative, pick, stream
from orchestration.synthetic.fees import VisitKind
from orchestration.synthetic.people import CANARY_PATIENT, PANEL, PAYERS, SELF_PAY, Patients, Provider
from orchestration.synthetic.workdays import TUESDAY, is_open

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestration.synthetic.entities import LegalEntity

_WEEKS_OFF = 3
_WEEKS = 52
# posting a charge takes this many working days: median within 24 hours
_CHARGE_LAG = cumulative((72, 19, 6, 3))
# this share of patients makes this share of visits
_FREQUENT_PATIENTS = 0.20
_FREQUENT_VISITS = 0.45
_LATE_SHARE = 0.007
_MISMATCH_SHARE = 0.03
# of claims, turned away before they reach the payer, and of visits, with a charge entered twice and voided at once
_REJECTED_SHARE = 0.03
_MISTAKEN_SHARE = 0.004
_DAYS_BEYOND = 760  # tables of days reach this far past the last day: what is due later is still decided


# how far ahead appointments are told at the end of a month
BOOKED_AHEAD_DAYS = 14
NOTHING = -1  # where there is no such day, class or event


class U(IntEnum):
    """The uniform draws of one visit, by what they decide."""

    PATIENT = 0
    KIND = 1
    TEMPLATE = 2
    LEVEL = 3
    DIAGNOSIS = 4
    DIAGNOSIS_COUNT = 5
    FURTHER_1 = 6
    FURTHER_2 = 7
    FURTHER_3 = 8
    MISMATCH = 9
    CHARGE_LAG = 10
    LATE = 11
    LATE_DAYS = 12
    AUTHORIZATION = 13
    PLAN = 14
    COINSURANCE = 15
    DENIED = 16
    CLASS = 17
    REMARK = 18
    APPEALED = 19
    DAYS_TO_APPEAL = 20
    DECISION = 21
    DECISION_DAYS = 22
    TAKEBACK = 23
    TAKEBACK_SHARE = 24
    TAKEBACK_DAYS = 25
    DEFERRED = 26
    PATIENT_PAYS = 27
    PATIENT_DAYS = 28
    PAYER_DAYS = 29


class N(IntEnum):
    """The normal draws of one visit."""

    CLAIM_LAG = 0
    PAYER_LAG = 1
    DENIAL = 2


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a practice: dates, texts and the next open day, by distance from the first day."""

    start: dt.date
    count: int
    dates: list[dt.date]
    iso: list[str]
    compact: list[str]
    open_days: Ints
    open_rank: Ints  # of any day: how many open days lie before it

    def next_open(self, day: Ints, lag: Ints | int = 0) -> Ints:
        """Return the first open day from ``day``, then ``lag`` open days later."""
        return np.asarray(self.open_days[self.open_rank[day] + lag])

    def open_between(self, first: int, last: int) -> list[int]:
        """Return the open days from ``first`` to ``last``, both inclusive, that are watched."""
        return self.all_open_between(first, min(last, self.count - 1))

    def all_open_between(self, first: int, last: int) -> list[int]:
        """Return the open days from ``first`` to ``last``, both inclusive, watched or not."""
        low, high = np.searchsorted(self.open_days, (first, last + 1))
        return [int(day) for day in self.open_days[low:high]]


def make_days(start: dt.date, count: int) -> Days:
    """Return the calendar of a practice that is watched for ``count`` days."""
    dates = [start + dt.timedelta(days=n) for n in range(count + _DAYS_BEYOND)]
    is_day_open = np.array([is_open(day) for day in dates])
    rank = np.cumsum(is_day_open) - is_day_open
    return Days(
        start=start,
        count=count,
        dates=dates,
        iso=[day.isoformat() for day in dates],
        compact=[day.strftime("%Y%m%d") for day in dates],
        open_days=np.flatnonzero(is_day_open).astype(np.int64),
        open_rank=rank.astype(np.int64),
    )


@dataclass(frozen=True, slots=True)
class Encounters:
    """Visits as columns, and their charge lines as columns in visit order.

    Lines of visit v are ``first_line[v]`` to ``first_line[v] + line_count[v]``. Days are distances from the start.
    ``diagnoses`` holds up to four indices of ``fees.DIAGNOSIS_CODES`` a visit, ``NO_DIAGNOSIS`` behind the last.
    """

    day: Ints
    number: Ints  # of the visit within its day, from 1
    provider: Ints
    patient: Ints
    payer: Ints
    kind: Ints
    is_new: Bools
    is_mismatched: Bools
    diagnosis_count: Ints
    diagnoses: Ints
    is_mistaken: Bools  # a line was entered twice, and the copy voided on the same day
    post_day: Ints
    submit_day: Ints  # of the submission that was accepted
    rejected_day: Ints  # of the answer to one that was not, ``NOTHING`` where all went well
    uniform: Floats
    normal: Floats
    first_line: Ints
    line_count: Ints
    line_visit: Ints
    line_code: Ints
    line_modifier: Ints
    line_units: Ints
    line_charge: Ints
    line_uniform: Floats


@dataclass(frozen=True, slots=True)
class _Drawn:
    day: Ints
    number: Ints
    provider: Ints
    uniform: Floats
    normal: Floats
    slot_uniform: Floats
    clearing: Floats
    mistake: Floats


@dataclass(frozen=True, slots=True)
class Booked:
    """Visits that are booked and not yet made: one row each, in the order of day and number."""

    day: Ints
    number: Ints
    provider: Ints
    patient: Ints


class Rooms:
    """The rooms of one practice: asked for its days in order, some at a time; remembers who has been there."""

    def __init__(
        self, entity: LegalEntity, seed: int, days: Days, providers: tuple[Provider, ...], patients: Patients
    ) -> None:
        self._entity = entity
        self._seed = seed
        self._days = days
        self._providers = providers
        self._patients = patients
        self._weeks_off = _WeeksOff(seed, len(providers))
        self._was_seen = np.zeros(patients.payer.size, dtype=np.bool_)

    def encounters(self, first: int, last: int) -> Encounters:
        """Return the visits of days ``first`` to ``last``, both inclusive, with their charges."""
        days, patients, providers = self._days, self._patients, self._providers
        drawn = self._draw(days.open_between(first, last))
        patient = self._who_comes(drawn)
        is_new = self._are_new(patient)
        if self._entity.is_surgical:
            kind = np.full(patient.size, int(VisitKind.SURGERY), dtype=np.int64)
        else:
            kind = _why(drawn, days, patient, is_new, patients)
        visit_code = _visit_code(drawn, days, patient, is_new, kind, patients, providers)
        uniform = drawn.uniform
        template = np.zeros(kind.size, dtype=np.int64)
        for each in VisitKind:
            chosen = kind == each
            base, shares = fees.TEMPLATES.by_kind[each]
            template[chosen] = base + pick(shares, uniform[chosen, U.TEMPLATE])
        count = fees.TEMPLATES.count[template]
        first_line = np.cumsum(count) - count
        line_visit = np.repeat(np.arange(kind.size), count)
        slot = np.arange(line_visit.size) - first_line[line_visit]
        source = fees.TEMPLATES.first[template][line_visit] + slot
        code = fees.TEMPLATES.code[source]
        code = np.where(code == fees.VISIT_CODE, visit_code[line_visit], code)
        modifier = fees.TEMPLATES.modifier[source]
        units = fees.TEMPLATES.units[source]
        is_mismatched = uniform[:, U.MISMATCH] < _MISMATCH_SHARE
        is_child = _age(drawn, days, patient, patients) < _ADULT
        diagnosis_count = 1 + pick(cumulative((38, 30, 20, 12)), uniform[:, U.DIAGNOSIS_COUNT])
        post_day = days.next_open(drawn.day, pick(_CHARGE_LAG, uniform[:, U.CHARGE_LAG]))
        claim_lag = np.minimum(np.rint(np.exp(1.18 * drawn.normal[:, N.CLAIM_LAG])), 30).astype(np.int64)
        late_days = np.where(uniform[:, U.LATE] < _LATE_SHARE, 92 + (uniform[:, U.LATE_DAYS] * 60).astype(np.int64), 0)
        submitted = post_day + claim_lag + late_days
        is_rejected = (patients.payer[patient] != SELF_PAY) & (drawn.clearing[:, 0] < _REJECTED_SHARE)
        rejected = submitted + 1
        return Encounters(
            day=drawn.day,
            number=drawn.number,
            provider=drawn.provider,
            patient=patient,
            payer=patients.payer[patient],
            kind=kind,
            is_new=is_new,
            is_mismatched=is_mismatched,
            diagnosis_count=diagnosis_count,
            diagnoses=_diagnoses(kind, is_child, is_mismatched, diagnosis_count, uniform),
            post_day=post_day,
            is_mistaken=drawn.mistake < _MISTAKEN_SHARE,
            submit_day=np.where(is_rejected, rejected + 2 + (6 * drawn.clearing[:, 1]).astype(np.int64), submitted),
            rejected_day=np.where(is_rejected, rejected, NOTHING),
            uniform=uniform,
            normal=drawn.normal,
            first_line=first_line,
            line_count=count,
            line_visit=line_visit,
            line_code=code,
            line_modifier=modifier,
            line_units=units,
            line_charge=fees.CHARGE_CENTS[code] * fees.MODIFIER_PERCENT[modifier] // 100 * units,
            line_uniform=drawn.slot_uniform[line_visit, slot],
        )

    def booked(self, first: int, last: int) -> Booked:
        """Return the visits there will be on some days, also of days nobody watches."""
        drawn = self._draw(self._days.all_open_between(first, last))
        return Booked(drawn.day, drawn.number, drawn.provider, self._who_comes(drawn))

    def visit_counts(self, offset: int) -> Ints:
        """Return how many visits each provider has on an open day."""
        date = self._days.dates[offset]
        expected = self._entity.visits_a_day * demand_factor(date, self._days.start)
        spread = stream(self._seed, Stream.DEMAND, date.toordinal()).standard_normal(len(self._providers))
        counts = np.maximum(np.rint(expected + 0.7 * np.sqrt(expected) * spread), 0).astype(np.int64)
        counts[self._weeks_off.of(date)] = 0
        return np.asarray(counts)

    def _draw(self, offsets: Iterable[int]) -> _Drawn:
        day_blocks: list[Ints] = []
        number_blocks: list[Ints] = []
        provider_blocks: list[Ints] = []
        uniform_blocks: list[Floats] = [np.empty((0, len(U)))]
        normal_blocks: list[Floats] = [np.empty((0, len(N)))]
        slot_blocks: list[Floats] = [np.empty((0, fees.MOST_LINES))]
        clearing_blocks: list[Floats] = [np.empty((0, 2))]
        mistake_blocks: list[Floats] = [np.empty(0)]
        providers = len(self._providers)
        for offset in offsets:
            date = self._days.dates[offset]
            counts = self.visit_counts(offset)
            total = int(counts.sum())
            rng = stream(self._seed, Stream.VISITS, date.toordinal())
            day_blocks.append(np.full(total, offset, dtype=np.int64))
            number_blocks.append(np.arange(1, total + 1))
            provider_blocks.append(np.repeat(np.arange(providers), counts))
            uniform_blocks.append(rng.random((total, len(U))))
            normal_blocks.append(rng.standard_normal((total, len(N))))
            slot_blocks.append(rng.random((total, fees.MOST_LINES)))
            clearing_blocks.append(stream(self._seed, Stream.CLEARINGHOUSE, date.toordinal()).random((total, 2)))
            mistake_blocks.append(stream(self._seed, Stream.MISTAKES, date.toordinal()).random(total))
        empty = np.empty(0, dtype=np.int64)
        return _Drawn(
            day=np.concatenate([empty, *day_blocks]),
            number=np.concatenate([empty, *number_blocks]),
            provider=np.concatenate([empty, *provider_blocks]),
            uniform=np.concatenate(uniform_blocks),
            normal=np.concatenate(normal_blocks),
            slot_uniform=np.concatenate(slot_blocks),
            clearing=np.concatenate(clearing_blocks),
            mistake=np.concatenate(mistake_blocks),
        )

    def _who_comes(self, drawn: _Drawn) -> Ints:
        # some come often and most seldom: the front of a panel are the frequent ones
        patients, days = self._patients, self._days
        draw = drawn.uniform[:, U.PATIENT]
        place = (PANEL * np.interp(draw, (0.0, _FREQUENT_VISITS, 1.0), (0.0, _FREQUENT_PATIENTS, 1.0))).astype(np.int64)
        patient = drawn.provider * PANEL + place
        patient = np.where(patients.joins_after_days[patient] > drawn.day, patients.stand_in[patient], patient)
        # the canary comes on the first Tuesday of a month, as the day's first patient
        tuesdays = [
            n
            for n, day in enumerate(days.dates)
            if day.weekday() == TUESDAY and day.day <= 7  # noqa: PLR2004  # a week
        ]
        patient[(drawn.number == 1) & np.isin(drawn.day, tuesdays)] = CANARY_PATIENT
        return patient

    def _are_new(self, patient: Ints) -> Bools:
        comers, first_visit = np.unique(patient, return_index=True)
        is_first = np.zeros(patient.size, dtype=np.bool_)
        is_first[first_visit] = ~self._was_seen[comers]
        self._was_seen[comers] = True
        return is_first & (self._patients.joins_after_days[patient] >= 0)


class _WeeksOff:
    """Which providers are away: each takes three whole weeks of a calendar year."""

    def __init__(self, seed: int, providers: int) -> None:
        self._seed = seed
        self._providers = providers
        self._known: dict[int, list[set[int]]] = {}

    def of(self, date: dt.date) -> list[int]:
        year, week, _ = date.isocalendar()
        if year not in self._known:
            self._known[year] = [
                set(
                    stream(self._seed, Stream.VACATIONS, provider, year)
                    .choice(np.arange(2, _WEEKS), _WEEKS_OFF, replace=False)
                    .tolist(),
                )
                for provider in range(self._providers)
            ]
        return [provider for provider, weeks in enumerate(self._known[year]) if week in weeks]


# weight of each kind (in the order of Kind, NEW apart) for children, adults and the old
_KIND_WEIGHTS = np.array(
    [
        (46.0, 10.0, 26.0, 10.0, 4.0, 0.0, 4.0, 0.0),
        (25.0, 30.0, 14.0, 6.0, 10.0, 5.0, 8.0, 2.0),
        (15.0, 45.0, 11.0, 8.0, 9.0, 5.0, 4.0, 3.0),
    ],
)
_NEW_PREVENTIVE_SHARE = 0.25
_ADULT, _OLD = 18, 65


def _age(drawn: _Drawn, days: Days, patient: Ints, patients: Patients) -> Ints:
    """Return the age a patient reaches in the year of the visit."""
    years = np.array([day.year for day in days.dates], dtype=np.int64)
    return np.asarray(np.maximum(years[drawn.day] - patients.birth_year[patient], 0))


def _why(drawn: _Drawn, days: Days, patient: Ints, is_new: Bools, patients: Patients) -> Ints:
    age = _age(drawn, days, patient, patients)
    group = (age >= _ADULT).astype(np.int64) + (age >= _OLD)
    weights = _KIND_WEIGHTS[group]
    # influenza brings the acutely ill
    ili = np.array([ili_percent(day) for day in days.dates[: days.count]])
    weights[:, VisitKind.ACUTE] *= 0.72 + 0.11 * ili[drawn.day]
    shares = np.cumsum(weights, axis=1)
    shares /= shares[:, -1:]
    draw = drawn.uniform[:, U.KIND]
    kind = (draw[:, None] >= shares).sum(axis=1).astype(np.int64)
    return np.where(is_new, np.where(draw < _NEW_PREVENTIVE_SHARE, int(VisitKind.PREVENTIVE), int(VisitKind.NEW)), kind)


def _visit_code(
    drawn: _Drawn,
    days: Days,
    patient: Ints,
    is_new: Bools,
    kind: Ints,
    patients: Patients,
    providers: tuple[Provider, ...],
) -> Ints:
    shift = np.array([p.level_shift for p in providers])[drawn.provider]
    chronic = np.where(kind == VisitKind.CHRONIC, 0.12, 0.0)
    level = np.clip(drawn.uniform[:, U.LEVEL] + shift + chronic, 0.0, 0.999999)
    codes_new, shares_new = fees.NEW_LEVELS
    codes_old, shares_old = fees.ESTABLISHED_LEVELS
    office = np.where(is_new, codes_new[pick(shares_new, level)], codes_old[pick(shares_old, level)])
    age = _age(drawn, days, patient, patients)
    band = np.searchsorted(np.array(fees.PREVENTIVE_AGES), age, side="right") - 1
    preventive = np.where(is_new, fees.PREVENTIVE_NEW[band], fees.PREVENTIVE_ESTABLISHED[band])
    is_medicare = np.array([p.rhythm == "medicare" for p in PAYERS] + [False])[patients.payer[patient]]
    wellness = np.where(is_new, fees.WELLNESS_FIRST, fees.WELLNESS_NEXT)
    return np.where(kind == VisitKind.PREVENTIVE, np.where(is_medicare, wellness, preventive), office)


def _diagnoses(kind: Ints, is_child: Bools, is_mismatched: Bools, count: Ints, uniform: Floats) -> Ints:
    first = uniform[:, U.DIAGNOSIS]
    found = np.full((kind.size, fees.MOST_DIAGNOSES), fees.NO_DIAGNOSIS, dtype=np.int64)
    chosen_from = np.where(is_child & (kind == VisitKind.PREVENTIVE), fees.CHILD_PREVENTIVE_ROW, kind)
    chosen_from = np.where(is_mismatched, fees.MISMATCHED_ROW, chosen_from)
    for row, known in enumerate(fees.FIRST_DIAGNOSES):
        here = chosen_from == row
        found[here, 0] = known[(first[here] * known.size).astype(np.int64)]
    further = fees.FURTHER_DIAGNOSES
    for place, draw in enumerate((U.FURTHER_1, U.FURTHER_2, U.FURTHER_3), start=1):
        wanted = np.flatnonzero(count > place)
        at = (uniform[wanted, draw] * further.size).astype(np.int64)
        # never the same diagnosis twice on one claim: as many steps aside as there are others
        for _ in range(place):
            at = (at + (found[wanted, :place] == further[at][:, None]).any(axis=1)) % further.size
        found[wanted, place] = further[at]
    return found
