"""Text of a bill to its fields: labels and the values beside, below or in a block above them, proved by arithmetic.

Nothing is guessed where nothing is printed: a field without a label is ``None``. What does not belong here: opening
documents, and who the vendor is in the books (a master list, in the lake).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from orchestration.core.money import ZERO, parse_quantity
from orchestration.formats.documents.written import amounts_in, currency_of, date_in, last_amount

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

_FOLD = re.IGNORECASE
# what a total is called, the surest first
_TOTALS = (
    re.compile(
        r"\b(?:rounded total|total rounded|total (?:after rounding|incl)|grand total|nett? total|total amount"
        r"|total (?:amount )?due|(?:invoice|bill) total|total (?:am(?:oun)?t )?payable|amount payable|please pay"
        r"|total (?:of|for) (?:this|the) (?:invoice|bill)|total to pay|total ttc|pay this amount)\b",
        _FOLD,
    ),
    re.compile(
        r"(?<!sub)(?<!sub )(?<!sub-)\btota+l\b(?! (?:ht|tax|vat|savings?|discounts?|items?|qty|quantity)\b)", _FOLD
    ),
    re.compile(r"\b(?:amount due|balance due|amount owed|new balance|payment due)\b", _FOLD),
)
_SUBTOTAL = re.compile(r"\bsub[ -]?tota+l\b|\btotal ht\b|\bnet amount\b|\bamount before tax\b", _FOLD)
_TAX = re.compile(r"\b(?:(?:sales|state|local) )?tax\b(?! ?(?:id|no|number|invoice))|\b(?:vat|gst|tva|btw)\b", _FOLD)
_TAX_TABLE = re.compile(r"\btotal (?:sales )?\(?(?:excl|gst|saving|discount|items?\b|qty)", _FOLD)
_FREIGHT = re.compile(r"\b(?:shipping|freight|delivery|handling|postage)\b", _FOLD)
_DUE_DATE = re.compile(r"\b(?:due (?:date|by|on)|payment due|pay by|date due)\b", _FOLD)
_BILL_DATE = re.compile(r"\b(?:(?:invoice|bill|statement|issue|billing)\s?date|date (?:of issue|issued))\b", _FOLD)
_DATE = re.compile(r"^\W*date\b", _FOLD)
_NUMBER = re.compile(
    r"\b(?:invoice|bill|statement|receipt|document)\s*(?:number|num\b\.?|no\b\.?|n°|nr\b\.?|#|id\b)?\s*[:#]*\s*#?\s*"
    r"(?P<number>(?=[A-Za-z_/.-]*\d)[A-Za-z0-9][\w/.-]{1,39})",
    _FOLD,
)
_NUMBER_ALONE = re.compile(r"^\W*#\s*(?P<number>(?=\S*\d)[A-Za-z0-9][\w/.-]{1,39})\s*$")
_LINE = re.compile(
    r"^(?P<description>.*[A-Za-z].*?)\s+(?P<quantity>\d{1,6}(?:\.\d{1,4})?)\s+(?:[A-Za-z]{1,6}\s+)?"
    r"(?P<unit>\$?\s?-?[\d,]+\.\d{2})\s+(?P<amount>\$?\s?-?[\d,]+\.\d{2})$"
)
_GENERIC = re.compile(
    r"^\W*(?:tax |sales |commercial |payment |original |copy )*(?:invoice|bill|receipt|statement|remittance|page|date"
    r"|number|no|due|total|account|customer|to|from|ship|sold|attn|attention|phone|tel|fax|order|po|amount|summary"
    r"|description|item|qty|quantity|terms|balance|subtotal|e-?mail|www|http|payment|original|copy)\b",
    _FOLD,
)
_LETTERS = re.compile(r"[A-Za-z]{3}")
_VENDOR_LINES = 15
_LABEL_WIDTH = 40
# a unit price is rounded, its line is not
_HALF_CENT = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of a bill whose quantity times unit price is its amount. ``line_number`` counts text lines from 1."""

    line_number: int
    description: str
    quantity: Decimal
    unit_amount: Decimal
    line_amount: Decimal


@dataclass(frozen=True, slots=True)
class Bill:
    """What a bill says; amounts in its own currency, ``None`` where it does not say."""

    vendor_name: str | None
    bill_number: str | None
    bill_date: dt.date | None
    due_date: dt.date | None
    currency_code: str
    subtotal_amount: Decimal | None
    tax_amount: Decimal | None
    total_amount: Decimal | None
    lines: tuple[BillLine, ...]
    is_arithmetic_proved: bool


@dataclass(frozen=True, slots=True)
class _Pair:
    """A label with the text that stands for its value."""

    label: str
    value: str


def read_bill(pages: Sequence[str]) -> Bill:
    """Return the fields of a bill from the text of its pages. Never raises, whatever the text."""
    lines = [re.sub(r"[ \t\xa0]+", " ", line).strip() for page in pages for line in page.splitlines()]
    pairs = _pairs(lines)
    bill_lines = tuple(_bill_lines(lines))
    subtotals = [amount for pair in pairs if _SUBTOTAL.search(pair.label) for amount in _final(pair)]
    taxes = [amount for pair in pairs if _is_tax(pair.label) for amount in _final(pair)]
    freight = sum((amount for pair in pairs if _FREIGHT.search(pair.label) for amount in _final(pair)[:1]), ZERO)
    totals = _totals(pairs)
    proof = _prove(totals, subtotals, taxes, (bill_lines, freight))
    if proof is None:
        total = totals[0] if totals else None
        subtotal, tax = (subtotals[-1] if subtotals else None), (taxes[-1] if taxes else None)
    else:
        total, subtotal, tax = proof
    due_date = _labelled_date(pairs, _DUE_DATE)
    bill_date = _labelled_date(pairs, _BILL_DATE) or _labelled_date(pairs, _DATE)
    if bill_date is None:
        dates = (date_in(line) for line in lines if not _DUE_DATE.search(line))
        bill_date = next((date for date in dates if date is not None), None)
    return Bill(
        vendor_name=_vendor(lines),
        bill_number=_bill_number(lines),
        bill_date=bill_date,
        due_date=due_date,
        currency_code=next((code for code in map(currency_of, lines) if code), "USD"),
        subtotal_amount=subtotal,
        tax_amount=tax,
        total_amount=total,
        lines=bill_lines,
        is_arithmetic_proved=proof is not None,
    )


def _pairs(lines: list[str]) -> list[_Pair]:
    """Return labels with their values: on the same line, in a block of values above a block of labels, or below."""
    pairs: list[_Pair] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        if not line.endswith(":") or len(line) > _LABEL_WIDTH:
            pairs.append(_Pair(line, line))
            index += 1
            continue
        end = index
        while end < len(lines) and lines[end].endswith(":") and len(lines[end]) <= _LABEL_WIDTH:
            end += 1
        labels = lines[index:end]
        above, below = lines[max(0, index - len(labels)) : index], lines[end : end + len(labels)]
        # a single label is read downwards, a block of them is the second column of a table printed before it
        values = above if len(labels) > 1 and len(above) == len(labels) else below
        pairs.extend(_Pair(label, value) for label, value in zip(labels, values, strict=False))
        index = end
    # a label alone without a colon, its amount on the next line; a line that says what it is itself is no other's value
    pairs.extend(
        _Pair(label, value)
        for label, value in pairwise(lines)
        if label
        and not label.endswith(":")
        and len(label) <= _LABEL_WIDTH
        and not any(c.isdigit() for c in label)
        and not any(pattern.search(value) for pattern in (*_TOTALS, _SUBTOTAL, _TAX, _FREIGHT))
    )
    return pairs


def _final(pair: _Pair) -> list[Decimal]:
    """Return the amount that a pair stands for, as a list of one or none."""
    amount = last_amount(pair.value)
    return [] if amount is None else [amount]


def _is_tax(label: str) -> bool:
    return bool(_TAX.search(label)) and not _SUBTOTAL.search(label) and not any(t.search(label) for t in _TOTALS)


def _totals(pairs: list[_Pair]) -> list[Decimal]:
    """Return candidates for the total, the surest first: by name, how often the amount is printed, the last one."""
    printed = Counter(amount for pair in pairs if pair.label == pair.value for amount in amounts_in(pair.value))
    found: list[tuple[int, int, int, Decimal]] = []
    for place, pair in enumerate(pairs):
        rank = next((rank for rank, pattern in enumerate(_TOTALS) if pattern.search(pair.label)), None)
        if rank is not None and not _is_tax_summary(pair):
            found.extend((rank, -printed[amount], -place, amount) for amount in _final(pair))
    return [amount for *_, amount in sorted(found, key=lambda item: item[:3])]


def _is_tax_summary(pair: _Pair) -> bool:
    """Tell whether a total is that of a table of tax rates: amount and tax, the larger one first and no sum."""
    amounts = amounts_in(pair.value)
    if _TAX_TABLE.search(pair.label):
        return True
    return len(amounts) > 1 and max(amounts) > amounts[-1]


def _prove(
    totals: list[Decimal],
    subtotals: list[Decimal],
    taxes: list[Decimal],
    parts: tuple[tuple[BillLine, ...], Decimal],
) -> tuple[Decimal, Decimal | None, Decimal | None] | None:
    """Return total, subtotal, tax of the first total that the rest of the bill adds up to, ``None`` when none does."""
    lines, freight = parts
    line_sum = sum((line.line_amount for line in lines), ZERO)
    for total in totals:
        for subtotal in dict.fromkeys(reversed(subtotals)):
            for tax in dict.fromkeys(reversed(taxes)):
                if total in {subtotal + tax, subtotal + tax + freight}:
                    return total, subtotal, tax
        stated: list[Decimal | None] = [*reversed(taxes), None]
        for tax_or_none in dict.fromkeys(stated):
            due = line_sum + (tax_or_none or ZERO)
            if lines and total in {due, due + freight}:
                return total, subtotals[-1] if subtotals else None, tax_or_none
    return None


def _bill_lines(lines: list[str]) -> list[BillLine]:
    """Return the lines whose arithmetic holds; a line that only looks like one is none."""
    found: list[BillLine] = []
    for number, line in enumerate(lines, start=1):
        match = _LINE.match(line) if len(line) <= 200 else None  # noqa: PLR2004  # a printed line is no longer
        if not match or any(pattern.search(match["description"]) for pattern in (_SUBTOTAL, *_TOTALS)):
            continue
        quantity = parse_quantity(match["quantity"])
        unit, amount = amounts_in(match["unit"]), amounts_in(match["amount"])
        if quantity is None or len(unit) != 1 or len(amount) != 1:
            continue
        if abs(quantity * unit[0] - amount[0]) < _HALF_CENT:
            found.append(BillLine(number, match["description"].strip(), quantity, unit[0], amount[0]))
    return found


def _labelled_date(pairs: list[_Pair], label: re.Pattern[str]) -> dt.date | None:
    for pair in pairs:
        match = label.search(pair.label)
        if match:
            # on one line the date stands after its label
            date = date_in(pair.value[match.end() :] if pair.value == pair.label else pair.value)
            if date is not None:
                return date
    return None


def _bill_number(lines: list[str]) -> str | None:
    for pattern in (_NUMBER, _NUMBER_ALONE):
        for line in lines:
            match = pattern.search(line)
            if match and date_in(match["number"]) is None and not amounts_in(match["number"]):
                return match["number"].strip(".-/")
    return None


def _vendor(lines: list[str]) -> str | None:
    """Return the first line near the top that has letters and is no heading, label, date or amount."""
    top = [line for line in lines if line][:_VENDOR_LINES]
    for line in top:
        if _LETTERS.search(line) and not _GENERIC.match(line) and not line.endswith(":") and date_in(line) is None:
            # a name set beside the heading of the bill
            name = re.split(r"\s+(?:tax\s+)?(?:invoice|statement|receipt)\b", line, maxsplit=1, flags=_FOLD)[0].strip()
            if _LETTERS.search(name) and not amounts_in(name):
                return name
    return None
