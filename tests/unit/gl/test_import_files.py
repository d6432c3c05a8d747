"""Files that another accounting program imports: every journal in exactly one of them, and readable again."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import errno
import io
import threading
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.fakes.harness import FastClock, journal

from orchestration.core.errors import ConfigurationError
from orchestration.gl.answers import same_journal
from orchestration.gl.opening import open_target
from orchestration.gl.port import TargetRefusal, TargetUnavailable, TargetUncertain
from orchestration.gl.vendors import import_files

DAYS = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@pytest.fixture(params=["csv", "iif"])
def form(request):
    return request.param


@pytest.fixture
def opened(tmp_path, form):
    (tmp_path / "journal_file.toml").write_text(
        f'[settings]\nformat = "{form}"\n[dimensions.payer_class]\nfield = "CLASS"\n'
        '[dimensions.payer_class.values]\nmedicare = "MCR"\n',
        encoding="utf-8",
    )
    clock = FastClock()

    def target():
        clock.sleep(1)
        return open_target("journal_file", tmp_path, b"", timing=clock.timing)

    return target


def request(number, **changes):
    return dataclasses.replace(journal("xero", number), **changes)


def files(tmp_path):
    return sorted(path for path in (tmp_path / "journal_file").iterdir() if not path.name.startswith("."))


def test_a_round_is_one_file_that_holds_every_journal_once(opened, tmp_path):
    target = opened()
    requests = [request(number) for number in range(4)]
    receipts = [target.post(one) for one in requests]
    assert [receipt.total_amount for receipt in receipts] == [one.total_amount for one in requests]
    assert [target.post(one) for one in requests] == receipts
    assert len(files(tmp_path)) == 1
    pulled = list(opened().pull(*DAYS))
    assert all(same_journal(one, entry) for one, entry in zip(requests, pulled, strict=True))


def test_the_next_round_begins_a_new_file_and_knows_the_ones_before(opened, tmp_path):
    first = opened().post(request(1))
    later = opened()
    assert later.find(first.reference) == first
    assert later.post(request(1)) == first
    later.post(request(2))
    assert len(files(tmp_path)) == 2


def test_a_file_that_was_imported_and_moved_still_counts(opened, tmp_path):
    receipt = opened().post(request(1))
    (file,) = files(tmp_path)
    (file.parent / "imported").mkdir()
    file.rename(file.parent / "imported" / file.name)
    assert opened().post(request(1)) == receipt


def test_another_body_under_a_reference_is_refused(opened):
    target = opened()
    target.post(request(1))
    with pytest.raises(TargetRefusal) as refusal:
        target.post(dataclasses.replace(journal("xero", 1, cents=5), entry_date=dt.date(2026, 5, 5)))
    assert refusal.value.code == "other_body"


def test_two_posters_at_once_write_every_journal_once(opened):
    targets = [opened(), opened()]

    def work(target):
        for number in range(25):
            target.post(request(number))

    workers = [threading.Thread(target=work, args=(target,)) for target in targets]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    references = [entry.reference for entry in opened().pull(*DAYS)]
    assert sorted(references) == sorted({request(number).reference for number in range(25)})


def test_a_kill_while_a_file_is_replaced_leaves_the_one_before(opened, tmp_path, monkeypatch):
    target = opened()
    target.post(request(1))
    (file,) = files(tmp_path)
    before = file.read_bytes()

    def killed(*_):
        raise OSError(5, "gone")

    monkeypatch.setattr("orchestration.gl.vendors.import_files.os.fsync", killed)
    with pytest.raises(TargetUnavailable):
        target.post(request(2))
    monkeypatch.undo()
    assert file.read_bytes() == before
    assert opened().find(request(2).reference) is None


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), max_size=20)


def test_a_disk_that_does_not_confirm_leaves_it_open_whether_the_journal_stands(opened, monkeypatch):
    answers = iter([None, full_disk(), full_disk()])

    def confirm(_descriptor):
        if (failure := next(answers)) is not None:
            raise failure

    monkeypatch.setattr(import_files.os, "fsync", confirm)
    # the file was replaced and its folder not yet: after a power cut either may be there
    with pytest.raises(TargetUncertain):
        opened().post(request(1))
    # nothing was replaced
    with pytest.raises(TargetUnavailable):
        opened().post(request(2))
    assert opened().find(request(1).reference).total_amount == request(1).total_amount
    assert opened().find(request(2).reference) is None


def full_disk():
    return OSError(errno.ENOSPC, "no space left on device")


@settings(max_examples=40, deadline=None)
@given(TEXTS, TEXTS)
def test_no_text_becomes_a_cell_of_its_own_or_a_formula(tmp_path_factory, account, memo):
    folder = tmp_path_factory.mktemp("gl")
    (folder / "journal_file.toml").write_text("", encoding="utf-8")
    one = request(1)
    account = f"={account.strip()}"
    lines = tuple(dataclasses.replace(line, account=account) for line in one.lines)
    one = dataclasses.replace(one, memo=memo, lines=lines)
    target = open_target("journal_file", folder, b"")
    target.post(one)
    (file,) = (folder / "journal_file").glob("journal-*")
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert {row["account"] for row in rows} == {f"'{account}"}
    assert sum(Decimal(row["debit_amount"]) - Decimal(row["credit_amount"]) for row in rows) == 0
    (entry,) = target.pull(*DAYS)
    assert {line.account for line in entry.lines} == {account}


def test_an_iif_transaction_adds_up_to_zero_between_its_marks(tmp_path):
    (tmp_path / "journal_file.toml").write_text('[settings]\nformat = "iif"\n', encoding="utf-8")
    target = open_target("journal_file", tmp_path, b"")
    target.post(request(1))
    target.post(request(2))
    (file,) = files(tmp_path)
    rows = [line.split("\t") for line in file.read_bytes().decode().split("\r\n")]
    assert [row[0] for row in rows[:3]] == ["!TRNS", "!SPL", "!ENDTRNS"]
    assert [row[0] for row in rows[3:-1]] == ["TRNS", "SPL", "SPL", "ENDTRNS"] * 2
    assert sum(Decimal(row[5]) for row in rows if row[0] in {"TRNS", "SPL"}) == 0


def test_an_unknown_format_is_a_setting_to_mend(tmp_path):
    (tmp_path / "journal_file.toml").write_text('[settings]\nformat = "xls"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError):
        open_target("journal_file", tmp_path, b"")


def test_an_account_without_a_name_in_the_other_program_is_a_finding(opened):
    assert [finding.code for finding in opened().check_accounts({"1010": "Bank", "1200": ""})] == ["account_unmapped"]
