"""What payers make of claims: allowed amounts, patient shares, denials, appeals, takebacks, and when.

A claim is denied by one class of reason at most: classes about the patient or the paper deny the whole claim, classes
about a service deny one line. An appeal's decision, either way, arrives as a reversal of the first report (CLP02 = 22)
and a correction: paid in full when overturned, the same denial again when upheld. A takeback is a reversal and a
correction at a lower amount. What does not belong here: files, and provider-level adjustments (``remittances``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from orchestration.synthetic import fees
from orchestration.synthetic.draws import Bools, Floats, Ints, cumulative, pick, sigmoid
from orchestration.synthetic.encounters import NOTHING, Days, Encounters, N, U
from orchestration.synthetic.fees import Family, VisitKind
from orchestration.synthetic.people import PAYERS, SELF_PAY, Provider, allowed_percent
from orchestration.synthetic.workdays import is_bank_day


@dataclass(frozen=True, slots=True)
class DenialClass:
    """One class of denial in our own words, with the codes that carry it."""

    name: str
    group_code: str
    reason_code: str
    remark_codes: tuple[str, ...]
    scope: Literal["claim", "line"]
    weight: float
    overturn_logit: float


DENIAL_CLASSES: tuple[DenialClass, ...] = (
    DenialClass("documentation", "CO", "16", ("N290", "MA130", "M76"), "claim", 20, 1.10),
    DenialClass("authorization", "CO", "197", ("",), "line", 7, -0.20),
    DenialClass("medical_necessity", "CO", "50", ("N115", ""), "line", 14, 0.25),
    DenialClass("eligibility", "PR", "27", ("",), "claim", 11, -1.60),
    DenialClass("timely_filing", "CO", "29", ("",), "claim", 2, -2.10),
    DenialClass("duplicate", "CO", "18", ("N522", ""), "claim", 7, -1.20),
    DenialClass("bundling", "CO", "97", ("M15", ""), "line", 13, 0.95),
    DenialClass("non_covered", "PR", "96", ("N130",), "line", 8, -1.40),
    DenialClass("modifier", "CO", "4", ("N519", ""), "line", 8, 1.60),
    DenialClass("diagnosis", "CO", "11", ("",), "line", 6, 0.55),
)  # fmt: skip
REMARK_CODES: tuple[str, ...] = tuple(dict.fromkeys(["", *(r for c in DENIAL_CLASSES for r in c.remark_codes)]))
_CLASS = {c.name: index for index, c in enumerate(DENIAL_CLASSES)}

# log-odds of a claim being denied, by the riskiest family on it
_FAMILY_LOGIT = np.array([0.0, -0.25, 0.05, 0.15, 0.75, 0.80, 0.45, 0.45, 0.70])
_DENIAL_INTERCEPT = -3.42
_DENIAL_SCALE = 1.28
_DENIAL_NOISE = 0.40
_OVERTURN_INTERCEPT = -0.10
_OVERTURN_SCALE = 1.05
_TAKEBACK_SHARE = 0.0085
_DEFERRED_SHARE = 0.4
_SEQUESTRATION_PERCENT = 2
_COINSURANCE_PERCENT = 20
_COINSURANCE_SHARE = 0.40
_TIMELY_DAYS = 90
# share of plans that take a copay, and of those whose deductible is still open, by month
_COPAY_SHARE = 0.42
_DEDUCTIBLE_SHARE = np.array([0.28, 0.25, 0.22, 0.18, 0.15, 0.13, 0.11, 0.10, 0.09, 0.08, 0.07, 0.07])


@dataclass(frozen=True, slots=True)
class LineMoney:
    """What each line comes to when it is not denied, in cents: charge = paid + the five others."""

    allowed: Ints
    contractual: Ints
    sequestration: Ints
    deductible: Ints
    coinsurance: Ints
    copay: Ints
    paid: Ints

    @property
    def patient(self) -> Ints:
        """What the patient owes of each line."""
        return self.deductible + self.coinsurance + self.copay


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The life of every visit's claim at its payer. Days are ``NOTHING`` where there is no such event.

    ``takeback`` is by line, cents by which the correction pays less. ``is_denied_line`` is the first report's.
    ``denial_score`` is the log-odds without the noise that no file shows: no model can rank claims better than it.
    ``remark`` is an index of ``REMARK_CODES``.
    """

    money: LineMoney
    first_day: Ints
    denial_probability: Floats
    denial_score: Floats
    lacks_authorization: Bools
    denial_class: Ints
    remark: Ints
    is_denied_line: Bools
    is_appealed: Bools
    overturn_probability: Floats
    is_overturned: Bools
    second_day: Ints
    takeback: Ints
    is_deferred: Bools


class PayDays:
    """The next payment day of every payer from any day, and of its recovery run."""

    def __init__(self, days: Days) -> None:
        payment = [_next_days(days, payer.weekdays) for payer in PAYERS]
        recovery = [
            _next_days(days, payer.weekdays if payer.recovery_weekday is None else (payer.recovery_weekday,))
            for payer in PAYERS
        ]
        self._payment = np.vstack(payment)
        self._recovery = np.vstack(recovery)

    def payment(self, payer: Ints, day: Ints) -> Ints:
        """Return the first day from ``day`` on which the payer pays."""
        return np.asarray(self._payment[payer, day])

    def recovery(self, payer: Ints, day: Ints) -> Ints:
        """Return the first day from ``day`` on which the payer takes back."""
        return np.asarray(self._recovery[payer, day])


def _next_days(days: Days, weekdays: tuple[int, ...]) -> Ints:
    after = len(days.dates)
    found = np.zeros(after, dtype=np.int64)
    for n in range(len(days.dates) - 1, -1, -1):
        if days.dates[n].weekday() in weekdays and is_bank_day(days.dates[n]):
            after = n
        found[n] = after
    return found


def adjudicate(
    encounters: Encounters, days: Days, providers: tuple[Provider, ...], pay_days: PayDays, is_capitated: Bools
) -> Outcomes:
    """Return what becomes of every claim; self-pay visits have no events. ``is_capitated`` is by line."""
    money = _line_money(encounters, days, is_capitated)
    is_insured = encounters.payer != SELF_PAY
    payer = np.where(is_insured, encounters.payer, 0)
    first_day = pay_days.payment(payer, encounters.submit_day + _payer_lag(encounters, payer))
    score, lacks_authorization = _denial_score(encounters, payer)
    probability = sigmoid(score + _DENIAL_NOISE * encounters.normal[:, N.DENIAL])
    is_denied = is_insured & (encounters.uniform[:, U.DENIED] < probability)
    denial_class = np.where(is_denied, _denial_class(encounters, lacks_authorization), NOTHING)
    is_denied_line = _denied_lines(encounters, denial_class)
    overturn, days_to_appeal, is_appealed = _appeals(
        encounters,
        denial_class,
        first_day,
        payer,
        providers,
        is_denied_line,
    )
    is_overturned = is_appealed & (encounters.uniform[:, U.DECISION] < overturn)
    answer = first_day + days_to_appeal + 14 + (encounters.uniform[:, U.DECISION_DAYS] * 18).astype(np.int64)
    takeback = _takebacks(encounters, money, is_insured & ~is_denied)
    is_takeback = np.add.reduceat(takeback, encounters.first_line) > 0 if takeback.size else is_denied
    recovery = first_day + 40 + (encounters.uniform[:, U.TAKEBACK_DAYS] * 70).astype(np.int64)
    second_day = np.full(first_day.size, NOTHING, dtype=np.int64)
    second_day[is_appealed] = pay_days.payment(payer[is_appealed], answer[is_appealed])
    second_day[is_takeback] = pay_days.recovery(payer[is_takeback], recovery[is_takeback])
    runs_apart = np.array([p.recovery_weekday is not None for p in PAYERS])[payer]
    return Outcomes(
        money=money,
        first_day=np.where(is_insured, first_day, NOTHING),
        denial_probability=np.where(is_insured, probability, 0.0),
        denial_score=score,
        lacks_authorization=lacks_authorization,
        denial_class=denial_class,
        remark=_remarks(denial_class, encounters.uniform[:, U.REMARK]),
        is_denied_line=is_denied_line,
        is_appealed=is_appealed,
        overturn_probability=overturn,
        is_overturned=is_overturned,
        second_day=second_day,
        takeback=takeback,
        is_deferred=is_takeback & ~runs_apart & (encounters.uniform[:, U.DEFERRED] < _DEFERRED_SHARE),
    )


def _line_money(encounters: Encounters, days: Days, is_capitated: Bools) -> LineMoney:
    visit = encounters.line_visit
    payer = encounters.payer[visit]
    is_insured = payer != SELF_PAY
    years = np.array([day.year for day in days.dates])[encounters.day[visit]]
    percent = np.zeros_like(payer)
    for year in np.unique(years).tolist():
        of_year = years == year
        percent[of_year] = np.array([allowed_percent(p, year) for p in PAYERS] + [0])[payer[of_year]]
    rate = fees.RATE_CENTS[encounters.line_code] * fees.MODIFIER_PERCENT[encounters.line_modifier]
    allowed = np.minimum(encounters.line_charge, (rate * percent + 5_000) // 10_000 * encounters.line_units)
    # the monthly amount has paid it: nothing is allowed for it, and nobody owes a share
    allowed = np.where(is_capitated, 0, allowed)
    family = fees.CODE_FAMILY[encounters.line_code]
    is_free = (family == Family.PREVENTIVE) | (family == Family.VACCINE)
    plan = encounters.uniform[:, U.PLAN][visit]
    months = np.array([day.month - 1 for day in days.dates])
    has_deductible = encounters.uniform[:, U.COINSURANCE][visit] < _DEDUCTIBLE_SHARE[months[encounters.day[visit]]]
    is_medicare = np.array([p.rhythm == "medicare" for p in PAYERS] + [False])[payer]
    is_commercial = np.array([p.rhythm == "commercial" for p in PAYERS] + [False])[payer]
    copay_cents = np.array([p.copay_cents for p in PAYERS] + [0])[payer]
    nothing = np.zeros_like(allowed)
    deductible = np.where(has_deductible & ~is_free & (is_commercial | is_medicare), allowed, nothing)
    takes_copay = is_commercial & (plan < _COPAY_SHARE) & (family == Family.OFFICE)
    copay = np.where(takes_copay & (deductible == 0), np.minimum(copay_cents, allowed), nothing)
    shares_cost = (is_medicare & (family != Family.LAB)) | (is_commercial & (plan >= 1.0 - _COINSURANCE_SHARE))
    share = (allowed * _COINSURANCE_PERCENT + 50) // 100
    coinsurance = np.where(shares_cost & ~is_free & (deductible == 0), share, nothing)
    left = allowed - deductible - copay - coinsurance
    sequestration = np.where(is_medicare, (left * _SEQUESTRATION_PERCENT + 50) // 100, nothing)
    return LineMoney(
        allowed=allowed,
        contractual=np.where(is_insured, encounters.line_charge - allowed, nothing),
        sequestration=sequestration,
        deductible=deductible,
        coinsurance=coinsurance,
        copay=copay,
        paid=left - sequestration,
    )


def _payer_lag(encounters: Encounters, payer: Ints) -> Ints:
    uniform = encounters.uniform[:, U.PAYER_DAYS]
    start = np.array([p.lag_days for p in PAYERS])[payer]
    lognormal = start * np.exp(0.25 * encounters.normal[:, N.PAYER_LAG])
    rhythm = np.array([("medicare", "medicaid", "commercial").index(p.rhythm) for p in PAYERS])[payer]
    lag = np.choose(rhythm, (start + 3 * uniform, start + 40 * uniform**1.6, lognormal))
    return np.asarray(np.rint(lag), dtype=np.int64)


def _denial_score(encounters: Encounters, payer: Ints) -> tuple[Floats, Bools]:
    """Return the log-odds of a denial per claim but for its noise, and which claims lack an authorization.

    Everything in it can be read from the claim (837): payer, codes, modifiers, authorization (REF*G1), diagnoses,
    days from service to submission, and new-patient codes.
    """
    family = fees.CODE_FAMILY[encounters.line_code]
    modifier = encounters.line_modifier
    riskiest = _by_visit(encounters, _FAMILY_LOGIT[family])
    needs = _by_visit(encounters, ((family == Family.RADIOLOGY) | (family == Family.PROCEDURE)).astype(np.float64))
    has_25 = _by_visit(encounters, (modifier == fees.MODIFIER_INDEX["25"]).astype(np.float64))
    has_59 = _by_visit(encounters, (modifier == fees.MODIFIER_INDEX["59"]).astype(np.float64))
    lacks = encounters.uniform[:, U.AUTHORIZATION] < np.where(needs > 0, 0.07, 0.004)
    is_late = encounters.submit_day - encounters.day > _TIMELY_DAYS
    logit = (
        np.array([p.denial_logit for p in PAYERS])[payer]
        + riskiest
        + 0.40 * has_25
        + 0.70 * has_59
        + 3.0 * lacks
        + 2.9 * encounters.is_mismatched
        + 4.5 * is_late
        + 0.80 * encounters.is_new
    )
    return _DENIAL_INTERCEPT + _DENIAL_SCALE * logit, lacks


def _by_visit(encounters: Encounters, line_value: Floats) -> Floats:
    if not line_value.size:
        return line_value
    return np.maximum.reduceat(line_value, encounters.first_line)


def _denial_class(encounters: Encounters, lacks_authorization: Bools) -> Ints:
    weights = np.tile(np.array([c.weight for c in DENIAL_CLASSES], dtype=np.float64), (encounters.day.size, 1))
    weights[lacks_authorization, _CLASS["authorization"]] += 500
    weights[encounters.is_mismatched, _CLASS["diagnosis"]] += 160
    weights[encounters.is_mismatched, _CLASS["medical_necessity"]] += 90
    weights[encounters.submit_day - encounters.day > _TIMELY_DAYS, _CLASS["timely_filing"]] += 5_000
    weights[encounters.is_new, _CLASS["eligibility"]] += 40
    has_modifier = _by_visit(encounters, (encounters.line_modifier > 0).astype(np.float64)) > 0
    weights[~has_modifier, _CLASS["modifier"]] = 0.0
    weights[encounters.line_count == 1, _CLASS["bundling"]] = 0.0
    shares = np.cumsum(weights, axis=1)
    shares /= shares[:, -1:]
    return np.asarray((encounters.uniform[:, U.CLASS][:, None] >= shares).sum(axis=1), dtype=np.int64)


def _denied_lines(encounters: Encounters, denial_class: Ints) -> Bools:
    visit = encounters.line_visit
    line_class = denial_class[visit]
    is_whole = np.array([c.scope == "claim" for c in DENIAL_CLASSES] + [False])[line_class]
    slot = np.arange(visit.size) - encounters.first_line[visit]
    score = (
        0.5 * encounters.line_uniform
        + _FAMILY_LOGIT[fees.CODE_FAMILY[encounters.line_code]]
        + 2.0 * ((line_class == _CLASS["modifier"]) & (encounters.line_modifier > 0))
        + 2.0 * ((line_class == _CLASS["bundling"]) & (slot > 0))
    )
    highest = _by_visit(encounters, score)
    return np.asarray((line_class != NOTHING) & (is_whole | (score == highest[visit])))


def _appeals(
    encounters: Encounters,
    denial_class: Ints,
    first_day: Ints,
    payer: Ints,
    providers: tuple[Provider, ...],
    is_denied_line: Bools,
) -> tuple[Floats, Ints, Bools]:
    """Return per claim the probability that an appeal wins, days until it is made, whether it is made.

    All but the days to appeal can be read from files on the day of the denial: class (CARC), payer, number of
    diagnoses, place, rendering provider, days from service to denial.
    """
    is_denied = denial_class != NOTHING
    days_to_appeal = 3 + (encounters.uniform[:, U.DAYS_TO_APPEAL] ** 1.5 * 26).astype(np.int64)
    logit = _OVERTURN_INTERCEPT + _OVERTURN_SCALE * (
        np.array([c.overturn_logit for c in DENIAL_CLASSES] + [0.0])[denial_class]
        + np.array([p.overturn_logit for p in PAYERS])[payer]
        + np.array([0.0, -0.75, 0.05, 0.55, 0.85])[encounters.diagnosis_count]
        - 0.60 * np.isin(encounters.kind, (VisitKind.TELEHEALTH, VisitKind.READING))
        + np.array([p.documentation for p in providers])[encounters.provider]
        - 0.55 * (first_day - encounters.day > 45)  # noqa: PLR2004  # old cases are harder to document
        - 0.012 * (days_to_appeal - 10)
    )
    probability = np.where(is_denied, sigmoid(logit), 0.0)
    denied = np.where(is_denied_line, encounters.line_charge, 0)
    amount = np.add.reduceat(denied, encounters.first_line) if denied.size else denied
    # the practice appeals what is worth the trouble, not only what it will win
    wish = np.clip(0.40 + amount / 60_000, 0.0, 0.85)
    return probability, days_to_appeal, is_denied & (encounters.uniform[:, U.APPEALED] < wish)


def _takebacks(encounters: Encounters, money: LineMoney, is_payable: Bools) -> Ints:
    paid = np.where(is_payable[encounters.line_visit], money.paid, 0)
    highest = _by_visit(encounters, paid.astype(np.float64))
    chosen = is_payable & (encounters.uniform[:, U.TAKEBACK] < _TAKEBACK_SHARE) & (highest > 0)
    share = 20 + (encounters.uniform[:, U.TAKEBACK_SHARE] * 70).astype(np.int64)
    visit = encounters.line_visit
    is_target = chosen[visit] & (paid == highest[visit])
    # of equal lines only the first
    rank = np.cumsum(is_target)
    before = np.concatenate([[0], rank])[encounters.first_line]
    is_target &= rank - before[visit] == 1
    return np.where(is_target, paid * share[visit] // 100, 0)


def _remarks(denial_class: Ints, uniform: Floats) -> Ints:
    found = np.zeros(denial_class.size, dtype=np.int64)
    for index, each in enumerate(DENIAL_CLASSES):
        chosen = denial_class == index
        codes = np.array([REMARK_CODES.index(code) for code in each.remark_codes], dtype=np.int64)
        found[chosen] = codes[pick(cumulative([1.0] * codes.size), uniform[chosen])]
    return found
