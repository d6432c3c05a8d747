"""Where chance comes from: one named stream per purpose and day, so that a longer practice repeats a shorter one.

What does not belong here: any meaning of a draw. Nothing in this package draws from anywhere else.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Stream(IntEnum):
    """What a stream is for; the numbers are part of "same seed, same bytes" and never change."""

    PATIENTS = 1
    PROVIDERS = 2
    VACATIONS = 3
    DEMAND = 4
    VISITS = 5
    LINES = 6
    REMITTANCES = 7
    PAYROLL = 8
    BILLS = 9
    SCANS = 10
    CLEARINGHOUSE = 11
    MISTAKES = 12
    PAPER = 13
    CONTRACTS = 14
    SUPPLIES = 15
    COVERAGE = 16


def stream(seed: int, purpose: Stream, *path: int) -> np.random.Generator:
    """Return the generator of one purpose, e.g. the visits of one day (its proleptic ordinal in ``path``)."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, int(purpose), *path))))


def pick(cumulative: Floats, uniform: Floats) -> Ints:
    """Return, for every uniform draw, the index of its share of a cumulative distribution that ends in 1."""
    found = np.searchsorted(cumulative, uniform, side="right").astype(np.int64)
    return np.minimum(found, cumulative.size - 1)


def cumulative(weights: list[float] | tuple[float, ...]) -> Floats:
    """Return weights as a cumulative distribution."""
    total: Floats = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.asarray(total / total[-1], dtype=np.float64)


def sigmoid(logit: Floats) -> Floats:
    """Return the probability of a log-odds."""
    return 1.0 / (1.0 + np.exp(-logit))
