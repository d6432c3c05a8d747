"""The business rules, as rows: every dbt unit test of the project, in the environment production runs dbt in."""

from __future__ import annotations

import re

import yaml

from orchestration.stores.home import DBT_PROJECT, PROJECT

_SUMMARY = re.compile(r"PASS=(\d+) WARN=(\d+) ERROR=(\d+) SKIP=(\d+)")


def test_every_business_rule_holds_for_its_rows(built_dbt):
    done = built_dbt("test", "--select", "test_type:unit")
    summary = _SUMMARY.search(done.stdout)
    assert summary is not None, done.stdout
    passed, warned, failed, skipped = map(int, summary.groups())
    assert (passed, warned, failed, skipped) == (len(_unit_tests()), 0, 0, 0)


def test_every_unit_test_says_its_rule_in_a_sentence():
    without = [test["name"] for test in _unit_tests() if len(str(test.get("description", "")).split()) < 8]
    assert not without


def test_the_page_of_posting_rules_names_every_unit_test():
    named = set(re.findall(r"`(\w+)`", (PROJECT / "docs" / "posting-rules.md").read_text(encoding="utf-8")))
    assert not {test["name"] for test in _unit_tests()} - named


def _unit_tests():
    files = sorted((DBT_PROJECT / "unit_tests").glob("*.yml"))
    return [test for file in files for test in yaml.safe_load(file.read_text(encoding="utf-8"))["unit_tests"]]
