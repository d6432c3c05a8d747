"""Sealed bytes open with their key and name, and with nothing else."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.core.errors import BooksError, ConfigurationError, SealError
from orchestration.privacy.keys import derive_key, read_or_create_master_key
from orchestration.privacy.phi import scrubbed
from orchestration.privacy.sealing import seal, seal_stream, unseal, unseal_stream

if TYPE_CHECKING:
    from pathlib import Path

KEY = bytes(range(32))


@given(st.binary(max_size=500), st.text(max_size=20))
def test_what_was_sealed_opens_again(content: bytes, name: str) -> None:
    sealed = seal(content, KEY, name)
    assert unseal(sealed, KEY, name) == content
    if len(content) > 8:
        assert content not in sealed


@given(pieces=st.lists(st.binary(max_size=400), max_size=4), name=st.text(max_size=20))
def test_a_stream_is_sealed_and_opened_as_its_bytes_are(pieces: list[bytes], name: str) -> None:
    target = io.BytesIO()
    seal_stream(pieces, target, KEY, name)
    assert unseal(target.getvalue(), KEY, name) == b"".join(pieces)
    assert b"".join(unseal_stream(io.BytesIO(seal(b"".join(pieces), KEY, name)), KEY, name)) == b"".join(pieces)


@given(st.binary(min_size=1, max_size=60), st.data())
def test_one_changed_byte_is_noticed(content: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(content, KEY, "a"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealError):
        unseal(bytes(sealed), KEY, "a")
    with pytest.raises(SealError):
        list(unseal_stream(io.BytesIO(sealed), KEY, "a"))
    cut = bytes(sealed[: data.draw(st.integers(0, len(sealed) - 1))])
    with pytest.raises(SealError):
        list(unseal_stream(io.BytesIO(cut), KEY, "a"))


def test_a_sealed_file_does_not_open_under_another_name_or_key() -> None:
    sealed = seal(b"content", KEY, "a")
    with pytest.raises(SealError):
        unseal(sealed, KEY, "b")
    with pytest.raises(SealError):
        unseal(sealed, bytes(32), "a")


def test_the_same_content_is_sealed_differently_every_time() -> None:
    assert seal(b"content", KEY, "a") != seal(b"content", KEY, "a")


def test_each_purpose_has_a_key_of_its_own() -> None:
    assert len({derive_key(KEY, "landed"), derive_key(KEY, "lake"), KEY}) == 3


def test_a_key_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "medbooks.key"
    first = read_or_create_master_key(path, may_create=True)
    assert read_or_create_master_key(path, may_create=True) == first
    assert len(first) == 32
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_lost_key_is_said_and_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="only it can open"):
        read_or_create_master_key(tmp_path / "gone.key", may_create=False)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"no key", b"AAAA"], ids=["empty", "words", "too_short"])
def test_a_file_that_holds_no_key_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "medbooks.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(ConfigurationError):
        read_or_create_master_key(path, may_create=True)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "medbooks.key"
    read_or_create_master_key(path, may_create=True)
    os.chmod(path, 0o644)  # noqa: PTH101  # as a person would
    with pytest.raises(ConfigurationError) as refusal:
        read_or_create_master_key(path, may_create=True)
    assert refusal.value.fix == f"chmod 600 {path}"


def test_what_a_library_says_about_a_row_is_withheld() -> None:
    with pytest.raises(BooksError) as error, scrubbed("loading a file"):
        message = "could not convert 'Jane Doe'"
        raise ValueError(message)
    assert "Jane" not in str(error.value)
    assert "ValueError" in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__


def test_our_own_errors_pass_unchanged() -> None:
    with pytest.raises(SealError, match="exact words"), scrubbed("loading a file"):
        message = "exact words"
        raise SealError(message)
