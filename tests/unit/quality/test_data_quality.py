"""The three quality gates: every rule can fail, nothing of a row gets out, and the pages need nobody."""

import datetime as dt
import logging
import re
import socket
import sys
from collections.abc import Callable
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from support.browser import browser, watched

from orchestration.core.errors import BooksError, ConfigurationError
from orchestration.quality import evaluation as data_quality
from orchestration.quality.columns import COLUMNS, cents, checked_columns
from orchestration.quality.evaluation import validate
from orchestration.quality.pages import RUNS_KEPT, GatePages, GateResult, write_data_docs
from orchestration.quality.rules import GATES, gate_rules
from orchestration.stores.seeds import chart

AS_OF = dt.datetime(2026, 7, 20, 18, tzinfo=dt.UTC)
ROWS = 40
ZERO, HUNDRED = Decimal("0.00"), Decimal("100.00")
CHART = chart()


def remittances() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "disposition": ["proposed"] * ROWS,
            "posting_date": [dt.date(2026, 7, 10)] * ROWS,
            "service_date": [dt.date(2026, 6, 20)] * ROWS,
            "payer_class": ["medicare", "commercial"] * (ROWS // 2),
            "claim_status_code": ["1"] * ROWS,
            "rendering_provider_id": ["1234567893"] * ROWS,
            "charged_amount": [HUNDRED] * ROWS,
            "allowed_amount": [Decimal("70.00"), None] * (ROWS // 2),
            "paid_amount": [Decimal("49.99")] * ROWS,
            "contractual_amount": [Decimal("30.01")] * ROWS,
            "capitation_amount": [ZERO] * ROWS,
            "sequestration_amount": [ZERO] * ROWS,
            "patient_amount": [Decimal("20.00")] * ROWS,
            "denied_amount": [ZERO] * ROWS,
            "coordination_amount": [ZERO] * ROWS,
            "unknown_amount": [ZERO] * ROWS,
            "is_reversal": [False] * ROWS,
            "is_denied": [False] * ROWS,
        }
    )


def charges() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "disposition": ["proposed"] * ROWS,
            "hold_reason": [None] * ROWS,
            "posting_date": [dt.date(2026, 7, 10)] * ROWS,
            "service_date": [dt.date(2026, 7, 9)] * ROWS,
            "payer_class": ["medicare"] * ROWS,
            "rendering_provider_id": ["1234567893"] * ROWS,
            "code_system": ["CPT", "SNOMED"] * (ROWS // 2),
            "procedure_code": ["99213", "185349003"] * (ROWS // 2),
            "category_code": ["office_visits"] * ROWS,
            "diagnosis_codes": ["E11.9"] * ROWS,
            "charged_units": [Decimal("1.0000")] * ROWS,
            "charged_amount": [HUNDRED, -HUNDRED] * (ROWS // 2),
            "professional_amount": [Decimal("60.00"), Decimal("-60.00")] * (ROWS // 2),
            "account_code": ["4000-01", None] * (ROWS // 2),
            "professional_account_code": [None, "4000-02P"] * (ROWS // 2),
            "technical_account_code": [None, "4000-02T"] * (ROWS // 2),
        }
    ).assign(charged_amount=HUNDRED, professional_amount=Decimal("60.00"))


def journal_batch() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "event_id": [f"event-{line // 2}" for line in range(ROWS)],
            "entry_date": [dt.date(2026, 7, 10)] * ROWS,
            "rule_id": ["R01"] * ROWS,
            "account_code": ["1200", "4000-01"] * (ROWS // 2),
            "debit_amount": [HUNDRED, ZERO] * (ROWS // 2),
            "credit_amount": [ZERO, HUNDRED] * (ROWS // 2),
            "provider_id": ["1234567893"] * ROWS,
        }
    )


SOUND: dict[str, Callable[[], pd.DataFrame]] = {
    "remittances": remittances,
    "charges": charges,
    "journal_batch": journal_batch,
}


def sound_gates() -> dict[str, pd.DataFrame]:
    return {gate: rows() for gate, rows in SOUND.items()}


def failing_gates() -> dict[str, pd.DataFrame]:
    gates = sound_gates()
    gates["remittances"].loc[3, "charged_amount"] = Decimal("987.65")
    gates["remittances"]["unknown_amount"] = Decimal("1.00")
    gates["charges"]["category_code"] = None
    gates["journal_batch"].loc[0, "account_code"] = "9999"
    return gates


# what each rule is there to catch; a list is for the first rows, the other rows stay sound
BROKEN = {
    "remittances": {
        "charge_splits_whole": {"charged_amount": [Decimal("100.01")]},
        "posting_date_known": {"posting_date": [None]},
        "posting_date_plausible": {"posting_date": [dt.date(2062, 7, 10)]},
        "payer_class_known": {"payer_class": ["unheard_of"]},
        "payer_class_mapped": {"payer_class": "other"},
        "denied_amount_not_negative": {"denied_amount": Decimal("-1.00"), "charged_amount": Decimal("99.00")},
        "adjustment_codes_known": {"unknown_amount": Decimal("1.00"), "charged_amount": Decimal("101.00")},
        "provider_known": {"rendering_provider_id": None},
        "paid_within_charge": {
            "paid_amount": Decimal("149.99"),
            "allowed_amount": None,
            "contractual_amount": Decimal("-69.99"),
        },
        "paid_within_allowed": {"allowed_amount": Decimal("49.98")},
        "service_before_payment": {"service_date": dt.date(2026, 7, 11)},
        "claim_status_known": {"claim_status_code": "99"},
        "denials_in_usual_range": {"is_denied": True},
        "little_is_held": {"disposition": "held"},
    },
    "charges": {
        "revenue_account_known": {"account_code": [None]},
        "component_within_charge": {"professional_amount": [Decimal("100.01")]},
        "posting_date_plausible": {
            "posting_date": [dt.date(1926, 7, 10)],
            "service_date": [dt.date(1926, 7, 9)],
        },
        "charge_plausible": {"charged_amount": Decimal("100000.01")},
        "units_positive": {"charged_units": Decimal("0.0000")},
        "service_before_posting": {"service_date": dt.date(2026, 7, 11)},
        "charged_soon": {"service_date": dt.date(2026, 6, 9)},
        "category_known": {"category_code": None},
        "procedure_code_whole": {"procedure_code": "9921"},
        "payer_known": {"payer_class": "unclassified"},
        "provider_known": {"rendering_provider_id": ""},
        "diagnosis_present": {"diagnosis_codes": None},
        "few_arrive_twice": {"hold_reason": "duplicate_transaction"},
    },
    "journal_batch": {
        "entries_balance": {"debit_amount": [Decimal("100.01")]},
        "debit_not_negative": {"debit_amount": [-HUNDRED, HUNDRED], "credit_amount": [-HUNDRED, HUNDRED]},
        "credit_not_negative": {"debit_amount": [-HUNDRED, HUNDRED], "credit_amount": [-HUNDRED, HUNDRED]},
        "one_side_each": {"debit_amount": [ZERO], "credit_amount": [ZERO, ZERO]},
        "accounts_in_chart": {"account_code": ["9999"]},
        "account_named": {"account_code": [None]},
        "rules_documented": {"rule_id": ["R99"]},
        "entry_dated": {"entry_date": [None, None]},
        "one_date_per_entry": {"entry_date": [dt.date(2026, 7, 9)]},
        "entry_date_plausible": {"entry_date": dt.date(2020, 7, 10)},
        "amounts_plausible": {
            "debit_amount": [Decimal("1000000.01"), ZERO],
            "credit_amount": [ZERO, Decimal("1000000.01")],
        },
        "little_in_suspense": {"account_code": "1999"},
        "service_revenue_has_provider": {"provider_id": None},
    },
}
# one mistake that two rules see
ALSO = {
    ("journal_batch", "debit_not_negative"): {"credit_not_negative", "one_side_each"},
    ("journal_batch", "credit_not_negative"): {"debit_not_negative", "one_side_each"},
    ("journal_batch", "entry_dated"): {"one_date_per_entry"},
}
CASES = [(gate, name) for gate, names in BROKEN.items() for name in names]


def failed_rules(gate: str, rows: pd.DataFrame) -> set[str]:
    rules = gate_rules(CHART)
    ((_, validation),) = data_quality._validations({gate: rows}, rules, "run", AS_OF)
    return set(data_quality._failed_names(validation))


@pytest.mark.parametrize("gate", GATES)
def test_a_sound_batch_fails_no_rule(gate):
    assert failed_rules(gate, SOUND[gate]()) == set()


@pytest.mark.parametrize(("gate", "name"), CASES, ids=[":".join(case) for case in CASES])
def test_a_rule_fails_on_what_it_is_there_for(gate, name):
    rows = SOUND[gate]()
    for column, value in BROKEN[gate][name].items():
        kept = rows[column].astype(object).tolist()
        rows[column] = value + kept[len(value) :] if isinstance(value, list) else [value] * ROWS
    assert failed_rules(gate, rows) == {name} | ALSO.get((gate, name), set())


def test_every_rule_is_proved_by_a_failure():
    assert {gate: [rule.name for rule in rules] for gate, rules in gate_rules(CHART).items()} == {
        gate: list(names) for gate, names in BROKEN.items()
    }


def test_held_lines_block_nothing_because_they_are_not_posted():
    rows = remittances()
    rows.loc[0, "disposition"] = "held"
    rows.loc[0, "charged_amount"] = Decimal("555.55")
    rows.loc[0, "posting_date"] = None
    assert failed_rules("remittances", rows) == set()


def test_a_charge_without_an_amount_blocks_only_when_it_is_to_be_posted():
    rows = charges()
    rows.loc[0, ["charged_amount", "professional_amount"]] = None
    assert failed_rules("charges", rows) == {"component_within_charge"}
    rows.loc[0, ["disposition", "hold_reason"]] = ["held", "missing_amount"]
    assert failed_rules("charges", rows) == set()


def test_cents_are_exact_for_decimals_and_rounded_for_the_floats_of_a_database_driver():
    assert cents(pd.Series([Decimal("90071992547409.93"), None])).tolist() == [9007199254740993, pd.NA]
    assert cents(pd.Series([0.29, float("nan")])).tolist() == [29, pd.NA]
    with pytest.raises(ValueError, match="fraction of a cent"):
        cents(pd.Series([Decimal("0.005")]))


def test_a_year_beyond_nanoseconds_is_a_failed_rule_and_no_error():
    rows = journal_batch()
    rows["entry_date"] = [dt.date(1, 1, 1), dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.date(9999, 12, 31)] * 10
    assert failed_rules("journal_batch", rows) == {"entry_date_plausible"}


def test_only_the_columns_the_rules_name_are_handed_to_the_library():
    for gate, rules in gate_rules(CHART).items():
        named = {
            str(rule.kwargs[key]) for rule in rules for key in ("column", "column_A", "column_B") if key in rule.kwargs
        }
        assert set(checked_columns(gate, SOUND[gate](), AS_OF.date()).columns) == named


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return validate(sound_gates(), docs_folder=tmp_path_factory.mktemp("sound"), run_name="daily", as_of=AS_OF)


@pytest.fixture(scope="module")
def failing(tmp_path_factory):
    return validate(
        failing_gates(),
        docs_folder=tmp_path_factory.mktemp("failing"),
        run_name="evening <b>run</b>",
        as_of=AS_OF,
        at_stake_amounts={"remittances": Decimal("1234567.80")},
    )


def test_a_sound_batch_is_ready_to_post(sound):
    assert sound.success
    assert [result.evaluated_count for result in sound.gates.values()] == [ROWS] * 3
    page = sound.docs_index.read_text(encoding="utf-8")
    assert "Ready to post" in page
    assert "Not ready" not in page


def test_a_failed_batch_says_what_failed_what_it_means_and_who_does_what(failing):
    assert not failing.success
    remitted, charged, entries = failing.gates.values()
    assert [rule.name for rule in remitted.failed] == ["charge_splits_whole", "adjustment_codes_known"]
    assert (remitted.success, charged.success, entries.success) == (False, True, False)
    assert [(rule.name, rule.severity) for rule in charged.failed] == [("category_known", "warning")]
    page = failing.docs_index.read_text(encoding="utf-8")
    assert "Not ready to post" in page
    assert "$1,234,567.80 at stake" in page
    for result in failing.gates.values():
        for rule in result.failed:
            for words in (f"Does not hold: {rule.words}", rule.meaning, rule.what_to_do, rule.owner):
                assert words.replace("'", "&#39;") in page


def test_a_warning_alone_does_not_keep_a_batch_from_being_posted(tmp_path):
    gates = sound_gates() | {"charges": charges().assign(diagnosis_codes=None)}
    result = validate(gates, docs_folder=tmp_path, run_name="daily", as_of=AS_OF)
    assert result.success
    assert [rule.name for rule in result.gates["charges"].failed] == ["diagnosis_present"]
    page = result.docs_index.read_text(encoding="utf-8")
    assert "Ready to post" in page
    assert "1 more needs a look" in page


def test_the_pages_of_every_gate_carry_its_rules_in_words(failing):
    docs = failing.docs_index.parent
    for gate, result in failing.gates.items():
        (outcome,) = docs.glob(f"gx/runs/*/{gate}.html")
        for page in (outcome, docs / "gx" / "expectations" / f"{gate}.html"):
            text = page.read_text(encoding="utf-8")
            assert [rule.words for rule in result.rules if rule.words not in text] == []


def test_gates_without_rows_pass_with_a_note_and_load_nothing(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "great_expectations", None)
    result = validate(
        {gate: rows.iloc[:0] for gate, rows in sound_gates().items()},
        docs_folder=tmp_path,
        run_name="holiday",
        as_of=AS_OF,
    )
    assert result.success
    assert all(gate.note for gate in result.gates.values())
    assert "Nothing arrived at this gate" in result.docs_index.read_text(encoding="utf-8")


def test_one_gate_without_rows_leaves_the_others_checked(tmp_path):
    gates = failing_gates() | {"journal_batch": pd.DataFrame()}
    result = validate(gates, docs_folder=tmp_path, run_name="daily", as_of=AS_OF)
    assert not result.success
    assert result.gates["journal_batch"].success
    assert not list(tmp_path.glob("gx/runs/*/journal_batch.html"))


@pytest.mark.parametrize("gates", [{}, {"charges": charges()}, {**sound_gates(), "payroll": pd.DataFrame()}])
def test_a_gate_too_few_or_too_many_is_refused(tmp_path, gates):
    with pytest.raises(ConfigurationError, match="exactly the gates"):
        validate(gates, docs_folder=tmp_path, run_name="daily", as_of=AS_OF)


def test_a_missing_column_is_named(tmp_path):
    gates = sound_gates() | {"charges": charges().drop(columns=["charged_units"])}
    with pytest.raises(ConfigurationError, match="charged_units"):
        validate(gates, docs_folder=tmp_path, run_name="daily", as_of=AS_OF)


def planted_gates() -> dict[str, pd.DataFrame]:
    gates = sound_gates()
    for gate, rows in gates.items():
        for column in COLUMNS[gate]:
            if column.endswith("_amount"):
                rows[column] = Decimal("-31415926.53")
            elif column.endswith("_date"):
                rows[column] = dt.date(1927, 3, 14)
            elif column not in {"disposition", "code_system", "charged_units", "is_reversal", "is_denied"}:
                rows[column] = f"CANARY-{column}"
        rows["patient_last_name"] = "CANARY-name"
    return gates


def leaks(docs: Path, *said: str) -> set[bytes]:
    written = [path.read_bytes() for path in docs.rglob("*") if path.is_file()] + [text.encode() for text in said]
    # texts, amounts, their cents, a date and its age in days
    planted = (b"CANARY", b"31415926", b"31,415,926", b"1927", str((AS_OF.date() - dt.date(1927, 3, 14)).days).encode())
    return {value for value in planted if any(value in content for content in written)}


def test_no_value_of_a_row_gets_into_a_page_a_file_a_log_or_the_terminal(tmp_path, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    result = validate(planted_gates(), docs_folder=tmp_path, run_name="daily", as_of=AS_OF)
    assert min(len(gate.failed) for gate in result.gates.values()) >= 4
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 8
    said = capfd.readouterr()
    assert leaks(tmp_path, caplog.text, said.out, said.err) == set()


def test_the_planted_values_would_be_found_if_results_held_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(data_quality, "_RESULT_FORMAT", "SUMMARY")
    validate(planted_gates(), docs_folder=tmp_path, run_name="daily", as_of=AS_OF)
    assert b"CANARY" in leaks(tmp_path)
    assert b"31415926" in leaks(tmp_path)


def test_an_error_does_not_quote_the_row_it_choked_on(tmp_path):
    gates = sound_gates() | {"charges": charges().assign(charged_units="CANARY")}
    with pytest.raises(BooksError) as caught:
        validate(gates, docs_folder=tmp_path, run_name="daily", as_of=AS_OF)
    assert "CANARY" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert not list(tmp_path.rglob("*.html"))


def test_a_rule_that_breaks_counts_neither_as_passed_nor_as_failed(monkeypatch, tmp_path):
    columns = checked_columns
    monkeypatch.setattr(
        "orchestration.quality.columns.checked_columns",
        lambda *given: columns(*given).drop(columns=["payer_class"], errors="ignore"),
    )
    with pytest.raises(BooksError, match="payer_class_known could not be evaluated"):
        validate(sound_gates(), docs_folder=tmp_path, run_name="daily", as_of=AS_OF)


def test_nobody_is_called(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(socket.socket, "connect", lambda *_: calls.append("connect"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: calls.append("getaddrinfo") or [])
    validate(sound_gates(), docs_folder=tmp_path, run_name="daily", as_of=AS_OF)
    assert calls == []


class _References(HTMLParser):
    """Collects what a page names elsewhere: every src and href, every script."""

    def __init__(self) -> None:
        super().__init__()
        self.named: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script" or any(name.startswith("on") for name, _ in attrs)
        self.named += [value for name, value in attrs if name in {"src", "href", "srcset", "data"} and value]


def test_every_page_stands_alone_and_every_link_leads_somewhere(failing):
    pages = sorted(failing.docs_index.parent.rglob("*.html"))
    assert len(pages) == 7
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"https?:|url\(|@import|<b>run", text)
        found = _References()
        found.feed(text)
        assert found.scripts == 0
        for name in found.named:
            target = name.partition("#")[0]
            assert name == "data:," or not target or (page.parent / target).resolve().is_file()


def test_the_last_ten_runs_are_kept_and_a_repeated_run_replaces_itself(tmp_path):
    results = {gate: GateResult(gate, 5, rules, rules[:1]) for gate, rules in gate_rules(CHART).items()}
    pages = {gate: GatePages("<p>outcome</p>", "<p>rules</p>") for gate in GATES}
    for day in [*range(1, RUNS_KEPT + 4), RUNS_KEPT + 3]:
        as_of = dt.datetime(2026, 7, day, tzinfo=dt.UTC)
        index = write_data_docs(tmp_path, results, pages, run_name=f"day {day}", as_of=as_of)
    kept = sorted(path.name for path in tmp_path.glob("gx/runs/*"))
    assert len(kept) == RUNS_KEPT
    assert kept[0] == "20260704T000000-day-4"
    assert len(re.findall(r"<td>day \d+</td>", index.read_text(encoding="utf-8"))) == RUNS_KEPT


def test_a_history_that_cannot_be_read_starts_anew(tmp_path):
    (tmp_path / "history.json").write_text("[{", encoding="utf-8")
    results = {gate: GateResult(gate, 0, rules, ()) for gate, rules in gate_rules(CHART).items()}
    assert write_data_docs(tmp_path, results, {}, run_name="daily", as_of=AS_OF).is_file()


@pytest.mark.browser
def test_the_pages_open_in_a_browser_without_network_or_complaint(failing, chromium):
    with browser(chromium) as started:
        page = started.new_context(offline=True).new_page()
        complaints, requested = watched(page)
        for path in sorted(failing.docs_index.parent.rglob("*.html")):
            page.goto(path.as_uri())
            assert page.locator(".bar").is_visible()
        page.goto(failing.docs_index.as_uri())
        page.click("text=Great Expectations' page of this gate >> nth=0")
        held = page.locator("tr", has_text="The payer pays no more than it allows")
        assert held.is_visible()
        page.check("#failed-only")
        assert not held.is_visible()
        assert page.locator("tr", has_text="add up to the charge").is_visible()
    assert complaints == []
    assert {url.partition(":")[0] for url in requested} <= {"file", "data"}
