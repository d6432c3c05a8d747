"""The marts that models write, which dbt does not know, and the direct identifiers in them."""

from __future__ import annotations

from typing import Final

LEARNED: Final[dict[str, set[str]]] = {
    "denial_scores": set(),
    "denial_worklist": {"claim_id", "line_control_number"},
    "denial_model_summary": set(),
    "cash_forecast_daily": set(),
    "cash_forecast_summary": set(),
}
