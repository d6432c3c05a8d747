"""Every feed there is, by the name a user asks for it. What does not belong here: any format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.synthetic.bills import print_bill
from orchestration.synthetic.writers.athena import AthenaFeed
from orchestration.synthetic.writers.bai2 import Bai2Feed
from orchestration.synthetic.writers.camt053 import Camt053Feed
from orchestration.synthetic.writers.drchrono import DrChronoFeed
from orchestration.synthetic.writers.eclinicalworks import EClinicalWorksFeed
from orchestration.synthetic.writers.epic import EpicFeed
from orchestration.synthetic.writers.fee_schedules import FeeSchedulesFeed
from orchestration.synthetic.writers.fhir import FhirChargeItemFeed, FhirFeed
from orchestration.synthetic.writers.generic_csv import GenericCsvFeed
from orchestration.synthetic.writers.hl7 import Hl7Feed
from orchestration.synthetic.writers.ofx import OfxFeed
from orchestration.synthetic.writers.payroll_csv import PayrollCsvFeed
from orchestration.synthetic.writers.payroll_json import GustoFeed, RipplingFeed
from orchestration.synthetic.writers.payroll_onpay import OnPayFeed
from orchestration.synthetic.writers.redox import RedoxFeed
from orchestration.synthetic.writers.supplier_files import SuppliesFeed
from orchestration.synthetic.writers.x12_277ca import Acknowledgements277Feed
from orchestration.synthetic.writers.x12_835 import Remittances835Feed
from orchestration.synthetic.writers.x12_837 import Claims837Feed
from orchestration.synthetic.writers.x12_supplies import X12SuppliesFeed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestration.synthetic.writers.feed import Batch, Feed, File


class BillsFeed:
    """The suppliers' bills as they arrive: printed, some scanned."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the bills of the batch."""
        for bill in batch.bills():
            yield bill.file_name, [print_bill(bill, batch.world.seed)]


# systems that say every charge: of these a practice has one at each place, or a charge would count twice
CHARGES: Mapping[str, Feed] = {
    "generic_csv": GenericCsvFeed(),
    "athena": AthenaFeed(),
    "drchrono": DrChronoFeed(),
    "epic": EpicFeed(),
    "eclinicalworks": EClinicalWorksFeed(),
    "fhir": FhirFeed(),
    "fhir_charge_items": FhirChargeItemFeed(),
    "hl7": Hl7Feed(),
    "redox": RedoxFeed(),
}
# what else there is, each saying something of its own
OTHERS: Mapping[str, Feed] = {
    "835": Remittances835Feed(),
    "837": Claims837Feed(),
    "837i": Claims837Feed(is_institutional=True),
    "277ca": Acknowledgements277Feed(),
    "ofx": OfxFeed(),
    "bai2": Bai2Feed(),
    "camt053": Camt053Feed(),
    "fee_schedules": FeeSchedulesFeed(),
    "payroll_csv": PayrollCsvFeed(),
    "gusto": GustoFeed(),
    "onpay": OnPayFeed(),
    "rippling": RipplingFeed(),
    "supplies": SuppliesFeed(),
    "x12_supplies": X12SuppliesFeed(),
    "bills": BillsFeed(),
}
