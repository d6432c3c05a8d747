"""A file is taken when it stands still and its name is not temporary."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import pytest
from support.inboxes import fetched

from orchestration.stores.inboxes.folder import FolderInbox, StillArrivingError

if TYPE_CHECKING:
    from pathlib import Path


def names(inbox: FolderInbox) -> list[str]:
    return [arrival.file_name for arrival in inbox.look().arrivals]


def old(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def test_files_are_found_in_subfolders_and_in_name_order(tmp_path: Path) -> None:
    old(tmp_path / "b.835")
    old(tmp_path / "a" / "z.csv")
    assert names(FolderInbox(tmp_path)) == ["z.csv", "b.835"]


@pytest.mark.parametrize("name", ["x.part", "x.TMP", "x.filepart", ".hidden", "~$book.xlsx", "x.crdownload"])
def test_a_temporary_name_is_left_alone_and_counted(name: str, tmp_path: Path) -> None:
    old(tmp_path / name)
    look = FolderInbox(tmp_path).look()
    assert (look.arrivals, look.unfinished_count) == ((), 1)


def test_a_file_that_grows_between_two_looks_is_left_alone(tmp_path: Path) -> None:
    path = old(tmp_path / "growing.835")
    old(tmp_path / "still.835")
    timer = threading.Timer(0.1, lambda: path.write_bytes(b"longer"))
    timer.start()
    look = FolderInbox(tmp_path).look()
    timer.join()
    assert [arrival.file_name for arrival in look.arrivals] == ["still.835"]
    assert look.unfinished_count == 1


def test_a_young_file_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "young.835").write_bytes(b"x")
    started = time.monotonic()
    assert names(FolderInbox(tmp_path, standstill_seconds=0.6)) == ["young.835"]
    assert time.monotonic() - started >= 0.5


def test_a_clock_that_runs_ahead_does_not_make_us_wait_for_ever(tmp_path: Path) -> None:
    path = old(tmp_path / "future.835")
    os.utime(path, (time.time() + 9e6, time.time() + 9e6))
    started = time.monotonic()
    assert names(FolderInbox(tmp_path, standstill_seconds=0.5)) == ["future.835"]
    assert time.monotonic() - started < 5


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = old(tmp_path / "outside" / "secret.csv")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "link.csv").symlink_to(outside)
    (inbox / "folder").symlink_to(outside.parent, target_is_directory=True)
    assert names(FolderInbox(inbox)) == []


def test_one_file_may_be_named_instead_of_a_folder(tmp_path: Path) -> None:
    assert names(FolderInbox(old(tmp_path / "one.835"), keep=True)) == ["one.835"]


def test_an_inbox_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    assert names(FolderInbox(tmp_path / "none")) == []


def test_taking_a_file_removes_it_unless_it_is_only_copied(tmp_path: Path) -> None:
    path = old(tmp_path / "a.835")
    for keep in (True, False):
        (arrival,) = FolderInbox(tmp_path, keep=keep).look().arrivals
        assert fetched(arrival) == b"x"
        arrival.remove()
        assert path.exists() is keep


def test_a_file_that_changed_since_the_look_is_neither_landed_nor_removed(tmp_path: Path) -> None:
    path = old(tmp_path / "a.835", b"one")
    (arrival,) = FolderInbox(tmp_path).look().arrivals
    assert fetched(arrival) == b"one"
    path.write_bytes(b"two")
    with pytest.raises(StillArrivingError):
        fetched(arrival)
    arrival.remove()
    assert path.read_bytes() == b"two"
    path.unlink()
    with pytest.raises(StillArrivingError):
        fetched(arrival)
    arrival.remove()
