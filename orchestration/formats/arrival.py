"""In which order files of one drop should count: charges before remittances, remittances by their own date.

What lands first keeps the money, and a reversal must find what it takes back.
What does not belong here: what kind a file is (``kinds``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestration.formats.kinds import detect_kind
from orchestration.formats.own import NO_LAYOUTS, OwnLayouts

if TYPE_CHECKING:
    from orchestration.core.tables import Content

_ORDER = (
    "fees",
    "ehr",
    "fhir",
    "billing_api",
    "hl7",
    "claims837",
    "acks",
    "era835",
    "bank",
    "payroll",
    "supplies",
    "documents",
    "unknown",
)
# GS04, the date of the functional group: CCYYMMDD, whatever the element separator
_GROUP_DATE = re.compile(rb"GS([^A-Za-z0-9])HP\1[^\r\n]{1,40}?\1(\d{8})\1")
# resources that are charged or paid; what they refer to lands before them
_FHIR_MONEY = re.compile(rb'"resourceType"\s*:\s*"(?:Claim|ChargeItem|ExplanationOfBenefit)"')
_HEAD = 4096


def arrival_order(file_name: str, content: Content, own: OwnLayouts = NO_LAYOUTS) -> tuple[int, str, str]:
    """Return a sort key: kind, then the date a remittance says of itself, then the name.

    FHIR resources that others refer to (Coverage, Practitioner ...) come before those with money.
    """
    kind = detect_kind(file_name, content, own)
    return _ORDER.index(kind), _within(kind, content[:_HEAD]), file_name


def _within(kind: str, head: bytes) -> str:
    if kind == "era835":
        found = _GROUP_DATE.search(head)
        return found.group(2).decode() if found else ""
    return "money" if kind == "fhir" and _FHIR_MONEY.search(head) else ""
