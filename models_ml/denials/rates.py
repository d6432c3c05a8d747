"""A hierarchical empirical-Bayes table of overturn rates: the champion to beat, and what a small practice gets.

Levels go from coarse to fine; every cell is a beta-binomial whose prior mean is its parent's rate and whose
prior weight is estimated once per level by the method of moments (Kleinman 1973; Casella 1985). A cell with
few decisions therefore stays near its parent, and a shrunken rate is calibrated without a second model.

What does not belong here: anything read from a file, dates, money.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

# With no decision at all: the share overturned of the public record of external reviews in California 2001-2016
# (card.md), worth ten decisions, so that a practice's own first fifty outweigh it.
PRIOR_PROBABILITY = 0.44
PRIOR_WEIGHT = 10.0
LEVELS: tuple[tuple[str, ...], ...] = (("denial_class",), ("denial_class", "reason_code", "payer_id"))
# the moments of a few cells say little: they are read as if this many further repeats agreed with the prior weight
_PRIOR_REPEATS = 50.0
# bounds of a level's estimated prior weight: below one a single decision decides, above a thousand none does
_LEAST_WEIGHT, _MOST_WEIGHT = 1.0, 1000.0


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell saw and the rate it gives."""

    decided_count: int
    overturned_count: int
    overturn_probability: float


@dataclass(frozen=True, slots=True)
class RateTable:
    """The fitted table: one dictionary per level, keyed by the values of the level's columns."""

    levels: tuple[tuple[str, ...], ...]
    everything: Cell
    weights: tuple[float, ...]
    cells: tuple[dict[tuple[str, ...], Cell], ...]

    @property
    def name(self) -> str:
        """The model's name in scores and metrics."""
        return "rate_table"

    def locate(self, frame: pd.DataFrame) -> list[tuple[int, Cell]]:
        """Return for every row the finest level that has a cell (-1: everything) and that cell."""
        found: list[tuple[int, Cell]] = [(-1, self.everything)] * len(frame)
        for depth, (columns, cells) in enumerate(zip(self.levels, self.cells, strict=True)):
            for position, key in enumerate(_keys(frame, columns)):
                cell = cells.get(key)
                if cell is not None:
                    found[position] = (depth, cell)
        return found

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the overturn probability of every row."""
        return np.array([cell.overturn_probability for _, cell in self.locate(frame)], dtype=np.float64)

    def explain(self, frame: pd.DataFrame) -> list[str]:
        """Return for every row the cell it was read from, in plain words, with counts."""
        return [self._sentence(depth, cell) for depth, cell in self.locate(frame)]

    def _sentence(self, depth: int, cell: Cell) -> str:
        if depth < 0:
            if not cell.decided_count:
                return "no appeal has been decided yet: the documented prior"
            return f"{cell.overturned_count} of {cell.decided_count} decided appeals won; none of this kind yet"
        kind = " and ".join(column.removesuffix("_id").replace("_", " ") for column in self.levels[depth])
        return (
            f"{cell.overturned_count} of {cell.decided_count} decided appeals with the same {kind} won, "
            f"weighed against the wider rate"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the table as JSON values, cells in the order of their keys."""
        return {
            "levels": [list(level) for level in self.levels],
            "everything": _cell_list(self.everything),
            "weights": list(self.weights),
            "cells": [[[list(key), *_cell_list(cells[key])] for key in sorted(cells)] for cells in self.cells],
        }

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> RateTable:
        """Return the table written by ``to_dict``; raises ``KeyError`` when it is no such table."""
        return cls(
            tuple(tuple(level) for level in content["levels"]),
            Cell(*content["everything"]),
            tuple(content["weights"]),
            tuple({tuple(key): Cell(*cell) for key, *cell in cells} for cells in content["cells"]),
        )


def fit_rates(frame: pd.DataFrame, levels: Sequence[tuple[str, ...]] = LEVELS) -> RateTable:
    """Return the table for decided rows (column ``label`` 0/1 beside the levels' columns); none is allowed."""
    labels = frame["label"].to_numpy(dtype=np.float64)
    won, count = float(labels.sum()), len(labels)
    # this form gives the prior exactly when nothing is decided
    rate = PRIOR_PROBABILITY + (won - count * PRIOR_PROBABILITY) / (count + PRIOR_WEIGHT)
    everything = Cell(count, int(won), rate)
    parents: dict[tuple[str, ...], Cell] = {(): everything}
    weights: list[float] = []
    tables: list[dict[tuple[str, ...], Cell]] = []
    above: tuple[str, ...] = ()
    for columns in levels:
        if columns[: len(above)] != above:
            message = "every level must begin with the columns of the level above it"
            raise ValueError(message)
        counts = _count(frame, columns, labels)
        priors = {key: parents[key[: len(above)]].overturn_probability for key in counts}
        weight = _prior_weight(counts, priors)
        cells = {key: Cell(n, w, (w + weight * priors[key]) / (n + weight)) for key, (n, w) in sorted(counts.items())}
        weights.append(weight)
        tables.append(cells)
        parents, above = cells, columns
    return RateTable(tuple(tuple(level) for level in levels), everything, tuple(weights), tuple(tables))


def _prior_weight(counts: dict[tuple[str, ...], tuple[int, int]], priors: dict[tuple[str, ...], float]) -> float:
    """Return how many decisions the parent's rate is worth at one level.

    Method of moments: the standardised squares of a level's cells around their parents have expectation
    Σ(1 + (n-1)r) less one degree of freedom; r is the correlation within a cell and the weight is 1/r - 1.
    ``_PRIOR_REPEATS`` steady the estimate of a practice with a handful of decisions.
    """
    spread = freedom = repeats = 0.0
    for key, (n, w) in sorted(counts.items()):
        mean = priors[key]
        spread += n * (w / n - mean) ** 2 / (mean * (1 - mean))
        freedom += 1.0
        repeats += n - 1.0
    excess = spread - max(freedom - 1, 0.0)
    correlation = (excess + _PRIOR_REPEATS / (PRIOR_WEIGHT + 1)) / (repeats + _PRIOR_REPEATS)
    if correlation <= 1 / (_MOST_WEIGHT + 1):
        return _MOST_WEIGHT
    return float(np.clip(1 / correlation - 1, _LEAST_WEIGHT, _MOST_WEIGHT))


def _keys(frame: pd.DataFrame, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    return list(zip(*(frame[column].tolist() for column in columns), strict=True))


def _count(frame: pd.DataFrame, columns: tuple[str, ...], labels: np.ndarray) -> dict[tuple[str, ...], tuple[int, int]]:
    counts: dict[tuple[str, ...], tuple[int, int]] = {}
    for key, label in zip(_keys(frame, columns), labels.tolist(), strict=True):
        n, w = counts.get(key, (0, 0))
        counts[key] = (n + 1, w + int(label))
    return counts


def _cell_list(cell: Cell) -> list[float]:
    return [cell.decided_count, cell.overturned_count, cell.overturn_probability]
