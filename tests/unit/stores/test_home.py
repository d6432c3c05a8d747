"""Where books live, and what a practice may set."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from orchestration.core.errors import ConfigurationError
from orchestration.stores.home import Home

if TYPE_CHECKING:
    from pathlib import Path


def test_everything_lies_below_the_home_folder(tmp_path: Path) -> None:
    home = Home.locate(tmp_path)
    for path in (home.inbox, home.landed, home.lake_file, home.reports, home.published, home.mlruns, home.dagster):
        assert path.is_relative_to(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_settings_are_read_with_exact_money(tmp_path: Path) -> None:
    (tmp_path / "practice.toml").write_text('practice_name = "Oak"\nbill_approval_limit_amount = 2000.10\n')
    settings = Home.locate(tmp_path).settings
    assert settings.practice_name == "Oak"
    assert settings.bill_approval_limit_amount == Decimal("2000.10")
    assert settings.appeal_cost_amount == Decimal("25.00")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("practise_name = 'x'", "practise_name"),
        ("= nonsense", "cannot be read"),
        ('book_test_data = "yes"', "true or false"),
    ],
    ids=["unknown_setting", "no_toml", "no_boolean"],
)
def test_a_bad_settings_file_is_refused_with_the_command_that_mends_it(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "practice.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=words) as refusal:
        Home.locate(tmp_path)
    assert str(tmp_path / "practice.toml") in (refusal.value.fix or "")


def test_a_key_is_not_made_anew_where_sealed_files_exist(tmp_path: Path) -> None:
    home = Home.locate(tmp_path)
    (home.landed / "ab").mkdir(parents=True)
    with pytest.raises(ConfigurationError):
        _ = home.lake_key
