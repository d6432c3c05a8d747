"""A made-up practice as the report is given it: every figure by formula, so that two runs are the same bytes."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

from orchestration.operations.vocabulary import vocabulary
from orchestration.reporting.data import (
    AgreementRow,
    BankStatusRow,
    CashDay,
    DenialRateRow,
    DenialWork,
    DsoRow,
    FindingRow,
    ForecastDay,
    Goal,
    HeldRow,
    MarginRow,
    RejectionRow,
    ReportData,
    ReportedBalance,
    ReportedDenialModel,
    ReportedForecast,
    RevenueRow,
    SourceRow,
    WorklistRow,
)

AS_OF = dt.date(2026, 11, 20)
TODAY = dt.date(2026, 11, 23)
PAYERS = (
    ("60054", "Northfield Health Plan", 0.30, 31.0, 0.071),
    ("00882", "Medicare Part B", 0.24, 19.0, 0.043),
    ("87726", "Harbor Mutual", 0.16, 44.0, 0.118),
    ("62308", "Evergreen Benefit Trust", 0.11, 52.0, 0.094),
    ("77027", "State Medicaid", 0.09, 63.0, 0.152),
    ("99726", "TRICARE East", 0.06, 38.0, 0.066),
    ("SELF", "Self pay", 0.04, 71.0, 0.0),
)
CATEGORIES = (
    ("office_visits", "Office and other visits", 0.46),
    ("procedures", "Procedures", 0.19),
    ("radiology", "Radiology", 0.13),
    ("laboratory", "Laboratory and pathology", 0.11),
    ("medicine", "Medicine and therapy", 0.07),
    ("drugs", "Drugs and supplies billed", 0.03),
    ("other", "Other coded services", 0.01),
)
PROVIDERS = (("1234567893", 0.41, 0.55), ("1457382913", 0.34, 0.50), ("1679576722", 0.25, 0.43))
HELD = (
    HeldRow("bank", "unidentified_deposit", 3, Decimal("4210.00")),
    HeldRow("bank", "deposit_differs_from_remittance", 1, Decimal("1882.40")),
    HeldRow("documents", "arithmetic_not_proved", 2, Decimal("913.27")),
    HeldRow("documents", "over_approval_limit", 1, Decimal("2750.00")),
    HeldRow("documents", "unknown_vendor", 1, Decimal("349.00")),
    HeldRow("ehr", "unmapped_procedure", 4, Decimal("612.00")),
    HeldRow("era835", "duplicate_payment", 2, Decimal("3904.11")),
    HeldRow("era835", "unbalanced_claim", 1, Decimal("2217.85")),
)
SOURCES = (
    SourceRow("era835", 212, 1, Decimal("1204881.13"), Decimal("1197618.17"), Decimal("6121.96"), Decimal("1141.00")),
    SourceRow("ehr", 262, 0, Decimal("2671450.00"), Decimal("2670838.00"), Decimal("612.00"), Decimal("0.00")),
    SourceRow("bank", 12, 0, Decimal("1331907.66"), Decimal("1325815.26"), Decimal("6092.40"), Decimal("0.00")),
    SourceRow("payroll", 26, 0, Decimal("712334.90"), Decimal("712334.90"), Decimal("0.00"), Decimal("0.00")),
    SourceRow("documents", 61, 2, Decimal("96114.35"), Decimal("90877.08"), Decimal("4012.27"), Decimal("1225.00")),
)


def money(value: float) -> Decimal:
    return Decimal(repr(round(value, 2))).quantize(Decimal("0.01"))


def months(count: int) -> list[dt.date]:
    return [dt.date(2026 - (back > 10), (10 - back) % 12 + 1, 1) for back in range(count - 1, -1, -1)]


def month_end(month: dt.date) -> dt.date:
    return min((month + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1), AS_OF)


def dso_rows() -> tuple[DsoRow, ...]:
    rows = []
    for number, month in enumerate(months(14)):
        wave = 1 + 0.09 * math.sin(number * 0.9) - 0.012 * number
        total_owed = total_revenue = Decimal("0.00")
        for payer_id, name, share, days, _ in PAYERS:
            revenue = money(396_000 * share * (1 + 0.02 * math.cos(number)))
            owed = money(float(revenue) / 90 * days * wave)
            total_owed, total_revenue = total_owed + owed, total_revenue + revenue
            rows.append(DsoRow(month, month_end(month), payer_id, name, owed, revenue, float(owed / revenue * 90)))
        patients = money(19_400 + 350 * number)
        total_owed += patients
        rows.append(DsoRow(month, month_end(month), "PATIENT", "Patients", patients, Decimal("0.00"), None))
        days = float(total_owed / total_revenue * 90)
        rows.append(DsoRow(month, month_end(month), "ALL", "All payers", total_owed, total_revenue, days))
    return tuple(rows)


def denial_rows() -> tuple[DenialRateRow, ...]:
    rows = []
    for number, month in enumerate(months(14)):
        for payer_id, name, share, _, rate in PAYERS[:-1]:
            remitted = money(210_000 * share)
            denied = money(210_000 * share * rate * (1 + 0.22 * math.sin(number * 0.7 + share * 9)))
            claims = round(900 * share)
            rows.append(DenialRateRow(month, payer_id, name, claims, round(claims * rate * 1.2), remitted, denied))
    return tuple(rows)


def revenue_rows() -> tuple[RevenueRow, ...]:
    return tuple(
        RevenueRow(month, code, name, money(222_000 * share * (1 + 0.1 * math.sin(number * 0.8 + share * 7))))
        for number, month in enumerate(months(13))
        for code, name, share in CATEGORIES
    )


def margin_rows() -> tuple[MarginRow, ...]:
    return tuple(
        MarginRow(
            month, npi, money(132_000 * share), money(132_000 * share * (1 - left)), money(132_000 * share * 0.38)
        )
        for month in months(6)
        for npi, share, left in PROVIDERS
    )


def cash_days() -> tuple[CashDay, ...]:
    rows = []
    for back in range(200):
        day = AS_OF - dt.timedelta(days=back)
        if day.weekday() > 4:
            continue
        deposits = money(4_900 + 1_900 * math.sin(back * 1.7))
        payroll = 27_400 if (AS_OF - day).days % 14 == 0 else 0
        rent = 9_800 if day.day <= 3 and day.weekday() in {0, 1} else 0
        rows.append(CashDay(day, deposits, money(payroll + rent + 1_450)))
    return tuple(rows)


def forecast(opening: str = "61840.22", payroll: int = 27_400) -> ReportedForecast:
    balance, days = Decimal(opening), []
    for ahead in range(1, 91):
        day = AS_OF + dt.timedelta(days=ahead)
        collected = money(4_560 + 900 * math.sin(ahead * 1.3)) if day.weekday() < 5 else Decimal("0.00")
        due = Decimal(payroll) if (AS_OF - day).days % 14 == 0 else Decimal("0.00")
        other = Decimal("9800.00") if day.day == 1 else Decimal("1450.00") if day.weekday() < 5 else Decimal("0.00")
        balance += collected - due - other
        days.append(ForecastDay(day, due, balance, balance - money(1_900 * math.sqrt(ahead))))
    words = "prophet_linear: no baseline was better by more than 2%"
    return ReportedForecast(AS_OF, Decimal(opening), words, tuple(days), 0.386, 0.497)


def denial_work() -> DenialWork:
    classes = ("medical_necessity", "authorization", "coding", "eligibility", "coordination", "timely", "non_covered")
    codes = ("50", "197", "97", "27", "22", "29", "96")
    rows = []
    for number in range(28):
        charged = money(1_480 - 41 * number)
        chance = 0.83 - 0.021 * number + 0.05 * math.sin(number)
        place = (number * 3) % 7
        rows.append(
            WorklistRow(
                PAYERS[number % 6][1], classes[place], "CO", codes[place], 24 + number * 3, charged, chance,
                money(float(charged) * 0.44 * chance), place == 0,
            )
        )  # fmt: skip
    rows.sort(key=lambda row: -row.expected_recovery_amount)
    return DenialWork(tuple(rows), 143, 57, Decimal("11904.55"))


def trial_balance() -> tuple[ReportedBalance, ...]:
    rows = (
        ("1010", "Operating bank account", "1349200.11", "1287359.89"),
        ("1030", "EFT clearing", "1197618.17", "1184310.40"),
        ("1040", "Undeposited patient payments", "141504.86", "141504.86"),
        ("1200", "Accounts receivable insurance", "2560110.00", "2426700.15"),
        ("1210", "Accounts receivable patient", "255410.00", "231418.44"),
        ("4000-01", "Office visits", "0.00", "1228585.48"),
        ("4000-04", "Procedures", "0.00", "507459.22"),
        ("4900", "Contractual adjustments", "1102915.61", "0.00"),
        ("6100", "Salaries and wages", "661200.00", "0.00"),
        ("6110", "Employer payroll taxes", "51134.90", "0.00"),
    )
    known = [ReportedBalance(code, name, Decimal(debit), Decimal(credit)) for code, name, debit, credit in rows]
    rest = sum((row.debit_amount - row.credit_amount for row in known), Decimal(0))
    return (*known, ReportedBalance("4000-90", "Services coded outside CPT and HCPCS", Decimal("0.00"), rest))


def a_report(**changes: object) -> ReportData:
    """A year of a practice of three providers; anything may be set otherwise by name."""
    whole: dict[str, object] = {
        "practice_name": "Cedar Grove Family Medicine",
        "generated_on": TODAY,
        "as_of_date": AS_OF,
        "vocabulary": vocabulary(),
        "sources": SOURCES,
        "held": HELD,
        "also_waiting": (HeldRow("bank", "unidentified_withdrawal", 2, Decimal("388.00")),),
        "agreements": (
            AgreementRow(
                "What remittances say was paid is what their entries book.",
                "remittances", Decimal("1197618.17"), "proposed_entries", Decimal("1197618.17"),
            ),
            AgreementRow(
                "Every deposit matched to a remittance is that remittance, dollar for dollar.",
                "remittances_at_the_bank", Decimal("1184310.40"), "deposit_entries", Decimal("1184310.40"),
            ),
        ),
        "bank_statuses": (
            BankStatusRow("reconciled", 196, Decimal("1184310.40")),
            BankStatusRow("in_transit", 9, Decimal("11402.77")),
            BankStatusRow("overdue", 1, Decimal("1905.00")),
        ),
        "findings": (
            FindingRow("era835", "truncated", "error", 1, Decimal("1141.00")),
            FindingRow("era835", "unbalanced_claim", "error", 1, Decimal("2217.85")),
            FindingRow("documents", "no_total", "error", 2, Decimal("1225.00")),
            FindingRow("documents", "total_not_proved", "warning", 2, Decimal("913.27")),
            FindingRow("documents", "low_resolution", "warning", 5),
            FindingRow("ehr", "npi_check_digit", "warning", 11),
        ),
        "entry_count": 5_318,
        "posted_debit_amount": Decimal("33120377.94"),
        "posted_credit_amount": Decimal("33120377.94"),
        "trial_balance": trial_balance(),
        "goals": (
            Goal("dso_days", Decimal(35), True, "set by the practice", dt.date(2026, 1, 1)),
            Goal("denial_rate", Decimal("0.08"), True, "set by the practice", dt.date(2026, 1, 1)),
            Goal("margin_before_compensation_rate", Decimal("0.48"), False, "set by the practice", dt.date(2026, 1, 1)),
        ),
        "dso_by_payer_monthly": dso_rows(),
        "denial_rate_monthly": denial_rows(),
        "revenue_by_category_monthly": revenue_rows(),
        "provider_margin_monthly": margin_rows(),
        "cash_daily": cash_days(),
        "cash_forecast": forecast(),
        "denial_work": denial_work(),
        "open_rejections": (
            RejectionRow("Corvid", "Something in the claim is not valid", "Correct it", 3, Decimal("742.10")),
            RejectionRow("Heron Medicaid", "The receiver does not have the claim", "Resend it", 1, Decimal("88.00")),
        ),
        "denial_model": ReportedDenialModel("rate_table", 612, 0.741, 0.038, "3"),
        "notes": ("All figures come from synthetic data.",),
    }  # fmt: skip
    return ReportData(**(whole | changes))
