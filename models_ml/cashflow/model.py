"""A fitted collections model as files, and back: JSON only, no pickle.

``_load_pyfunc`` is the name MLflow's generic loader asks for; MLflow itself is not imported here. The files hold
fitted figures and, for Prophet, the practice's daily totals; nothing of a patient.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from models_ml.cashflow.engines import FittedProphet, WeekdayShape, quiet
from models_ml.cashflow.series import OpenDays
from models_ml.money import days, dollars, to_pandas

_MODEL, _PROPHET = "model.json", "prophet.json"


@dataclass(frozen=True, slots=True)
class CashModel:
    """The engine that serves, by name, its fit, and the days money can arrive."""

    engine: str
    fit: WeekdayShape | FittedProphet
    open_days: OpenDays

    def collections_cents(self, calendar: pd.Series) -> np.ndarray:
        """Return whole cents for every given day, zero on closed days, rounded half to even."""
        is_open = self.open_days.are_open(calendar)
        collected = np.zeros(len(calendar), dtype=np.int64)
        collected[is_open] = np.rint(self.fit.predict(calendar.loc[is_open]) * 100).astype(np.int64)
        return collected

    def predict(self, frame: object, params: dict[str, object] | None = None) -> pd.DataFrame:  # noqa: ARG002  # MLflow passes it
        """Return forecast_date and collections_amount (Decimal) for the days in ``forecast_date``."""
        dates = days(to_pandas(frame)["forecast_date"]).reset_index(drop=True)
        amounts = [dollars(c) for c in self.collections_cents(dates).tolist()]
        return pd.DataFrame({"forecast_date": dates.dt.date, "collections_amount": pd.Series(amounts, dtype=object)})

    def save(self, folder: Path) -> None:
        """Write the model's files into an existing folder."""
        content: dict[str, object] = {
            "engine": self.engine,
            "open_weekdays": sorted(self.open_days.weekdays),
            "holidays_closed": self.open_days.holidays_closed,
        }
        if isinstance(self.fit, WeekdayShape):
            content["amounts"] = {str(weekday): amount for weekday, amount in sorted(self.fit.amounts.items())}
            content["otherwise"] = self.fit.otherwise
        else:
            from prophet.serialize import model_to_json  # noqa: PLC0415  # only a fitted Prophet needs it

            (folder / _PROPHET).write_text(model_to_json(self.fit.model), "utf-8")
        (folder / _MODEL).write_text(json.dumps(content, sort_keys=True, indent=1, allow_nan=False) + "\n", "utf-8")

    @classmethod
    def load(cls, folder: Path) -> CashModel:
        """Return the model written by ``save``; raises ``OSError`` when its files are not there."""
        content = json.loads((folder / _MODEL).read_text("utf-8"))
        open_days = OpenDays(frozenset(content["open_weekdays"]), content["holidays_closed"])
        fit: WeekdayShape | FittedProphet
        if (folder / _PROPHET).exists():
            from prophet.serialize import model_from_json  # noqa: PLC0415  # only a fitted Prophet needs it

            with quiet():
                fit = FittedProphet(model_from_json((folder / _PROPHET).read_text("utf-8")))
        else:
            amounts = {int(weekday): amount for weekday, amount in content["amounts"].items()}
            fit = WeekdayShape(amounts, content["otherwise"])
        return cls(content["engine"], fit, open_days)


def _load_pyfunc(path: str) -> CashModel:
    return CashModel.load(Path(path))
