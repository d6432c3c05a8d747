"""dbt's manifest, parsed again only when a file of the dbt project changed."""

from __future__ import annotations

import hashlib
import os
import subprocess  # dbt is a program; parsing in this process would cost its imports for ever
from typing import TYPE_CHECKING

from orchestration.core.errors import BooksError
from orchestration.stores.home import DBT_PROJECT, PROJECT, Home
from orchestration.stores.practice import dbt_paths, dbt_program, dbt_variables

if TYPE_CHECKING:
    from pathlib import Path

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
            raise BooksError(message, mend="dbt parse --project-dir dbt_project --profiles-dir dbt_project")
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
