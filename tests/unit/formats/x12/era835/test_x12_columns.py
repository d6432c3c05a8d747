"""The columnar path reads each value as the exact functions do, thousands at a time."""

from __future__ import annotations

import datetime as dt

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from orchestration.formats.x12.era835.columnar import values
from orchestration.formats.x12.era835.columnar.index import CODE, SEGMENT_IDS, Index, key
from orchestration.formats.x12.era835.columnar.lookup import Lookup
from orchestration.formats.x12.syntax import values as exact
from orchestration.formats.x12.syntax.delimiters import Marks

EPOCH = dt.date(1970, 1, 1).toordinal()
NUMERIC = st.text("0123456789.-+ eE", max_size=12)


def index_of(texts: list[str]) -> Index:
    return Index(("*".join(["CLP", *texts]) + "~").encode(), Marks(ord("*"), ord(":"), ord("~")))


def elements_of(texts: list[str]) -> tuple[Index, np.ndarray]:
    index = index_of(texts)
    index.strip()
    return index, np.arange(1, len(texts) + 1)


@given(st.lists(NUMERIC, min_size=1, max_size=20))
@example(["-.5", ".", "-", "5.", "1.234", "-0.00", "12345678", "123456789.01", "", " 1 ", "1.2.3"])
def test_amounts_and_quantities_are_those_of_the_exact_functions(texts):
    index, elements = elements_of(texts)
    for read, one, scale in ((values.amounts, exact.amount, 2), (values.quantities, exact.quantity, 4)):
        found = read(index, elements)
        for text, units, state in zip(texts, found.units.tolist(), found.state.tolist(), strict=True):
            expected = one(text.strip(" "))
            if expected is None:
                assert state == (values.UNREADABLE if text.strip(" ") else values.MISSING)
            else:
                assert (state, units) == (values.READ, int(expected.scaleb(scale)))


def test_every_day_of_three_leap_year_rules_is_the_calendars():
    days = [
        dt.date(year, 1, 1) + dt.timedelta(n) for year in (1, 1899, 1900, 2000, 2023, 2024, 9998) for n in range(366)
    ]
    index, elements = elements_of([day.strftime("%Y").zfill(4) + day.strftime("%m%d") for day in days])
    found, is_date = values.days(index, elements)
    assert is_date.all()
    assert found.tolist() == [day.toordinal() - EPOCH for day in days]


@given(st.lists(st.text("0123456789", min_size=6, max_size=9) | NUMERIC, min_size=1, max_size=20))
@example(["20230229", "20240229", "19000229", "20000229", "00000101", "20231301", "20230100", "20230132", "231231"])
def test_what_is_no_date_is_told_from_one(texts):
    index, elements = elements_of(texts)
    found, is_date = values.days(index, elements)
    for text, day, known in zip(texts, found.tolist(), is_date.tolist(), strict=True):
        expected = exact.date(text.strip(" "))
        assert known == (expected is not None)
        assert day == (expected.toordinal() - EPOCH if expected else 0)


def test_segment_ids_are_told_apart_and_longer_ones_are_none():
    names = [*SEGMENT_IDS, "XX", "N", "CLPX", "SVCSVCSVC", "ST1"]
    index = Index("".join(f"{name}*1~" for name in names).encode(), Marks(ord("*"), ord(":"), ord("~")))
    assert index.code.tolist() == [CODE.get(name, 0) for name in names]


@given(st.dictionaries(st.text("ABCD0123456789", max_size=5), st.integers(1, 1000), max_size=80))
def test_a_lookup_finds_what_it_holds_and_nothing_else(entries):
    lookup = Lookup({key(text): value for text, value in entries.items()}, bits=7)
    asked = [*entries, "absent", "B", "00"]
    found = lookup.find(np.array([key(text) for text in asked], dtype=np.uint64))
    assert found.tolist() == [entries.get(text, 0) for text in asked]
