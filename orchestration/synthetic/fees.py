"""What is billed: procedure codes as numbers, their family in our own words, our own rates, and kinds of visits.

The rates are made up, near what Medicare might pay; a charge is the practice's own mark-up on them. No description of
a code is here: those belong to the AMA. What does not belong here: payers and what they allow.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from orchestration.synthetic.draws import Floats, Ints, cumulative


class Family(IntEnum):
    """Our own grouping of procedure codes."""

    OFFICE = 0
    PREVENTIVE = 1
    VACCINE = 2
    LAB = 3
    RADIOLOGY = 4
    PROCEDURE = 5
    MEDICINE = 6
    SUPPLY = 7
    SURGERY = 8


_RATES: dict[Family, dict[str, int]] = {
    Family.OFFICE: {
        "99202": 6400, "99203": 9700, "99204": 14500, "99205": 19100,
        "99211": 2050, "99212": 4900, "99213": 7900, "99214": 11200, "99215": 15700,
    },
    Family.PREVENTIVE: {
        "99381": 9600, "99383": 10300, "99385": 11500, "99386": 13100, "99387": 14300,
        "99391": 8800, "99393": 9300, "99395": 10400, "99396": 11100, "99397": 11900,
        "G0438": 15300, "G0439": 12100,
    },
    Family.VACCINE: {"90460": 1850, "90471": 1720, "90472": 1210, "90686": 1950, "90707": 8300, "90715": 3450},
    Family.LAB: {
        "36415": 620, "80053": 1060, "80061": 1340, "81002": 350, "82947": 395,
        "83036": 970, "84443": 1680, "85025": 780, "87804": 1650, "87880": 1520,
    },
    Family.RADIOLOGY: {"71046": 3050, "73030": 3240, "73630": 3010, "72100": 3660, "76700": 11350, "77080": 4220},
    Family.PROCEDURE: {
        "10060": 11300, "11102": 9650, "11200": 8350, "12001": 8720,
        "17000": 6240, "17110": 10560, "20610": 6280, "69210": 4630,
    },
    Family.MEDICINE: {
        "92551": 1010, "93000": 1480, "94010": 2630, "94640": 1390,
        "96127": 480, "96372": 1430, "97110": 2810, "97140": 2590,
    },
    Family.SUPPLY: {"J0696": 240, "J1885": 160, "J3301": 190, "J7613": 30, "G0008": 2780, "G0444": 1790},
    Family.SURGERY: {
        "29881": 152000, "43239": 48300, "45378": 44200, "45385": 57900,
        "64483": 46100, "64721": 91500, "66984": 116400,
    },
}  # fmt: skip

CODES: tuple[str, ...] = tuple(code for rates in _RATES.values() for code in rates)
CODE_INDEX: dict[str, int] = {code: index for index, code in enumerate(CODES)}
CODE_FAMILY: Ints = np.array([int(f) for f, rates in _RATES.items() for _ in rates], dtype=np.int64)
RATE_CENTS: Ints = np.array([cents for rates in _RATES.values() for cents in rates.values()], dtype=np.int64)
# hundredths of a work RVU of one unit, made up: what takes a provider's time has about half its worth in work
_WITHOUT_WORK = (Family.VACCINE, Family.LAB, Family.SUPPLY)
WORK_RVU_HUNDREDTHS: Ints = np.where(np.isin(CODE_FAMILY, _WITHOUT_WORK), 0, RATE_CENTS * 15 // 1000)
# charges are whole dollars, a little under twice the rate
CHARGE_CENTS: Ints = (RATE_CENTS * 19 // 1000 + 1) * 100

MODIFIERS: tuple[str, ...] = ("", "25", "59", "26", "TC", "95", "GP", "RT")
MODIFIER_INDEX: dict[str, int] = {modifier: index for index, modifier in enumerate(MODIFIERS)}
# the professional and the technical part of a global service, in percent of it
MODIFIER_PERCENT: Ints = np.array([100, 100, 100, 40, 60, 100, 100, 100], dtype=np.int64)


class VisitKind(IntEnum):
    """Why a patient is seen; it decides codes, diagnoses and place."""

    ACUTE = 0
    CHRONIC = 1
    PREVENTIVE = 2
    NURSE = 3
    PROCEDURE = 4
    THERAPY = 5
    TELEHEALTH = 6
    READING = 7
    NEW = 8
    SURGERY = 9


# place of service: telehealth at home, readings in the hospital, surgery in its centre, all others in the office
PLACE_OF_SERVICE: tuple[str, ...] = tuple(
    {VisitKind.TELEHEALTH: "10", VisitKind.READING: "22", VisitKind.SURGERY: "24"}.get(kind, "11") for kind in VisitKind
)

# EM stands for the visit's own code, chosen by level or age; `-25` a modifier; `x2` units
_TEMPLATES: dict[VisitKind, tuple[tuple[float, str], ...]] = {
    VisitKind.ACUTE: (
        (22, "EM"), (12, "EM 87880"), (16, "EM 87804x2"), (9, "EM 87804x2 87880"), (8, "EM 81002"),
        (8, "EM 71046"), (5, "EM 73630-RT"), (5, "EM-25 96372 J1885x2"), (5, "EM-25 96372 J0696x4"),
        (5, "EM-25 94640 J7613x3"), (5, "EM-25 12001"), (4, "EM 71046-TC"), (4, "EM 85025 36415"),
    ),
    VisitKind.CHRONIC: (
        (22, "EM"), (14, "EM 36415 80053 80061"), (12, "EM 36415 83036"), (8, "EM 36415 80053 85025 84443"),
        (10, "EM 93000"), (8, "EM-25 90471 90686"), (5, "EM 36415 83036 80053 80061"), (5, "EM 94010"),
        (5, "EM 77080"), (6, "EM 82947"), (3, "EM 76700"), (4, "EM 96127 G0444-59"),
    ),
    VisitKind.PREVENTIVE: (
        (26, "EM"), (20, "EM 36415 80053 80061"), (18, "EM-25 90471 90686 92551"),
        (14, "EM-25 90460x2 90707 90715"), (12, "EM-25 99213-25"), (10, "EM 93000 36415 80061"),
    ),
    VisitKind.NURSE: (
        (45, "90471 90686"), (15, "90471 90715"), (20, "36415 80053 85025"), (12, "99211 36415 83036"),
        (8, "96372 J1885x2"),
    ),
    VisitKind.PROCEDURE: (
        (20, "EM-25 17110"), (20, "EM-25 20610-RT J3301x4"), (15, "EM-25 11102"), (12, "EM-25 10060"),
        (12, "EM-25 69210"), (10, "EM-25 17000 11200-59"), (11, "EM-25 11200 17110-59"),
    ),
    VisitKind.THERAPY: ((60, "97110-GPx2 97140-59"), (40, "97110-GPx3")),
    VisitKind.TELEHEALTH: ((85, "EM-95"), (15, "EM-95 96127")),
    VisitKind.READING: ((40, "71046-26"), (25, "73030-26"), (20, "72100-26"), (15, "76700-26")),
    VisitKind.NEW: (
        (28, "EM"), (18, "EM 36415 80053 80061 85025"), (15, "EM 93000"), (14, "EM 71046"),
        (14, "EM-25 90471 90715"), (11, "EM 73030-RT"),
    ),
    VisitKind.SURGERY: (
        (24, "45378"), (22, "45385"), (12, "43239"), (8, "45385 43239-59"), (18, "66984-RT"), (9, "64483x2"),
        (4, "64721-RT"), (3, "29881-RT"),
    ),
}  # fmt: skip

VISIT_CODE = -1  # a line of a template whose code is the visit's own


@dataclass(frozen=True, slots=True)
class Templates:
    """All templates one after another: lines of template t are ``first[t]`` to ``first[t] + count[t]``."""

    by_kind: tuple[tuple[int, Floats], ...]
    first: Ints
    count: Ints
    code: Ints
    modifier: Ints
    units: Ints


def _parse() -> Templates:
    by_kind: list[tuple[int, Floats]] = []
    first: list[int] = []
    lines: list[tuple[int, int, int]] = []
    for kind in VisitKind:
        by_kind.append((len(first), cumulative([weight for weight, _ in _TEMPLATES[kind]])))
        for _, text in _TEMPLATES[kind]:
            first.append(len(lines))
            for word in text.split():
                stem, _, units = word.partition("x")
                code, _, modifier = stem.partition("-")
                index = VISIT_CODE if code == "EM" else CODE_INDEX[code]
                lines.append((index, MODIFIER_INDEX[modifier], int(units or 1)))
    starts = np.array(first, dtype=np.int64)
    columns = np.array(lines, dtype=np.int64)
    counts = np.diff(np.append(starts, len(lines)))
    return Templates(tuple(by_kind), starts, counts, columns[:, 0], columns[:, 1], columns[:, 2])


TEMPLATES = _parse()
MOST_LINES = int(TEMPLATES.count.max())

# levels of the visit's own code, from low to high
NEW_LEVELS: tuple[Ints, Floats] = (
    np.array([CODE_INDEX[code] for code in ("99202", "99203", "99204", "99205")], dtype=np.int64),
    cumulative((12, 46, 35, 7)),
)
ESTABLISHED_LEVELS: tuple[Ints, Floats] = (
    np.array([CODE_INDEX[code] for code in ("99212", "99213", "99214", "99215")], dtype=np.int64),
    cumulative((9, 47, 39, 5)),
)
# preventive codes by age from which they hold, for new and for established patients
PREVENTIVE_AGES = (0, 5, 18, 40, 65)
PREVENTIVE_NEW: Ints = np.array(
    [CODE_INDEX[code] for code in ("99381", "99383", "99385", "99386", "99387")],
    dtype=np.int64,
)
PREVENTIVE_ESTABLISHED: Ints = np.array(
    [CODE_INDEX[code] for code in ("99391", "99393", "99395", "99396", "99397")],
    dtype=np.int64,
)
WELLNESS_FIRST = CODE_INDEX["G0438"]
WELLNESS_NEXT = CODE_INDEX["G0439"]

# ICD-10-CM (public) by kind of visit: the first diagnosis
_DIAGNOSES: dict[VisitKind, tuple[str, ...]] = {
    VisitKind.ACUTE: (
        "J06.9",
        "J02.9",
        "J20.9",
        "J10.1",
        "R05.9",
        "N39.0",
        "M79.671",
        "S61.411A",
        "J45.909",
        "R10.9",
    ),
    VisitKind.CHRONIC: ("I10", "E11.9", "E78.5", "E03.9", "J44.9", "N18.30", "I25.10", "F41.1", "M81.0", "E66.9"),
    VisitKind.PREVENTIVE: ("Z00.00", "Z00.00", "Z00.01"),
    VisitKind.NURSE: ("Z23", "Z23", "E11.9", "R53.83"),
    VisitKind.PROCEDURE: ("B07.9", "M17.11", "D48.5", "L02.91", "H61.23", "L57.0", "L91.8"),
    VisitKind.THERAPY: ("M54.50", "M25.511", "M62.81"),
    VisitKind.TELEHEALTH: ("F41.1", "F32.9", "J06.9", "I10"),
    VisitKind.READING: ("R05.9", "M25.511", "M54.50", "R10.9"),
    VisitKind.NEW: ("I10", "R53.83", "E11.9", "M25.511", "J45.909", "R07.9"),
    VisitKind.SURGERY: ("Z12.11", "K63.5", "K21.00", "H25.11", "M54.16", "G56.01", "S83.241A"),
}
_FURTHER: tuple[str, ...] = (
    "I10", "E78.5", "E11.65", "E66.9", "F32.9", "K21.9", "M19.90", "G47.33", "Z79.899", "Z87.891", "E55.9", "J30.9",
)  # fmt: skip
_CHILD_PREVENTIVE: tuple[str, ...] = ("Z00.129", "Z00.121", "Z00.129")
# what a claim carries when its diagnosis does not support the service
_MISMATCHED: tuple[str, ...] = ("R69", "Z76.89", "Z02.9")

DIAGNOSIS_CODES: tuple[str, ...] = tuple(
    dict.fromkeys([*(c for codes in _DIAGNOSES.values() for c in codes), *_FURTHER, *_CHILD_PREVENTIVE, *_MISMATCHED])
)
NO_DIAGNOSIS = -1
MOST_DIAGNOSES = 4


def _indices(codes: tuple[str, ...]) -> Ints:
    return np.array([DIAGNOSIS_CODES.index(code) for code in codes], dtype=np.int64)


# what the first diagnosis is chosen from: a row for each kind of visit, then two more
FIRST_DIAGNOSES: tuple[Ints, ...] = (
    *(_indices(_DIAGNOSES[kind]) for kind in VisitKind),
    _indices(_CHILD_PREVENTIVE),
    _indices(_MISMATCHED),
)
CHILD_PREVENTIVE_ROW = len(VisitKind)
MISMATCHED_ROW = len(VisitKind) + 1
FURTHER_DIAGNOSES: Ints = _indices(_FURTHER)
