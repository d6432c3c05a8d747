"""The hidden ledger: everything that happens in one practice, month after month, before a byte of it is written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.synthetic import account
from orchestration.synthetic.account import PatientAccount
from orchestration.synthetic.adjudication import PayDays, adjudicate
from orchestration.synthetic.bills import PrintedBill, make_bills
from orchestration.synthetic.cases import Cases, joined, make_cases
from orchestration.synthetic.compensation import Bonus, Compensation, make_contracts
from orchestration.synthetic.coordination import Coverage
from orchestration.synthetic.encounters import Booked, Days, Rooms, make_days
from orchestration.synthetic.entities import PRACTICE, LegalEntity
from orchestration.synthetic.payroll import PayrollRun, make_payroll
from orchestration.synthetic.people import Patients, Provider, make_employees, make_patients, make_providers
from orchestration.synthetic.receipts import make_receipts
from orchestration.synthetic.remittances import PayerDesks, Remittances
from orchestration.synthetic.workdays import ONE_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIRST_CHEQUE = 2001
_A_MONTH = dt.timedelta(days=32)


@dataclass(frozen=True, slots=True)
class Month:
    """What happened in one calendar month, as far as it is watched.

    ``days`` are its days as distances from the practice's first. ``cases`` are all visits of which anything is
    written in it, with what is decided about them later, too.
    """

    days: range
    cases: Cases
    remittances: Remittances
    payroll: list[PayrollRun]
    bonuses: list[Bonus]
    bills: list[PrintedBill]


class World:
    """One practice over its watched days. ``months`` lives it once; later events are decided too, and not written."""

    def __init__(self, *, providers: int, start: dt.date, days: int, seed: int, entity: LegalEntity = PRACTICE) -> None:
        self.entity = entity
        self.seed = seed = seed + entity.seed_offset
        self.days: Days = make_days(start, days)
        self.providers: tuple[Provider, ...] = make_providers(seed, providers, entity)
        self.patients: Patients = make_patients(seed, providers)
        self.coverage = Coverage(seed, self.patients, is_involved=entity.is_involved)
        self.account = PatientAccount(entity, providers)
        self.contracts = make_contracts(seed, self.providers, entity)
        self._employees = make_employees(seed, self.providers)
        self._bills = make_bills(seed, start, days)

    def months(self) -> Iterator[Month]:
        """Yield the months in order; the account is booked up to the month that was yielded last."""
        days = self.days
        rooms = self._rooms()
        desks = PayerDesks(self.seed, days)
        pay_days = PayDays(days)
        compensation = Compensation(self.contracts, self.entity)
        open_cases: list[Cases] = []
        cheque = _FIRST_CHEQUE
        if self.entity.entity_id == PRACTICE.entity_id:
            self.account.book([account.canary_cheque(days)], days.start - ONE_DAY)
        for window in self._windows():
            encounters = rooms.encounters(window.start, window.stop - 1)
            is_capitated = self.coverage.capitated_lines(encounters)
            outcomes = adjudicate(encounters, days, self.providers, pay_days, is_capitated)
            coordination = self.coverage.coordinate(encounters, outcomes, pay_days)
            new_cases = make_cases(
                encounters,
                outcomes,
                coordination,
                make_receipts(encounters, outcomes, coordination, days),
                is_capitated,
                days=days,
                prefix=self.entity.number_prefix,
            )
            # they hold every draw of every visit, and nothing below needs them
            del encounters, outcomes
            cases = joined([*open_cases, new_cases])
            first, last = days.dates[window.start], days.dates[window.stop - 1]
            remittances = desks.remit(cases, window)
            bonuses = compensation.due(first)
            payroll = make_payroll(
                self.seed, self._employees, first, last, {b.contract.provider_npi: b.cents for b in bonuses}
            )
            compensation.add(first, cases, remittances.reports, window)
            bills = [bill for bill in self._bills if first <= bill.bill_date <= last]
            self.account.book(
                [
                    *account.efts(days, remittances),
                    *account.cards(days, cases, window),
                    *account.wages(payroll),
                    *account.rent(days, self.entity.rent_cents_a_provider * len(self.providers), window),
                    *account.supplies(bills),
                    *account.patient_refunds(days, cases, window),
                    *account.capitation(first, self.coverage.capitation_cents(window.start)),
                    *account.refunds(days, remittances.refunds, cheque),
                ],
                last,
            )
            cheque += len(remittances.refunds)
            yield Month(window, cases, remittances, payroll, bonuses, bills)
            open_cases = [cases.still_open(window.stop - 1)]

    def booked(self, first: int, last: int) -> Booked:
        """Return the appointments there are for some days, which nobody need watch."""
        return self._rooms().booked(first, last)

    def appointment_counts(self, first: int, last: int) -> Iterator[tuple[int, list[int]]]:
        """Yield every open day of some days with the appointments of each provider."""
        rooms = self._rooms()
        for day in self.days.all_open_between(first, last):
            yield day, rooms.visit_counts(day).tolist()

    def _rooms(self) -> Rooms:
        return Rooms(self.entity, self.seed, self.days, self.providers, self.patients)

    def _windows(self) -> Iterator[range]:
        """Yield the calendar months of the watched days, the first and the last as far as they are watched."""
        first, stop = 0, self.days.count
        while first < stop:
            next_month = (self.days.dates[first].replace(day=1) + _A_MONTH).replace(day=1)
            last = min((next_month - self.days.start).days, stop)
            yield range(first, last)
            first = last
