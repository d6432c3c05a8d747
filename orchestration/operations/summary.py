"""The facts a run ends with: files, claims, every dollar in and where it is, denials worth appealing, DSO, low cash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.core.money import ZERO
from orchestration.operations.control import control_totals
from orchestration.stores.lake import rows

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from orchestration.stores.practice import PracticeStores


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts, amounts in dollars, days; ``None`` where there is nothing to say it from."""

    files: int
    quarantined_files: int
    claims: int
    in_amount: Decimal
    posted_amount: Decimal
    held_amount: Decimal
    quarantined_amount: Decimal
    is_conserved: bool
    entries: int
    trial_balance_amount: Decimal
    denials_worth_appealing: int
    expected_recovery_amount: Decimal
    dso_days: float | None
    low_point_amount: Decimal | None
    low_point_date: dt.date | None


def summarize(stores: PracticeStores) -> Summary:
    """Return the facts of the books as they are now; every mart must have been built."""
    control = control_totals(stores)
    with stores.lake.connect() as lake:
        claims = rows(
            lake,
            "select count(distinct claim_id) as n from (select claim_id from marts.fct_charge_lines "
            "union all select claim_id from marts.fct_remittance_lines)",
        )[0]["n"]
        worth = rows(
            lake,
            "select count(*) as n, coalesce(sum(expected_recovery_amount), 0) as amount from marts.denial_worklist "
            "where is_worth_appealing",
        )[0]
        dso = rows(
            lake,
            "select dso_days from measures.dso_by_payer_monthly where payer_id = 'ALL' "
            "order by activity_month desc limit 1",
        )
        cash = rows(lake, "select low_point_amount, low_point_date from marts.cash_forecast_summary")
    sources = control.sources
    days = dso[0]["dso_days"] if dso else None
    return Summary(
        files=sum(s.files for s in sources),
        quarantined_files=sum(s.quarantined_files for s in sources),
        claims=claims,
        in_amount=sum((s.in_amount for s in sources), ZERO),
        posted_amount=sum((s.posted_amount for s in sources), ZERO),
        held_amount=sum((s.held_amount for s in sources), ZERO),
        quarantined_amount=sum((s.quarantined_amount for s in sources), ZERO),
        is_conserved=all(s.is_conserved for s in sources),
        entries=control.entry_count,
        trial_balance_amount=control.trial_balance_amount,
        denials_worth_appealing=worth["n"],
        expected_recovery_amount=worth["amount"],
        dso_days=round(days, 1) if days is not None else None,
        low_point_amount=cash[0]["low_point_amount"] if cash else None,
        low_point_date=cash[0]["low_point_date"] if cash else None,
    )
