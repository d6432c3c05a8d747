"""PID, MRG, PV1, IN1 and the scheduling segments to rows: who, which visit, who pays, and what is booked ahead.

Segments come padded, so that no index fails. What does not belong here: money (``charges``), and which state of a
patient or appointment is the last (the lake).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    import datetime as dt

    from orchestration.formats.hl7.values import Moment, Values

# HL7 table 0003, as far as an appointment's life goes
_APPOINTMENT_STATES: Final[dict[str, str]] = {
    "S12": "booked",
    "S13": "rescheduled",
    "S14": "modified",
    "S15": "cancelled",
    "S16": "cancelled",
    "S17": "cancelled",
    "S26": "no_show",
}
_VISIT_STATES: Final[dict[str, str]] = {
    "A03": "discharged",
    "A05": "pre_admitted",
    "A11": "cancelled",
    "A12": "cancelled",
    "A27": "cancelled",
    "A38": "cancelled",
}
# units of SCH-10 and AIS-8 in minutes; an appointment without a unit is in minutes
_MINUTES: Final[dict[str, Decimal]] = {
    "": Decimal(1),
    "M": Decimal(1),
    "MIN": Decimal(1),
    "MINUTE": Decimal(1),
    "MINUTES": Decimal(1),
    "H": Decimal(60),
    "HR": Decimal(60),
    "HOUR": Decimal(60),
    "HOURS": Decimal(60),
}
_SECONDS: Final = frozenset({"S", "SEC", "SECOND", "SECONDS"})
_START_IN_TIMING, _TIMING_PARTS = 3, 4
_QUANTUM = Decimal("0.0001")
# a segment that is not there, as long as any that is read
_NO_FIELDS: Final = [""] * 50


class Place(NamedTuple):
    """Where a segment stands."""

    file_id: str
    segment_number: int
    message_number: int
    landed_at: dt.datetime


def patient_id(pid: list[str], values: Values) -> str | None:
    """Return PID-3, else the older PID-2."""
    return values.patient(pid[3]) or values.first(pid[2]) or None


def patient_row(pid: list[str], merged: list[str] | None, place: Place, values: Values) -> tuple[Any, ...]:
    """Return PID, with what MRG merged into it, as a row of ``patients``."""
    deceased = values.first(pid[30]).upper()
    return (
        place.file_id,
        place.segment_number,
        place.message_number,
        patient_id(pid, values),
        (values.patient(merged[1]) or None) if merged else None,
        values.first(pid[18]) or None,
        values.day(pid[7]),
        values.first(pid[8]).upper() or None,
        values.component(pid[11], 5) or None,
        deceased == "Y" if deceased in {"Y", "N"} else None,
        place.landed_at,
    )


def visit_row(
    pv1: list[str], patient: str | None, trigger: str, diagnoses: str | None, place: Place, values: Values
) -> tuple[Any, ...]:
    """Return PV1 as a row of ``visits``."""
    return (
        place.file_id,
        place.segment_number,
        place.message_number,
        patient,
        values.first(pv1[19]) or None,
        _VISIT_STATES.get(trigger, "open"),
        values.first(pv1[2]).upper() or None,
        values.first(pv1[3]) or None,
        values.component(pv1[3], 4) or None,
        values.provider(pv1[7]).provider_id,
        values.provider(pv1[8]).provider_id,
        values.first(pv1[20]) or None,
        values.day(pv1[44]),
        values.day(pv1[45]),
        diagnoses,
        place.landed_at,
    )


def insurance_row(in1: list[str], order: int, patient: str | None, place: Place, values: Values) -> tuple[Any, ...]:
    """Return IN1, the ``order``-th of its message, as a row of ``insurances``."""
    said = values.first(in1[1])
    # a set id is four digits at most (SI); what is longer counts nothing
    number = int(said) if said.isascii() and said.isdigit() and len(said) <= 4 else order  # noqa: PLR2004
    return (
        place.file_id,
        place.segment_number,
        place.message_number,
        patient,
        number,
        values.first(in1[2]) or None,
        values.first(in1[3]) or None,
        values.first(in1[4]) or None,
        values.first(in1[8]) or None,
        values.first(in1[36]) or None,
        values.first(in1[15]) or None,
        values.day(in1[12]),
        values.day(in1[13]),
        place.landed_at,
    )


def appointment_row(
    sch: list[str],
    resources: dict[str, list[str]],
    patient: str | None,
    trigger: str,
    place: Place,
    values: Values,
) -> tuple[Any, ...]:
    """Return SCH as a row of ``appointments``; ``resources`` holds the first TQ1, AIS, AIP and AIL by name."""
    service, person, where = (resources.get(name, _NO_FIELDS) for name in ("AIS", "AIP", "AIL"))
    start = _start(sch, resources, values)
    return (
        place.file_id,
        place.segment_number,
        place.message_number,
        values.first(sch[2]) or values.first(sch[1]) or None,
        _APPOINTMENT_STATES.get(trigger, "other"),
        values.first(sch[25]) or None,
        patient,
        values.first(sch[8]) or None,
        values.first(sch[7]) or None,
        values.first(service[3]) or None,
        values.provider(person[3]).provider_id,
        values.place(where[3]) or None,
        start.day if start else None,
        start.time if start else None,
        _minutes(service[7], service[8], values) or _minutes(sch[9], sch[10], values),
        place.landed_at,
    )


def _start(sch: list[str], resources: dict[str, list[str]], values: Values) -> Moment | None:
    """Return when it starts, from the most exact place that says it."""
    candidates = [
        resources.get(name, _NO_FIELDS)[number] for name, number in (("TQ1", 7), ("AIS", 4), ("AIP", 6), ("AIL", 6))
    ]
    timing = values.components(sch[11])
    if len(timing) >= _TIMING_PARTS:
        candidates.append(timing[_START_IN_TIMING])
    return next((moment for moment in map(values.moment, filter(None, candidates)) if moment), None)


def _minutes(number: str, unit: str, values: Values) -> Decimal | None:
    """Return a duration in minutes; a unit nobody knows is no duration."""
    amount = values.quantity(number) if number else None
    name = values.first(unit).upper()
    if amount is None or amount <= 0:
        return None
    if name in _SECONDS:
        return (amount / 60).quantize(_QUANTUM)
    minutes = _MINUTES.get(name)
    product = amount * minutes if minutes is not None else None
    return product if product is not None and product < Decimal(10) ** 14 else None
