"""What the registry knows about fee schedules and relative values.

What does not belong here: reading one (``reader``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestration.core.words import ASK_AGAIN, CORRECT_EXPORT, Words
from orchestration.formats.file_kind import FileKind, HeaderSign, NameSign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.core.layouts import Layout
    from orchestration.core.tables import RawBatch, SourceFile, Table
    from orchestration.formats.file_kind import OwnLayouts, Sample
    from orchestration.formats.pages import PageReader

_WORDS: Final[dict[str, Words]] = {
    "no_effective_date": Words(
        "The relative values do not say which quarter they are of.", "Name the file as CMS does, PPRRVU2026_JAN.csv."
    ),
    "no_procedure_code": Words("A line has no procedure code.", "Nothing, if it is a note."),
    "unreadable_relative_value": Words("A relative value is no number.", ASK_AGAIN),
    "unknown_fee_basis": Words(
        "A fee is neither the practice's own nor a payer's.", "Leave the payer empty for the practice's own fees."
    ),
    "unreadable_effective_date": Words("The first day of a fee cannot be read.", CORRECT_EXPORT),
    "ambiguous_effective_date": Words("The first day of a fee can be read as two days.", CORRECT_EXPORT),
    "unreadable_end_date": Words("The last day of a fee cannot be read.", CORRECT_EXPORT),
    "ambiguous_end_date": Words("The last day of a fee can be read as two days.", CORRECT_EXPORT),
    "ends_before_it_begins": Words("A fee ends before it begins.", CORRECT_EXPORT),
    "conflicting_fees": Words(
        "The file prices one service twice, differently, for the same day.", "Correct the schedule, and put it in anew."
    ),
}


def _tables() -> tuple[Table, ...]:
    from orchestration.formats.fees.tables import TABLES

    return TABLES


def _read(files: Sequence[SourceFile], own: OwnLayouts, _pages: PageReader) -> RawBatch:
    from orchestration.core.layouts import Layout
    from orchestration.formats.fees.reader import read

    return read(files, own.of("fees", Layout))


def _read_layout(text: str) -> Layout:
    from orchestration.formats.fees.reader import read_layout

    return read_layout(text)


def _is_schedule(row: Sequence[str], sample: Sample) -> bool:
    from orchestration.core.layouts import Layout
    from orchestration.formats.fees.fixed_width import is_fixed_width
    from orchestration.formats.fees.reader import is_fee_table

    # CMS's text has records and no header, so its first row says as much as any
    if row is sample.rows[0] and is_fixed_width(sample.content):
        return True
    return is_fee_table(row, sample.own.of("fees", Layout))


FEES: Final = FileKind(
    name="fees",
    title="Fee schedules",
    contents="fee schedules and relative values",
    header_signs=(HeaderSign(20, _is_schedule),),
    name_signs=(NameSign(30, "pprrvu"), NameSign(40, "fee_schedule")),
    arrival=10,
    load_tables=_tables,
    reader=_read,
    read_layout=_read_layout,
    control="Σ fees, a check sum and no money",
    loaded_amount="select sum(fee_amount) from raw_fees.fee_schedule_lines",
    is_booked=False,
    words=_WORDS,
)
