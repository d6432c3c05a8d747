"""Entries balance by construction, have one identity, and come out of proposals one by one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.book_examples import CODES, DAY, balanced_lines, credit, debit, entry

from orchestration.accounting.journal import (
    PROPOSAL_COLUMNS,
    Line,
    Refusal,
    entries_from_proposals,
    entry_key,
)
from orchestration.core.errors import UnbalancedEntryError
from orchestration.core.money import ZERO

CENT = Decimal("0.01")


@pytest.mark.parametrize(
    ("debit_amount", "credit_amount"),
    [
        pytest.param("1.00", "1.00", id="two_sides"),
        pytest.param("0.00", "0.00", id="no_side"),
        pytest.param("-1.00", "0.00", id="negative_debit"),
        pytest.param("5.00", "-1.00", id="negative_credit"),
        pytest.param("0.005", "0.00", id="half_a_cent"),
        pytest.param("10000000000000000.00", "0.00", id="wider_than_the_lake"),
        pytest.param("NaN", "0.00", id="not_a_number"),
        pytest.param("0.00", "Infinity", id="infinite"),
    ],
)
def test_a_line_has_exactly_one_side_in_whole_cents(debit_amount, credit_amount):
    with pytest.raises(ValueError, match=r"a line|fraction of a cent"):
        Line("1200", Decimal(debit_amount), Decimal(credit_amount), "R01")


def test_an_entry_without_lines_is_refused():
    with pytest.raises(UnbalancedEntryError):
        entry(lines=())


@given(balanced_lines(), st.data())
def test_one_cent_more_or_less_on_any_line_is_refused(lines, data):
    position = data.draw(st.integers(0, len(lines) - 1))
    line = lines[position]
    change = data.draw(st.sampled_from((CENT, -CENT)))
    side = "debit_amount" if line.debit_amount else "credit_amount"
    amount = getattr(line, side) + change
    if not amount:
        amount = CENT * 2
    changed = [*lines[:position], replace(line, **{side: amount}), *lines[position + 1 :]]
    assert entry(lines=lines).total_amount == sum((x.credit_amount for x in lines), ZERO)
    with pytest.raises(UnbalancedEntryError):
        entry(lines=changed)


@given(balanced_lines(), st.randoms())
def test_the_order_of_lines_and_files_is_not_identity(lines, random):
    shuffled = random.sample(lines, len(lines))
    one = replace(entry(lines=lines), source_ids=("a", "b"))
    other = replace(entry(lines=shuffled), source_ids=("b", "a"))
    assert entry_key(one, "v1") == entry_key(other, "v1")


def test_amounts_written_with_other_zeros_are_the_same_entry():
    one = entry(lines=[Line("1200", Decimal("5.00"), Decimal("0.00"), "R01"), credit("1010", "5.00")])
    other = entry(lines=[Line("1200", Decimal(5), Decimal("-0"), "R01"), credit("1010", "5.0")])
    assert entry_key(one, "v1") == entry_key(other, "v1")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"event_id": "ehr:2"}, id="event"),
        pytest.param({"entity_id": "E2"}, id="entity"),
        pytest.param({"book": "cash"}, id="book"),
        pytest.param({"entry_date": dt.date(2026, 11, 24)}, id="date"),
        pytest.param({"source_ids": ("b" * 64,)}, id="source_file"),
        pytest.param({"reverses": "c" * 64}, id="what_it_reverses"),
        pytest.param({"lines": (debit("1200", "100.01"), credit("4000-EM", "100.01"))}, id="amount"),
        pytest.param({"lines": (debit("1010", "100.00"), credit("4000-EM", "100.00"))}, id="account"),
        pytest.param({"lines": (debit("1200", "100.00", "R09"), credit("4000-EM", "100.00"))}, id="rule"),
        pytest.param({"lines": (credit("1200", "100.00"), debit("4000-EM", "100.00"))}, id="sides"),
    ],
)
def test_whatever_changes_the_event_changes_its_key(change):
    assert entry_key(replace(entry(), **change), "v1") != entry_key(entry(), "v1")


def test_the_rule_version_is_part_of_the_key_and_the_wording_is_not():
    assert entry_key(entry(), "v1") != entry_key(entry(), "v2")
    assert entry_key(entry(description="other words"), "v1") == entry_key(entry(), "v1")


def proposals(one):
    """Return the rows of the lake that make the entry."""
    return [
        {
            "event_id": one.event_id,
            "entity_id": one.entity_id,
            "book": one.book,
            "entry_date": one.entry_date,
            "description": one.description,
            "source": one.source,
            "source_file_id": one.source_ids[0],
            "line_number": number,
            "rule_id": line.rule_id,
            "account_code": line.account_code,
            "debit_amount": line.debit_amount,
            "credit_amount": line.credit_amount,
            "payer_class": line.payer_class,
            "provider_id": line.provider_id,
            "location_id": line.location_id,
        }
        for number, line in enumerate(one.lines, start=1)
    ]


def test_mappings_and_tuples_make_the_same_entries_in_order_of_appearance():
    wanted = [entry("ehr:2"), entry("ehr:1")]
    rows = [row for one in wanted for row in proposals(one)]
    as_tuples = [tuple(row[name] for name in PROPOSAL_COLUMNS) for row in rows]
    assert entries_from_proposals(rows) == (wanted, [])
    assert entries_from_proposals(as_tuples) == (wanted, [])
    assert entries_from_proposals(map(MappingProxyType, rows)) == (wanted, [])


def test_rows_of_events_may_be_interleaved_and_files_are_gathered():
    first, second = proposals(entry("ehr:1")), proposals(entry("ehr:2"))
    first[1]["source_file_id"] = "b" * 64
    second[0]["source_file_id"] = None
    made, refused = entries_from_proposals([first[0], second[0], first[1], second[1]])
    assert refused == []
    assert [(one.event_id, one.source_ids) for one in made] == [
        ("ehr:1", ("a" * 64, "b" * 64)),
        ("ehr:2", ("a" * 64,)),
    ]


@pytest.mark.parametrize(
    ("change", "reason", "amount"),
    [
        pytest.param({"debit_amount": Decimal("100.01")}, "unbalanced_entry", "100.01", id="one_cent_off"),
        pytest.param({"debit_amount": 100.0}, "invalid_line", "100.00", id="a_float"),
        pytest.param({"debit_amount": None}, "invalid_line", "100.00", id="no_amount"),
        pytest.param({"debit_amount": Decimal("99.995")}, "invalid_line", "100.00", id="fraction_of_a_cent"),
        pytest.param({"credit_amount": Decimal("1.00")}, "invalid_line", "101.00", id="two_sides"),
        pytest.param({"account_code": None}, "missing_value", "100.00", id="no_account"),
        pytest.param({"rule_id": ""}, "missing_value", "100.00", id="no_rule"),
        pytest.param({"entity_id": "E2"}, "mixed_header", "100.00", id="two_entities"),
        pytest.param({"entry_date": dt.date(2026, 1, 1)}, "mixed_header", "100.00", id="two_dates"),
        pytest.param({"line_number": 2}, "repeated_line_number", "100.00", id="a_line_twice"),
    ],
)
def test_one_bad_event_never_hides_the_others(change, reason, amount):
    bad = proposals(entry("ehr:bad"))
    bad[0] |= change
    rows = [*proposals(entry("ehr:1")), *bad, *proposals(entry("ehr:2"))]
    made, refused = entries_from_proposals(rows)
    assert [one.event_id for one in made] == ["ehr:1", "ehr:2"]
    assert refused == [Refusal("ehr:bad", reason, Decimal(amount))]


def test_rows_multiplied_by_a_join_are_refused_though_they_balance():
    rows = proposals(entry())
    assert entries_from_proposals(rows + rows) == ([], [Refusal("ehr:1", "repeated_line_number", Decimal("200.00"))])


@pytest.mark.parametrize("value", [None, dt.datetime(2026, 11, 23, tzinfo=dt.UTC), "2026-11-23"])
def test_an_event_without_a_date_is_refused(value):
    rows = [row | {"entry_date": value} for row in proposals(entry())]
    assert [refusal.reason for refusal in entries_from_proposals(rows)[1]] == ["missing_value"]


def test_rows_without_an_event_are_refused_with_their_amount():
    rows = [row | {"event_id": None} for row in proposals(entry())]
    assert entries_from_proposals(rows) == ([], [Refusal("", "missing_value", Decimal("100.00"))])


_CELLS = st.one_of(
    st.none(),
    st.sampled_from(["", "E1", "1200", *CODES]),
    st.integers(),
    st.floats(),
    st.decimals(allow_nan=False),
    st.just(DAY),
    st.text(max_size=3),
)


@given(st.lists(st.tuples(*[_CELLS] * len(PROPOSAL_COLUMNS)), max_size=3))
def test_no_row_whatever_is_in_it_stops_the_others(rows):
    good = [tuple(row[name] for name in PROPOSAL_COLUMNS) for row in proposals(entry("ehr:good"))]
    made, _refused = entries_from_proposals([*rows, *good])
    assert entry("ehr:good") in made
