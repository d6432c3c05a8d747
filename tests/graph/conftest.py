"""The definitions as Dagster loads them, in a home of their own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    import warnings

    before = os.environ.get("MEDBOOKS_HOME")
    os.environ["MEDBOOKS_HOME"] = str(tmp_path_factory.mktemp("graph"))
    try:
        with warnings.catch_warnings():
            # dagster-dbt and dbt announce their own deprecations while they are imported
            warnings.simplefilter("ignore")
            from orchestration.definitions import defs

            yield defs()
    finally:
        if before is None:
            del os.environ["MEDBOOKS_HOME"]
        else:
            os.environ["MEDBOOKS_HOME"] = before
