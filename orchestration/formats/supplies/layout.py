"""Layouts of supplier files: columns, which document they are, and the supplier a layout is of.

What does not belong here: rows (``reader``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.layouts import Layout, LayoutError, common_fields, match, parse, shipped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DOCUMENTS: Final = ("order", "receipt", "invoice")


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyLayout(Layout):
    """One layout; ``document`` is order, receipt or invoice; ``supplier_name`` stands where the file names none."""

    document: str
    supplier_name: str | None


def build(data: Mapping[str, Any]) -> SupplyLayout:
    """Return the layout of a parsed TOML; raises ``LayoutError`` when it cannot be one."""
    if data.get("document") not in DOCUMENTS:
        message = f"the document of a supplier's layout is {', '.join(DOCUMENTS)}"
        raise LayoutError(message)
    return SupplyLayout(**common_fields(data), document=data["document"], supplier_name=data.get("supplier_name"))


@cache
def layouts() -> Mapping[str, SupplyLayout]:
    """Return the layouts that are shipped, by name."""
    return shipped("orchestration.formats.supplies.layouts", build)


def read_layout(text: str) -> SupplyLayout:
    """Return the layout of a TOML text that a practice wrote; raises ``LayoutError``."""
    return parse(text, build)


def is_supply_table(header: Sequence[str], own: Mapping[str, SupplyLayout] | None = None) -> bool:
    """Tell whether a header is that of a supplier's order, receipt or invoice."""
    return (match(header, own or {}) or match(header, layouts())) is not None
