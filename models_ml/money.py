"""Money at the edge of the models: Decimal columns to whole cents and back, with nothing rounded silently.

What does not belong here: arithmetic of a model. Between these functions money is an integer number of cents.
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_CENT = Decimal("0.01")
# a null amount inside an integer array; no sum of a practice comes near it
MISSING_CENTS = np.iinfo(np.int64).min


def to_pandas(frame: object) -> pd.DataFrame:
    """Return a pandas frame from a pandas, Polars or Arrow one; raises ``TypeError`` for anything else."""
    if isinstance(frame, pd.DataFrame):
        return frame
    convert = getattr(frame, "to_pandas", None)
    if convert is None:
        message = f"a model reads a pandas, Polars or Arrow frame, not a {type(frame).__name__}"
        raise TypeError(message)
    converted: pd.DataFrame = convert()
    return converted


def require_columns(frame: pd.DataFrame, names: Sequence[str], what: str) -> None:
    """Raise ``ValueError`` naming the columns a frame lacks."""
    missing = sorted(set(names) - set(frame.columns))
    if missing:
        message = f"the frame of {what} lacks {', '.join(missing)}"
        raise ValueError(message)


def cents(amounts: Iterable[object], what: str) -> np.ndarray:
    """Return whole cents as int64, ``MISSING_CENTS`` for a null.

    Raises ``TypeError`` for a float (it was exact once and is no longer) and ``ValueError`` for a fraction of
    a cent; neither message holds the value.
    """
    return np.fromiter((_one(amount, what) for amount in amounts), dtype=np.int64)


def _one(amount: object, what: str) -> int:
    if amount is None or amount is pd.NA or amount is pd.NaT:
        return int(MISSING_CENTS)
    if isinstance(amount, float) and np.isnan(amount):
        return int(MISSING_CENTS)
    if isinstance(amount, Decimal):
        if amount.is_nan():
            return int(MISSING_CENTS)
        scaled = amount.scaleb(2)
        whole = int(scaled)
        if whole != scaled:
            message = f"{what} holds a fraction of a cent"
            raise ValueError(message)
        return whole
    if isinstance(amount, int) and not isinstance(amount, bool):
        return amount * 100
    message = f"{what} holds a {type(amount).__name__}; money is Decimal"
    raise TypeError(message)


def dollars(whole: float | np.integer) -> Decimal:
    """Return dollars for whole cents."""
    return Decimal(int(whole)).scaleb(-2)


def round_cents(value: Decimal) -> Decimal:
    """Return an amount rounded half to even at the cent, as every derived amount leaves the models."""
    return value.quantize(_CENT, rounding=ROUND_HALF_EVEN)


def days(values: pd.Series) -> pd.Series:
    """Return midnight timestamps (``datetime64[s]``, NaT for null) from dates, timestamps or ISO text."""
    stamps = pd.to_datetime(values, errors="raise")
    if stamps.dt.tz is not None:
        message = "a date column carries a time zone; it must hold plain dates"
        raise ValueError(message)
    return stamps.dt.normalize().astype("datetime64[s]")


def stamp(day: dt.date) -> pd.Timestamp:
    """Return the midnight timestamp of a day."""
    return pd.Timestamp(dt.datetime(day.year, day.month, day.day)).as_unit("s")  # noqa: DTZ001  # a date has no zone
