import dataclasses
import re
import subprocess
import sys
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from made_up_report import (
    AS_OF,
    HELD,
    SOURCES,
    TODAY,
    a_report,
    denial_rows,
    denial_work,
    dso_rows,
    forecast,
    trial_balance,
)
from support.browser import browser, watched

from orchestration.operations.vocabulary import vocabulary
from orchestration.reporting.data import AgreementRow, ReportData
from orchestration.reporting.measures import books
from orchestration.reporting.numerals import dollars
from orchestration.reporting.report import render

EMPTY = ReportData("New practice", TODAY, None, vocabulary())
SMUGGLED = '<script>alert("1")</script>'
VOID = {"meta", "link"}


class Outline(HTMLParser):
    """Which elements stand open, so that a page that is not well formed is found."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        self.ids += [value for name, value in attrs if name == "id"]
        self.links += [value for name, value in attrs if name == "href"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open, tag
        assert self.open.pop() == tag


def outline(page: str) -> Outline:
    parsed = Outline()
    parsed.feed(page)
    parsed.close()
    assert not parsed.open
    return parsed


def without(name: str) -> ReportData:
    """The made-up report with one of its pieces missing."""
    return dataclasses.replace(a_report(), **{name: getattr(EMPTY, name)})


def test_the_page_names_no_address_and_loads_and_runs_nothing():
    page = render(a_report())
    assert not re.findall(r"https?://(?!www\.w3\.org/)", page)
    assert not re.search(r"(?:src|srcset)=|@import|url\(", page)
    assert not outline(page).seen & {"script", "iframe", "img", "object", "embed", "form"}


def test_the_page_is_light_enough_to_be_mailed():
    assert len(render(a_report()).encode()) < 300_000


def test_the_page_is_well_formed_and_its_links_lead_somewhere():
    parsed = outline(render(a_report()))
    assert len(parsed.ids) == len(set(parsed.ids))
    assert {link[1:] for link in parsed.links if link.startswith("#")} <= set(parsed.ids)


def test_the_same_data_gives_the_same_bytes():
    assert render(a_report()) == render(a_report())


def test_a_payer_name_cannot_smuggle_markup_in():
    worklist = denial_work()
    report = a_report(
        practice_name=SMUGGLED,
        dso_by_payer_monthly=tuple(dataclasses.replace(row, payer_name=SMUGGLED) for row in dso_rows()),
        denial_rate_monthly=tuple(dataclasses.replace(row, payer_name=SMUGGLED) for row in denial_rows()),
        denial_work=dataclasses.replace(
            worklist, rows=tuple(dataclasses.replace(row, payer_name=SMUGGLED) for row in worklist.rows)
        ),
    )
    page = render(report)
    assert "<script" not in page
    assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;" in page
    outline(page)


def test_every_control_total_is_shown_to_the_cent():
    page = render(a_report())
    for row in SOURCES:
        for amount in (row.in_amount, row.posted_amount, row.held_amount, row.quarantined_amount):
            assert dollars(amount) in page
    for name in ("in_amount", "posted_amount", "held_amount", "quarantined_amount"):
        assert dollars(sum((getattr(row, name) for row in SOURCES), Decimal(0))) in page
    for agreement in a_report().agreements:
        assert dollars(agreement.left_amount) in page
        assert agreement.sentence in page


def test_every_hold_reason_is_explained_with_its_amount():
    page = render(a_report())
    for row in HELD:
        meaning, action = vocabulary().reason(row.source, row.hold_reason)
        assert meaning in page
        assert action in page
        assert dollars(row.held_amount) in page


def test_a_practice_without_any_file_gets_sentences():
    page = render(EMPTY)
    outline(page)
    assert "Nothing has been loaded yet" in page
    assert "<svg" not in page
    assert "In short" not in page


@pytest.mark.parametrize(
    "name", [f.name for f in dataclasses.fields(ReportData) if f.name not in {"practice_name", "generated_on"}]
)
def test_any_one_piece_may_be_missing(name):
    outline(render(without(name)))


def test_bank_history_without_a_forecast_is_shown_as_it_is():
    page = render(without("cash_forecast"))
    assert "does not allow a forecast yet" in page


def test_a_forecast_without_bank_history_or_payroll_is_drawn():
    page = render(a_report(cash_daily=(), cash_forecast=forecast(payroll=0)))
    assert "No payroll is known" in page
    assert "Balance at the bank" in page


def test_books_that_balance_with_nothing_waiting_are_ready():
    clean = tuple(
        dataclasses.replace(
            row,
            in_amount=row.posted_amount,
            held_amount=Decimal("0.00"),
            quarantined_amount=Decimal("0.00"),
            quarantined_files=0,
        )
        for row in SOURCES
    )
    assert "Ready: the books balance" in render(a_report(sources=clean, held=()))


def test_what_is_held_does_not_make_the_books_wrong():
    page = render(a_report())
    assert "Ready, with 15 items waiting" in page
    assert "Not ready" not in page


def test_a_lost_cent_is_not_ready_and_says_how_much():
    lost = dataclasses.replace(SOURCES[0], posted_amount=SOURCES[0].posted_amount - Decimal("0.01"))
    page = render(a_report(sources=(lost, *SOURCES[1:])))
    assert "Not ready" in page
    assert "$0.01 that came in cannot be accounted for" in page


def test_sums_that_differ_are_not_ready():
    apart = AgreementRow("The two are one.", "left", Decimal("2.00"), "right", Decimal("1.00"))
    page = render(a_report(agreements=(apart,)))
    assert "Not ready" in page
    assert "1 control total does not agree" in page


def test_the_entries_are_shown_with_what_was_posted_and_not_with_net_balances():
    measure = books(a_report())
    assert "$33,120,378 each side" in render(a_report())
    assert dict(measure.parts) == {"Debits": "$33,120,377.94", "Credits": "$33,120,377.94"}


def test_a_trial_balance_that_is_off_is_not_ready():
    first, *rest = trial_balance()
    off = dataclasses.replace(first, debit_amount=first.debit_amount + Decimal("5.00"))
    assert "The trial balance is off by $5.00" in render(a_report(trial_balance=(off, *rest)))


def test_the_worklist_shows_at_most_twenty_five_rows():
    page = render(a_report())
    assert len(denial_work().rows) > 25
    assert page.count('class="meter"') == 25


def test_a_goal_says_who_set_it_and_when():
    assert "set by the practice, Jan 1, 2026" in render(a_report())


def test_a_short_payroll_is_said_at_the_top_and_in_the_tasks():
    page = render(a_report(cash_forecast=forecast(opening="6000.00")))
    assert "there would be cash for only" in page
    assert "Secure the payroll of" in page


def test_the_words_the_command_line_imports_bring_nothing_heavy_along():
    code = "import sys, orchestration.reporting.words; print(*sys.modules)"
    started = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "orchestration.reporting.words" in started.stdout.split()
    assert not set(started.stdout.split()) & {"pandas", "numpy", "plotly", "duckdb", "dagster", "sqlalchemy"}


@pytest.mark.browser
def test_a_browser_opens_the_page_without_a_word_and_without_a_request(tmp_path, chromium):
    page_file = Path(tmp_path) / "report.html"
    page_file.write_text(render(a_report()), encoding="utf-8")
    with browser(chromium) as started:
        for width in (1280, 390):
            page = started.new_page(viewport={"width": width, "height": 900})
            said, asked = watched(page)
            page.goto(page_file.as_uri())
            sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert sideways == 0, f"the page is wider than {width} pixels"
            page.close()
            assert not said
            assert {url for url in asked if not url.startswith(("file:", "data:"))} == set()


def test_the_day_of_the_data_and_the_day_of_writing_are_both_said():
    assert f"Posted up to Nov {AS_OF.day}, 2026. Written Nov 23, 2026." in render(a_report())


def test_claims_that_never_reached_the_payer_are_a_task_and_a_table():
    page = render(a_report())
    assert "Send 4 claims again that never reached the payer" in page
    assert dollars(Decimal("830.10")) in page
    assert "Something in the claim is not valid" in page
    assert "never reached the payer" not in render(a_report(open_rejections=()))
