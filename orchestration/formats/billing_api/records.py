"""Bytes to records: one JSON value, an array, a page of an API (``results``), or one value a line; and whose they are.

What does not belong here: what a record means.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, Literal

from orchestration.core.delimited import UndecodableError
from orchestration.core.exact_json import read_json
from orchestration.core.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

ApiProfile = Literal["redox", "drchrono_line_items", "drchrono_transactions"]

_REDOX: Final = re.compile(rb'"DataModel"\s*:\s*"Financial"')
_LINE_ITEM: Final = (b'"balance_ins"', b'"procedure_type"', b'"billing_status"')
_PRICES: Final = frozenset({"billed", "price"})
_CODES: Final = frozenset({"code", "procedure_type"})
_TRANSACTION: Final = (b'"line_item"', b'"ins_paid"')


def is_billing_json(head: bytes) -> bool:
    """Tell whether the first bytes of JSON are those of an API that is read here."""
    return (
        _REDOX.search(head) is not None
        or all(mark in head for mark in _LINE_ITEM)
        or all(mark in head for mark in _TRANSACTION)
    )


def profile_of(record: object) -> ApiProfile | None:
    """Return whose record it is, ``None`` when it is nobody's that is known."""
    if not isinstance(record, dict):
        return None
    meta = record.get("Meta")
    if isinstance(meta, dict) and meta.get("DataModel") == "Financial":
        return "redox"
    if "line_item" in record and ("ins_paid" in record or "adjustment" in record):
        return "drchrono_transactions"
    if (
        "id" in record
        and ("billed" in record or "price" in record)
        and ("code" in record or "procedure_type" in record)
    ):
        return "drchrono_line_items"
    return None


def records(content: bytes) -> Iterator[Any]:
    """Yield the records of a file, or a ``Finding`` in the place of a line that is damaged.

    Raises ``UndecodableError`` when the bytes are no JSON at all.
    """
    try:
        value = read_json(content)
    except UndecodableError:
        lines = [line for line in content.split(b"\n") if line.strip()]
        if len(lines) < 2:  # noqa: PLR2004  # one value that is damaged, not one a line
            raise
        yield from _lines(lines)
        return
    if isinstance(value, dict) and isinstance(value.get("results"), list):
        value = value["results"]
    yield from value if isinstance(value, list) else (value,)


def _lines(lines: list[bytes]) -> Iterator[Any]:
    found: list[Any] = []
    for line in lines:
        try:
            found.append(read_json(line))
        except UndecodableError as error:
            found.append(error.finding)
    if all(isinstance(one, Finding) for one in found):
        raise UndecodableError(found[0])
    yield from found


def is_text(record: object) -> bool:
    """Tell whether every text of a record can be stored: JSON can write half a character."""
    try:
        json.dumps(record, ensure_ascii=False, default=str).encode()
    except (UnicodeError, RecursionError):
        return False
    return True
