"""``medbooks gl connect`` and ``gl accounts``, from secrets in the environment to a mapping that is checked."""

from __future__ import annotations

import json
import tomllib
from urllib.parse import parse_qs, urlsplit

import pytest
from support.book_examples import DAY, credit, debit, entry
from support.fakes.harness import ACCOUNTS, running
from support.fakes.intacct import PATH
from typer.testing import CliRunner

from orchestration.cli import gl_outside
from orchestration.cli.gl import app
from orchestration.core.errors import ConfigurationError
from orchestration.gl import first_connection
from orchestration.gl.vendors.description import Addresses
from orchestration.stores.home import Home
from orchestration.stores.practice import PracticeStores

CHART = [
    {"account_code": code, "account_name": f"Account {code}", "account_type": "asset"} for code in ACCOUNTS["intacct"]
]
SECRETS = {
    "MEDBOOKS_INTACCT_SENDER_ID": "sender",
    "MEDBOOKS_INTACCT_SENDER_PASSWORD": "senderpass",
    "MEDBOOKS_INTACCT_COMPANY_ID": "clinic-dev",
    "MEDBOOKS_INTACCT_USER_ID": "user",
    "MEDBOOKS_INTACCT_USER_PASSWORD": "pass",
    "MEDBOOKS_XERO_CLIENT_ID": "client",
    "MEDBOOKS_XERO_CLIENT_SECRET": "secret",
}


@pytest.fixture
def stores(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDBOOKS_HOME", str(tmp_path))
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    made = PracticeStores(Home.locate(tmp_path))
    made.ledger.load_accounts(CHART)
    return made


def at(fake, monkeypatch):
    api_url = f"{fake.url}{PATH}" if fake.name == "intacct" else fake.url
    token_url = f"{fake.url}{fake.login_paths[0]}" if fake.login_paths else ""
    where = Addresses("https://vendor.example/authorize", token_url, api_url)
    monkeypatch.setattr(first_connection, "addresses", lambda *_, **__: where)


def medbooks(*arguments):
    done = CliRunner().invoke(app, [*arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_connecting_proves_the_permission_and_fills_in_accounts_of_the_same_number(stores, monkeypatch):
    with running("intacct") as fake:
        at(fake, monkeypatch)
        done = medbooks("connect", "intacct")
        assert "connected to intacct, company clinic-dev" in done.stderr
        written = tomllib.loads((stores.home.outside / "intacct.toml").read_text(encoding="utf-8"))
        assert written == {"tenant_id": "clinic-dev", "accounts": ACCOUNTS["intacct"]}
        checked = medbooks("accounts", "intacct")
        assert (checked.exit_code, checked.stdout) == (0, "all 4 accounts have their place in intacct\n")


def test_an_account_that_has_no_place_yet_stops_the_check(stores, monkeypatch):
    with running("intacct") as fake:
        at(fake, monkeypatch)
        medbooks("connect", "intacct")
        stores.ledger.load_accounts(
            [*CHART, {"account_code": "1999", "account_name": "Suspense", "account_type": "asset"}]
        )
        checked = medbooks("accounts", "intacct", "--json")
        assert checked.exit_code == 3
        findings = json.loads(checked.stdout)["findings"]
        assert [(finding["code"], finding["severity"]) for finding in findings] == [("account_unmapped", "error")]
        assert '"1999" = ""' in medbooks("accounts", "intacct", "--write").stderr


def test_consent_is_stored_for_the_company_it_was_given_for(stores, monkeypatch):
    def browser(asked, *_, **__):
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked.url).query).items()}
        fake.codes["c"] = query["code_challenge"]
        return f"{asked.redirect_uri}?code=c&state={query['state']}"

    with running("xero") as fake:
        at(fake, monkeypatch)
        monkeypatch.setattr(gl_outside, "_browser_answer", browser)
        assert f"company {fake.tenant}" in medbooks("connect", "xero").stderr
        sealed = (stores.home.outside / "connections" / "xero.sealed").read_bytes()
        assert b"secret" not in sealed


@pytest.mark.usefixtures("stores")
def test_a_practice_is_not_moved_to_another_company_by_mistake(monkeypatch):
    with running("intacct") as fake:
        at(fake, monkeypatch)
        medbooks("connect", "intacct")
        fake.company = "another"
        monkeypatch.setenv("MEDBOOKS_INTACCT_COMPANY_ID", "another")
        with pytest.raises(ConfigurationError) as refused:
            medbooks("connect", "intacct")
        assert refused.value.fix == "medbooks gl connect intacct --replace"
        assert "company another" in medbooks("connect", "intacct", "--replace").stderr


def test_import_files_need_a_name_for_every_account_and_no_connection(stores):
    assert medbooks("accounts", "journal_file", "--write").exit_code == 3
    file = stores.home.outside / "journal_file.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('= ""', '= "Bank"'), encoding="utf-8")
    checked = medbooks("accounts", "journal_file")
    assert (checked.exit_code, checked.stderr) == (0, "")


def test_a_vendor_that_cannot_be_opened_keeps_no_other_waiting(stores):
    folder = stores.home.outside
    folder.mkdir(parents=True, exist_ok=True)
    # a mapping came back from a backup, and the connection did not
    (folder / "xero.toml").write_text('tenant_id = "1"\n[accounts]\n', encoding="utf-8")
    names = "\n".join(f'"{code}" = "{code}"' for code in ACCOUNTS["intacct"])
    (folder / "journal_file.toml").write_text(f"[accounts]\n{names}\n", encoding="utf-8")
    entity_id = stores.home.settings.all_entities[0].entity_id
    made = entry(lines=[debit("1200", "7.00"), credit("4900", "7.00")], entity_id=entity_id)
    stores.ledger.post([made], batch_date=DAY, made_by="m", run_id=None, rule_version="v1")
    done = medbooks("post", "--json")
    assert done.exit_code == 1
    xero, files = json.loads(done.stdout)
    assert (xero["stopped_by"], xero["posted"]) == ("not_ready", 0)
    assert xero["findings"][0].endswith("fix it with: medbooks gl connect xero")
    assert (files["stopped_by"], files["posted_amount"]) == ("", "7.00")


def test_a_lost_key_is_said_when_only_connections_were_sealed_with_it(stores, monkeypatch):
    with running("intacct") as fake:
        at(fake, monkeypatch)
        medbooks("connect", "intacct")
    stores.home.key_file.unlink()
    with pytest.raises(ConfigurationError, match="key file is missing"):
        _ = Home.locate(stores.home.root).connections_key
