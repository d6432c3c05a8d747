"""Which of a vendor's accounts and dimensions each of ours is: one TOML file per vendor, edited by the practice.

What does not belong here: whether the vendor has those accounts (``check_accounts`` of its target).
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orchestration.core.errors import ConfigurationError
from orchestration.gl.port import TargetRefusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from orchestration.accounting.accounts import Account
    from orchestration.gl.port import PostRequest, TargetLine

DIMENSIONS = ("entity", "location", "provider", "payer_class")
_SETTINGS = ("tenant_id", "accounts", "dimensions", "settings")


@dataclass(frozen=True, slots=True)
class DimensionMap:
    """Where a vendor keeps one of our dimensions: its field, and its value for each of ours.

    ``otherwise`` is the value for one of ours that is not listed; without it such an entry is refused, since a
    report by this dimension would be wrong without a word.
    """

    their_field: str
    values: dict[str, str] = field(default_factory=dict)
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class ChartMap:
    """A practice's mapping for one vendor; ``accounts`` is from our account code to the vendor's account.

    ``settings`` is what is decided beside accounts: what goes there, and what one vendor alone wants to know.
    """

    vendor: str
    tenant_id: str
    accounts: dict[str, str]
    dimensions: dict[str, DimensionMap] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)

    def line_fields(self, request: PostRequest, line: TargetLine) -> dict[str, str]:
        """Return the vendor's fields and values of a line's dimensions; a dimension without a field is left out.

        Raises ``TargetRefusal`` for a value that has no place there.
        """
        ours = {
            "entity": request.entity_id,
            "location": line.location_id,
            "provider": line.provider_id,
            "payer_class": line.payer_class,
        }
        fields: dict[str, str] = {}
        for dimension, mapped in self.dimensions.items():
            value = ours[dimension]
            if value is None:
                continue
            theirs = mapped.values.get(value, mapped.otherwise)
            if theirs is None:
                message = (
                    f"a {dimension} of this entry has no value at {self.vendor}: add it under "
                    f"[dimensions.{dimension}.values], or set otherwise"
                )
                raise TargetRefusal(
                    code="dimension_unmapped", message=message, fix=f"medbooks gl accounts {self.vendor}"
                )
            fields[mapped.their_field] = theirs
        return fields


def read_chart_map(path: Path, vendor: str, *, fields: frozenset[str] | None) -> ChartMap:
    """Return the mapping of a file.

    ``fields`` are the names a dimension may have at this vendor, ``None`` where the vendor lets its user name them.
    Raises ``ConfigurationError`` for a file that is missing, no TOML, or says what cannot be meant: an unknown
    setting, dimension or field, two dimensions in one field, or a value that is no text.
    """
    fix = f"edit {path}"
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        message = f"there is no mapping of accounts for {vendor}, so nothing can be posted there"
        raise ConfigurationError(message, fix=f"medbooks gl accounts {vendor} --write") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"the mapping of accounts for {vendor} cannot be read ({type(error).__name__})"
        raise ConfigurationError(message, fix=fix) from None
    unknown = sorted(set(values) - set(_SETTINGS))
    if unknown:
        msg = f"the mapping for {vendor} has a setting that does not exist: {unknown[0]}"
        raise _unusable(msg, fix)
    dimensions = {
        name: _dimension(vendor, name, table, fields, fix) for name, table in values.get("dimensions", {}).items()
    }
    taken = [mapped.their_field for mapped in dimensions.values()]
    if len(set(taken)) < len(taken):
        msg = f"the mapping for {vendor} puts two dimensions into one field"
        raise _unusable(msg, fix)
    return ChartMap(
        vendor,
        _text(values.get("tenant_id", ""), vendor, "tenant_id", fix),
        # a template leaves places empty: an account without one is unmapped, as if it were not there
        {
            ours: theirs
            for ours, theirs in _texts(values.get("accounts", {}), vendor, "accounts", fix).items()
            if theirs
        },
        dimensions,
        _texts(values.get("settings", {}), vendor, "settings", fix),
    )


def _dimension(vendor: str, name: str, table: object, fields: frozenset[str] | None, fix: str) -> DimensionMap:
    if name not in DIMENSIONS or not isinstance(table, dict) or set(table) - {"field", "values", "otherwise"}:
        message = f"the mapping for {vendor} has a dimension that is none of {', '.join(DIMENSIONS)}, or an odd one"
        raise ConfigurationError(message, fix=fix)
    place = _text(table.get("field", ""), vendor, f"dimensions.{name}.field", fix)
    if not place or (fields is not None and place not in fields):
        allowed = ", ".join(sorted(fields)) if fields else "the name of a field"
        msg = f"dimensions.{name}.field for {vendor} is one of: {allowed}"
        raise _unusable(msg, fix)
    otherwise = table.get("otherwise")
    return DimensionMap(
        place,
        _texts(table.get("values", {}), vendor, f"dimensions.{name}.values", fix),
        None if otherwise is None else _text(otherwise, vendor, f"dimensions.{name}.otherwise", fix),
    )


def _texts(table: object, vendor: str, where: str, fix: str) -> dict[str, str]:
    if not isinstance(table, dict):
        msg = f"{where} of the mapping for {vendor} is not a table"
        raise _unusable(msg, fix)
    return {str(name): _text(value, vendor, where, fix) for name, value in table.items()}


def _text(value: object, vendor: str, where: str, fix: str) -> str:
    # 0100 and 100 are different accounts, and a number would lose its zeros
    if not isinstance(value, str):
        msg = f"{where} of the mapping for {vendor} needs its values in quotes"
        raise _unusable(msg, fix)
    return value


def _unusable(message: str, fix: str) -> ConfigurationError:
    return ConfigurationError(message, fix=fix)


def template(vendor: str, tenant_id: str, accounts: Iterable[Account], known: Mapping[str, str]) -> str:
    """Return a mapping to edit: every account of ours, filled in where the vendor has one of the same number.

    ``known`` is from the vendor's account numbers to what its client posts to.
    """
    lines = [
        f"# Where our accounts stand in {vendor}. Check it with: medbooks gl accounts {vendor}",
        f"tenant_id = {quoted(tenant_id)}",
        "",
        "[accounts]",
    ]
    for account in sorted(accounts, key=lambda account: account.account_code):
        ours, theirs = quoted(account.account_code), quoted(known.get(account.account_code, ""))
        lines.append(f"{ours} = {theirs}  # {account.account_name} ({account.account_type})")
    lines += [
        "",
        "# What goes there, and where its dimensions go. A dimension is left out until it has a field. Ours: "
        + ", ".join(DIMENSIONS)
        + ".",
        "#[settings]",
        '#post_since = "2026-01-01"  # entries dated before this day stay here',
        "#[dimensions.payer_class]",
        '#field = "class"',
        '#otherwise = "value for everything not listed"',
        "#[dimensions.payer_class.values]",
        '#medicare = "value"',
        "",
    ]
    return "\n".join(lines)


def quoted(text: str) -> str:
    """Return text as TOML writes it: as JSON does, but without halves of characters, and DEL never bare."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
