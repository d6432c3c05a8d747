"""A real PostgreSQL on loopback for the tests that want one, thrown away afterwards.

Debian's programs are used where they lie; as root the server runs as the unprivileged user of its package.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from support.loopback import free_port
from support.programs import absent

_INSTALLED = Path("/usr/lib/postgresql")
_PACKAGE_USER = "postgres"


def find_programs():
    """Return the folder of the newest server's programs; without one the test is skipped, or fails."""
    found = sorted(_INSTALLED.glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    beside = shutil.which("pg_ctl")
    if found or beside:
        return found[-1].parent if found else Path(beside).parent
    return absent("PostgreSQL is not installed: apt-get install postgresql")


@dataclass
class PostgresServer:
    """A running server; ``new_database`` gives the URL of a database of its own."""

    programs: Path
    folder: Path
    port: int
    user: str
    _numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    def url(self, database):
        return f"postgresql://{self.user}@127.0.0.1:{self.port}/{database}"

    def sql(self, statement, database="postgres"):
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def new_database(self, template="template0"):
        name = f"books_{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)


def start():
    """Start a server in a folder of its own and return it."""
    programs = find_programs()
    # a short path: a socket's name has at most 107 bytes
    folder = Path(tempfile.mkdtemp(prefix="medbooks-pg-"))
    owner = pwd.getpwuid(os.getuid())
    as_owner = []
    if owner.pw_uid == 0:
        owner = pwd.getpwnam(_PACKAGE_USER)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        as_owner = ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    port = free_port()
    data = folder / "data"

    def run(*command):
        done = subprocess.run(
            [*as_owner, *map(str, command)],
            cwd=folder,
            env={**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    # loopback only, and a cluster that lives for one run of the tests: no password, no waiting for the disk.
    # what is killed in the tests are clients, never the machine
    run(programs / "initdb", "-D", data, "-U", "books", "--auth=trust", "--encoding=UTF8", "--no-sync")
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
    run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")

    def stop():
        run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)

    return PostgresServer(programs, folder, port, "books"), stop
