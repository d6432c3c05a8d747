"""Every other accounting program: files that it imports, CSV or QuickBooks Desktop's IIF.

A round of posting makes one file. Every journal is in exactly one file, even when a process is killed: a file is
replaced whole, and what stands in any of them is not written again. Files that were imported may be moved into
``imported/`` beside them; they still count. What does not belong here: the whole books as text (``exports``).
"""

from __future__ import annotations

import csv
import datetime as dt
import fcntl
import io
import os
import re
from contextlib import contextmanager
from itertools import groupby
from typing import TYPE_CHECKING

from orchestration.core.errors import ConfigurationError
from orchestration.core.failpoints import reach
from orchestration.core.findings import Finding
from orchestration.core.money import format_amount
from orchestration.gl.answers import amount_of, date_of, receipt_of, settled, signed_line
from orchestration.gl.port import PulledEntry, TargetUnavailable, TargetUncertain
from orchestration.gl.vendors.description import Vendor
from orchestration.gl.wire.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from orchestration.gl.chart_map import ChartMap
    from orchestration.gl.port import PostRequest, Receipt
    from orchestration.gl.vendors.description import Opening

NAME = "journal_file"
TITLE = "the import file"
FORMATS = ("csv", "iif")

_CSV_COLUMNS = (
    "reference",
    "entry_date",
    "account",
    "debit_amount",
    "credit_amount",
    "class",
    "memo",
    "entity_id",
    "account_code",
    "location_id",
    "provider_id",
    "payer_class",
)
_IIF_FIELDS = ("TRNSTYPE", "DATE", "ACCNT", "CLASS", "AMOUNT", "DOCNUM", "MEMO")
_IIF_DATE = "%m/%d/%Y"
_IMPORTED = "imported"
# a spreadsheet runs a cell that starts with one of these (CWE-1236)
_FORMULA = re.compile(r"\s*[=+\-@]")


class ImportFiles:
    """The files of one practice in one folder. A journal's account is the name or number the other program knows."""

    name = NAME
    # a file is read again for every journal that is added to it
    batch_limit = 500

    def __init__(self, folder: Path, chart_map: ChartMap, *, timing: Timing | None = None) -> None:
        self._folder = folder
        self._map = chart_map
        self._format = chart_map.settings.get("format", "csv")
        if self._format not in FORMATS:
            message = f"an import file is one of {', '.join(FORMATS)}"
            raise ConfigurationError(message, fix=f"medbooks gl accounts {NAME}")
        opened = dt.datetime.fromtimestamp((timing or Timing()).now(), dt.UTC)
        self._round = f"journal-{opened:%Y%m%dT%H%M%S}Z-{os.getpid()}"
        self._known: dict[Path, tuple[int, dict[str, PulledEntry]]] = {}

    def close(self) -> None:
        """Nothing is kept open."""

    def post(self, request: PostRequest) -> Receipt:
        """Add the journal to this round's file, unless a file holds it.

        Raises ``TargetRefusal`` when another journal stands under the reference, ``TargetUnavailable`` when the
        folder cannot be written, and ``TargetUncertain`` when the disk did not say that it kept what was written.
        """
        try:
            with self._alone():
                held = self._held().get(request.reference)
                if held is not None:
                    return settled(request, held, TITLE, NAME)
                file = self._folder / f"{self._round}.{self._format}"
                before = file.read_bytes().decode() if file.exists() else self._head()
                _replace(file, before + self._written(request))
                _keep_name(file)
                return receipt_of(self._held()[request.reference], request.reference)
        except OSError as error:
            raise _unwritable(error) from None

    def find(self, reference: str) -> Receipt | None:
        """Return what stands in any file under the reference."""
        held = self._held().get(reference)
        return None if held is None else receipt_of(held, reference)

    def pull(self, start: dt.date, end: dt.date) -> Iterator[PulledEntry]:
        """Yield the journals of all files dated from start to end."""
        yield from (entry for entry in self._held().values() if start <= entry.entry_date <= end)

    def check_accounts(self, mapping: Mapping[str, str]) -> list[Finding]:
        """Return the accounts of ours that have no name in the other program; it cannot be asked for its own."""
        return [
            Finding("account_unmapped", "error", f"account {ours} has no account in {TITLE}")
            for ours, theirs in sorted(mapping.items())
            if not theirs
        ]

    def numbered_accounts(self) -> dict[str, str]:
        """Return nothing: the other program cannot be asked."""
        return {}

    def _held(self) -> dict[str, PulledEntry]:
        found: dict[str, PulledEntry] = {}
        for folder in (self._folder, self._folder / _IMPORTED):
            for file in sorted(folder.glob("journal-*")):
                if file.suffix.lstrip(".") not in FORMATS:
                    continue
                size = file.stat().st_size
                known = self._known.get(file)
                if known is None or known[0] != size:
                    text = file.read_bytes().decode()
                    entries = _from_csv(text, file.name) if file.suffix == ".csv" else _from_iif(text, file.name)
                    known = self._known[file] = (size, {str(entry.reference): entry for entry in entries})
                found |= known[1]
        return found

    def _head(self) -> str:
        if self._format == "csv":
            return _row(_CSV_COLUMNS)
        return "".join(f"!{kind}\t" + "\t".join(_IIF_FIELDS) + "\r\n" for kind in ("TRNS", "SPL")) + "!ENDTRNS\r\n"

    def _written(self, request: PostRequest) -> str:
        if self._format == "csv":
            return "".join(
                _row(
                    (
                        request.reference,
                        request.entry_date.isoformat(),
                        _inert(line.account),
                        format_amount(line.debit_amount),
                        format_amount(line.credit_amount),
                        _inert(self._map.line_fields(request, line).get("CLASS", "")),
                        _inert(request.memo),
                        _inert(request.entity_id),
                        _inert(line.account_code),
                        _inert(line.location_id or ""),
                        _inert(line.provider_id or ""),
                        _inert(line.payer_class or ""),
                    )
                )
                for line in request.lines
            )
        rows = [
            "\t".join(
                (
                    "SPL" if number else "TRNS",
                    "GENERAL JOURNAL",
                    request.entry_date.strftime(_IIF_DATE),
                    _cell(line.account),
                    _cell(self._map.line_fields(request, line).get("CLASS", "")),
                    format_amount(line.debit_amount - line.credit_amount),
                    request.reference,
                    _cell(request.memo),
                )
            )
            for number, line in enumerate(request.lines)
        ]
        return "".join(f"{row}\r\n" for row in [*rows, "ENDTRNS"])

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _replace(file: Path, text: str) -> None:
    draft = file.with_name(f".{file.name}")
    with draft.open("w", encoding="utf-8", newline="") as written:
        written.write(text)
        written.flush()
        os.fsync(written.fileno())
    reach("import_file.before_replace")
    draft.replace(file)
    reach("import_file.after_replace")


def _keep_name(file: Path) -> None:
    """Make a file's new content survive a power cut; until then it may be lost."""
    try:
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        message = f"the disk did not confirm what was added to the import file ({type(error).__name__})"
        raise TargetUncertain(code="no_answer", message=message, fix="medbooks doctor") from None


def _row(values: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(values)
    return out.getvalue()


def _from_csv(text: str, name: str) -> Iterator[PulledEntry]:
    for reference, group in groupby(csv.DictReader(io.StringIO(text)), lambda row: row["reference"]):
        rows = list(group)
        lines = tuple(
            signed_line(_plain(row["account"]), amount_of(row["debit_amount"]) - amount_of(row["credit_amount"]))
            for row in rows
        )
        yield PulledEntry(name, reference, date_of(rows[0]["entry_date"]), lines)


def _from_iif(text: str, name: str) -> Iterator[PulledEntry]:
    rows = [line.split("\t") for line in text.splitlines() if line.startswith(("TRNS\t", "SPL\t"))]
    for reference, group in groupby(rows, lambda row: row[6]):
        found = list(group)
        lines = tuple(signed_line(row[3], amount_of(row[5])) for row in found)
        yield PulledEntry(name, reference, date_of(found[0][2], _IIF_DATE), lines)


def _inert(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _plain(text: str) -> str:
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


def _cell(text: str) -> str:
    # IIF knows no quotes: a tab or a line break would be another cell
    return " ".join(text.split())


def _unwritable(error: OSError) -> TargetUnavailable:
    message = f"the folder of import files cannot be written ({type(error).__name__}), so nothing was added"
    return TargetUnavailable(code="unwritable", message=message, fix="medbooks doctor")


def _open(opening: Opening) -> ImportFiles:
    return ImportFiles(opening.files, opening.chart_map, timing=opening.timing)


VENDOR = Vendor(name=NAME, title=TITLE, dimension_fields=frozenset({"CLASS"}), access=None, open_target=_open)
