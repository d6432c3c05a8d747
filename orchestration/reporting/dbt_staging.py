"""dbt's pages of staging models: a column that is only renamed is described by the raw column it is.

What a model is, its tests and the words of columns it derives are written by hand into the page, and stay. What does
not belong here: what a raw column means (``core.tables``), and where the files are kept.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from orchestration.reporting.dbt_sources import column_lines, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestration.core.tables import Column, Table

_HEAD = """# Columns that are only renamed are written by `make docs` from the tables that readers declare. Models,
# tests and derived columns are described by hand. A test fails when a column is stale or not described.
version: 2

models:
"""
_IMPORT = re.compile(r"(\w+) as \(\s*select \* from \{\{ source\('(\w+)', '(\w+)'\) \}\}\s*\)")
_RAW = re.compile(r"source\('(\w+)', '(\w+)'\)")
_RENAMED = re.compile(r"renamed as \(\s*(?:select\n(?P<columns>.*?)\n    from |\{\{ (?P<macro>\w+)\()", re.DOTALL)
_MACRO = re.compile(r"-%\}\s*select\n(.*?)\n    from ", re.DOTALL)
_ONLY_RENAMED = re.compile(r"(?:(\w+)\.)?(\w+)(?: as (\w+))?")
_DERIVED = re.compile(r".* as (\w+)", re.DOTALL)


class Selected(NamedTuple):
    """One column of a staging model, and the raw column it is, where it is one."""

    name: str
    raw: Column | None


def selected(sql: str, macros: Mapping[str, str], tables: Mapping[str, Table]) -> list[Selected]:
    """Return the columns that a staging model selects, in order.

    ``macros`` are the bodies of macros that stand for a select list, ``tables`` the raw tables by ``schema.table``.
    """
    imports = {name: tables[f"{schema}.{table}"] for name, schema, table in _IMPORT.findall(sql)}
    first = tables[".".join(_RAW.findall(sql)[0])]
    found = _RENAMED.search(sql)
    if found is None:
        return []
    body = found["columns"] or _MACRO.findall(macros[found["macro"]])[0]
    return [_column(expression, imports, first) for expression in _expressions(body)]


def _expressions(body: str) -> Iterator[str]:
    """Yield the expressions of a select list: commas inside parentheses part nothing."""
    depth, start = 0, 0
    for place, character in enumerate(body):
        depth += (character in "({") - (character in ")}")
        if character == "," and depth == 0:
            yield body[start:place].strip()
            start = place + 1
    yield body[start:].strip()


def _column(expression: str, imports: Mapping[str, Table], first: Table) -> Selected:
    only_renamed = _ONLY_RENAMED.fullmatch(expression)
    if only_renamed is None:
        derived = _DERIVED.fullmatch(expression)
        return Selected(derived[1] if derived else expression, None)
    relation, raw, name = only_renamed.groups()
    columns = {c.name: c for c in imports.get(relation, first).columns}
    return Selected(name or raw, columns.get(raw))


def staging_page(models: Sequence[Mapping[str, Any]], columns: Mapping[str, Sequence[Selected]]) -> str:
    """Return the YAML of one source's models: the page as it is, with what raw columns say of the ones renamed."""
    return _HEAD + "\n".join(
        "\n".join(f"  {line}" for line in _model(model, columns[model["name"]])) + "\n" for model in models
    )


def _model(model: Mapping[str, Any], columns: Sequence[Selected]) -> Iterator[str]:
    yield f"- name: {model['name']}"
    yield f"  description: {quoted(model.get('description', ''))}"
    if "config" in model:
        yield f"  config: {_flow(model['config'])}"
    if "data_tests" in model:
        yield "  data_tests:"
        yield from (f"    - {name}: {_flow(test)}" for each in model["data_tests"] for name, test in each.items())
    yield "  columns:"
    kept = {column["name"]: column for column in model.get("columns", ())}
    for name, raw in columns:
        if raw is not None:
            lines = list(column_lines(raw))
            lines[0] = f"- name: {name}"
        else:
            lines = list(_derived(name, kept.get(name, {})))
        yield from (f"    {line}" for line in lines)


def _derived(name: str, column: Mapping[str, Any]) -> Iterator[str]:
    yield f"- name: {name}"
    if "data_type" in column:
        yield f"  data_type: {column['data_type']}"
    if "description" in column:
        yield f"  description: {quoted(column['description'])}"
    if "config" in column:
        yield f"  config: {_flow(column['config'])}"


def _flow(value: object) -> str:
    """Return lists, mappings and words on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return str(value) if re.fullmatch(r"\w+", str(value)) else quoted(str(value))
