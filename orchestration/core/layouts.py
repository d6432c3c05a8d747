"""Layouts: which column of a table holds what, said in one TOML file each and recognised by the header.

A layout is data, so that a practice can add its own. Keys of ``columns`` are canonical names, values the source's
name, or several names of which the first that a file has is read. What does not belong here: what a row means, and
anything one kind of file alone needs (each package of ``formats`` adds that to its own profile).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeVar

from orchestration.core.dates import DateReader
from orchestration.core.findings import Finding
from orchestration.core.tabular import read_table

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from orchestration.core.dates import DateProblem
    from orchestration.core.delimited import Delimited, Record

# a header with three in five of a layout's telling columns is that layout with something missing
_RECOGNISED = 0.6


class LayoutError(ValueError):
    """A layout is not usable; the message says why in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One layout. ``signature`` are the columns it is told by; without any, all that it knows.

    ``words`` says what the table is, for a person.
    """

    name: str
    words: str
    columns: Mapping[str, tuple[str, ...]]
    required: frozenset[str]
    ignored: frozenset[str]
    signature: frozenset[str]
    date_formats: tuple[str, ...]

    @property
    def known_columns(self) -> frozenset[str]:
        """Every source column the layout reads or knows and leaves out, in lower case."""
        read = (name for names in self.columns.values() for name in names)
        return frozenset(name.lower() for name in (*read, *self.ignored))

    def share(self, header: Sequence[str]) -> tuple[float, float]:
        """Return how much of the telling columns a header has, then how much of all; 0 to 1 each."""
        present = {name.strip().lower() for name in header}
        known = self.known_columns
        telling = frozenset(name.lower() for name in self.signature) or known
        return len(telling & present) / len(telling), len(known & present) / len(known)


L = TypeVar("L", bound=Layout)


def common_fields(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields every layout has from its parsed TOML; raises ``LayoutError`` for one that has gaps."""
    columns = {
        key: tuple(value) if isinstance(value, list) else (str(value),)
        for key, value in data.get("columns", {}).items()
    }
    required = frozenset(data.get("required", ()))
    if not data.get("name") or not columns:
        message = "a layout needs a name and columns"
        raise LayoutError(message)
    if not required <= columns.keys():
        message = f"the layout requires {', '.join(sorted(required - columns.keys()))}, which it gives no column"
        raise LayoutError(message)
    return {
        "name": str(data["name"]),
        "words": str(data.get("words", data["name"])),
        "columns": columns,
        "required": required,
        "ignored": frozenset(data.get("ignored", ())),
        "signature": frozenset(data.get("signature", ())),
        "date_formats": tuple(data.get("date_formats", ("%Y-%m-%d",))),
    }


def parse(text: str, build: Callable[[Mapping[str, Any]], L]) -> L:
    """Return the layout of a TOML text; raises ``LayoutError`` in plain words when it is none."""
    try:
        return build(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        message = f"no TOML: {error}"
        raise LayoutError(message) from None
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        message = str(error) if isinstance(error, LayoutError) else f"a value of the layout is missing or odd: {error}"
        raise LayoutError(message) from None


def shipped(package: str, build: Callable[[Mapping[str, Any]], L]) -> dict[str, L]:
    """Return the layouts that lie as TOML files in a package, by name, in order of their names."""
    folder = resources.files(package)
    texts = (entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return {layout.name: layout for layout in sorted((parse(text, build) for text in texts), key=lambda one: one.name)}


def match(header: Sequence[str], layouts: Mapping[str, L]) -> L | None:
    """Return the layout that shares the most of its telling columns with a header, ``None`` below three in five.

    Case and order of the columns do not matter.
    """
    shares = {name: layout.share(header) for name, layout in layouts.items()}
    best = max(shares, key=lambda name: shares[name], default=None)
    return layouts[best] if best is not None and shares[best][0] >= _RECOGNISED else None


class Cells:
    """Where the columns of a layout stand in one table, and their dates read together."""

    def __init__(self, layout: Layout, table: Delimited) -> None:
        self.layout = layout
        self.width = len(table.header)
        self.header = table.header
        self.places = {name.lower(): place for place, name in reversed(list(enumerate(table.header)))}
        self._records = table.records
        self._columns = {
            key: tuple(self.places[name.lower()] for name in names if name.lower() in self.places)
            for key, names in layout.columns.items()
        }
        dated = [place for key, places in self._columns.items() if key.endswith("_date") for place in places]
        texts = {
            record.fields[place].strip() for record in table.records for place in dated if place < len(record.fields)
        }
        self._dates = DateReader(texts, layout.date_formats)

    def missing_columns(self) -> list[str]:
        """Return the source's names of required columns that the header lacks; alternatives joined by ``or``."""
        return [" or ".join(self.layout.columns[key]) for key in sorted(self.layout.required) if not self._columns[key]]

    def missing_finding(self) -> Finding | None:
        """Return why the table cannot be read by this layout, naming the columns; ``None`` when it can."""
        missing = self.missing_columns()
        if not missing:
            return self._repeated_finding()
        words = f"the {self.layout.name} layout needs the column {', '.join(missing)}, which is not there"
        unknown = self.unknown_count()
        if unknown:
            words += f"; {unknown} columns are unknown to it: if one was renamed, name it in a layout of your own"
        return Finding("missing_column", "error", words, line_number=1)

    def _repeated_finding(self) -> Finding | None:
        """Return which column that is read stands twice with different content: nobody can tell which one counts."""
        read = self.layout.known_columns - {name.lower() for name in self.layout.ignored}
        for name in sorted(read & set(self.places)):
            places = [place for place, found in enumerate(self.header) if found.lower() == name]
            if len(places) > 1 and any(
                len({record.fields[place].strip() for place in places if place < len(record.fields)}) > 1
                for record in self._records
            ):
                words = f"the column {name} stands {len(places)} times with different content: which one counts?"
                return Finding("repeated_column", "error", words, line_number=1)
        return None

    def unknown_count(self) -> int:
        """Return how many columns the layout does not know."""
        known = self.layout.known_columns
        return sum(1 for name in self.header if name.lower() not in known)

    def extra_finding(self) -> Finding | None:
        """Return a warning when columns were not read because the layout does not know them."""
        count = self.unknown_count()
        if not count:
            return None
        words = f"{count} columns that the {self.layout.name} layout does not know were not read"
        return Finding("extra_column", "warning", words, line_number=1)

    def has(self, key: str) -> bool:
        """Tell whether the file has the column at all."""
        return bool(self._columns.get(key))

    def text(self, record: Record, key: str) -> str:
        """Return the cell without blanks around it: the first that is not empty of the column's alternatives."""
        fields = record.fields
        for place in self._columns.get(key, ()):
            if place < len(fields) and (cell := fields[place].strip()):
                return cell
        return ""

    def column_read(self, record: Record, key: str) -> str | None:
        """Return the source's name, in lower case, of the alternative that ``text`` takes."""
        for place in self._columns.get(key, ()):
            if place < len(record.fields) and record.fields[place].strip():
                return self.header[place].lower()
        return None

    def cell(self, record: Record, name: str) -> str:
        """Return the cell of a column by the source's own name."""
        place = self.places.get(name.lower())
        return record.fields[place].strip() if place is not None and place < len(record.fields) else ""

    def date(self, text: str) -> dt.date | DateProblem:
        """Return the day of one of the table's date texts, or what is wrong with it."""
        return self._dates.read(text)


class UnfitError(ValueError):
    """A table fits no layout; ``finding`` says why, ``layout_name`` which one it nearly is."""

    def __init__(self, finding: Finding, layout_name: str | None, record_count: int) -> None:
        super().__init__(finding.message)
        self.finding = finding
        self.layout_name = layout_name
        self.record_count = record_count


def fit(content: bytes, layouts: Mapping[str, L]) -> tuple[L, Delimited, Cells]:
    """Return the layout that a table has, its records and its cells, titles above the header aside.

    Raises ``UndecodableError`` when the bytes are no table, ``UnfitError`` when its header fits no layout or lacks a
    required column.
    """
    table = read_table(content, lambda header: match(header, layouts) is not None)
    layout = match(table.header, layouts)
    if layout is None:
        words = "the header matches no layout of this kind of file that is known"
        raise UnfitError(Finding("unknown_layout", "error", words), None, len(table.records))
    cells = Cells(layout, table)
    missing = cells.missing_finding()
    if missing is not None:
        raise UnfitError(missing, layout.name, len(table.records))
    return layout, table, cells
