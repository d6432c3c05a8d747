"""A practice's permission to use an outside ledger, sealed with the practice's own key.

A refresh token is worth the whole ledger and is replaced at every use: the new one is on disk, whole, before it
is used, and only one process at a time may replace it. What does not belong here: how a token is got (``oauth.py``).
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from orchestration.core.errors import ConfigurationError
from orchestration.privacy.sealing import seal, unseal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Connection:
    """Who we are at one vendor; times are seconds since 1970, and nothing secret is in its ``repr``.

    ``tenant_id`` is QuickBooks' realm, Xero's tenant, Intacct's company, NetSuite's account. ``settings`` holds what
    only one vendor needs, addresses among it. ``access_token`` is an Intacct session too.
    """

    vendor: str
    tenant_id: str
    client_id: str = field(repr=False)
    client_secret: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    access_expires_at: float = 0.0
    refresh_token: str = field(default="", repr=False)
    refresh_expires_at: float | None = None
    settings: dict[str, str] = field(default_factory=dict, repr=False)


class ConnectionStore:
    """The sealed connections in one folder (mode 0700), one file per vendor (mode 0600)."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._key = key

    def read(self, vendor: str) -> Connection:
        """Return a vendor's connection.

        Raises ``ConfigurationError`` when there is none, ``SealError`` when it does not open.
        """
        try:
            sealed = self._file(vendor).read_bytes()
        except FileNotFoundError:
            message = f"this practice is not connected to {vendor}, so nothing can be posted there"
            raise ConfigurationError(message, fix=f"medbooks gl connect {vendor}") from None
        return Connection(**json.loads(unseal(sealed, self._key, _sealed_name(vendor))))

    def write(self, connection: Connection) -> None:
        """Replace a vendor's connection as a whole: a kill at any moment leaves the old one or the new one."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        sealed = seal(json.dumps(asdict(connection)).encode(), self._key, _sealed_name(connection.vendor))
        file = self._file(connection.vendor)
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as written:
            written.write(sealed)
            written.flush()
            os.fsync(written.fileno())
        draft.replace(file)
        # the rename itself must survive a power cut, since the vendor has already forgotten the old token
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextmanager
    def alone(self, vendor: str) -> Iterator[None]:
        """Keep every other process from replacing the vendor's connection while the block runs."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._folder / f"{vendor}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _file(self, vendor: str) -> Path:
        return self._folder / f"{vendor}.sealed"


def _sealed_name(vendor: str) -> str:
    return f"connection/{vendor}"
