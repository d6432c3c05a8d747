"""PID, MRG, PV1, PR1, IN1 and scheduling segments to rows: who, which visit, what was done, who pays, what is ahead.

Segments come padded, so that no index fails, and many at a time, so that a field is read as a column. What does not
belong here: money (``charges``), and which state of a patient or appointment is the last (the lake).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.tables import Same
from orchestration.formats.hl7.values import Fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.core.tables import SourceFile
    from orchestration.formats.hl7.values import DayAndTime, Values

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
# Segments on their way to rows: place in the file, number of the message, fields, patient, and what each row takes
# from elsewhere. Plain tuples: there is one for every segment of a file.
# PID: the patient merged into it (MRG-1)
PID = Fields(7, 8, 11, 18, 30)
Pid = tuple[int, int, tuple[str, ...], str | None, str | None]
# PV1: trigger event, diagnosis codes of the message
PV1 = Fields(2, 3, 7, 8, 19, 20, 44, 45)
Pv1 = tuple[int, int, tuple[str, ...], str | None, str, str | None]
PR1 = Fields(3, 5, 11, 12, 15, 16)
Pr1 = tuple[int, int, tuple[str, ...], str | None]
# IN1: which coverage of its message
IN1 = Fields(2, 3, 4, 8, 12, 13, 15, 36)
In1 = tuple[int, int, tuple[str, ...], str | None, int]
# SCH: trigger event, and the fields of the first TQ1, AIS, AIP and AIL by name
Sch = tuple[int, int, list[str], str | None, str, dict[str, list[str]]]
# a segment that is not there, as long as any that is read
_NO_FIELDS: Final = [""] * 50


def patient_id(pid: list[str], values: Values) -> str | None:
    """Return PID-3, else the older PID-2."""
    return values.patient(pid[3]) or values.first(pid[2]) or None


def patient_columns(found: Sequence[Pid], file: SourceFile, values: Values) -> list[Sequence[Any] | Same]:
    """Return PID, with what MRG merged into it, as the columns of ``patients``."""
    numbers, messages, pids, patients, merged = zip(*found, strict=True)
    at = PID.columns(pids)
    return [
        Same(file.file_id),
        numbers,
        messages,
        patients,
        merged,
        values.texts(at[18]),
        values.days_of(at[7]),
        values.capitals_of(at[8]),
        [values.component(field, 5) or None for field in at[11]],
        list(map(values.flags.__getitem__, at[30])),
        Same(file.landed_at),
    ]


def visit_columns(found: Sequence[Pv1], file: SourceFile, values: Values) -> list[Sequence[Any] | Same]:
    """Return PV1 as the columns of ``visits``."""
    numbers, messages, pv1s, patients, triggers, diagnoses = zip(*found, strict=True)
    at = PV1.columns(pv1s)
    return [
        Same(file.file_id),
        numbers,
        messages,
        patients,
        values.texts(at[19]),
        [_VISIT_STATES.get(trigger, "open") for trigger in triggers],
        values.capitals_of(at[2]),
        values.texts(at[3]),
        list(map(values.facilities.__getitem__, at[3])),
        values.provider_ids(at[7]),
        values.provider_ids(at[8]),
        values.texts(at[20]),
        values.days_of(at[44]),
        values.days_of(at[45]),
        diagnoses,
        Same(file.landed_at),
    ]


def procedure_columns(found: Sequence[Pr1], file: SourceFile, values: Values) -> list[Sequence[Any] | Same]:
    """Return PR1 as the columns of ``procedures``."""
    numbers, messages, pr1s, patients = zip(*found, strict=True)
    at = PR1.columns(pr1s)
    procedures = [values.procedures["", code, modifiers] for code, modifiers in zip(at[3], at[16], strict=True)]
    practitioners, surgeons = values.provider_ids(at[12]), values.provider_ids(at[11])
    return [
        Same(file.file_id),
        numbers,
        messages,
        patients,
        [procedure.code_system for procedure in procedures],
        [procedure.code for procedure in procedures],
        *zip(*(procedure.modifiers for procedure in procedures), strict=True),
        values.days_of(at[5]),
        [one or other for one, other in zip(practitioners, surgeons, strict=True)],
        [values.diagnoses[field][0] for field in at[15]],
        Same(file.landed_at),
    ]


def insurance_columns(found: Sequence[In1], file: SourceFile, values: Values) -> list[Sequence[Any] | Same]:
    """Return IN1 as the columns of ``insurances``."""
    numbers, messages, in1s, patients, coverages = zip(*found, strict=True)
    at = IN1.columns(in1s)
    return [
        Same(file.file_id),
        numbers,
        messages,
        patients,
        coverages,
        values.texts(at[2]),
        values.texts(at[3]),
        values.texts(at[4]),
        values.texts(at[8]),
        values.texts(at[36]),
        values.texts(at[15]),
        values.days_of(at[12]),
        values.days_of(at[13]),
        Same(file.landed_at),
    ]


def appointment_columns(found: Sequence[Sch], file: SourceFile, values: Values) -> list[Sequence[Any] | Same]:
    """Return SCH as the columns of ``appointments``."""
    numbers, messages, schs, patients, triggers, resources = zip(*found, strict=True)
    services, people, places = ([one.get(name, _NO_FIELDS) for one in resources] for name in ("AIS", "AIP", "AIL"))
    starts = [_start(sch, one, values) for sch, one in zip(schs, resources, strict=True)]
    return [
        Same(file.file_id),
        numbers,
        messages,
        [values.first(sch[2]) or values.first(sch[1]) or None for sch in schs],
        [_APPOINTMENT_STATES.get(trigger, "other") for trigger in triggers],
        values.texts([sch[25] for sch in schs]),
        patients,
        values.texts([sch[8] for sch in schs]),
        values.texts([sch[7] for sch in schs]),
        values.texts([service[3] for service in services]),
        values.provider_ids([person[3] for person in people]),
        [values.places[place[3]] for place in places],
        [start.day if start else None for start in starts],
        [start.time if start else None for start in starts],
        [
            _minutes(service[7], service[8], values) or _minutes(sch[9], sch[10], values)
            for sch, service in zip(schs, services, strict=True)
        ],
        Same(file.landed_at),
    ]


def _start(sch: list[str], resources: dict[str, list[str]], values: Values) -> DayAndTime | None:
    """Return when it starts, from the most exact place that says it."""
    candidates = [
        resources.get(name, _NO_FIELDS)[number] for name, number in (("TQ1", 7), ("AIS", 4), ("AIP", 6), ("AIL", 6))
    ]
    timing = values.components(sch[11])
    if len(timing) >= _TIMING_PARTS:
        candidates.append(timing[_START_IN_TIMING])
    return next((moment for moment in map(values.moments.__getitem__, filter(None, candidates)) if moment), None)


def _minutes(number: str, unit: str, values: Values) -> Decimal | None:
    """Return a duration in minutes; an unknown unit is no duration."""
    amount = values.quantities[number] if number else None
    name = values.capitals[unit]
    if amount is None or amount <= 0:
        return None
    if name in _SECONDS:
        return (amount / 60).quantize(_QUANTUM)
    minutes = _MINUTES.get(name)
    product = amount * minutes if minutes is not None else None
    return product if product is not None and product < Decimal(10) ** 14 else None
