"""One message: its header, and its segments by name, each cut into fields and with its place in the file.

Also what makes a message unfit to be read at all. What does not belong here: what a segment means (``charges``,
``people``), and files (``framing``, ``reader``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from orchestration.formats.hl7.values import Values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.formats.hl7.encoding import Encoding
    from orchestration.formats.hl7.framing import Frame

Segment = tuple[int, list[str]]

# the layout of a file; a sender and its facility make it the layout of a row
PROFILE = "hl7v2"
_CHARGE_MESSAGE = "DFT"
_OWN_DIAGNOSES_EVENT = "P11"
RESOURCES: Final = ("TQ1", "AIS", "AIP", "AIL")
_LAST_READ_OF_MSH = 12
# distinct headers kept per file before the memory starts anew: a bound, not a tuning
_MOST_HEADERS = 1_000
# fields are padded up to the last that is read: no index fails where the sender left fields off
_LAST_READ: Final = {"FT1": 39, "PID": 30, "PV1": 45, "IN1": 36, "DG1": 3, "PR1": 16, "SCH": 25, "MRG": 1}
_PADS: Final = {name: [""] * (_LAST_READ.get(name, 8) + 1) for name in (*_LAST_READ, *RESOURCES)}
# names that most messages hold and that are not read
_UNREAD: Final = frozenset({"EVN", "PD1", "NK1", "PV2", "OBX", "AL1", "GT1", "IN2", "ROL", "NTE", "RGS"})
NO_FIELDS: Final = [""] * 46
# a segment name where none may stand: after a blank, or after what a line end became on its way through another
# system (an XML or HTML entity, an escape, a word)
_RUN_TOGETHER = re.compile(
    r"(?:[ \t]|&#x?0*[dDaA1][03]?;|\\r|\\n|\\X0[DdAa]\\|<CR>|<cr>|<br ?/?>)"
    r"(?:EVN|PID|PD1|NK1|PV1|PV2|OBX|DG1|FT1|PR1|GT1|IN1|SCH|RGS|AIS|AIL|AIP)(?=[^A-Za-z0-9\s])"
)
_NO_SEGMENTS: Final[Sequence[Segment]] = ()
_NAME = re.compile(r"[A-Z][A-Z0-9]{2}\Z", re.ASCII)
_WIDTH = 3


class MessageHeader(NamedTuple):
    """What messages of one sender, type and version have in common."""

    message_type: str
    event: str
    processing_id: str
    version: str
    profile: str
    # application, facility, message type and event, or nothing, as a row has them
    sender_and_type: tuple[str | None, str | None, str | None, str | None]


NO_HEADER: Final = MessageHeader("", "", "", "", "", (None, None, None, None))


class Dialect:
    """What messages with the same encoding characters share: their values, and the headers seen so far."""

    def __init__(self, encoding: Encoding) -> None:
        self.values = Values(encoding)
        self._headers: dict[tuple[str, ...], MessageHeader] = {}

    def header(self, *fields: str) -> MessageHeader:
        """Return MSH-3, 4, 9, 11 and 12 read."""
        found = self._headers.get(fields)
        if found is None:
            application, facility, kind, processing_id, version = fields
            first = self.values.first
            sender = (first(application), first(facility))
            kinds = (first(kind).upper(), self.values.component(kind, 2).upper())
            one, two, three, four = (text or None for text in (*sender, *kinds))
            found = MessageHeader(
                *kinds,
                first(processing_id).upper(),
                first(version),
                ":".join((PROFILE, *sender)),
                (one, two, three, four),
            )
            if len(self._headers) >= _MOST_HEADERS:
                self._headers.clear()
            self._headers[fields] = found
        return found


class Message:
    """The segments of one message by name, as far as they are read, each with its place in the file."""

    __slots__ = (
        "_segments",
        "control_id",
        "dialect",
        "frame",
        "ft1s",
        "header",
        "sent",
        "stray_after_charge",
        "values",
    )

    def __init__(self, frame: Frame, dialect: Dialect) -> None:
        self.frame = frame
        self.dialect = dialect
        self.values = values = dialect.values
        self.stray_after_charge = False
        mark = values.encoding.field
        msh = frame.segments[0].split(mark)
        # MSH-1 is the separator itself, so MSH-n stands at n - 1
        msh += [""] * (_LAST_READ_OF_MSH - len(msh))
        self.sent = msh[6]
        self.control_id = values.first(msh[9])
        self.header = dialect.header(msh[2], msh[3], msh[8], msh[10], msh[11])
        self._segments: dict[str, list[Segment]] = {}
        name = "MSH"
        segments = self._segments
        for number, segment in enumerate(frame.segments[1:], start=frame.segment_number + 1):
            before, name = name, segment[:_WIDTH]
            pad = _PADS.get(name)
            if pad is not None:
                fields = segment.split(mark)
                fields += pad[len(fields) :]
                known = segments.get(name)
                if known is None:
                    segments[name] = [(number, fields)]
                else:
                    known.append((number, fields))
            elif (name not in _UNREAD and not _NAME.match(name)) or (len(segment) > _WIDTH and segment[_WIDTH] != mark):
                self.stray_after_charge |= before == "FT1"
                name = before
        self.ft1s = segments.get("FT1", _NO_SEGMENTS)

    def all(self, name: str) -> Sequence[Segment]:
        """Return the segments of a name: place and fields."""
        return self._segments.get(name, _NO_SEGMENTS)

    def first(self, name: str) -> Segment | None:
        """Return the first segment of a name."""
        found = self._segments.get(name)
        return found[0] if found else None

    def why_refused(self) -> tuple[str, str] | None:
        """Return code and words when the message cannot be trusted as a whole."""
        frame = self.frame
        if not frame.is_whole:
            return "truncated_message", "the MLLP block of the message never closes: it may have been cut off"
        if not self.header.message_type:
            return "missing_message_type", "MSH-9 does not say what the message is"
        if self._has_run_together():
            words = "segments have run together on one line, where charges would not be seen: each ends with a return"
            return "joined_segments", words
        if self.stray_after_charge:
            return "broken_segment", "a line inside a charge is no segment: a line end has cut the charge in two"
        if self.header.message_type == _CHARGE_MESSAGE and not self.ft1s:
            return "no_transactions", "a charge message (DFT) without a single FT1 says nothing about money"
        return None

    def _has_run_together(self) -> bool:
        """Look for names of segments inside segments: FT1 always, others where the message lacks what it must have."""
        if self.frame.text.count("FT1" + self.values.encoding.field) != len(self.ft1s):
            return True
        if "PID" in self._segments and (self.ft1s or self.header.message_type != _CHARGE_MESSAGE):
            return False
        return any(_RUN_TOGETHER.search(segment) for segment in self.frame.segments)

    def diagnoses(self) -> tuple[str | None, bool]:
        """Return the ICD-10-CM codes of the message joined by ``;``, and whether other codes were left out.

        In a P11 those behind an FT1 are that charge's own (``own_diagnoses``).
        """
        dg1s = self.all("DG1")
        if not dg1s:
            return None, False
        if self.has_own_diagnoses and self.ft1s:
            first_charge = self.ft1s[0][0]
            dg1s = [one for one in dg1s if one[0] < first_charge]
        return self._codes(dg1s)

    @property
    def has_own_diagnoses(self) -> bool:
        """Whether each charge may have diagnoses of its own: a P11."""
        return self.header.event == _OWN_DIAGNOSES_EVENT

    def own_diagnoses(self, order: int) -> str | None:
        """Return the codes of the DG1 segments between the ``order``-th FT1 of a P11, from 1, and the next."""
        start = self.ft1s[order - 1][0]
        end = self.ft1s[order][0] if order < len(self.ft1s) else self.frame.segment_number + len(self.frame.segments)
        return self._codes([one for one in self.all("DG1") if start < one[0] < end])[0]

    def _codes(self, dg1s: Sequence[Segment]) -> tuple[str | None, bool]:
        if not dg1s:
            return None, False
        found = [self.values.diagnoses[fields[3]] for _, fields in dg1s]
        codes = dict.fromkeys(code for code, _ in found if code)
        return ";".join(codes) or None, any(others for _, others in found)
