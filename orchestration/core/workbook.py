"""Excel workbooks (.xlsx) as the same rows of text that delimited text gives, with nothing guessed.

Values as they were last computed, never formulas. A date comes out as ``YYYY-MM-DD``, a number with the 15 digits
Excel itself keeps. Old ``.xls`` files and protected workbooks are refused with what to do.
What does not belong here: what a column means (``layouts``).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import warnings
import zipfile
from typing import TYPE_CHECKING, Any

from orchestration.core.delimited import Delimited, UndecodableError, with_header
from orchestration.core.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ZIP = b"PK\x03\x04"
# the container of .xls and of password-protected .xlsx
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# a workbook of a practice's year unpacks to tens of megabytes; one of gigabytes is an attack or a mistake
_UNPACKED_LIMIT_BYTES = 512 * 1024 * 1024
_WIDTH_LIMIT_COLUMNS = 1_000
_DAMAGED = Finding("unreadable_workbook", "error", "the workbook is damaged: it cannot be opened")


def may_be_workbook(head: bytes) -> bool:
    """Tell whether the first bytes are those of a container that a workbook can be in."""
    return head.startswith((_COMPOUND, _ZIP))


def is_workbook(content: bytes) -> bool:
    """Tell whether the bytes are an Excel workbook, readable or not. Never raises."""
    if content.startswith(_COMPOUND):
        return True
    if not content.startswith(_ZIP):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return any(name.startswith("xl/") for name in packed.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return b"xl/" in content


def read_workbook(
    content: bytes, is_header: Callable[[Sequence[str]], bool] | None = None, row_limit: int | None = None
) -> Delimited:
    """Return the one sheet whose header ``is_header`` takes, else the first sheet with a row.

    Raises ``UndecodableError`` when the workbook cannot be opened, unpacks to more than 512 MB, or has several
    sheets that are read alike: which of them count cannot be told.
    """
    if content.startswith(_COMPOUND):
        words = "an old (.xls) or password-protected workbook: save it as .xlsx without a password, or as CSV"
        raise UndecodableError(Finding("old_or_protected_workbook", "error", words))
    sheets = [rows for rows in _sheets(content, row_limit) if rows]
    tables = [with_header(rows, (), is_header) for rows in sheets]
    if not tables:
        raise UndecodableError(Finding("empty_file", "error", "the workbook is empty: there is nothing to load"))
    fitting = [table for table in tables if is_header is not None and is_header(table.header)]
    if len(fitting) > 1:
        words = f"{len(fitting)} sheets of the workbook hold such a table: save each one as a file of its own"
        raise UndecodableError(Finding("several_sheets", "error", words))
    chosen = fitting[0] if fitting else tables[0]
    if len(tables) == 1:
        return chosen
    words = f"{len(tables) - 1} other sheets of the workbook were not read"
    unread = Finding("sheet_not_read", "warning", words)
    return dataclasses.replace(chosen, findings=(*chosen.findings, unread))


def _sheets(content: bytes, row_limit: int | None) -> list[list[tuple[int, tuple[str, ...]]]]:
    import openpyxl  # noqa: PLC0415  # the command line starts without it

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise UndecodableError(_DAMAGED) from None
    if unpacked > _UNPACKED_LIMIT_BYTES:
        words = "the workbook unpacks to more than 512 MB: export it as CSV"
        raise UndecodableError(Finding("workbook_too_large", "error", words))
    try:
        with warnings.catch_warnings():
            # what Excel stores beside the cells (styles, pictures, validation) and openpyxl does not keep
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            try:
                return [_rows(sheet, row_limit) for sheet in book.worksheets]
            finally:
                book.close()
    except Exception:  # noqa: BLE001  # openpyxl raises whatever a damaged part makes it raise
        raise UndecodableError(_DAMAGED) from None


def _rows(sheet: Any, row_limit: int | None) -> list[tuple[int, tuple[str, ...]]]:  # noqa: ANN401  # untyped library
    # a sheet may claim a million rows that are empty: what it says of its size is not believed
    sheet.reset_dimensions()
    rows = []
    found = sheet.iter_rows(max_row=row_limit, max_col=_WIDTH_LIMIT_COLUMNS, values_only=True)
    for number, values in enumerate(found, start=1):
        cells = [_text(value) for value in values]
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            rows.append((number, cells))
    width = max((len(cells) for _, cells in rows), default=0)
    # an empty cell at the end of a row is not stored, so that no row of a sheet is ragged for being short
    return [(number, tuple(cells + [""] * (width - len(cells)))) for number, cells in rows]


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case dt.datetime():
            return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
        case float():
            # beyond 15 digits there is only the noise of binary fractions (0.1 + 0.2)
            return format(value, ".15g")
        case dt.date() | int() | str():
            return str(value)
    return str(value)
