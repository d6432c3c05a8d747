"""Dates that can be read two ways are proved by the file's other dates, or refused."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.core.dates import DateReader

STATED = ("%Y-%m-%d", "%m/%d/%Y", "%d-%b-%Y")
BOTH = ("%m/%d/%Y", "%d/%m/%Y")


def _read(texts, formats=STATED):
    reader = DateReader(texts, formats)
    return [reader.read(text) for text in texts]


def test_three_formats_in_one_column_are_three_dates():
    assert _read(["2026-03-04", "03/04/2026", "04-Mar-2026"]) == [dt.date(2026, 3, 4)] * 3


def test_the_stated_order_counts_while_nothing_speaks_against_it():
    assert _read(["03/04/2026", "12/01/2026"]) == [dt.date(2026, 3, 4), dt.date(2026, 12, 1)]


def test_one_date_of_the_other_order_makes_the_others_ambiguous():
    assert _read(["03/04/2026", "25/12/2026", "05/05/2026", "03/31/2026"]) == [
        "ambiguous",
        "unreadable",
        dt.date(2026, 5, 5),
        dt.date(2026, 3, 31),
    ]


def test_iso_dates_are_sure_whatever_the_order_of_the_others():
    assert _read(["2026-03-04", "25/12/2026"]) == [dt.date(2026, 3, 4), "unreadable"]


def test_without_a_stated_order_another_date_proves_it():
    assert _read(["03/04/2026", "25/12/2026"], BOTH) == [dt.date(2026, 4, 3), dt.date(2026, 12, 25)]
    assert _read(["03/04/2026", "12/25/2026"], BOTH) == [dt.date(2026, 3, 4), dt.date(2026, 12, 25)]


@pytest.mark.parametrize(
    "others", [pytest.param([], id="no proof"), pytest.param(["25/12/2026", "12/25/2026"], id="proof of both")]
)
def test_without_a_stated_order_and_proof_a_date_is_ambiguous(others):
    assert _read(["03/04/2026", *others], BOTH)[0] == "ambiguous"


@pytest.mark.parametrize("text", ["", "soon", "2026-02-30", "20260304", "3/4/26"])
def test_what_is_no_date_of_the_layout_is_unreadable(text):
    assert DateReader([text], STATED).read(text) == "unreadable"


@given(st.lists(st.text(max_size=12), max_size=6), st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
def test_an_iso_date_is_always_itself(noise, day):
    assert DateReader([*noise, day.isoformat()], STATED).read(day.isoformat()) == day


@given(st.dates(dt.date(1990, 1, 1), dt.date(2050, 1, 1)), st.dates(dt.date(1990, 1, 1), dt.date(2050, 1, 1)))
def test_a_date_is_never_read_as_another_day_than_the_order_that_is_proved(one, other):
    texts = [one.strftime("%d/%m/%Y"), other.strftime("%d/%m/%Y")]
    found = DateReader(texts, BOTH).read(texts[0])
    proof = max(one.day, other.day) > 12
    assert found == (one if proof or one.day == one.month else "ambiguous")
