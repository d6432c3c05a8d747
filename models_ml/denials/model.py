"""A trained denial model as files, and back: JSON and XGBoost's own binary, no pickle.

``_load_pyfunc`` is the name MLflow's generic loader asks for; MLflow itself is not imported here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from models_ml.denials.boosted import BoostedTrees, Encoder
from models_ml.denials.frame import AMOUNTS, decision_inputs
from models_ml.denials.rates import RateTable
from models_ml.money import to_pandas

if TYPE_CHECKING:
    import numpy as np

_MODEL, _RATES, _ENCODER, _BOOSTER = "model.json", "rates.json", "encoder.json", "booster.ubj"


@dataclass(frozen=True, slots=True)
class DenialModel:
    """Both trained models and the name of the one that serves."""

    name: str
    rates: RateTable
    boosted: BoostedTrees | None

    @property
    def serving(self) -> RateTable | BoostedTrees:
        """The model whose probabilities are used."""
        return self.boosted if self.boosted is not None and self.name == self.boosted.name else self.rates

    def probabilities(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the overturn probability of every row of a prepared frame."""
        return self.serving.predict(frame)

    def predict(self, denials: object, params: dict[str, object] | None = None) -> pd.DataFrame:  # noqa: ARG002  # MLflow passes it
        """Return ``overturn_probability`` for raw rows holding the decision-time columns, in their order.

        Amounts are Decimal, or decimal text where the caller's protocol has no exact number.
        """
        raw = to_pandas(denials)
        raw = raw.assign(**{name: raw[name].astype(object).map(_exact) for name in AMOUNTS})
        return pd.DataFrame({"overturn_probability": self.probabilities(decision_inputs(raw))}, index=raw.index)

    def save(self, folder: Path) -> None:
        """Write the model's files into an existing folder."""
        _write(folder / _MODEL, {"name": self.name})
        _write(folder / _RATES, self.rates.to_dict())
        if self.boosted is not None:
            encoder = self.boosted.encoder
            _write(
                folder / _ENCODER,
                {"codes": encoder.codes, "numbers": encoder.numbers, "vocabularies": encoder.vocabularies},
            )
            (folder / _BOOSTER).write_bytes(self.boosted.booster.save_raw("ubj"))

    @classmethod
    def load(cls, folder: Path) -> DenialModel:
        """Return the model written by ``save``; raises ``OSError`` when its files are not there."""
        boosted = None
        if (folder / _BOOSTER).exists():
            import xgboost as xgb  # noqa: PLC0415  # a rate table alone never loads it

            content = json.loads((folder / _ENCODER).read_text("utf-8"))
            encoder = Encoder(
                tuple(content["codes"]),
                tuple(content["numbers"]),
                {name: tuple(codes) for name, codes in content["vocabularies"].items()},
            )
            booster = xgb.Booster(params={"nthread": 1})
            booster.load_model(bytearray((folder / _BOOSTER).read_bytes()))
            boosted = BoostedTrees(encoder, booster)
        rates = RateTable.from_dict(json.loads((folder / _RATES).read_text("utf-8")))
        return cls(json.loads((folder / _MODEL).read_text("utf-8"))["name"], rates, boosted)


def _load_pyfunc(path: str) -> DenialModel:
    return DenialModel.load(Path(path))


def _exact(amount: object) -> object:
    return Decimal(amount) if isinstance(amount, str) else amount


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, sort_keys=True, indent=1, allow_nan=False) + "\n", "utf-8")
