"""Attachments of mail, from a Maildir on this machine or a mailbox on an IMAP server.

Mail is delivered whole, so one look is enough. A message is done when every attachment of it has landed; one without
attachments is nobody's file and is left where it is. What does not belong here: which mailbox (``inboxes``), and what
an attachment holds.
"""

from __future__ import annotations

import email
import email.policy
import imaplib
import ipaddress
import mailbox
import os
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from orchestration.core.errors import ConfigurationError
from orchestration.stores.inboxes.folder import Arrival, InboxUnavailableError, Look, StillArrivingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from email.message import EmailMessage
    from pathlib import Path

    from orchestration.stores.inboxes.taken import TakenFiles

Answer = TypeVar("Answer")

IMAP, MAILDIR = "imap", "maildir"

_TIMEOUT_SECONDS = 30.0
# larger mail is refused by most servers on its way; what is here nevertheless is not read into memory
_LARGEST_MESSAGE_BYTES = 100 * 1024 * 1024


class _Mailbox(Protocol):
    """Messages by an identity that stays; ``fetch`` returns ``None`` for one that is gone or too large."""

    def identities(self) -> Iterable[str]: ...

    def fetch(self, identity: str) -> bytes | None: ...

    def delete(self, identity: str) -> None: ...

    def check(self) -> None: ...

    def close(self) -> None: ...


class MailInbox:
    """The attachments of every message of one mailbox that was not taken before."""

    def __init__(self, name: str, messages: _Mailbox, taken: TakenFiles, *, keep: bool) -> None:
        self.name = name
        self._messages = messages
        self._taken = taken
        self._keep = keep
        self._last: tuple[str, list[tuple[str, bytes]]] = ("", [])

    def look(self) -> Look:
        """Return the attachments that are new; raises ``InboxUnavailableError``."""
        arrivals: list[Arrival] = []
        unread = 0
        for identity in self._new():
            attachments = self._attachments(identity)
            if attachments is None:
                unread += 1
                continue
            waiting = set(range(len(attachments)))
            arrivals += [self._arrival(identity, place, name, waiting) for place, (name, _) in enumerate(attachments)]
        return Look(tuple(arrivals), unread)

    def peek(self, limit: int) -> list[tuple[str, ...]]:
        """Return the identities of what is new, at most ``limit``; nothing is opened."""
        return [(identity,) for identity in self._new()[:limit]]

    def check(self) -> str:
        """Say whether the mailbox can be opened, and changed when mail is to be deleted from it."""
        self._messages.check()
        after = "which stay" if self._keep else "deleted once their attachments have landed"
        return f"{len(list(self._messages.identities())):,} messages, {after}"

    def close(self) -> None:
        """Log out."""
        self._last = ("", [])
        self._messages.close()

    def _new(self) -> list[str]:
        return [identity for identity in self._messages.identities() if not self._taken.holds(identity)]

    def _arrival(self, identity: str, place: int, name: str, waiting: set[int]) -> Arrival:
        def fetch(write: Callable[[bytes], None]) -> None:
            attachments = self._attachments(identity)
            if attachments is None or place >= len(attachments):
                raise StillArrivingError(self.name)
            write(attachments[place][1])

        def remove() -> None:
            waiting.discard(place)
            if not waiting:
                self._taken.add(identity)
                if not self._keep:
                    self._messages.delete(identity)

        return Arrival(name, fetch, remove)

    def _attachments(self, identity: str) -> list[tuple[str, bytes]] | None:
        """Return names and contents; of the message asked for last they are kept, because each is asked for in turn."""
        if self._last[0] != identity:
            content = self._messages.fetch(identity)
            if content is None:
                return None
            found = attachments_of(content)
            if not found:
                # a note without a file: not asked about again, and left where it is
                self._taken.add(identity)
            self._last = (identity, found)
        return self._last[1]


def attachments_of(content: bytes) -> list[tuple[str, bytes]]:
    """Return name and content of every attachment of a message, those of messages within it too.

    Pictures that a text shows (a logo under a signature) are no attachments. Never raises.
    """
    message: EmailMessage = email.message_from_bytes(content, policy=email.policy.default)
    found: list[tuple[str, bytes]] = []
    for part in message.walk():
        if part.is_multipart():
            continue
        try:
            name = part.get_filename()
            is_attached = part.get_content_disposition() == "attachment"
            if not is_attached and (not name or part.get_content_maintype() in {"image", "text"}):
                continue
            payload = part.get_payload(decode=True)
        except (ValueError, LookupError, AttributeError, TypeError, IndexError):
            # headers that no parser understands; the part is looked at as bytes
            name, payload = None, part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload:
            found.append((_plain(name or f"attachment-{len(found) + 1}"), payload))
    return found


def _plain(name: str) -> str:
    """Return the last part of a name without line ends: a sender's folders mean nothing here."""
    return "".join(name.replace("\\", "/").rpartition("/")[2].splitlines())[:255] or "attachment"


class Maildir:
    """A Maildir: ``new`` and ``cur``; what stands in ``tmp`` is still being delivered."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def identities(self) -> list[str]:
        """Return the key of every message."""
        return sorted(self._opened().keys()) if self._folder.is_dir() else []

    def fetch(self, identity: str) -> bytes | None:
        """Return a message."""
        try:
            with self._opened().get_file(identity) as file:
                content = file.read(_LARGEST_MESSAGE_BYTES + 1)
        except (KeyError, FileNotFoundError):
            return None
        return content if len(content) <= _LARGEST_MESSAGE_BYTES else None

    def delete(self, identity: str) -> None:
        """Take a message away; one that is gone is gone."""
        with suppress(KeyError, FileNotFoundError):
            self._opened().remove(identity)

    def check(self) -> None:
        """Raise ``InboxUnavailableError`` when it is no Maildir, or this user may not read and change it."""
        parts = [self._folder / name for name in ("new", "cur")]
        if not all(part.is_dir() and os.access(part, os.R_OK | os.W_OK | os.X_OK) for part in parts):
            message = f"{self._folder} is no Maildir (new, cur, tmp) that this user may read and write"
            fix = f"ls -l {self._folder}  (correct MEDBOOKS_MAILDIR, or whom it belongs to)"
            raise InboxUnavailableError(MAILDIR, message, fix=fix)

    def close(self) -> None:
        """Nothing stays open."""

    def _opened(self) -> mailbox.Maildir:
        try:
            return mailbox.Maildir(self._folder, create=False)
        except (OSError, mailbox.Error) as error:
            message = f"the Maildir cannot be opened ({type(error).__name__})"
            fix = f"ls -l {self._folder}  (correct MEDBOOKS_MAILDIR, or whom it belongs to)"
            raise InboxUnavailableError(MAILDIR, message, fix=fix) from None


@dataclass(frozen=True, slots=True)
class ImapServer:
    """Where, as whom, which mailbox. Without ``is_encrypted`` the server must offer STARTTLS, or be this machine."""

    host: str
    port: int
    user: str
    password: str
    folder: str = "INBOX"
    is_encrypted: bool = True
    ca_file: Path | None = None


class ImapMailbox:
    """A mailbox on a server; identities are UIDVALIDITY and UID, which never mean another message."""

    def __init__(self, server: ImapServer, *, may_delete: bool) -> None:
        self._server = server
        self._may_delete = may_delete
        self._connection: imaplib.IMAP4 | None = None
        self._validity = ""

    def identities(self) -> list[str]:
        """Return UIDVALIDITY and UID of every message."""

        def ask(server: imaplib.IMAP4) -> list[str]:
            _, answer = server.uid("SEARCH", "ALL")
            uids = (answer[0] or b"").split()
            return [f"{self._validity}:{uid.decode()}" for uid in uids]

        # a connection that is kept does not hear of new mail before it is asked
        return self._guarded(ask)

    def fetch(self, identity: str) -> bytes | None:
        """Return a message, without marking it as read."""

        def ask(server: imaplib.IMAP4) -> bytes | None:
            validity, _, uid = identity.partition(":")
            if validity != self._validity:
                return None
            _, sizes = server.uid("FETCH", uid, "(RFC822.SIZE)")
            size = _number_behind(b"RFC822.SIZE", sizes[0] if sizes else None)
            if size is None or size > _LARGEST_MESSAGE_BYTES:
                return None
            _, parts = server.uid("FETCH", uid, "(BODY.PEEK[])")
            found = next((part[1] for part in parts if isinstance(part, tuple)), None)
            return found if isinstance(found, bytes) else None

        return self._guarded(ask)

    def delete(self, identity: str) -> None:
        """Mark a message as deleted and expunge it alone where the server can (UIDPLUS)."""

        def ask(server: imaplib.IMAP4) -> None:
            validity, _, uid = identity.partition(":")
            if validity == self._validity:
                server.uid("STORE", uid, "+FLAGS.SILENT", "(\\Deleted)")
                # asked after the login, because servers say more then
                _, said = server.capability()
                if b"UIDPLUS" in b" ".join(part for part in said if isinstance(part, bytes)).upper():
                    server.uid("EXPUNGE", uid)

        self._guarded(ask)

    def check(self) -> None:
        """Raise ``InboxUnavailableError`` when the server, the password or the mailbox is not as it is set."""
        self._guarded(lambda server: server.noop())

    def close(self) -> None:
        """Log out."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError, imaplib.IMAP4.error):
                connection.logout()

    def _guarded(self, ask: Callable[[imaplib.IMAP4], Answer]) -> Answer:
        """Ask the server; whatever goes wrong is one error without a word of a message in it."""
        try:
            return ask(self._connected())
        except ssl.SSLCertVerificationError:
            message = "the IMAP server's certificate is not one that is trusted"
            self.close()
            raise InboxUnavailableError(IMAP, message, fix="set MEDBOOKS_IMAP_CA_FILE") from None
        except (OSError, imaplib.IMAP4.error) as error:
            message = f"the IMAP server refuses or does not answer ({type(error).__name__})"
            self.close()
            fix = "openssl s_client -connect HOST:PORT  (of MEDBOOKS_IMAP_URL: does it answer from here?)"
            raise InboxUnavailableError(IMAP, message, fix=fix) from None

    def _connected(self) -> imaplib.IMAP4:
        if self._connection is None:
            connection = self._open()
            self._connection = connection
            self._log_in(connection)
            self._select(connection)
            validity = connection.response("UIDVALIDITY")[1]
            self._validity = (validity[0] or b"").decode() if validity else ""
        else:
            self._connection.noop()
        return self._connection

    def _log_in(self, connection: imaplib.IMAP4) -> None:
        try:
            connection.login(self._server.user, self._server.password)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            message = "the IMAP server does not accept this user with this password"
            self.close()
            fix = "write the right password into the file of MEDBOOKS_IMAP_PASSWORD_FILE"
            raise InboxUnavailableError(IMAP, message, fix=fix) from None

    def _select(self, connection: imaplib.IMAP4) -> None:
        try:
            said, _ = connection.select(_quoted(self._server.folder), readonly=not self._may_delete)
        except imaplib.IMAP4.readonly:
            message = "the mailbox may only be read, and mail is to be deleted from it"
            self.close()
            raise InboxUnavailableError(IMAP, message, fix="set MEDBOOKS_IMAP_AFTER=keep") from None
        if said != "OK":
            message = "the IMAP server has no such mailbox"
            self.close()
            raise InboxUnavailableError(IMAP, message, fix="correct the mailbox behind the host in MEDBOOKS_IMAP_URL")

    def _open(self) -> imaplib.IMAP4:
        server = self._server
        trust = ssl.create_default_context(cafile=str(server.ca_file) if server.ca_file else None)
        if server.is_encrypted:
            return imaplib.IMAP4_SSL(server.host, server.port, ssl_context=trust, timeout=_TIMEOUT_SECONDS)
        connection = imaplib.IMAP4(server.host, server.port, timeout=_TIMEOUT_SECONDS)
        if "STARTTLS" in connection.capabilities:
            connection.starttls(trust)
        elif not _is_this_machine(server.host):
            connection.logout()
            message = "the IMAP server offers no encryption: password and mail would travel in the open"
            raise ConfigurationError(message, fix="write imaps:// in MEDBOOKS_IMAP_URL")
        return connection


def _number_behind(word: bytes, answer: object) -> int | None:
    text = answer[0] if isinstance(answer, tuple) else answer
    if not isinstance(text, bytes) or word not in text:
        return None
    digits = text.partition(word)[2].strip().split(b")")[0].split()[0]
    return int(digits) if digits.isdigit() else None


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _is_this_machine(host: str) -> bool:
    try:
        addresses = {str(info[4][0]) for info in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return bool(addresses) and all(ipaddress.ip_address(one).is_loopback for one in addresses)
