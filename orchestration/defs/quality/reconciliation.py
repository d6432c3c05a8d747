"""The gate before the ledger: what came in, what the bank shows and what is proposed must be the same dollars."""

import dagster as dg

from orchestration.defs.catalog import BOOKKEEPING
from orchestration.defs.resources import Practice
from orchestration.operations.reconcile import reconcile
from orchestration.quality.agreements import AGREEMENTS


def _specs() -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(
            name=agreement.name,
            asset=dg.AssetKey(["posting", "fct_journal_lines"]),
            description=agreement.sentence,
            blocking=True,
            additional_deps=[
                dg.AssetKey(["posting", "fct_control_items"]),
                dg.AssetKey(["posting", "posting_agreements"]),
                dg.AssetKey(["marts", "bank_reconciliation"]),
                dg.AssetKey(["marts", "fct_charge_lines"]),
            ],
        )
        for agreement in AGREEMENTS
    ]


@dg.multi_asset_check(name="reconciliation", specs=_specs(), pool="lake")
def reconciliation(practice: Practice):  # noqa: ANN201  # Dagster reads the results one by one
    """Compare the two sums of every agreement."""
    for compared in reconcile(practice.stores):
        agreement = compared.agreement
        yield dg.AssetCheckResult(
            check_name=agreement.name,
            asset_key=dg.AssetKey(["posting", "fct_journal_lines"]),
            passed=compared.is_equal,
            metadata={
                agreement.left: f"{compared.left_amount:.2f}",
                agreement.right: f"{compared.right_amount:.2f}",
                "owner": BOOKKEEPING,
            },
        )
