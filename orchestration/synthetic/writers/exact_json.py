"""JSON whose amounts are exact: dollars stand as numbers with their two decimals, never through a float.

What does not belong here: any document.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from orchestration.synthetic.writers.amounts import dollars


def amount(cents: int) -> Decimal:
    """Return cents as dollars, to be written with two decimals."""
    return Decimal(dollars(cents))


def exact_json(value: Any) -> str:  # noqa: ANN401  # JSON is anything
    """Return a value as one line of JSON; every ``Decimal`` in it is written as it stands."""
    # json writes no Decimal: amounts go through as marked text, and marks and quotes are taken off together
    text = json.dumps(value, default=lambda found: f"\x01{found}\x01", separators=(",", ":"))
    return text.replace('"\\u0001', "").replace('\\u0001"', "")
