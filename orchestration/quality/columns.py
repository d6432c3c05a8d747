"""From a mart's rows to the columns a quality gate checks: cents, dates, and facts that need more than one column.

A checked frame holds only what the rules name, in cheap types, so that nothing else can reach a page. What does not
belong here: the rules (``rules``) and the library that evaluates them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from orchestration.core.errors import ConfigurationError
from orchestration.stores.seeds import service_revenue_accounts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from orchestration.quality.rules import Gate

# what a charge is split into on a remittance line
_SPLIT = (
    "paid_amount",
    "contractual_amount",
    "capitation_amount",
    "sequestration_amount",
    "patient_amount",
    "denied_amount",
    "coordination_amount",
    "unknown_amount",
)

COLUMNS: Mapping[Gate, tuple[str, ...]] = {
    "remittances": (
        "disposition",
        "posting_date",
        "service_date",
        "payer_class",
        "claim_status_code",
        "rendering_provider_id",
        "charged_amount",
        "allowed_amount",
        *_SPLIT,
        "is_reversal",
        "is_denied",
    ),
    "charges": (
        "disposition",
        "hold_reason",
        "posting_date",
        "service_date",
        "payer_class",
        "rendering_provider_id",
        "code_system",
        "procedure_code",
        "category_code",
        "diagnosis_codes",
        "charged_units",
        "charged_amount",
        "professional_amount",
        "account_code",
        "professional_account_code",
        "technical_account_code",
    ),
    "journal_batch": (
        "event_id",
        "entry_date",
        "rule_id",
        "account_code",
        "debit_amount",
        "credit_amount",
        "provider_id",
    ),
}
"""What each gate reads of fct_remittance_lines, fct_charge_lines and fct_journal_lines; no more need be selected."""


def checked_columns(gate: Gate, rows: pd.DataFrame, as_of_date: dt.date) -> pd.DataFrame:
    """Return the columns the rules of a gate name, one row per row given; ages are counted up to a day.

    Raises ``ConfigurationError`` when a column of ``COLUMNS`` is missing, ``ValueError`` for a fraction of a cent.
    """
    missing = [name for name in COLUMNS[gate] if name not in rows.columns]
    if missing:
        message = f"the quality gate {gate} needs columns it was not given: {', '.join(missing)}"
        raise ConfigurationError(message)
    return _CHECKED[gate](rows.reset_index(drop=True), pd.Timestamp(as_of_date))


def cents(amounts: pd.Series) -> pd.Series:
    """Return whole cents as a nullable integer column; raises ``ValueError`` for a fraction of a cent.

    Decimals stay exact. DuckDB's own pandas export hands DECIMAL over as floats: those are rounded to the cent.
    """
    missing = amounts.isna()
    if isinstance(amounts.dtype, pd.ArrowDtype):
        amounts = amounts.astype(object)
    scaled = amounts.mask(missing, 0) * 100
    if pd.api.types.is_float_dtype(scaled.dtype):
        scaled = scaled.round()
    whole = scaled.astype("int64")
    if not (whole == scaled).all():
        message = "an amount with a fraction of a cent has no whole cents"
        raise ValueError(message)
    return whole.astype("Int64").mask(missing)


def _remittances(rows: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    held = rows["disposition"] != "proposed"
    reversal = _flag(rows["is_reversal"])
    charged, paid, allowed = (cents(rows[name]) for name in ("charged_amount", "paid_amount", "allowed_amount"))
    denied = cents(rows["denied_amount"])
    parts = pd.DataFrame({name: cents(rows[name]) for name in _SPLIT})
    posted = _dates(rows["posting_date"])
    return pd.DataFrame(
        {
            "is_split_whole_or_held": held | _flag(parts.sum(axis=1, skipna=False) == charged),
            "is_dated_or_held": held | posted.notna(),
            "posting_date": posted,
            "posting_days_ago": (today - posted).dt.days,
            "service_date": _dates(rows["service_date"]),
            "payer_class": rows["payer_class"],
            "denied_cents_without_reversals": denied.mask(reversal),
            "has_only_known_adjustments": _flag(parts["unknown_amount"] == 0),
            "rendering_provider_id": _presence(rows["rendering_provider_id"]),
            # a reversal mirrors its original, so sizes are compared
            "is_paid_within_charge": _flag(paid.abs() <= charged.abs()),
            "is_paid_within_allowed": allowed.isna() | _flag(paid.abs() <= allowed.abs()),
            "claim_status_code": rows["claim_status_code"],
            "is_denied": _flag(rows["is_denied"]),
            "disposition": rows["disposition"],
        }
    )


def _charges(rows: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    held = rows["disposition"] != "proposed"
    posted, served = _dates(rows["posting_date"]), _dates(rows["service_date"])
    charged, professional = cents(rows["charged_amount"]), cents(rows["professional_amount"])
    split = rows["professional_account_code"].notna() & rows["technical_account_code"].notna()
    return pd.DataFrame(
        {
            "has_revenue_account_or_is_held": held | rows["account_code"].notna() | split,
            # a voided or corrected charge may be negative, and so is its component
            "is_component_within_charge": _flag(
                (professional.abs() <= charged.abs()) & ((professional == 0) | (professional * charged > 0))
            )
            # a line that is held because nobody knows its amount has no component either
            | (held & charged.isna()),
            "posting_date": posted,
            "posting_days_ago": (today - posted).dt.days,
            "service_date": served,
            "charged_cents": charged,
            # units are no money
            "charged_units": rows["charged_units"].astype("float64"),
            "charge_lag_days": (posted - served).dt.days,
            "category_code": rows["category_code"],
            "cpt_code": rows["procedure_code"].where(rows["code_system"] == "CPT"),
            "payer_class": rows["payer_class"],
            "rendering_provider_id": _presence(rows["rendering_provider_id"]),
            "diagnosis_codes": _presence(rows["diagnosis_codes"]),
            "hold_reason": rows["hold_reason"],
        }
    )


def _journal_batch(rows: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    debit, credit = cents(rows["debit_amount"]), cents(rows["credit_amount"])
    dated = _dates(rows["entry_date"])
    events = rows["event_id"]
    # a missing amount makes the entry unbalanced, not smaller
    net = (debit - credit).groupby(events, dropna=False).transform("sum", skipna=False)
    by_event = dated.groupby(events, dropna=False)
    return pd.DataFrame(
        {
            "is_event_balanced": events.notna() & _flag(net == 0),
            "debit_cents": debit,
            "credit_cents": credit,
            "is_on_one_side": _flag((debit > 0) ^ (credit > 0)),
            "account_code": rows["account_code"],
            "rule_id": rows["rule_id"],
            "entry_date": dated,
            "entry_days_ago": (today - dated).dt.days,
            "is_one_date_per_event": by_event.transform("min").eq(by_event.transform("max")),
            "line_cents": debit.where(debit >= credit, credit),
            # a service was rendered by somebody
            "has_provider_when_service_revenue": rows["provider_id"].notna()
            | ~_flag(rows["account_code"].isin(service_revenue_accounts())),
        }
    )


_CHECKED: Mapping[Gate, Callable[[pd.DataFrame, pd.Timestamp], pd.DataFrame]] = {
    "remittances": _remittances,
    "charges": _charges,
    "journal_batch": _journal_batch,
}


def _flag(answers: pd.Series) -> pd.Series:
    """Return plain booleans; a question that could not be answered is answered with no."""
    return answers.astype("boolean").fillna(False).astype(bool)  # noqa: FBT003  # pandas' own signature


def _dates(values: pd.Series) -> pd.Series:
    """Return dates as timestamps of seconds, which hold every year a file can name."""
    return pd.to_datetime(values).astype("datetime64[s]")


def _presence(values: pd.Series) -> pd.Series:
    """Return whether there is a value, as a value or none: identifiers have no business in a quality report."""
    present = values.notna() & (values != "")
    return present.astype("boolean").where(present)
