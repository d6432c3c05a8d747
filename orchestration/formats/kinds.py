"""Which kind of file some bytes are, so that exactly one reader takes them: by content first, by name second.

A file that only its name gives away still goes to that kind's reader, because its reader can say best what is wrong
with it. What does not belong here: whether the file is any good.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from orchestration.core.tabular import first_rows
from orchestration.formats import bank, billing_api, exports, fees, payroll, supplies
from orchestration.formats.own import NO_LAYOUTS, OwnLayouts

if TYPE_CHECKING:
    from orchestration.core.tables import Content

Kind = Literal[
    "era835",
    "claims837",
    "acks",
    "ehr",
    "fhir",
    "hl7",
    "billing_api",
    "bank",
    "payroll",
    "documents",
    "fees",
    "supplies",
    "unknown",
]

# enough to hold any header line, little enough to look at for a file of a gigabyte
_HEAD = 65_536
_MAGIC: Final[tuple[bytes, ...]] = (
    b"%PDF-",
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"II*\x00",
    b"MM\x00*",
)
# tables of a lakehouse arrive as Parquet, and FHIR resources are the only ones read here
_PARQUET: Final = b"PAR1"
_FHIR = re.compile(rb'"resourceType"\s*:')
_X12 = re.compile(
    rb"(?:ISA[^A-Za-z0-9 ](?=.{4,})|GS[^A-Za-z0-9 ][A-Z]{2}[^A-Za-z0-9]|ST[^A-Za-z0-9 ]\d{3}[^A-Za-z0-9])", re.DOTALL
)
# the set code of the first ST; a file that holds a remittance anywhere goes to its reader
_SET = re.compile(rb"(?<![A-Za-z0-9])ST([^A-Za-z0-9\s])(\d{3})(?![0-9])")
_REMITTANCE = re.compile(rb"(?<![A-Za-z0-9])ST([^A-Za-z0-9\s])835\1")
_GROUP = re.compile(rb"(?<![A-Za-z0-9])GS([^A-Za-z0-9\s])(HC|FA|HN|PO|PR|SH|IN)\1")
_INTERCHANGE_ACK = re.compile(rb"(?<![A-Za-z0-9])TA1[^A-Za-z0-9\s]")
_BY_SET: Final[dict[bytes, Kind]] = {
    b"837": "claims837",
    **dict.fromkeys((b"999", b"997", b"277"), "acks"),
    **dict.fromkeys((b"850", b"855", b"856", b"810"), "supplies"),
}
_BY_GROUP: Final[dict[bytes, Kind]] = {
    b"HC": "claims837",
    b"FA": "acks",
    b"HN": "acks",
    **dict.fromkeys((b"PO", b"PR", b"SH", b"IN"), "supplies"),
}
_OFX = re.compile(rb"OFXHEADER|<OFX[\s>]", re.IGNORECASE)
_HL7 = re.compile(rb"(?:MSH|FHS|BHS)[^A-Za-z0-9\s]")
_BY_EXTENSION: Final[dict[str, Kind]] = {
    **dict.fromkeys(("835", "era", "edi", "x12"), "era835"),
    "837": "claims837",
    **dict.fromkeys(("999", "997", "277", "277ca", "ta1"), "acks"),
    **dict.fromkeys(("850", "855", "856", "810"), "supplies"),
    **dict.fromkeys(("ndjson", "parquet"), "fhir"),
    **dict.fromkeys(("hl7", "dft", "adt", "siu"), "hl7"),
    **dict.fromkeys(("ofx", "qfx", "qbo", "bai", "bai2"), "bank"),
    **dict.fromkeys(("pdf", "jpg", "jpeg", "png", "tif", "tiff"), "documents"),
}
_BY_WORD: Final[tuple[tuple[str, Kind], ...]] = (
    ("hl7", "hl7"),
    ("payroll", "payroll"),
    ("pprrvu", "fees"),
    ("fee_schedule", "fees"),
    ("charge", "ehr"),
    ("transaction", "ehr"),
    ("era_", "era835"),
    ("bank", "bank"),
)
_TABULAR: Final = frozenset({"csv", "tsv", "txt", "xlsx", "xls"})
# JSON that is damaged tells nothing by its members
_JSON_BY_WORD: Final[tuple[tuple[str, Kind], ...]] = (
    ("payroll", "payroll"),
    ("line_item", "billing_api"),
    ("redox", "billing_api"),
)


def detect_kind(file_name: str, content: Content, own: OwnLayouts = NO_LAYOUTS) -> Kind:
    """Return the kind of a file; ``own`` are the practice's own layouts of tables.

    Never raises; ``unknown`` when neither its content nor its name says anything.
    """
    kind = _by_content(content, own) or _by_name(file_name)
    # words may stand before the first segment: what calls itself X12 is told by what it holds
    return _by_set(content[:_HEAD], content) if kind == "era835" and _SET.search(content[:_HEAD]) else kind


def _by_content(content: Content, own: OwnLayouts) -> Kind | None:
    head = content[:_HEAD]
    if head.startswith(_MAGIC):
        return "documents"
    plain = _without_marks(head)
    if _X12.match(plain):
        return _by_set(plain, content)
    if _OFX.search(plain[:1024]) or bank.is_bai2(plain) or bank.is_camt(plain[:4096]):
        return "bank"
    if head.startswith(_PARQUET) or (plain[:1] in {b"{", b"["} and _FHIR.search(plain)):
        return "fhir"
    if plain[:1] in {b"{", b"["}:
        return _by_members(content)
    # a table's first line may hold anything, so it is asked last
    return "hl7" if _HL7.match(plain.lstrip(b"\x0b")) else _by_header(content, own)


def _by_set(plain: bytes, content: Content) -> Kind:
    """Return the kind of X12 by its first transaction set, else by its group."""
    if _REMITTANCE.search(plain) or _REMITTANCE.search(content):
        return "era835"
    # a file wrapped at 80 columns may break inside ST*837
    for text in (plain, plain.replace(b"\r", b"").replace(b"\n", b"")):
        found = _SET.search(text)
        if found:
            return _BY_SET.get(found[2], "era835")
    group = _GROUP.search(plain)
    if group:
        return _BY_GROUP[group[2]]
    return "acks" if _INTERCHANGE_ACK.search(plain) else "era835"


def _by_members(content: Content) -> Kind | None:
    """Return what the members of a JSON text say it is."""
    if billing_api.is_billing_json(content[:_HEAD]):
        return "billing_api"
    # told by its members, so by the whole of it
    whole = content[:]
    if payroll.is_payroll_json(whole):
        return "payroll"
    return "supplies" if supplies.is_supply_json(whole) else None


def _without_marks(head: bytes) -> bytes:
    """Return the first bytes without byte order marks and leading blanks; UTF-16 as plain bytes."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", errors="ignore").encode()
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x00")


def _by_header(content: Content, own: OwnLayouts) -> Kind | None:
    """Return what the header of a table says it is; titles may stand above it. CMS's text has records and no header."""
    is_relative_values = fees.is_fixed_width(content)
    rows = first_rows(content)
    for header in rows:
        if payroll.is_register(header, own.payroll):
            return "payroll"
        if is_relative_values or fees.is_fee_table(header, own.fees):
            return "fees"
        if supplies.is_supply_table(header, own.supplies):
            return "supplies"
        if exports.match_profile(header, own.ehr) is not None:
            return "ehr"
    if any(bank.is_bank_table(header, own.bank) for header in rows):
        return "bank"
    # a table of a billing system that holds no money goes to that reader, which can say what it is
    return "ehr" if any(exports.match_known(header) is not None for header in rows) else None


def _by_name(file_name: str) -> Kind:
    stem, _, extension = file_name.lower().rpartition(".")
    if extension in _BY_EXTENSION:
        return _BY_EXTENSION[extension]
    words = _BY_WORD if extension in _TABULAR else _JSON_BY_WORD if extension == "json" else ()
    return next((kind for word, kind in words if word in stem), "unknown")
