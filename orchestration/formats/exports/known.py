"""Tables that are known and hold no ledger transaction: a person is told what the file is, not only what it is not.

What does not belong here: layouts that are read (``profiles/*.toml``).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from orchestration.core.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

_RECOGNISED = 0.75


@dataclass(frozen=True, slots=True)
class KnownTable:
    """One table: who writes it, what it holds, what to send instead; told by its columns."""

    title: str
    holds: str
    instead: str
    columns: frozenset[str]


@cache
def known_tables() -> tuple[KnownTable, ...]:
    """Return every table that is known."""
    text = resources.files("orchestration.formats.exports").joinpath("known_tables.toml").read_text("utf-8")
    return tuple(
        KnownTable(
            entry["title"], entry["holds"], entry["instead"], frozenset(name.lower() for name in entry["columns"])
        )
        for entry in tomllib.loads(text)["table"]
    )


def match_known(header: Sequence[str]) -> KnownTable | None:
    """Return the known table that three in four of its columns tell, the likeliest first."""
    present = {name.strip().lower() for name in header}
    shares = [
        (len(table.columns & present) / len(table.columns), len(table.columns), table) for table in known_tables()
    ]
    share, _, best = max(shares, key=lambda each: each[:2])
    return best if share >= _RECOGNISED else None


def finding(table: KnownTable) -> Finding:
    """Return why a file of this table is not loaded."""
    words = f"this is {table.title}: it holds {table.holds}, and no charge, payment or adjustment. {table.instead}"
    return Finding("no_ledger_table", "error", words)
