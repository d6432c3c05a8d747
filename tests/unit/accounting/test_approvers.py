"""Who may decide: people, each under every login of theirs, each login of one person."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orchestration.accounting.approvers import Approver, Roster
from orchestration.core.errors import ConfigurationError
from orchestration.stores.home import Settings

DANA = Approver("Dana Moor", ("dana", "dana-2"), Decimal("3000.00"))


def test_a_login_leads_to_its_person_and_an_unlisted_one_to_itself():
    roster = Roster((DANA,))
    assert (roster.person_of("dana-2"), roster.person_of("service"), roster.of_login("Dana Moor")) == (
        "Dana Moor",
        "service",
        None,
    )
    assert all(DANA.is_known_as(name) for name in ("Dana Moor", "dana", "dana-2"))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(Approver("Lee Park", ("dana",), Decimal(1)), id="same_login"),
        pytest.param(Approver("Dana Moor", ("lee",), Decimal(1)), id="same_person_twice"),
        pytest.param(Approver("dana", ("lee",), Decimal(1)), id="a_name_that_is_anothers_login"),
    ],
)
def test_a_name_or_login_of_two_people_is_refused(other):
    with pytest.raises(ValueError, match="stands for one approver"):
        Roster((DANA, other))


@pytest.mark.parametrize(
    "changed", [{"limit_amount": Decimal("3000.01")}, {"logins": ("dana",)}, {"entities": ("E2",)}]
)
def test_every_change_of_the_list_changes_its_digest_and_its_order_does_not(changed):
    from dataclasses import replace

    lee = Approver("Lee Park", ("lee",), Decimal(1))
    assert Roster((DANA, lee)).digest == Roster((lee, replace(DANA, logins=("dana-2", "dana")))).digest
    assert Roster((DANA,)).digest != Roster((replace(DANA, **changed),)).digest


@pytest.mark.parametrize(
    "table",
    [
        'person = "Dana"\nlogins = ["dana"]',
        'person = "Dana"\nlogins = "dana"\nlimit_amount = 1',
        'person = "Dana"\nlogins = []\nlimit_amount = 1',
        'person = "Dana"\nlogins = ["dana"]\nlimit_amount = -1',
        'person = "Dana"\nlogins = ["dana"]\nlimit_amount = "much"',
        'person = "Dana"\nlogins = ["dana"]\nlimit_amount = 0.001',
        'person = "Dana"\nlogins = ["dana"]\nlimit_amount = nan',
        'person = "Dana"\nlogins = ["dana"]\nlimit_amount = 1\nroles = ["king"]',
        'person = "Dana"\nlogins = ["dana"]\nlimit_amount = 1\npassword = "x"',
    ],
)
def test_a_table_that_names_no_approver_is_refused_with_the_file_to_edit(tmp_path, table):
    file = tmp_path / "practice.toml"
    file.write_text(f"[[approvers]]\n{table}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        Settings.read(file)
    assert refused.value.fix == f"edit {file}"


def test_the_approvers_of_a_practice_are_read_with_their_limits(tmp_path):
    file = tmp_path / "practice.toml"
    file.write_text(
        '[[approvers]]\nperson = "Dana Moor"\nlogins = ["dana", "dana-2"]\nlimit_amount = 3000.00\n', encoding="utf-8"
    )
    assert Settings.read(file).roster == Roster((DANA,))
