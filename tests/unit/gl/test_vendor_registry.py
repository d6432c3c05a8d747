"""A vendor and an export are one module and one line each: nothing else in the code asks which one it is."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from loopback_ledger import Server
from support.book_examples import CHART, DAY, entry
from support.posting import post
from typer.testing import CliRunner

from orchestration.cli.gl import app
from orchestration.core.errors import ConfigurationError
from orchestration.gl.exports import registry as exports
from orchestration.gl.vendors import registry
from orchestration.gl.vendors.registry import Registration, vendor_named
from orchestration.stores.home import Home
from orchestration.stores.practice import PracticeStores

CODE = Path(registry.__file__).parents[2]
NAMES = frozenset(registry.names())
REGISTRY = Path(registry.__file__)


def names_a_vendor(*nodes):
    """Tell whether an expression or pattern holds a vendor's name, as a text or as a constant of its module."""
    return any(
        (isinstance(found, ast.Constant) and found.value in NAMES)
        or getattr(found, "attr", getattr(found, "id", None)) in {"NAME", *NAMES}
        for node in nodes
        for found in ast.walk(node)
    )


def asks_for_a_vendor(tree):
    """Yield the lines on which code depends on a vendor's name: comparisons, cases, lookups and lists of names."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare():
                parts = [node.left, *node.comparators]
            case ast.match_case():
                parts = [node.pattern]
            case ast.Subscript():
                parts = [node.slice]
            case ast.Dict():
                parts = [key for key in node.keys if key]
            case ast.Call(func=ast.Attribute(attr="get" | "pop")):
                parts = node.args
            case ast.List() | ast.Tuple() | ast.Set():
                parts = node.elts
            case ast.ClassDef():
                # an enumeration of them
                parts = [target for line in node.body if isinstance(line, ast.Assign) for target in line.targets]
            case _:
                continue
        if names_a_vendor(*parts):
            yield node.pattern.lineno if isinstance(node, ast.match_case) else node.lineno


@pytest.mark.parametrize(
    "code",
    [
        'name == "xero"',
        'vendor.name != "xero"',
        "vendor.name == xero.NAME",
        "vendor.name == NAME",
        'name in ("xero", "quickbooks")',
        "vendor is VendorName.xero",
        'match name:\n    case "xero" | "netsuite":\n        pass',
        "match name:\n    case xero.NAME:\n        pass",
        'TITLES["xero"]',
        'TITLES.get("xero")',
        'TITLES = {"xero": 1}',
        "VENDORS = (xero, intacct)",
        'class VendorName:\n    xero = "xero"',
    ],
)
def test_every_way_to_ask_for_a_vendor_is_seen(code):
    assert list(asks_for_a_vendor(ast.parse(code)))


def test_no_code_asks_which_vendor_it_is():
    found = [
        f"{file.relative_to(CODE)}:{line}"
        for file in sorted(CODE.rglob("*.py"))
        if file != REGISTRY
        for line in asks_for_a_vendor(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize("name", registry.names())
def test_a_vendor_is_what_its_registration_says(name):
    vendor = vendor_named(name)
    assert vendor.name == name
    assert (vendor.access is not None) == registry.REGISTERED[name].is_connected


def test_no_vendor_and_no_export_is_loaded_before_it_is_asked_for():
    code = (
        "import sys; import orchestration.cli.gl; print([name for name in sys.modules if 'orchestration.gl.' in name])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(ast.literal_eval(done.stdout))
    modules = {entry.module for entry in registry.REGISTERED.values()}
    modules |= {place.partition(":")[0] for place in exports.REGISTERED.values()}
    assert not loaded & modules


# -- another vendor ---------------------------------------------------------------------------------------------------

# everything about it is here: its limits, its one question, its address, and how it is opened
ACME = '''
"""Acme Books, a vendor of the tests alone: a journal a call, on loopback."""

from loopback_ledger import LoopbackTarget

from orchestration.gl.vendors.description import Addresses, Limits, Question, SecretAccess, Vendor
from orchestration.gl.wire.connections import Connection
from orchestration.gl.wire.pacing import TokenBucket


class AcmeTarget(LoopbackTarget):
    name = "acme"

    def numbered_accounts(self):
        return {code: f"A{code}" for code in CODES}


CODES = CODES_OF_THE_CHART
VENDOR = Vendor(
    name="acme",
    title="Acme Books",
    dimension_fields=frozenset({"cost_centre"}),
    access=SecretAccess(
        (Question("port", "port it listens on"),),
        lambda answers, *, is_sandbox: Addresses(api_url=answers["port"]),
        lambda answers, at: Connection("acme", "clinic", "us", settings={"api_url": at.api_url}),
    ),
    open_target=lambda opening: AcmeTarget(int(opening.api_url())),
    limits=Limits((TokenBucket("minute", 100, 60.0, 10),), places=1),
)
'''


def medbooks(*arguments):
    done = CliRunner().invoke(app, [*arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


@pytest.fixture
def acme(tmp_path, monkeypatch):
    """A vendor in a package of its own, registered, and its stand-in on loopback."""
    package = tmp_path / "vendors_of_a_test"
    package.mkdir()
    (package / "__init__.py").touch()
    codes = [row["account_code"] for row in CHART]
    (package / "acme.py").write_text(ACME.replace("CODES_OF_THE_CHART", repr(codes)), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(registry.REGISTERED, "acme", Registration("vendors_of_a_test.acme"))
    server = Server(0.0, 1, has_keys=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    monkeypatch.setenv("MEDBOOKS_ACME_PORT", str(server.server_address[1]))
    yield server
    server.shutdown()
    server.server_close()
    sys.modules.pop("vendors_of_a_test.acme", None)
    sys.modules.pop("vendors_of_a_test", None)


@pytest.fixture
def stores(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDBOOKS_HOME", str(tmp_path / "home"))
    made = PracticeStores(Home.locate(tmp_path / "home"))
    made.ledger.load_accounts(CHART)
    entity_id = made.home.settings.all_entities[0].entity_id
    post(made.ledger, entry("ehr:1", entity_id=entity_id), entry("ehr:2", entity_id=entity_id))
    return made


def test_a_new_vendor_is_a_module_and_its_registration_and_every_command_knows_it(stores, acme):
    assert "connected to acme, company clinic" in medbooks("connect", "acme").stderr
    checked = medbooks("accounts", "acme")
    assert (checked.exit_code, checked.stdout) == (0, f"all {len(CHART)} accounts have their place in acme\n")
    (row,) = json.loads(medbooks("post", "--json").stdout)
    assert (row["target"], row["posted"], row["posted_amount"], row["stopped_by"]) == ("acme", 2, "200.00", "")
    assert [line[0] for line in acme.journals[0]["lines"]] == ["A1200", "A4000-EM"]
    assert json.loads(medbooks("post", "acme", "--json").stdout)[0]["posted"] == 0
    agreed = medbooks("reconcile", "acme", "--from", f"{DAY}", "--to", f"{DAY}")
    assert (agreed.exit_code, "2 entries agree line by line, 0 differences" in agreed.stderr) == (0, True)
    assert stores.ledger.verify_audit() == stores.ledger.verify_books() == []


@pytest.mark.usefixtures("acme")
def test_a_new_vendor_has_its_own_limits_and_fields(stores):
    medbooks("connect", "acme")
    file = stores.home.outside / "acme.toml"
    text = file.read_text(encoding="utf-8")
    for field, is_known in (("cost_centre", True), ("ClassRef", False)):
        file.write_text(f'{text}[dimensions.payer_class]\nfield = "{field}"\notherwise = "1"\n', encoding="utf-8")
        if is_known:
            assert medbooks("accounts", "acme").exit_code == 0
        else:
            with pytest.raises(ConfigurationError, match="cost_centre"):
                medbooks("accounts", "acme")


@pytest.mark.usefixtures("stores")
def test_a_new_export_is_a_module_and_its_registration(tmp_path, monkeypatch):
    text = "def export(accounts, entries):\n    return f'{len(list(entries))} entries\\n'\n"
    (tmp_path / "export_of_a_test.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(exports.REGISTERED, "counted", "export_of_a_test:export")
    assert medbooks("export", "--format", "counted").stdout == "2 entries\n"
    assert "counted" in medbooks("export", "--help").stdout


@pytest.mark.parametrize(("verb", "offered"), [("connect", registry.names_to_connect), ("accounts", registry.names)])
def test_a_name_that_is_not_registered_is_refused_with_those_that_are(verb, offered):
    done = CliRunner().invoke(app, [verb, "nonsense"], env={"COLUMNS": "200"})
    assert done.exit_code == 2
    assert all(name in done.stderr for name in offered())
