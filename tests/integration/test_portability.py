"""DuckDB today, Spark tomorrow: every compiled model says the same in Spark's SQL.

Only macros may speak DuckDB's own dialect, so that a move is a change of macros. Whether Spark gives the same rows
is not proved here.
"""

from __future__ import annotations

import re

import pytest

from orchestration.stores.home import DBT_PROJECT

# a package that a dependency brings; it ends when sqlglot no longer looks for it
pytestmark = pytest.mark.filterwarnings("ignore:sqlglotrs is deprecated:DeprecationWarning")

# what DuckDB understands and Spark does not, or spells otherwise
_DUCKDB_ONLY = {
    "cast by ::": r"::",
    "list or struct literal": r"\[|(?<!\{)\{(?![{%#])",
    "regular expression": r"\bregexp_\w+\s*\(|\bsimilar\s+to\b",
    "qualify": r"\bqualify\b",
    "unnest": r"\bunnest\s*\(",
    "generated series": r"\b(generate_series|range)\s*\(",
    "epoch": r"\bepoch(_\w+)?\s*\(",
    "strftime, strptime": r"\bstr[fp]time\s*\(",
    "list function": r"\b(list|list_\w+|array_\w+|struct_pack|string_split|string_agg)\s*\(",
    "difference of dates": r"\bdate_?diff\s*\(",
    "group or order by all": r"\b(group|order)\s+by\s+all\b",
    "group or order by position": r"\b(group|order)\s+by\s+\d",
    "exclude or replace of a star": r"\*\s*(exclude|replace)\b",
    "distinct on": r"\bdistinct\s+on\b",
    "as-of or positional join": r"\b(asof|positional)\s+join\b",
}
_SAMPLES = {
    "cast by ::": "select amount::varchar from rows",
    "list or struct literal": "select [1, 2], {'a': 1} from rows",
    "regular expression": "select regexp_matches(name, 'a') from rows",
    "qualify": "select * from rows qualify row_number() over (order by a) = 1",
    "unnest": "select unnest(codes) from rows",
    "generated series": "select * from generate_series(1, 9)",
    "epoch": "select epoch(loaded_at) from rows",
    "strftime, strptime": "select strftime(day, '%Y') from rows",
    "list function": "select list_sort(codes) from rows",
    "difference of dates": "select date_diff('day', a, b) from rows",
    "group or order by all": "select a, sum(b) from rows group by all",
    "group or order by position": "select a, sum(b) from rows group by 1",
    "exclude or replace of a star": "select * exclude (a) from rows",
    "distinct on": "select distinct on (a) * from rows",
    "as-of or positional join": "select * from a asof join b using (t)",
}


def test_every_compiled_model_is_spark_sql_too(compiled_models):
    wrong = {name: words for name, sql in compiled_models.items() if (words := spark_objection(sql))}
    assert len(compiled_models) >= 2 * len(list((DBT_PROJECT / "models").rglob("*.sql")))
    assert not wrong


def test_models_leave_duckdbs_own_dialect_to_macros():
    files = sorted((DBT_PROJECT / "models").rglob("*.sql")) + sorted((DBT_PROJECT / "tests").rglob("*.sql"))
    found = {file.name: words for file in files if (words := duckdb_only(file.read_text(encoding="utf-8")))}
    assert not found


@pytest.mark.parametrize("construct", _DUCKDB_ONLY)
def test_a_construct_only_duckdb_has_is_noticed(construct):
    assert construct in duckdb_only(_SAMPLES[construct])


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("select from where", id="no_sql"),
        pytest.param("select regexp_extract_all(a, 'b', 1, 'i') from t", id="unsupported_argument"),
    ],
)
def test_sql_that_spark_cannot_say_is_noticed(sql):
    assert spark_objection(sql)


def test_comments_and_templates_are_not_taken_for_sql():
    assert not duckdb_only(
        "-- group by 1 ::\nselect {{ surrogate_key(['a', 'b']) }} {# unnest(x) #} from {{ ref('a') }}\n"
    )


def spark_objection(sql: str) -> str:
    """Return why a query of DuckDB's cannot be said in Spark's SQL, empty when it can."""
    import sqlglot
    from sqlglot.errors import ErrorLevel, SqlglotError

    try:
        trees = [tree for tree in sqlglot.parse(sql, read="duckdb", error_level=ErrorLevel.RAISE) if tree]
        spoken = [tree.sql(dialect="spark", unsupported_level=ErrorLevel.RAISE) for tree in trees]
        for words in spoken:
            sqlglot.parse_one(words, read="spark", error_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        return str(error).splitlines()[0]
    return "" if spoken else "no statement"


def duckdb_only(source: str) -> list[str]:
    """Return the constructs of a model's source that only DuckDB understands."""
    sql = re.sub(r"\{#.*?#\}|--[^\n]*", "", source, flags=re.DOTALL).lower()
    # the arguments of a macro are SQL, apart from the lists and mappings Jinja passes them in
    bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", sql, flags=re.DOTALL)
    return [
        name
        for name, pattern in _DUCKDB_ONLY.items()
        if re.search(pattern, bare if name == "list or struct literal" else sql)
    ]
