"""The data dictionary: every raw table and every published one, column by column, as one Markdown page.

What does not belong here: where the declarations come from (``core.tables`` and dbt's manifest) and where it is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from orchestration.core.tables import Table

_HEAD = """# Data dictionary

Written by `make docs` from the declarations in the code; a test fails when it is stale. `direct` marks a direct
identifier (45 CFR 164.514(b)(2)): it never leaves the encrypted lake. `limited` marks what a limited data set may hold.
"""


def dictionary(tables: Iterable[Table], manifest: Mapping[str, Any]) -> str:
    """Return the page for raw tables and those that a dbt manifest promises, each in alphabetical order."""
    parts = [_HEAD, "## Raw tables\n"]
    for table in sorted(tables, key=lambda t: t.qualified_name):
        rows = [(c.name, c.kind, c.phi if c.phi != "none" else "", c.description) for c in table.columns]
        parts.append(_section(table.qualified_name, f"Grain: {table.grain}.", rows))
    promised = [
        n for n in manifest["nodes"].values() if n["resource_type"] == "model" and n["config"]["contract"]["enforced"]
    ]
    for layer in ("marts", "posting", "measures"):
        parts.append(f"## {layer.capitalize()}\n")
        parts += _models(layer, (node for node in promised if node["schema"] == layer))
    return "\n".join(parts)


def _models(layer: str, nodes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for node in sorted(nodes, key=lambda n: n["name"]):
        rows = [
            (c["name"], c["data_type"] or "", c["config"]["meta"].get("phi", ""), c["description"])
            for c in node["columns"].values()
        ]
        yield _section(f"{layer}.{node['name']}", node["description"].strip(), rows)


def _section(name: str, grain: str, rows: Iterable[tuple[str, str, str, str]]) -> str:
    lines = [f"### {name}\n", f"{grain}\n", "| column | type | PHI | meaning |", "|---|---|---|---|"]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"
