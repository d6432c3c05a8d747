"""What the report is made of: rows as the marts hold them, without any identifier of a patient or a claim.

Money is ``Decimal`` dollars, rates and probabilities are 0 to 1, months are their first day. What does not belong
here: figures derived from the rows (``measures.py``), and how anything looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from orchestration.core.money import ZERO

if TYPE_CHECKING:
    import datetime as dt

    from orchestration.reporting.words import Vocabulary

# the payer ids that are not payers (mart dso_by_payer_monthly, EHR exports)
ALL_PAYERS: Final = "ALL"
PATIENT: Final = "PATIENT"
SELF_PAY: Final = "SELF"
# the names a goal may be set for
DSO_DAYS: Final = "dso_days"
DENIAL_RATE: Final = "denial_rate"
MARGIN_RATE: Final = "margin_before_compensation_rate"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Files and dollars of one kind of file: ``era835 ehr bank payroll documents unknown``."""

    source: str
    files: int
    quarantined_files: int
    in_amount: Decimal
    posted_amount: Decimal
    held_amount: Decimal
    quarantined_amount: Decimal

    @property
    def difference_amount(self) -> Decimal:
        """What came in and is nowhere; zero when every dollar is accounted for."""
        return self.in_amount - self.posted_amount - self.held_amount - self.quarantined_amount


@dataclass(frozen=True, slots=True)
class HeldRow:
    """What waits for a person: items of a source for one reason, and their dollars."""

    source: str
    hold_reason: str
    item_count: int
    held_amount: Decimal


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """Two sums made in different places that must be equal; ``sentence`` is true when they are."""

    sentence: str
    left_label: str
    left_amount: Decimal
    right_label: str
    right_amount: Decimal

    @property
    def is_equal(self) -> bool:
        """Whether the two sums agree to the cent."""
        return self.left_amount == self.right_amount


@dataclass(frozen=True, slots=True)
class BankStatusRow:
    """Electronic payments by what the bank shows of them: ``reconciled``, ``in_transit`` or ``overdue``."""

    reconciliation_status: str
    payment_count: int
    paid_amount: Decimal


@dataclass(frozen=True, slots=True)
class FindingRow:
    """How often the readers found one thing wrong; severity ``error``, ``warning`` or ``info``."""

    source: str
    code: str
    severity: str
    finding_count: int
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ReportedBalance:
    """One account of the accrual book with its net balance on one side, in dollars; the other side is zero."""

    account_code: str
    account_name: str
    debit_amount: Decimal
    credit_amount: Decimal


@dataclass(frozen=True, slots=True)
class Goal:
    """A benchmark as data: what it is for, how much, who says so and when.

    ``measure`` is ``dso_days``, ``denial_rate`` or ``margin_before_compensation_rate``; a ceiling is to stay below.
    """

    measure: str
    value: Decimal
    is_ceiling: bool
    source: str
    stated_date: dt.date


@dataclass(frozen=True, slots=True)
class DsoRow:
    """One row of ``dso_by_payer_monthly``; ``payer_id`` ``ALL`` is the practice, ``PATIENT`` the patients' share."""

    activity_month: dt.date
    as_of_date: dt.date
    payer_id: str
    payer_name: str
    receivable_amount: Decimal
    net_revenue_90_day_amount: Decimal
    dso_days: float | None


@dataclass(frozen=True, slots=True)
class DenialRateRow:
    """One row of ``denial_rate_monthly``, with the payer's name."""

    posting_month: dt.date
    payer_id: str
    payer_name: str
    remitted_claim_count: int
    denied_claim_count: int
    remitted_charge_amount: Decimal
    denied_charge_amount: Decimal


@dataclass(frozen=True, slots=True)
class RevenueRow:
    """Charges of one posting month and revenue category."""

    posting_month: dt.date
    category_code: str
    category_name: str
    charged_amount: Decimal


@dataclass(frozen=True, slots=True)
class MarginRow:
    """One row of ``provider_margin_monthly``; ``provider_id`` is an NPI, never a name."""

    margin_month: dt.date
    provider_id: str
    net_revenue_amount: Decimal
    direct_cost_amount: Decimal
    provider_compensation_amount: Decimal


@dataclass(frozen=True, slots=True)
class CashDay:
    """What came to and left the bank on one day, one row per account or all of them together."""

    cash_date: dt.date
    deposit_amount: Decimal
    withdrawal_amount: Decimal


@dataclass(frozen=True, slots=True)
class ForecastDay:
    """One day of ``cash_forecast_daily``: balances are those at the end of the day."""

    forecast_date: dt.date
    payroll_amount: Decimal
    projected_balance_amount: Decimal
    projected_balance_lower_amount: Decimal


@dataclass(frozen=True, slots=True)
class ReportedForecast:
    """The forecast with the facts behind it.

    ``wape``: Σ|error| ÷ Σ actual of the back-test, 0 is perfect; ``naive_wape`` the same for repeating the past.
    ``floor_ratio``: how many payrolls of cash should be on hand before each payroll.
    """

    as_of_date: dt.date
    opening_balance_amount: Decimal
    method: str
    days: tuple[ForecastDay, ...]
    wape: float | None = None
    naive_wape: float | None = None
    floor_ratio: Decimal = Decimal("1.2")


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One open denial without any identifier. ``days_since_service`` counts from service to denial."""

    payer_name: str
    denial_class: str
    group_code: str | None
    reason_code: str | None
    days_since_service: int | None
    charged_amount: Decimal
    overturn_probability: float
    expected_recovery_amount: Decimal | None
    is_for_a_person: bool = False


@dataclass(frozen=True, slots=True)
class DenialWork:
    """The head of the worklist (at most 25 rows are shown) and what the whole of it is worth."""

    rows: tuple[WorklistRow, ...]
    open_count: int
    worth_count: int
    worth_recovery_amount: Decimal


@dataclass(frozen=True, slots=True)
class ReportedDenialModel:
    """The model that scored the worklist. ``auc``: .5 is chance, 1 perfect; ``ece``: how far a probability is off."""

    model_name: str
    labelled_count: int
    auc: float | None = None
    ece: float | None = None
    model_version: str | None = None


@dataclass(frozen=True, slots=True)
class RejectionRow:
    """Claims that never reached a payer and that nobody has sent again, by payer and reason; in our own words."""

    payer_name: str
    reason: str
    what_to_do: str
    claim_count: int
    charged_amount: Decimal


@dataclass(frozen=True, slots=True)
class ReportData:
    """Everything the report shows. Every sequence may be empty: a practice without that file gets a sentence instead.

    ``generated_on`` is the day of writing, ``as_of_date`` the last posting (``None`` before any), ``vocabulary`` the
    words of every kind of file. ``held`` belongs to the control totals of ``sources``; ``also_waiting`` is what waits
    outside them (withdrawals, desk payments, receipts in 2300, adjustments without a known reason, what payers took
    without an original).
    ``entry_count`` and the posted amounts are of every entry of every book; ``trial_balance`` nets the accrual book.
    ``payer`` names come from files and are escaped; nothing here may identify a patient or a claim.
    """

    practice_name: str
    generated_on: dt.date
    as_of_date: dt.date | None
    vocabulary: Vocabulary
    sources: tuple[SourceRow, ...] = ()
    held: tuple[HeldRow, ...] = ()
    also_waiting: tuple[HeldRow, ...] = ()
    agreements: tuple[AgreementRow, ...] = ()
    bank_statuses: tuple[BankStatusRow, ...] = ()
    findings: tuple[FindingRow, ...] = ()
    entry_count: int = 0
    posted_debit_amount: Decimal = ZERO
    posted_credit_amount: Decimal = ZERO
    trial_balance: tuple[ReportedBalance, ...] = ()
    goals: tuple[Goal, ...] = ()
    dso_by_payer_monthly: tuple[DsoRow, ...] = ()
    denial_rate_monthly: tuple[DenialRateRow, ...] = ()
    revenue_by_category_monthly: tuple[RevenueRow, ...] = ()
    provider_margin_monthly: tuple[MarginRow, ...] = ()
    cash_daily: tuple[CashDay, ...] = ()
    cash_forecast: ReportedForecast | None = None
    denial_work: DenialWork | None = None
    denial_model: ReportedDenialModel | None = None
    open_rejections: tuple[RejectionRow, ...] = ()
    notes: tuple[str, ...] = ()

    def goal(self, measure: str) -> Goal | None:
        """Return the goal set for a measure, ``None`` when there is none."""
        return next((goal for goal in self.goals if goal.measure == measure), None)
