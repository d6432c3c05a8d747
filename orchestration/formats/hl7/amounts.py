"""The amount of one FT1: extended or priced by the unit, with its sign, or none because its fields have moved.

What does not belong here: rows (``charges``), and how a price is written (``values``).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from orchestration.core.money import CENT, ZERO, fits

if TYPE_CHECKING:
    from orchestration.formats.hl7.values import Values

CHARGE = "CHARGE"
# HL7 table 0017
TYPES: Final[dict[str, str]] = {
    "CG": CHARGE,
    "CD": CHARGE,
    "PY": "PAYMENT",
    "CO": "PAYMENT",
    "AJ": "ADJUSTMENT",
}
CHARGED, CREDIT, COPAYMENT = "CG", "CD", "CO"
# a currency that is not said is the practice's
DOLLARS: Final = frozenset({"", "USD"})


def signed(amount: Decimal, kind: str | None, kind_code: str) -> Decimal:
    """Return an amount with the sign of a ledger transaction: charges add, credits, payments and adjustments take."""
    if kind_code == CREDIT:
        return -abs(amount) or ZERO
    return amount if kind == CHARGE or kind is None else -amount or ZERO


def control_amount(fields: list[str], values: Values) -> Decimal | None:
    """Return what an FT1 of a message that is refused whole would add to the charges, as far as it can be read."""
    kind_code = values.capitals[fields[6]]
    if TYPES.get(kind_code, CHARGE) != CHARGE or is_shifted(fields, values):
        return None
    amount, currency = _amount(fields, values)
    if amount is None or currency not in DOLLARS:
        return None
    return signed(amount, CHARGE, kind_code)


def is_shifted(fields: list[str], values: Values) -> bool:
    """Tell whether fields stand where others belong, so that FT1-11 is the quantity: it would book $1.00 a unit.

    FT1-4 and FT1-7 are required. Empty both, with a date in FT1-5 and a coded value in FT1-8 (which is plain text),
    the whole segment has moved. Or the amount stands in FT1-8, FT1-7 and the quantity of FT1-10 are empty, and FT1-11
    is a whole number.
    """
    if fields[7]:
        return False
    if not fields[4] and values.days[fields[5]] is not None and values.encoding.component in fields[8]:
        return True
    return not fields[10] and fields[11].isdigit() and values.is_usual_money(fields[8])


def _amount(fields: list[str], values: Values) -> tuple[Decimal | None, str]:
    """Return dollars and currency: FT1-11, else quantity times FT1-12 when that is exact to the cent."""
    extended = values.money[fields[11]]
    return (extended.amount, extended.currency) if extended.is_written else unit_priced(fields, values)


def unit_priced(fields: list[str], values: Values) -> tuple[Decimal | None, str]:
    """Return the dollars and currency of FT1-12 times the quantity of FT1-10."""
    unit = values.money[fields[12]]
    units = values.quantities[fields[10]] if fields[10] else Decimal(1)
    if unit.amount is None or units is None:
        return None, unit.currency
    product = unit.amount * units
    if not fits(product) or product != product.quantize(CENT):
        return None, unit.currency
    return product.quantize(CENT) or ZERO, unit.currency


def has_no_amount(fields: list[str], values: Values) -> bool:
    """Tell whether nothing is written where an amount may stand."""
    return not values.money[fields[11]].is_written and not values.money[fields[12]].is_written
