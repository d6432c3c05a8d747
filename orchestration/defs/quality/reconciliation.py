"""The gate before the ledger: what came in, what the bank shows and what is proposed must be the same dollars.

Every check compares two sums that were made in different places; a difference stops the posting, because it would
be an error of ours, not of the data: data that does not balance was held long before.
"""

from dataclasses import dataclass
from decimal import Decimal

import dagster as dg
import duckdb

from orchestration.defs.catalog import BOOKKEEPING
from orchestration.defs.resources import Practice
from orchestration.formats.registry import booked_kind_names


@dataclass(frozen=True)
class Agreement:
    """Two sums that must be equal; ``left`` and ``right`` say in words what each is."""

    name: str
    sentence: str
    left: str
    right: str
    sql: str


def _of_every_source(column: str) -> str:
    """Return SQL for one amount of every file of every kind."""
    return " union all ".join(f"select {column} as amount from raw_{source}.files" for source in booked_kind_names())


AGREEMENTS = (
    Agreement(
        "remittances_equal_proposals",
        "Σ BPR02 of every 835 transaction that is proposed = what its entries put into EFT clearing.",
        "remitted_amount",
        "proposed_clearing_amount",
        """
        select
            (
                select coalesce(sum(raw.paid_amount), 0)
                from raw_era835.transactions as raw
                inner join intermediate.int_remittances__payments as payments
                    on raw.file_id = payments.file_id and raw.transaction_number = payments.transaction_number
                where payments.disposition = 'proposed'
            ),
            (
                select coalesce(sum(debit_amount - credit_amount), 0)
                from marts.fct_journal_lines where source = 'era835' and account_code = '1030'
            )
        """,
    ),
    Agreement(
        "deposits_equal_remittances",
        "Every deposit matched to a remittance is that remittance, dollar for dollar, and leaves EFT clearing.",
        "matched_remittance_amount",
        "proposed_deposit_amount",
        """
        select
            (
                select coalesce(sum(payments.paid_amount), 0)
                from marts.bank_reconciliation as matched
                inner join intermediate.int_remittances__payments as payments
                    on matched.payment_key = payments.payment_key
                where matched.reconciliation_status = 'reconciled'
            ),
            (
                select coalesce(sum(credit_amount - debit_amount), 0)
                from marts.fct_journal_lines where source = 'bank' and account_code = '1030'
            )
        """,
    ),
    Agreement(
        "charges_equal_proposals",
        "Σ charged of every line that is proposed = the revenue its entries book.",
        "charged_amount",
        "proposed_revenue_amount",
        """
        select
            (select coalesce(sum(charged_amount), 0) from marts.fct_charge_lines where disposition = 'proposed'),
            (
                select coalesce(sum(credit_amount - debit_amount), 0)
                from marts.fct_journal_lines where rule_id = 'R01' and account_code like '4000%'
            )
        """,
    ),
    Agreement(
        "every_dollar_in_is_proposed_held_or_quarantined",
        "Σ of every file's control amount = Σ proposed + Σ held + Σ quarantined.",
        "in_amount",
        "accounted_amount",
        f"""
        select
            (select coalesce(sum(amount), 0) from ({_of_every_source("in_amount")})),
            (
                select coalesce(sum(amount), 0) from (
                    select control_amount as amount from marts.fct_control_items
                    union all {_of_every_source("quarantined_amount")}
                )
            )
        """,
    ),
    Agreement(
        "proposed_debits_equal_credits",
        "Σ debits of all proposals = Σ credits.",
        "debit_amount",
        "credit_amount",
        "select coalesce(sum(debit_amount), 0), coalesce(sum(credit_amount), 0) from marts.fct_journal_lines",
    ),
)


def disagreements(lake: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of the agreements that do not hold."""
    failed = []
    for agreement in AGREEMENTS:
        left, right = lake.execute(agreement.sql).fetchone() or (None, None)
        if left != right:
            failed.append(agreement.name)
    return failed


def _specs() -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(
            name=agreement.name,
            asset=dg.AssetKey(["marts", "fct_journal_lines"]),
            description=agreement.sentence,
            blocking=True,
            additional_deps=[
                dg.AssetKey(["marts", "fct_control_items"]),
                dg.AssetKey(["marts", "bank_reconciliation"]),
                dg.AssetKey(["marts", "fct_charge_lines"]),
            ],
        )
        for agreement in AGREEMENTS
    ]


@dg.multi_asset_check(name="reconciliation", specs=_specs(), pool="lake")
def reconciliation(practice: Practice):  # noqa: ANN201  # Dagster reads the results one by one
    """Compare the two sums of every agreement."""
    with practice.stores.lake.connect() as lake:
        for agreement in AGREEMENTS:
            left, right = lake.execute(agreement.sql).fetchone() or (Decimal(0), Decimal(0))
            yield dg.AssetCheckResult(
                check_name=agreement.name,
                asset_key=dg.AssetKey(["marts", "fct_journal_lines"]),
                passed=left == right,
                metadata={
                    agreement.left: f"{left:.2f}",
                    agreement.right: f"{right:.2f}",
                    "owner": BOOKKEEPING,
                },
            )
