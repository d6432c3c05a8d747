"""The report: one page, one file, no script, nothing loaded from anywhere.

What does not belong here: what a section says (``sections``), and writing the file (the shell does).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestration.reporting import numerals
from orchestration.reporting.markup import Html, tag
from orchestration.reporting.sections.actions import actions
from orchestration.reporting.sections.cash import cash
from orchestration.reporting.sections.earnings import earnings
from orchestration.reporting.sections.overview import cards, in_short, verdict
from orchestration.reporting.sections.payers import payers
from orchestration.reporting.sections.speed import speed
from orchestration.reporting.sections.trust import trust
from orchestration.reporting.style import STYLE

if TYPE_CHECKING:
    from orchestration.reporting.data import ReportData

# a browser that opens the file may load nothing and run nothing, whatever a file smuggled in
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_LINKS: Final = (
    ("trust", "Can I trust it?"),
    ("speed", "How fast are we paid?"),
    ("payers", "Who pays late or denies?"),
    ("cash", "What will cash do?"),
    ("earnings", "Who earns?"),
    ("actions", "What to do now"),
)


def render(report: ReportData) -> str:
    """Return the report as one HTML document, UTF-8: the same data gives the same bytes.

    It needs no network, runs no script, and shows no identifier of a patient or a claim.
    """
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        tag("meta", name="referrer", content="no-referrer"),
        tag("link", rel="icon", href="data:,"),
        tag("title", f"{report.practice_name}: practice report"),
        tag("style", Html(STYLE)),
    )
    body = tag(
        "body",
        _header(report),
        tag(
            "main",
            verdict(report),
            in_short(report),
            cards(report),
            trust(report),
            speed(report),
            payers(report),
            cash(report),
            earnings(report),
            actions(report),
        ),
        _footer(report),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en-US')}\n"


def _header(report: ReportData) -> Html:
    posted = f"Posted up to {numerals.date(report.as_of_date)}" if report.as_of_date else "Nothing posted yet"
    links = (tag("a", words, href=f"#{anchor}") for anchor, words in _LINKS)
    return tag(
        "header",
        tag("h1", report.practice_name),
        tag("p", f"{posted}. Written {numerals.date(report.generated_on)}.", class_="meta"),
        tag("nav", *links, aria_label="Questions"),
    )


def _footer(report: ReportData) -> Html:
    return tag(
        "footer",
        *(tag("p", note) for note in report.notes),
        tag("p", "Written by medbooks. This page names no patient and no claim; providers are shown by NPI."),
    )
