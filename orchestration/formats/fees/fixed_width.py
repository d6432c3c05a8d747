"""CMS relative value files (PPRRVU) as fixed-width text: the same records as its CSV, cut by position.

Positions are those of CMS's 2025 releases. A record has no field names, so each proves itself: work, practice expense
and malpractice add up to the two totals beside them, and a line that was cut elsewhere does not. The notes of CMS
(lines that begin with HDR) name no quarter; the file's name does. What does not belong here: what a value means
(``relative_values``).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from orchestration.core.delimited import decode
from orchestration.core.findings import Finding

if TYPE_CHECKING:
    from orchestration.core.tables import Content

_NOTE: Final = "HDR"
_RECORD: Final = re.compile(
    r"(?P<code>[0-9A-Z]{5})(?P<modifier>[0-9A-Z]{2}|  ).{50}(?P<status>[A-Z])[+ ]"
    r"(?P<work>[ \d]{3}\.\d\d)(?P<non_facility>[ \d]{4}\.\d\d)(?:NA|  )(?P<facility>[ \d]{4}\.\d\d)(?:NA|  )"
    r"(?P<malpractice>[ \d]{3}\.\d\d)(?P<non_facility_total>[ \d]{4}\.\d\d)(?P<facility_total>[ \d]{3}\.\d\d)"
    r"(?P<component>[\d ])(?P<global>[ 0-9A-Z]{3}).{26}(?P<factor>[ \d]{3}\.\d{4})"
)
# CMS rounds what it adds up
_ROUNDING: Final = Decimal("0.02")
_HEAD_BYTES: Final = 65_536
# the place of each field among the columns of the CSV
_PLACES: Final = {
    "code": 0, "modifier": 1, "status": 3, "work": 5, "non_facility": 6, "facility": 8, "malpractice": 10,
    "non_facility_total": 11, "facility_total": 12, "component": 13, "global": 14, "factor": 24,
}  # fmt: skip


def is_fixed_width(content: Content) -> bool:
    """Tell whether the first line that is no note of CMS is such a record. Never raises."""
    head = content[:_HEAD_BYTES].decode("latin-1").lstrip("\ufeff\xef\xbb\xbf")
    first = next((line for line in head.split("\n") if line.strip() and not line.startswith(_NOTE)), "")
    return _RECORD.match(first) is not None


def cut(content: bytes) -> tuple[list[tuple[int, list[str] | Finding]], list[Finding]]:
    """Return every record by its line as the cells of the CSV, or why it is none, and findings about the text.

    Raises ``UndecodableError`` when the bytes are no text.
    """
    text, findings = decode(content)
    records: list[tuple[int, list[str] | Finding]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip() and not line.startswith(_NOTE):
            records.append((number, _cells(line, number)))
    return records, findings


def _cells(line: str, number: int) -> list[str] | Finding:
    match = _RECORD.match(line)
    if match is None:
        words = "the line is no record of CMS's layout: a value may stand elsewhere"
        return Finding("ragged_record", "error", words, line_number=number)
    cells = [""] * (max(_PLACES.values()) + 1)
    for name, place in _PLACES.items():
        cells[place] = match[name].strip()
    if not _adds_up(match):
        words = "work, practice expense and malpractice do not add up to the totals beside them"
        return Finding("unreadable_relative_value", "error", words, line_number=number)
    return cells


def _adds_up(match: re.Match[str]) -> bool:
    try:
        values = {name: Decimal(match[name].strip()) for name in _PLACES if "." in match[name]}
    except ArithmeticError:
        return False
    common = values["work"] + values["malpractice"]
    return all(
        abs(common + values[each] - values[f"{each}_total"]) <= _ROUNDING for each in ("non_facility", "facility")
    )
