"""The smallest readers of a generated practice that could do: they share no code with the project's."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from dataclasses import dataclass
from decimal import Decimal

START = dt.date(2025, 11, 1)
DAYS = 150


@dataclass
class Practice:
    """The files of a generated practice, and its truth."""

    files: dict[str, bytes]
    manifest: dict

    def texts(self, prefix):
        return {name: content.decode("cp1252") for name, content in self.files.items() if name.startswith(prefix)}

    def rows(self, prefix):
        return [row for text in self.texts(prefix).values() for row in csv.DictReader(io.StringIO(text))]

    def segments(self):
        return {
            name: [segment.strip().split("*") for segment in text.split("~") if segment.strip()]
            for name, text in self.texts("era").items()
        }

    def bank_lines(self):
        """Every bank line as a dictionary of its OFX tags, dates and amounts read."""
        lines = []
        for text in self.texts("bank").values():
            for block in re.findall(r"<STMTTRN>(.*?)</STMTTRN>", text, re.DOTALL):
                line = dict(re.findall(r"<(\w+)>([^\r\n<]*)", block))
                line["date"] = dt.datetime.strptime(line["DTPOSTED"][:8], "%Y%m%d").date()  # noqa: DTZ007  # a date
                line["amount"] = Decimal(line["TRNAMT"])
                lines.append(line)
        return lines


def read_practice(out):
    files = {path.name: path.read_bytes() for path in sorted((out / "inbox").iterdir())}
    return Practice(files, json.loads((out / "truth" / "manifest.json").read_text()))


def amounts(segment, first, step):
    return [Decimal(segment[n]) for n in range(first, len(segment), step)]


def claims_of(segments):
    """Yield each claim as (CLP segment, its own CAS, its service lines as [SVC, CAS amounts])."""
    claim = None
    for segment in segments:
        if segment[0] == "CLP":
            if claim:
                yield claim
            claim = {"clp": segment, "adjusted": Decimal(0), "lines": [], "cas": [], "ids": []}
        elif segment[0] == "SVC":
            claim["lines"].append([segment, Decimal(0)])
        elif segment[0] == "CAS":
            adjusted = sum(amounts(segment, 3, 3))
            claim["adjusted"] += adjusted
            claim["cas"] += [(segment[1], segment[n], Decimal(segment[n + 1])) for n in range(2, len(segment), 3)]
            if claim["lines"]:
                claim["lines"][-1][1] += adjusted
        elif segment[0] == "REF" and segment[1] == "6R":
            claim["ids"].append(segment[2])
    if claim:
        yield claim
