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
    from orchestration.practice.bills import Bill
    from orchestration.practice.encounters import Days
    from orchestration.practice.payroll import PayrollRun
    from orchestration.practice.receipts import Receipts
    from orchestration.practice.remittances import Remittances

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


@dataclass(frozen=True, slots=True)
class Account:
    """The account over the watched days, in order."""

    opening_cents: int
    movements: tuple[Movement, ...]

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


def make_account(
    days: Days,
    providers: int,
    remittances: Remittances,
    receipts: Receipts,
    payroll: list[PayrollRun],
    bills: list[Bill],
) -> Account:
    """Return the account of the watched days."""
    end = days.dates[days.count]
    found = [
        *_efts(days, remittances),
        *_cards(days, receipts),
        *_payroll(payroll),
        *_rent(days, providers),
        *(Movement(b.paid_date, "DEBIT", -b.total_cents, b.vendor.name, f"INV {b.bill_number}") for b in bills),
        *(
            Movement(days.dates[r.day], "CHECK", -r.cents, PAYERS[r.payer].name, "OVERPAYMENT REFUND", f"{2001 + n}")
            for n, r in enumerate(remittances.refunds)
        ),
        Movement(
            bank_days_after(days.start + _CANARY_CHEQUE_AFTER_DAYS * ONE_DAY, 0),
            "DEP",
            CANARY_CHEQUE_CENTS,
            "MOBILE CHECK DEPOSIT",
            f"CHECK 1042 {CANARY_FIRST_NAME} {CANARY_LAST_NAME}".upper(),
            "1042",
        ),
    ]
    inside = [m for m in found if days.start <= m.date < end]
    # deposits first, then by what they are: an order that more days do not change
    inside.sort(key=lambda m: (m.date, m.cents < 0, m.name, m.memo, m.cents))
    return Account(_OPENING_CENTS + _OPENING_CENTS_A_PROVIDER * providers, tuple(inside))


def _efts(days: Days, remittances: Remittances) -> list[Movement]:
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


def _cards(days: Days, receipts: Receipts) -> list[Movement]:
    totals = np.bincount(receipts.day, weights=receipts.cents.astype(np.float64), minlength=days.count)
    return [
        Movement(
            bank_days_after(days.dates[day], 1),
            "DEP",
            int(totals[day]),
            CARD_SETTLEMENT,
            f"BATCH {days.compact[day]}",
        )
        for day in range(days.count)
        if totals[day]
    ]


def _payroll(payroll: list[PayrollRun]) -> list[Movement]:
    return [
        movement
        for run in payroll
        for movement in (
            Movement(run.pay_date, "DEBIT", -run.net, "PAYROLL NET", f"PR{run.pay_date:%Y%m%d}"),
            Movement(run.pay_date, "DEBIT", -run.withheld, "PAYROLL TAX", f"PR{run.pay_date:%Y%m%d}"),
        )
    ]


def _rent(days: Days, providers: int) -> list[Movement]:
    firsts = [day for day in days.dates[: days.count] if day.day == 1]
    return [Movement(bank_day_from(day), "DEBIT", -_RENT_CENTS_A_PROVIDER * providers, "RENT") for day in firsts]


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
