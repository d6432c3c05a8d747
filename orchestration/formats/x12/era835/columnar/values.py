"""Elements to exact values, thousands at a time: money, quantities, dates, texts.

What eight bytes can hold is read as one number; whatever that cannot decide is decided by the exact functions
(``formats.x12.values``), element by element, so both paths always agree. What does not belong here: which element
holds what.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from orchestration.core.money import from_cents
from orchestration.formats.x12.era835.columnar.index import MASKS, Flags, Index, Places
from orchestration.formats.x12.syntax import values

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from orchestration.formats.x12.era835.columnar.lookup import TextKeys

Numbers = npt.NDArray[np.int64]

READ, MISSING, UNREADABLE = 0, 1, 2
MONEY, QUANTITY = 2, 4

_WORD = 8
# 1970-01-01 as a number of days, 0001-01-01 being 1
_ORDINAL_OF_EPOCH = 719_163
# CCYYMMDD is the year times this and MMDD
_YEAR: Final = 10_000
_LEAP_DAY: Final = 229
# more cents than the money type holds
_LIMIT = 10**18
_ZEROS = 0x3030303030303030
_DOTS = np.uint64(0x2E2E2E2E2E2E2E2E)
_ONES = np.uint64(0x0101010101010101)
_HIGH_BITS = np.uint64(0x8080808080808080)
_MINUS_TO_ZERO = np.uint64(ord("-") ^ ord("0"))
# what lies below and above a byte of a word
_BELOW: Final = MASKS
_ABOVE: Final = np.array([(2**64 - 1) ^ ((1 << (8 * (n + 1))) - 1) for n in range(_WORD)] + [0], dtype=np.uint64)
_FILL: Final = np.array([_ZEROS & ((1 << (8 * (_WORD - n))) - 1) for n in range(_WORD + 1)], dtype=np.uint64)
_SHIFT: Final = np.array([8 * (_WORD - n) for n in range(_WORD + 1)], dtype=np.uint64)
_MONTH_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Decimals:
    """Exact decimals: ``units`` are whole cents (or ten-thousandths), ``state`` says READ, MISSING or UNREADABLE."""

    __slots__ = ("state", "units")

    def __init__(self, units: Numbers, state: npt.NDArray[np.uint8]) -> None:
        self.units = units
        self.state = state

    @property
    def is_read(self) -> Flags:
        """Which of them are a value."""
        is_read: Flags = self.state == READ
        return is_read


def amounts(index: Index, elements: Places) -> Decimals:
    """Return cents of X12 type R, exact: a fraction of a cent is unreadable (``core.money.parse_amount``)."""
    return _decimals(index, elements, MONEY, values.amount)


def quantities(index: Index, elements: Places) -> Decimals:
    """Return ten-thousandths of a unit (``core.money.parse_quantity``)."""
    return _decimals(index, elements, QUANTITY, values.quantity)


def _decimals(index: Index, elements: Places, scale: int, exact: Callable[[str], Decimal | None]) -> Decimals:
    some = np.flatnonzero(index.end[elements] > index.start[elements])
    if len(some) == len(elements):
        return _given(index, elements, scale, exact)
    units = np.zeros(len(elements), dtype=np.int64)
    state = np.full(len(elements), MISSING, dtype=np.uint8)
    if len(some):
        given = _given(index, elements[some], scale, exact)
        units[some], state[some] = given.units, given.state
    return Decimals(units, state)


def _given(index: Index, elements: Places, scale: int, exact: Callable[[str], Decimal | None]) -> Decimals:
    """Return the decimals of elements that are not empty."""
    start, end = index.start[elements], index.end[elements]
    length = end - start
    short = np.minimum(length, _WORD)
    word = index.words[start] & MASKS[short]
    is_negative = (word & np.uint64(0xFF)) == ord("-")
    word ^= np.where(is_negative, _MINUS_TO_ZERO, np.uint64(0))
    # right-aligned, zeros before: the last character lies in the highest byte
    word = (word << _SHIFT[short]) | _FILL[short]
    dots = word ^ _DOTS
    dots = (dots - _ONES) & ~dots & _HIGH_BITS
    # the place of the first point; 8 when there is none
    place = np.bitwise_count((dots & (~dots + np.uint64(1))) - np.uint64(1)).astype(np.int64) >> 3
    has_point = place < _WORD
    squeezed = ((word & _BELOW[place]) << np.uint64(8)) | (word & _ABOVE[place]) | np.uint64(ord("0"))
    word = np.where(has_point, squeezed, word)
    fraction = np.where(has_point, _WORD - 1 - place, 0)
    is_read = _all_digits(word) & (length <= _WORD) & (fraction <= scale)
    is_read &= length - is_negative - has_point > 0
    powers = np.array([10**n for n in range(scale + 1)], dtype=np.int64)
    units = _eight_digits(word) * powers[scale - np.minimum(fraction, scale)]
    np.negative(units, out=units, where=is_negative)
    state = np.where(is_read, np.uint8(READ), np.uint8(UNREADABLE))
    doubtful = np.flatnonzero(~is_read)
    units[doubtful] = 0
    for row in doubtful.tolist():
        value = exact(index.text(int(elements[row])))
        if value is not None:
            units[row] = int(value.scaleb(scale))
            state[row] = READ
    return Decimals(units, state)


def are_numbers(word: TextKeys, length: Numbers, *, may_have_point: bool) -> Flags:
    """Tell which texts of up to eight bytes (as words) are numbers as pyx12 has them: ``5.`` is none, ``.5`` is one."""
    is_negative = (word & np.uint64(0xFF)) == ord("-")
    word = word ^ np.where(is_negative, _MINUS_TO_ZERO, np.uint64(0))
    short = np.minimum(length, _WORD)
    word = (word << _SHIFT[np.maximum(short, 1)]) | _FILL[short]
    dots = word ^ _DOTS
    dots = (dots - _ONES) & ~dots & _HIGH_BITS
    # the lowest bit set marks the first point; it becomes a digit, so that a second one is found
    point = dots & (~dots + np.uint64(1))
    has_point = point != 0
    word ^= (point >> np.uint64(7)) * np.uint64(ord(".") ^ ord("0"))
    is_number: Flags = _all_digits(word) & (length <= _WORD) & (length > is_negative.astype(np.int64) + has_point)
    if not may_have_point:
        is_number &= ~has_point
    else:
        # the last byte is the highest
        is_number &= point >> np.uint64(63) == 0
    return is_number


def _all_digits(word: TextKeys) -> Flags:
    """Tell which words hold eight digits: one bit a byte says that it is below ``0`` or above ``9``."""
    is_digits: Flags = (((word + np.uint64(0x4646464646464646)) | (word - np.uint64(_ZEROS))) & _HIGH_BITS) == 0
    return is_digits


def _eight_digits(word: TextKeys) -> Numbers:
    """Return the number that eight digits write: pairs, then fours, then all (Lemire's multiplication)."""
    word = word & np.uint64(0x0F0F0F0F0F0F0F0F)
    word = (word * np.uint64(2561)) >> np.uint64(8)
    word = ((word & np.uint64(0x00FF00FF00FF00FF)) * np.uint64(6_553_601)) >> np.uint64(16)
    word = ((word & np.uint64(0x0000FFFF0000FFFF)) * np.uint64(42_949_672_960_001)) >> np.uint64(32)
    return word.astype(np.int64)


def days(index: Index, elements: Places) -> tuple[npt.NDArray[np.int32], Flags]:
    """Return days since 1970-01-01 of CCYYMMDD, and which of them are a date."""
    return days_between(index, index.start[elements], index.end[elements])


def days_between(index: Index, start: Places, end: Places) -> tuple[npt.NDArray[np.int32], Flags]:
    """Return the same for texts given by their bounds."""
    length = end - start
    word = index.words[start]
    is_date = (length == _WORD) & _all_digits(word)
    number = np.where(is_date, _eight_digits(word), 0)
    year = number // _YEAR
    day = number - year * _YEAR
    calendar = _calendar()
    is_leap = calendar.is_leap[year]
    is_date &= calendar.is_day[day] & (year > 0) & ((day != _LEAP_DAY) | is_leap)
    total = calendar.first_day[year] + calendar.day_of_year[day] + (is_leap & (day > _LEAP_DAY))
    total = np.where(is_date, total, np.int32(0))
    # six digits are a year of this century
    for row in np.flatnonzero((length == 6) & ~is_date).tolist():  # noqa: PLR2004  # D6
        value = values.date(index.data[start[row] : end[row]].decode("utf-8", "replace"))
        if value is not None:
            total[row] = value.toordinal() - _ORDINAL_OF_EPOCH
            is_date[row] = True
    return total, is_date


@dataclass(frozen=True, slots=True)
class _Calendar:
    """The Gregorian calendar by year (0 to 9999) and by month and day (0 to 9999 as MMDD)."""

    # days from 1970-01-01 to the first of January
    first_day: npt.NDArray[np.int32]
    is_leap: Flags
    # days from the first of January in a year that is no leap year
    day_of_year: npt.NDArray[np.int32]
    # in a leap year
    is_day: Flags


@cache
def _calendar() -> _Calendar:
    years = np.arange(_YEAR, dtype=np.int32)
    is_leap = (years % 4 == 0) & ((years % 100 != 0) | (years % 400 == 0))
    before = years - 1
    first_day = before * 365 + before // 4 - before // 100 + before // 400 + 1 - _ORDINAL_OF_EPOCH
    day_of_year, is_day = np.zeros(_YEAR, dtype=np.int32), np.zeros(_YEAR, dtype=np.bool_)
    passed = 0
    for month, count in enumerate(_MONTH_DAYS, start=1):
        first = month * 100 + 1
        day_of_year[first : first + count] = passed + np.arange(count)
        is_day[first : first + count] = True
        passed += count
    is_day[_LEAP_DAY] = True
    day_of_year[_LEAP_DAY] = day_of_year[_LEAP_DAY - 1] + 1
    return _Calendar(first_day.astype(np.int32), is_leap, day_of_year, is_day)


def group_sums(units: Numbers, firsts: Places, ends: Places) -> tuple[Numbers, Flags]:
    """Return the sum of each run of numbers, and which of the sums fit DECIMAL(18,2); the others are 0.

    Runs are given by their first place and the place after their last.
    """
    if len(units) and int(np.abs(units).max()) * len(units) >= 1 << 62:
        exact = [sum(units[first:end].tolist()) for first, end in zip(firsts.tolist(), ends.tolist(), strict=True)]
        fits = [abs(total) < _LIMIT for total in exact]
        return np.array([t if f else 0 for t, f in zip(exact, fits, strict=True)], dtype=np.int64), np.array(fits, bool)
    running = np.zeros(len(units) + 1, dtype=np.int64)
    np.cumsum(units, out=running[1:])
    sums = running[ends] - running[firsts]
    return sums, np.abs(sums) < _LIMIT


def dollars(cents: int) -> Decimal:
    """Return exact dollars of whole cents."""
    return from_cents(int(cents))
