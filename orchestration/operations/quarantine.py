"""What waits because it could not be read: looking at it, reading it again, rejecting it, and handing out its bytes.

Decisions stand in the audit chain of the ledger, because the lake is made anew by a rebuild and would forget them. An
item is told by its file's id, never by its name, which may hold a patient's. What does not belong here: what is held
(read, and waiting for a rule), and words for people (``reporting.words``).
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.core.errors import BooksError
from orchestration.core.money import ZERO
from orchestration.formats.registry import kind_names, kinds
from orchestration.ledger.chain import Deed
from orchestration.stores.dbt import current_manifest
from orchestration.stores.lake import rows, table_names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal
    from pathlib import Path

    import duckdb

    from orchestration.formats.file_kind import FileKind
    from orchestration.stores.practice import PracticeStores

REJECTED, REPLAYED, REVEALED = "quarantine_rejected", "quarantine_replayed", "quarantine_revealed"
_SHORTEST_ID = 6
_ACTION, _OBJECT = 3, 4


@dataclass(frozen=True, slots=True)
class Item:
    """One quarantined file, or one refused row of a file that was loaded."""

    source: str
    file_id: str
    where: str
    code: str
    message: str
    amount: Decimal | None
    is_rejected: bool

    @property
    def is_file(self) -> bool:
        """Whether the whole file waits."""
        return self.where == "file"


def items(stores: PracticeStores) -> list[Item]:
    """Return every quarantined file and refused row, oldest first by kind."""
    rejected = _rejected(stores)
    found: list[Item] = []
    with stores.lake.connect() as lake:
        present = table_names(lake)
        for kind in kinds():
            source = kind.name
            if f"{kind.schema}.files" in present:
                found += [
                    Item(source, row["file_id"], "file", row["code"], row["message"], row["amount"], is_rejected=False)
                    for row in rows(
                        lake,
                        f"select file_id, reason_code as code, reason as message, quarantined_amount as amount "
                        f"from raw_{source}.files where status = 'quarantined' order by loaded_at, file_id",
                    )
                ]
                found += _refused_rows(lake, kind)
        if "landing.files" in present:
            found += [
                Item("unknown", row["file_id"], "file", row["code"], row["message"], None, is_rejected=False)
                for row in rows(
                    lake,
                    "select file_id, reason_code as code, reason as message from landing.files "
                    "where kind = 'unknown' order by loaded_at, file_id",
                )
            ]
    return [
        Item(i.source, i.file_id, i.where, i.code, i.message, i.amount, is_rejected=i.file_id in rejected)
        for i in found
    ]


def _refused_rows(lake: duckdb.DuckDBPyConnection, kind: FileKind) -> list[Item]:
    placed = "" if kind.refuses_without_place else "and (f.line_number is not null or f.segment_number is not null) "
    return [
        Item(
            kind.name,
            row["file_id"],
            f"line {row['line_number']}" if row["line_number"] else f"segment {row['segment_number']}",
            row["code"],
            row["message"],
            row["amount"],
            is_rejected=False,
        )
        for row in rows(
            lake,
            f"select f.* from {kind.schema}.findings as f inner join {kind.schema}.files as files "
            "on f.file_id = files.file_id where files.status = 'loaded' "
            f"and f.severity = 'error' {placed}order by f.loaded_at, f.file_id, f.finding_number",
        )
    ]


def find(stores: PracticeStores, beginning: str) -> tuple[str, list[Item]]:
    """Return the full id of the one file whose id begins so, and what waits of it.

    Raises ``BooksError`` when no file with something quarantined begins so, or several do.
    """
    text = beginning.lower()
    matching = [item for item in items(stores) if len(text) >= _SHORTEST_ID and item.file_id.startswith(text)]
    identities = {item.file_id for item in matching}
    if len(identities) != 1:
        count = "no" if not identities else str(len(identities))
        message = f"{count} file in quarantine has an id that begins so (at least {_SHORTEST_ID} characters)"
        raise BooksError(message, fix="medbooks quarantine list")
    return identities.pop(), matching


def describe(stores: PracticeStores, file_id: str) -> dict[str, Any]:
    """Return what is known of a file without its name and content: kind, size, day of landing, findings by code."""
    with stores.lake.connect() as lake:
        (landed,) = rows(
            lake, "select kind, byte_count, loaded_at from landing.files where file_id = ?", [file_id]
        ) or [{"kind": "unknown", "byte_count": None, "loaded_at": None}]
        kind = landed["kind"]
        findings = (
            rows(
                lake,
                f"select code, severity, count(*) as finding_count, sum(amount) as amount from raw_{kind}.findings "
                "where file_id = ? group by code, severity order by severity, code",
                [file_id],
            )
            if f"raw_{kind}.findings" in table_names(lake)
            else []
        )
    return {**landed, "findings": findings}


def replay(stores: PracticeStores, found: Sequence[Item], *, by: str) -> list[str]:
    """Forget what was read of files, so that the next run reads them as they landed; return their ids.

    Their kind is told anew too. Of a file that was loaded but for some rows, the other rows are booked: what the lake
    made of all files row by row is forgotten with it and made anew by the next run from the raw tables, in landing
    order, as a rebuild would. The ledger books no event twice; one that comes back with other amounts waits there for
    a person. The bytes are those that landed, with the same landing time.
    """
    identities = sorted({item.file_id for item in found})
    if not identities:
        return []
    listed = ", ".join(f"'{identity}'" for identity in identities)
    raw_schemas = {f"raw_{kind}" for kind in kind_names()}
    made = _made_file_by_file(stores) if any(not item.is_file for item in found) else ()
    with stores.lake.connect(wait_seconds=30.0) as lake:
        present = table_names(lake, views=False)
        lake.begin()
        for table in sorted(present):
            if table.partition(".")[0] in raw_schemas:
                lake.execute(f"delete from {table} where file_id in ({listed})")
        lake.execute(f"delete from landing.files where file_id in ({listed})")
        for table in made:
            if table in present:
                lake.execute(f"drop table {table}")
        lake.commit()
    for identity in identities:
        stores.ledger.record(Deed(by, REPLAYED, identity, object_count=1))
    return identities


def _made_file_by_file(stores: PracticeStores) -> list[str]:
    """Return the tables that dbt only adds to: they hold what earlier runs made of files."""
    nodes = json.loads(current_manifest(stores.home).read_text(encoding="utf-8"))["nodes"].values()
    return [
        f"{node['schema']}.{node['alias']}"
        for node in nodes
        if node["resource_type"] == "model" and node["config"]["materialized"] == "incremental"
    ]


def reject(stores: PracticeStores, file_id: str, found: Sequence[Item], *, by: str, reason: str) -> Decimal:
    """Decide that nothing of what is quarantined of a file will be booked; return the dollars it is about.

    Raises ``BooksError`` without a reason, and when it is rejected already.
    """
    if not reason.strip():
        message = "a rejection needs a reason: who looks at the books later must understand it"
        raise BooksError(message, fix='medbooks quarantine reject FILE_ID --reason "..."')
    if any(item.is_rejected for item in found):
        message = "it is rejected already"
        raise BooksError(message, fix="medbooks quarantine list --all")
    amount = sum((item.amount for item in found if item.amount is not None), ZERO)
    stores.ledger.record(Deed(by, REJECTED, file_id, reason.strip(), len(found), amount))
    return amount


def reveal(stores: PracticeStores, file_id: str, target: Path, *, by: str, purpose: str) -> int:
    """Write a file's bytes where only their owner reads them, and record who asked for them and why; return the size.

    Raises ``BooksError`` without a purpose, and when something stands there already.
    """
    if not purpose.strip():
        message = "the content is a patient's: say what it is needed for"
        raise BooksError(message, fix='medbooks quarantine show FILE_ID --save FILE --purpose "..."')
    content = stores.landed.get(file_id).content
    # on record before it is out
    stores.ledger.record(Deed(by, REVEALED, file_id, purpose.strip(), 1))
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        message = f"{target} exists already and is not written over"
        raise BooksError(message, fix="choose another --save FILE") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return len(content)


def _rejected(stores: PracticeStores) -> set[str]:
    """Return the files whose last decision is a rejection; a replay takes it back."""
    last: dict[str, str] = {}
    for record in stores.ledger.audit_records()[1]:
        action = str(record[_ACTION])
        if action in {REJECTED, REPLAYED}:
            last[str(record[_OBJECT])] = action
    return {file_id for file_id, action in last.items() if action == REJECTED}
