"""One answer to "is this a denial?": what ``inspect`` says of a file and what the lake's seed says of its rows."""

from __future__ import annotations

import csv

import pytest

from orchestration.formats.x12.era835.denials import DENIAL_CLASSES, STATUS_WITHOUT_DENIAL, denies
from orchestration.stores.home import DBT_PROJECT

# the groups of 005010X221A1, the one 004010X091A1 has besides, and one nobody has
_GROUPS = ("CO", "OA", "PI", "PR", "CR", "ZZ")


def _seed() -> dict[tuple[str, str], dict[str, str]]:
    with (DBT_PROJECT / "seeds" / "adjustment_codes.csv").open(encoding="utf-8", newline="") as file:
        return {(row["group_code"], row["reason_code"]): row for row in csv.DictReader(file)}


def _seed_denies(group: str, reason: str) -> bool:
    """Answer as the lake does: the exact group first, then any group, else it is unknown and denies nothing."""
    row = _seed().get((group, reason)) or _seed().get(("*", reason))
    return row is not None and row["is_denial"] == "true"


@pytest.mark.parametrize("group", _GROUPS)
def test_inspect_and_the_lake_agree_on_every_group_and_reason(group):
    reasons = {reason for _, reason in _seed()} | set(DENIAL_CLASSES) | {"9999"}
    differing = {reason for reason in reasons if denies(group, reason) != _seed_denies(group, reason)}
    assert not differing


def test_a_denial_has_the_same_class_in_both():
    seed = {reason: row["adjustment_class"] for (_, reason), row in _seed().items() if row["is_denial"] == "true"}
    assert seed == DENIAL_CLASSES


def test_no_pair_of_group_and_reason_stands_twice_in_the_seed():
    lines = (DBT_PROJECT / "seeds" / "adjustment_codes.csv").read_text(encoding="utf-8").splitlines()
    assert len(_seed()) == len(lines) - 1


@pytest.mark.parametrize(
    ("group", "reason"),
    [
        pytest.param("CO", "24", id="capitation"),
        pytest.param("PR", "1", id="deductible"),
        pytest.param("OA", "23", id="what_a_prior_payer_did"),
        pytest.param("CO", "45", id="contractual"),
        pytest.param("CO", "253", id="sequestration"),
        pytest.param("OA", "94", id="paid_on_another_line"),
    ],
)
def test_what_pays_nothing_without_being_denied(group, reason):
    assert not denies(group, reason)
    assert not _seed_denies(group, reason)


def test_a_claim_status_that_denies_nothing_is_the_same_in_the_lake():
    step = DBT_PROJECT / "models/intermediate/remittances/int_remittances__line_denials_judged.sql"
    model = step.read_text(encoding="utf-8")
    listed = ", ".join(f"'{status}'" for status in sorted(STATUS_WITHOUT_DENIAL - {"22"}))
    assert f"not in ({listed})" in model
