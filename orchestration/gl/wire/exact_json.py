"""JSON in which money stays exact: a ``Decimal`` is written as a plain number and read back as one.

The standard library can only write a number it holds as a float. What does not belong here: any vendor's fields.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def encode(value: object) -> bytes:
    """Return a value of dicts, lists, text, integers, booleans, ``None`` and decimals as compact UTF-8 JSON.

    Raises ``TypeError`` for anything else, a float above all: it has been inexact on its way here.
    """
    return "".join(_parts(value)).encode()


def _parts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield "{"
        for number, (name, item) in enumerate(value.items()):
            yield f"{',' if number else ''}{json.dumps(str(name))}:"
            yield from _parts(item)
        yield "}"
    elif isinstance(value, list | tuple):
        yield "["
        for number, item in enumerate(value):
            yield "," if number else ""
            yield from _parts(item)
        yield "]"
    elif isinstance(value, Decimal):
        yield f"{value:f}"
    elif value is None or isinstance(value, str | bool | int):
        yield json.dumps(value)
    else:
        message = f"{type(value).__name__} has no exact JSON"
        raise TypeError(message)


def decode(content: bytes) -> Any:  # noqa: ANN401  # JSON is anything
    """Return the value of JSON text, numbers with a point as ``Decimal``; raises ``ValueError`` for no JSON."""
    return json.loads(content, parse_float=Decimal)
