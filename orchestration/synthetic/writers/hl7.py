"""HL7 v2.6: a day's charges and patient payments as a DFT^P03 batch, its patients (ADT) and its appointments (SIU).

FT1 as HL7 v2 chapter 6 has it: FT1-2 id, 3 batch, 4 service date, 5 posting date, 6 type (table 0017), 7 and 25 code,
10 quantity, 11 extended amount, 16 location, 19 diagnoses, 20 performer, 26 modifiers, 31 what a payment pays.
What does not belong here: sockets; batches are files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.synthetic.encounters import BOOKED_AHEAD_DAYS
from orchestration.synthetic.events import Visit
from orchestration.synthetic.people import PAYERS, SELF_PAY, SELF_PAY_ID, SELF_PAY_NAME
from orchestration.synthetic.workdays import ONE_DAY
from orchestration.synthetic.writers.amounts import dollars

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.synthetic.events import Charge, Day, Payment
    from orchestration.synthetic.world import World
    from orchestration.synthetic.writers.feed import Batch, File

_SEGMENT = "\r"
_SENDER = "JUNIPERPM"
_VERSION = "2.6"


class Hl7Feed:
    """A DFT batch, an ADT batch and a SIU batch for every day; at a month's end the appointments of the next days."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the batches of the day: patients first, then charges, then the appointments that were kept."""
        for day in batch.days():
            stamp = f"{batch.world.days.compact[day.day]}190000"
            messages = _Messages(batch.world, stamp)
            for name, found in (
                ("adt", list(messages.registrations(day))),
                ("dft", list(messages.charges(day))),
                ("siu", list(messages.appointments(day))),
            ):
                if found:
                    yield f"{name}_{stamp[:8]}.hl7", [_batch(batch.world, name, stamp, found)]
        if batch.written.stop == batch.month.days.stop:
            stamp = f"{batch.world.days.compact[batch.written.stop - 1]}200000"
            found = [
                message
                for message, provider in _Messages(batch.world, stamp).bookings(batch.written.stop)
                if batch.is_here(provider)
            ]
            if found:
                yield f"siu_booked_{stamp[:8]}.hl7", [_batch(batch.world, "siu", stamp, found)]


def _batch(world: World, name: str, stamp: str, messages: list[str]) -> bytes:
    head = f"|^~\\&|{_SENDER}|{world.entity.entity_id}|MEDBOOKS|BOOKS|{stamp}||"
    lines = [
        f"FHS{head}{name}_{stamp[:8]}.hl7||{name}{stamp}",
        f"BHS{head}{name}||{name}{stamp}",
        *messages,
        f"BTS|{len(messages)}",
        "FTS|1",
        "",
    ]
    return _SEGMENT.join(lines).encode()


class _Messages:
    """The messages of one day."""

    def __init__(self, world: World, stamp: str) -> None:
        self._world = world
        self._stamp = stamp
        self._days = world.days

    def registrations(self, day: Day) -> Iterator[str]:
        """Yield an ADT^A04 for every visit whose charges were posted."""
        for number, (visit, _) in enumerate(day.charges, start=1):
            yield _SEGMENT.join(
                [
                    self._header("ADT^A04^ADT_A01", f"A{self._stamp}{number:05d}", self._stamp),
                    f"EVN|A04|{self._stamp}",
                    *self._visit(visit),
                    *self._insurance(visit),
                ]
            )

    def charges(self, day: Day) -> Iterator[str]:
        """Yield a DFT^P03 for every visit that was charged, then for every payment of a patient."""
        number = 0
        posted = self._days.compact[day.day]
        for visit, entered in day.charges:
            number += 1
            diagnoses = "~".join(f"{code}^^I10" for code in visit.diagnoses)
            provider = self._provider(visit)
            place = self._world.providers[visit.provider].location_id
            start = f"{posted}B|{self._days.compact[visit.day]}|{posted}"
            yield _SEGMENT.join(
                [
                    self._header("DFT^P03^DFT_P03", f"D{self._stamp}{number:05d}", self._stamp),
                    f"EVN|P03|{self._stamp}",
                    *self._visit(visit),
                    *(
                        _charge(order, charge, start, f"{place}|||{diagnoses}|{provider}")
                        for order, charge in enumerate(entered, start=1)
                    ),
                    *(
                        _charge(order, charge, start, f"{place}|||{diagnoses}|{provider}", kind="CD")
                        for order, charge in enumerate(entered, start=len(entered) + 1)
                        if charge.is_void
                    ),
                    *self._insurance(visit),
                ]
            )
        for payment in day.payments:
            number += 1
            yield self._payment(payment, number, posted)

    def _payment(self, payment: Payment, number: int, posted: str) -> str:
        visit = payment.visit
        place = self._world.providers[visit.provider].location_id
        return _SEGMENT.join(
            [
                self._header("DFT^P03^DFT_P03", f"D{self._stamp}{number:05d}", self._stamp),
                f"EVN|P03|{self._stamp}",
                *self._visit(visit),
                (
                    f"FT1|1|{payment.transaction_id}|{posted}B|{self._days.compact[visit.day]}|{posted}|PY|CARD^^L||||"
                    f"{dollars(payment.cents)}&USD|||||{place}||||{self._provider(visit)}|||||||||||{payment.charge_id}"
                ),
            ]
        )

    def appointments(self, day: Day) -> Iterator[str]:
        """Yield a SIU^S14 for every visit of the day: its appointment as it stood the evening before."""
        before = f"{(self._days.dates[day.day] - ONE_DAY):%Y%m%d}170000"
        kept = [visit for visit, _ in day.charges if visit.day == day.day]
        for visit, start in self._timed(kept):
            yield self._appointment(visit, start, self._header("SIU^S14^SIU_S12", f"S{visit.claim_id}", before))

    def bookings(self, first: int) -> Iterator[tuple[str, int]]:
        """Yield a SIU^S12 and its provider for every visit of the days from ``first`` that is booked already."""
        booked = self._world.booked(first, first + BOOKED_AHEAD_DAYS - 1)
        prefix, payers = self._world.entity.number_prefix, self._world.patients.payer
        rows = zip(
            booked.day.tolist(), booked.number.tolist(), booked.provider.tolist(), booked.patient.tolist(), strict=True
        )
        visits = [
            Visit(f"{prefix}{self._days.compact[day][2:]}{number:05d}", who, provider, int(payers[who]), day, "", ())
            for day, number, provider, who in rows
        ]
        for visit, start in self._timed(visits):
            header = self._header("SIU^S12^SIU_S12", f"B{visit.claim_id}", self._stamp)
            yield self._appointment(visit, start, header), visit.provider

    def _timed(self, visits: list[Visit]) -> Iterator[tuple[Visit, str]]:
        """Yield visits with when they begin: a provider's day is one every twenty minutes from eight."""
        seen: dict[tuple[int, int], int] = {}
        for visit in visits:
            key = (visit.day, visit.provider)
            order = seen[key] = seen.get(key, -1) + 1
            hour, minute = divmod(8 * 60 + 20 * order, 60)
            yield visit, f"{self._days.compact[visit.day]}{hour % 24:02d}{minute:02d}00"

    def _appointment(self, visit: Visit, start: str, header: str) -> str:
        person = self._world.providers[visit.provider]
        return _SEGMENT.join(
            [
                header,
                f"SCH|{visit.claim_id}|{visit.claim_id}|||||ROUTINE|NORMAL|20|min|^^^{start}||||||||||||||Booked",
                *self._visit(visit),
                "RGS|1",
                f"AIP|1||{self._provider(visit)}|||{start}||20|min||Booked",
                f"AIL|1||{person.location_id}|||{start}||20|min||Booked",
            ]
        )

    def _header(self, message: str, control_id: str, stamp: str) -> str:
        sender = f"{_SENDER}|{self._world.entity.entity_id}"
        return f"MSH|^~\\&|{sender}|MEDBOOKS|BOOKS|{stamp}||{message}|{control_id}|P|{_VERSION}"

    def _visit(self, visit: Visit) -> tuple[str, str]:
        patients, who = self._world.patients, visit.patient
        place = self._world.providers[visit.provider].location_id
        return (
            (
                f"PID|1||{patients.patient_id(who)}^^^JUNIPER^MR||{_text(patients.last_name(who))}^"
                f"{_text(patients.first_name(who))}||{patients.birth_date(who):%Y%m%d}|U||||||||||{visit.claim_id}"
            ),
            f"PV1|1|O|{place}||||{self._provider(visit)}||||||||||||{visit.claim_id}",
        )

    def _provider(self, visit: Visit) -> str:
        person = self._world.providers[visit.provider]
        return f"{person.npi}^{_text(person.last_name)}^{_text(person.first_name)}^^^^^^^^^^NPI"

    def _insurance(self, visit: Visit) -> tuple[str, ...]:
        # one who pays for himself has a plan of that name: without any IN1 nobody could tell him from one not yet known
        if visit.payer == SELF_PAY:
            return (f"IN1|1|{SELF_PAY_ID}|{SELF_PAY_ID}|{SELF_PAY_NAME}",)
        payer = PAYERS[visit.payer]
        member = self._world.patients.member_id(visit.patient)
        return (f"IN1|1|{payer.filing_code}|{payer.payer_id}|{_text(payer.name)}{'|' * 32}{member}",)


def _charge(order: int, charge: Charge, start: str, end: str, kind: str = "CG") -> str:
    code = f"{charge.code}^^C4"
    return (
        f"FT1|{order}|{charge.transaction_id}|{start}|{kind}|{code}|||{charge.units}|{dollars(charge.cents)}&USD|||||{end}"
        f"|||||{code}|{charge.modifier}"
    )


def _text(text: str) -> str:
    """Return text with the encoding characters escaped (HL7 v2 chapter 2)."""
    for character, escaped in (("\\", "\\E\\"), ("|", "\\F\\"), ("^", "\\S\\"), ("&", "\\T\\"), ("~", "\\R\\")):
        text = text.replace(character, escaped)
    return text
