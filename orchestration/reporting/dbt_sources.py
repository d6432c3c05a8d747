"""dbt's sources, written from the tables that readers declare: names, types, descriptions, PHI, and what always holds.

What does not belong here: where the declarations come from (``core.tables``), and where the files are kept.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from orchestration.core.tables import Column, Table

_HEAD = """# Written by `make docs` from the tables that readers declare; a test fails when it is stale.
version: 2

sources:
"""


def sources_page(schema: str, title: str, tables: Sequence[Table]) -> str:
    """Return the YAML of one raw schema; ``title`` names the kind of file."""
    what = f"Rows of {title}, as they were read; every row leads back to a file and a place in it."
    lines = [
        f"  - name: {schema}",
        f"    schema: {schema}",
        f"    description: {quoted(what)}",
        "    tables:",
    ]
    for table in tables:
        lines += [f"      - name: {table.name}", f"        description: {quoted(sentence(table.grain))}"]
        lines += [f"        {line}" for line in _tests(table)]
        lines.append("        columns:")
        lines += [f"          {line}" for c in table.columns for line in column_lines(c)]
    return _HEAD + "\n".join(lines) + "\n"


def column_lines(column: Column) -> Iterator[str]:
    """Yield the YAML of one column as its declaration describes it."""
    yield f"- name: {column.name}"
    yield f"  data_type: {column.data_type.lower()}"
    yield f"  description: {quoted(sentence(column.description, ''))}"
    if column.phi != "none":
        yield f"  config: {{meta: {{phi: {column.phi}}}}}"


def quoted(text: str) -> str:
    """Return text as a YAML scalar that no character of it can end: JSON's strings are YAML's."""
    return json.dumps(text, ensure_ascii=False)


def sentence(text: str, end: str = ".") -> str:
    """Return words with a capital first letter; codes and names that begin otherwise stay as they are."""
    first = text.split(maxsplit=1)[0]
    return (text[0].upper() + text[1:] if first.isalpha() and first.islower() else text) + end


def _tests(table: Table) -> Iterator[str]:
    required = [c.name for c in table.columns if c.required]
    tests = [("never_null", required), ("one_row_per", table.key)]
    if any(columns for _, columns in tests):
        yield "data_tests:"
    for test, columns in tests:
        if columns:
            yield f"  - {test}: {{arguments: {{columns: {_listed(columns)}}}}}"


def _listed(names: Iterable[str]) -> str:
    return f"[{', '.join(names)}]"
