"""The practice's one bank account: every movement of money, and its statements as OFX 1.x, one a month.

Deposits: payers' EFTs with their trace number (the CCD+ addenda, 45 CFR 162.1602), card settlements of patients'
payments, and one patient cheque that nobody has posted yet (the canary's). Withdrawals: payroll, rent, suppliers,
refunds to payers. What does not belong here: deciding any amount but rent and the opening balance.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from orchestration.practice.adjudication import NOTHING
from orchestration.practice.ehr_export import dollars
from orchestration.practice.people import CANARY_FIRST_NAME, CANARY_LAST_NAME, PAYERS
from orchestration.practice.workdays import ONE_DAY, bank_day_from, bank_days_after

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestration.practice.bills import Bill
    from orchestration.practice.cases import Cases
    from orchestration.practice.encounters import Days
    from orchestration.practice.payroll import PayrollRun
    from orchestration.practice.remittances import RefundCheque, Remittances

ACCOUNT_ID = "000123454321"
_BANK_ID = "000000000"
CARD_SETTLEMENT = "MERCHANT BANKCARD SETTLEMENT"
CANARY_CHEQUE_CENTS = 4_000
_CANARY_CHEQUE_AFTER_DAYS = 26
_RENT_CENTS_A_PROVIDER = 545_000
# months pass before the first payments arrive; a small practice has the greater overhead
_OPENING_CENTS = 8_000_000
_OPENING_CENTS_A_PROVIDER = 5_300_000
_NAME_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the account, deposits positive cents."""

    date: dt.date
    kind: str  # OFX TRNTYPE
    cents: int
    name: str
    memo: str = ""
    check_number: str = ""
    trace_number: str = ""


class Account:
    """The account over a practice's life, month after month: the movements so far, in order, and the balance."""

    def __init__(self, providers: int) -> None:
        self.opening_cents = _OPENING_CENTS + _OPENING_CENTS_A_PROVIDER * providers
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
    inside = (receipt_day >= window.start) & (receipt_day < window.stop)
    totals = np.bincount(
        receipt_day[inside] - window.start,
        weights=cases.lines.receipt_cents[inside].astype(np.float64),
        minlength=len(window),
    )
    return [
        Movement(
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
            Movement(run.pay_date, "DEBIT", -run.net, "PAYROLL NET", f"PR{run.pay_date:%Y%m%d}"),
            Movement(run.pay_date, "DEBIT", -run.withheld, "PAYROLL TAX", f"PR{run.pay_date:%Y%m%d}"),
        )
    ]


def rent(days: Days, providers: int, window: range) -> list[Movement]:
    """Return the rents due on some days."""
    firsts = [days.dates[day] for day in window if days.dates[day].day == 1]
    return [Movement(bank_day_from(day), "DEBIT", -_RENT_CENTS_A_PROVIDER * providers, "RENT") for day in firsts]


def supplies(bills: Iterable[Bill]) -> list[Movement]:
    """Return what suppliers are paid."""
    return [Movement(b.paid_date, "DEBIT", -b.total_cents, b.vendor.name, f"INV {b.bill_number}") for b in bills]


def refunds(days: Days, cheques: Iterable[RefundCheque], first_number: int) -> list[Movement]:
    """Return the cheques by which payers are refunded, numbered from ``first_number``."""
    return [
        Movement(days.dates[each.day], "CHECK", -each.cents, PAYERS[each.payer].name, "OVERPAYMENT REFUND", f"{number}")
        for number, each in enumerate(cheques, start=first_number)
    ]


def canary_cheque(days: Days) -> Movement:
    """Return the one patient's cheque that nobody has posted."""
    return Movement(
        bank_days_after(days.start + _CANARY_CHEQUE_AFTER_DAYS * ONE_DAY, 0),
        "DEP",
        CANARY_CHEQUE_CENTS,
        "MOBILE CHECK DEPOSIT",
        f"CHECK 1042 {CANARY_FIRST_NAME} {CANARY_LAST_NAME}".upper(),
        "1042",
    )


def write_statement(account: Account, first: dt.date, last: dt.date) -> bytes:
    """Return the statement of ``first`` to ``last``, both inclusive."""
    lines = [
        "OFXHEADER:100", "DATA:OFXSGML", "VERSION:102", "SECURITY:NONE", "ENCODING:USASCII", "CHARSET:1252",
        "COMPRESSION:NONE", "OLDFILEUID:NONE", "NEWFILEUID:NONE", "",
        "<OFX>", "<SIGNONMSGSRSV1>", "<SONRS>", "<STATUS>", "<CODE>0", "<SEVERITY>INFO", "</STATUS>",
        f"<DTSERVER>{last:%Y%m%d}235959", "<LANGUAGE>ENG", "</SONRS>", "</SIGNONMSGSRSV1>",
        "<BANKMSGSRSV1>", "<STMTTRNRS>", "<TRNUID>1", "<STATUS>", "<CODE>0", "<SEVERITY>INFO", "</STATUS>",
        "<STMTRS>", "<CURDEF>USD", "<BANKACCTFROM>", f"<BANKID>{_BANK_ID}", f"<ACCTID>{ACCOUNT_ID}",
        "<ACCTTYPE>CHECKING", "</BANKACCTFROM>",
        "<BANKTRANLIST>", f"<DTSTART>{first:%Y%m%d}", f"<DTEND>{last:%Y%m%d}",
    ]  # fmt: skip
    number, of_day = 0, dt.date.min
    for movement in account.movements:
        number = number + 1 if movement.date == of_day else 1
        of_day = movement.date
        if not first <= movement.date <= last:
            continue
        lines += [
            "<STMTTRN>",
            f"<TRNTYPE>{movement.kind}",
            f"<DTPOSTED>{movement.date:%Y%m%d}120000",
            f"<TRNAMT>{dollars(movement.cents)}",
            f"<FITID>{movement.date:%Y%m%d}{number:04d}",
        ]
        lines += [f"<CHECKNUM>{movement.check_number}"] if movement.check_number else []
        lines += [f"<NAME>{movement.name[:_NAME_LENGTH]}"]
        lines += [f"<MEMO>{movement.memo}"] if movement.memo else []
        lines += ["</STMTTRN>"]
    lines += [
        "</BANKTRANLIST>", "<LEDGERBAL>", f"<BALAMT>{dollars(account.balance_after(last))}",
        f"<DTASOF>{last:%Y%m%d}235959", "</LEDGERBAL>", "</STMTRS>", "</STMTTRNRS>", "</BANKMSGSRSV1>", "</OFX>", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode("ascii")
