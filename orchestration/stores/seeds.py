"""The seeds a practice edits (``dbt_project/seeds``), as their files hold them, and the account roles among them.

What does not belong here: what dbt makes of seeds; whoever asks what was booked reads them from the lake.
"""

from __future__ import annotations

import csv

from orchestration.accounting.accounts import Account, AccountRoles, read_chart
from orchestration.stores.home import DBT_PROJECT


def seed_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of one seed; every value is text, as the file has it."""
    with (DBT_PROJECT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as seed:
        return list(csv.DictReader(seed))


def chart() -> tuple[Account, ...]:
    """Return the chart of accounts. Raises ``ConfigurationError`` for one that cannot be used."""
    return read_chart(seed_rows("accounts"))


def account_roles() -> AccountRoles:
    """Return which account of the chart has which role.

    Raises ``ConfigurationError`` for a chart that cannot be used.
    """
    return AccountRoles.of(chart())


def service_revenue_accounts() -> frozenset[str]:
    """Return the accounts that revenue of services goes to, by category, by component, or by neither."""
    roles = account_roles()
    categories, splits = seed_rows("procedure_categories"), seed_rows("component_splits")
    return frozenset(
        {row["account_code"] for row in categories if row["account_code"]}
        | {row[f"{component}_account_code"] for row in splits for component in ("professional", "technical")}
        | {roles["revenue_outside_cpt"], roles["revenue_unallocated"]}
    )
