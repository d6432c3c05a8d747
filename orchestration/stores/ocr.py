"""Pages of a document as text: its text layer when it has one, else Tesseract on the rendered page.

Everything here is defensive, because a document comes from outside: page and pixel caps, a time limit per page,
no scripts run. What does not belong here: what the text means (``formats.documents``).
"""

from __future__ import annotations

import io
import os
import shutil
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from orchestration.core.findings import Finding
from orchestration.formats.pages import DocumentText

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfPage

    from orchestration.core.tables import SourceFile

ENGINE = "tesseract"
_MAX_PAGES = 20
_MAX_PIXELS = 60_000_000
_RENDER_DPI = 300
_MIN_TEXT_CHARACTERS = 30
_PAGE_SECONDS = 60
_POINTS_PER_INCH = 72
# below this Tesseract falls off a cliff; the page is enlarged first
_DEFAULT_IMAGE_DPI = 200

_UNREADABLE = Finding(
    "not_a_document",
    "error",
    "the file says it is a document and cannot be opened: it is damaged, or is something else",
)
_TOO_LARGE = Finding("document_too_large", "error", f"more than {_MAX_PAGES} pages, or a page of too many pixels")
_NO_ENGINE = Finding(
    "ocr_unavailable", "error", "the page is an image and Tesseract is not installed: apt-get install tesseract-ocr"
)
_TOO_SLOW = Finding("ocr_timed_out", "error", f"reading a page took longer than {_PAGE_SECONDS} seconds")


class OcrEngine:
    """Reads PDF, JPEG, PNG and TIFF. Never raises for a bad document: the refusal is a finding."""

    def read(self, file: SourceFile) -> DocumentText:
        """Return the text of every page, where it came from and how sure the engine is (0-1)."""
        try:
            return self._read_pdf(file) if file.content.lstrip()[:5] == b"%PDF-" else self._read_image(file)
        except _PageRefusedError as refusal:
            return DocumentText(file, refusal=refusal.finding)

    def _read_pdf(self, file: SourceFile) -> DocumentText:
        import pypdfium2

        try:
            pdf = pypdfium2.PdfDocument(file.content)
        except pypdfium2.PdfiumError:
            raise _PageRefusedError(_UNREADABLE) from None
        try:
            if len(pdf) > _MAX_PAGES:
                raise _PageRefusedError(_TOO_LARGE)
            texts = [page.get_textpage().get_text_bounded() for page in pdf]
            if sum(len(text.strip()) for text in texts) >= _MIN_TEXT_CHARACTERS:
                return DocumentText(file, tuple(texts), "text_layer")
            images, resolutions = [], []
            for page in pdf:
                width, height = page.get_size()
                scale = _RENDER_DPI / _POINTS_PER_INCH
                if width * scale * height * scale > _MAX_PIXELS:
                    raise _PageRefusedError(_TOO_LARGE)
                resolutions.append(_image_resolution(page, width))
                images.append(page.render(scale=scale, grayscale=True).to_pil())
        except pypdfium2.PdfiumError:
            raise _PageRefusedError(_UNREADABLE) from None
        finally:
            pdf.close()
        return self._recognise(file, images, min(resolutions, default=_RENDER_DPI))

    def _read_image(self, file: SourceFile) -> DocumentText:
        from PIL import Image, UnidentifiedImageError

        try:
            with Image.open(io.BytesIO(file.content)) as image:
                if image.width * image.height > _MAX_PIXELS or getattr(image, "n_frames", 1) > _MAX_PAGES:
                    raise _PageRefusedError(_TOO_LARGE)
                resolution = int(image.info.get("dpi", (_DEFAULT_IMAGE_DPI, 0))[0]) or _DEFAULT_IMAGE_DPI
                pages = []
                for number in range(getattr(image, "n_frames", 1)):
                    image.seek(number)
                    pages.append(image.convert("L"))
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            raise _PageRefusedError(_UNREADABLE) from None
        return self._recognise(file, pages, resolution)

    def _recognise(self, file: SourceFile, images: list[Image], dpi: int) -> DocumentText:
        if shutil.which(ENGINE) is None:
            raise _PageRefusedError(_NO_ENGINE)
        # one thread a page: on few cores Tesseract's own threads only wait for each other
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        import pytesseract

        texts, confidences = [], []
        for image in images:
            try:
                words: dict[str, list[Any]] = pytesseract.image_to_data(
                    image, config="--psm 6", timeout=_PAGE_SECONDS, output_type=pytesseract.Output.DICT
                )
            except RuntimeError:
                raise _PageRefusedError(_TOO_SLOW) from None
            texts.append(_lines(words))
            confidences += [float(c) for c, word in zip(words["conf"], words["text"], strict=True) if word.strip()]
        confidence = Decimal(round(100 * sum(confidences) / len(confidences)) if confidences else 0).scaleb(-4)
        return DocumentText(file, tuple(texts), "ocr", ocr_engine=ENGINE, dpi=dpi, confidence_rate=confidence)


class _PageRefusedError(Exception):
    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


def _image_resolution(page: PdfPage, page_width: float) -> int:
    """Return the resolution of the widest image on a page, in dots per inch."""
    import pypdfium2.raw as pdfium_c

    widest = 0
    for item in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=2):
        left, _, right, _ = item.get_bounds()
        if right > left:
            widest = max(widest, round(item.get_px_size()[0] / ((right - left) / _POINTS_PER_INCH)))
    return widest or int(page_width and _RENDER_DPI)


def _lines(words: dict[str, list[Any]]) -> str:
    lines: dict[tuple[int, int, int], list[str]] = {}
    for index, word in enumerate(words["text"]):
        if word.strip():
            place = (words["block_num"][index], words["par_num"][index], words["line_num"][index])
            lines.setdefault(place, []).append(word)
    return "\n".join(" ".join(line) for line in lines.values())
