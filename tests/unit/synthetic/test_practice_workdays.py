import datetime as dt

import pytest

from orchestration.synthetic.demand import demand_factor, ili_percent
from orchestration.synthetic.workdays import bank_day_from, bank_days_after, federal_holidays, is_bank_day, is_open


@pytest.mark.parametrize(
    ("day", "bank", "practice"),
    [
        pytest.param("2025-11-11", False, False, id="Veterans Day"),
        pytest.param("2025-11-27", False, False, id="Thanksgiving"),
        pytest.param("2025-11-28", True, False, id="the day after Thanksgiving"),
        pytest.param("2025-12-25", False, False, id="Christmas"),
        pytest.param("2026-01-19", False, False, id="third Monday of January"),
        pytest.param("2026-05-25", False, False, id="last Monday of May"),
        pytest.param("2026-05-18", True, True, id="the Monday before it"),
        pytest.param("2026-07-03", True, False, id="Friday before a Saturday holiday"),
        pytest.param("2026-07-04", False, False, id="a Saturday"),
        pytest.param("2027-07-05", False, False, id="Monday after a Sunday holiday"),
        pytest.param("2026-09-07", False, False, id="Labor Day"),
        pytest.param("2026-12-31", True, True, id="an ordinary Thursday"),
    ],
)
def test_money_and_patients_keep_their_own_calendar(day, bank, practice):
    date = dt.date.fromisoformat(day)
    assert (is_bank_day(date), is_open(date)) == (bank, practice)


def test_there_are_eleven_holidays_every_year():
    assert {len(federal_holidays(year)) for year in range(2020, 2040)} == {11}


def test_bank_days_step_over_weekends_and_holidays():
    assert bank_day_from(dt.date(2025, 11, 27)) == dt.date(2025, 11, 28)
    assert bank_days_after(dt.date(2025, 11, 26), 2) == dt.date(2025, 12, 1)
    assert bank_days_after(dt.date(2025, 11, 29), 0) == dt.date(2025, 12, 1)


def test_influenza_peaks_at_the_turn_of_the_year():
    assert ili_percent(dt.date(2025, 12, 23)) == pytest.approx(6.9)
    assert ili_percent(dt.date(2026, 7, 7)) == pytest.approx(0.8)


def test_nobody_comes_to_a_closed_practice_and_most_come_on_mondays():
    start = dt.date(2025, 11, 1)
    assert demand_factor(dt.date(2025, 11, 27), start) == 0.0
    assert demand_factor(dt.date(2026, 2, 2), start) > demand_factor(dt.date(2026, 2, 6), start) > 0.5
