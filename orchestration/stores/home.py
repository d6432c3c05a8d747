"""Where a practice's books live on disk, and the settings in its ``practice.toml``.

``MEDBOOKS_HOME`` names the folder (default: ``data`` beside this project), ``MEDBOOKS_KEY_FILE`` the key.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Any

from orchestration.accounting.approvers import Approver, Roster
from orchestration.core.errors import ConfigurationError
from orchestration.core.periods import MONTHS
from orchestration.privacy.keys import derive_key, read_or_create_master_key

PROJECT = Path(__file__).resolve().parents[2]
DBT_PROJECT = PROJECT / "dbt_project"


BOOKS = ("accrual", "cash")


@dataclass(frozen=True, slots=True)
class Entity:
    """One legal entity: its id on every entry, the first month of its fiscal year, and the books it keeps."""

    entity_id: str
    entity_name: str = ""
    fiscal_year_start_month: int = 1
    books: tuple[str, ...] = ("accrual",)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a practice decides; every value has a default, so the file may be absent or partial."""

    practice_name: str = "Demo practice"
    entity_id: str = "main"
    fiscal_year_start_month: int = 1
    timezone: str = "America/New_York"
    # a bill above it needs one of the practice administrators; exactly at it passes
    bill_approval_limit_amount: Decimal = Decimal("1500.00")
    # an entry that moves more on these accounts, or a reversal of more, needs another person
    exception_approval_limit_amount: Decimal = Decimal("2500.00")
    # codes of the chart; without any, the accounts of what could not be placed
    exception_accounts: tuple[str, ...] = ()
    # NPIs of the practice's payees; a remittance that pays another one is held, and without any none is asked
    payees: tuple[str, ...] = ()
    # who may decide what waits: [[approvers]] tables
    roster: Roster = field(default_factory=Roster)
    # further legal entities, each with a calendar and books of its own: [[entities]] tables
    entities: tuple[Entity, ...] = ()
    appeal_cost_amount: Decimal = Decimal("25.00")
    standstill_seconds: float = 2.0
    # false: what a sender marks as test data is held; true only in a book that is kept for trials
    book_test_data: bool = False

    @property
    def all_entities(self) -> tuple[Entity, ...]:
        """Every legal entity of the practice, the main one first."""
        main = Entity(self.entity_id, self.practice_name, self.fiscal_year_start_month)
        listed = {entity.entity_id: entity for entity in self.entities}
        return (listed.pop(self.entity_id, main), *listed.values())

    @classmethod
    def read(cls, path: Path) -> Settings:
        """Return the settings; raises ``ConfigurationError`` for what is no TOML or a name it does not know."""
        if not path.exists():
            return cls()
        try:
            values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
            unknown = sorted(set(values) - (set(cls.__dataclass_fields__) - {"roster"} | {"approvers"}))
            if unknown:
                message = f"practice.toml has a setting that does not exist: {', '.join(unknown)}"
                raise ConfigurationError(message, fix=f"edit {path}")
            for name in ("bill_approval_limit_amount", "exception_approval_limit_amount", "appeal_cost_amount"):
                if name in values:
                    values[name] = Decimal(str(values[name]))
            for name in ("exception_accounts", "payees"):
                if name in values:
                    values[name] = _texts(name, values[name], path)
            if "approvers" in values:
                values["roster"] = _roster(values.pop("approvers"), path)
            _require_yes_or_no("book_test_data", values, path)
            if "entities" in values:
                values["entities"] = _entities(values["entities"], path)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, InvalidOperation) as error:
            message = f"practice.toml cannot be read ({type(error).__name__})"
            raise ConfigurationError(message, fix=f"edit {path}") from None
        return cls(**values)


def _require_yes_or_no(name: str, values: dict[str, Any], path: Path) -> None:
    if not isinstance(values.get(name, False), bool):
        message = f"practice.toml: {name} is true or false"
        raise ConfigurationError(message, fix=f"edit {path}")


def _entities(tables: object, path: Path) -> tuple[Entity, ...]:
    found: list[Entity] = []
    for table in tables if isinstance(tables, list) else [None]:
        if (
            not isinstance(table, dict)
            or not set(table) <= set(Entity.__dataclass_fields__)
            or "entity_id" not in table
        ):
            message = "practice.toml: each [[entities]] table has an entity_id, and only settings of an entity"
            raise ConfigurationError(message, fix=f"edit {path}")
        books = _texts("books", table.get("books", ["accrual"]), path)
        month = table.get("fiscal_year_start_month", 1)
        if not books or not set(books) <= set(BOOKS) or not isinstance(month, int) or not 1 <= month <= MONTHS:
            message = "practice.toml: an entity keeps the books accrual, cash or both, and starts in month 1 to 12"
            raise ConfigurationError(message, fix=f"edit {path}")
        found.append(Entity(str(table["entity_id"]), str(table.get("entity_name", "")), month, books))
    if len({entity.entity_id for entity in found}) < len(found):
        message = "practice.toml: two [[entities]] have the same entity_id"
        raise ConfigurationError(message, fix=f"edit {path}")
    return tuple(found)


def _roster(tables: object, path: Path) -> Roster:
    try:
        return Roster(tuple(_approver(table, path) for table in (tables if isinstance(tables, list) else [None])))
    except ValueError as error:
        message = f"practice.toml: {error}"
        raise ConfigurationError(message, fix=f"edit {path}") from None


def _approver(table: object, path: Path) -> Approver:
    if (
        not isinstance(table, dict)
        or not set(table) <= set(Approver.__dataclass_fields__)
        or not {"person", "logins", "limit_amount"} <= set(table)
    ):
        message = "each [[approvers]] table has person, logins and limit_amount, and may have roles and entities"
        raise ValueError(message)
    lists = {name: _texts(name, table.get(name, []), path) for name in ("logins", "roles", "entities")}
    return Approver(str(table["person"]), limit_amount=Decimal(str(table["limit_amount"])), **lists)


def _texts(name: str, value: object, path: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        message = f"practice.toml: {name} is a list of texts"
        raise ConfigurationError(message, fix=f"edit {path}")
    return tuple(value)


@dataclass(frozen=True)
class Home:
    """The folders of one practice. Nothing is created until something is written."""

    root: Path
    key_file: Path
    settings: Settings = field(default_factory=Settings)

    @classmethod
    def locate(cls, root: str | Path | None = None) -> Home:
        """Return the home named by the argument, else ``MEDBOOKS_HOME``, else ``data`` beside the project."""
        folder = Path(root or os.environ.get("MEDBOOKS_HOME") or PROJECT / "data").resolve()
        key_file = Path(os.environ.get("MEDBOOKS_KEY_FILE") or folder / "keys" / "medbooks.key").resolve()
        return cls(folder, key_file, Settings.read(folder / "practice.toml"))

    @property
    def settings_file(self) -> Path:
        """What the practice decides, its approvers among it."""
        return self.root / "practice.toml"

    def require_guarded_settings(self) -> None:
        """Raise ``ConfigurationError`` when others than its owner can write the list of approvers."""
        path = self.settings_file
        if path.exists() and path.stat().st_mode & 0o022:
            message = "practice.toml can be written by others than its owner, so its list of approvers proves nothing"
            raise ConfigurationError(message, fix=f"chmod go-w {path}")

    @property
    def inbox(self) -> Path:
        """Where files are dropped."""
        return self.root / "inbox"

    @property
    def arrivals(self) -> Path:
        """What was taken from inboxes that keep their files, and for as long as a landing lasts what it fetched."""
        return self.root / "arrivals"

    @property
    def layouts(self) -> Path:
        """The practice's own layouts of tables, one TOML file each."""
        return self.root / "layouts"

    @property
    def landed(self) -> Path:
        """Sealed, immutable copies of everything that arrived, named by SHA-256."""
        return self.root / "landed"

    @property
    def remembered(self) -> Path:
        """Sealed lists of what was proposed for which claim, one per run: what the ledger must not know of persons."""
        return self.root / "movements"

    @property
    def lake_file(self) -> Path:
        """The encrypted DuckDB file; a product of the landed files."""
        return self.root / "lake" / "lake.duckdb"

    @property
    def ledger_url(self) -> str:
        """SQLAlchemy URL of the book of record."""
        return os.environ.get("MEDBOOKS_LEDGER_URL") or f"sqlite:///{self.root / 'ledger' / 'ledger.sqlite'}"

    @property
    def outside(self) -> Path:
        """Mappings of accounts, sealed connections and pace of outside general ledgers."""
        return self.root / "gl"

    @property
    def reports(self) -> Path:
        """HTML a person opens."""
        return self.root / "reports"

    @property
    def published(self) -> Path:
        """Copies of the marts for BI tools, without direct identifiers."""
        return self.root / "published"

    @property
    def mlruns(self) -> Path:
        """MLflow's store and artifacts."""
        return self.root / "mlruns"

    @property
    def dagster(self) -> Path:
        """``DAGSTER_HOME``: run history, schedules, sensor cursors."""
        return self.root / "dagster"

    @property
    def dbt_target(self) -> Path:
        """Manifest and compiled SQL of dbt."""
        return self.root / "dbt"

    @cached_property
    def _master_key(self) -> bytes:
        folders = (self.landed, self.remembered, self.outside / "connections")
        sealed = self.lake_file.exists() or any(folder.is_dir() and any(folder.iterdir()) for folder in folders)
        return read_or_create_master_key(self.key_file, may_create=not sealed)

    @property
    def landed_key(self) -> bytes:
        """Data key of the landed files."""
        return derive_key(self._master_key, "landed")

    @property
    def signing_seed(self) -> bytes:
        """Seed of the key that signs heads of the audit chain."""
        return derive_key(self._master_key, "audit-head")

    @property
    def lake_key(self) -> str:
        """Data key of the lake, as the hexadecimal text DuckDB takes."""
        return derive_key(self._master_key, "lake").hex()

    @property
    def connections_key(self) -> bytes:
        """Data key of the permissions to use outside general ledgers."""
        return derive_key(self._master_key, "connections")
