"""What one 837 has opened and not yet closed: claims, lines, parties, payers, on their way to rows.

What does not belong here: which segment fills what (``loops``), and the rows (``rows``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from orchestration.formats.x12.syntax.segments import Elements


@dataclass(slots=True)
class Party:
    """An NM1 on its way to a row: the address that follows still belongs to it."""

    segment_number: int
    claim_number: int | None
    line_number: int | None
    level: str
    segment: Elements
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    taxonomy: str | None = None


@dataclass(slots=True)
class ServiceLine:
    """An LX on its way to a row."""

    segment_number: int
    number: int
    kind: str | None = None
    procedure: list[str | None] = field(default_factory=list)
    charged: Decimal | None = None
    unit_code: str | None = None
    units: Decimal | None = None
    place: str | None = None
    revenue_code: str | None = None
    pointers: list[str] = field(default_factory=list)
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    control_number: str | None = None
    rendering: str | None = None
    authorization: str | None = None
    drug_code: str | None = None
    drug_quantity: Decimal | None = None
    teeth: list[str] = field(default_factory=list)


@dataclass(slots=True)
class OtherPayer:
    """An SBR below a claim on its way to a row."""

    segment_number: int
    number: int
    segment: Elements
    payer: Elements = field(default_factory=list)
    amounts: dict[str, Decimal | None] = field(default_factory=dict)


@dataclass(slots=True)
class Adjudication:
    """An SVD on its way to a row: DTP*573 follows it."""

    segment_number: int
    line_number: int
    cells: tuple[Any, ...]
    day: dt.date | None = None


@dataclass(slots=True)
class Person:
    """A subscriber or patient: NM1 and DMG."""

    name: Elements = field(default_factory=list)
    birth_date: dt.date | None = None
    gender: str | None = None


@dataclass(slots=True)
class OpenClaim:
    """A CLM on its way to a row, with what the loops above it said when it began."""

    segment_number: int
    number: int
    segment: Elements
    subscription: Elements
    subscriber: Person
    patient: Person
    payer: Elements
    billing: Elements
    tax_id: str | None
    lines: list[ServiceLine] = field(default_factory=list)
    others: list[OtherPayer] = field(default_factory=list)
    adjudications: list[Adjudication] = field(default_factory=list)
    adjustments: list[tuple[Any, ...]] = field(default_factory=list)
    diagnoses: list[tuple[Any, ...]] = field(default_factory=list)
    pointable: list[str] = field(default_factory=list)
    codes: list[tuple[Any, ...]] = field(default_factory=list)
    npis: dict[str, str] = field(default_factory=dict)
    references: dict[str, str | None] = field(default_factory=dict)
    days: dict[str, tuple[dt.date | None, dt.date | None]] = field(default_factory=dict)
    patient_paid: Decimal | None = None
