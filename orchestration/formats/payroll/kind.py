"""What the registry knows about payroll registers. What does not belong here: reading one (``reader``)."""

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
    "duplicate_pay_line": Words(
        "The same pay line arrived in a second file. It is booked once.",
        "Nothing, if payroll was exported twice. Look if one person was paid twice.",
    ),
    "payroll_does_not_tie": Words(
        "Gross pay less taxes and deductions is not the net pay.",
        "Ask the payroll provider for a corrected register.",
    ),
    "missing_pay_date": Words("The pay line has no date, so no period can take it.", CORRECT_EXPORT),
    "contribution_not_loaded": Words(
        "The firm's contributions to benefits are no pay and are not booked from here.", "Book the benefits' own bill."
    ),
    "no_accounts": Words("The payroll report holds no accounts.", "Export the general ledger report again."),
    "no_pay_lines": Words("The pay run holds nobody's pay.", "Export the run with its employees."),
    "run_not_paid": Words("A pay run is a draft, or was cancelled.", "Nothing: it comes when it is approved."),
    "run_missing": Words("Pay without its run has no date.", "Export the run together with its employees."),
    "untied_pay": Words(
        "Gross pay less taxes and deductions is not the net pay.", "Ask the payroll provider for a corrected register."
    ),
    "unknown_role": Words(
        "A role on the payroll is not one that is known.", "Correct the role where payroll keeps it."
    ),
    "unreadable_amount": Words("A pay line has an amount that cannot be read.", CORRECT_EXPORT),
}


def _tables() -> tuple[Table, ...]:
    from orchestration.formats.payroll.tables import TABLES

    return TABLES


def _read(files: Sequence[SourceFile], own: OwnLayouts, _pages: PageReader) -> RawBatch:
    from orchestration.formats.payroll.layout import PayrollLayout
    from orchestration.formats.payroll.reader import read

    return read(files, own.of("payroll", PayrollLayout))


def _read_layout(text: str) -> Layout:
    from orchestration.formats.payroll.layout import read_layout

    return read_layout(text)


def _is_payroll_json(sample: Sample) -> bool:
    if not sample.is_json:
        return False
    from orchestration.formats.payroll.reader import is_payroll_json

    return is_payroll_json(sample.whole)


def _is_register(row: Sequence[str], sample: Sample) -> bool:
    from orchestration.formats.payroll.layout import PayrollLayout, is_register

    return is_register(row, sample.own.of("payroll", PayrollLayout))


PAYROLL: Final = FileKind(
    name="payroll",
    title="Payroll",
    contents="payroll registers",
    signs=(Sign(60, _is_payroll_json),),
    header_signs=(HeaderSign(10, _is_register),),
    name_signs=(NameSign(20, "payroll"), NameSign(10, "payroll", of="json")),
    arrival=100,
    load_tables=_tables,
    reader=_read,
    read_layout=_read_layout,
    control="Σ gross + employer tax",
    loaded_amount="select sum(gross_amount + employer_tax_amount) from raw_payroll.pay_lines",
    is_booked=True,
    words=_WORDS,
)
