"""One entity's bank account: every movement of money, in order.

Deposits: payers' EFTs with their trace number (the CCD+ addenda, 45 CFR 162.1602), card settlements of patients'
payments, and one patient cheque that nobody has posted yet (the canary's). Withdrawals: payroll, rent, suppliers,
refunds to payers. What does not belong here: deciding any amount, and how a bank writes them (``writers``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from orchestration.synthetic.coordination import CAPITATING_PAYER
from orchestration.synthetic.encounters import NOTHING
from orchestration.synthetic.people import CANARY_FIRST_NAME, CANARY_LAST_NAME, PAYERS
from orchestration.synthetic.workdays import ONE_DAY, bank_day_from, bank_days_after

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from orchestration.synthetic.bills import PrintedBill
    from orchestration.synthetic.cases import Cases
    from orchestration.synthetic.encounters import Days
    from orchestration.synthetic.entities import LegalEntity
    from orchestration.synthetic.payroll import PayrollRun
    from orchestration.synthetic.remittances import RefundCheque, Remittances

CARD_SETTLEMENT = "MERCHANT BANKCARD SETTLEMENT"
CANARY_CHEQUE_CENTS = 4_000
_CANARY_CHEQUE_AFTER_DAYS = 26


# what moves money, as the truth sums it: not what a bank prints
CashPurpose = Literal[
    "eft", "card", "capitation", "cheque", "net_pay", "payroll_tax", "pay_deductions", "rent", "bill", "payer_refund",
    "patient_refund",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the account, deposits positive cents."""

    purpose: CashPurpose
    date: dt.date
    kind: str  # OFX TRNTYPE
    cents: int
    name: str
    memo: str = ""
    check_number: str = ""
    trace_number: str = ""


class PatientAccount:
    """The account over a practice's life, month after month: the movements so far, in order, and the balance."""

    def __init__(self, entity: LegalEntity, providers: int) -> None:
        self.account_id = entity.bank_account
        self.opening_cents = entity.opening_cents + entity.opening_cents_a_provider * providers
        self.movements: list[Movement] = []
        self._waiting: list[Movement] = []

    def book(self, movements: Iterable[Movement], until: dt.date) -> None:
        """Take movements of any later day; those up to ``until`` are booked, and no earlier one may follow."""
        self._waiting += movements
        # deposits first, then by what they are: an order that more days do not change
        self._waiting.sort(key=lambda m: (m.date, m.cents < 0, m.name, m.memo, m.cents))
        count = sum(m.date <= until for m in self._waiting)
        self.movements += self._waiting[:count]
        del self._waiting[:count]

    def balance_after(self, date: dt.date) -> int:
        """Return the balance at the end of a day, in cents."""
        return self.opening_cents + sum(m.cents for m in self.movements if m.date <= date)

    def lowest_balance(self) -> int:
        """Return the lowest balance at the end of any day, in cents."""
        balance = lowest = self.opening_cents
        for position, movement in enumerate(self.movements):
            balance += movement.cents
            is_last = position + 1 == len(self.movements) or self.movements[position + 1].date != movement.date
            lowest = min(lowest, balance) if is_last else lowest
        return lowest


def efts(days: Days, remittances: Remittances) -> list[Movement]:
    """Return the deposits of what payers remitted."""
    return [
        Movement(
            "eft",
            days.dates[r.deposit_day],
            "CREDIT",
            r.paid_cents,
            PAYERS[r.payer].name,
            f"TRN*1*{r.trace_number}*1{PAYERS[r.payer].tax_id}",
            trace_number=r.trace_number,
        )
        for r in remittances.remittances
        if r.deposit_day != NOTHING
    ]


def cards(days: Days, cases: Cases, window: range) -> list[Movement]:
    """Return the card processor's deposits of what patients paid on some days."""
    receipt_day = cases.lines.receipt_day
    # a refund is no deposit
    inside = (receipt_day >= window.start) & (receipt_day < window.stop) & (cases.lines.receipt_cents > 0)
    totals = np.bincount(
        receipt_day[inside] - window.start,
        weights=cases.lines.receipt_cents[inside].astype(np.float64),
        minlength=len(window),
    )
    return [
        Movement(
            "card",
            bank_days_after(days.dates[day], 1),
            "DEP",
            int(totals[day - window.start]),
            CARD_SETTLEMENT,
            f"BATCH {days.compact[day]}",
        )
        for day in window
        if totals[day - window.start]
    ]


def wages(payroll: Iterable[PayrollRun]) -> list[Movement]:
    """Return what the payroll service draws."""
    return [
        movement
        for run in payroll
        for movement in (
            Movement("net_pay", run.pay_date, "DEBIT", -run.net, "PAYROLL NET", f"PR{run.pay_date:%Y%m%d}"),
            Movement("payroll_tax", run.pay_date, "DEBIT", -run.taxes, "PAYROLL TAX", f"PR{run.pay_date:%Y%m%d}"),
            Movement(
                "pay_deductions",
                run.pay_date,
                "DEBIT",
                -run.deductions,
                "PAYROLL DEDUCTIONS",
                f"PR{run.pay_date:%Y%m%d}",
            ),
        )
    ]


def rent(days: Days, cents: int, window: range) -> list[Movement]:
    """Return the rents due on some days."""
    firsts = [days.dates[day] for day in window if days.dates[day].day == 1]
    return [Movement("rent", bank_day_from(day), "DEBIT", -cents, "RENT") for day in firsts]


def supplies(bills: Iterable[PrintedBill]) -> list[Movement]:
    """Return what suppliers are paid."""
    return [
        Movement("bill", b.paid_date, "DEBIT", -b.total_cents, b.vendor.name, f"INV {b.bill_number}") for b in bills
    ]


def refunds(days: Days, cheques: Iterable[RefundCheque], first_number: int) -> list[Movement]:
    """Return the cheques by which payers are refunded, numbered from ``first_number``."""
    return [
        Movement(
            "payer_refund",
            days.dates[each.day],
            "CHECK",
            -each.cents,
            PAYERS[each.payer].name,
            "OVERPAYMENT REFUND",
            f"{number}",
        )
        for number, each in enumerate(cheques, start=first_number)
    ]


def patient_refunds(days: Days, cases: Cases, window: range) -> list[Movement]:
    """Return the cheques by which patients get back what they paid too much, by their claim."""
    receipt_day, cents = cases.lines.receipt_day, cases.lines.receipt_cents
    lines, columns = np.nonzero((receipt_day >= window.start) & (receipt_day < window.stop) & (cents < 0))
    found = []
    for line, column in zip(lines.tolist(), columns.tolist(), strict=True):
        claim = cases.claim_id(int(cases.lines.visit[line]))
        day = days.dates[receipt_day[line, column]]
        paid = int(cents[line, column])
        found.append(
            Movement(
                "patient_refund", bank_day_from(day), "CHECK", paid, "PATIENT REFUND", f"CLAIM {claim}", claim[-9:]
            )
        )
    return found


def capitation(day: dt.date, cents: int) -> list[Movement]:
    """Return the monthly amount for members under capitation, on the first bank day from a day."""
    if not cents:
        return []
    name = PAYERS[CAPITATING_PAYER].name
    return [Movement("capitation", bank_day_from(day), "CREDIT", cents, name, f"CAPITATION {day:%Y-%m}")]


def canary_cheque(days: Days) -> Movement:
    """Return the one patient's cheque that nobody has posted."""
    return Movement(
        "cheque",
        bank_days_after(days.start + _CANARY_CHEQUE_AFTER_DAYS * ONE_DAY, 0),
        "DEP",
        CANARY_CHEQUE_CENTS,
        "MOBILE CHECK DEPOSIT",
        f"CHECK 1042 {CANARY_FIRST_NAME} {CANARY_LAST_NAME}".upper(),
        "1042",
    )
