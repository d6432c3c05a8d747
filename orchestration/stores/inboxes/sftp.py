"""Files on an SFTP server, whose host key is pinned: a server that shows another one gets neither password nor name.

What does not belong here: which server (``inboxes``), and what is in a file.
"""

from __future__ import annotations

import asyncio
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.core.errors import ConfigurationError
from orchestration.stores.inboxes.folder import (
    PIECE_BYTES,
    Arrival,
    InboxUnavailableError,
    Look,
    StillArrivingError,
    is_temporary,
    standstill_wait,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from asyncssh import SFTPAttrs, SFTPClient, SSHClientConnection

    from orchestration.stores.inboxes.taken import TakenFiles

_TIMEOUT_SECONDS = 30.0
_DEEPEST_FOLDER = 8


@dataclass(frozen=True, slots=True)
class SftpServer:
    """Where, as whom, and which host key: ``host_key`` is one line as in ``/etc/ssh/ssh_host_*_key.pub``."""

    host: str
    port: int
    user: str
    folder: str
    host_key: str
    key_file: Path | None = None
    password: str | None = None


class SftpInbox:
    """A folder on the server with its subfolders. Links are not followed."""

    name = "sftp"

    def __init__(self, server: SftpServer, taken: TakenFiles, *, standstill_seconds: float, keep: bool) -> None:
        self._server = server
        self._taken = taken
        self._standstill_seconds = standstill_seconds
        self._keep = keep
        self._runner: asyncio.Runner | None = None
        self._connection: SSHClientConnection | None = None
        self._client: SFTPClient | None = None

    def look(self) -> Look:
        """Return the files that stood still over two looks; raises ``InboxUnavailableError``."""
        first = dict(self._scan())
        if not first:
            return Look((), 0)
        time.sleep(standstill_wait(max(changed for _, changed in first.values()), self._standstill_seconds))
        second = dict(self._scan())
        ready = [
            path for path, state in sorted(second.items()) if first.get(path) == state and not is_temporary(_name(path))
        ]
        return Look(tuple(self._arrival(path, second[path]) for path in ready), len(second) - len(ready))

    def peek(self, limit: int) -> list[tuple[str, ...]]:
        """Return name, size and time of what is new, at most ``limit``; nothing is opened."""
        found = self._scan()
        return [(path, *map(str, state)) for path, state in sorted(found)[:limit]]

    def check(self) -> str:
        """Say whether the folder can be listed, and written in when files are to be deleted from it."""
        count = len(self._run(self._list()))
        if self._keep:
            return f"{count:,} files, which stay on the server"
        self._run(self._try_to_write())
        return f"{count:,} files, deleted from the server once they have landed"

    def close(self) -> None:
        """Hang up; a later look connects again."""
        runner, self._runner = self._runner, None
        if runner is None:
            return
        try:
            if self._connection is not None:
                self._connection.abort()
        finally:
            self._connection = self._client = None
            runner.close()

    def _arrival(self, path: str, state: tuple[int, float]) -> Arrival:
        def fetch(write: Callable[[bytes], None]) -> None:
            if self._run(self._download(path, state[0], write)) != state:
                raise StillArrivingError(self.name)

        def remove() -> None:
            if self._keep:
                self._taken.add(path, *state)
            else:
                self._run(self._delete(path, state))

        return Arrival(_name(path), fetch, remove)

    def _scan(self) -> list[tuple[str, tuple[int, float]]]:
        found: list[tuple[str, tuple[int, float]]] = self._run(self._list())
        return [(path, state) for path, state in found if not (self._keep and self._taken.holds(path, *state))]

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401  # whatever the coroutine returns
        """Run one exchange with the server; whatever goes wrong in it is one error without a name in it."""
        import asyncssh

        if self._runner is None:
            self._runner = asyncio.Runner()
        try:
            return self._runner.run(work)
        except asyncssh.HostKeyNotVerifiable:
            message = "the SFTP server shows another host key than the one that is pinned: it may be another server"
            self.close()
            raise ConfigurationError(message, fix="ask the server's owner, then set MEDBOOKS_SFTP_HOST_KEY") from None
        except asyncssh.KeyImportError:
            message = "the pinned host key, or our private key, is no SSH key without a passphrase"
            self.close()
            raise ConfigurationError(message, fix="see MEDBOOKS_SFTP_HOST_KEY in .env.example") from None
        except asyncssh.PermissionDenied:
            message = "the SFTP server does not accept this user with this key or password"
            self.close()
            fix = "ssh-keygen -y -f $MEDBOOKS_SFTP_KEY_FILE  (the public key that the server's owner must know)"
            raise InboxUnavailableError(self.name, message, fix=fix) from None
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPPermissionDenied) as error:
            may_not = "is not there" if isinstance(error, asyncssh.SFTPNoSuchFile) else "is not open to this user"
            message = f"the folder or file on the SFTP server {may_not}"
            self.close()
            fix = "correct the folder in MEDBOOKS_SFTP_URL, or set MEDBOOKS_SFTP_AFTER=keep when it may only be read"
            raise InboxUnavailableError(self.name, message, fix=fix) from None
        except (OSError, asyncssh.Error, TimeoutError) as error:
            message = f"the SFTP server does not answer as it should ({type(error).__name__})"
            self.close()
            fix = "ssh-keyscan -p PORT HOST  (of MEDBOOKS_SFTP_URL: does it answer from here?)"
            raise InboxUnavailableError(self.name, message, fix=fix) from None

    async def _connected(self) -> SFTPClient:
        import asyncssh

        if self._client is None:
            server = self._server
            self._connection = await asyncssh.connect(
                server.host,
                server.port,
                username=server.user,
                known_hosts=([asyncssh.import_public_key(server.host_key)], [], []),
                client_keys=[str(server.key_file)] if server.key_file else None,
                password=server.password,
                # nothing of the person who runs this: no agent, no configuration of theirs
                agent_path=None,
                config=[],
                connect_timeout=_TIMEOUT_SECONDS,
                login_timeout=_TIMEOUT_SECONDS,
                keepalive_interval=_TIMEOUT_SECONDS,
            )
            self._client = await self._connection.start_sftp_client()
        return self._client

    async def _list(self) -> list[tuple[str, tuple[int, float]]]:
        client = await self._connected()
        found: list[tuple[str, tuple[int, float]]] = []
        folders = [(self._server.folder.rstrip("/") or "/", 0)]
        while folders:
            folder, depth = folders.pop()
            for entry in await client.readdir(folder):
                name = entry.filename if isinstance(entry.filename, str) else entry.filename.decode(errors="replace")
                path = f"{folder.rstrip('/')}/{name}"
                mode = entry.attrs.permissions or 0
                if stat.S_ISDIR(mode) and name not in {".", ".."} and depth < _DEEPEST_FOLDER:
                    folders.append((path, depth + 1))
                elif stat.S_ISREG(mode):
                    found.append((path, _state(entry.attrs)))
        return found

    async def _download(self, path: str, expected: int, write: Callable[[bytes], None]) -> tuple[int, float]:
        """Write a file piece by piece; return how much that was, and when the server says it was changed last.

        A file that outgrows what is expected is not followed to its end.
        """
        client = await self._connected()
        size = 0
        async with client.open(path, "rb") as file:
            while size <= expected and (piece := await file.read(PIECE_BYTES, size)):
                content = piece if isinstance(piece, bytes) else piece.encode()
                write(content)
                size += len(content)
            _, changed = _state(await file.stat())
        return size, changed

    async def _try_to_write(self) -> None:
        client = await self._connected()
        # a temporary name, which no look takes
        path = f"{self._server.folder.rstrip('/')}/.medbooks-doctor.tmp"
        async with client.open(path, "wb"):
            pass
        await client.remove(path)

    async def _delete(self, path: str, state: tuple[int, float]) -> None:
        import asyncssh

        client = await self._connected()
        with suppress(asyncssh.SFTPNoSuchFile):
            # what was written over it since is another file, which the next look finds
            if _state(await client.lstat(path)) == state:
                await client.remove(path)


def _state(attributes: SFTPAttrs) -> tuple[int, float]:
    return attributes.size or 0, float(attributes.mtime or 0)


def _name(path: str) -> str:
    return path.rpartition("/")[2]
