"""JSON in which amounts stay exact: numbers are read as the decimals they were written as, and written as they stand.

The standard library can only write a number it holds as a float. What does not belong here: what a member means.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from json.encoder import encode_basestring_ascii
from typing import Any, NoReturn

from orchestration.core.delimited import UndecodableError, decode
from orchestration.core.findings import Finding
from orchestration.core.money import parse_amount, parse_quantity, parse_written_amount

# an exponent makes a number of a gigabyte out of eight characters
_LONGEST_NUMBER = 40


def read_json(content: bytes) -> Any:  # noqa: ANN401  # JSON is anything
    """Return the value of a file; raises ``UndecodableError`` when the bytes are no JSON text.

    A number with an exponent or of more digits than any amount has is refused: the file may be from anybody.
    """
    text, _ = decode(content)
    try:
        return json.loads(text, parse_float=_decimal, parse_int=_integer, parse_constant=_refuse)
    except (ValueError, RecursionError):
        words = "the file is no JSON: it is cut off, damaged, or something else"
        raise UndecodableError(Finding("unreadable_json", "error", words)) from None


def read_answer(content: bytes) -> Any:  # noqa: ANN401  # JSON is anything
    """Return the value of a service's answer, numbers with a point as ``Decimal``; raises ``ValueError`` for none."""
    return json.loads(content, parse_float=Decimal)


def exact_json(value: object) -> str:
    """Return a value of dicts, lists, text, integers, booleans, ``None`` and decimals as one line of JSON.

    Raises ``TypeError`` for anything else, a float above all: it has been inexact on its way here.
    """
    parts: list[str] = []
    _write(value, parts)
    return "".join(parts)


def _write(value: object, parts: list[str]) -> None:
    if isinstance(value, str):
        parts.append(encode_basestring_ascii(value))
    elif isinstance(value, dict):
        opening = "{"
        for name, member in value.items():
            parts.append(f"{opening}{encode_basestring_ascii(str(name))}:")
            _write(member, parts)
            opening = ","
        parts.append("}" if value else "{}")
    elif isinstance(value, list | tuple):
        opening = "["
        for member in value:
            parts.append(opening)
            _write(member, parts)
            opening = ","
        parts.append("]" if value else "[]")
    elif isinstance(value, Decimal):
        parts.append(f"{value:f}")
    elif value is None or isinstance(value, bool | int):
        parts.append(json.dumps(value))
    else:
        message = f"{type(value).__name__} has no exact JSON"
        raise TypeError(message)


def amount_of(value: object) -> Decimal | None:
    """Return a member that is dollars, as a number or as people write them; ``None`` when it is not to the cent."""
    if isinstance(value, str):
        return parse_written_amount(value)
    return parse_amount(str(value)) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def quantity_of(value: object) -> Decimal | None:
    """Return a member that is a count or a rate with at most four decimals, else ``None``."""
    if isinstance(value, str):
        return parse_quantity(value.strip())
    return parse_quantity(str(value)) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def text_of(value: object) -> str | None:
    """Return a member that is a name or an id, without blanks around it; ``None`` for anything else or nothing."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return (value.strip() or None) if isinstance(value, str) else None


def _decimal(text: str) -> Decimal:
    if len(text) > _LONGEST_NUMBER or "e" in text.lower():
        raise ValueError
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError from None


def _integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError
    return int(text)


def _refuse(_text: str) -> NoReturn:
    raise ValueError
