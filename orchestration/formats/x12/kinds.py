"""What the registry knows about X12 files: remittances, claims, acknowledgements, and trade with suppliers.

They are one family: what begins like X12, or is named so, is told by the first transaction set it holds, else by its
group. What does not belong here: reading one (each kind's ``reader``), and words about findings (``words``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from orchestration.formats.file_kind import FileKind, NameSign, OtherStandard, Sign
from orchestration.formats.x12.words import ACKS_WORDS, CLAIMS837_WORDS, ERA835_WORDS, TRADE_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.core.tables import Content, RawBatch, SourceFile, Table
    from orchestration.formats.file_kind import OwnLayouts, Sample
    from orchestration.formats.pages import PageReader

_X12: Final = re.compile(
    rb"(?:ISA[^A-Za-z0-9 ](?=.{4,})|GS[^A-Za-z0-9 ][A-Z]{2}[^A-Za-z0-9]|ST[^A-Za-z0-9 ]\d{3}[^A-Za-z0-9])", re.DOTALL
)
# the set code of the first ST; a file that holds a remittance anywhere goes to its reader
_SET: Final = re.compile(rb"(?<![A-Za-z0-9])ST([^A-Za-z0-9\s])(\d{3})(?![0-9])")
_REMITTANCE: Final = re.compile(rb"(?<![A-Za-z0-9])ST([^A-Za-z0-9\s])835\1")
_GROUP: Final = re.compile(rb"(?<![A-Za-z0-9])GS([^A-Za-z0-9\s])(HC|FA|HN|PO|PR|SH|IN)\1")
_INTERCHANGE_ACK: Final = re.compile(rb"(?<![A-Za-z0-9])TA1[^A-Za-z0-9\s]")
_BY_SET: Final[dict[bytes, str]] = {
    b"837": "claims837",
    **dict.fromkeys((b"999", b"997", b"277"), "acks"),
    **dict.fromkeys((b"850", b"855", b"856", b"810"), "supplies"),
}
_BY_GROUP: Final[dict[bytes, str]] = {
    b"HC": "claims837",
    b"FA": "acks",
    b"HN": "acks",
    **dict.fromkeys((b"PO", b"PR", b"SH", b"IN"), "supplies"),
}
# GS04, the date of the functional group: CCYYMMDD, whatever the element separator
_GROUP_DATE: Final = re.compile(rb"GS([^A-Za-z0-9])HP\1[^\r\n]{1,40}?\1(\d{8})\1")


def _is_x12(sample: Sample) -> bool:
    return _X12.match(sample.plain) is not None


def _family(sample: Sample) -> str:
    """Return which kind of X12 a file is that begins like one or is named so."""
    if _is_x12(sample):
        return _by_set(sample.plain, sample.content)
    # words may stand before the first segment: what calls itself X12 is told by what it holds
    return _by_set(sample.head, sample.content) if _SET.search(sample.head) else "era835"


def _by_set(plain: bytes, content: Content) -> str:
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


def _date_of_remittance(head: bytes) -> str:
    found = _GROUP_DATE.search(head)
    return found.group(2).decode() if found else ""


def _era835_tables() -> tuple[Table, ...]:
    from orchestration.formats.x12.era835.tables import TABLES

    return TABLES


def _read_era835(files: Sequence[SourceFile], _own: OwnLayouts, _pages: PageReader) -> RawBatch:
    from orchestration.formats.x12.era835.reader import read

    return read(files)


def _claims837_tables() -> tuple[Table, ...]:
    from orchestration.formats.x12.claims837.tables import TABLES

    return TABLES


def _read_claims837(files: Sequence[SourceFile], _own: OwnLayouts, _pages: PageReader) -> RawBatch:
    from orchestration.formats.x12.claims837.reader import read

    return read(files)


def _acks_tables() -> tuple[Table, ...]:
    from orchestration.formats.x12.acks.tables import TABLES

    return TABLES


def _read_acks(files: Sequence[SourceFile], _own: OwnLayouts, _pages: PageReader) -> RawBatch:
    from orchestration.formats.x12.acks.reader import read

    return read(files)


def _is_trade(content: bytes) -> bool:
    from orchestration.formats.x12.trade.reader import is_trade

    return is_trade(content)


def _read_trade_into(batch: RawBatch, file: SourceFile) -> None:
    from orchestration.formats.x12.trade.reader import read_into

    read_into(batch, file)


ERA835: Final = FileKind(
    name="era835",
    title="Payer remittances",
    contents="835 remittances",
    signs=(Sign(20, _is_x12),),
    extensions=frozenset({"835", "era", "edi", "x12"}),
    name_signs=(NameSign(70, "era_"),),
    family=_family,
    arrival=80,
    arrival_date=_date_of_remittance,
    load_tables=_era835_tables,
    reader=_read_era835,
    control="Σ BPR02, debits negative",
    loaded_amount="select sum(paid_amount) from raw_era835.transactions",
    is_booked=True,
    words=ERA835_WORDS,
)
CLAIMS837: Final = FileKind(
    name="claims837",
    title="Claims sent to payers",
    contents="837 claims",
    extensions=frozenset({"837"}),
    arrival=60,
    load_tables=_claims837_tables,
    reader=_read_claims837,
    control="Σ CLM02, a check sum and no money",
    loaded_amount="select sum(charged_amount) from raw_claims837.claims",
    is_booked=False,
    words=CLAIMS837_WORDS,
)
ACKS: Final = FileKind(
    name="acks",
    title="Acknowledgements of claims",
    contents="999, 997, 277 and TA1 acknowledgements",
    extensions=frozenset({"999", "997", "277", "277ca", "ta1"}),
    arrival=70,
    load_tables=_acks_tables,
    reader=_read_acks,
    control="0: an acknowledgement moves no money",
    loaded_amount="select 0",
    is_booked=False,
    words=ACKS_WORDS,
)
# orders, ship notices and invoices go into the tables of supplies
TRADE: Final = OtherStandard(
    is_meant=_is_trade,
    read_into=_read_trade_into,
    extensions=frozenset({"850", "855", "856", "810"}),
    words=TRADE_WORDS,
)
