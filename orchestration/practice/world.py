"""The hidden ledger: everything that happened in one practice, before a byte of it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.practice.adjudication import Outcomes, adjudicate
from orchestration.practice.bank_ofx import Account, make_account
from orchestration.practice.bills import Bill, make_bills
from orchestration.practice.encounters import Days, Encounters, make_days, make_encounters
from orchestration.practice.payroll import PayrollRun, make_payroll
from orchestration.practice.people import Patients, Provider, make_employees, make_patients, make_providers
from orchestration.practice.receipts import Receipts, make_receipts
from orchestration.practice.remittances import Remittances, make_remittances

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True, slots=True)
class World:
    """One practice over its watched days; later events are decided too, and simply not written."""

    seed: int
    days: Days
    providers: tuple[Provider, ...]
    patients: Patients
    encounters: Encounters
    outcomes: Outcomes
    remittances: Remittances
    receipts: Receipts
    payroll: list[PayrollRun]
    bills: list[Bill]
    account: Account


def make_world(*, providers: int, start: dt.date, days: int, seed: int) -> World:
    """Return the practice; a longer one repeats a shorter one day by day."""
    calendar = make_days(start, days)
    people = make_providers(seed, providers)
    patients = make_patients(seed, providers)
    encounters = make_encounters(seed, calendar, people, patients)
    outcomes = adjudicate(encounters, calendar, people)
    remittances = make_remittances(seed, encounters, outcomes, calendar)
    receipts = make_receipts(encounters, outcomes, calendar)
    payroll = make_payroll(seed, make_employees(seed, people), start, days)
    bills = make_bills(seed, start, days)
    return World(
        seed=seed,
        days=calendar,
        providers=people,
        patients=patients,
        encounters=encounters,
        outcomes=outcomes,
        remittances=remittances,
        receipts=receipts,
        payroll=payroll,
        bills=bills,
        account=make_account(calendar, providers, remittances, receipts, payroll, bills),
    )
