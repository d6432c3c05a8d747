"""Money is exact."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.core.money import (
    format_amount,
    from_cents,
    parse_amount,
    parse_written_amount,
    to_cents,
)

AMOUNTS = st.integers(-(10**15), 10**15).map(from_cents)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("080", "80.00"), (".5", "0.50"), ("5.", "5.00"), ("-12.34", "-12.34"), ("-0", "0.00"), ("1.230", "1.23"),
        ("", None), ("-", None), ("1.234", None), ("1,000", None), ("1e5", None), ("NaN", None), ("+5", None),
        ("٣", None), ("9" * 17, None), ("9" * 5000, None),
    ],
)  # fmt: skip
def test_an_amount_as_x12_writes_it(text: str, amount: str | None) -> None:
    assert parse_amount(text) == (Decimal(amount) if amount else None)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("($1,234.50)", "-1234.50"), ("$12", "12.00"), ("12.00-", "-12.00"), ("-$5", "-5.00"), (" 7 ", "7.00"),
        ("(-5)", None), ("1.234,50", None), ("1,23", None), ("12 34", None), ("$", None), ("()", None),
    ],
)  # fmt: skip
def test_an_amount_as_people_write_it(text: str, amount: str | None) -> None:
    assert parse_written_amount(text) == (Decimal(amount) if amount else None)


@given(AMOUNTS)
def test_cents_and_dollars_are_the_same_amount(amount: Decimal) -> None:
    assert from_cents(to_cents(amount)) == amount
    assert parse_amount(format_amount(amount)) == amount


def test_a_fraction_of_a_cent_has_no_cents() -> None:
    with pytest.raises(ValueError, match="fraction"):
        to_cents(Decimal("0.001"))
