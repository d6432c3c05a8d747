"""What the registry knows about vendor bills on paper. What does not belong here: reading one (``reader``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestration.core.words import ASK_AGAIN, Words
from orchestration.formats.file_kind import FileKind, Sign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.core.tables import RawBatch, SourceFile, Table
    from orchestration.formats.file_kind import OwnLayouts, Sample
    from orchestration.formats.pages import PageReader

_MAGIC: Final[tuple[bytes, ...]] = (
    b"%PDF-",
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"II*\x00",
    b"MM\x00*",
)

_WORDS: Final[dict[str, Words]] = {
    "unknown_vendor": Words(
        "The bill is from a supplier that is not on the list of vendors.",
        "Check that the bill is real. Add the supplier and its account to the vendors; then run again.",
    ),
    "arithmetic_not_proved": Words(
        "The lines and the tax that were read do not add up to the total.",
        "Compare the figures with the document, and enter or rescan it.",
    ),
    "missing_bill_date": Words(
        "No date was found on the bill, so no period can take it.", "Read the date from the document, or rescan it."
    ),
    "scan_too_coarse": Words(
        "The scan is too coarse for its figures to be trusted.", "Scan it again at 300 dpi, or ask for the PDF."
    ),
    "no_text": Words("No text could be read on the document.", "Scan it again, straight and at 300 dpi."),
    "no_total": Words("No total was found: it may be no bill, or a poor scan.", "Look at the document, or rescan it."),
    "total_not_proved": Words(
        "The lines and the tax that were read do not add up to the total.",
        "Compare the figures with the document, and enter or rescan it.",
    ),
    "no_vendor": Words("No supplier was found on the bill.", "Read the supplier from the document."),
    "no_bill_date": Words("No date was found on the bill.", "Read the date from the document."),
    "no_bill_number": Words("No number was found on the bill.", "Make sure that it is not paid twice."),
    "resolution_too_low": Words("The scan is too coarse for its figures to be trusted.", "Scan it again at 300 dpi."),
    "low_resolution": Words("The scan is coarse: some figures may be misread.", "Scan at 300 dpi next time."),
    "not_a_document": Words("The document cannot be opened: it is damaged, or something else.", ASK_AGAIN),
    "document_too_large": Words(
        "The document has too many pages, or pages too large.", "Send each bill as its own file."
    ),
    "ocr_unavailable": Words(
        "The bill is an image, and the program that reads images is missing.", "Install Tesseract."
    ),
    "ocr_timed_out": Words("Reading a page took too long.", "Scan it again in grey, at 300 dpi."),
}


def _tables() -> tuple[Table, ...]:
    from orchestration.formats.documents.tables import TABLES

    return TABLES


def _read(files: Sequence[SourceFile], _own: OwnLayouts, pages: PageReader) -> RawBatch:
    from orchestration.formats.documents.reader import read

    return read([pages.read(file) for file in files])


def _is_document(sample: Sample) -> bool:
    return sample.head.startswith(_MAGIC)


DOCUMENTS: Final = FileKind(
    name="documents",
    title="Supplier bills",
    contents="vendor bills",
    signs=(Sign(10, _is_document),),
    extensions=frozenset({"pdf", "jpg", "jpeg", "png", "tif", "tiff"}),
    arrival=120,
    load_tables=_tables,
    reader=_read,
    control="Σ bill totals",
    loaded_amount="select sum(total_amount) from raw_documents.bills",
    is_booked=True,
    retried_reasons=("ocr_unavailable", "ocr_timed_out"),
    words=_WORDS,
)
