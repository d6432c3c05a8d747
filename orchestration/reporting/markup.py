"""HTML that cannot be broken by what it shows: a text is escaped unless it was made by ``tag``.

What does not belong here: any element's meaning or look.
"""

from __future__ import annotations

import html
from typing import Final

_VOID: Final = frozenset({"br", "col", "hr", "link", "meta"})


class Html(str):
    """Text that is markup already. Made by ``tag`` and ``join`` only; a plain ``str`` is escaped where it is used."""

    __slots__ = ()


def escape(text: str) -> Html:
    """Return markup as it is, and any other text escaped for content and attributes alike."""
    return text if isinstance(text, Html) else Html(html.escape(_printable(text), quote=True))


def join(*parts: str | None) -> Html:
    """Return the parts one after the other, each escaped unless it is markup; ``None`` is nothing."""
    return Html("".join(escape(part) for part in parts if part is not None))


def tag(name: str, /, *children: str | None, **attributes: str | float | bool | None) -> Html:
    """Return an element. ``class_`` is ``class``, ``stroke_width`` ``stroke-width``; ``None`` and ``False`` vanish."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{_value(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(*children)}</{name}>")


def _value(value: str | float) -> str:
    # a tenth of a pixel is finer than any screen
    return escape(value) if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def _printable(text: str) -> str:
    """Return the text without control characters, which no browser shows and some refuse."""
    return "".join(char for char in text if char.isprintable() or char in " \n\t")
