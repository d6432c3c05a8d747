"""Which adjustments deny: group code and claim adjustment reason code, never the claim status (CLP02).

The classes are our own words; the official texts belong to X12. The lake has the same table as a seed, and a test
holds them together; it stands here for ``inspect``, which judges a file without a lake. What does not belong here:
payer deviations (data).
"""

from __future__ import annotations

from typing import Final

# why a denial code was used, by claim adjustment reason code
DENIAL_CLASSES: Final[dict[str, str]] = {
    code: name
    for name, codes in {
        "coordination": "22 109 129",
        "eligibility": "26 27 31 32 33 177 200",
        "authorization": "197 198 15 242 243 38",
        "coding": "97 4 11 5 236 231 B10 B15 234",
        "medical_necessity": "50 55 56 150 151 226 227 252 16",
        "timely": "29",
        "duplicate": "18 B13",
        "non_covered": "96 204 119 49 167 256",
    }.items()
    for code in codes.split()
}
# a reversal, claims processed and forwarded to another payer, and a predetermination deny nothing
STATUS_WITHOUT_DENIAL: Final = frozenset({"19", "20", "21", "22", "23", "25"})


def denies(group_code: str | None, reason_code: str | None) -> bool:
    """Tell whether an adjustment that leaves nothing paid is a denial, in any group (4010 has CR besides)."""
    return bool(group_code) and reason_code in DENIAL_CLASSES
