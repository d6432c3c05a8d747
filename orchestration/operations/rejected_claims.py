"""Claims a receiver refused before any payer decided, with their numbers, for the biller who sends them again."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from orchestration.stores.lake import rows, table_names

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from orchestration.stores.practice import PracticeStores


@dataclass(frozen=True, slots=True)
class RejectedClaim:
    """One refusal of a claim, or of the whole set or group it was sent in; ``charged_amount`` in dollars."""

    claim_id: str | None
    rejection_level: str
    rejected_date: dt.date | None
    rejected_by: str | None
    payer_id: str | None
    payer_name: str | None
    charged_amount: Decimal | None
    service_from_date: dt.date | None
    reason_code: str | None
    status_code: str | None
    error_segment_id: str | None
    element_position: str | None
    reason: str
    what_to_do: str
    resubmitted_date: dt.date | None
    remitted_date: dt.date | None
    is_open: bool


def rejected_claims(stores: PracticeStores, *, show_all: bool) -> list[RejectedClaim]:
    """Return refused claims that still wait, or all of them, the largest amount first."""
    with stores.lake.connect() as lake:
        if "marts.fct_claim_rejections" not in table_names(lake):
            return []
        chosen = "true" if show_all else "is_open"
        columns = ", ".join(field.name for field in fields(RejectedClaim))
        found = rows(
            lake,
            f"select {columns} from marts.fct_claim_rejections where {chosen} "
            "order by charged_amount desc nulls last, claim_id, rejected_date, claim_rejection_key",
        )
    return [RejectedClaim(**row) for row in found]
