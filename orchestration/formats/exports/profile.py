"""Profiles: one TOML file per layout of a billing system's export, recognised by the header of a file.

What does not belong here: columns and how they are found (``core.layouts``), the rules a row is judged by
(``reader``), and anything one layout alone needs in code.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.layouts import Layout, LayoutError, common_fields, match, parse, shipped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TYPES: Final = frozenset({"CHARGE", "PAYMENT", "ADJUSTMENT", "TRANSFER_IN", "TRANSFER_OUT"})
BUCKETS: Final = frozenset({"primary", "secondary", "patient"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Layout):
    """One layout of an export of ledger transactions.

    ``types`` turns the source's words into ours. ``amounts`` names the column of a kind's amount when it is not
    ``amount``; a minus sign before it turns the sign. ``code_systems`` gives the code system of a code by the column it
    stood in. ``positive_flags`` and ``negative_flags`` are the words of the ``sign_flag`` column that an amount's sign
    must agree with. ``by_type`` gives, for a word of the source's types, columns that are read instead of the usual
    ones; ids of rows without such a column get ``transaction_id_prefix`` before them. A row that opens with one of
    ``total_labels`` is the export's own sum of its amounts, one that opens with one of ``count_labels`` its own count
    of records.
    """

    code_system: str
    code_systems: Mapping[str, str]
    types: Mapping[str, str]
    amounts: Mapping[str, str]
    buckets: Mapping[str, str]
    default_bucket: Mapping[str, str]
    bucket_without_payer: str | None
    modifier_columns: tuple[str, ...]
    modifiers_follow_code: bool
    positive_flags: frozenset[str]
    negative_flags: frozenset[str]
    total_labels: frozenset[str]
    count_labels: frozenset[str]
    by_type: Mapping[str, Mapping[str, str]]
    transaction_id_prefix: str

    @property
    def known_columns(self) -> frozenset[str]:
        """Every source column the profile reads or knows and leaves out, in lower case."""
        amounts = (column.removeprefix("-") for column in self.amounts.values())
        read = (name for names in self.columns.values() for name in names)
        instead = (name for columns in self.by_type.values() for name in columns.values())
        return frozenset(name.lower() for name in (*read, *self.ignored, *self.modifier_columns, *amounts, *instead))


def build(data: Mapping[str, Any]) -> Profile:
    """Return the profile of a parsed TOML; raises ``LayoutError`` when it cannot be one."""
    modifiers, tie_out, signs = data.get("modifiers", {}), data.get("tie_out", {}), data.get("sign_flag", {})
    types = {str(word).upper(): kind for word, kind in data.get("types", {}).items()}
    buckets = {str(word).lower(): bucket for word, bucket in data.get("buckets", {}).items()}
    wrong = sorted({*types.values(), *data.get("amounts", {}), *data.get("default_bucket", {})} - TYPES)
    if wrong or not types:
        message = f"the types of a layout are some of {', '.join(sorted(TYPES))}, not {', '.join(wrong) or 'none'}"
        raise LayoutError(message)
    wrong = sorted({*buckets.values(), *data.get("default_bucket", {}).values()} - BUCKETS)
    if wrong:
        message = f"a bucket is primary, secondary or patient, not {', '.join(wrong)}"
        raise LayoutError(message)
    return Profile(
        **common_fields(data),
        code_system=data["code_system"],
        code_systems={str(column).lower(): system for column, system in data.get("code_systems", {}).items()},
        types=types,
        amounts=data.get("amounts", {}),
        buckets=buckets,
        default_bucket=data.get("default_bucket", {}),
        bucket_without_payer=data.get("bucket_without_payer"),
        modifier_columns=tuple(modifiers.get("columns", ())),
        modifiers_follow_code=modifiers.get("follow_code", False),
        positive_flags=frozenset(str(word).lower() for word in signs.get("positive", ())),
        negative_flags=frozenset(str(word).lower() for word in signs.get("negative", ())),
        total_labels=frozenset(str(word).lower() for word in tie_out.get("total_labels", ())),
        count_labels=frozenset(str(word).lower() for word in tie_out.get("count_labels", ())),
        by_type={str(word).upper(): dict(columns) for word, columns in data.get("by_type", {}).items()},
        transaction_id_prefix=str(data.get("transaction_id_prefix", "")),
    )


def read_profile(text: str) -> Profile:
    """Return the profile of a TOML text that a practice wrote; raises ``LayoutError``."""
    return parse(text, build)


@cache
def profiles() -> Mapping[str, Profile]:
    """Return every profile that is shipped, by name."""
    return shipped("orchestration.formats.exports.profiles", build)


def match_profile(header: Sequence[str], own: Mapping[str, Profile] | None = None) -> str | None:
    """Return the name of the profile that a header fits best, ``None`` when it fits none.

    A practice's ``own`` profiles come before the shipped ones: one of the same name replaces it.
    """
    found = match(header, own or {}) or match(header, profiles())
    return found.name if found is not None else None
