"""JSON in which amounts stay exact, for every value."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.core.exact_json import exact_json, read_answer

CENTS = st.integers(-(10**17), 10**17).map(lambda cents: Decimal(cents).scaleb(-2))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | CENTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_any_value_comes_back_as_it_went(value):
    assert read_answer(exact_json(value).encode()) == value


@given(VALUES)
def test_any_value_is_json_to_everybody(value):
    json.loads(exact_json(value))


@given(CENTS)
def test_an_amount_is_written_with_every_cent(amount):
    assert Decimal(exact_json(amount)) == amount
    assert read_answer(exact_json(amount).encode()) == amount


def test_a_float_is_refused():
    with pytest.raises(TypeError):
        exact_json({"amount": 0.1})
