"""What the registry knows about records of a billing system's API.

What does not belong here: reading one (``reader``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestration.core.words import CORRECT_EXPORT, Words
from orchestration.formats.file_kind import FileKind, NameSign, Sign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.core.tables import RawBatch, SourceFile, Table
    from orchestration.formats.file_kind import OwnLayouts, Sample
    from orchestration.formats.pages import PageReader

_WORDS: Final[dict[str, Words]] = {
    "other_event": Words("The message is of an event that books nothing.", "Nothing."),
    "unknown_record": Words("A record is of no kind that is known.", CORRECT_EXPORT),
    "unreadable_balance": Words("A balance that the source states cannot be read.", "Nothing: no sum needs it."),
    "no_money": Words("A transaction pays and adjusts nothing.", "Nothing."),
    "duplicate_transaction": Words(
        "The same charge arrived in an earlier message or export. It is booked once.",
        "Nothing, if exports overlap. Otherwise check that two services were not given one id.",
    ),
    "no_transactions": Words("A message holds no transaction.", CORRECT_EXPORT),
}


def _tables() -> tuple[Table, ...]:
    from orchestration.formats.billing_api.tables import TABLES

    return TABLES


def _read(files: Sequence[SourceFile], _own: OwnLayouts, _pages: PageReader) -> RawBatch:
    from orchestration.formats.billing_api.reader import read

    return read(files)


def _is_billing_json(sample: Sample) -> bool:
    if not sample.is_json:
        return False
    from orchestration.formats.billing_api.records import is_billing_json

    return is_billing_json(sample.head)


BILLING_API: Final = FileKind(
    name="billing_api",
    title="Charges from a billing system's API",
    contents="records of a billing system's API",
    signs=(Sign(50, _is_billing_json),),
    # JSON that is damaged tells nothing by its members
    name_signs=(NameSign(20, "line_item", of="json"), NameSign(30, "redox", of="json")),
    arrival=40,
    load_tables=_tables,
    reader=_read,
    control="Σ charged",
    loaded_amount="select sum(amount) from raw_billing_api.transactions where transaction_type = 'CHARGE'",
    is_booked=True,
    words=_WORDS,
)
