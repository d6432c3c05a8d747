"""Money that is split in SQL is split to the cent, as exactly as fractions are."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import duckdb
import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.stores.home import DBT_PROJECT

_DOLLARS = st.decimals(Decimal(-1_000_000), Decimal(1_000_000), places=2)


@pytest.fixture(scope="module")
def share_of():
    """Return the share that the macro gives, asked of the engine as the models ask it."""
    macros = (DBT_PROJECT / "macros" / "arithmetic.sql").read_text(encoding="utf-8")
    model = macros + "select {{ share_of('amount', 'part', 'whole') }} from {{ split }}"  # noqa: S608  # the macro's own text
    money = "cast(? as decimal(18, 2))"
    split = f"(select {money} as amount, {money} as part, {money} as whole)"
    sql = jinja2.Environment().from_string(model).render(split=split)  # noqa: S701  # SQL, no page
    lake = duckdb.connect()
    return lambda *values: lake.execute(sql, list(values)).fetchone()[0]


@settings(max_examples=300)
@given(_DOLLARS, _DOLLARS, _DOLLARS)
def test_a_share_is_rounded_to_the_cent_halves_away_from_zero(share_of, amount, part, whole):
    if abs(whole) < 1:
        whole = Decimal(1)
    exact = Fraction(amount) * Fraction(part) / Fraction(whole)
    cents = int(abs(exact) * 100 + Fraction(1, 2))
    assert share_of(amount, part, whole) == Decimal(cents if exact > 0 else -cents) / 100


def test_half_a_cent_that_no_double_holds_is_rounded_up(share_of):
    assert share_of(Decimal("2.01"), Decimal("0.50"), Decimal(1)) == Decimal("1.01")


def test_a_share_of_nothing_is_nothing(share_of):
    assert share_of(Decimal(5), Decimal(1), Decimal(0)) is None
