"""A practice's own layouts go to the reader of their kind, and one that cannot be used names its file."""

from __future__ import annotations

from decimal import Decimal

import pytest
from support.format_examples import only, source

from orchestration.core.layouts import Layout, LayoutError
from orchestration.formats.bank import reader as bank
from orchestration.formats.registry import detect_kind, read_layouts

BANK = """
kind = "bank"
name = "credit_union"
date_formats = ["%d/%m/%Y"]
required = ["posted_date", "description", "amount"]
[columns]
posted_date = "Day"
description = "What"
amount = "Dollars"
"""


def test_a_layout_of_a_bank_tells_its_kind_and_reads_its_download():
    own = read_layouts({"credit_union.toml": BANK})
    content = b"Day,What,Dollars\n25/01/2026,Deposit,80.00\n"
    assert detect_kind("x", content) == "unknown"
    assert detect_kind("x", content, own) == "bank"
    row = only(bank.read([source(content)], own.of("bank", Layout)), "transactions")
    assert (row["amount"], row["posted_date"].day) == (Decimal(80), 25)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param('kind = "weather"', "its kind is one of", id="unknown kind"),
        pytest.param("kind = ", "no TOML", id="no TOML"),
        pytest.param('kind = "payroll"\nname = "x"', "payroll layout", id="payroll without amounts"),
        pytest.param('kind = "supplies"\nname = "x"', "document", id="supplies without document"),
        pytest.param('kind = "fees"\nname = "x"', "needs a name and columns", id="fees without columns"),
        pytest.param('name = "x"', "CHARGE", id="an export without types"),
    ],
)
def test_a_layout_that_cannot_be_used_names_its_file_and_why(text, words):
    with pytest.raises(LayoutError, match=rf"mine\.toml cannot be used: .*{words}"):
        read_layouts({"mine.toml": text})
