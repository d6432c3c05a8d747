"""The mapping that posts is the one somebody approved, and what it would have booked can be laid beside the books."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.accounting.comparison import MonthlyMovement, compare, reclassification, unbalanced_months
from orchestration.accounting.revenue_mapping import MappingLock, mapping_digest, read_lock
from orchestration.core.errors import ConfigurationError
from orchestration.operations.revenue_mapping import LOCK_FILE, mapping_tables

if TYPE_CHECKING:
    from orchestration.accounting.journal import Entry

CATEGORY = {"priority": "10", "code_from": "00100", "is_global_split": "true", "last_character": ""}
SPLIT = {"category_code": "radiology", "professional_rate": "0.60"}


def tables(category=CATEGORY, split=SPLIT):
    return {"procedure_categories": [category], "component_splits": [split]}


def test_the_shipped_mapping_is_the_one_its_lock_approves():
    assert read_lock(LOCK_FILE.read_text(encoding="utf-8")).digest == mapping_digest(mapping_tables())


def test_a_file_and_a_database_spell_the_same_mapping():
    stored = {"priority": 10, "code_from": "00100", "is_global_split": True, "last_character": None}
    rate = {"category_code": "radiology", "professional_rate": Decimal("0.6000")}
    assert mapping_digest(tables(stored, rate)) == mapping_digest(tables())


@pytest.mark.parametrize(
    "changed",
    [
        {**CATEGORY, "code_from": "100"},
        {**CATEGORY, "is_global_split": "false"},
        {**CATEGORY, "priority": "11"},
        {**CATEGORY, "last_character": "T"},
    ],
)
def test_any_change_of_a_row_is_another_mapping(changed):
    assert mapping_digest(tables(changed)) != mapping_digest(tables())


def test_a_rate_that_differs_in_the_fourth_digit_is_another_mapping():
    assert mapping_digest(tables(split={**SPLIT, "professional_rate": "0.6001"})) != mapping_digest(tables())


@given(st.text(min_size=1).filter(lambda name: any(char.isprintable() and char not in '"\\' for char in name)))
def test_a_lock_is_read_as_it_was_written(name):
    lock = MappingLock(3, dt.date(2026, 1, 1), name, "d" * 64)
    found = read_lock(lock.to_toml())
    assert (found.version, found.effective_date, found.digest) == (3, dt.date(2026, 1, 1), "d" * 64)


@pytest.mark.parametrize(
    "text", ["", "version = 1", "not toml [", 'version = "1"\neffective_date = 1\napproved_by = 1']
)
def test_a_lock_that_cannot_be_read_names_its_mend(text):
    with pytest.raises(ConfigurationError) as caught:
        read_lock(text)
    assert caught.value.fix is not None
    assert "lock-mapping" in caught.value.fix


def test_a_comparison_names_every_account_of_either_side():
    proposed = [
        MonthlyMovement("2026-01", "4000-02P", Decimal("-60.00")),
        MonthlyMovement("2026-01", "4000-02T", Decimal("-40.00")),
    ]
    manual = [
        MonthlyMovement("2026-01", "4000-02P", Decimal("-100.00")),
        MonthlyMovement("2026-02", "4000-01", Decimal("-5.00")),
    ]
    assert [(v.month, v.account_code, v.variance_amount) for v in compare(proposed, manual)] == [
        ("2026-01", "4000-02P", Decimal("40.00")),
        ("2026-01", "4000-02T", Decimal("-40.00")),
        ("2026-02", "4000-01", Decimal("5.00")),
    ]


@given(st.lists(st.tuples(st.sampled_from(["1200", "4000-01", "4000-03"]), st.integers(-(10**9), 10**9))))
def test_variances_add_up_to_the_difference_of_the_two_sides(rows):
    movements = [MonthlyMovement("2026-01", code, Decimal(cents) / 100) for code, cents in rows]
    split = len(movements) // 2
    found = compare(movements[:split], movements[split:])
    difference = sum(m.signed_amount for m in movements[:split]) - sum(m.signed_amount for m in movements[split:])
    assert sum(v.variance_amount for v in found) == difference


def reclassify(manual: list[MonthlyMovement], booked: list[Entry]) -> Entry | None:
    proposed = [
        MonthlyMovement("2026-01", "1200", Decimal("100.00")),
        MonthlyMovement("2026-01", "4000-02P", Decimal("-60.00")),
        MonthlyMovement("2026-01", "4000-02T", Decimal("-40.00")),
    ]
    return reclassification(
        "2026-01", compare(proposed, manual), booked,
        entity_id="main", last_day=dt.date(2026, 1, 31), number=len(booked), source_ids=["f" * 64],
    )  # fmt: skip


def test_r01_a_reclassification_moves_what_was_booked_by_hand_to_where_the_mapping_has_it_once():
    by_hand = [
        MonthlyMovement("2026-01", "1200", Decimal("100.00")),
        MonthlyMovement("2026-01", "4000-01", Decimal("-100.00")),
    ]
    entry = reclassify(by_hand, [])
    assert entry is not None
    assert (entry.event_id, entry.source) == ("reclassification:main:2026-01", "reclassification")
    assert {line.account_code: line.debit_amount - line.credit_amount for line in entry.lines} == {
        "4000-01": Decimal("100.00"),
        "4000-02P": Decimal("-60.00"),
        "4000-02T": Decimal("-40.00"),
    }
    assert reclassify(by_hand, [entry]) is None
    # a corrected file moves the difference only
    corrected = reclassify(
        [
            MonthlyMovement("2026-01", "1200", Decimal("100.00")),
            MonthlyMovement("2026-01", "4000-02P", Decimal("-100.00")),
        ],
        [entry],
    )
    assert corrected is not None
    assert (corrected.event_id, corrected.total_amount) == ("reclassification:main:2026-01:2", Decimal("100.00"))


def test_months_that_make_no_entry_are_told_by_what_they_lack():
    variances = compare(
        [],
        [
            MonthlyMovement("2026-01", "4000-01", Decimal("-5.00")),
            MonthlyMovement("2026-02", "4000-01", Decimal("0.00")),
        ],
    )
    assert unbalanced_months(variances) == {"2026-01": Decimal("5.00")}
