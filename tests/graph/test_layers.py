"""The layers of the dbt project: no model reads a layer to its right, and each can be read in one look.

What does not belong here: what a model says (`dbt_project/unit_tests`), and its place among the assets (`test_graph`).
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from orchestration.stores.dbt import current_manifest
from orchestration.stores.home import DBT_PROJECT

LAYERS = ("staging", "intermediate", "marts", "posting", "measures")
MODELS = DBT_PROJECT / "models"
LONGEST = 200
# why a model may be longer than that
LONGER: dict[str, str] = {}


@pytest.fixture(scope="module")
def manifest(definitions: Any) -> dict[str, Any]:
    assert definitions
    loaded: dict[str, Any] = json.loads(current_manifest().read_text(encoding="utf-8"))
    return loaded


def wrong_edges(nodes: dict[str, Any]) -> list[str]:
    """Return every edge that reads a layer to its right, or a source outside staging; refs in macros count."""
    models = {key: node for key, node in nodes.items() if node["resource_type"] == "model"}
    wrong = []
    for node in models.values():
        layer = layer_of(node)
        for parent in node["depends_on"]["nodes"]:
            if parent.startswith("source."):
                wrong += [f"{node['name']} reads {parent}"] if layer != "staging" else []
            elif parent in models and LAYERS.index(layer_of(models[parent])) > LAYERS.index(layer):
                wrong.append(f"{node['name']} ({layer}) reads {models[parent]['name']} ({layer_of(models[parent])})")
    return sorted(wrong)


def layer_of(node: dict[str, Any]) -> str:
    return str(node["path"]).split("/", 1)[0]


def test_every_model_stands_in_a_layer_and_lands_in_the_schema_of_that_name(manifest):
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    assert models
    assert [node["name"] for node in models if layer_of(node) not in LAYERS or node["schema"] != layer_of(node)] == []


def test_no_model_reads_a_layer_to_its_right_and_staging_alone_reads_sources(manifest):
    assert wrong_edges(manifest["nodes"]) == []


def test_marts_and_what_comes_after_leave_staging_to_the_intermediate_models(manifest):
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    skipping = {
        node["name"]
        for node in models.values()
        for parent in node["depends_on"]["nodes"]
        if parent in models and layer_of(models[parent]) == "staging"
        if layer_of(node) not in {"staging", "intermediate"}
    }
    # the one compares what a file says with what was made of it, so it reads the file's own words; the other what is
    # wanted with what is booked, which no model makes
    assert skipping == {"posting_agreements", "proposed_movements"}


@pytest.mark.parametrize(
    ("child", "parent"),
    [
        pytest.param("intermediate/a/x.sql", "marts/a/y.sql", id="an_intermediate_of_a_mart"),
        pytest.param("marts/a/x.sql", "posting/y.sql", id="a_mart_of_a_movement"),
        pytest.param("posting/x.sql", "measures/y.sql", id="a_movement_of_a_measure"),
        pytest.param("intermediate/a/x.sql", None, id="an_intermediate_of_a_source"),
    ],
)
def test_an_edge_to_the_right_is_noticed(child, parent):
    def node(name, path, *parents):
        return {"resource_type": "model", "name": name, "path": path, "depends_on": {"nodes": list(parents)}}

    read = "model.y" if parent else "source.raw.y"
    nodes = {"model.x": node("x", child, read)} | ({"model.y": node("y", parent)} if parent else {})
    assert len(wrong_edges(nodes)) == 1


def test_a_models_own_text_names_what_it_reads():
    hiding = [
        path.name
        for path in sorted((DBT_PROJECT / "macros").rglob("*.sql"))
        if re.search(r"\b(ref|source)\s*\(\s*['\"]", path.read_text(encoding="utf-8"))
    ]
    assert hiding == []


def test_a_model_is_short_or_says_why_not():
    lengths = {path.stem: len(path.read_text(encoding="utf-8").splitlines()) for path in MODELS.rglob("*.sql")}
    assert {name for name, length in lengths.items() if length > LONGEST} == set(LONGER)
