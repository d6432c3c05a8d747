"""Which kind of file some bytes are, so that exactly one reader takes them: by content first, by name second.

A file that only its name gives away still goes to that kind's reader, because its reader can say best what is wrong
with it. What does not belong here: whether the file is any good.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from orchestration.core.delimited import UndecodableError, read_delimited
from orchestration.formats.exports import match_profile

Kind = Literal["era835", "ehr", "bank", "payroll", "documents", "unknown"]

# enough to hold any header line, little enough to look at for a file of a gigabyte
_HEAD = 65_536
_MAGIC: Final[tuple[bytes, ...]] = (
    b"%PDF-",
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"II*\x00",
    b"MM\x00*",
)
_X12 = re.compile(
    rb"(?:ISA[^A-Za-z0-9 ](?=.{4,})|GS[^A-Za-z0-9 ][A-Z]{2}[^A-Za-z0-9]|ST[^A-Za-z0-9 ]\d{3}[^A-Za-z0-9])", re.DOTALL
)
_OFX = re.compile(rb"OFXHEADER|<OFX[\s>]", re.IGNORECASE)
_PAYROLL_WORDS: Final = frozenset(
    {"payroll_run_id", "pay_date", "gross_pay", "net_pay", "employee_taxes", "employer_taxes", "deductions"}
)
_PAYROLL_SHARE = 3
_BY_EXTENSION: Final[dict[str, Kind]] = {
    **dict.fromkeys(("835", "era", "edi", "x12", "837"), "era835"),
    **dict.fromkeys(("ofx", "qfx", "qbo"), "bank"),
    **dict.fromkeys(("pdf", "jpg", "jpeg", "png", "tif", "tiff"), "documents"),
}
_BY_WORD: Final[tuple[tuple[str, Kind], ...]] = (
    ("payroll", "payroll"),
    ("charge", "ehr"),
    ("transaction", "ehr"),
    ("era_", "era835"),
    ("bank", "bank"),
)
_TABULAR: Final = frozenset({"csv", "tsv", "txt"})


def detect_kind(file_name: str, content: bytes) -> Kind:
    """Return the kind of a file. Never raises; ``unknown`` when neither its content nor its name says anything."""
    return _by_content(content[:_HEAD]) or _by_name(file_name)


def _by_content(head: bytes) -> Kind | None:
    if head.startswith(_MAGIC):
        return "documents"
    plain = _without_marks(head)
    if _X12.match(plain):
        return "era835"
    if _OFX.search(plain[:1024]):
        return "bank"
    return _by_header(head)


def _without_marks(head: bytes) -> bytes:
    """Return the first bytes without byte order marks and leading blanks; UTF-16 as plain bytes."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", errors="ignore").encode()
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x00")


def _by_header(head: bytes) -> Kind | None:
    """Return what the first line of delimited text says it is."""
    first_line = head.lstrip(b"\xef\xbb\xbf\r\n").split(b"\n", 1)[0] if not head.startswith(b"\xff\xfe") else head
    try:
        header = read_delimited(first_line).header
    except UndecodableError:
        return None
    names = {name.strip().lower() for name in header}
    if len(names & _PAYROLL_WORDS) >= _PAYROLL_SHARE:
        return "payroll"
    return "ehr" if match_profile(header) is not None else None


def _by_name(file_name: str) -> Kind:
    stem, _, extension = file_name.lower().rpartition(".")
    if extension in _BY_EXTENSION:
        return _BY_EXTENSION[extension]
    if extension in _TABULAR:
        return next((kind for word, kind in _BY_WORD if word in stem), "unknown")
    return "unknown"
