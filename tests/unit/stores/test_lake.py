"""The lake: encrypted, one writer, all or nothing."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from orchestration.core.errors import BusyError, ConfigurationError
from orchestration.core.tables import Column, Table
from orchestration.stores.lake import Lake, create_tables, frame, insert, rows

if TYPE_CHECKING:
    from pathlib import Path

KEY = "ab" * 32
PAYMENTS = Table("raw_test", "payments", "one row per payment", (
    Column("name", "text", "who"), Column("paid_amount", "amount", "dollars"),
))  # fmt: skip


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake" / "lake.duckdb", KEY)


def fill(lake: Lake, *values: tuple[str, Decimal]) -> None:
    with lake.connect() as connection:
        create_tables(connection, (PAYMENTS,))
        insert(connection, "raw_test", {"payments": PAYMENTS.to_arrow(list(values))})


def test_what_was_written_is_read_again_to_the_cent(lake: Lake) -> None:
    fill(lake, ("a", Decimal("0.10")), ("b", Decimal("9999999999999999.99")))
    with lake.connect() as connection:
        assert rows(connection, "select sum(paid_amount) as total from raw_test.payments") == [
            {"total": Decimal("10000000000000000.09")}
        ]
        assert frame(connection, "select paid_amount from raw_test.payments order by name")["paid_amount"].tolist() == [
            Decimal("0.10"), Decimal("9999999999999999.99"),
        ]  # fmt: skip


def test_no_text_can_be_read_in_its_files(lake: Lake) -> None:
    fill(lake, *[("Zebulon Quackenbush", Decimal(1))] * 5000)
    for path in lake.path.parent.iterdir():
        assert b"Quackenbush" not in path.read_bytes()


def test_another_key_does_not_open_it_and_is_not_repeated_in_the_error(lake: Lake) -> None:
    fill(lake, ("a", Decimal(1)))
    with pytest.raises(ConfigurationError) as refusal, Lake(lake.path, "cd" * 32).connect():
        pass
    assert "cd" * 32 not in str(refusal.value)


def test_a_batch_with_one_bad_table_leaves_nothing(lake: Lake) -> None:
    fill(lake, ("a", Decimal(1)))
    batch = PAYMENTS.to_arrow([("b", Decimal(2))])
    with lake.connect() as connection:
        with pytest.raises(Exception, match="no_such_table"):
            insert(connection, "raw_test", {"payments": batch, "no_such_table": batch})
        assert rows(connection, "select name from raw_test.payments") == [{"name": "a"}]


def test_a_second_process_is_told_who_holds_the_lake(lake: Lake) -> None:
    script = (
        "import sys; from pathlib import Path; from orchestration.stores.lake import Lake\n"
        f"with Lake(Path(sys.argv[1]), {KEY!r}).lock(): pass"
    )
    with lake.lock():
        done = subprocess.run(
            [sys.executable, "-c", script, str(lake.path)], capture_output=True, text=True, check=False
        )
    assert "BusyError" in done.stderr
    assert "pid " in done.stderr


def test_the_process_that_holds_the_lake_may_open_it_again(lake: Lake) -> None:
    with lake.lock(), lake.connect() as connection:
        assert rows(connection, "select 1 as one") == [{"one": 1}]


def test_a_lock_is_free_again_after_an_error(lake: Lake) -> None:
    with pytest.raises(ValueError, match="inside"), lake.lock():
        message = "inside"
        raise ValueError(message)
    with lake.lock():
        pass


def test_busy_is_said_at_once_when_nobody_waits(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Lake(lake.path, KEY)
    with lake.lock():
        # as another process would see it
        monkeypatch.setattr(Lake, "_held", {})
        with pytest.raises(BusyError), other.lock():
            pass
