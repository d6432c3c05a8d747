"""Layouts of payroll registers: columns, and which columns add up to each amount.

What does not belong here: rows (``from_table``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.layouts import Layout, LayoutError, common_fields, match, parse, shipped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

AMOUNTS: Final = ("gross", "employee_taxes", "deductions", "net", "employer_taxes")
# the part of gross that is a bonus or a true-up of compensation; a file without its columns has none
OPTIONAL_AMOUNTS: Final = ("bonus",)


@dataclass(frozen=True, slots=True, kw_only=True)
class PayrollLayout(Layout):
    """One layout of a register; each amount is the sum of the columns named for it."""

    amounts: Mapping[str, tuple[str, ...]]
    is_empty_zero: bool

    @property
    def known_columns(self) -> frozenset[str]:
        """Every source column the layout reads or knows and leaves out, in lower case."""
        read = (name for names in (*self.columns.values(), *self.amounts.values()) for name in names)
        return frozenset(name.lower() for name in (*read, *self.ignored))


def build(data: Mapping[str, Any]) -> PayrollLayout:
    """Return the layout of a parsed TOML; raises ``LayoutError`` when it cannot be one."""
    amounts = {key: tuple(names) for key, names in data.get("amounts", {}).items()}
    if set(amounts) - set(OPTIONAL_AMOUNTS) != set(AMOUNTS) or not all(amounts.values()):
        message = f"a payroll layout names the columns of {', '.join(AMOUNTS)}, of a bonus where it is told, no more"
        raise LayoutError(message)
    return PayrollLayout(**common_fields(data), amounts=amounts, is_empty_zero=bool(data.get("is_empty_zero", False)))


def read_layout(text: str) -> PayrollLayout:
    """Return the layout of a TOML text that a practice wrote; raises ``LayoutError``."""
    return parse(text, build)


@cache
def layouts() -> Mapping[str, PayrollLayout]:
    """Return the layouts that are shipped, by name."""
    return shipped("orchestration.formats.payroll.layouts", build)


def is_register(header: Sequence[str], own: Mapping[str, PayrollLayout] | None = None) -> bool:
    """Tell whether a header is that of a payroll register; a practice's ``own`` layouts come first."""
    return match(header, own or {}) is not None or match(header, layouts()) is not None
