"""Every inbox of one practice: the folder always, and a server or mailbox for each URL in the environment.

``MEDBOOKS_SFTP_URL``, ``MEDBOOKS_S3_URL``, ``MEDBOOKS_IMAP_URL`` and ``MEDBOOKS_MAILDIR``; ``.env.example`` lists what
belongs to each. Passwords and private keys are files that only their owner may read. What does not belong here: how a
server is spoken to (one module each).
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from orchestration.core.errors import ConfigurationError
from orchestration.stores.inboxes.folder import CheckedInbox, FolderInbox, InboxUnavailableError, Look
from orchestration.stores.inboxes.mail import IMAP, MAILDIR, ImapMailbox, ImapServer, Maildir, MailInbox
from orchestration.stores.inboxes.s3 import S3Bucket, S3Inbox
from orchestration.stores.inboxes.sftp import SftpInbox, SftpServer
from orchestration.stores.inboxes.taken import TakenFiles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from urllib.parse import SplitResult

    from orchestration.stores.home import Home

_OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO
_KEEP, _DELETE = "keep", "delete"


class AllInboxes:
    """Several inboxes as one. One that does not answer does not keep the others' files: ``unavailable`` names it."""

    name = "all"

    def __init__(self, inboxes: Sequence[CheckedInbox]) -> None:
        self.inboxes = tuple(inboxes)
        self.unavailable: dict[str, str] = {}

    def look(self) -> Look:
        """Return what may be taken now from every inbox that answers."""
        self.unavailable = {}
        looks = []
        for inbox in self.inboxes:
            try:
                looks.append(inbox.look())
            except InboxUnavailableError as error:
                self.unavailable[inbox.name] = error.message
        return Look(
            tuple(arrival for look in looks for arrival in look.arrivals), sum(look.unfinished_count for look in looks)
        )

    def peek(self, limit: int) -> list[tuple[str, ...]]:
        """Return what is new in every inbox that answers, at most ``limit`` of each, behind the inbox's name."""
        self.unavailable = {}
        found: list[tuple[str, ...]] = []
        for inbox in self.inboxes:
            try:
                found += [(inbox.name, *one) for one in inbox.peek(limit)]
            except InboxUnavailableError as error:
                self.unavailable[inbox.name] = error.message
        return found

    def close(self) -> None:
        """Hang up everywhere."""
        for inbox in self.inboxes:
            inbox.close()


def remote_inboxes(home: Home, environment: Mapping[str, str] | None = None) -> tuple[CheckedInbox, ...]:
    """Return the inboxes that the environment names; opens no connection.

    Raises ``ConfigurationError`` for a URL that names too little, or a secret that others may read.
    """
    values = os.environ if environment is None else environment
    found: list[CheckedInbox] = []
    if url := values.get("MEDBOOKS_SFTP_URL"):
        server = _sftp_server(_split(url, "MEDBOOKS_SFTP_URL", {"sftp"}), values)
        keep = _keeps(values, "MEDBOOKS_SFTP_AFTER")
        found.append(
            SftpInbox(server, _taken(home, "sftp"), standstill_seconds=home.settings.standstill_seconds, keep=keep)
        )
    if url := values.get("MEDBOOKS_S3_URL"):
        parts = _split(url, "MEDBOOKS_S3_URL", {"s3"})
        bucket = S3Bucket(parts.netloc, parts.path.lstrip("/"), values.get("MEDBOOKS_S3_ENDPOINT_URL") or None)
        found.append(S3Inbox(bucket, _taken(home, "s3"), keep=_keeps(values, "MEDBOOKS_S3_AFTER")))
    if url := values.get("MEDBOOKS_IMAP_URL"):
        keep = _keeps(values, "MEDBOOKS_IMAP_AFTER")
        server_of_mail = _imap_server(_split(url, "MEDBOOKS_IMAP_URL", {"imap", "imaps"}), values)
        found.append(MailInbox(IMAP, ImapMailbox(server_of_mail, may_delete=not keep), _taken(home, "imap"), keep=keep))
    if folder := values.get("MEDBOOKS_MAILDIR"):
        keep = _keeps(values, "MEDBOOKS_MAILDIR_AFTER")
        found.append(MailInbox(MAILDIR, Maildir(Path(folder)), _taken(home, "maildir"), keep=keep))
    return tuple(found)


def all_inboxes(home: Home) -> AllInboxes:
    """Return the folder and every remote inbox as one."""
    folder = FolderInbox(home.inbox, standstill_seconds=home.settings.standstill_seconds)
    return AllInboxes((folder, *remote_inboxes(home)))


def _taken(home: Home, name: str) -> TakenFiles:
    return TakenFiles(home.arrivals / f"{name}.taken", home.landed_key)


def _split(url: str, name: str, schemes: set[str]) -> SplitResult:
    parts = urlsplit(url)
    with suppress(ValueError):
        if parts.scheme in schemes and parts.hostname and (parts.port is None or parts.port > 0):
            if parts.password:
                message = f"{name} holds a password: a URL is shown where a secret must not be"
                raise ConfigurationError(message, fix="put it into the file that the _PASSWORD_FILE variable names")
            return parts
    message = f"{name} is no URL of the form {'/'.join(sorted(schemes))}://USER@HOST:PORT/FOLDER"
    raise ConfigurationError(message, fix="see .env.example")


def _keeps(values: Mapping[str, str], name: str) -> bool:
    said = values.get(name) or _KEEP
    if said not in {_KEEP, _DELETE}:
        message = f"{name} is neither {_KEEP} nor {_DELETE}"
        raise ConfigurationError(message, fix="see .env.example")
    return said == _KEEP


def _sftp_server(parts: SplitResult, values: Mapping[str, str]) -> SftpServer:
    host_key = values.get("MEDBOOKS_SFTP_HOST_KEY", "").strip()
    if not host_key:
        message = "MEDBOOKS_SFTP_HOST_KEY is not set: without it any server could pass for the right one"
        raise ConfigurationError(message, fix="ask the server's owner for its host key (ssh-keyscan shows, not proves)")
    key_file = values.get("MEDBOOKS_SFTP_KEY_FILE")
    password_file = values.get("MEDBOOKS_SFTP_PASSWORD_FILE")
    if not (parts.username and (key_file or password_file)):
        message = "MEDBOOKS_SFTP_URL needs a user, and MEDBOOKS_SFTP_KEY_FILE or MEDBOOKS_SFTP_PASSWORD_FILE a secret"
        raise ConfigurationError(message, fix="see .env.example")
    return SftpServer(
        host=parts.hostname or "",
        port=parts.port or 22,
        user=unquote(parts.username),
        folder=unquote(parts.path) or "/",
        host_key=host_key,
        key_file=_private(Path(key_file)) if key_file else None,
        password=_secret(Path(password_file)) if password_file else None,
    )


def _imap_server(parts: SplitResult, values: Mapping[str, str]) -> ImapServer:
    password_file = values.get("MEDBOOKS_IMAP_PASSWORD_FILE")
    if not (parts.username and password_file):
        message = "MEDBOOKS_IMAP_URL needs a user, and MEDBOOKS_IMAP_PASSWORD_FILE the file of the password"
        raise ConfigurationError(message, fix="see .env.example")
    is_encrypted = parts.scheme == "imaps"
    ca_file = values.get("MEDBOOKS_IMAP_CA_FILE")
    return ImapServer(
        host=parts.hostname or "",
        port=parts.port or (993 if is_encrypted else 143),
        user=unquote(parts.username),
        password=_secret(Path(password_file)),
        folder=unquote(parts.path.lstrip("/")) or "INBOX",
        is_encrypted=is_encrypted,
        ca_file=Path(ca_file) if ca_file else None,
    )


def _private(path: Path) -> Path:
    """Return a file of a secret; raises ``ConfigurationError`` when it is not there or others may read it."""
    try:
        mode = path.stat().st_mode
    except OSError:
        message = f"the secret file {path} cannot be read"
        raise ConfigurationError(message, fix="see .env.example") from None
    if mode & _OTHERS_MAY:
        message = f"others than its owner may read the secret file {path}"
        raise ConfigurationError(message, fix=f"chmod 600 {path}")
    return path


def _secret(path: Path) -> str:
    try:
        return _private(path).read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError):
        message = f"the secret file {path} cannot be read"
        raise ConfigurationError(message, fix="see .env.example") from None
