"""The input frame of the denial models: its columns, its types, and what of it was known on a day.

The frame is projected to the columns named here, so a column this module does not name cannot reach a model.
What does not belong here: encoding for a model, and any statistic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models_ml.money import cents, days, require_columns, stamp, to_pandas

if TYPE_CHECKING:
    import datetime as dt

# what was on the line when it was denied, as text; a null is a value of its own
CODES = (
    "payer_id",
    "payer_class",
    "procedure_category",
    "modifier_1",
    "diagnosis_chapter",
    "group_code",
    "reason_code",
    "denial_class",
    "remark_code",
    "place_of_service_code",
    "rendering_provider_id",
)
AMOUNTS = ("charged_amount", "expected_allowed_amount")
# known when somebody decides whether to appeal
DECISION_COLUMNS = (*CODES, *AMOUNTS, "days_since_service")
# known only afterwards: they make labels, never inputs
OUTCOME_COLUMNS = ("was_appealed", "appeal_decided_date", "was_overturned")
COLUMNS = ("denial_id", "denied_date", "service_date", *DECISION_COLUMNS, *OUTCOME_COLUMNS)
NO_CODE = "(none)"


def codes(values: pd.Series) -> pd.Series:
    """Return a text column with nulls and blanks as ``NO_CODE``."""
    text = values.astype(object).where(values.notna(), NO_CODE).map(str).str.strip()
    return text.where(text != "", NO_CODE).astype(object)


def decision_inputs(denials: pd.DataFrame) -> pd.DataFrame:
    """Return the typed decision-time columns: codes as text, amounts as ``<name>_cents`` int64, days as float.

    Raises ``ValueError`` for a missing column or a fraction of a cent, ``TypeError`` for float money.
    """
    require_columns(denials, DECISION_COLUMNS, "denials")
    inputs = {name: codes(denials[name]).to_numpy() for name in CODES}
    for name in AMOUNTS:
        inputs[name.replace("_amount", "_cents")] = cents(denials[name], name)
    elapsed = pd.to_numeric(denials["days_since_service"], errors="raise")
    inputs["days_since_service"] = elapsed.astype("float64").to_numpy(dtype=np.float64, na_value=np.nan)
    return pd.DataFrame(inputs, index=denials.index)


def prepare(denials: object, as_of: dt.date) -> pd.DataFrame:
    """Return the lines denied on or before ``as_of``, in one order, with ``is_labelled`` and ``label``.

    A label exists when the line was appealed and the deciding remittance is dated on or before ``as_of``;
    whatever the outcome columns hold for a later date is not read. Order: denied_date, then denial_id, so the
    order of the input changes nothing. Raises ``ValueError`` for missing columns or a repeated or null
    denial_id.
    """
    raw = to_pandas(denials)
    require_columns(raw, COLUMNS, "denials")
    identifiers = raw["denial_id"]
    if identifiers.isna().any() or identifiers.duplicated().any():
        message = "denial_id must be present and unique: one row per denied line"
        raise ValueError(message)
    horizon = stamp(as_of)
    denied = days(raw["denied_date"])
    known = (denied <= horizon).to_numpy()
    raw, denied = raw.loc[known], denied.loc[known]
    frame = decision_inputs(raw)
    frame.insert(0, "denial_id", raw["denial_id"].map(str).astype(object))
    frame.insert(1, "denied_date", denied)
    decided = days(raw["appeal_decided_date"])
    appealed = raw["was_appealed"].astype("boolean").fillna(value=False).to_numpy(dtype=bool)
    overturned = raw["was_overturned"].astype("boolean")
    labelled = appealed & overturned.notna().to_numpy() & (decided <= horizon).to_numpy()
    frame["is_labelled"] = labelled
    won = labelled & overturned.fillna(value=False).to_numpy(dtype=bool)
    frame["label"] = won.astype(np.float64)
    frame["decided_date"] = decided.where(labelled)
    return frame.sort_values(["denied_date", "denial_id"], kind="stable").reset_index(drop=True)


def labelled_by(frame: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the rows of a prepared frame whose decision was known on ``day``."""
    return frame.loc[frame["is_labelled"] & (frame["decided_date"] <= day)]
