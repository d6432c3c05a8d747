from __future__ import annotations

import pytest
import yaml

from orchestration.core.tables import LOADED_AT, Column, Table, lineage
from orchestration.reporting.dbt_sources import sentence, sources_page
from orchestration.reporting.dbt_staging import selected, staging_page

CLAIMS = Table(
    "raw_x",
    "claims",
    "one row per claim",
    (
        *lineage("line_number", "the line"),
        Column("patient_control_number", "text", "CLM01: the practice's claim id", phi="direct"),
        Column("paid", "amount", 'what "was" paid: in dollars'),
        LOADED_AT,
    ),
    key=("file_id", "line_number"),
)
SQL = """with source as (
    select * from {{ source('raw_x', 'claims') }}
),

renamed as (
    select
        source.file_id,
        patient_control_number as claim_id,
        coalesce(paid, 0) as paid_amount
    from source
)

select * from renamed
"""


def test_a_source_says_name_type_description_phi_and_what_always_holds():
    (source,) = yaml.safe_load(sources_page("raw_x", "claims", (CLAIMS,)))["sources"]
    (table,) = source["tables"]
    assert (source["name"], table["name"], table["description"]) == ("raw_x", "claims", "One row per claim.")
    assert table["data_tests"] == [
        {"never_null": {"arguments": {"columns": ["file_id", "line_number", "loaded_at"]}}},
        {"one_row_per": {"arguments": {"columns": ["file_id", "line_number"]}}},
    ]
    assert table["columns"][2:4] == [
        {
            "name": "patient_control_number",
            "data_type": "varchar",
            "description": "CLM01: the practice's claim id",
            "config": {"meta": {"phi": "direct"}},
        },
        {"name": "paid", "data_type": "decimal(18,2)", "description": 'What "was" paid: in dollars'},
    ]


def test_a_table_that_promises_nothing_has_no_tests():
    bare = Table("raw_x", "notes", "one row per note", (Column("text", "text", "the note"),))
    (table,) = yaml.safe_load(sources_page("raw_x", "notes", (bare,)))["sources"][0]["tables"]
    assert "data_tests" not in table


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("the claim", "The claim.", id="word"),
        pytest.param("NM1*QC 09", "NM1*QC 09.", id="code"),
        pytest.param("resourceType", "resourceType.", id="name_of_a_standard"),
    ],
)
def test_only_words_get_a_capital_letter(words, expected):
    assert sentence(words) == expected


def test_a_renamed_column_is_the_raw_one_and_a_derived_one_is_none():
    columns = selected(SQL, {}, {CLAIMS.qualified_name: CLAIMS})
    assert [(c.name, c.raw.name if c.raw else None) for c in columns] == [
        ("file_id", "file_id"),
        ("claim_id", "patient_control_number"),
        ("paid_amount", None),
    ]


def test_a_macro_stands_for_its_select_list():
    macro = (
        "{% macro shared(relation) -%}\n    select\n        paid as amount\n    from {{ relation }}\n{%- endmacro %}"
    )
    head, _, _ = SQL.partition("    select\n        source")
    (column,) = selected(head + "    {{ shared('source') }}\n)", {"shared": macro}, {CLAIMS.qualified_name: CLAIMS})
    assert (column.name, column.raw) == ("amount", CLAIMS.columns[3])


def test_words_of_a_model_and_of_its_derived_columns_are_kept():
    derived = {"name": "paid_amount", "data_type": "decimal(18,2)", "description": "Paid, zero where it is not said"}
    model = {
        "name": "stg_x__claims",
        "description": "One row per claim: read.",
        "config": {"meta": {"without_key": "claims may be alike"}},
        "data_tests": [{"one_row_per": {"arguments": {"columns": ["file_id"]}}}],
        "columns": [{"name": "gone", "description": "stale"}, derived],
    }
    columns = selected(SQL, {}, {CLAIMS.qualified_name: CLAIMS})
    (page,) = yaml.safe_load(staging_page([model], {"stg_x__claims": columns}))["models"]
    assert {**page, "columns": None} == {**model, "columns": None}
    assert [c["name"] for c in page["columns"]] == ["file_id", "claim_id", "paid_amount"]
    assert page["columns"][1]["description"] == "CLM01: the practice's claim id"
    assert page["columns"][2] == derived


def test_writing_a_page_again_changes_nothing():
    columns = {"stg_x__claims": selected(SQL, {}, {CLAIMS.qualified_name: CLAIMS})}
    once = staging_page([{"name": "stg_x__claims", "description": "One row per claim."}], columns)
    assert staging_page(yaml.safe_load(once)["models"], columns) == once
