"""Epic professional billing: a month of ARPB_TRANSACTIONS as Clarity gives them, tab separated, dates as 11/4/2025.

Charges are debits and positive, payments and adjustments credits and negative. What moves from payer to patient is an
action on the charge there, not a transaction, so transfers are left out. What does not belong here: the other tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.synthetic.people import PAYERS, SELF_PAY
from orchestration.synthetic.writers.amounts import dollars
from orchestration.synthetic.writers.feed import Batch, File, lines

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from orchestration.synthetic.events import Visit

COLUMNS = (
    "TX_ID", "POST_DATE", "SERVICE_DATE", "TX_TYPE_C_NAME", "ACCOUNT_ID", "PATIENT_ID", "DEBIT_CREDIT_FLAG_NAME",
    "SERV_PROVIDER_ID", "BILLING_PROV_ID", "DEPARTMENT_ID", "POS_ID", "LOC_ID", "SERVICE_AREA_ID", "MODIFIER_ONE",
    "MODIFIER_TWO", "MODIFIER_THREE", "MODIFIER_FOUR", "PRIMARY_DX_ID", "PROCEDURE_QUANTITY", "AMOUNT",
    "OUTSTANDING_AMT", "VOID_DATE", "PROC_ID", "CPT_CODE", "VISIT_NUMBER", "INVOICE_NUM", "PARENT_TX_ID",
    "PAYOR_ID_PAYOR_NAME", "PAYOR_ID", "PAYMENT_SOURCE_C_NAME",
)  # fmt: skip


class EpicFeed:
    """A file a month."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the transactions of the month."""
        yield f"ARPB_TRANSACTIONS_{batch.label}.tsv", lines(self._rows(batch), end="\r\n")

    def _rows(self, batch: Batch) -> Iterator[str]:
        yield "\t".join(COLUMNS)
        dates = batch.world.days.dates
        for day in batch.days():
            posted = _date(dates[day.day])
            for visit, charges in day.charges:
                of_visit = self._visit(batch, visit)
                for charge in charges:
                    yield _row(
                        of_visit,
                        TX_ID=charge.transaction_id,
                        POST_DATE=posted,
                        TX_TYPE_C_NAME="Charge",
                        DEBIT_CREDIT_FLAG_NAME="Debit",
                        MODIFIER_ONE=charge.modifier,
                        PROCEDURE_QUANTITY=str(charge.units),
                        AMOUNT=dollars(charge.cents),
                        VOID_DATE=posted if charge.is_void else "",
                        PROC_ID=f"9{charge.code}",
                        CPT_CODE=charge.code,
                    )
            for payment in day.payments:
                yield _row(
                    self._visit(batch, payment.visit) | {"PAYOR_ID": "", "PAYOR_ID_PAYOR_NAME": "", "POS_ID": ""},
                    TX_ID=payment.transaction_id,
                    POST_DATE=posted,
                    TX_TYPE_C_NAME="Payment",
                    DEBIT_CREDIT_FLAG_NAME="Credit" if payment.cents > 0 else "Debit",
                    AMOUNT=dollars(-payment.cents),
                    PARENT_TX_ID=payment.charge_id,
                    PAYMENT_SOURCE_C_NAME="Credit Card",
                )
        for posting in batch.postings():
            if posting.kind in {"PAYMENT", "ADJUSTMENT"}:
                yield _row(
                    self._visit(batch, posting.visit) | _payer(posting.payer) | {"POS_ID": ""},
                    TX_ID=posting.transaction_id,
                    POST_DATE=_date(dates[posting.day]),
                    TX_TYPE_C_NAME=posting.kind.capitalize(),
                    DEBIT_CREDIT_FLAG_NAME="Credit" if posting.cents < 0 else "Debit",
                    AMOUNT=dollars(posting.cents),
                    PARENT_TX_ID=posting.charge_id,
                    PAYMENT_SOURCE_C_NAME="Electronic Funds Transfer" if posting.kind == "PAYMENT" else "",
                )

    def _visit(self, batch: Batch, visit: Visit) -> dict[str, str]:
        world = batch.world
        provider = world.providers[visit.provider]
        found = {
            "SERVICE_DATE": _date(world.days.dates[visit.day]),
            "ACCOUNT_ID": f"8{visit.patient:08d}",
            "PATIENT_ID": world.patients.patient_id(visit.patient),
            "SERV_PROVIDER_ID": provider.npi,
            "BILLING_PROV_ID": provider.npi,
            "POS_ID": visit.place,
            "LOC_ID": provider.location_id,
            "SERVICE_AREA_ID": "10",
            "VISIT_NUMBER": visit.claim_id,
            "INVOICE_NUM": visit.claim_id,
        }
        if visit.payer != SELF_PAY:
            found |= _payer(visit.payer)
        return found


def _payer(index: int) -> dict[str, str]:
    return {"PAYOR_ID": PAYERS[index].payer_id, "PAYOR_ID_PAYOR_NAME": PAYERS[index].name}


def _date(day: dt.date) -> str:
    return f"{day.month}/{day.day}/{day.year} 12:00:00 AM"


def _row(of_visit: dict[str, str], **cells: str) -> str:
    found = of_visit | cells
    return "\t".join([found.get(name, "") for name in COLUMNS])
