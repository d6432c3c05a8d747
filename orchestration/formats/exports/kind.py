"""What the registry knows about EHR charge exports. What does not belong here: reading one (``reader``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestration.core.words import CORRECT_EXPORT, Words
from orchestration.formats.file_kind import FileKind, HeaderSign, NameSign, Sign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.core.layouts import Layout
    from orchestration.core.tables import RawBatch, SourceFile, Table
    from orchestration.formats.file_kind import OwnLayouts, Sample
    from orchestration.formats.pages import PageReader

_WORDS: Final[dict[str, Words]] = {
    "no_ledger_table": Words(
        "The table holds no charge, payment or adjustment.", "Send the table of transactions instead."
    ),
    "sign_contradicts_flag": Words("An amount's sign is not that of the flag beside it.", CORRECT_EXPORT),
    "repeated_transaction_id": Words("An id is used twice in one file. The first counts.", "Check the two in the EHR."),
    "payment_before_service": Words(
        "A payment was posted before the service was given.", "Check whether it is a prepayment."
    ),
    "void_before_post": Words("A transaction was voided before it was posted.", "Check the two dates in the EHR."),
    "date_in_the_future": Words("A date lies after the day on which the file came.", "Check the date in the EHR."),
    "duplicate_transaction": Words(
        "The EHR exported the same charge twice. It is booked once.",
        "Nothing, if the exports overlap. Otherwise check that two visits were not given one id.",
    ),
    "unreadable_amount": Words("A charge has no amount that can be read.", CORRECT_EXPORT),
}


def _tables() -> tuple[Table, ...]:
    from orchestration.formats.exports.tables import TABLES

    return TABLES


def _read(files: Sequence[SourceFile], own: OwnLayouts, _pages: PageReader) -> RawBatch:
    from orchestration.formats.exports.profile import Profile
    from orchestration.formats.exports.reader import read

    return read(files, own.of("ehr", Profile))


def _read_layout(text: str) -> Layout:
    from orchestration.formats.exports.profile import read_profile

    return read_profile(text)


def _is_export(row: Sequence[str], sample: Sample) -> bool:
    from orchestration.formats.exports.profile import Profile, match_profile

    return match_profile(row, sample.own.of("ehr", Profile)) is not None


def _is_known_without_money(sample: Sample) -> bool:
    """Tell whether a table of a billing system holds no money: this reader can say what it is."""
    from orchestration.formats.exports.known import match_known

    return any(match_known(row) is not None for row in sample.rows)


EHR: Final = FileKind(
    name="ehr",
    title="Charges from the EHR",
    contents="EHR charge exports",
    header_signs=(HeaderSign(40, _is_export),),
    late_signs=(Sign(20, _is_known_without_money),),
    name_signs=(NameSign(50, "charge"), NameSign(60, "transaction")),
    arrival=20,
    load_tables=_tables,
    reader=_read,
    read_layout=_read_layout,
    control="Σ charged",
    loaded_amount="select sum(amount) from raw_ehr.transactions where transaction_type = 'CHARGE'",
    is_booked=True,
    words=_WORDS,
)
