"""The pages of a document as text, and what a reader of documents needs to get them.

What does not belong here: opening documents and recognising characters (``stores.ocr``), and what the text means
(``documents``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from decimal import Decimal

    from orchestration.core.findings import Finding
    from orchestration.core.tables import SourceFile


@dataclass(frozen=True, slots=True)
class DocumentText:
    """One document as text, or why it has none.

    ``pages`` in order; ``text_source`` says whether they were printed (``text_layer``) or read (``ocr``);
    ``confidence_rate`` is the engine's mean, 0 to 1; ``refusal`` is set when the bytes could not be opened.
    """

    file: SourceFile
    pages: tuple[str, ...] = ()
    text_source: Literal["text_layer", "ocr"] | None = None
    ocr_engine: str | None = None
    dpi: int | None = None
    confidence_rate: Decimal | None = None
    refusal: Finding | None = None


class PageReader(Protocol):
    """Reads the text of a document's pages. Never raises for a bad document: the refusal is a finding."""

    def read(self, file: SourceFile) -> DocumentText:
        """Return the text of every page."""
        ...
