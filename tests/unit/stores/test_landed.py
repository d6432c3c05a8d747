"""Landed files: everything that arrived, once, unchanged, sealed."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest

from orchestration.core.errors import SealError
from orchestration.core.ids import file_id
from orchestration.stores.landed import LandedStore, Landing

if TYPE_CHECKING:
    from pathlib import Path

KEY = bytes(range(32))
NOON = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)


@pytest.fixture
def store(tmp_path: Path) -> LandedStore:
    return LandedStore(tmp_path / "landed", KEY)


def put(store: LandedStore, content: bytes, name: str, landed_at: dt.datetime) -> Landing:
    return store.put(file_id(content), io.BytesIO(content), name, landed_at)


def test_a_landed_file_comes_back_with_its_name_and_arrival(store: LandedStore) -> None:
    landing = put(store, b"content", "era.835", NOON)
    file = store.get(landing.file_id)
    assert landing.is_new
    assert (file.file_id, file.content, file.file_name, file.landed_at) == (
        file_id(b"content"), b"content", "era.835", NOON,
    )  # fmt: skip


def test_the_same_bytes_under_another_name_are_an_alias(store: LandedStore) -> None:
    first = put(store, b"content", "era.835", NOON)
    second = put(store, b"content", "resent.835", NOON + dt.timedelta(days=1))
    put(store, b"content", "era.835", NOON)
    assert (second.file_id, second.is_new) == (first.file_id, False)
    assert list(store.identities()) == [first.file_id]
    assert list(store.aliases()) == [(first.file_id, "resent.835")]
    assert store.get(first.file_id).landed_at == NOON


def test_neither_names_nor_content_can_be_read_on_disk(store: LandedStore, tmp_path: Path) -> None:
    put(store, b"Jane Doe owes", "jane_doe.csv", NOON)
    put(store, b"Jane Doe owes", "doe_again.csv", NOON)
    for path in tmp_path.rglob("*"):
        assert "doe" not in path.name
        if path.is_file():
            assert b"Doe" not in path.read_bytes()
            assert b"doe" not in path.read_bytes()
            assert path.stat().st_mode & 0o777 == 0o400


def test_a_landed_file_that_was_changed_does_not_open(store: LandedStore, tmp_path: Path) -> None:
    identity = put(store, b"content", "era.835", NOON).file_id
    path = next(tmp_path.rglob("*.sealed"))
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(SealError):
        store.get(identity)


def test_a_landed_file_that_is_gone_is_said_to_be(store: LandedStore) -> None:
    with pytest.raises(SealError, match="gone"):
        store.get("0" * 64)


def test_a_half_written_landed_file_is_no_landed_file(store: LandedStore, tmp_path: Path) -> None:
    identity = put(store, b"content", "era.835", NOON).file_id
    sealed = next(tmp_path.rglob("*.sealed"))
    sealed.with_name(f".{sealed.name}.4711").write_bytes(b"half")
    assert list(store.identities()) == [identity]
