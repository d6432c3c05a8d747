"""Mutated files of every kind but remittances and scans: nothing raises, tells a value, or loses a cent.

    make fuzz-readers                                            # ten thousand of each feed, half an hour on one core
    .venv/bin/python tests/fuzz/readers.py --count 2000 --feeds hl7,fhir

The files are those a synthetic practice writes, shortened, then spoiled byte by byte, cell by cell and line by line.
They are read many at a time, as the lake reads them. For every batch the control amount is what the raw tables hold
plus what findings and quarantine name; no finding quotes what was put in; some files are read alone, too, and say the
same. Remittances have ``remittances.py``. What does not belong here: what a good file says.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import re
import sys
import tempfile
import time
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

import duckdb
import pyarrow.compute as pc
from support.format_examples import source

from orchestration.formats.registry import detect_kind, kinds
from orchestration.stores.home import Home
from orchestration.stores.practice import PracticeStores
from orchestration.synthetic.generate import all_feeds, generate

if TYPE_CHECKING:
    import pyarrow as pa

    from orchestration.core.tables import SourceFile
    from orchestration.formats.file_kind import FileKind

# remittances have a program of their own, bills are pictures
FEEDS: Final = tuple(feed for feed in all_feeds() if feed not in {"835", "bills"})
BATCH: Final = 100
READ_ALONE: Final = 3
# a file of a few kilobytes that takes longer has found a loop
SLOWEST_SECONDS: Final = 1.0
_LONG, _LONGEST = 6_000, 40_000
_PLANTED: Final = b"XQZPLANT7"
# what people and programs write where an amount, a date, a code or a name belongs
_ODD: Final = (
    *(b"", b"  ", b"\n", b"\x00", b"\xff", b"\xc3\xa9", b"\xef\xbc\x91", b'"', b"'", b"\\", b"{}", b"[]", _PLANTED),
    *(b"null", b"true", b"NaN", b"inf", b"1e9", b"=1+1", b"-1", b"0", b"-0.00", b"+12.30", b"12.305", b"1.234", b"1,5"),
    *(b"($1,234.50)", b"1_000", b"9" * 30, b"99999999999999.99", b"9999999999999999.99"),
    *(b"31/02/2026", b"2026-13-01", b"00010101", b"99991231", b"2026-01-10T25:61:00Z"),
)
_TOKEN: Final = re.compile(rb"[A-Za-z0-9.+-]+")


def good_files(folder: Path) -> dict[str, list[tuple[str, bytes]]]:
    """Write a fortnight of a practice into a folder; return names and contents of a few short files of each feed."""
    generate(folder, providers=1, start=dt.date(2026, 1, 5), days=14, seed=5, feeds=FEEDS)
    found: dict[str, list[tuple[str, bytes]]] = {}
    for feed in FEEDS:
        by_size = sorted((folder / "feeds" / feed).iterdir(), key=lambda path: (path.stat().st_size, path.name))
        chosen = {path.name: _shortened(path.read_bytes()) for path in (*by_size[:2], by_size[-1])}
        found[feed] = [(name, content) for name, content in chosen.items() if len(content) <= _LONGEST]
        assert found[feed], feed
    return found


def _shortened(content: bytes) -> bytes:
    """Return the first records of a file of lines, messages or JSON; anything else as it is."""
    if len(content) <= _LONG:
        return content
    try:
        records = json.loads(content)
    except ValueError:
        end = max(content.rfind(b"\n", 0, _LONG), content.rfind(b"\rMSH", 0, _LONG)) + 1
        return content[: end or None]
    few = {name: value[:4] if isinstance(value, list) else value for name, value in records.items()}
    return json.dumps(few, indent=1).encode()


def spoiled(rng: random.Random, content: bytes) -> bytes:
    """Return a file with one to three of its values, lines or bytes changed."""
    body = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        place, kind = rng.randrange(len(body) + 1), rng.random()
        token = _TOKEN.search(body, place)
        if kind < 0.45 and token:
            body[token.start() : token.end()] = rng.choice(_ODD)
        elif kind < 0.6 and body:
            body[place % len(body)] = rng.randrange(256)
        elif kind < 0.68:
            del body[place : place + rng.randint(1, 60)]
        elif kind < 0.74:
            body[place:place] = body[place : place + rng.randint(1, 200)]
        elif kind < 0.78:
            del body[place:]
        elif kind < 0.9:
            body = bytearray(_lines_spoiled(rng, bytes(body)))
        elif kind < 0.93:
            codec = rng.choice(("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp1252"))
            body = bytearray(bytes(body).decode("latin-1").encode(codec, "replace"))
        elif kind < 0.96:
            body = bytearray(bytes(body).replace(b"\n", rng.choice((b"", b"\r", b"\r\n", b"\n\n"))))
        else:
            body[place:place] = rng.choice(_ODD)
    return bytes(body)


def _lines_spoiled(rng: random.Random, body: bytes) -> bytes:
    lines = body.splitlines(keepends=True) or [b""]
    one, other, kind = rng.randrange(len(lines)), rng.randrange(len(lines)), rng.random()
    if kind < 0.3:
        lines[one], lines[other] = lines[other], lines[one]
    elif kind < 0.6:
        lines.insert(one, lines[other])
    elif kind < 0.8:
        del lines[one]
    else:
        lines[one] = lines[one].rstrip(b"\r\n") + rng.choice((b",x", b",,,", b"|", b'"', b"\t")) + b"\n"
    return b"".join(lines)


class ReaderFuzz:
    """Reads spoiled files as the lake would; ``home`` is an empty folder, for layouts of its own nobody wrote."""

    def __init__(self, home: Path) -> None:
        self._stores = PracticeStores(Home.locate(str(home)))
        self._kinds = {kind.name: kind for kind in kinds()}
        self._lake = duckdb.connect()

    def fuzz(self, good: list[tuple[str, bytes]], count: int, seed: int) -> int:
        """Read ``count`` spoiled files; raise at the first batch that is not right. Return how many had a reader."""
        rng = random.Random(seed)  # noqa: S311  # examples, no secrets
        had_reader = 0
        for _ in range(0, count, BATCH):
            by_kind: dict[str, dict[str, SourceFile]] = defaultdict(dict)
            for _ in range(min(BATCH, count)):
                name, content = rng.choice(good)
                file = source(spoiled(rng, content))
                by_kind[detect_kind(name, file.content)][file.file_id] = file
            for kind, files in by_kind.items():
                if kind in self._kinds and kind != "documents":
                    self._check(self._kinds[kind], list(files.values()), rng)
                    had_reader += len(files)
        return had_reader

    def _check(self, kind: FileKind, files: list[SourceFile], rng: random.Random) -> None:
        started = time.monotonic()
        together = self._read(kind, files)
        assert time.monotonic() - started < SLOWEST_SECONDS * BATCH, kind.name
        for file in rng.sample(files, min(READ_ALONE, len(files))):
            alone = self._read(kind, [file])
            assert _rows(together, file) == _rows(alone, file), (kind.name, file.content)

    def _read(self, kind: FileKind, files: list[SourceFile]) -> dict[str, pa.Table]:
        """Read files of one kind; the control amounts hold, and nothing planted is quoted."""
        try:
            batch = kind.reader(files, self._stores.layouts, self._stores.ocr).to_arrow()
        except Exception as error:
            culprit = next((file.content for file in files if self._raises(kind, file)), b"only together")
            raise AssertionError(kind.name, culprit) from error
        rows = batch["files"].to_pylist()
        named = sum((row["in_amount"] - row["quarantined_amount"] for row in rows), Decimal(0))
        assert len(rows) == len(files), kind.name
        assert self._loaded(kind, batch) == named, (kind.name, [file.content for file in files[:1]])
        told = [row["message"] for row in batch["findings"].to_pylist()] + [row["reason"] or "" for row in rows]
        assert not any(_PLANTED.decode() in words for words in told), kind.name
        return batch

    def _raises(self, kind: FileKind, file: SourceFile) -> bool:
        try:
            kind.reader([file], self._stores.layouts, self._stores.ocr).to_arrow()
        except Exception:  # noqa: BLE001  # whatever it is, it is the fault that is looked for
            return True
        return False

    def _loaded(self, kind: FileKind, batch: dict[str, pa.Table]) -> Decimal:
        """Return the control amount in the raw tables, by the statement that checks the lake."""
        self._lake.execute(f"CREATE SCHEMA IF NOT EXISTS {kind.schema}")
        for name, table in batch.items():
            self._lake.register("read", table)
            self._lake.execute(f"CREATE OR REPLACE TABLE {kind.schema}.{name} AS FROM read")
            self._lake.unregister("read")
        row = self._lake.execute(kind.loaded_amount).fetchone()
        assert row is not None
        return Decimal(row[0] or 0)


def _rows(batch: dict[str, pa.Table], file: SourceFile) -> dict[str, list[dict[str, Any]]]:
    """Return what a batch holds of one file."""
    return {name: table.filter(pc.equal(table["file_id"], file.file_id)).to_pylist() for name, table in batch.items()}


def main() -> None:
    """Run from the command line and print what was done."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000, help="files of each feed")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--feeds", default=",".join(FEEDS))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        good = good_files(Path(folder) / "practice")
        readers = ReaderFuzz(Path(folder) / "home")
        for feed in options.feeds.split(","):
            started = time.process_time()
            had_reader = readers.fuzz(good[feed], options.count, options.seed)
            seconds = time.process_time() - started
            told = f"{feed}: {options.count:,} files, {had_reader:,} of a kind that is read, {seconds:,.0f} CPU-s"
            print(told, flush=True)  # noqa: T201  # its product


if __name__ == "__main__":
    main()
