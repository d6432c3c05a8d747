"""Arrival: the inbox is emptied into landed files, and every landed file is registered with its kind.

What does not belong here: what is inside a file (the raw assets).
"""

import datetime as dt
import io
from collections.abc import Callable, Iterable
from contextlib import closing, nullcontext
from functools import partial

import dagster as dg

from orchestration.core.tables import LOADED_AT, Column, Table
from orchestration.defs.catalog import DATA_TEAM, row_counts
from orchestration.defs.resources import Practice
from orchestration.formats.archives import UnreadableArchiveError, is_archive, members
from orchestration.formats.arrival import arrival_order
from orchestration.formats.kinds import detect_kind
from orchestration.privacy.phi import scrubbed
from orchestration.stores.inboxes.folder import Arrival, Inbox, StillArrivingError
from orchestration.stores.lake import create_tables
from orchestration.stores.practice import PracticeStores
from orchestration.stores.spool import Spool, Spooled

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


def land(stores: PracticeStores, inbox: Inbox) -> dict[str, int]:
    """Seal what stands still in the inbox and return counts: landed, repeated, unfinished.

    A file leaves the inbox only after its sealed copy is safely on disk. Files of one look are landed in the order
    they should count in (charges before remittances, remittances by date): what lands first keeps the money. Each is
    fetched once, into a file without a name that is freed when all are sealed; memory does not grow with a file.
    """
    counts = {"landed": 0, "repeated": 0, "unfinished": 0}
    look = inbox.look()
    counts["unfinished"] = look.unfinished_count
    if not look.arrivals:
        return counts
    earliest = _last_landing(stores) + dt.timedelta(microseconds=1)
    with scrubbed("landing a file"), Spool(stores.home.arrivals) as spool:
        layouts = stores.layouts
        ordered: list[tuple[tuple[int, str, str], Arrival, list[tuple[str, Spooled]]]] = []
        for arrival in look.arrivals:
            try:
                fetched = spool.take(arrival.fetch)
            except StillArrivingError:
                # one that changed since the look is left for a later one
                counts["unfinished"] += 1
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
                    landing = stores.landed.put(file.file_id, content, name, landed_at)
                counts["landed" if landing.is_new else "repeated"] += 1
            arrival.remove()
    return counts


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
        newest = lake.execute("SELECT max(loaded_at) FROM landing.files").fetchone()
    return (newest and newest[0]) or long_ago


def register(stores: PracticeStores) -> int:
    """Register landed files the lake does not know yet and return their number; idempotent."""
    with stores.lake.connect() as lake, scrubbed("registering landed files"):
        create_tables(lake, (FILES, ALIASES))
        known = {row[0] for row in lake.execute("SELECT file_id FROM landing.files").fetchall()}
        rows = []
        for identity in stores.landed.identities():
            if identity not in known:
                file = stores.landed.get(identity)
                kind = detect_kind(file.file_name, file.content, stores.layouts)
                reason = _why_unknown(file.content) if kind == "unknown" else (None, None)
                rows.append((identity, file.file_name, kind, len(file.content), *reason, file.landed_at))
        if rows:
            lake.register("incoming", FILES.to_arrow(rows))
            lake.execute("INSERT INTO landing.files BY NAME SELECT * FROM incoming")
        lake.register("incoming_aliases", ALIASES.to_arrow(list(stores.landed.aliases())))
        lake.execute("INSERT INTO landing.aliases SELECT * FROM incoming_aliases EXCEPT SELECT * FROM landing.aliases")
    return len(rows)


def _why_unknown(content: bytes) -> tuple[str, str]:
    if not content.strip():
        return "empty_file", "the file is empty: there is nothing to load"
    if is_archive(io.BytesIO(content)):
        return "unreadable_archive", "the archive is damaged, under a password, or too large when opened"
    return "unknown_kind", "neither its content nor its name says what kind of file this is"


@dg.asset(
    key=["landing", "files"],
    group_name="landing",
    owners=[DATA_TEAM],
    kinds={"duckdb", "file"},
    tags={"phi": "true"},
    pool="lake",
    description=(
        "Grain: one landed file. Files that stand still in the inbox are sealed under their SHA-256 "
        "(AES-256-GCM), registered with their kind and taken out of the inbox; the same bytes under another name "
        "are an alias. Inboxes: the folder, and SFTP, S3, IMAP and Maildir where the environment names them; "
        "one that does not answer keeps its files and does not stop the others."
    ),
)
def landing_files(context: dg.AssetExecutionContext, practice: Practice) -> dg.MaterializeResult:
    """Empty the inbox into landed files and register what is new."""
    stores = practice.stores
    stores.home.inbox.mkdir(parents=True, exist_ok=True)
    inboxes = stores.inboxes
    with closing(inboxes):
        counts = land(stores, inboxes)
    registered = register(stores)
    for name, reason in inboxes.unavailable.items():
        context.log.warning("the inbox %s was not looked into: %s; the next run tries again", name, reason)
    if counts["unfinished"]:
        context.log.warning(
            "%s file(s) are still being written or have a temporary name; the next run takes them",
            counts["unfinished"],
        )
    return dg.MaterializeResult(
        metadata={
            "landed_files": counts["landed"],
            "repeated_files": counts["repeated"],
            "unfinished_files": counts["unfinished"],
            "unavailable_inboxes": ", ".join(inboxes.unavailable) or "none",
            "registered_files": registered,
            **row_counts(stores.lake, [FILES]),
        }
    )
