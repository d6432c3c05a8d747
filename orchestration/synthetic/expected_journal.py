"""What the books must say when every file is read and nothing is held: each measure of the truth as its movements.

The accounts are those of the accrual book (docs/posting-rules.md), worked out here from what happened and never from a
file or a model, so that the pipeline has something to be compared with. Revenue is one account here, 4000, for all its
categories. What does not belong here: what happened (``truth``).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

REVENUE = "4000"
_INSURANCE, _PATIENT = "1200", "1210"

# measure → account that is debited, account that is credited
_MOVEMENTS: dict[str, tuple[str, str]] = {
    # R01; a self-pay charge is owed by the patient
    "charged": (_INSURANCE, REVENUE),
    "charged_to_patient": (_PATIENT, REVENUE),
    # R04 to R07, R19; what a second payer answers for comes back from the patient first
    "payer_paid": ("1030", _INSURANCE),
    "contractual": ("4900", _INSURANCE),
    "capitated": ("4900-CAP", "4900"),
    "sequestration": ("4940", _INSURANCE),
    "patient": (_PATIENT, _INSURANCE),
    "returned": (_INSURANCE, _PATIENT),
    # PLB: positive reduces the payment
    "provider_adjusted_WO": ("2215", "1030"),
    "provider_adjusted_FB": ("2215", "1030"),
    "provider_adjusted_72": ("2215", "1030"),
    "provider_adjusted_L6": ("7010", "1030"),
    "provider_adjusted_CS": ("1999", "1030"),
    # R03, R08, R10, R14
    "card_paid": ("1015", _PATIENT),
    "prepaid": (_PATIENT, "2310"),
    "prepaid_applied": ("2310", _PATIENT),
    "patient_refunded": (_PATIENT, "2200"),
    # R09, R10, R18, R19
    "bank_eft": ("1010", "1030"),
    "bank_card": ("1010", "1015"),
    "bank_cheque": ("1010", "2300"),
    "bank_capitation": ("1010", "2320"),
    "capitation_earned": ("2320", "4800"),
    # R15, R17, R20, R21; net pay is in the pay run
    "bank_payer_refund": ("2210", "1010"),
    "bank_patient_refund": ("2200", "1010"),
    "bank_rent": ("6300", "1010"),
    "bank_bill": ("2000", "1010"),
    "bank_payroll_tax": ("2110", "1010"),
    "bank_pay_deductions": ("2100", "1010"),
    "net_pay": ("6100", "1010"),
    "employee_tax": ("6100", "2110"),
    "pay_deductions": ("6100", "2100"),
    "employer_tax": ("6110", "2110"),
    # R20 with an order: what came, at the order's price; the invoice clears it, and a difference is an expense
    "supplies_received": ("6200", "2010"),
    "supplies_invoiced": ("2010", "2000"),
    "supplies_price_variance": ("6200", "2000"),
}


class ExpectedJournal:
    """Adds up by month and account, in cents, debits positive."""

    def __init__(self) -> None:
        self._cents: Counter[tuple[str, str]] = Counter()

    def add(self, month: str, measure: str, cents: int, *, by_patient: bool = False) -> None:
        """Add a measure; one that moves nothing, or that another measure moves, is known and does nothing."""
        movement = _MOVEMENTS.get(f"{measure}_to_patient" if by_patient and measure == "charged" else measure)
        if movement is not None:
            self.move(month, *movement, cents)

    def move(self, month: str, debit: str, credit: str, cents: int) -> None:
        """Add a movement from one account to another."""
        self._cents[month, debit] += cents
        self._cents[month, credit] -= cents

    def rows(self) -> Iterator[tuple[str, str, int]]:
        """Yield (month, account, cents) in that order, those that are zero left out."""
        for (month, account), cents in sorted(self._cents.items()):
            if cents:
                yield month, account, cents
