"""CMS relative value files (PPRRVU: CSV, XLSX or fixed-width text) as rows.

A table stands under titles and a header of several lines whose words repeat, so columns go by their place, which CMS
has kept for years and names in the record layout it ships beside the file. The release and so the first day come from
the titles, else from the file's name. What does not belong here: where the fields of fixed-width text stand
(``fixed_width``), descriptions of codes (AMA), geographic indices.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.findings import Finding
from orchestration.core.money import parse_quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from orchestration.core.tables import SourceFile

PROFILE: Final = "cms_pprrvu"
# places by the record layout of the CMS release
_CODE, _MODIFIER, _STATUS, _WORK, _NON_FACILITY, _FACILITY, _MALPRACTICE = 0, 1, 3, 5, 6, 8, 10
_NON_FACILITY_TOTAL, _FACILITY_TOTAL, _COMPONENT, _GLOBAL, _FACTOR = 11, 12, 13, 14, 24
_VALUES: Final = (_WORK, _NON_FACILITY, _FACILITY, _MALPRACTICE, _NON_FACILITY_TOTAL, _FACILITY_TOTAL)
_WIDTH = 25
_CODE_SHAPE = re.compile(r"(?:\d{4}[0-9A-Z]|[A-Z]\d{4})\Z", re.ASCII)
_QUARTERS: Final = {"JAN": 1, "APR": 4, "JUL": 7, "OCT": 10, "A": 1, "B": 4, "C": 7, "D": 10}
_TITLE = re.compile(r"\b(20\d\d)\b.{0,80}?\b(JAN|APR|JUL|OCT)[A-Z]*\b", re.IGNORECASE | re.DOTALL)
_NAME = re.compile(r"RVU(?:20)?(\d\d)_?(JAN|APR|JUL|OCT|[A-D](?![A-Z]))", re.IGNORECASE)


def is_header(row: Sequence[str]) -> bool:
    """Tell whether a row is the last line of a PPRRVU header."""
    words = [cell.strip().upper() for cell in row[:3]]
    return len(row) >= _WIDTH and words == ["HCPCS", "MOD", "DESCRIPTION"]


def first_day(titles: str, file_name: str) -> dt.date | None:
    """Return the first day of the release's quarter, ``None`` when neither titles nor name tell it."""
    for pattern, text in ((_TITLE, titles), (_NAME, file_name)):
        match = pattern.search(text)
        if match:
            year = int(match[1]) + (2000 if len(match[1]) == 2 else 0)  # noqa: PLR2004  # two digits of this century
            return dt.date(year, _QUARTERS[match[2].upper()], 1)
    return None


def read_rows(
    file: SourceFile, records: Iterable[tuple[int, Sequence[str] | Finding]], effective: dt.date
) -> tuple[list[tuple[Any, ...]], list[Finding]]:
    """Return the rows of a release, given its cells by line, and what is refused of it."""
    rows: list[tuple[Any, ...]] = []
    findings: list[Finding] = []
    for line, cells in records:
        row = cells if isinstance(cells, Finding) else _row(file, line, cells, effective)
        if isinstance(row, Finding):
            findings.append(row)
        else:
            rows.append(row)
    return rows, findings


def _row(file: SourceFile, line: int, fields: Sequence[str], effective: dt.date) -> tuple[Any, ...] | Finding:
    cells = [cell.strip() for cell in fields]
    if not _CODE_SHAPE.match(cells[_CODE].upper()):
        return Finding("no_procedure_code", "error", "the line has no procedure code", line_number=line)
    if len(cells) < _WIDTH:
        return Finding("ragged_record", "error", "the line is shorter than CMS's record layout", line_number=line)
    values = [_value(cells[place]) for place in _VALUES]
    factor = _value(cells[_FACTOR])
    if factor is None or any(value is None for value in values):
        return Finding("unreadable_relative_value", "error", "a relative value is no number", line_number=line)
    return (
        file.file_id,
        line,
        effective,
        cells[_CODE].upper(),
        cells[_MODIFIER].upper() or None,
        cells[_STATUS] or None,
        *values,
        cells[_COMPONENT] or None,
        cells[_GLOBAL] or None,
        factor,
        file.landed_at,
    )


def _value(text: str) -> Decimal | None:
    return parse_quantity(text)
