"""The data types of FHIR R4, read from any JSON without ever failing: references, codes, dates, money.

A resource from outside may hold anything anywhere, so every function takes ``object``. What does not belong here:
which element of which resource means what.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from orchestration.core.money import CENT, ZERO, parse_quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

_NPI_SYSTEM = "http://hl7.org/fhir/sid/us-npi"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?:T|\Z)", re.ASCII)
_DOLLARS = "USD"
# DECIMAL(18,2) holds 16 digits before the point
_LIMIT = Decimal(10) ** 16
# what arithmetic in binary floats leaves behind (0.8 × 85.55 = 68.44000000000001); no real price has such a digit
_DUST = Decimal("0.000001")
_CODE_SYSTEMS = {
    "http://www.ama-assn.org/go/cpt": "CPT",
    "urn:oid:2.16.840.1.113883.6.12": "CPT",
    # HCPCS level II and CDT codes have ranges of their own beside CPT's, so they share its mapping
    "https://www.cms.gov/medicare/coding/hcpcsreleasecodesets": "CPT",
    "http://www.cms.gov/medicare/coding/hcpcsreleasecodesets": "CPT",
    "http://terminology.hl7.org/codesystem/hcpcs": "CPT",
    "urn:oid:2.16.840.1.113883.6.285": "CPT",
    "urn:oid:2.16.840.1.113883.6.14": "CPT",
    "http://www.ada.org/cdt": "CPT",
    "http://terminology.hl7.org/codesystem/cdt": "CPT",
    "http://snomed.info/sct": "SNOMED",
}
_PREFERENCE = ("CPT", "SNOMED", "OTHER")


class ResourceRefusedError(Exception):
    """A resource, or one item of it, cannot be a row: its reason on the way to the reader, never seen outside."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


def at(node: object, *path: str) -> Any:  # noqa: ANN401  # JSON from outside
    """Return what stands under a path, through the first element of every list on the way; ``None`` when nothing."""
    for key in path:
        inner = node[0] if isinstance(node, list) and node else node
        if not isinstance(inner, dict):
            return None
        node = inner.get(key)
    return node


def each(node: object) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list (or the one object), leaving out what is none."""
    for item in node if isinstance(node, list) else (node,):
        if isinstance(item, dict):
            yield item


def text(node: object) -> str | None:
    """Return a primitive as text, ``None`` when it is absent, blank or no primitive."""
    if isinstance(node, str):
        return node.strip() or None
    if isinstance(node, bool) or node is None:
        return None
    if isinstance(node, (dt.date, dt.datetime)):
        return node.isoformat()
    if isinstance(node, int):
        # a number of thousands of digits is no identifier, and Python refuses to write it
        return str(node) if abs(node) < _LIMIT else None
    return None


def boolean(node: object) -> bool | None:
    """Return true or false, ``None`` when it is neither."""
    return node if isinstance(node, bool) else None


def integer(node: object) -> int | None:
    """Return a positiveInt, ``None`` when it is none or would not fit 32 bits as R4 demands."""
    if isinstance(node, int) and not isinstance(node, bool) and 0 <= node < 2**31:
        return node
    return None


def date(node: object) -> dt.date | None:
    """Return the day of a date or dateTime as the source wrote it: its time and zone are not moved.

    ``None`` when it is absent, partial (``2026``, ``2026-03``) or no date.
    """
    written = text(node)
    return _date(written) if written else None


@lru_cache(maxsize=1 << 14)
def _date(written: str) -> dt.date | None:
    if not _DAY.match(written):
        return None
    try:
        return dt.date(int(written[:4]), int(written[5:7]), int(written[8:10]))
    except ValueError:
        return None


def instant(node: object) -> dt.datetime | None:
    """Return an instant with its zone in UTC, ``None`` when it is none."""
    written = text(node)
    if written is None or not _DAY.match(written):
        return None
    try:
        moment = dt.datetime.fromisoformat(written)
        return moment.astimezone(dt.UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def reference(node: object) -> str | None:
    """Return the id or business identifier a Reference points to.

    ``Practitioner/12`` and ``urn:uuid:12`` are 12, a conditional reference ``Practitioner?identifier=…|12`` and a
    logical one with only an identifier are 12, a contained one keeps its mark: ``#12``.
    """
    written = text(at(node, "reference"))
    if written is None:
        return text(at(node, "identifier", "value"))
    if written.startswith("#"):
        return written
    if "?" in written:
        return written.rpartition("|")[2] or None
    path = written.partition("/_history/")[0]
    return path.removeprefix("urn:uuid:").removeprefix("urn:oid:").rpartition("/")[2] or None


def display(node: object) -> str | None:
    """Return the name a Reference shows."""
    return text(at(node, "display"))


def identifier(node: object, *, system: str | None = None, type_code: str | None = None) -> str | None:
    """Return the value of the first Identifier, of a system or a type when one is asked for."""
    for one in each(at(node, "identifier")):
        if system is not None and text(one.get("system")) != system:
            continue
        if type_code is not None and text(at(one, "type", "coding", "code")) != type_code:
            continue
        value = text(one.get("value"))
        if value:
            return value
    return None


def npi(node: object) -> str | None:
    """Return the National Provider Identifier of a resource."""
    return identifier(node, system=_NPI_SYSTEM)


def code(node: object) -> str | None:
    """Return the first code of a CodeableConcept, else its text."""
    return text(at(node, "coding", "code")) or text(at(node, "text"))


def procedure(node: object) -> tuple[str | None, str | None, str | None]:
    """Return our code system, the code and the system as written of the best coding: CPT and HCPCS before others."""
    found: dict[str, tuple[str, str | None]] = {}
    for coding in each(at(node, "coding")):
        written, uri = text(coding.get("code")), text(coding.get("system"))
        if written:
            system = _CODE_SYSTEMS.get((uri or "").lower(), "OTHER")
            found.setdefault(system, (written, uri))
    for system in _PREFERENCE:
        if system in found:
            return system, *found[system]
    return None, None, None


def number(node: object) -> Decimal | None:
    """Return a decimal exactly as written, ``None`` when it is absent, not finite or no number."""
    if isinstance(node, bool):
        return None
    if isinstance(node, Decimal):
        return node if node.is_finite() else None
    if isinstance(node, int):
        return Decimal(node)
    if isinstance(node, float):
        # Parquet of a lakehouse has doubles; their shortest decimal is what was written
        return Decimal(repr(node)) if math.isfinite(node) else None
    return None


def quantity(node: object) -> Decimal | None:
    """Return the value of a Quantity when it fits four decimals, else ``None``."""
    value = number(at(node, "value"))
    if value is None or abs(value) >= _LIMIT:
        return None
    return parse_quantity(f"{value:f}")


def to_cents(value: Decimal) -> tuple[Decimal | None, bool]:
    """Return an amount exact to the cent and whether the dust of binary arithmetic was taken off it.

    ``None`` when it has a real fraction of a cent or does not fit DECIMAL(18,2).
    """
    if abs(value) >= _LIMIT:
        return None, False
    cents = value.quantize(CENT)
    if abs(cents) >= _LIMIT or abs(value - cents) > _DUST:
        return None, False
    return cents or ZERO, cents != value


def money(node: object) -> tuple[Decimal | None, bool]:
    """Return the amount of a Money in dollars and whether dust was taken off it; ``None`` when there is none.

    Raises ``RefusedError`` when it is there and is no amount of dollars.
    """
    if node is None:
        return None, False
    written = at(node, "value")
    if written is None:
        return None, False
    if text(at(node, "currency")) not in {None, _DOLLARS}:
        code, message = "foreign_currency", "an amount is in another currency than US dollars"
        raise ResourceRefusedError(code, message)
    value = number(written)
    amount, has_dust = to_cents(value) if value is not None else (None, False)
    if amount is None:
        code, message = "unreadable_amount", "an amount is no number of dollars and cents"
        raise ResourceRefusedError(code, message)
    return amount, has_dust
