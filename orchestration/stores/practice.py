"""One practice's stores, opened late and closed early: what assets and commands are handed."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from orchestration.core.errors import ConfigurationError
from orchestration.stores.inboxes.folder import FolderInbox
from orchestration.stores.lake import Lake, extension_directory
from orchestration.stores.landed import LandedStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.formats.file_kind import OwnLayouts
    from orchestration.ledger.store import Ledger
    from orchestration.stores.home import Home
    from orchestration.stores.inboxes.configured import AllInboxes
    from orchestration.stores.ocr import OcrEngine


class PracticeStores:
    """Everything of one practice that can be opened; nothing is until it is asked for."""

    def __init__(self, home: Home) -> None:
        self.home = home

    @cached_property
    def lake(self) -> Lake:
        """The encrypted lake."""
        return Lake(self.home.lake_file, self.home.lake_key)

    @cached_property
    def landed(self) -> LandedStore:
        """The sealed, immutable landed files."""
        return LandedStore(self.home.landed, self.home.landed_key)

    @property
    def inboxes(self) -> AllInboxes:
        """The folder and every inbox that the environment names, as one."""
        from orchestration.stores.inboxes.configured import all_inboxes

        return all_inboxes(self.home)

    @cached_property
    def inbox(self) -> FolderInbox:
        """The folder new files are dropped into."""
        return FolderInbox(self.home.inbox, standstill_seconds=self.home.settings.standstill_seconds)

    @cached_property
    def layouts(self) -> OwnLayouts:
        """The practice's own layouts of tables; raises ``ConfigurationError`` for a file that is none."""
        from orchestration.core.layouts import LayoutError
        from orchestration.formats.registry import read_layouts

        texts = {}
        for path in sorted(self.home.layouts.glob("*.toml")):
            try:
                texts[path.name] = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                message = f"the layout {path.name} cannot be used: it is not UTF-8 text"
                raise ConfigurationError(message, mend=f"edit {path}") from None
        try:
            return read_layouts(texts)
        except LayoutError as error:
            raise ConfigurationError(str(error), mend=f"edit the file in {self.home.layouts}") from None

    @cached_property
    def ledger(self) -> Ledger:
        """The book of record, migrated."""
        from orchestration.accounting.approval import ApprovalPolicy
        from orchestration.ledger.store import Ledger

        if self.home.ledger_url.startswith("sqlite:///"):
            (self.home.root / "ledger").mkdir(parents=True, exist_ok=True, mode=0o700)
        settings = self.home.settings
        starts = {entity.entity_id: entity.fiscal_year_start_month for entity in settings.all_entities}
        policy = ApprovalPolicy(
            settings.bill_approval_limit_amount,
            settings.exception_approval_limit_amount,
            frozenset(settings.exception_accounts),
        )
        ledger = Ledger(self.home.ledger_url, fiscal_start_months=starts, policy=policy, roster=settings.roster)
        ledger.migrate()
        return ledger

    @cached_property
    def ocr(self) -> OcrEngine:
        """The engine that reads pages."""
        from orchestration.stores.ocr import OcrEngine

        return OcrEngine()

    @contextmanager
    def dbt_environment(self) -> Iterator[None]:
        """Give dbt its paths and the lake's key for as long as the block lasts, and keep everyone else out."""
        extension_directory(self.home.lake_file.parent / "extensions")
        values = {**dbt_paths(self.home), "DBT_ENV_SECRET_LAKE_KEY": self.home.lake_key}
        before = {name: os.environ.get(name) for name in values}
        with self.lake.lock(wait_seconds=30.0):
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
    return json.dumps({"entity_id": settings.entity_id, "book_test_data": settings.book_test_data})


def dbt_program() -> str:
    """Return the dbt of this environment, also when it is not on PATH."""
    import sys

    beside = os.path.join(os.path.dirname(sys.executable), "dbt")  # noqa: PTH118, PTH120  # a program name
    return beside if os.path.exists(beside) else shutil.which("dbt") or "dbt"  # noqa: PTH110  # same
