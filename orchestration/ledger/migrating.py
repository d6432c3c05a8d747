"""How a ledger gets the tables of this version: the migrations of ``migrations/``, then the guards.

What does not belong here: the migrations themselves.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from orchestration.core.errors import ConfigurationError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

HEAD = "0003"
"""The revision of this version's tables; a test holds it equal to the newest migration."""

VERSION_TABLE = "schema_version"
_FOLDER = Path(__file__).parent / "migrations"


def revision(connection: Connection) -> str | None:
    """Return the revision of the tables, ``None`` for an empty database."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar()  # noqa: S608  # our own name


def upgrade(connection: Connection, to: str = HEAD) -> None:
    """Run the migrations that are missing, inside the transaction of the connection.

    Raises ``ConfigurationError`` for tables that a newer version made.
    """
    # every verb opens the ledger, and only the first needs this
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415
    from alembic.util.exc import CommandError  # noqa: PLC0415

    config = Config()
    # alembic reads a percent sign as the start of a name
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    found = revision(connection)
    if found is not None:
        try:
            ScriptDirectory.from_config(config).get_revision(found)
        except CommandError:
            message = f"the ledger was made by a newer version (schema {found}, known {HEAD})"
            raise ConfigurationError(message, fix="install the version of medbooks that made it") from None
    command.upgrade(config, to)
