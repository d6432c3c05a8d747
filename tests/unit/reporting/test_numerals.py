import datetime as dt
from decimal import Decimal

import pytest

from orchestration.reporting import numerals


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (numerals.dollars(Decimal("1234.5")), "$1,234.50"),
        (numerals.dollars(Decimal("-0.01")), "\N{MINUS SIGN}$0.01"),
        (numerals.whole_dollars(Decimal("-1999.50")), "\N{MINUS SIGN}$2,000"),
        (numerals.whole_dollars(Decimal("-0.20")), "$0"),
        (numerals.short_dollars(0), "$0"),
        (numerals.short_dollars(-80_000), "\N{MINUS SIGN}$80k"),
        (numerals.short_dollars(1_250_000), "$1.2M"),
        (numerals.percent(Decimal("0.0836")), "8.4%"),
        (numerals.percent(-0.125), "\N{MINUS SIGN}12.5%"),
        (numerals.short_percent(0.08), "8%"),
        (numerals.short_percent(0.1), "10%"),
        (numerals.short_percent(0.025), "2.5%"),
        (numerals.days(34.3547), "34.4"),
        (numerals.short_days(Decimal(35)), "35"),
        (numerals.short_days(30.0), "30"),
        (numerals.count(1, "entry", "entries"), "1 entry"),
        (numerals.count(1204, "entry", "entries"), "1,204 entries"),
        (numerals.date(dt.date(2026, 2, 3)), "Feb 3, 2026"),
        (numerals.month(dt.date(2026, 12, 1)), "Dec 2026"),
    ],
)
def test_numbers_and_dates_read_as_a_person_writes_them(shown, expected):
    assert shown == expected
