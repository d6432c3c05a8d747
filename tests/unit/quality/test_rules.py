"""The declared rules: complete, in words that say what is checked, and in step with the seeds and models they name."""

import csv
import re
from pathlib import Path

import pytest

from orchestration.quality.rules import GATE_TITLES, GATES, RULE_IDS, Rule, gate_rules
from orchestration.stores.seeds import chart

DBT = Path(__file__).parents[3] / "dbt_project"
RULES = gate_rules(chart())
EVERY_RULE = [rule for gate in GATES for rule in RULES[gate]]


def test_every_gate_has_a_title_and_rules_of_its_own():
    assert set(RULES) == set(GATES) == set(GATE_TITLES)
    for gate in GATES:
        names = [rule.name for rule in RULES[gate]]
        assert len(names) == len(set(names)) >= 8
        assert {rule.gate for rule in RULES[gate]} == {gate}
        assert {rule.is_blocking for rule in RULES[gate]} == {True, False}


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: f"{rule.gate}:{rule.name}")
def test_a_rule_says_who_what_and_how_much(rule: Rule):
    assert set(rule.meta) == {"owner", "meaning", "what_to_do"}
    assert all(rule.meta.values())
    assert not rule.words.endswith(".")
    share = re.search(r"at least (\d+) % of", rule.words, re.IGNORECASE)
    assert rule.kwargs.get("mostly", 1.0) == (int(share[1]) / 100 if share else 1.0)
    # a share of lines may miss its mark on a small batch; what must hold for every line may block
    assert rule.is_blocking is False or share is None


def test_the_known_posting_rules_are_those_the_movements_are_written_by():
    models = [
        *(DBT / "models" / "posting").glob("*_movements.sql"),
        DBT / "models" / "posting" / "fct_journal_lines.sql",
        DBT / "macros" / "movements.sql",
        DBT / "seeds" / "account_adjustment_reasons.csv",
    ]
    written = {rule for model in models for rule in re.findall(r"\b(R\d\d|RV|PLB|UNK)\b", _without_comments(model))}
    assert written == set(RULE_IDS)


def _without_comments(model):
    return re.sub(r"--[^\n]*", "", model.read_text(encoding="utf-8"))


def test_the_known_payer_classes_are_those_of_the_seed():
    with (DBT / "seeds" / "claim_filing_classes.csv").open(encoding="utf-8") as seed:
        mapped = {row["payer_class"] for row in csv.DictReader(seed)}
    (rule,) = (rule for rule in RULES["remittances"] if rule.name == "payer_class_known")
    assert set(rule.kwargs["value_set"]) == mapped | {"other"}


def test_accounts_are_checked_against_the_chart_they_are_given():
    given = [account for account in chart() if account.account_code in {"1200", "1999"}]
    (rule,) = (rule for rule in gate_rules(given)["journal_batch"] if rule.name == "accounts_in_chart")
    assert rule.kwargs["value_set"] == ["1200", "1999"]
