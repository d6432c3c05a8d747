"""The practice's own layouts of tables, by kind of file: TOML files it writes beside the ones that are shipped.

``kind`` in the file says which reader it is for: ehr (the default), payroll, bank, fees or supplies. One of a shipped
layout's name replaces it. What does not belong here: where the files lie (``resources``).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from orchestration.core.layouts import Layout, LayoutError
from orchestration.formats import bank, exports, fees, payroll, supplies

if TYPE_CHECKING:
    from collections.abc import Mapping

L = TypeVar("L", bound=Layout)
KINDS: Final = ("ehr", "payroll", "bank", "fees", "supplies")


@dataclass(frozen=True, slots=True)
class OwnLayouts:
    """A practice's own layouts by name, for each kind of table."""

    ehr: Mapping[str, exports.Profile] = field(default_factory=dict)
    payroll: Mapping[str, payroll.PayrollLayout] = field(default_factory=dict)
    bank: Mapping[str, Layout] = field(default_factory=dict)
    fees: Mapping[str, Layout] = field(default_factory=dict)
    supplies: Mapping[str, supplies.SupplyLayout] = field(default_factory=dict)


NO_LAYOUTS: Final = OwnLayouts()


def read_own(texts: Mapping[str, str]) -> OwnLayouts:
    """Return the layouts of TOML texts by file name; raises ``LayoutError`` naming the file that cannot be used."""
    ehr: dict[str, exports.Profile] = {}
    pay: dict[str, payroll.PayrollLayout] = {}
    statements: dict[str, Layout] = {}
    prices: dict[str, Layout] = {}
    orders: dict[str, supplies.SupplyLayout] = {}
    for name, text in texts.items():
        try:
            match _kind(text):
                case "payroll":
                    _keep(pay, payroll.read_layout(text))
                case "bank":
                    _keep(statements, bank.read_layout(text))
                case "fees":
                    _keep(prices, fees.read_layout(text))
                case "supplies":
                    _keep(orders, supplies.read_layout(text))
                case _:
                    _keep(ehr, exports.read_profile(text))
        except LayoutError as error:
            message = f"the layout {name} cannot be used: {error}"
            raise LayoutError(message) from None
    return OwnLayouts(ehr, pay, statements, prices, orders)


def _kind(text: str) -> str:
    try:
        kind = tomllib.loads(text).get("kind", "ehr")
    except tomllib.TOMLDecodeError as error:
        message = f"no TOML: {error}"
        raise LayoutError(message) from None
    if kind not in KINDS:
        message = f"its kind is one of {', '.join(KINDS)}"
        raise LayoutError(message)
    return str(kind)


def _keep(found: dict[str, L], layout: L) -> None:
    found[layout.name] = layout
