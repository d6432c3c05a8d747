"""athenahealth's TRANSACTION feed: a month's ledger, 38 columns, amounts with their sign, code and modifiers in one.

``procedure_code`` is the code followed by its fee-affecting modifiers; the others stand in ``other_modifier``.
What does not belong here: payers and providers, which the feed keeps in tables of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.synthetic.people import SELF_PAY
from orchestration.synthetic.writers.amounts import dollars
from orchestration.synthetic.writers.feed import Batch, File, lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.synthetic.events import Visit

HEADER = (
    "transaction_id,charge_id,parent_charge_id,charge_void_parent_id,claim_id,patient_id,transaction_patient_ins_id,"
    "patient_payment_id,payment_batch_id,orig_posted_payment_batch_id,void_payment_batch_id,"
    "expected_allowable_schedule_id,transaction_type,transaction_transfer_type,transaction_transfer_intent,"
    "transaction_reason,transaction_method,transaction_posted_by,custom_transaction_code,amount,"
    "expected_allowed_amount,procedure_code,other_modifier,place_of_service,units,number_of_charges,emgyn,work_rvu,"
    "practice_expense_rvu,malpractice_rvu,total_rvu,reversal_flag,charge_from_date,charge_to_date,post_date,"
    "closed_post_date,voided_date,first_billed_datetime"
)
_FEE_AFFECTING = frozenset({"26", "TC"})
_TYPES = {"TRANSFER_IN": "TRANSFERIN", "TRANSFER_OUT": "TRANSFEROUT"}


class AthenaFeed:
    """A file a month."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the ledger of the month."""
        yield f"athena_transactions_{batch.label}.csv", lines(self._rows(batch))

    def _rows(self, batch: Batch) -> Iterator[str]:
        days = batch.world.days
        yield HEADER
        for day in batch.days():
            posted = days.iso[day.day]
            number = days.compact[day.day]
            for visit, charges in day.charges:
                bucket = "Patient" if visit.payer == SELF_PAY else "Primary"
                start, service = self._start(batch, visit), days.iso[visit.day]
                for charge in charges:
                    fee, other = (charge.modifier, "") if charge.modifier in _FEE_AFFECTING else ("", charge.modifier)
                    code = f'"{charge.code},{fee}"' if fee else charge.code
                    voided = posted if charge.is_void else ""
                    yield (
                        f"{charge.transaction_id},{charge.transaction_id},,,{start},,,,,,CHARGE,{bucket},,,,"
                        f"CHARGE ENTRY,,{dollars(charge.cents)},,{code},{other},{visit.place},{charge.units},1,N,,,,,N,"
                        f"{service},{service},{posted},{posted},{voided},"
                    )
            for payment in day.payments:
                yield (
                    f"{payment.transaction_id},{payment.charge_id},,,{self._start(batch, payment.visit)},"
                    f"{payment.transaction_id},{number},{number},,,PAYMENT,Patient,,PATIENT,CREDITCARD,POSTING,,"
                    f"{dollars(-payment.cents)},,,,,,,,,,,,N,{days.iso[payment.visit.day]},,{posted},{posted},,"
                )
        for posting in batch.postings():
            posted = days.iso[posting.day]
            yield (
                f"{posting.transaction_id},{posting.charge_id},,,{self._start(batch, posting.visit)},,"
                f"{days.compact[posting.day]},{days.compact[posting.day]},,,{_TYPES.get(posting.kind, posting.kind)},"
                f"{posting.bucket.capitalize()},,{posting.reason},EFT,POSTING,,{dollars(posting.cents)},,,,,,,,,,,,N,"
                f"{days.iso[posting.visit.day]},,{posted},{posted},,"
            )

    def _start(self, batch: Batch, visit: Visit) -> str:
        patient = batch.world.patients.patient_id(visit.patient)
        insurance = "" if visit.payer == SELF_PAY else f"{visit.patient}{visit.payer}"
        return f"{visit.claim_id},{patient},{insurance}"
