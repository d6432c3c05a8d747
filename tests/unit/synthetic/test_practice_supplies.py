import datetime as dt
from collections import Counter

import pyarrow.parquet as pq
import pytest

from orchestration.synthetic.generate import generate
from orchestration.synthetic.workdays import is_bank_day


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    out = tmp_path_factory.mktemp("supplies")
    generate(out, providers=3, start=dt.date(2025, 11, 1), days=365, seed=9)
    return pq.read_table(out / "truth" / "supply_lines.parquet").to_pylist()


def test_two_suppliers_are_ordered_from_every_month(lines):
    orders = Counter((row["supplier_name"], row["order_date"].strftime("%Y-%m")) for row in lines)
    assert len(orders) == 2 * 12
    assert len({row["order_number"] for row in lines}) == 24
    assert all(is_bank_day(row["order_date"]) for row in lines)


def test_what_a_three_way_match_must_find_has_its_cause(lines):
    causes = Counter(row["cause"] for row in lines)
    assert causes["none"] > 80
    assert causes["backorder"] > 0
    assert causes["price"] > 0
    for row in lines:
        received = row["received_quantity"] + row["later_quantity"]
        assert row["order_date"] < row["received_date"] < row["invoice_date"]
        assert row["billed_amount"] == row["billed_quantity"] * row["billed_price_amount"]
        assert (received == row["ordered_quantity"]) == (row["cause"] != "not_received")
        assert (row["billed_price_amount"] > row["unit_price_amount"]) == (row["cause"] == "price")
        assert (row["later_date"] is not None) == (row["cause"] == "backorder")
