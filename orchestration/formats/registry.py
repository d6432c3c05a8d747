"""Every kind of file: the list, and what is asked of all kinds together.

Which kind some bytes are, so that exactly one reader takes them: by content first, by name second. A file that only
its name gives away still goes to that kind's reader, because its reader can say best what is wrong with it. In which
order the files of one drop count: charges before remittances, remittances by their own date; what lands first keeps
the money, and a reversal must find what it takes back. Which kind a layout that a practice wrote is for.

A kind is added by one module that declares it and one line here. What does not belong here: anything about one kind
(its ``kind`` module), and whether a file is any good (its reader).
"""

from __future__ import annotations

import tomllib
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from orchestration.core.layouts import LayoutError
from orchestration.formats.bank.kind import BANK
from orchestration.formats.billing_api.kind import BILLING_API
from orchestration.formats.documents.kind import DOCUMENTS
from orchestration.formats.exports.kind import EHR
from orchestration.formats.fees.kind import FEES
from orchestration.formats.fhir.kind import FHIR
from orchestration.formats.file_kind import NO_LAYOUTS, OwnLayouts, Sample
from orchestration.formats.hl7.kind import HL7
from orchestration.formats.payroll.kind import PAYROLL
from orchestration.formats.supplies.kind import supplies
from orchestration.formats.x12.kinds import ACKS, CLAIMS837, ERA835, TRADE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from orchestration.core.layouts import Layout
    from orchestration.core.tables import Content, RawBatch, SourceFile
    from orchestration.formats.file_kind import FileKind, HeaderSign, NameSign, Sign
    from orchestration.formats.pages import PageReader

# in the order people read them
KINDS: tuple[FileKind, ...] = (
    ERA835,
    EHR,
    FHIR,
    HL7,
    BILLING_API,
    BANK,
    PAYROLL,
    DOCUMENTS,
    supplies(TRADE),
    CLAIMS837,
    ACKS,
    FEES,
)
# what neither its content nor its name gives away
UNKNOWN: Final = "unknown"

_TABULAR: Final = frozenset({"csv", "tsv", "txt", "xlsx", "xls"})
# a layout that names no kind was written before other kinds had layouts
_KIND_OF_LAYOUTS_WITHOUT: Final = EHR.name
_DATED_HEAD: Final = 4096


def kinds() -> tuple[FileKind, ...]:
    """Return every kind, in the order people read them."""
    return KINDS


def kind_names() -> tuple[str, ...]:
    """Return the names of all kinds."""
    return tuple(kind.name for kind in kinds())


def booked_kind_names() -> tuple[str, ...]:
    """Return the names of the kinds that are booked; what others hold is looked up or compared."""
    return tuple(kind.name for kind in kinds() if kind.is_booked)


def kind_named(name: str) -> FileKind:
    """Return a kind by its name; raises ``KeyError`` when there is none."""
    return _by_their_names(kinds())[name]


def readers(pages: PageReader, own: OwnLayouts = NO_LAYOUTS) -> dict[str, Callable[[Sequence[SourceFile]], RawBatch]]:
    """Return the reader of every kind by its name, ready to take files."""
    return {kind.name: partial(_read, kind, own, pages) for kind in kinds()}


def _read(kind: FileKind, own: OwnLayouts, pages: PageReader, files: Sequence[SourceFile]) -> RawBatch:
    return kind.reader(files, own, pages)


def detect_kind(file_name: str, content: Content, own: OwnLayouts = NO_LAYOUTS) -> str:
    """Return the name of a file's kind; ``own`` are the practice's own layouts of tables.

    Never raises; ``unknown`` when neither its content nor its name says anything.
    """
    sample = Sample(content, own)
    kind = _kind_by_content(sample) or _kind_by_name(file_name)
    if kind is None:
        return UNKNOWN
    return kind.name if kind.family is None else kind.family(sample)


def arrival_order(file_name: str, content: Content, own: OwnLayouts = NO_LAYOUTS) -> tuple[int, str, str]:
    """Return a sort key: the kind's place, then the date the file says of itself, then its name."""
    name = detect_kind(file_name, content, own)
    if name == UNKNOWN:
        return max(kind.arrival for kind in kinds()) + 1, "", file_name
    kind = kind_named(name)
    return kind.arrival, kind.arrival_date(content[:_DATED_HEAD]), file_name


def read_layouts(texts: Mapping[str, str]) -> OwnLayouts:
    """Return a practice's own layouts from TOML texts by file name, each for the kind it names.

    One of a shipped layout's name replaces it. Raises ``LayoutError`` naming the file that cannot be used.
    """
    found: dict[str, dict[str, Layout]] = {}
    for file_name, text in texts.items():
        try:
            kind, layout = _layout(text)
        except LayoutError as error:
            message = f"the layout {file_name} cannot be used: {error}"
            raise LayoutError(message) from None
        found.setdefault(kind, {})[layout.name] = layout
    return OwnLayouts(found)


def _layout(text: str) -> tuple[str, Layout]:
    try:
        name = tomllib.loads(text).get("kind", _KIND_OF_LAYOUTS_WITHOUT)
    except tomllib.TOMLDecodeError as error:
        message = f"no TOML: {error}"
        raise LayoutError(message) from None
    readers = {kind.name: kind.read_layout for kind in kinds() if kind.read_layout is not None}
    if name not in readers:
        message = f"its kind is one of {', '.join(readers)}"
        raise LayoutError(message)
    return str(name), readers[name](text)


def _kind_by_content(sample: Sample) -> FileKind | None:
    signs, header_signs, late_signs, _ = _in_order(kinds())
    for sign, kind in signs:
        if sign.holds(sample):
            return kind
    # a table's first line may hold anything, so it is asked last, and JSON is none
    if sample.is_json:
        return None
    for row in sample.rows:
        for header_sign, kind in header_signs:
            if header_sign.holds(row, sample):
                return kind
    return next((kind for sign, kind in late_signs if sign.holds(sample)), None)


def _kind_by_name(file_name: str) -> FileKind | None:
    stem, _, extension = file_name.lower().rpartition(".")
    for kind in kinds():
        if extension in kind.extensions:
            return kind
    form = "table" if extension in _TABULAR else "json" if extension == "json" else None
    return next((kind for sign, kind in _in_order(kinds())[3] if sign.of == form and sign.word in stem), None)


@cache
def _by_their_names(registered: tuple[FileKind, ...]) -> dict[str, FileKind]:
    return {kind.name: kind for kind in registered}


@cache
def _in_order(
    registered: tuple[FileKind, ...],
) -> tuple[
    list[tuple[Sign, FileKind]],
    list[tuple[HeaderSign, FileKind]],
    list[tuple[Sign, FileKind]],
    list[tuple[NameSign, FileKind]],
]:
    """Return the signs of all kinds in the order in which they are asked: content, headers, late, names."""
    return (
        sorted(((sign, kind) for kind in registered for sign in kind.signs), key=lambda each: each[0].place),
        sorted(((sign, kind) for kind in registered for sign in kind.header_signs), key=lambda each: each[0].place),
        sorted(((sign, kind) for kind in registered for sign in kind.late_signs), key=lambda each: each[0].place),
        sorted(((sign, kind) for kind in registered for sign in kind.name_signs), key=lambda each: each[0].place),
    )
