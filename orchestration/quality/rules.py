"""The rules of the three quality gates, as finance reads them: what must hold, what it means, what to do.

Declarations only. What does not belong here: the library that evaluates them (``evaluation``), how a
checked column comes from a mart (``columns``), keys and control totals (dbt tests).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from orchestration.accounting.accounts import AccountRoles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestration.accounting.accounts import Account
    from orchestration.core.findings import Severity

Gate = Literal["remittances", "charges", "journal_batch"]
GATES: tuple[Gate, ...] = get_args(Gate)

GATE_TITLES: Mapping[Gate, str] = {
    "remittances": "Remittances of payers",
    "charges": "Charges of the EHR",
    "journal_batch": "Journal entries about to be posted",
}

_PART_OF_PLB = 16
# the posting rules, as the models of movements write them
RULE_IDS = (*(f"R{number:02d}" for number in range(1, 25) if number != _PART_OF_PLB), "RV", "PLB", "UNK")

_BILLING = "Billing"
_BOOKKEEPING = "Bookkeeping"
_DATA_TEAM = "Data engineering"

# a payer may announce a payment some days ahead, and a backlog of files may reach back some years
_DAYS_AHEAD = 31
_DAYS_BACK = 3 * 366

_REMITTED_PAYER_CLASSES = (
    "medicare",
    "medicaid",
    "commercial",
    "government",
    "liability",
    "workers_compensation",
    "self_pay",
    "other",
)
_CLAIM_STATUS_CODES = ("1", "2", "3", "4", "19", "20", "21", "22", "23", "25")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a gate, on one column of the frame the gate checks.

    ``words`` is true when the rule holds. ``severity`` ``error`` keeps the batch from being posted, ``warning`` asks a
    person to look. ``expectation_type`` and ``kwargs`` are Great Expectations' names.
    """

    gate: Gate
    name: str
    words: str
    expectation_type: str
    kwargs: Mapping[str, Any] = field(hash=False)
    owner: str
    meaning: str
    what_to_do: str
    severity: Severity = "error"

    @property
    def meta(self) -> dict[str, str]:
        """What travels with the expectation: who owns it, what a failure means, what to do."""
        return {"owner": self.owner, "meaning": self.meaning, "what_to_do": self.what_to_do}

    @property
    def is_blocking(self) -> bool:
        """Whether nothing of the batch is posted while the rule fails."""
        return self.severity == "error"


def gate_rules(chart: Sequence[Account]) -> Mapping[Gate, tuple[Rule, ...]]:
    """Return the rules of every gate, for a chart of accounts."""
    return {
        "remittances": remittance_rules(),
        "charges": charge_rules(),
        "journal_batch": journal_rules(chart),
    }


def remittance_rules() -> tuple[Rule, ...]:
    """Return the rules for remittance lines, one row per service line of a remitted claim."""
    return (
        Rule(
            "remittances",
            "charge_splits_whole",
            "Paid, reductions, patient share and denials add up to the charge on every line that is to be posted",
            "expect_column_values_to_be_in_set",
            _true("is_split_whole_or_held"),
            _BOOKKEEPING,
            "Part of a charge would stay in receivables without a reason, or leave them without one.",
            "Open the payment in the remittance worklist, compare with the payer's own document, and ask the data team "
            "which adjustment was not classified.",
        ),
        Rule(
            "remittances",
            "posting_date_known",
            "Every line that is to be posted has a payment date",
            "expect_column_values_to_be_in_set",
            _true("is_dated_or_held"),
            _BOOKKEEPING,
            "Without a payment date nobody knows the month the payment belongs to.",
            "Ask the payer for the payment date and hold the payment until it is known.",
        ),
        Rule(
            "remittances",
            "posting_date_plausible",
            "The payment date lies within the last three years and at most 31 days ahead",
            "expect_column_values_to_be_between",
            _near("posting_days_ago"),
            _BOOKKEEPING,
            "A wrong year puts cash into a wrong period, or an old backlog is being loaded.",
            "Expected when a backlog is loaded; else compare the payment date with the bank deposit.",
            "warning",
        ),
        Rule(
            "remittances",
            "payer_class_known",
            "The kind of payer is one of those the books know",
            "expect_column_values_to_be_in_set",
            {"column": "payer_class", "value_set": list(_REMITTED_PAYER_CLASSES)},
            _DATA_TEAM,
            "Reports by payer class would not add up to the whole.",
            "Add the claim filing indicator to the mapping of payer classes.",
        ),
        Rule(
            "remittances",
            "payer_class_mapped",
            "At least 90 % of lines fall in a payer class other than 'other'",
            "expect_column_values_to_not_be_in_set",
            {"column": "payer_class", "value_set": ["other"], "mostly": 0.90},
            _DATA_TEAM,
            "Payer mix and days in receivables by class lose their meaning.",
            "Look up the claim filing indicators of the newest files and add them to the mapping.",
            "warning",
        ),
        Rule(
            "remittances",
            "denied_amount_not_negative",
            "The denied amount is zero or more on at least 99 % of lines that reverse nothing",
            "expect_column_values_to_be_between",
            {"column": "denied_cents_without_reversals", "min_value": 0, "mostly": 0.99},
            _BILLING,
            "Negative denials hide real ones: the denial rate is too low.",
            "Find the claims in the denial worklist; the payer may correct a denial without a reversal.",
            "warning",
        ),
        Rule(
            "remittances",
            "adjustment_codes_known",
            "At least 95 % of lines carry only adjustment codes we know the meaning of",
            "expect_column_values_to_be_in_set",
            _true("has_only_known_adjustments", 0.95),
            _BILLING,
            "Unknown reductions stay in receivables and make them look collectable.",
            "List the unknown codes, decide with the biller what each means, and add it to the adjustment codes.",
            "warning",
        ),
        Rule(
            "remittances",
            "provider_known",
            "The rendering provider is known on at least 95 % of lines",
            "expect_column_values_to_not_be_null",
            {"column": "rendering_provider_id", "mostly": 0.95},
            _BILLING,
            "Revenue without a provider is missing from the margin of every provider.",
            "Ask the clearinghouse why the payer no longer returns the rendering provider.",
            "warning",
        ),
        Rule(
            "remittances",
            "paid_within_charge",
            "The payer pays no more than was charged on at least 99 % of lines",
            "expect_column_values_to_be_in_set",
            _true("is_paid_within_charge", 0.99),
            _BILLING,
            "Either the fee schedule lies below the contract, or an overpayment will be taken back.",
            "Compare the fee schedule with the contract; report an overpayment before the payer finds it.",
            "warning",
        ),
        Rule(
            "remittances",
            "paid_within_allowed",
            "The payer pays no more than it allows on at least 99 % of lines",
            "expect_column_values_to_be_in_set",
            _true("is_paid_within_allowed", 0.99),
            _BILLING,
            "The payer contradicts itself; underpayments cannot be told from these lines.",
            "Ask the payer which of the two amounts is right.",
            "warning",
        ),
        Rule(
            "remittances",
            "service_before_payment",
            "The service lies on or before the payment on at least 99 % of lines",
            "expect_column_pair_values_a_to_be_greater_than_b",
            {
                "column_A": "posting_date",
                "column_B": "service_date",
                "or_equal": True,
                "ignore_row_if": "either_value_is_missing",
                "mostly": 0.99,
            },
            _BILLING,
            "Days in receivables and timely filing are computed from a wrong date.",
            "Compare the service date with the charge in the EHR.",
            "warning",
        ),
        Rule(
            "remittances",
            "claim_status_known",
            "The claim status is one the standard defines on at least 99 % of lines",
            "expect_column_values_to_be_in_set",
            {"column": "claim_status_code", "value_set": list(_CLAIM_STATUS_CODES), "mostly": 0.99},
            _DATA_TEAM,
            "A reversal or a secondary payment may be booked as an ordinary payment.",
            "Read the payer's companion guide for the status and extend the reader.",
            "warning",
        ),
        Rule(
            "remittances",
            "denials_in_usual_range",
            "At least 60 % of lines are not denied",
            "expect_column_values_to_be_in_set",
            {"column": "is_denied", "value_set": [False], "mostly": 0.60},
            _BILLING,
            "A payer changed a rule, or one mistake is repeated on every claim.",
            "Sort the denial worklist by reason; correct the cause before the next claims go out.",
            "warning",
        ),
        Rule(
            "remittances",
            "little_is_held",
            "At least 95 % of lines belong to payments that can be posted",
            "expect_column_values_to_be_in_set",
            {"column": "disposition", "value_set": ["proposed"], "mostly": 0.95},
            _BOOKKEEPING,
            "Cash is at the bank whose reason is not in the books.",
            "Work through the held payments: most do not balance, or arrived twice with different content.",
            "warning",
        ),
    )


def charge_rules() -> tuple[Rule, ...]:
    """Return the rules for charge lines, one row per charge line of an EHR export."""
    return (
        Rule(
            "charges",
            "revenue_account_known",
            "Every charge that is to be posted has its revenue accounts",
            "expect_column_values_to_be_in_set",
            _true("has_revenue_account_or_is_held"),
            _BOOKKEEPING,
            "A charge would raise receivables without raising revenue.",
            "Map the procedure's range to a revenue category.",
        ),
        Rule(
            "charges",
            "component_within_charge",
            "The professional component lies between zero and the whole charge",
            "expect_column_values_to_be_in_set",
            _true("is_component_within_charge"),
            _DATA_TEAM,
            "Professional and technical revenue would not add up to the charge.",
            "Look at the split rates of the categories that have components.",
        ),
        Rule(
            "charges",
            "posting_date_plausible",
            "The posting date lies within the last three years and at most 31 days ahead",
            "expect_column_values_to_be_between",
            _near("posting_days_ago"),
            _BOOKKEEPING,
            "A wrong year puts revenue into a wrong period, or an old backlog is being loaded.",
            "Expected when a backlog is loaded; else correct the date in the EHR and export again.",
            "warning",
        ),
        Rule(
            "charges",
            "charge_plausible",
            "The charge lies between $0 and $100,000 on at least 99 % of lines",
            "expect_column_values_to_be_between",
            {"column": "charged_cents", "min_value": 0, "max_value": 10_000_000, "mostly": 0.99},
            _BILLING,
            "A slipped decimal point overstates revenue and receivables.",
            "Compare the highest charges with the fee schedule.",
            "warning",
        ),
        Rule(
            "charges",
            "units_positive",
            "Units are above zero on at least 99 % of lines",
            "expect_column_values_to_be_between",
            {"column": "charged_units", "min_value": 0, "strict_min": True, "mostly": 0.99},
            _BILLING,
            "Payers reject lines without units, and productivity by provider is too low.",
            "Correct the units in the EHR before the claim is sent.",
            "warning",
        ),
        Rule(
            "charges",
            "service_before_posting",
            "The service lies on or before the posting on at least 99 % of lines",
            "expect_column_pair_values_a_to_be_greater_than_b",
            {
                "column_A": "posting_date",
                "column_B": "service_date",
                "or_equal": True,
                "ignore_row_if": "either_value_is_missing",
                "mostly": 0.99,
            },
            _BILLING,
            "Services are charged before they are rendered: a deposit, or a wrong date.",
            "Correct the service date in the EHR.",
            "warning",
        ),
        Rule(
            "charges",
            "charged_soon",
            "At least 95 % of charges are entered within 30 days of the service",
            "expect_column_values_to_be_between",
            {"column": "charge_lag_days", "max_value": 30, "mostly": 0.95},
            _BILLING,
            "Late charges miss filing limits, and the month of the service closes without its revenue.",
            "Ask who has open encounters, and close them.",
            "warning",
        ),
        Rule(
            "charges",
            "category_known",
            "The revenue category is known on at least 98 % of lines",
            "expect_column_values_to_not_be_null",
            {"column": "category_code", "mostly": 0.98},
            _BOOKKEEPING,
            "Charges without a category are held: revenue is too low.",
            "Look up the unmapped procedures among the held charges and extend the category ranges.",
            "warning",
        ),
        Rule(
            "charges",
            "procedure_code_whole",
            "CPT and HCPCS codes have five characters on at least 99 % of lines",
            "expect_column_value_lengths_to_equal",
            {"column": "cpt_code", "value": 5, "mostly": 0.99},
            _DATA_TEAM,
            "A spreadsheet cut leading zeros, or modifiers are glued to the code.",
            "Export again straight from the EHR, without opening the file in between.",
            "warning",
        ),
        Rule(
            "charges",
            "payer_known",
            "The payer is known on at least 95 % of lines",
            "expect_column_values_to_not_be_in_set",
            {"column": "payer_class", "value_set": ["unclassified"], "mostly": 0.95},
            _BILLING,
            "Receivables without a payer are nobody's to collect.",
            "Complete the insurance of the patients in the EHR.",
            "warning",
        ),
        Rule(
            "charges",
            "provider_known",
            "The rendering provider is known on at least 95 % of lines",
            "expect_column_values_to_not_be_null",
            {"column": "rendering_provider_id", "mostly": 0.95},
            _BILLING,
            "Revenue without a provider is missing from the margin of every provider.",
            "Complete the rendering provider in the EHR.",
            "warning",
        ),
        Rule(
            "charges",
            "diagnosis_present",
            "A diagnosis stands on at least 90 % of lines",
            "expect_column_values_to_not_be_null",
            {"column": "diagnosis_codes", "mostly": 0.90},
            _BILLING,
            "A claim without a diagnosis is rejected before the payer sees it.",
            "Send the encounters back to their providers.",
            "warning",
        ),
        Rule(
            "charges",
            "few_arrive_twice",
            "At least 95 % of lines were not exported before",
            "expect_column_values_to_not_be_in_set",
            {"column": "hold_reason", "value_set": ["duplicate_transaction"], "mostly": 0.95},
            _BILLING,
            "The export covers days that were exported already; nothing is booked twice.",
            "Check the date range of the scheduled export.",
            "warning",
        ),
    )


def journal_rules(chart: Sequence[Account]) -> tuple[Rule, ...]:
    """Return the rules for the lines of proposed journal entries."""
    return (
        Rule(
            "journal_batch",
            "entries_balance",
            "Debits equal credits in every entry",
            "expect_column_values_to_be_in_set",
            _true("is_event_balanced"),
            _BOOKKEEPING,
            "The trial balance would not balance.",
            "Do not post. Give the entry's event to the data team: a posting rule lacks its other side.",
        ),
        Rule(
            "journal_batch",
            "debit_not_negative",
            "Debits are zero or more",
            "expect_column_values_to_be_between",
            {"column": "debit_cents", "min_value": 0},
            _BOOKKEEPING,
            "A negative debit is a credit in disguise; other ledgers refuse it.",
            "Do not post. Give the entry's event to the data team.",
        ),
        Rule(
            "journal_batch",
            "credit_not_negative",
            "Credits are zero or more",
            "expect_column_values_to_be_between",
            {"column": "credit_cents", "min_value": 0},
            _BOOKKEEPING,
            "A negative credit is a debit in disguise; other ledgers refuse it.",
            "Do not post. Give the entry's event to the data team.",
        ),
        Rule(
            "journal_batch",
            "one_side_each",
            "Every line stands on exactly one side",
            "expect_column_values_to_be_in_set",
            _true("is_on_one_side"),
            _BOOKKEEPING,
            "A line on both sides or on none tells nothing and inflates turnover.",
            "Do not post. Give the entry's event to the data team.",
        ),
        Rule(
            "journal_batch",
            "accounts_in_chart",
            "Every account is in the chart of accounts",
            "expect_column_values_to_be_in_set",
            {"column": "account_code", "value_set": sorted(account.account_code for account in chart)},
            _BOOKKEEPING,
            "The amount would be in no line of the statements.",
            "Add the account to the chart, or correct the mapping that names it.",
        ),
        Rule(
            "journal_batch",
            "account_named",
            "Every line names an account",
            "expect_column_values_to_not_be_null",
            {"column": "account_code"},
            _BOOKKEEPING,
            "The amount would be in no line of the statements.",
            "Find the mapping that gave no account: a category, a vendor or a withdrawal.",
        ),
        Rule(
            "journal_batch",
            "rules_documented",
            "Every line comes from a posting rule the books document",
            "expect_column_values_to_be_in_set",
            {"column": "rule_id", "value_set": list(RULE_IDS)},
            _DATA_TEAM,
            "An auditor could not tell why the line exists.",
            "Document the rule, then add it to the known ones.",
        ),
        Rule(
            "journal_batch",
            "entry_dated",
            "Every line has a date",
            "expect_column_values_to_not_be_null",
            {"column": "entry_date"},
            _BOOKKEEPING,
            "Without a date nobody knows the period it belongs to.",
            "Do not post. Give the entry's event to the data team.",
        ),
        Rule(
            "journal_batch",
            "one_date_per_entry",
            "All lines of an entry have the same date",
            "expect_column_values_to_be_in_set",
            _true("is_one_date_per_event"),
            _BOOKKEEPING,
            "The entry would be half in one period and half in another.",
            "Do not post. Give the entry's event to the data team.",
        ),
        Rule(
            "journal_batch",
            "entry_date_plausible",
            "The entry date lies within the last three years and at most 31 days ahead",
            "expect_column_values_to_be_between",
            _near("entry_days_ago"),
            _BOOKKEEPING,
            "A wrong year changes closed statements, or an old backlog is being loaded.",
            "Expected when a backlog is loaded; else look at the file the entry comes from.",
            "warning",
        ),
        Rule(
            "journal_batch",
            "amounts_plausible",
            "No line is above $1,000,000 on at least 99 % of lines",
            "expect_column_values_to_be_between",
            {"column": "line_cents", "max_value": 100_000_000, "mostly": 0.99},
            _BOOKKEEPING,
            "A slipped decimal point, or amounts in cents taken for dollars.",
            "Compare the largest entries with their files before posting.",
            "warning",
        ),
        Rule(
            "journal_batch",
            "little_in_suspense",
            "At least 99 % of lines have an account other than suspense",
            "expect_column_values_to_not_be_in_set",
            {"column": "account_code", "value_set": [AccountRoles.of(chart)["suspense"]], "mostly": 0.99},
            _BOOKKEEPING,
            "Amounts nobody has explained gather on the balance sheet.",
            "Clear the suspense account: most come from payer adjustments without a mapping.",
            "warning",
        ),
        Rule(
            "journal_batch",
            "service_revenue_has_provider",
            "At least 95 % of lines are no service revenue or name the provider who earned it",
            "expect_column_values_to_be_in_set",
            _true("has_provider_when_service_revenue", 0.95),
            _BILLING,
            "Margin by provider is too low for somebody.",
            "Complete the rendering provider in the EHR.",
            "warning",
        ),
    )


def _true(column: str, mostly: float = 1.0) -> dict[str, Any]:
    return {"column": column, "value_set": [True], **({"mostly": mostly} if mostly < 1 else {})}


def _near(column: str) -> dict[str, Any]:
    return {"column": column, "min_value": -_DAYS_AHEAD, "max_value": _DAYS_BACK}
