"""What the registry knows about HL7 messages. What does not belong here: reading one (``reader``)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from orchestration.core.words import ASK_AGAIN, Words
from orchestration.formats.file_kind import FileKind, NameSign, Sign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.core.tables import RawBatch, SourceFile, Table
    from orchestration.formats.file_kind import OwnLayouts, Sample
    from orchestration.formats.pages import PageReader

_HEADER: Final = re.compile(rb"(?:MSH|FHS|BHS)[^A-Za-z0-9\s]")
_ASK_INTERFACE: Final = (
    "Ask whoever runs the HL7 interface to send it again, as the standard says, and put the new file in the inbox."
)

_WORDS: Final[dict[str, Words]] = {
    "shifted_fields": Words(
        "Fields of the charge stand where others belong, so its quantity would be read as dollars.",
        _ASK_INTERFACE,
    ),
    "procedure_codes_disagree": Words(
        "Two fields of the charge name two different procedures.",
        "Look in the EHR which one was done, and have the interface send only that one.",
    ),
    "joined_segments": Words(
        "Segments of a message have run together on one line, so charges in it cannot be seen.", _ASK_INTERFACE
    ),
    "broken_segment": Words("A line end inside a charge has cut it in two.", _ASK_INTERFACE),
    "truncated_message": Words("A message never ends: it was cut off on its way.", _ASK_INTERFACE),
    "missing_message_type": Words("A message does not say what it is.", _ASK_INTERFACE),
    "bad_encoding_characters": Words("The header of a message does not say what separates its fields.", _ASK_INTERFACE),
    "batch_count_mismatch": Words("The batch counts more or fewer messages than arrived.", ASK_AGAIN),
    "text_outside_message": Words("A part of the file stands outside any message; it was not read.", ASK_AGAIN),
    "other_message_type": Words("A message about neither charges nor visits was not read.", "Nothing."),
    "odd_modifier": Words(
        "A modifier is not two characters, or there are more than four.", "Check the modifiers in the EHR."
    ),
    "other_diagnosis_system": Words("Diagnoses that are not ICD-10-CM were not read.", "Nothing."),
    "second_opinion": Words("A second parser was asked about a message that was refused.", "Nothing."),
    "second_opinion_differs": Words(
        "A second parser sees other segments in a message than ours.", "Look at the file before relying on it."
    ),
    "not_hl7": Words("The file holds no HL7 message, or is damaged.", ASK_AGAIN),
    "duplicate_transaction": Words(
        "The same charge arrived by HL7 twice. It is booked once.",
        "Nothing, if messages were sent again. Otherwise check that two charges were not given one id.",
    ),
    "unreadable_amount": Words("A charge has an amount that cannot be read.", _ASK_INTERFACE),
    "missing_amount": Words(
        "The charge arrived without an amount, and the practice has no fee for its code on that day.",
        "Put the practice's fee schedule with that code into the inbox, and run medbooks rebuild --no-check.",
    ),
    "no_transactions": Words("A charge message holds no charge.", _ASK_INTERFACE),
    "foreign_currency": Words(
        "The charge is not in dollars, and the books are.",
        "Have the interface send dollars, or book it by hand at the rate of the day.",
    ),
    "truncated": Words("A batch has a header and no trailer: it was cut off, or is still being written.", ASK_AGAIN),
    "unmapped_procedure": Words(
        "The charge has no procedure code, a code of the sender's own, or one that falls in no revenue category.",
        "Add the sender's code to the charge codes, or its range to the procedure categories, and run medbooks "
        "rebuild --no-check.",
    ),
}


def _tables() -> tuple[Table, ...]:
    from orchestration.formats.hl7.tables import TABLES

    return TABLES


def _read(files: Sequence[SourceFile], _own: OwnLayouts, _pages: PageReader) -> RawBatch:
    from orchestration.formats.hl7.reader import read

    return read(files)


def _is_hl7(sample: Sample) -> bool:
    return _HEADER.match(sample.plain.lstrip(b"\x0b")) is not None


HL7: Final = FileKind(
    name="hl7",
    title="Charges and visits by HL7",
    contents="HL7 messages",
    signs=(Sign(80, _is_hl7),),
    extensions=frozenset({"hl7", "dft", "adt", "siu"}),
    name_signs=(NameSign(10, "hl7"),),
    arrival=50,
    load_tables=_tables,
    reader=_read,
    control="Σ charged",
    loaded_amount="select sum(amount) from raw_hl7.transactions where transaction_type = 'CHARGE'",
    is_booked=True,
    refuses_without_place=True,
    words=_WORDS,
)
