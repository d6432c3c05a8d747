"""X12 envelopes: one interchange of one functional group of one transaction set, counted and numbered.

What does not belong here: what is inside.
"""

from __future__ import annotations

from typing import NamedTuple

END = "~\n"


class Envelope(NamedTuple):
    """Who sends what to whom, when: ``date`` as CCYYMMDD, ``control`` nine digits."""

    group: str
    version: str
    sender: str
    receiver: str
    date: str
    time: str
    control: str

    def around(self, body: list[str]) -> bytes:
        """Return the file; ``body`` begins with its ST and is closed here."""
        isa = (
            f"ISA*00*{'':10}*00*{'':10}*ZZ*{self.sender:15}*ZZ*{self.receiver:15}*{self.date[2:]}*{self.time}*^*00501"
            f"*{self.control}*0*P*:"
        )
        number = int(self.control)
        segments = [
            isa,
            f"GS*{self.group}*{self.sender}*{self.receiver}*{self.date}*{self.time}*{number}*X*{self.version}",
            *body,
            # ST and SE count too
            f"SE*{len(body) + 1}*0001",
            f"GE*1*{number}",
            f"IEA*1*{self.control}",
            "",
        ]
        return END.join(segments).encode("ascii")
