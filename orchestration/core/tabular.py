"""One way into every table, delimited text or workbook.

What does not belong here: how either is read (``delimited``, ``workbook``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.core.delimited import HEADER_SEARCH_ROWS, Delimited, UndecodableError, read_delimited
from orchestration.core.workbook import is_workbook, may_be_workbook, read_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from orchestration.core.tables import Content

# enough to hold the titles and the header of any report, little enough to look at for a file of a gigabyte
_HEAD_BYTES = 65_536


def read_table(content: bytes, is_header: Callable[[Sequence[str]], bool] | None = None) -> Delimited:
    """Return header and records of CSV, TSV or XLSX; raises ``UndecodableError`` when the bytes are no table."""
    if is_workbook(content):
        return read_workbook(content, is_header)
    return read_delimited(content, is_header=is_header)


def first_rows(content: Content) -> list[tuple[str, ...]]:
    """Return the first rows of a table, one of which may be its header; none when it is no table. Never raises.

    Of delimited text only the head is looked at, a workbook can only be opened whole.
    """
    try:
        head = content[:_HEAD_BYTES]
        if may_be_workbook(head) and is_workbook(whole := content[:]):
            table = read_workbook(whole, row_limit=HEADER_SEARCH_ROWS)
        else:
            if head.startswith((b"\xff\xfe", b"\xfe\xff")):
                # a character cut in two at the end must not make the head unreadable
                head = head.decode("utf-16", errors="ignore").encode()
            # NULs are for the reader to refuse, in its own words; here they only hide the header
            lines = head.replace(b"\x00", b"").split(b"\n")
            table = read_delimited(b"\n".join(lines[: HEADER_SEARCH_ROWS * 2]))
    except UndecodableError:
        return []
    return [table.header, *(record.fields for record in table.records[:HEADER_SEARCH_ROWS])]
