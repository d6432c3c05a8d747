"""The lock of the revenue mapping: the mapping that posts is the one that somebody approved, on a day.

The mapping is a versioned seed (``procedure_categories``, ``component_splits``). Its lock holds the version, the first
day it is meant for, who approved it, and a hash of every row; posting compares the hash. What does not belong here:
the mapping itself, and opening files.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.core.errors import ConfigurationError
from orchestration.core.ids import canonical_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TABLES = ("procedure_categories", "component_splits")
"""The seeds the lock covers."""


@dataclass(frozen=True, slots=True)
class MappingLock:
    """One approved state of the mapping; ``digest`` is ``mapping_digest`` of its rows."""

    version: int
    effective_date: dt.date
    approved_by: str
    digest: str

    def to_toml(self) -> str:
        """Return the lock as the text of its file."""
        # a quoted name may hold anything but quotes, backslashes and line breaks
        name = "".join(char for char in self.approved_by if char.isprintable() and char not in '"\\')
        return (
            "# The revenue mapping as approved; posting refuses any other. Written by: medbooks gl lock-mapping\n"
            f"version = {self.version}\n"
            f"effective_date = {self.effective_date.isoformat()}\n"
            f'approved_by = "{name}"\n'
            f'digest = "{self.digest}"\n'
        )


def read_lock(text: str) -> MappingLock:
    """Return the lock a file holds. Raises ``ConfigurationError`` when it is none."""
    try:
        values = tomllib.loads(text)
        version, day, name, digest = (values[key] for key in ("version", "effective_date", "approved_by", "digest"))
    except (tomllib.TOMLDecodeError, KeyError):
        version = day = name = digest = None
    if not (
        isinstance(version, int) and type(day) is dt.date and isinstance(name, str) and isinstance(digest, str) and name
    ):
        message = "the lock of the revenue mapping cannot be read, so nobody knows which mapping was approved"
        raise ConfigurationError(message, fix="medbooks gl lock-mapping --effective DAY --reason ...")
    return MappingLock(version, day, name, digest)


def mapping_digest(tables: Mapping[str, Iterable[Mapping[str, object]]]) -> str:
    """Return the SHA-256 of every row of the mapping, whatever their order, as text cells; empty and null are one.

    Raises ``KeyError`` when a table of ``TABLES`` is missing.
    """
    return canonical_key(
        {
            table: sorted(
                sorted((name, _cell(value)) for name, value in row.items() if _cell(value)) for row in tables[table]
            )
            for table in TABLES
        }
    )


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = str(value).strip()
    # a CSV spells booleans small and rates with any number of zeros; a database does not
    lowered = text.lower()
    if lowered in {"true", "false"}:
        return lowered
    if "." in text:
        whole, _, fraction = text.partition(".")
        if (whole + fraction).isdigit():
            return f"{whole}.{fraction.rstrip('0')}".rstrip(".")
    return text
