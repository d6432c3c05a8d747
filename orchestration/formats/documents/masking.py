"""Card numbers out of text, before anything reads it: only their last four digits stay (PCI DSS 3.3).

What does not belong here: boxing them out of images.
"""

from __future__ import annotations

import re

_RUN = re.compile(r"\d+(?:[ -]\d+)*", re.ASCII)
_TOKEN = re.compile(r"\d+", re.ASCII)
_SHORTEST, _LONGEST, _KEPT = 13, 19, 4
# the health industry's prefix makes a card number of an NPI, which is none (45 CFR 162.406)
_NPI_PREFIX, _NPI_CARD_LENGTH = "80840", 15


def mask_card_numbers(text: str) -> str:
    """Return the text with every Luhn-valid number of 13 to 19 digits masked, spaced or not, to its last four."""
    return _RUN.sub(lambda match: _mask_run(match[0]), text)


def _mask_run(run: str) -> str:
    """Mask the card numbers in a run of digit groups; a group may belong to a neighbour that is no card."""
    groups = list(_TOKEN.finditer(run))
    masked = list(run)
    first = 0
    while first < len(groups):
        last = _card_end(groups, first)
        if last is None:
            first += 1
            continue
        places = [place for group in groups[first : last + 1] for place in range(group.start(), group.end())]
        for place in places[:-_KEPT]:
            masked[place] = "*"
        first = last + 1
    return "".join(masked)


def _card_end(groups: list[re.Match[str]], first: int) -> int | None:
    """Return the last group of the card number that starts at a group, ``None`` when none does."""
    digits = ""
    for last in range(first, len(groups)):
        digits += groups[last][0]
        if len(digits) > _LONGEST:
            return None
        if len(digits) >= _SHORTEST and _is_card(digits):
            return last
    return None


def _is_card(digits: str) -> bool:
    if len(digits) == _NPI_CARD_LENGTH and digits.startswith(_NPI_PREFIX):
        return False
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (1 + place % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004  # the digits of a two-digit number, summed
    # all zeros pass the check and are no card
    return total > 0 and total % 10 == 0
