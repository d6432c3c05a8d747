"""Account roles: every role that SQL names is one account of the chart, and no SQL names an account by its code.

What does not belong here: which account a rule moves (`dbt_project/unit_tests/postings.yml`).
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import pytest

from orchestration.stores.home import DBT_PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlglot import exp

# a package that a dependency brings; it ends when sqlglot no longer looks for it
pytestmark = pytest.mark.filterwarnings("ignore:sqlglotrs is deprecated:DeprecationWarning")

ROLES_TEST = DBT_PROJECT / "tests" / "every_role_that_a_rule_names_is_in_the_chart.sql"
ROLE = "account_role"
# the code of an account, or the beginning of some: '1200', '4000-02P', '4000%', '49%'
_CODE = re.compile(r"'([1-9]\d{3}(?:-\w+)?|[1-9]\d{1,3}(?:-\w*)?%)'")


def chart() -> list[dict[str, str]]:
    with (DBT_PROJECT / "seeds" / "accounts.csv").open(encoding="utf-8") as seed:
        return list(csv.DictReader(seed))


def roles_named(sql: str) -> set[str]:
    """Return every role that a query gives to a column of roles, or compares one with."""
    import sqlglot
    from sqlglot import exp

    found: set[str] = set()
    for tree in sqlglot.parse(sql, read="duckdb"):
        if tree is None:
            continue
        for alias in tree.find_all(exp.Alias):
            if alias.alias.endswith(ROLE):
                found |= set(_results(alias.this))
        for comparison in tree.find_all(exp.EQ, exp.NEQ, exp.In):
            sides = [comparison.this, *comparison.args.get("expressions", []), comparison.args.get("expression")]
            if any(isinstance(side, exp.Column) and side.name.endswith(ROLE) for side in sides):
                found |= {role for side in sides if side is not None for role in _results(side)}
    return found


def _results(expression: exp.Expression) -> Iterator[str]:
    """Yield the texts an expression may come out as; what it asks on the way is no result."""
    from sqlglot import exp

    if isinstance(expression, exp.Literal):
        if expression.is_string:
            yield expression.this
    elif isinstance(expression, exp.Case):
        for branch in expression.args["ifs"]:
            yield from _results(branch.args["true"])
        if expression.args.get("default") is not None:
            yield from _results(expression.args["default"])
    elif isinstance(expression, (exp.Coalesce, exp.Paren, exp.Cast)):
        for part in (expression.this, *expression.expressions):
            if isinstance(part, exp.Expression):
                yield from _results(part)


def account_codes(source: str) -> list[str]:
    """Return what looks like the code of an account in a model's source."""
    return _CODE.findall(re.sub(r"\{#.*?#\}|--[^\n]*", "", source, flags=re.DOTALL))


def test_every_role_that_sql_names_is_one_account_of_the_chart(compiled_models):
    named = set().union(*(roles_named(sql) for sql in compiled_models.values()))
    in_chart = [row[ROLE] for row in chart() if row[ROLE]]
    assert len(in_chart) == len(set(in_chart))
    assert {"receivable_insurance", "suspense", "due_to_entities", "drugs"} <= named <= set(in_chart)


def test_each_run_asks_the_chart_for_every_role_that_sql_names(compiled_models):
    named = set().union(*(roles_named(sql) for sql in compiled_models.values()))
    asked = re.findall(r"^\s+'(\w+)',?$", ROLES_TEST.read_text(encoding="utf-8"), re.MULTILINE)
    assert asked == sorted(named)


def test_no_model_and_no_macro_names_an_account_by_its_code():
    files = [*(DBT_PROJECT / "models").rglob("*.sql"), *(DBT_PROJECT / "macros").rglob("*.sql")]
    assert {file.name: codes for file in files if (codes := account_codes(file.read_text(encoding="utf-8")))} == {}


@pytest.mark.parametrize(
    ("sql", "roles"),
    [
        pytest.param("select 'suspense' as account_role from t", {"suspense"}, id="given"),
        pytest.param(
            "select case when kind = 'PLB' then 'suspense' else coalesce(role, 'wages') end as owed_account_role",
            {"suspense", "wages"},
            id="decided",
        ),
        pytest.param("select * from t where t.account_role in ('drugs', 'wages')", {"drugs", "wages"}, id="listed"),
        pytest.param(
            "select * from t join a on a.account_role = case when t.bucket = 'patient' then 'credits' else 'wages' end",
            {"credits", "wages"},
            id="joined",
        ),
        pytest.param("select 'R04' as rule_id from t where source = 'bank'", set(), id="none"),
    ],
)
def test_a_role_is_found_wherever_sql_names_it(sql, roles):
    assert roles_named(sql) == roles


@pytest.mark.parametrize("code", ["'1200'", "'4000-02P'", "'4000%'", "'49%'"])
def test_an_account_code_is_noticed(code):
    assert account_codes(f"select {code} as account_code -- '1010'")
