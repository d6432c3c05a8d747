"""dbt for one practice: its program, its environment and variables, and its manifest.

The manifest is parsed again only when a file of the dbt project changed. What does not belong here: building models
(``operations.build``), and what models mean (the dbt project).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess  # dbt is a program; parsing in this process would cost its imports for ever
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from orchestration.core.errors import BooksError
from orchestration.stores.home import DBT_PROJECT, PROJECT, Home
from orchestration.stores.lake import extension_directory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestration.stores.practice import PracticeStores

_SUFFIXES = {".sql", ".yml", ".csv", ".md"}


def current_manifest(home: Home | None = None) -> Path:
    """Return the manifest of the project as it is on disk, parsing it when it is absent or stale (about 5 s).

    Raises ``BooksError`` with dbt's own words when the project does not parse: they quote SQL, never data.
    """
    home = home or Home.locate()
    manifest = home.dbt_target / "manifest.json"
    stamp = home.dbt_target / "manifest.sha256"
    digest = project_digest() + dbt_variables(home)
    if not (manifest.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == digest):
        home.dbt_target.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [
                dbt_program(),
                "--quiet",
                "parse",
                "--project-dir",
                str(DBT_PROJECT),
                "--profiles-dir",
                str(DBT_PROJECT),
                "--vars",
                dbt_variables(home),
            ],
            env={**os.environ, **dbt_paths(home), **_key(home)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            message = f"the dbt project does not parse:\n{done.stdout}{done.stderr}"
            raise BooksError(message, fix="dbt parse --project-dir dbt_project --profiles-dir dbt_project")
        stamp.write_text(digest, encoding="utf-8")
    return manifest


def _key(home: Home) -> dict[str, str]:
    """Return the key when there is one: dbt parses again at the next build when its profile looks different."""
    return {"DBT_ENV_SECRET_LAKE_KEY": home.lake_key} if home.key_file.exists() else {}


def project_digest() -> str:
    """Return a hash over every file of the dbt project, and over where it is."""
    digest = hashlib.sha256(str(PROJECT).encode())
    for path in sorted(DBT_PROJECT.rglob("*")):
        if path.suffix in _SUFFIXES and "target" not in path.parts:
            digest.update(str(path.relative_to(DBT_PROJECT)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


@contextmanager
def dbt_environment(stores: PracticeStores) -> Iterator[None]:
    """Give dbt its paths and the lake's key for as long as the block lasts, and keep everyone else out."""
    home = stores.home
    extension_directory(home.lake_file.parent / "extensions")
    values = {**dbt_paths(home), "DBT_ENV_SECRET_LAKE_KEY": home.lake_key}
    before = {name: os.environ.get(name) for name in values}
    with stores.lake.lock(wait_seconds=30.0):
        os.environ.update(values)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def dbt_paths(home: Home) -> dict[str, str]:
    """Return the environment that needs no key: where dbt reads and writes, and that it calls nobody."""
    return {
        "MEDBOOKS_LAKE": str(home.lake_file),
        "MEDBOOKS_DUCKDB_EXTENSIONS": str(home.lake_file.parent / "extensions"),
        "DBT_TARGET_PATH": str(home.dbt_target),
        "DBT_LOG_PATH": str(home.dbt_target / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_LOG_LEVEL_FILE": "info",
        "DO_NOT_TRACK": "true",
    }


def dbt_variables(home: Home) -> str:
    """Return the practice's settings that models read, as the JSON of ``--vars``."""
    settings = home.settings
    return json.dumps(
        {
            "entity_id": settings.entity_id,
            "book_test_data": settings.book_test_data,
            "our_payees": list(settings.payees),
        }
    )


def dbt_program() -> str:
    """Return the dbt of this environment, also when it is not on PATH."""
    beside = os.path.join(os.path.dirname(sys.executable), "dbt")  # noqa: PTH118, PTH120  # a program name
    return beside if os.path.exists(beside) else shutil.which("dbt") or "dbt"  # noqa: PTH110  # same
