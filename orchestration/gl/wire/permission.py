"""A token that is kept, shared and replaced: one process at a time asks for a new one, and all others use that.

What does not belong here: how a vendor is asked (``oauth.py``, and the modules of ``vendors/``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.core.failpoints import reach

if TYPE_CHECKING:
    from orchestration.gl.wire.calling import Caller
    from orchestration.gl.wire.connections import Connection, ConnectionStore

# a token that ends while its call is under way is not worth starting with
_EARLY_SECONDS = 60.0


class StoredPermission:
    """A token or session in the connection store, replaced by one process at a time and shared by all.

    Subclasses say how a new one is asked for.
    """

    def __init__(self, store: ConnectionStore, caller: Caller, *, tenant_id: str) -> None:
        self._store = store
        self._caller = caller
        self._tenant_id = tenant_id
        self._connection: Connection | None = None

    def connection(self) -> Connection:
        """Return the connection with a token that is still good for a while.

        Raises ``ConfigurationError`` without a connection, and ``TargetUnauthorized`` when it is to another tenant.
        """
        connection = self._connection or self._read()
        if connection.access_expires_at - _EARLY_SECONDS <= self._caller.timing.now():
            connection = self._replaced(connection.access_token)
        self._connection = connection
        return connection

    def headers(self) -> dict[str, str]:
        """Return the Authorization header."""
        return {"Authorization": f"Bearer {self.connection().access_token}"}

    def renew(self) -> None:
        """Replace a token that was not accepted, unless another process has done so already."""
        self._connection = self._replaced(self.connection().access_token)

    def _read(self) -> Connection:
        connection = self._store.read(self._caller.vendor)
        if connection.tenant_id != self._tenant_id:
            raise self._caller.wrong_tenant()
        return connection

    def _replaced(self, rejected: str) -> Connection:
        with self._store.alone(self._caller.vendor):
            connection = self._read()
            if connection.access_token != rejected:
                return connection
            connection = self.asked(connection)
            # the vendor has replaced its token and we have not yet: it takes the old one once more for this reason
            reach("permission.before_replace")
            self._store.write(connection)
            reach("permission.after_replace")
            return connection

    def asked(self, connection: Connection) -> Connection:
        """Return the connection with a new token from the vendor."""
        raise NotImplementedError
