"""Which database a ledger lives in, and the sessions on it: one that reads, one that writes.

What does not belong here: what only one database knows (``sqlite.py``, ``postgres.py``), and queries.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, cast

import sqlalchemy as sa

from orchestration.core.errors import BooksError, BusyError, ConfigurationError
from orchestration.ledger import postgres, sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine


class _Database(Protocol):
    def open_engine(self, url: sa.URL) -> Engine: ...
    def install_guards(self, connection: Connection) -> None: ...
    def missing_guards(self, connection: Connection) -> list[str]: ...
    def now_milliseconds(self, connection: Connection) -> int: ...
    def is_busy(self, error: sa.exc.OperationalError) -> bool: ...


_DATABASES = {"sqlite": cast("_Database", sqlite), "postgresql": cast("_Database", postgres)}


def of(connection: Connection) -> _Database:
    """Return what is special about the database of a connection."""
    return _DATABASES[connection.dialect.name]


class Sessions:
    """Transactions on the ledger behind one URL; nothing is opened before the first.

    Raises ``ConfigurationError`` for a URL that is neither a SQLite file nor a PostgreSQL database.
    """

    def __init__(self, url: str) -> None:
        try:
            parsed = sa.make_url(url)
            name = "postgresql" if parsed.drivername == "postgres" else parsed.get_backend_name()
        except sa.exc.ArgumentError:
            name = ""
        if name not in _DATABASES or (name == "sqlite" and parsed.database in {None, "", ":memory:"}):
            message = (
                "the ledger is kept in a SQLite file or in PostgreSQL: sqlite:///<path> or postgresql://<host>/<name>"
            )
            raise ConfigurationError(message, fix="set MEDBOOKS_LEDGER_URL")
        self._database = _DATABASES[name]
        self.engine = self._database.open_engine(parsed)
        # a writer takes its place in the queue before it looks, so each of its looks may be newer than the last
        isolation = {} if name == "sqlite" else {"isolation_level": "READ COMMITTED"}
        self._writer = self.engine.execution_options(ledger_writes=True, **isolation)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one moment of the ledger."""
        with self._failures_are_ours(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open the one transaction that writes; it is committed when the block ends, undone when it raises."""
        with self._failures_are_ours(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Keep the database open for a block of many small transactions.

        The last process to close a SQLite file folds its log into it, which takes longer than most transactions do.
        """
        with self._failures_are_ours(), self.engine.connect():
            yield

    @contextmanager
    def _failures_are_ours(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.OperationalError as error:
            if self._database.is_busy(error):
                message = "another process is writing to the ledger and did not finish in time"
                raise BusyError(message, fix="wait for the other run to end and run this again") from None
            if self.engine.dialect.name == "sqlite":
                raise
            # the driver's words hold host and user, which do not belong in a log
            message = "the ledger's database cannot be reached or ended the session"
            raise BooksError(message, fix="start PostgreSQL, then: medbooks doctor") from None
