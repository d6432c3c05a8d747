"""What the registry knows about bank statements. What does not belong here: reading one (``reader``)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from orchestration.core.words import ASK_AGAIN, Words
from orchestration.formats.file_kind import FileKind, NameSign, Sign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.core.layouts import Layout
    from orchestration.core.tables import RawBatch, SourceFile, Table
    from orchestration.formats.file_kind import OwnLayouts, Sample
    from orchestration.formats.pages import PageReader

_OFX: Final = re.compile(rb"OFXHEADER|<OFX[\s>]", re.IGNORECASE)
_OFX_HEAD: Final = 1024
_CAMT_HEAD: Final = 4096

_WORDS: Final[dict[str, Words]] = {
    "deposit_differs_from_remittance": Words(
        "The bank shows another amount than the remittance with the same trace number.",
        "Compare deposit and remittance. Ask the payer about a take-back, ask the bank about a fee.",
    ),
    "unidentified_deposit": Words(
        "Money came in and no remittance or card settlement explains it.",
        "Find who sent it. If a payer did, ask for its remittance; it will match by itself when that arrives.",
    ),
    "unidentified_withdrawal": Words(
        "Money left and no known vendor, payroll or rent explains it.",
        "It stands on 1090. Say what it is: medbooks waiting list shows its number and the verbs. A payee that comes "
        "again belongs into the withdrawal patterns.",
    ),
    "not_ofx": Words("The file is not a bank statement, or is damaged.", ASK_AGAIN),
    "no_transactions": Words("The bank statement holds no transaction.", "Ask the bank for the statement again."),
    "unreadable_xml": Words("The statement is cut off or damaged.", ASK_AGAIN),
    "no_statement": Words("The message holds no account statement.", "Ask the bank for statements (CAMT.053)."),
    "not_booked": Words("An entry is only announced by the bank.", "Nothing: it comes when it is booked."),
    "no_dollars": Words("A line of the statement is information without money.", "Nothing."),
    "unknown_type_code": Words(
        "The bank's code does not say whether money came or went.", "Ask the bank what the code means."
    ),
    "balances_do_not_tie": Words("Opening balance and entries do not make the closing balance.", ASK_AGAIN),
    "balance_does_not_follow": Words(
        "The running balance jumps: lines may be missing.", "Compare the lines with the bank's website."
    ),
    "duplicate_transaction": Words(
        "The bank sent the same transaction twice. It is booked once.",
        "Nothing: overlapping statements do this. Look only if the two differ on the bank's website.",
    ),
    "unknown_record": Words("A line is no record of such a statement: the file may be damaged.", ASK_AGAIN),
    "unreadable_amount": Words("A bank transaction has no amount that can be read.", ASK_AGAIN),
}


def _tables() -> tuple[Table, ...]:
    from orchestration.formats.bank.tables import TABLES

    return TABLES


def _read(files: Sequence[SourceFile], own: OwnLayouts, _pages: PageReader) -> RawBatch:
    from orchestration.core.layouts import Layout
    from orchestration.formats.bank.reader import read

    return read(files, own.of("bank", Layout))


def _read_layout(text: str) -> Layout:
    from orchestration.formats.bank.from_table import read_layout

    return read_layout(text)


def _is_statement(sample: Sample) -> bool:
    if _OFX.search(sample.plain[:_OFX_HEAD]):
        return True
    from orchestration.formats.bank.from_bai2 import is_bai2
    from orchestration.formats.bank.from_camt import is_camt

    return is_bai2(sample.plain) or is_camt(sample.plain[:_CAMT_HEAD])


def _is_download(sample: Sample) -> bool:
    from orchestration.core.layouts import Layout
    from orchestration.formats.bank.from_table import is_bank_table

    own = sample.own.of("bank", Layout)
    return any(is_bank_table(row, own) for row in sample.rows)


BANK: Final = FileKind(
    name="bank",
    title="Bank statements",
    contents="bank statements",
    signs=(Sign(30, _is_statement),),
    late_signs=(Sign(10, _is_download),),
    extensions=frozenset({"ofx", "qfx", "qbo", "bai", "bai2"}),
    name_signs=(NameSign(80, "bank"),),
    arrival=90,
    load_tables=_tables,
    reader=_read,
    read_layout=_read_layout,
    control="Σ deposits",
    loaded_amount="select sum(amount) from raw_bank.transactions where amount > 0",
    is_booked=True,
    words=_WORDS,
)
