"""A kind of file is added by one module that declares it and one entry in the registry; everything else follows."""

from __future__ import annotations

import importlib
import json
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import dagster as dg
import pytest
from typer.testing import CliRunner

from orchestration.cli.main import app
from orchestration.defs.ingest.raw import build_conservation_check, build_raw_assets
from orchestration.formats import registry
from orchestration.operations.contents import content_hashes
from orchestration.operations.control import SourceTotals, control_totals
from orchestration.operations.land import LandedCounts, land, register
from orchestration.operations.load import Conservation, conservation, load
from orchestration.operations.quarantine import items
from orchestration.operations.vocabulary import vocabulary
from orchestration.stores.home import Home
from orchestration.stores.inboxes.folder import FolderInbox
from orchestration.stores.practice import PracticeStores

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestration.formats.file_kind import FileKind

# coins of a parking meter: the only kind of file whose module no repository holds
MODULE = '''
"""Coins of parking meters."""

import tomllib
from decimal import Decimal

from orchestration.core.findings import Finding
from orchestration.core.layouts import Layout, common_fields
from orchestration.core.tables import LOADED_AT, Column, RawBatch, Table, files_table, findings_table, lineage
from orchestration.core.words import Words
from orchestration.formats.file_kind import FileKind, NameSign, Sign

TABLES = (
    files_table("raw_meters"),
    findings_table("raw_meters"),
    Table("raw_meters", "coins", "one row per coin", (
        *lineage("line_number", "line"), Column("coin_amount", "amount", "what it is worth"), LOADED_AT,
    )),
)


def read(files, own, _pages):
    batch = RawBatch(TABLES)
    unit = Decimal(next(iter(own.of("meters", Layout).values())).words) if own.of("meters", Layout) else 1
    for file in files:
        lines = file.content.decode().splitlines()[1:]
        good = {place: unit * Decimal(line) for place, line in enumerate(lines, start=2) if line != "button"}
        bad = [Finding("no_coin", "error", "a line is no coin", line_number=place)
               for place in range(2, len(lines) + 2) if place not in good]
        batch.rows["coins"] += [(file.file_id, place, amount, file.landed_at) for place, amount in good.items()]
        batch.add_file(file, profile="meter", record_count=len(lines), in_amount=sum(good.values()), findings=bad)
    return batch


METERS = FileKind(
    name="meters",
    title="Parking meters",
    contents="coins of parking meters",
    signs=(Sign(15, lambda sample: sample.plain.startswith(b"METER")),),
    extensions=frozenset({"coins"}),
    name_signs=(NameSign(5, "parking"),),
    arrival=5,
    load_tables=lambda: TABLES,
    reader=read,
    read_layout=lambda text: Layout(**common_fields(tomllib.loads(text))),
    control="the worth of all coins",
    loaded_amount="select sum(coin_amount) from raw_meters.coins",
    is_booked=True,
    words={"no_coin": Words("A button lies among the coins.", "Take it out and empty the meter again.")},
)
'''
COINS = b"METER 7\n1.00\nbutton\n0.25\n"


@pytest.fixture
def meters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileKind]:
    package = tmp_path / "code" / "parking_meters"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "kind.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(package.parent))
    kind = importlib.import_module("parking_meters.kind").METERS
    monkeypatch.setattr(registry, "KINDS", (*registry.KINDS, kind))
    yield kind
    for name in [name for name in sys.modules if name.startswith("parking_meters")]:
        del sys.modules[name]


@pytest.fixture
def stores(meters: FileKind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PracticeStores:
    monkeypatch.setenv("MEDBOOKS_HOME", str(tmp_path / "home"))
    stores = PracticeStores(Home.locate(tmp_path / "home"))
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "without_a_name").write_bytes(COINS)
    assert land(stores, FolderInbox(inbox, standstill_seconds=0.0)) == LandedCounts(landed=1)
    assert register(stores) == 1
    loaded = load(stores, meters)
    assert (loaded.new_file_count, loaded.row_counts["coins"]) == (1, 2)
    return stores


def test_its_files_are_told_by_content_then_by_name_and_count_in_their_place(meters):
    assert registry.detect_kind("statement.pdf", COINS) == "meters"
    assert registry.detect_kind("x.coins", b"") == "meters"
    assert registry.detect_kind("parking_payroll.csv", b"a,b\n1,2\n") == "meters"
    assert registry.arrival_order("x", COINS) < registry.arrival_order("pprrvu.csv", b"")
    assert registry.kind_named("meters") is meters


def test_its_files_are_loaded_and_no_dollar_is_lost(stores, meters):
    assert conservation(stores, meters) == Conservation(Decimal("1.25"), Decimal("1.25"), Decimal("0.00"))
    assert conservation(stores, meters).holds
    assert load(stores, meters).new_file_count == 0
    assert "raw_meters.coins" in content_hashes(stores)


def test_its_dollars_stand_among_the_control_totals(stores):
    nothing = Decimal(0)
    assert SourceTotals("meters", 1, 0, Decimal("1.25"), nothing, nothing, nothing) in control_totals(stores).sources
    shown = CliRunner().invoke(app, ["status", "--json"])
    assert {row["source"]: row["in_amount"] for row in json.loads(shown.output)["sources"]}["meters"] == "1.25"


def test_what_is_refused_of_it_is_shown_in_its_own_words(stores):
    assert [(item.source, item.where, item.code) for item in items(stores)] == [("meters", "line 3", "no_coin")]
    assert "Take it out and empty the meter again." in CliRunner().invoke(app, ["quarantine", "list"]).output
    assert vocabulary().title("meters") == "Parking meters"
    assert not vocabulary().knows("bank", "no_coin")


def test_a_practice_can_write_layouts_for_it(stores, meters, tmp_path):
    layout = 'kind = "meters"\nname = "dimes"\nwords = "0.10"\n[columns]\ncoin = "Coin"\n'
    stores.home.layouts.mkdir(parents=True, exist_ok=True)
    (stores.home.layouts / "dimes.toml").write_text(layout)
    anew = PracticeStores(stores.home)
    (tmp_path / "inbox" / "dimes.coins").write_bytes(b"METER 8\n3\n")
    land(anew, FolderInbox(tmp_path / "inbox", standstill_seconds=0.0))
    register(anew)
    assert load(anew, meters).in_amount == Decimal("1.55")


def test_it_has_assets_and_a_check_of_its_own(meters):
    assert dg.AssetKey(["raw_meters", "coins"]) in build_raw_assets(meters).keys
    assert {key.asset_key for key in build_conservation_check(meters).check_keys} == {
        dg.AssetKey(["raw_meters", "files"])
    }
