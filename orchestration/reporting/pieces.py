"""Pieces the sections are built of: panels, tables, the explanation of a figure.

What does not belong here: what a section says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestration.reporting import numerals
from orchestration.reporting.markup import Html, join, tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestration.reporting.data import Goal
    from orchestration.reporting.measures import Measure

_MARKS: Final = {"good": "\N{CHECK MARK}", "attention": "!", "bad": "\N{MULTIPLICATION X}", "plain": "\N{EN DASH}"}


@dataclass(frozen=True, slots=True)
class Col:
    """One column of a table. On a phone a row becomes a card: ``is_lead`` is its heading, ``is_block`` a paragraph."""

    heading: str
    is_number: bool = False
    is_lead: bool = False
    is_block: bool = False

    @property
    def style(self) -> str | None:
        """The classes of its cells."""
        names = [name for name, on in (("n", self.is_number), ("lead", self.is_lead), ("block", self.is_block)) if on]
        return " ".join(names) or None


def table(
    columns: Sequence[Col], rows: Iterable[Sequence[str]], *, footer: Sequence[str] | None = None, stacks: bool = True
) -> Html:
    """Return a table; on a phone its rows become cards, or it scrolls when ``stacks`` is off."""
    head = tag("tr", *(tag("th", col.heading, class_="n" if col.is_number else None, scope="col") for col in columns))
    body = [_row(columns, row) for row in rows]
    foot = tag("tfoot", _row(columns, footer)) if footer else None
    whole = tag("table", tag("thead", head), tag("tbody", *body), foot, class_="stack" if stacks else None)
    return tag("div", whole, class_="scroll")


def section(anchor: str, question: str, lede: str, *children: Html | None) -> Html:
    """Return one section under the question it answers."""
    return tag("section", tag("h2", question), tag("p", lede, class_="lede") if lede else None, *children, id=anchor)


def panel(heading: str, *children: Html | None, sub: str = "") -> Html:
    """Return a white panel with a heading and one soft sentence."""
    return tag("div", tag("h3", heading), tag("p", sub, class_="sub") if sub else None, *children, class_="panel")


def pair(*panels: Html) -> Html:
    """Return panels side by side where there is room."""
    return tag("div", *panels, class_="pair")


def nothing(sentence: str) -> Html:
    """Return what stands in place of data that is not there."""
    return tag("p", sentence, class_="none")


def disclosure(summary: str, *children: Html | None) -> Html:
    """Return what opens on a click; on paper only a headline figure opens by itself."""
    return tag("details", tag("summary", summary), *children)


def explanation(measure: Measure) -> Html | None:
    """Return formula, numerator, denominator and the goal's source of a figure; nothing for one without parts."""
    if not measure.parts:
        return None
    terms = [join(tag("dt", term), tag("dd", shown)) for term, shown in measure.parts]
    if measure.goal is not None:
        terms.append(join(tag("dt", "Goal"), tag("dd", goal_source(measure.goal))))
    return disclosure("How it is calculated", tag("p", measure.formula, class_="formula"), tag("dl", *terms))


def goal_source(goal: Goal) -> str:
    """Return who set a goal, and when."""
    return f"{goal.source}, {numerals.date(goal.stated_date)}"


def chip(words: str, tone: str) -> Html:
    """Return a short judgement; a sign beside the colour for whoever does not see colours."""
    sign = f"{_MARKS[tone]} " if tone != "plain" else ""
    return tag("span", f"{sign}{words}", class_=f"chip {tone}")


def mark(tone: str) -> Html:
    """Return the large sign of the verdict."""
    return tag("span", _MARKS[tone], class_="mark", aria_hidden="true")


def agrees(*, is_equal: bool) -> Html:
    """Return whether two sums agree, in words."""
    return (
        tag("span", "\N{CHECK MARK} equal", class_="yes")
        if is_equal
        else tag("span", "\N{MULTIPLICATION X} differs", class_="no")
    )


def _row(columns: Sequence[Col], cells: Sequence[str]) -> Html:
    return tag(
        "tr",
        *(
            tag("td", cell, class_=col.style, data_label=None if col.is_lead or not col.heading else col.heading)
            for col, cell in zip(columns, cells, strict=True)
        ),
    )
