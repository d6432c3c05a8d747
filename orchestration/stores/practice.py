"""One practice's stores, opened late and closed early: what assets and commands are handed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from orchestration.core.errors import ConfigurationError
from orchestration.stores.inboxes.folder import FolderInbox
from orchestration.stores.lake import Lake
from orchestration.stores.landed import LandedStore

if TYPE_CHECKING:
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

    @cached_property
    def remembered(self) -> LandedStore:
        """The sealed lists of what was proposed for which claim."""
        return LandedStore(self.home.remembered, self.home.landed_key)

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
                raise ConfigurationError(message, fix=f"edit {path}") from None
        try:
            return read_layouts(texts)
        except LayoutError as error:
            raise ConfigurationError(str(error), fix=f"edit the file in {self.home.layouts}") from None

    @cached_property
    def ledger(self) -> Ledger:
        """The book of record, migrated."""
        from orchestration.accounting.approval import ApprovalPolicy
        from orchestration.ledger.store import Ledger
        from orchestration.stores.seeds import account_roles

        if self.home.ledger_url.startswith("sqlite:///"):
            (self.home.root / "ledger").mkdir(parents=True, exist_ok=True, mode=0o700)
        settings = self.home.settings
        starts = {entity.entity_id: entity.fiscal_year_start_month for entity in settings.all_entities}
        policy = ApprovalPolicy.of(
            account_roles(),
            bill_limit_amount=settings.bill_approval_limit_amount,
            exception_limit_amount=settings.exception_approval_limit_amount,
            exception_accounts=settings.exception_accounts,
        )
        ledger = Ledger(self.home.ledger_url, fiscal_start_months=starts, policy=policy, roster=settings.roster)
        ledger.migrate()
        return ledger

    @cached_property
    def ocr(self) -> OcrEngine:
        """The engine that reads pages."""
        from orchestration.stores.ocr import OcrEngine

        return OcrEngine()
