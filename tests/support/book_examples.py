"""Examples the tests of accounting, ledger and gl share: a small chart, entries, and random balanced entries.

What does not belong here: anything read from files, and assertions.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from orchestration.accounting.accounts import trial_balance
from orchestration.accounting.approvers import Approver, Roster
from orchestration.accounting.journal import Entry, Line
from orchestration.core.money import ZERO, from_cents

if TYPE_CHECKING:
    from collections.abc import Sequence

CHART = [
    {"account_code": code, "account_name": name, "account_type": account_type}
    for code, name, account_type in (
        ("1010", "Bank", "asset"),
        ("1030", "EFT clearing", "asset"),
        ("1200", "A/R insurance", "asset"),
        ("2000", "Accounts payable", "liability"),
        ("2010", "Goods received not invoiced", "liability"),
        ("2310", "Patient prepayments", "liability"),
        ("3000", "Owner's equity", "equity"),
        ("4000-EM", "Revenue: evaluation & management", "revenue"),
        ("4900", "Contractual adjustments", "contra_revenue"),
        ("6100", "Wages", "expense"),
    )
]
CODES = [row["account_code"] for row in CHART]
DAY = dt.date(2026, 11, 23)
BOB = Roster((Approver("bob", ("bob",), Decimal("50000.00")),))
"""A practice where one person may decide what waits."""


def debit(code: str, amount: str, rule_id: str = "R01") -> Line:
    return Line(code, Decimal(amount), ZERO, rule_id, "commercial", "1234567893", "MAIN")


def credit(code: str, amount: str, rule_id: str = "R01") -> Line:
    return Line(code, ZERO, Decimal(amount), rule_id)


def entry(
    event_id: str = "ehr:1",
    lines: Sequence[Line] = (debit("1200", "100.00"), credit("4000-EM", "100.00")),
    *,
    entry_date: dt.date = DAY,
    entity_id: str = "E1",
    description: str = "Charges of a day",
) -> Entry:
    return Entry(event_id, entity_id, "accrual", entry_date, description, "ehr", ("a" * 64,), tuple(lines))


def expected_balance(entries: Sequence[Entry]) -> dict[str, Decimal]:
    """Return the trial balance of entries, summed without a ledger."""
    return trial_balance((x.account_code, x.debit_amount, x.credit_amount) for one in entries for x in one.lines)


@st.composite
def balanced_lines(draw: st.DrawFn) -> tuple[Line, ...]:
    """Draw one to four debits and one to four credits of the same sum."""
    amounts = draw(st.lists(st.integers(1, 10**11), min_size=1, max_size=4))
    total = sum(amounts)
    cuts = draw(st.sets(st.integers(1, total - 1), max_size=3)) if total > 1 else set()
    credits_ = [end - start for start, end in pairwise([0, *sorted(cuts), total])]
    codes, rules = st.sampled_from(CODES), st.sampled_from(("R01", "R04", "R05"))
    return (
        *(Line(draw(codes), from_cents(cents), ZERO, draw(rules)) for cents in amounts),
        *(Line(draw(codes), ZERO, from_cents(cents), draw(rules)) for cents in credits_),
    )


@st.composite
def balanced_entries(draw: st.DrawFn, max_size: int = 8) -> list[Entry]:
    """Draw entries with different event ids, on days of two years, with any printable wording."""
    bodies = draw(
        st.lists(
            st.tuples(
                balanced_lines(),
                st.dates(dt.date(2025, 1, 1), dt.date(2026, 12, 31)),
                st.text(min_size=1, max_size=20),
            ),
            min_size=1,
            max_size=max_size,
        )
    )
    return [
        entry(f"event:{number}", lines, entry_date=day, description=wording, entity_id=f"E{number % 2}")
        for number, (lines, day, wording) in enumerate(bodies)
    ]
