"""The audit chain out of the ledger: its records as CSV, and its head, signed and kept in files of its own.

A chain cannot show by itself that its end was cut off; a head that was kept elsewhere can. Copy ``audit/`` of the home
folder to another machine. What does not belong here: the chain itself (``ledger.chain``).
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from decimal import Decimal
from typing import TYPE_CHECKING

from orchestration.core.errors import BooksError
from orchestration.core.findings import Finding
from orchestration.core.money import format_amount
from orchestration.ledger.chain import Head
from orchestration.privacy.signing import is_signed, public_key, sign

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from orchestration.stores.practice import PracticeStores

COLUMNS = (
    "audit_id", "at", "actor", "action", "object", "reason", "object_count", "amount", "content_hash",
    "previous_hash", "record_hash",
)  # fmt: skip


def keep_head(stores: PracticeStores, day: dt.date) -> Path:
    """Write today's head, signed, into ``audit/head-YYYY-MM-DD.json`` and return the file."""
    folder = stores.home.root / "audit"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / f"head-{day.isoformat()}.json"
    file.write_text(_signed(stores, stores.ledger.audit_head(), ""), encoding="utf-8")
    return file


def export_chain(stores: PracticeStores, out: Path) -> int:
    """Write every record as CSV and beside it ``<out>.head.json``: head, SHA-256 of the file, signature.

    Returns the number of records. Holds no PHI: the chain has none.
    """
    head, records = stores.ledger.audit_records()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for record in records:
        writer.writerow([format_amount(value) if isinstance(value, Decimal) else value for value in record])
    content = text.getvalue().encode()
    out.write_bytes(content)
    out.with_name(f"{out.name}.head.json").write_text(
        _signed(stores, head, hashlib.sha256(content).hexdigest()), encoding="utf-8"
    )
    return len(records)


def _signed(stores: PracticeStores, head: Head, file_hash: str) -> str:
    seed = stores.home.signing_seed
    body = {"audit_id": head.audit_id, "record_hash": head.record_hash, "file_sha256": file_hash}
    signed = {**body, "public_key": public_key(seed), "signature": sign(seed, _canonical(body))}
    return json.dumps(signed, indent=2) + "\n"


def _canonical(body: dict[str, object]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()


def read_head(stores: PracticeStores, file: Path) -> tuple[Head, str]:
    """Return a head that was kept, and the SHA-256 of the file it belongs to.

    Raises ``BooksError`` for a file that cannot be read, or that this practice's key did not sign.
    """
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        body = {name: kept[name] for name in ("audit_id", "record_hash", "file_sha256")}
        signature = str(kept["signature"])
        head = Head(int(body["audit_id"]), str(body["record_hash"]))
    except (OSError, ValueError, KeyError, TypeError):
        message = f"{file.name} is no head of an audit chain"
        raise BooksError(message, fix="medbooks audit export") from None
    if not is_signed(public_key(stores.home.signing_seed), signature, _canonical(body)):
        message = f"{file.name} was not signed by this practice's key, or was changed afterwards"
        raise BooksError(message, fix="take the copy of it that was kept on another machine")
    return head, str(body["file_sha256"])


def verify(stores: PracticeStores, extra: Path | None = None) -> tuple[int, list[Finding]]:
    """Check the chain against itself, the books, and every head that was kept; return the heads seen and findings."""
    findings = [*stores.ledger.verify_audit(), *stores.ledger.verify_books()]
    files = sorted((stores.home.root / "audit").glob("head-*.json"))
    if extra is not None:
        files.append(extra)
    for file in files:
        try:
            head, _file_hash = read_head(stores, file)
        except BooksError as error:
            findings.append(Finding("head_unreadable", "error", error.message))
            continue
        findings += [finding for finding in stores.ledger.verify_audit(head) if finding.code == "audit_cut_off"]
    return len(files), findings


def verify_export(stores: PracticeStores, out: Path) -> list[Finding]:
    """Return what is wrong with an exported chain: any byte of it that is not what was signed."""
    _head, file_hash = read_head(stores, out.with_name(f"{out.name}.head.json"))
    if hashlib.sha256(out.read_bytes()).hexdigest() == file_hash:
        return []
    return [Finding("export_changed", "error", "the exported audit chain is not the file that was signed")]
