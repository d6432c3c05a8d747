"""Measure the denial models on a public record of external reviews: the figures of ``card.md``.

``python -m models_ml.denials.card FILE`` with a CSV (gzip or plain) of the columns ``reference_id, yr, seq,
diagnosis_category, diagnosis_sub_category, treatment_category, treatment_sub_category, type, age_range,
patient_gender, y``: one decided review per row, ``y`` 1 when the denial was overturned. It names no payer, no
procedure and no amount, so its figures are a floor and it says nothing about dollars.

What does not belong here: a practice's own data.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models_ml.denials.config import DenialConfig
from models_ml.denials.evaluation import Inputs, area_under_curve, expected_calibration_error, walk_forward
from models_ml.money import MISSING_CENTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CODES = (
    "type",
    "treatment_category",
    "treatment_sub_category",
    "diagnosis_category",
    "diagnosis_sub_category",
    "age_range",
    "patient_gender",
)
# what was denied, then for which condition: the record's nearest thing to class, then reason and payer
INPUTS = Inputs(
    levels=(CODES[1:2], CODES[1:3], (*CODES[1:3], CODES[4])),
    codes=CODES,
    numbers=(),
)


@dataclass(frozen=True, slots=True)
class DenialFigure:
    """One model over one stretch of reviews."""

    model_name: str
    row_count: int
    auc: float
    ece: float


def read_reviews(path: Path, *, delay_days: int) -> pd.DataFrame:
    """Return the reviews as a prepared frame (see ``frame.prepare``).

    The record has a year and an order within it: a review's date is its place in the year. Its outcome counts
    as known ``delay_days`` later. Raises ``ValueError`` when a column is missing.
    """
    raw = pd.read_csv(path, dtype=str, keep_default_na=False, usecols=["reference_id", "yr", "seq", *CODES, "y"])
    raw = raw.assign(seq=raw["seq"].astype(int)).sort_values(["yr", "seq"], kind="stable").reset_index(drop=True)
    place = (raw.groupby("yr").cumcount() + 0.5) / raw.groupby("yr")["seq"].transform("size")
    year_days = pd.to_timedelta(np.floor(place * 365), unit="D")
    denied = (pd.to_datetime(raw["yr"] + "-01-01") + year_days).astype("datetime64[s]")
    return pd.DataFrame(
        {
            "denial_id": raw["reference_id"].astype(object),
            "denied_date": denied,
            **{code: raw[code].astype(object) for code in CODES},
            "expected_allowed_cents": MISSING_CENTS,
            "is_labelled": True,
            "label": raw["y"].astype(float),
            "decided_date": denied + pd.Timedelta(days=delay_days),
        }
    )


def figures(
    frame: pd.DataFrame, first: str, until: str, *, step_months: int, config: DenialConfig | None = None
) -> list[DenialFigure]:
    """Return every model's figures on reviews after ``first`` up to ``until``, retrained every few months."""
    config = config or DenialConfig()
    edges = pd.date_range(first, until, freq=f"{step_months}MS").as_unit("s")
    edges = edges - pd.Timedelta(days=1)
    cuts = list(pairwise(edges))
    judged = walk_forward(frame, cuts, config, INPUTS)
    labels = judged["label"].to_numpy(dtype=np.float64)
    found: list[DenialFigure] = []
    for name in ("rate_table", "boosted_trees"):
        probabilities = judged[name].to_numpy(dtype=np.float64)
        auc, ece = area_under_curve(labels, probabilities), expected_calibration_error(labels, probabilities)
        if auc is not None and ece is not None:
            found.append(DenialFigure(name, len(judged), auc, ece))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of ``card.md`` for a file of reviews; return 0."""
    parser = argparse.ArgumentParser(prog="python -m models_ml.denials.card", description="Figures of card.md.")
    parser.add_argument("file", help="the CSV of decided reviews, gzip or plain")
    path = parser.parse_args(arguments).file
    write = sys.stdout.write
    write("years      retrained  delay   model          reviews  AUC    ECE\n")
    for first, step_months, delay_days in (
        ("2010-01-01", 3, 120),
        ("2015-01-01", 3, 120),
        ("2015-01-01", 1, 120),
        ("2015-01-01", 1, 0),
    ):
        frame = read_reviews(path, delay_days=delay_days)
        for figure in figures(frame, first, "2017-01-01", step_months=step_months):
            write(
                f"{first[:4]}-2016  {step_months} month{'s' if step_months > 1 else ' '}   {delay_days:3d} d   "
                f"{figure.model_name:13s}  {figure.row_count:7d}  {figure.auc:.3f}  {figure.ece:.3f}\n"
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
