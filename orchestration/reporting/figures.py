"""Charts as inline SVG and HTML bars: no script, no library, a tooltip on everything, one drawing per screen width.

Pixels are floats; the amounts behind them stay ``Decimal`` in the rows and in the tooltips. What does not belong
here: which figure is worth a chart, and the words around it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from orchestration.core.money import ZERO
from orchestration.reporting import numerals
from orchestration.reporting.markup import Html, join, tag

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence
    from decimal import Decimal

    from orchestration.reporting.measures import PayrollDate

# a text of the charts is 12 pixels high and about 6.6 wide a character
_CHAR: Final = 6.6
_SERIES_COLORS: Final = 6


class Size(NamedTuple):
    """Pixels a chart is drawn in."""

    width: float
    height: float


# drawn twice and shown once: a chart scaled down to a phone has letters nobody can read
LOW, FULL, PHONE = Size(1000, 236), Size(1000, 320), Size(322, 230)


@dataclass(frozen=True, slots=True)
class Point:
    """One month of a trend, its value written out in ``text``; ``value`` ``None`` is a gap."""

    label: str
    value: float | None
    text: str
    tip: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One horizontal bar. ``text`` stands at its end, ``note`` under its label."""

    label: str
    value: float | None
    text: str
    tip: str
    note: str = ""
    is_beyond: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of stacked columns: a value per column."""

    label: str
    values: tuple[float, ...]
    tips: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Balance:
    """One day's balance at its end; ``lower`` only for days ahead."""

    day: dt.date
    amount: Decimal
    lower: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """Values to pixels on a straight line."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the pixel of a value."""
        return self.start + (value - self.low) / ((self.high - self.low) or 1) * (self.end - self.start)


def responsive(draw: Callable[[Size], Html], size: Size) -> Html:
    """Return a drawing for screens and one for phones; the page's style shows one of them."""
    return join(tag("div", draw(size), class_="wide"), tag("div", draw(PHONE), class_="phone"))


def ticks(low: float, high: float, at_most: int = 5) -> list[float]:
    """Return round values that cover low to high: steps of 1, 2, 2.5 or 5 times a power of ten."""
    span = (high - low) or abs(high) or 1
    power = 10.0 ** math.floor(math.log10(span / at_most))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10, 20) if span / (factor * power) <= at_most)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [index * step for index in range(first, max(last, first + 1) + 1)]


def trend(
    points: Sequence[Point], show: Callable[[float], str], size: Size, name: str, goal: tuple[float, str] | None = None
) -> Html:
    """Return a line over months from zero up, its newest point's text written out, its goal dashed.

    At least one point has a value.
    """
    known = [(index, point.value) for index, point in enumerate(points) if point.value is not None]
    values = [value for _, value in known] + ([goal[0]] if goal else [])
    steps = ticks(min(0.0, *values), max(values) * 1.08)
    left = max(len(show(step)) for step in steps) * _CHAR + 12
    x = Scale(0, max(len(points) - 1, 1), left + 14, size.width - 40)
    y = Scale(steps[0], steps[-1], size.height - 28, 16)
    line = " ".join(f"{'L' if n else 'M'}{x(i):.1f} {y(v):.1f}" for n, (i, v) in enumerate(known))
    area = f"{line} L{x(known[-1][0]):.1f} {y(steps[0]):.1f} L{x(known[0][0]):.1f} {y(steps[0]):.1f} Z"
    last, newest = known[-1]
    # how wide a point listens to the pointer, without leaving the frame
    reach = min(x(1) - x(0), 60)
    return _svg(
        size,
        name,
        _grid(steps, y, show, left, size),
        _month_labels([point.label for point in points], [x(i) for i in range(len(points))], size),
        tag("path", d=area, class_="area"),
        _goal_line(goal, y, left, size) if goal else None,
        tag("path", d=line, class_="line"),
        *(
            _hit(
                points[i].tip,
                (x(i) - reach / 2, 8, reach, size.height - 30),
                tag("circle", cx=x(i), cy=y(v), r=4 if i == last else 3, class_="dot"),
            )
            for i, v in known
        ),
        tag("text", points[last].text, x=x(last), y=y(newest) - 12, class_="value", text_anchor="middle"),
    )


def columns(labels: Sequence[str], series: Sequence[Series], size: Size, name: str) -> Html:
    """Return stacked columns, the first series at the bottom. Values below zero are not drawn."""
    totals = [sum(max(s.values[i], 0) for s in series) for i in range(len(labels))]
    steps = ticks(0, max(totals, default=0) * 1.02)
    left = max(len(numerals.short_dollars(step)) for step in steps) * _CHAR + 12
    x = Scale(0, len(labels), left + 6, size.width - 4)
    y = Scale(steps[0], steps[-1], size.height - 28, 12)
    width = x(1) - x(0)
    thick = min(width * 0.68, 56)
    parts: list[Html] = []
    for index in range(len(labels)):
        base = 0.0
        for number, one in enumerate(series):
            value = max(one.values[index], 0)
            top, bottom = y(base + value), y(base)
            base += value
            if bottom - top > 0:
                # a hairline of paper keeps neighbours apart
                height = max(bottom - top - 1, 0.5)
                bar = tag("rect", tag("title", one.tips[index]), x=x(index) + (width - thick) / 2, y=top, width=thick,
                          height=height, class_=f"stack s{number % _SERIES_COLORS}")  # fmt: skip
                parts.append(bar)
    middles = [x(index) + width / 2 for index in range(len(labels))]
    return _svg(size, name, _grid(steps, y, numerals.short_dollars, left, size), *parts,
                _month_labels(labels, middles, size))  # fmt: skip


def legend(labels: Sequence[str]) -> Html:
    """Return the colours of ``columns`` with their names."""
    entries = (
        tag("li", tag("span", class_=f"swatch s{number % _SERIES_COLORS}"), label)
        for number, label in enumerate(labels)
    )
    return tag("ul", *entries, class_="legend")


def bars(rows: Sequence[Bar], goal: tuple[float, str] | None = None) -> Html:
    """Return horizontal bars as HTML, which any width fits; a bar beyond the goal has its own colour."""
    known = [row.value for row in rows if row.value is not None]
    longest = max([*known, goal[0] if goal else 0, 0]) or 1
    # room for the figure at the end of the longest bar
    reach = longest * 1.02
    mark = tag("i", class_="goal", style=f"left:{goal[0] / reach * 100:.1f}%") if goal else None
    lines = [
        tag(
            "li",
            tag("span", row.label, tag("small", row.note) if row.note else None, class_="bar-label"),
            tag(
                "span",
                _bar(row, reach),
                mark,
                class_="bar-track",
            ),
            tag("span", row.text, class_="bar-text"),
            title=row.tip,
        )
        for row in rows
    ]
    caption = tag("p", tag("i", class_="goal-key"), goal[1], class_="key") if goal else None
    return join(tag("ul", *lines, class_="bars"), caption)


def _bar(row: Bar, reach: float) -> Html | None:
    if row.value is None:
        return None
    style = f"width:{max(row.value, 0) / reach * 100:.1f}%"
    return tag("b", class_="bar beyond" if row.is_beyond else "bar", style=style)


def shares(parts: Sequence[tuple[str, Decimal]], tip: str) -> Html:
    """Return one bar shared out by amounts; a part that is there is never too thin to see."""
    total = sum((amount for _, amount in parts if amount > 0), ZERO)
    pieces = [
        tag("b", class_=kind, style=f"flex:{float(amount / total):.4f} 1 3px")
        for kind, amount in parts
        if total and amount > 0
    ]
    return tag("span", *pieces, class_="shares", title=tip)


def meter(rate: float) -> Html:
    """Return a small bar for a probability, decoration beside its figure."""
    return tag("span", tag("b", style=f"width:{min(max(rate, 0), 1) * 100:.0f}%"), class_="meter", aria_hidden="true")


def sparkline(values: Sequence[float]) -> Html:
    """Return a line without axes, decoration beside a headline figure; nothing for fewer than two values."""
    if len(values) < 2:  # noqa: PLR2004  # a line has two ends
        return Html("")
    x = Scale(0, len(values) - 1, 2, 92)
    y = Scale(min(values), max(values) if max(values) > min(values) else min(values) + 1, 24, 4)
    line = " ".join(f"{'L' if i else 'M'}{x(i):.1f} {y(v):.1f}" for i, v in enumerate(values))
    dot = tag("circle", cx=x(len(values) - 1), cy=y(values[-1]), r=3, class_="dot")
    return tag("svg", tag("path", d=line, class_="line"), dot, viewBox="0 0 98 28", class_="spark", aria_hidden="true")


def cash(
    past: Sequence[Balance],
    ahead: Sequence[Balance],
    payrolls: Sequence[PayrollDate],
    floor_ratio: Decimal,
    size: Size,
) -> Html:
    """Return the balance until today, then the projected one with its careful line, payrolls, floors and low point."""
    everything = [*past, *ahead]
    first, last = everything[0].day, everything[-1].day
    floors = [float(pay.payroll_amount * floor_ratio) for pay in payrolls]
    lowest = [float(balance.amount if balance.lower is None else balance.lower) for balance in everything]
    highest = [float(balance.amount) for balance in everything]
    steps = ticks(min(0.0, *lowest), max(*highest, *floors, 1) * 1.04)
    left = max(len(numerals.short_dollars(step)) for step in steps) * _CHAR + 12
    x = Scale(first.toordinal(), last.toordinal(), left + 4, size.width - 12)
    y = Scale(steps[0], steps[-1], size.height - 28, 44)

    def path(points: Sequence[tuple[dt.date, Decimal]]) -> str:
        return " ".join(
            f"{'L' if n else 'M'}{x(day.toordinal()):.1f} {y(float(amount)):.1f}"
            for n, (day, amount) in enumerate(points)
        )

    joined = [*past[-1:], *ahead]
    low = min(ahead, key=lambda balance: (balance.amount, balance.day)) if ahead else None
    upper = path([(b.day, b.amount) for b in joined])
    careful = [(b.day, b.amount if b.lower is None else b.lower) for b in joined]
    band = f"{upper} L{path(careful[::-1])[1:]} Z"
    today = x(ahead[0].day.toordinal() - 1) if ahead else 0
    return _svg(
        size,
        "Balance at the bank: past, and projected 90 days ahead",
        _grid(steps, y, numerals.short_dollars, left, size),
        _calendar_labels(first, last, x, size),
        tag("path", d=band, class_="band") if ahead else None,
        tag("path", d=path(careful), class_="careful") if ahead else None,
        *(_payroll_mark(pay, floor, x, y) for pay, floor in zip(payrolls, floors, strict=True)),
        tag("path", d=path([(b.day, b.amount) for b in past]), class_="line") if past else None,
        tag("path", d=upper, class_="line ahead") if ahead else None,
        _today(today, size) if past and ahead else None,
        _low_mark(low, x, y, size) if low else None,
        *(_day_hit(balance, x, y, size) for balance in everything),
    )


def cash_legend(*, has_payrolls: bool) -> Html:
    """Return the signs of the cash chart with their meanings."""
    signs = [("line", "balance"), ("line ahead", "projected"), ("careful", "careful line")]
    entries = [
        tag("li", tag("svg", tag("path", d="M1 6H25", class_=kind), viewBox="0 0 26 12", class_="sign"), label)
        for kind, label in signs
    ]
    if has_payrolls:
        mark = tag("svg", tag("path", d="M6 6H20", class_="floor"), viewBox="0 0 26 12", class_="sign")
        entries.append(tag("li", mark, "what should be there before a payroll"))
    return tag("ul", *entries, class_="legend")


def _payroll_mark(pay: PayrollDate, floor: float, x: Scale, y: Scale) -> Html:
    at = x(pay.pay_date.toordinal())
    # a third of a fortnight, so that neighbours stay apart on a phone
    half = min(8.0, (x(14) - x(0)) / 3)
    return join(
        tag("line", x1=at, x2=at, y1=y(0), y2=y(0) + 5, class_="payday"),
        tag("line", x1=at - half, x2=at + half, y1=y(floor), y2=y(floor), class_="floor"),
    )


def _low_mark(low: Balance, x: Scale, y: Scale, size: Size) -> Html:
    """Return the lowest projected balance, named above the chart where no line runs."""
    at, height = x(low.day.toordinal()), y(float(low.amount))
    text = f"lowest {numerals.whole_dollars(low.amount)} on {numerals.short_date(low.day)}"
    half = len(text) * _CHAR / 2 + 4
    return join(
        tag("line", x1=at, x2=at, y1=20, y2=height, class_="leader"),
        tag("circle", cx=at, cy=height, r=5, class_="low"),
        tag("text", text, x=min(max(at, half), size.width - half), y=14, class_="value", text_anchor="middle"),
    )


def _day_hit(balance: Balance, x: Scale, y: Scale, size: Size) -> Html:
    day = balance.day.toordinal()
    tip = f"{numerals.date(balance.day)}: {numerals.whole_dollars(balance.amount)}"
    if balance.lower is not None:
        tip += f", careful {numerals.whole_dollars(balance.lower)}"
    width = x(day + 1) - x(day)
    dot = tag("circle", cx=x(day), cy=y(float(balance.amount)), r=4, class_="dot hover")
    return _hit(tip, (x(day) - width / 2, 40, width, size.height - 68), dot)


def _today(at: float, size: Size) -> Html:
    return join(
        tag("line", x1=at, x2=at, y1=38, y2=size.height - 28, class_="today"),
        tag("text", "today", x=at, y=33, class_="axis", text_anchor="middle"),
    )


def _hit(tip: str, box: tuple[float, float, float, float], mark: Html) -> Html:
    """Return a mark with an unseen area around it that shows the tip."""
    left, top, width, height = box
    area = tag("rect", x=left, y=top, width=width, height=height, class_="hit")
    return tag("g", tag("title", tip), area, mark, class_="h")


def _goal_line(goal: tuple[float, str], y: Scale, left: float, size: Size) -> Html:
    value, words = goal
    return join(
        tag("line", x1=left, x2=size.width - 4, y1=y(value), y2=y(value), class_="goal"),
        tag("text", words, x=left + 6, y=y(value) + 15, class_="goal-text"),
    )


def _grid(steps: Sequence[float], y: Scale, show: Callable[[float], str], left: float, size: Size) -> Html:
    return join(
        *(
            join(
                tag("line", x1=left, x2=size.width - 4, y1=y(step), y2=y(step), class_="zero" if step == 0 else "grid"),
                tag("text", show(step), x=left - 8, y=y(step) + 4, class_="axis", text_anchor="end"),
            )
            for step in steps
        )
    )


def _month_labels(labels: Sequence[str], places: Sequence[float], size: Size) -> Html:
    """Return as many labels as fit, the newest always among them."""
    if len(places) > 1:
        every = math.ceil(max(len(label) for label in labels) * _CHAR * 1.35 / (places[1] - places[0]))
    else:
        every = 1
    return join(
        *(
            tag("text", label, x=place, y=size.height - 8, class_="axis", text_anchor="middle")
            for index, (label, place) in enumerate(zip(labels, places, strict=True))
            if (len(labels) - 1 - index) % every == 0
        )
    )


def _calendar_labels(first: dt.date, last: dt.date, x: Scale, size: Size) -> Html:
    """Return the first of every month that has room, named."""
    firsts = [first.replace(day=1)]
    while firsts[-1] <= last:
        year, month = firsts[-1].year + firsts[-1].month // 12, firsts[-1].month % 12 + 1
        firsts.append(firsts[-1].replace(year=year, month=month))
    inside = [day for day in firsts if first <= day <= last]
    every = math.ceil(36 / (x(31) - x(0)))
    return join(
        *(
            join(
                tag("line", x1=x(day.toordinal()), x2=x(day.toordinal()), y1=size.height - 28, y2=size.height - 23,
                    class_="grid"),
                tag("text", numerals.short_month(day), x=x(day.toordinal()), y=size.height - 8, class_="axis",
                    text_anchor="middle"),
            )
            for index, day in enumerate(inside)
            if index % every == 0
        )
    )  # fmt: skip


def _svg(size: Size, name: str, *children: Html | None) -> Html:
    return tag(
        "svg", *children, viewBox=f"0 0 {size.width:g} {size.height:g}", class_="chart", role="img", aria_label=name
    )
