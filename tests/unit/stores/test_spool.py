"""What is fetched and not sealed yet stands in a file without a name, piece by piece, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.core.errors import BooksError
from orchestration.core.ids import file_id
from orchestration.stores.inboxes.folder import FolderInbox
from orchestration.stores.spool import Spool

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.stores.spool import Spooled


def taken(spool: Spool, *pieces: bytes) -> Spooled:
    return spool.take(lambda write: [write(piece) for piece in pieces] and None)


@given(files=st.lists(st.lists(st.binary(max_size=5_000), max_size=3), max_size=5))
def test_every_file_comes_back_as_it_was_written_hashed_and_side_by_side(
    files: list[list[bytes]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Spool(tmp_path_factory.getbasetemp() / "spool") as spool:
        found = [taken(spool, *pieces) for pieces in files]
        streams = [each.open() for each in found]
        for each, stream, pieces in zip(found, streams, files, strict=True):
            whole = b"".join(pieces)
            assert (each.file_id, each.byte_count) == (file_id(whole), len(whole))
            assert stream.read() == whole
            assert stream.seek(-min(3, len(whole)), os.SEEK_END) == max(0, len(whole) - 3)
            assert stream.read(10) == whole[-3:]
            with each.content() as content:
                assert content[:] == whole


def test_a_file_whose_fetch_fails_leaves_nothing_and_the_next_is_whole(tmp_path: Path) -> None:
    def fails(write: object) -> None:
        write(b"half of a file")  # type: ignore[operator]
        message = "the line is cut"
        raise ConnectionError(message)

    with Spool(tmp_path) as spool:
        first = taken(spool, b"first")
        with pytest.raises(ConnectionError):
            spool.take(fails)
        second = taken(spool, b"second")
        assert [each.open().read() for each in (first, second)] == [b"first", b"second"]


def test_while_it_holds_files_no_name_shows_them_and_only_their_owner_enters(tmp_path: Path) -> None:
    folder = tmp_path / "arrivals"
    with Spool(folder) as spool:
        held = taken(spool, b"Jane Doe")
        assert list(folder.iterdir()) == []
        assert folder.stat().st_mode & 0o777 == 0o700
        assert os.fstat(held._descriptor).st_mode & 0o777 == 0o600


def test_a_process_that_is_killed_leaves_no_plain_text(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from orchestration.stores.spool import Spool\n"
        "spool = Spool(pathlib.Path(sys.argv[1]))\n"
        "spool.take(lambda write: write(b'Jane Doe' * 1000))\n"
        "print('written', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        process.kill()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with Spool(tmp_path) as spool:
        monkeypatch.setattr(os, "pwrite", full)
        with pytest.raises(BooksError, match="No space left") as caught:
            taken(spool, b"x")
    assert "df" in str(caught.value.fix)


def test_a_file_of_any_size_is_fetched_from_a_folder_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.835"
    with path.open("wb") as file:
        file.truncate(64 << 20)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    (arrival,) = FolderInbox(path).look().arrivals
    with Spool(tmp_path / "arrivals") as spool:
        tracemalloc.start()
        held = spool.take(arrival.fetch)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert held.byte_count == 64 << 20
    assert peak < 4 << 20
