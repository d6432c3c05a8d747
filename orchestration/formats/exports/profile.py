"""Profiles: one TOML file per layout, loaded once, recognised by the header of a file.

What does not belong here: the rules a row is judged by (``reader``), and anything one layout alone needs in code.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# a header with three in five of a profile's columns is that profile with something missing
_RECOGNISED = 0.6


@dataclass(frozen=True, slots=True)
class Profile:
    """One layout. Column names are the source's; keys of ``columns`` and ``required`` are canonical."""

    name: str
    code_system: str
    date_formats: tuple[str, ...]
    columns: Mapping[str, str]
    required: frozenset[str]
    ignored: frozenset[str]
    types: Mapping[str, str]
    amounts: Mapping[str, str] = field(default_factory=dict)
    buckets: Mapping[str, str] = field(default_factory=dict)
    default_bucket: Mapping[str, str] = field(default_factory=dict)
    modifier_columns: tuple[str, ...] = ()
    modifiers_follow_code: bool = False

    @property
    def known_columns(self) -> frozenset[str]:
        """Every source column the profile reads or knows and leaves out, in lower case."""
        amounts = (column.removeprefix("-") for column in self.amounts.values())
        names = {*self.columns.values(), *self.modifier_columns, *self.ignored, *amounts}
        return frozenset(name.lower() for name in names)


def _read(text: str) -> Profile:
    data: dict[str, Any] = tomllib.loads(text)
    modifiers = data.get("modifiers", {})
    return Profile(
        name=data["name"],
        code_system=data["code_system"],
        date_formats=tuple(data["date_formats"]),
        columns=data["columns"],
        required=frozenset(data["required"]),
        ignored=frozenset(data.get("ignored", ())),
        types=data["types"],
        amounts=data.get("amounts", {}),
        buckets=data.get("buckets", {}),
        default_bucket=data.get("default_bucket", {}),
        modifier_columns=tuple(modifiers.get("columns", ())),
        modifiers_follow_code=modifiers.get("follow_code", False),
    )


@cache
def profiles() -> Mapping[str, Profile]:
    """Return every profile that is shipped, by name."""
    folder = resources.files("orchestration.formats.exports.profiles")
    texts = (entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return {profile.name: profile for profile in sorted(map(_read, texts), key=lambda profile: profile.name)}


def match_profile(header: Sequence[str]) -> str | None:
    """Return the name of the profile that shares the most of its columns with a header, ``None`` below three in five.

    Case and order of the columns do not matter.
    """
    present = {name.strip().lower() for name in header}
    shares = {
        profile.name: len(profile.known_columns & present) / len(profile.known_columns)
        for profile in profiles().values()
    }
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] >= _RECOGNISED else None
