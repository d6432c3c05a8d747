"""What the registry knows about FHIR resources. What does not belong here: reading one (``reader``)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from orchestration.core.words import ASK_AGAIN, CORRECT_EXPORT, Words
from orchestration.formats.file_kind import FileKind, Sign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.core.tables import RawBatch, SourceFile, Table
    from orchestration.formats.file_kind import OwnLayouts, Sample
    from orchestration.formats.pages import PageReader

# tables of a lakehouse arrive as Parquet, and FHIR resources are the only ones read here
_PARQUET: Final = b"PAR1"
_RESOURCE: Final = re.compile(rb'"resourceType"\s*:')
# resources that are charged or paid; what they refer to lands before them
_MONEY: Final = re.compile(rb'"resourceType"\s*:\s*"(?:Claim|ChargeItem|ExplanationOfBenefit)"')

_WORDS: Final[dict[str, Words]] = {
    "no_resource": Words("A part of the file is no FHIR resource.", CORRECT_EXPORT),
    "not_fhir": Words("Nothing in the file is a FHIR resource that can be read.", ASK_AGAIN),
    "other_resource_type": Words("The file also holds resources that no books are made of.", "Nothing."),
    "unreadable_parquet": Words("The Parquet file is damaged, or of a kind that cannot be read.", ASK_AGAIN),
    "missing_id": Words("A resource has no id, so it cannot be told from its copy.", CORRECT_EXPORT),
    "repeated_sequence": Words("Two items of a claim carry the same number.", CORRECT_EXPORT),
    "deleted_resource": Words(
        "The source deleted a resource.", "Cancel the claim or charge in the source, so that its credit is exported."
    ),
    "claim_total_mismatch": Words("The items of a claim do not add up to its total.", CORRECT_EXPORT),
    "unitemised_total": Words(
        "Several items of a claim have no price; what they are worth together waits without a code.",
        "Let the source export a price for each item.",
    ),
    "binary_fraction": Words("An amount carries digits of a computer's rounding; it was read to the cent.", "Nothing."),
    "not_billed": Words("A claim or charge is not final in the source yet.", "Nothing: it comes when it is billed."),
    "missing_void_date": Words(
        "A cancelled charge does not say when; it was voided on the day it was posted.", "Check the day in the source."
    ),
    "charged_by_other_resource": Words(
        "The visit was already charged through the other kind of FHIR resource (ChargeItem or Claim).",
        "Nothing, if both say the same. Otherwise let the source send one kind only.",
    ),
    "duplicate_transaction": Words(
        "The same charge arrived in an earlier export. It is booked once.",
        "Nothing: a bulk export repeats what it sent before. Look only if two services were given one id.",
    ),
    "foreign_currency": Words("A charge is not in dollars, and the books are.", CORRECT_EXPORT),
    "truncated": Words("The Bundle ends in the middle: it was cut off.", ASK_AGAIN),
}


def _tables() -> tuple[Table, ...]:
    from orchestration.formats.fhir.tables import TABLES

    return TABLES


def _read(files: Sequence[SourceFile], _own: OwnLayouts, _pages: PageReader) -> RawBatch:
    from orchestration.formats.fhir.reader import read

    return read(files)


def _is_fhir(sample: Sample) -> bool:
    return sample.head.startswith(_PARQUET) or (sample.is_json and _RESOURCE.search(sample.plain) is not None)


def _money_last(head: bytes) -> str:
    """Return no date but a place: resources that others refer to (Coverage, Practitioner ...) come before money."""
    return "money" if _MONEY.search(head) else ""


FHIR: Final = FileKind(
    name="fhir",
    title="Charges from FHIR",
    contents="FHIR resources",
    signs=(Sign(40, _is_fhir),),
    extensions=frozenset({"ndjson", "parquet"}),
    arrival=30,
    arrival_date=_money_last,
    load_tables=_tables,
    reader=_read,
    control="Σ charged",
    loaded_amount="select sum(amount) from raw_fhir.transactions where transaction_type = 'CHARGE'",
    is_booked=True,
    words=_WORDS,
)
