"""The figures of a period's end: what the marts say should stand, what the ledger holds of it, and proposing the rest.

Credits of patients and payers leave receivables (R14), days worked that no register covers yet are accrued (R21), and
what providers have earned beyond their salary, or were paid beyond what was accrued (R22). What does not belong here:
the arithmetic (``accounting.month_end``), and judging a period (``checklist``).
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from orchestration.accounting.approval import BONUS_RELEASE
from orchestration.accounting.compensation import (
    CompensationPlan,
    YearToDate,
    bonus_standings,
    is_overdue,
    left_of_earlier_years,
    overpaid_standings,
    release_standings,
)
from orchestration.accounting.journal import RULE_VERSION
from orchestration.accounting.month_end import SOURCE, MonthEndFigure, credit_standings, mirrored, true_up
from orchestration.accounting.payroll import PayPeriod, pay_gaps, uncovered_pay
from orchestration.core.errors import BooksError, ConfigurationError
from orchestration.core.money import ZERO
from orchestration.operations.post import load_accounts
from orchestration.stores.lake import table_names
from orchestration.stores.seeds import account_roles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import duckdb

    from orchestration.accounting.journal import Entry
    from orchestration.accounting.month_end import Standing
    from orchestration.accounting.payroll import PayGap
    from orchestration.ledger.records import PostedEntry, PostResult
    from orchestration.operations.close.periods import Period
    from orchestration.stores.practice import PracticeStores

CREDITS, PAY, BONUSES = "credits", "pay", "bonus"
_BONUSES_PAID, _BONUSES_RELEASED = "bonus-paid", "bonus-released"
_REVERSED = ":reversed"
_NEEDED = {
    CREDITS: ("posting.fct_credit_balances",),
    PAY: ("marts.fct_pay_periods",),
    BONUSES: ("measures.fct_provider_production", "reference.compensation_plans", "reference.entity_members"),
}


class Missing(NamedTuple):
    """A figure of the period that is not booked as it should be: its name and the entries that would book it."""

    name: str
    entries: tuple[Entry, ...]

    @property
    def amount(self) -> Decimal:
        """Return the dollars that are not booked at the period's end; taking back on the next day does not count."""
        return sum((entry.total_amount for entry in self.entries if _REVERSED not in entry.event_id), ZERO)


def missing(stores: PracticeStores, period: Period) -> dict[str, Missing]:
    """Return every figure of the period's end by name, with the entries it lacks: none when it is booked.

    A figure whose marts are not built is left out, and so is every figure of an entity without an accrual book.
    """
    if "accrual" not in period.entity.books or not stores.home.lake_file.exists():
        return {}
    booked = _Booked(stores, period)
    with stores.lake.connect() as lake:
        built = table_names(lake)
        makers = {CREDITS: _credits, PAY: _pay, BONUSES: _bonuses}
        return {
            name: Missing(name, tuple(make(lake, booked)))
            for name, make in makers.items()
            if built.issuperset(_NEEDED[name])
        }


def unvalued_revenue(stores: PracticeStores, period: Period) -> Decimal | None:
    """Return what providers with a plan on work RVUs charged in months of the year without any; ``None`` without one.

    A bonus of such a month is nothing, not because nothing was done, but because nobody said what it is worth.
    """
    with stores.lake.connect() as lake:
        if not table_names(lake).issuperset(_NEEDED[BONUSES]):
            return None
        found = [
            (plan, months)
            for plan in _plans(lake, period)
            if plan.basis == "work_rvu" and (months := plan.months(period.year_start, period.last)) is not None
        ]
        if not found:
            return None
        total = ZERO
        for plan, (first, last) in found:
            row = lake.execute(
                "select sum(revenue_amount) from measures.fct_provider_production where provider_id = ? "
                "AND production_month BETWEEN ? AND ? AND work_relative_value_units = 0 AND revenue_amount > 0",
                [plan.provider_id, first, last],
            ).fetchone()
            total += Decimal(row[0]) if row and row[0] is not None else ZERO
        return total


def prepare(stores: PracticeStores, period: Period, *, made_by: str) -> tuple[list[Missing], PostResult]:
    """Propose what the figures of the period lack to the ledger, as one batch; again, when nothing changed, nothing.

    What the ledger cannot book waits there, as any other proposal does. Raises ``ConfigurationError`` when the marts
    are not built yet, and ``BooksError`` when the period is locked.
    """
    found = missing(stores, period)
    if "accrual" in period.entity.books and set(found) != set(_NEEDED):
        message = f"the figures of {period.name} cannot be known: the marts they come from are not built"
        raise ConfigurationError(message, fix="medbooks run")
    if stores.ledger.is_closed(period.entity.entity_id, period.last):
        message = f"period {period.name} is locked: its figures stay as they are"
        raise BooksError(
            message,
            fix=f'medbooks close reopen --entity {period.entity.entity_id} --period {period.name} --reason "..."',
        )
    with stores.lake.connect() as lake:
        load_accounts(stores.ledger, lake)
    result = stores.ledger.post(
        [entry for figure in found.values() for entry in figure.entries],
        batch_date=dt.datetime.now(dt.UTC).date(),
        made_by=made_by,
        run_id=None,
        rule_version=RULE_VERSION,
    )
    return list(found.values()), result


class _Booked:
    """What the ledger holds of an entity's figures, by event."""

    def __init__(self, stores: PracticeStores, period: Period) -> None:
        self.period = period
        self.roles = account_roles()
        entity_id = period.entity.entity_id
        self.bonuses = stores.ledger.provider_balances(
            self.roles["bonus_accrued"], period.last, entity_id=entity_id, book="accrual"
        )
        self._entries = list(stores.ledger.entries(entity_id=entity_id, book="accrual", source=SOURCE))

    def of(self, event_id: str, *, as_of: dt.date | None = None) -> list[Entry]:
        """Return the entries of one event under any number, mirrors and corrections too, up to a day."""
        return [
            posted.entry for posted in self._matching(event_id) if as_of is None or posted.entry.entry_date <= as_of
        ]

    def of_family(self, prefix: str, first: dt.date, last: dt.date) -> list[Entry]:
        """Return the entries of every event of a prefix dated from first to last."""
        return [
            posted.entry
            for posted in self._entries
            if posted.entry.event_id.startswith(prefix) and first <= posted.entry.entry_date <= last
        ]

    def count(self, event_id: str) -> int:
        """Return how many originals of the event there are."""
        return sum(posted.entry.reverses is None for posted in self._matching(event_id))

    def accrued_for(self, provider_id: str, entries: Iterable[Entry]) -> Decimal:
        """Return debit less credit of entries on the account of accrued bonuses for a provider."""
        accrued = self.roles["bonus_accrued"]
        lines = [line for entry in entries for line in entry.lines]
        return sum(
            (
                line.debit_amount - line.credit_amount
                for line in lines
                if line.account_code == accrued and line.provider_id == provider_id
            ),
            ZERO,
        )

    def _matching(self, event_id: str) -> Iterator[PostedEntry]:
        numbered = re.compile(rf"{re.escape(event_id)}(:\d+)?(#\d+)?")
        return (posted for posted in self._entries if numbered.fullmatch(posted.entry.event_id))


def _until_next_day(booked: _Booked, kind: str, words: str, target: Iterable[Standing]) -> list[Entry]:
    """Return the entry of the period's end and the one that takes it back on the next day, as far as they lack."""
    entity_id, last = booked.period.entity.entity_id, booked.period.last
    figure = MonthEndFigure(f"{kind}:{entity_id}:{last}", entity_id, last, words)
    at_end = true_up(figure, target, booked.of(figure.event_id, as_of=last), number=booked.count(figure.event_id))
    entries = [at_end] if at_end else []
    back = MonthEndFigure(figure.event_id + _REVERSED, entity_id, last + dt.timedelta(days=1), f"{words}, taken back")
    taken_back = true_up(
        back,
        mirrored([*booked.of(figure.event_id), *entries]),
        booked.of(back.event_id),
        number=booked.count(back.event_id),
    )
    return [*entries, *([taken_back] if taken_back else [])]


def _credits(lake: duckdb.DuckDBPyConnection, booked: _Booked) -> list[Entry]:
    """R14: what patients and payers have paid too much on the last day is a debt on it, and a credit again after it."""
    found = lake.execute(
        "select account_code, provider_id, cast(sum(credit_change_amount) as decimal(18, 2)) "
        "from posting.fct_credit_balances where entity_id = ? and posting_date <= ? "
        "group by account_code, provider_id order by account_code, provider_id",
        [booked.period.entity.entity_id, booked.period.last],
    ).fetchall()
    return _until_next_day(booked, CREDITS, "Credit balances out of receivables", credit_standings(found, booked.roles))


def _pay(lake: duckdb.DuckDBPyConnection, booked: _Booked) -> list[Entry]:
    """R21: days worked up to the last day that no register covers yet, at what the newest ones cost."""
    target = uncovered_pay(_pay_periods(lake, booked.period), booked.period.last, booked.roles)
    return _until_next_day(booked, PAY, "Pay worked and not in a register yet", target)


def _pay_periods(lake: duckdb.DuckDBPyConnection, period: Period) -> list[PayPeriod]:
    found = lake.execute(
        "select role_code, location_id, period_start_date, period_end_date, gross_amount, employer_tax_amount "
        "from marts.fct_pay_periods where entity_id = ?",
        [period.entity.entity_id],
    ).fetchall()
    return [PayPeriod._make(row) for row in found]


def missing_registers(stores: PracticeStores, period: Period) -> list[PayGap]:
    """Return the days of the period that should be in a register between two others and are in none."""
    with stores.lake.connect() as lake:
        if not table_names(lake).issuperset(_NEEDED[PAY]):
            return []
        return pay_gaps(_pay_periods(lake, period), period.first, period.last)


def _bonuses(lake: duckdb.DuckDBPyConnection, booked: _Booked) -> list[Entry]:
    """R22: what the plans of a provider have earned in the fiscal year so far, less what was accrued in it."""
    entity_id, last = booked.period.entity.entity_id, booked.period.last
    # a plan that was changed within the year is two rows of one provider and basis: both have earned their months
    earned: dict[str, list[Standing]] = {}
    for plan in _plans(lake, booked.period):
        family = f"{BONUSES}:{entity_id}:{plan.provider_id}:{plan.basis}:"
        earned.setdefault(family, []).extend(_earned(lake, plan, booked))
    entries = []
    for family, target in earned.items():
        figure = MonthEndFigure(f"{family}{last}", entity_id, last, "Provider bonus earned in the year so far")
        entry = true_up(
            figure,
            target,
            booked.of_family(family, booked.period.year_start, last),
            number=booked.count(figure.event_id),
        )
        entries += [entry] if entry else []
    return [*entries, *_overpaid(lake, booked, entries)]


def _overpaid(lake: duckdb.DuckDBPyConnection, booked: _Booked, accruing: list[Entry]) -> list[Entry]:
    """R22: what was paid out of 2130 beyond what was ever accrued for a provider is an expense until more is earned."""
    entity_id, last = booked.period.entity.entity_id, booked.period.last
    rates = _tax_rates(lake, booked.period)
    entries = []
    for provider_id, balance in booked.bonuses.items():
        family = f"{_BONUSES_PAID}:{entity_id}:{provider_id}:"
        made_up = booked.of_family(family, dt.date.min, last)
        overpaid = balance - booked.accrued_for(provider_id, made_up) + booked.accrued_for(provider_id, accruing)
        figure = MonthEndFigure(f"{family}{last}", entity_id, last, "Provider bonus paid beyond what was accrued")
        target = overpaid_standings(provider_id, overpaid, rates.get(provider_id, ZERO), booked.roles)
        entry = true_up(figure, target, made_up, number=booked.count(figure.event_id))
        entries += [entry] if entry else []
    return entries


def _tax_rates(lake: duckdb.DuckDBPyConnection, period: Period) -> dict[str, Decimal]:
    """Return provider → the employer's tax on a bonus, 0 to 1; plans of one provider are taxed alike."""
    rates: dict[str, Decimal] = {}
    for plan in _plans(lake, period):
        rates[plan.provider_id] = max(plan.employer_tax_rate, rates.get(plan.provider_id, ZERO))
    return rates


def unpaid_bonuses(stores: PracticeStores, period: Period) -> dict[str, Decimal]:
    """Return provider → dollars accrued in earlier fiscal years that should have been paid by the period's end."""
    if not is_overdue(period.year_start, period.last):
        return {}
    booked = _Booked(stores, period)
    entity_id = period.entity.entity_id
    found = {}
    for provider_id, balance in booked.bonuses.items():
        this_year = [
            entry
            for family in (BONUSES, _BONUSES_PAID)
            for entry in booked.of_family(f"{family}:{entity_id}:{provider_id}:", period.year_start, period.last)
        ]
        left = left_of_earlier_years(-balance, -booked.accrued_for(provider_id, this_year))
        if left:
            found[provider_id] = left
    return found


def release_bonus(stores: PracticeStores, period: Period, provider_id: str, *, made_by: str) -> PostResult:
    """Propose to take back what was accrued for a provider in earlier years and will not be paid, on the last day.

    It always waits for another person. Raises ``ConfigurationError`` when nothing of the provider is overdue.
    """
    amount = unpaid_bonuses(stores, period).get(provider_id, ZERO)
    if not amount:
        message = f"no bonus of {provider_id} from an earlier year is overdue in {period.name}"
        raise ConfigurationError(message, fix=f"medbooks close check --period {period.name}")
    entity_id = period.entity.entity_id
    figure = MonthEndFigure(
        f"{_BONUSES_RELEASED}:{entity_id}:{provider_id}:{period.last}",
        entity_id,
        period.last,
        "Provider bonus accrued in an earlier year and not paid",
        BONUS_RELEASE,
    )
    with stores.lake.connect() as lake:
        rate = _tax_rates(lake, period).get(provider_id, ZERO)
    released = stores.ledger.entries(entity_id=entity_id, book="accrual", source=BONUS_RELEASE)
    number = sum(posted.entry.event_id.startswith(figure.event_id) for posted in released)
    entry = true_up(figure, release_standings(provider_id, amount, rate, account_roles()), (), number=number)
    return stores.ledger.post(
        [entry] if entry else [],
        batch_date=dt.datetime.now(dt.UTC).date(),
        made_by=made_by,
        run_id=None,
        rule_version=RULE_VERSION,
    )


def _plans(lake: duckdb.DuckDBPyConnection, period: Period) -> list[CompensationPlan]:
    found = lake.execute(
        "select plans.provider_id, plans.basis, plans.factor, plans.base, plans.trigger_amount, "
        "coalesce(plans.employer_tax_rate, 0), coalesce(plans.is_base_monthly, false), plans.first_day, plans.last_day "
        "from reference.compensation_plans as plans left join reference.entity_members as members "
        "ON members.member_kind = 'provider' AND members.member_id = plans.provider_id "
        "where coalesce(members.entity_id, ?) = ? order by plans.provider_id, plans.basis, plans.first_day",
        [period.main_entity_id, period.entity.entity_id],
    ).fetchall()
    plans = []
    for number, row in enumerate(found, start=1):
        try:
            plans.append(CompensationPlan(*row))
        except (TypeError, ValueError) as error:
            # no value of the row: a contract is nobody else's business
            message = f"plan {number} of {period.entity.entity_id} in compensation_plans cannot be used: {error}"
            raise ConfigurationError(
                message, fix="medbooks run   # after compensation_plans.csv is corrected"
            ) from None
    return plans


def _earned(lake: duckdb.DuckDBPyConnection, plan: CompensationPlan, booked: _Booked) -> list[Standing]:
    months = plan.months(booked.period.year_start, booked.period.last)
    if months is None:
        return []
    first, last = months
    row = lake.execute(
        "select coalesce(sum(collected_amount), 0), coalesce(sum(work_relative_value_units), 0), "
        "coalesce(sum(revenue_amount), 0) from measures.fct_provider_production "
        "where provider_id = ? and production_month between ? and ?",
        [plan.provider_id, first, last],
    ).fetchone() or (ZERO, ZERO, ZERO)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return bonus_standings(plan, YearToDate(row[0], row[1], row[2], count), booked.roles)
