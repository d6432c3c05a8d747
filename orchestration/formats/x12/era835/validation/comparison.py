"""Why our verdict and pyx12's differ, when they do: a defect of pyx12 that is listed, or a disagreement to look at.

A defect is only named when its marks are there: where pyx12 rejects, each of its complaints must be explained by one;
where it fails, the file is put to it again without what it fails on, when that is possible. The list with a test each
is docs/pyx12-defects.md. What does not belong here: running pyx12 (``second_opinion``) and our verdict (``verdict``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from orchestration.formats.x12.era835.validation.elements import is_writable
from orchestration.formats.x12.era835.validation.second_opinion import ask_pyx12
from orchestration.formats.x12.syntax.segments import decode, tokenize

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestration.formats.x12.era835.validation.second_opinion import Complaint, Opinion
    from orchestration.formats.x12.era835.validation.verdict import Verdict
    from orchestration.formats.x12.syntax.segments import Tokens

ComparisonKind = Literal["agree", "known_defect", "disagreement", "not_compared"]

# pyx12 4.0.0; numbers are those of docs/pyx12-defects.md
DEFECTS: Mapping[str, str] = {
    "01": "it ends with an exception on a byte order mark",
    "02": "it ends with an exception on a letter outside ASCII",
    "03": "it accepts remittances that do not balance",
    "04": "it ends with an exception on a composite with too many parts",
    "05": "it ends with an exception when no guide is known for a group (GS01, GS08)",
    "06": "it ends with an exception on a broken envelope",
    "07": "it rejects delimiters that may stand in no value, such as control characters",
    "08": "it rejects a second PLB segment",
    "09": "its lists of states, countries, currencies and remarks are of 2014 or older",
    "10": "it reads every interchange by the delimiters and version of the first",
    "11": "it loses what it finds before the first transaction set it knows",
    "12": "it accepts a transaction that ends where its payment should begin",
    "13": "it stops reading at what it takes for an empty segment, or for one that is not terminated",
    "14": "it rejects an acknowledgement (TA1) before the groups of a later interchange",
}

_TERMINATOR_PLACE = 105
# pyx12 looks this far for a terminator
_BUFFER = 8192
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CODED = frozenset({"CUR02", "N402", "N404", "MOA03", "MOA04", "MOA05", "MOA06", "MOA07"}) | {
    f"MIA{position:02d}" for position in (5, 20, 21, 22, 23)
}
_INVALID_CODE, _LOOP_REPEATED, _INVALID_CHARACTER, _SEGMENT_MISSING = "7", "4", "6", "3"


@dataclass(frozen=True, slots=True)
class OpinionComparison:
    """How two verdicts on one file stand to each other; ``defects`` are keys of ``DEFECTS``."""

    kind: ComparisonKind
    defects: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The comparison in a sentence for a person."""
        if self.kind == "known_defect":
            return "; ".join(f"pyx12 differs because {DEFECTS[defect]} (defect {defect})" for defect in self.defects)
        return {
            "agree": "pyx12 agrees",
            "not_compared": "the file holds groups that are no remittances: pyx12 judges them, we do not",
        }.get(self.kind, "pyx12 says otherwise, and no known defect of it explains that")


def compare(
    content: bytes,
    verdict: Verdict,
    opinion: Opinion,
    *,
    tokens: Tokens | None = None,
    is_balanced: bool = True,
) -> OpinionComparison:
    """Say whether our verdict on a file and pyx12's agree, differ by listed defects, or differ.

    ``is_balanced`` is false when one of the three balances fails: such a file is rejected whatever its form. pyx12
    may be asked again about copies of ``content`` without what it fails on.
    """
    ours = "accepted" if verdict.is_accepted else "rejected"
    if verdict.counts.get("group_not_judged"):
        return OpinionComparison("not_compared")
    if opinion.outcome == ours:
        if verdict.is_accepted and not is_balanced:
            return OpinionComparison("known_defect", ("03",))
        return OpinionComparison("agree")
    tokens = tokens or tokenize(content)
    if opinion.outcome == "failed":
        defects = _why_it_failed(content, verdict, opinion)
    elif opinion.outcome == "rejected":
        defects = _why_it_rejects(content, opinion, tokens)
    else:
        defects = _why_it_accepts(content, verdict, opinion)
    return OpinionComparison("known_defect", defects) if defects else OpinionComparison("disagreement")


def _why_it_failed(content: bytes, verdict: Verdict, opinion: Opinion) -> tuple[str, ...]:
    codes = verdict.counts
    if opinion.failure == "UnicodeDecodeError":
        defect = "01" if content.startswith(_BYTE_ORDER_MARK) else "02"
        plain = _in_ascii(content)
        again = compare(plain, verdict, ask_pyx12(plain))
        return (defect, *again.defects) if again.kind in {"agree", "known_defect"} else ()
    if opinion.failure == "IndexError" and codes.get("too_many_parts"):
        return ("04",)
    if opinion.failure == "EngineError" and not verdict.is_accepted:
        return ("05",)
    if opinion.failure is not None and not verdict.is_accepted:
        return ("06",)
    return ()


def _in_ascii(content: bytes) -> bytes:
    """Return the file without byte order mark, an X for every letter outside ASCII, DEL for what else is outside."""
    text = decode(content)
    outside = {ord(char): "X" if is_writable(char) else "\x7f" for char in set(text) if not char.isascii()}
    return text.translate(outside).encode("ascii")


def _why_it_rejects(content: bytes, opinion: Opinion, tokens: Tokens) -> tuple[str, ...]:
    """Return the defects that explain every complaint of pyx12 about a file we accept, or none."""
    are_unlike = len({(i.delimiters, _version(i.segments[0])) for i in tokens.interchanges}) > 1
    if are_unlike and all(ask_pyx12(part).outcome == "accepted" for part in _interchanges(tokens)):
        return ("10",)
    if b"\n" * _BUFFER in content.replace(b"\r", b"\n"):
        return ("13",)
    names = _segment_ids(tokens)
    found = {_explained(c, names) for c in opinion.complaints if not c.was_lost}
    defects = sorted(defect for defect in found if defect is not None)
    return tuple(defects) if found and None not in found else ()


def _version(header: str) -> str:
    return header[84:89]


def _interchanges(tokens: Tokens) -> list[bytes]:
    """Return each interchange as a file of its own, as its segments were read."""
    return [
        (i.delimiters.terminator.join(i.segments) + i.delimiters.terminator).encode("ascii", errors="replace")
        for i in tokens.interchanges
    ]


def _segment_ids(tokens: Tokens) -> list[str]:
    return [s.split(i.delimiters.element, 1)[0] for i in tokens.interchanges for s in i.segments]


def _explained(complaint: Complaint, names: list[str]) -> str | None:
    """Return the defect behind one complaint about a file we accept."""
    where = (complaint.level, complaint.code)
    if where == ("ELE", _INVALID_CHARACTER) and complaint.reference in {"ISA11", "ISA16"}:
        return "07"
    if where == ("SEG", _LOOP_REPEATED) and complaint.loop == "FOOTER":
        return "08"
    if where == ("ELE", _INVALID_CODE) and complaint.reference in _CODED:
        return "09"
    if where == ("SEG", _SEGMENT_MISSING) and names[complaint.line - 1 : complaint.line] == ["TA1"]:
        return "14"
    return None


def _why_it_accepts(content: bytes, verdict: Verdict, opinion: Opinion) -> tuple[str, ...]:
    """Return the defect that lets pyx12 accept a file we reject, or none."""
    if any(complaint.was_lost and complaint.is_order for complaint in opinion.complaints):
        return ("11",)
    if set(verdict.counts) == {"missing_loop"}:
        return ("12",)
    return ("13",) if _has_unread_rest(content) else ()


def _has_unread_rest(content: bytes) -> bool:
    """Tell whether text stands where pyx12 has stopped: behind an empty segment, or behind the last terminator.

    It takes the character at a fixed place of ISA for the terminator, whatever stands there.
    """
    text = decode(content).replace("\r\n", "\n").replace("\r", "\n")
    terminator = text[_TERMINATOR_PLACE : _TERMINATOR_PLACE + 1]
    if not terminator:
        return False
    position = 0
    while (end := text.find(terminator, position)) >= 0:
        if not text[position:end].lstrip("\n"):
            return bool(text[end + 1 :].strip())
        position = end + 1
    return bool(text[position:].strip())
