"""What providers are owed beyond their salary: contracts on work RVUs or on collections, trued up every quarter.

A contract pays ``rate`` for what lies above a yearly threshold, on the year so far: earned = max(0, f(year to date)),
paid = earned less what the year has paid already, never below nothing. The year is the entity's fiscal year; a quarter
is paid in the first pay run two months after it ends. Work RVUs are made up, near what CMS publishes.
What does not belong here: pay runs (``payroll``).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from orchestration.synthetic import fees
from orchestration.synthetic.draws import Stream, stream

if TYPE_CHECKING:
    from orchestration.synthetic.cases import Cases
    from orchestration.synthetic.draws import Ints
    from orchestration.synthetic.entities import LegalEntity
    from orchestration.synthetic.people import Provider
    from orchestration.synthetic.remittances import ClaimReports

Plan = Literal["work_rvu", "collections"]

_MONTHS = 12
_QUARTER = 3
_PER_MYRIAD = 10_000
_PAID_AFTER_MONTHS = 2
# what an average provider brings in a year, and the share of it above which a contract pays
_USUAL_WORK_RVU = 760_000  # hundredths
_USUAL_COLLECTIONS = 56_000_000  # cents
_LOWEST_SHARE, _HIGHEST_SHARE = 0.90, 0.99


@dataclass(frozen=True, slots=True)
class Contract:
    """One provider's contract. ``rate``: cents per work RVU, or per ten thousand of collections.

    ``yearly_threshold``: hundredths of a work RVU, or cents.
    """

    provider_npi: str
    plan: Plan
    rate: int
    yearly_threshold: int


@dataclass(frozen=True, slots=True)
class Bonus:
    """What one provider is paid for the year up to the end of a quarter; cents and hundredths of work RVUs."""

    provider: int
    contract: Contract
    period_end: dt.date
    work_rvu_to_date: int
    collections_to_date: int
    earned_to_date: int
    cents: int


def make_contracts(seed: int, providers: tuple[Provider, ...], entity: LegalEntity) -> tuple[Contract, ...]:
    """Return a contract for every provider, on work RVUs and on collections by turns."""
    found = []
    for number, provider in enumerate(providers):
        rng = stream(seed, Stream.CONTRACTS, number)
        share = _LOWEST_SHARE + (_HIGHEST_SHARE - _LOWEST_SHARE) * float(rng.random())
        # surgeons see fewer patients and do more for each
        scale = entity.contract_scale * share
        if number % 2:
            rate = 1_200 + 100 * int(rng.integers(0, 7))
            found.append(
                Contract(provider.npi, "collections", rate, int(_USUAL_COLLECTIONS * scale) // 100_000 * 100_000)
            )
        else:
            rate = 2_400 + 50 * int(rng.integers(0, 13))
            threshold = int(_USUAL_WORK_RVU * scale) // 1_000 * 1_000
            found.append(Contract(provider.npi, "work_rvu", rate, threshold))
    return tuple(found)


class Compensation:
    """Adds up what providers do, month by month, and tells what a quarter owes them."""

    def __init__(self, contracts: tuple[Contract, ...], entity: LegalEntity) -> None:
        self._contracts = contracts
        self._fiscal_start = entity.fiscal_year_start_month
        self._work: dict[int, Ints] = {}
        self._collected: dict[int, Ints] = {}
        self._paid: dict[tuple[int, int], int] = defaultdict(int)

    def add(self, month: dt.date, cases: Cases, reports: ClaimReports, days: range) -> None:
        """Add a month: charges and collections posted in it, by provider."""
        visits, lines = cases.visits, cases.lines
        count = len(self._contracts)
        is_posted = (visits.post_day >= days.start) & (visits.post_day < days.stop)
        work = np.where(is_posted[lines.visit], fees.WORK_RVU_HUNDREDTHS[lines.code] * lines.units, 0)
        work = work * fees.MODIFIER_PERCENT[lines.modifier] // 100
        received = (lines.receipt_day >= days.start) & (lines.receipt_day < days.stop)
        patients = np.where(received, lines.receipt_cents, 0).sum(axis=1)
        by_line = visits.provider[lines.visit]
        self._work[_index(month)] = _sums(by_line, work, count)
        self._collected[_index(month)] = _sums(by_line, patients, count) + _sums(
            visits.provider[reports.visit], reports.paid, count
        )

    def due(self, month: dt.date) -> list[Bonus]:
        """Return the bonuses of the first pay run of a month: none but two months after a quarter of the year."""
        quarter_end = _index(month) - _PAID_AFTER_MONTHS
        into_year = (quarter_end - self._fiscal_start + 1) % _MONTHS
        if into_year % _QUARTER != _QUARTER - 1:
            return []
        year = quarter_end - into_year
        known = [index for index in range(year, quarter_end + 1) if index in self._work]
        if not known:
            return []
        work = sum((self._work[index] for index in known), np.zeros(len(self._contracts), dtype=np.int64))
        collected = sum((self._collected[index] for index in known), np.zeros(len(self._contracts), dtype=np.int64))
        found = []
        for provider, contract in enumerate(self._contracts):
            so_far = int(work[provider]) if contract.plan == "work_rvu" else int(collected[provider])
            above = max(0, so_far - contract.yearly_threshold * len(known) // _MONTHS)
            earned = above * contract.rate // (100 if contract.plan == "work_rvu" else _PER_MYRIAD)
            cents = max(0, earned - self._paid[year, provider])
            self._paid[year, provider] += cents
            if cents:
                end = _first_day(quarter_end + 1) - dt.timedelta(days=1)
                amounts = (int(work[provider]), int(collected[provider]), earned, cents)
                found.append(Bonus(provider, contract, end, *amounts))
        return found


def _index(month: dt.date) -> int:
    return month.year * _MONTHS + month.month - 1


def _first_day(index: int) -> dt.date:
    return dt.date(index // _MONTHS, index % _MONTHS + 1, 1)


def _sums(provider: Ints, amount: Ints, count: int) -> Ints:
    found = np.zeros(count, dtype=np.int64)
    np.add.at(found, provider, amount)
    return found
