"""The mapping of accounts and dimensions that a practice edits."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fakes.harness import journal

from orchestration.accounting.accounts import Account
from orchestration.core.errors import ConfigurationError
from orchestration.gl.chart_map import read_chart_map, template
from orchestration.gl.port import TargetRefusal

FIELDS = frozenset({"ClassRef", "DepartmentRef"})


@pytest.fixture
def read(tmp_path):
    def from_text(text, fields=FIELDS):
        file = tmp_path / "quickbooks.toml"
        file.write_text(text, encoding="utf-8")
        return read_chart_map(file, "quickbooks", fields=fields)

    return from_text


def test_accounts_and_dimensions_are_read(read):
    chart_map = read(
        'tenant_id = "7"\n[accounts]\n"1010" = "35"\n[dimensions.location]\nfield = "DepartmentRef"\notherwise = "9"\n'
        '[dimensions.payer_class]\nfield = "ClassRef"\n[dimensions.payer_class.values]\nmedicare = "1"\n'
    )
    assert chart_map.accounts == {"1010": "35"}
    request = journal("quickbooks", 1)
    assert chart_map.line_fields(request, request.lines[0]) == {"DepartmentRef": "9", "ClassRef": "1"}
    with pytest.raises(TargetRefusal) as refusal:
        chart_map.line_fields(request, replace(request.lines[0], payer_class="other"))
    assert refusal.value.code == "dimension_unmapped"
    assert chart_map.line_fields(request, replace(request.lines[0], payer_class=None)) == {"DepartmentRef": "9"}


@pytest.mark.parametrize(
    "text",
    [
        "tenant_id = ",
        'tenant_id = "1"\nwhat = "this"',
        "[accounts]\n1010 = 35",
        'accounts = "none"',
        '[dimensions.patient]\nfield = "ClassRef"',
        '[dimensions.location]\nfield = "CustomerRef"',
        '[dimensions.location]\nfield = "ClassRef"\nelse = "1"',
        "[dimensions.location]\nvalues = {}",
        '[dimensions.location]\nfield = "ClassRef"\n[dimensions.provider]\nfield = "ClassRef"',
        "tenant_id = 9130355377388383",
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_be_meant_is_refused_and_names_its_file(read, tmp_path, text):
    with pytest.raises(ConfigurationError) as refused:
        read(text)
    assert refused.value.fix == f"edit {tmp_path / 'quickbooks.toml'}"


def test_without_a_mapping_the_command_that_writes_one_is_named(tmp_path):
    with pytest.raises(ConfigurationError) as missing:
        read_chart_map(tmp_path / "xero.toml", "xero", fields=None)
    assert missing.value.fix == "medbooks gl accounts xero --write"


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=12)


@given(st.dictionaries(TEXTS, TEXTS, max_size=5), TEXTS)
def test_a_template_is_toml_that_says_what_it_was_given(known, tenant_id):
    accounts = [Account(code, "A name", "asset") for code in known]
    values = tomllib.loads(template("xero", tenant_id, accounts, known))
    assert values == {"tenant_id": tenant_id, "accounts": known}
