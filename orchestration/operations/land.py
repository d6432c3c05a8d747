"""Arrival: inboxes are emptied into landed files, and every landed file is registered with its kind.

What does not belong here: where files come from (``stores.inboxes``), and what is inside one (``load``).
"""

from __future__ import annotations

import datetime as dt
import io
from contextlib import closing, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from orchestration.core.errors import BooksError
from orchestration.core.tables import LOADED_AT, Column, Table
from orchestration.formats.archives import UnreadableArchiveError, is_archive, members
from orchestration.formats.registry import UNKNOWN, arrival_order, detect_kind
from orchestration.privacy.phi import scrubbed
from orchestration.stores.inboxes.folder import Arrival, FolderInbox, Inbox, StillArrivingError
from orchestration.stores.lake import create_tables
from orchestration.stores.spool import Spool, Spooled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from orchestration.stores.practice import PracticeStores

FILES = Table(
    "landing",
    "files",
    "one row per landed file, whatever it is",
    (
        Column("file_id", "text", "SHA-256 of the file's bytes"),
        Column("file_name", "text", "name under which it first arrived", phi="direct"),
        Column("kind", "text", "kind of file: era835, ehr, hl7, bank ... or unknown"),
        Column("byte_count", "integer", "size in bytes"),
        Column("reason_code", "text", "why a file of unknown kind is quarantined"),
        Column("reason", "text", "the same in plain words"),
        LOADED_AT,
    ),
)
ALIASES = Table(
    "landing",
    "aliases",
    "one row per other name the same bytes arrived under",
    (
        Column("file_id", "text", "SHA-256 of the file's bytes"),
        Column("alias_name", "text", "the other name", phi="direct"),
    ),
)


@dataclass(frozen=True, slots=True)
class LandedCounts:
    """How many files were sealed, were here before, and were left because they are still being written."""

    landed: int = 0
    repeated: int = 0
    unfinished: int = 0

    def __add__(self, other: LandedCounts) -> LandedCounts:
        return LandedCounts(
            self.landed + other.landed, self.repeated + other.repeated, self.unfinished + other.unfinished
        )


@dataclass(frozen=True, slots=True)
class EmptiedInboxes:
    """What emptying all inboxes did; ``unavailable`` are the inboxes that could not be looked into, and why."""

    counts: LandedCounts
    registered_count: int
    unavailable: Mapping[str, str]


def empty_inboxes(stores: PracticeStores) -> EmptiedInboxes:
    """Land what stands still in every inbox of the practice and register it.

    An inbox that does not answer keeps its files and does not stop the others.
    """
    stores.home.inbox.mkdir(parents=True, exist_ok=True)
    inboxes = stores.inboxes
    with closing(inboxes):
        counts = land(stores, inboxes)
    return EmptiedInboxes(counts, register(stores), inboxes.unavailable)


def land_copies(stores: PracticeStores, paths: Sequence[Path]) -> LandedCounts:
    """Land files and folders from anywhere without taking them away.

    Raises ``BooksError`` at the first path that does not exist; those before it have landed.
    """
    counts = LandedCounts()
    for path in paths:
        if not path.exists():
            message = f"{path} does not exist"
            raise BooksError(message, fix="medbooks ingest PATH")
        standstill = stores.home.settings.standstill_seconds
        with stores.lake.lock(wait_seconds=30.0):
            counts += land(stores, FolderInbox(path, standstill_seconds=standstill, keep=True))
    return counts


def land(stores: PracticeStores, inbox: Inbox) -> LandedCounts:
    """Seal what stands still in the inbox and return how much that was.

    A file leaves the inbox only after its sealed copy is safely on disk. Files of one look are landed in the order
    they should count in (charges before remittances, remittances by date): what lands first keeps the money. Each is
    fetched once, into a file without a name that is freed when all are sealed; memory does not grow with a file.
    """
    look = inbox.look()
    landed, repeated, unfinished = 0, 0, look.unfinished_count
    if not look.arrivals:
        return LandedCounts(unfinished=unfinished)
    earliest = _last_landing(stores) + dt.timedelta(microseconds=1)
    with scrubbed("landing a file"), Spool(stores.home.arrivals) as spool:
        layouts = stores.layouts
        ordered: list[tuple[tuple[int, str, str], Arrival, list[tuple[str, Spooled]]]] = []
        for arrival in look.arrivals:
            try:
                fetched = spool.take(arrival.fetch)
            except StillArrivingError:
                # one that changed since the look is left for a later one
                unfinished += 1
                continue
            opened = _opened(spool, arrival.file_name, fetched)
            # an archive that was opened is told by its name, as nothing else is
            with fetched.content() if opened is None else nullcontext(b"") as content:
                order = arrival_order(arrival.file_name, content, layouts)
            ordered.append((order, arrival, opened or [(arrival.file_name, fetched)]))
        for _, arrival, files in sorted(ordered, key=lambda each: each[0]):
            # a clock that was set back must not let a later file count as an earlier one
            for name, file in files:
                landed_at = max(dt.datetime.now(dt.UTC), earliest)
                earliest = landed_at + dt.timedelta(microseconds=1)
                with file.open() as content:
                    is_new = stores.landed.put(file.file_id, content, name, landed_at).is_new
                landed, repeated = landed + is_new, repeated + (not is_new)
            arrival.remove()
    return LandedCounts(landed, repeated, unfinished)


def _opened(spool: Spool, name: str, file: Spooled) -> list[tuple[str, Spooled]] | None:
    """Return the files inside an archive; ``None`` when it is none, holds none or cannot be opened."""
    with file.open() as packed:
        if not is_archive(packed):
            return None
        found: list[tuple[str, Spooled]] = []
        try:
            found.extend((one.name, spool.take(partial(_write_all, one.pieces))) for one in members(name, packed))
        except UnreadableArchiveError:
            return None
        return found or None


def _write_all(pieces: Iterable[bytes], write: Callable[[bytes], None]) -> None:
    for piece in pieces:
        write(piece)


def _last_landing(stores: PracticeStores) -> dt.datetime:
    long_ago = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    if not stores.lake.path.exists():
        return long_ago
    with stores.lake.connect() as lake:
        create_tables(lake, (FILES,))
        newest = lake.execute("select max(loaded_at) from landing.files").fetchone()
    return (newest and newest[0]) or long_ago


def register(stores: PracticeStores) -> int:
    """Register landed files the lake does not know yet and return their number; idempotent."""
    with stores.lake.connect() as lake, scrubbed("registering landed files"):
        create_tables(lake, (FILES, ALIASES))
        known = {row[0] for row in lake.execute("select file_id from landing.files").fetchall()}
        rows = []
        for identity in stores.landed.identities():
            if identity not in known:
                file = stores.landed.get(identity)
                kind = detect_kind(file.file_name, file.content, stores.layouts)
                reason = _why_unknown(file.content) if kind == UNKNOWN else (None, None)
                rows.append((identity, file.file_name, kind, len(file.content), *reason, file.landed_at))
        if rows:
            lake.register("incoming", FILES.to_arrow(rows))
            lake.execute("insert into landing.files by name select * from incoming")
        lake.register("incoming_aliases", ALIASES.to_arrow(list(stores.landed.aliases())))
        lake.execute("insert into landing.aliases select * from incoming_aliases except select * from landing.aliases")
    return len(rows)


def _why_unknown(content: bytes) -> tuple[str, str]:
    if not content.strip():
        return "empty_file", "the file is empty: there is nothing to load"
    if is_archive(io.BytesIO(content)):
        return "unreadable_archive", "the archive is damaged, under a password, or too large when opened"
    return "unknown_kind", "neither its content nor its name says what kind of file this is"
