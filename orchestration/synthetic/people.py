"""Who is in the practice: providers, staff, patients, payers, and the planted canary. Everybody is made up.

Names are drawn from short made-up lists. What does not belong here: what any of them does on a day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import numpy as np

from orchestration.synthetic.draws import Bools, Floats, Ints, Stream, cumulative, pick, stream
from orchestration.synthetic.entities import LegalEntity, npi
from orchestration.synthetic.workdays import FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY

# one patient who must never be seen outside the places made for PHI: privacy tests look for these, in any case
CANARY_LAST_NAME = "Quackenbush-Canary"
CANARY_FIRST_NAME = "Zebulon"
CANARY_PATIENT_ID = "PT7777001"
CANARY_MEMBER_ID = "ZQC777000111"
CANARY_BIRTH_DATE = dt.date(1951, 7, 17)
CANARY_PATIENT = 0  # index of the canary among the patients

_LAST = (
    "Abernook", "Ballantrae", "Calloway", "Dunmarrow", "Eastlake", "Fairwick", "Galbraeth", "Hollister", "Ingersby",
    "Jarvenholm", "Kestrel", "Lindqvist", "Mabry", "Northcott", "Okafor", "Pendergrast", "Quillan", "Rasmussen",
    "Sandoval", "Thackeray", "Underhill", "Villanueva", "Westerfield", "Ximenes", "Yarborough", "Zielinski", "Ashgrove",
    "Brightwater", "Castellane", "Delacroix", "Elderby", "Fenwright", "Greenhalgh", "Hathersage", "Ironside", "Juarez",
    "Kowalczyk", "Lamoureux", "Montague", "Nakagawa", "O'Dell", "Papadakis", "Renfrew", "St Clair", "Tremaine", "Vance",
)  # fmt: skip
_FIRST = (
    "Adela", "Bram", "Celeste", "Dario", "Edith", "Felix", "Greta", "Hamish", "Imogen", "Jasper", "Keziah", "Lucian",
    "Maren", "Nestor", "Odette", "Percival", "Quinn", "Rosalind", "Silas", "Thea", "Ulric", "Viola", "Wendell", "Xenia",
    "Yusuf", "Zelda", "Anselm", "Briony", "Cosmo", "Delphine", "Emeric", "Flora", "Gideon", "Hester", "Ivo", "Juno",
)  # fmt: skip

PayRhythm = Literal["medicare", "medicaid", "commercial"]


@dataclass(frozen=True, slots=True)
class Payer:
    """One payer: how it names itself, when and what it pays, how readily it denies and gives in.

    ``allowed_percent`` is of the Medicare-like rate. ``recovery_weekday``: the day on which it runs its takebacks
    apart from its payments, which makes remittances of nothing but a negative balance carried forward.
    """

    payer_id: str
    name: str
    filing_code: str
    tax_id: str
    weekdays: tuple[int, ...]
    rhythm: PayRhythm
    lag_days: float
    allowed_percent: int
    denial_logit: float
    overturn_logit: float
    copay_cents: int = 0
    is_four_for_denied: bool = False
    recovery_weekday: int | None = None


PAYERS: tuple[Payer, ...] = (
    Payer("10001", "PRAIRIE MEDICARE PART B", "MB", "100000018", (MONDAY, WEDNESDAY, FRIDAY), "medicare", 14,
          100, -1.00, 0.45),
    Payer("20001", "STATE MEDICAID PROGRAM", "MC", "200000027", (WEDNESDAY,), "medicaid", 20,
          74, 0.75, -0.70, is_four_for_denied=True),
    Payer("30001", "HARBOR MUTUAL HEALTH", "12", "300000036", (TUESDAY, THURSDAY), "commercial", 19,
          122, 0.00, 0.30, copay_cents=2500),
    Payer("30002", "NORTHFIELD CARE HMO", "HM", "300000045", (THURSDAY,), "commercial", 29,
          104, 0.45, -0.55, copay_cents=3000, recovery_weekday=MONDAY),
    Payer("30003", "BLUE HERON HEALTH PLAN", "BL", "300000054", (MONDAY, THURSDAY), "commercial", 23,
          117, -0.20, 0.60, copay_cents=2000),
    Payer("30004", "GRANITE CHOICE BENEFITS", "12", "300000063", (FRIDAY,), "commercial", 26,
          111, 0.25, -0.20, copay_cents=4000, is_four_for_denied=True),
)  # fmt: skip
_CONTRACT_YEAR = 2025


def allowed_percent(payer: Payer, year: int) -> int:
    """Return what a payer's contract allows in a calendar year: a point more every year after the first."""
    return payer.allowed_percent + max(year - _CONTRACT_YEAR, 0)


SELF_PAY = len(PAYERS)  # index of a patient who has no payer
SELF_PAY_ID = "SELF"
SELF_PAY_NAME = "Self pay"
CANARY_PAYER = 2

# share of payers (the last is self-pay) among children, adults and the old
_PAYER_SHARES = (
    (0.00, 0.34, 0.20, 0.15, 0.17, 0.11, 0.03),
    (0.03, 0.12, 0.25, 0.17, 0.22, 0.14, 0.07),
    (0.86, 0.03, 0.03, 0.02, 0.03, 0.02, 0.01),
)
_AGE_SHARES = (0.19, 0.54, 0.27)
_AGE_LIMITS = ((0, 17), (18, 64), (65, 92))
PANEL = 3000  # patients of one provider, seen or yet to come
_ESTABLISHED_SHARE = 0.4
_JOINING_DAYS = 1460


@dataclass(frozen=True, slots=True)
class Provider:
    """One rendering provider; ``documentation`` shifts the odds of an appeal, ``level_shift`` the coded level."""

    npi: str
    last_name: str
    first_name: str
    location_id: str
    annual_gross_cents: int
    documentation: float
    level_shift: float


def make_providers(seed: int, count: int, entity: LegalEntity) -> tuple[Provider, ...]:
    """Return the providers; the first of them are the same however many there are."""
    providers = []
    for number in range(count):
        rng = stream(seed, Stream.PROVIDERS, number)
        pay = 215_000 + int(rng.integers(0, 46)) * 1_000
        providers.append(
            Provider(
                npi=npi(entity.first_person + 17 * number),
                last_name=_LAST[(7 * number + 3) % len(_LAST)],
                first_name=_FIRST[(5 * number + 1) % len(_FIRST)],
                location_id=entity.locations[number % 3],
                annual_gross_cents=pay * 100,
                documentation=(-0.7, 0.0, 0.7)[number % 3],
                level_shift=float(rng.uniform(-0.06, 0.06)),
            ),
        )
    return tuple(providers)


@dataclass(frozen=True, slots=True)
class Patients:
    """All patients as columns; ``panel`` of provider p are the indices ``p * PANEL`` to ``(p + 1) * PANEL``.

    ``joins_after_days`` counts from the first day of the practice, -1 for patients who were there before;
    ``stand_in`` is an established patient of the same panel for one who has not joined yet. Texts are made when they
    are asked for: a practice of five hundred providers has a million and a half patients.
    """

    last: Ints
    first: Ints
    member: Ints
    birth: Ints  # proleptic ordinal
    birth_year: Ints
    payer: Ints
    joins_after_days: Ints
    stand_in: Ints

    def patient_id(self, index: int) -> str:
        """Return the billing system's id of a patient."""
        return CANARY_PATIENT_ID if index == CANARY_PATIENT else f"PT{1_000_000 + 3 * index:07d}"

    def last_name(self, index: int) -> str:
        """Return the family name."""
        return CANARY_LAST_NAME if index == CANARY_PATIENT else _LAST[self.last[index]]

    def first_name(self, index: int) -> str:
        """Return the given name."""
        return CANARY_FIRST_NAME if index == CANARY_PATIENT else _FIRST[self.first[index]]

    def member_id(self, index: int) -> str:
        """Return the payer's id of the patient."""
        return CANARY_MEMBER_ID if index == CANARY_PATIENT else f"M{self.member[index]:09d}"

    def birth_date(self, index: int) -> dt.date:
        """Return the day of birth."""
        return CANARY_BIRTH_DATE if index == CANARY_PATIENT else dt.date.fromordinal(int(self.birth[index]))


def make_patients(seed: int, providers: int) -> Patients:
    """Return the panels of all providers, the canary first; a panel does not depend on the others."""
    panels = [_panel(seed, number) for number in range(providers)]

    def column(name: str) -> Ints:
        return np.concatenate([getattr(panel, name) for panel in panels])

    births = column("birth")
    patients = Patients(
        last=column("last"),
        first=column("first"),
        member=column("member"),
        birth=births,
        birth_year=(births / 365.2425).astype(np.int64) + 1,
        payer=column("payer"),
        joins_after_days=column("joins"),
        stand_in=np.concatenate([panel.stand_in + PANEL * n for n, panel in enumerate(panels)]),
    )
    patients.birth_year[CANARY_PATIENT] = CANARY_BIRTH_DATE.year
    patients.payer[CANARY_PATIENT] = CANARY_PAYER
    patients.joins_after_days[CANARY_PATIENT] = -1
    return patients


@dataclass(frozen=True, slots=True)
class _Panel:
    last: Ints
    first: Ints
    member: Ints
    birth: Ints
    payer: Ints
    joins: Ints
    stand_in: Ints


# ages are told for this year, whatever the practice's first day: a date comes in as an argument or not at all
_AGE_YEAR = 2025


def _panel(seed: int, provider: int) -> _Panel:
    rng = stream(seed, Stream.PATIENTS, provider)
    uniform: Floats = rng.random((6, PANEL))
    group = pick(cumulative(_AGE_SHARES), uniform[0])
    low = np.array([limit[0] for limit in _AGE_LIMITS])[group]
    span = np.array([limit[1] - limit[0] + 1 for limit in _AGE_LIMITS])[group]
    age_days = ((low + uniform[1] * span) * 365.2425).astype(np.int64)
    payer = np.zeros(PANEL, dtype=np.int64)
    for index, shares in enumerate(_PAYER_SHARES):
        chosen = group == index
        payer[chosen] = pick(cumulative(shares), uniform[2][chosen])
    is_established: Bools = uniform[3] < _ESTABLISHED_SHARE
    is_established[CANARY_PATIENT] = True
    joins = np.where(is_established, -1, (uniform[4] * _JOINING_DAYS).astype(np.int64))
    old = np.flatnonzero(is_established)
    return _Panel(
        last=rng.integers(0, len(_LAST), PANEL),
        first=rng.integers(0, len(_FIRST), PANEL),
        member=rng.integers(10**8, 10**9, PANEL),
        birth=dt.date(_AGE_YEAR, 12, 31).toordinal() - age_days,
        payer=payer,
        joins=joins,
        stand_in=old[(uniform[5] * old.size).astype(np.int64)],
    )


Role = Literal["provider", "clinical", "front_office", "administration"]


@dataclass(frozen=True, slots=True)
class Employee:
    """One person on the payroll; ``provider_npi`` is empty but for providers."""

    employee_id: str
    name: str
    role: Role
    provider_npi: str
    location_id: str
    annual_gross_cents: int


# role, people per provider (in sixths, rounded up), lowest yearly pay in dollars, spread in dollars
_STAFF: tuple[tuple[Role, int, int, int], ...] = (
    ("clinical", 12, 46_000, 12_000),
    ("front_office", 8, 39_000, 8_000),
    ("administration", 5, 63_000, 28_000),
)


def make_employees(seed: int, providers: tuple[Provider, ...]) -> tuple[Employee, ...]:
    """Return everybody on the payroll: the providers, two clinical staff each, front office and administration."""
    employees = [
        Employee(
            f"E{101 + n}",
            f"{p.last_name}, {p.first_name}",
            "provider",
            p.npi,
            p.location_id,
            p.annual_gross_cents,
        )
        for n, p in enumerate(providers)
    ]
    for block, (role, sixths, lowest, spread) in enumerate(_STAFF):
        rng = stream(seed, Stream.PAYROLL, block)
        for n in range(-(-len(providers) * sixths // 6)):
            name = f"{_LAST[int(rng.integers(0, len(_LAST)))]}, {_FIRST[int(rng.integers(0, len(_FIRST)))]}"
            pay = lowest + int(rng.integers(0, spread // 100)) * 100
            location = providers[n % len(providers)].location_id
            employees.append(Employee(f"E{200 + 100 * block + n}", name, role, "", location, pay * 100))
    return tuple(employees)
