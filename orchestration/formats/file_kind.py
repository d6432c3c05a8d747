"""What a kind of file says of itself: how it is recognised, when it counts, how it is read, and in which words.

Each package of ``formats`` declares its kinds as ``FileKind`` in a module of its own (``kind``); ``registry`` lists
them. A declaration loads nothing heavy: what it needs to look at a file or to read one is imported when it is called.
What does not belong here: any kind, and any reader.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from orchestration.core.layouts import Layout
    from orchestration.core.tables import Content, RawBatch, SourceFile, Table
    from orchestration.core.words import Words
    from orchestration.formats.pages import PageReader

    L = TypeVar("L", bound=Layout)
    Reader: TypeAlias = Callable[[Sequence[SourceFile], "OwnLayouts", PageReader], RawBatch]

# enough to hold any header line, little enough to look at for a file of a gigabyte
_HEAD: Final = 65_536


@dataclass(frozen=True, slots=True)
class OwnLayouts:
    """The layouts of tables a practice wrote itself: kind of file → name of the layout → layout."""

    by_kind: Mapping[str, Mapping[str, Layout]] = field(default_factory=dict)

    def of(self, kind: str, layout_type: type[L]) -> dict[str, L]:
        """Return the layouts of one kind by name, as the type its reader takes."""
        found = self.by_kind.get(kind, {})
        return {name: layout for name, layout in found.items() if isinstance(layout, layout_type)}


NO_LAYOUTS: Final = OwnLayouts()


class Sample:
    """A file whose kind is looked for: its first bytes, and the rest as far as a sign asks for it."""

    def __init__(self, content: Content, own: OwnLayouts) -> None:
        self.content = content
        self.own = own
        self.head: bytes = content[:_HEAD]

    @cached_property
    def plain(self) -> bytes:
        """The first bytes without byte order marks and leading blanks; UTF-16 as plain bytes."""
        head = self.head
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            head = head.decode("utf-16", errors="ignore").encode()
        return head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x00")

    @cached_property
    def whole(self) -> bytes:
        """All bytes in memory, for what is recognised by the members of a whole JSON text."""
        return self.content[:]

    @property
    def is_json(self) -> bool:
        """Whether the file begins like JSON, which is never taken for a table."""
        return self.plain[:1] in {b"{", b"["}

    @cached_property
    def rows(self) -> list[tuple[str, ...]]:
        """The first rows of a table, one of which may be its header; none when the file is no table."""
        from orchestration.core.tabular import first_rows  # noqa: PLC0415  # as the module says: nothing heavy

        return first_rows(self.content)


@dataclass(frozen=True, slots=True)
class Sign:
    """One way to recognise a kind by content. The signs of all kinds are asked in the order of ``place``."""

    place: int
    holds: Callable[[Sample], bool]


@dataclass(frozen=True, slots=True)
class HeaderSign:
    """One way to recognise a kind by a row of a table, which may be its header; asked row by row, by ``place``."""

    place: int
    holds: Callable[[Sequence[str], Sample], bool]


@dataclass(frozen=True, slots=True)
class NameSign:
    """A word in the name of a table or a JSON text whose content says nothing; asked in the order of ``place``."""

    place: int
    word: str
    of: Literal["table", "json"] = "table"


def _no_date(_head: bytes) -> str:
    return ""


# compared and hashed by identity: its fields hold functions and mappings
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FileKind:
    """One kind of file.

    Recognised by ``signs``, then ``header_signs`` of tables, then ``late_signs`` of tables without a header that fits;
    by its name where the content is silent: ``extensions``, then ``name_signs``. ``family`` looks again at a file taken
    for this kind and names the one of its family it is. Files count in the order of ``arrival``, within a kind by
    ``arrival_date`` of their first bytes.

    ``tables`` are those of its raw schema; ``reader`` takes files, the practice's own layouts (each read by
    ``read_layout``, where the kind has any) and the reader of pages. ``control`` says what the control amount of a file
    is, ``loaded_amount`` is SQL for the part of it in raw tables, recomputed from the rows. Only what ``is_booked``
    appears among the control totals. A file quarantined for one of ``retried_reasons`` is read again by every run: the
    reason lies with us, not with it.

    A refused row is told by its line or segment; where the kind ``refuses_without_place`` it may have neither.

    ``title`` is what people call the kind, ``contents`` what its files hold, ``words`` what its findings and hold
    reasons mean, as far as they are its own or mean something else in it.
    """

    name: str
    title: str
    contents: str
    signs: tuple[Sign, ...] = ()
    header_signs: tuple[HeaderSign, ...] = ()
    late_signs: tuple[Sign, ...] = ()
    extensions: frozenset[str] = frozenset()
    name_signs: tuple[NameSign, ...] = ()
    family: Callable[[Sample], str] | None = None
    arrival: int
    arrival_date: Callable[[bytes], str] = _no_date
    load_tables: Callable[[], tuple[Table, ...]]
    reader: Reader
    read_layout: Callable[[str], Layout] | None = None
    control: str
    loaded_amount: str
    is_booked: bool
    retried_reasons: tuple[str, ...] = ()
    refuses_without_place: bool = False
    words: Mapping[str, Words] = field(default_factory=dict)

    @property
    def schema(self) -> str:
        """The raw schema."""
        return f"raw_{self.name}"

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables of the raw schema."""
        return self.load_tables()


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherStandard:
    """Files of another standard that go into a kind's tables and are read by another package than the kind's own."""

    is_meant: Callable[[bytes], bool]
    read_into: Callable[[RawBatch, SourceFile], None]
    extensions: frozenset[str]
    words: Mapping[str, Words]
