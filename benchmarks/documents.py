"""How well bills and receipts are read: ``python -m benchmarks.documents --count 600``.

Writes made-up documents as ``medbooks practice documents`` does, reads each with the engine and the reader that a run
uses, and compares every field with what was printed. Shown by carrier and resolution: the share of documents whose
date, total, number, vendor and tax are right, and seconds of CPU a document. Then what counts: of the documents that
could be booked without a person (arithmetic proved, date and known vendor read, not below 150 dpi: as
``int_ledger__bills`` decides), how many are right in every booked field. One that is wrong is named, and makes the
exit code 1: a misread amount may be held, never booked.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import multiprocessing
import os
import resource
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from orchestration.core.ids import file_id
from orchestration.core.money import from_cents
from orchestration.core.tables import SourceFile
from orchestration.synthetic.paper import Paper, make_papers, print_paper

FIELDS = ("date", "total", "tax", "number", "vendor")
_VENDORS = Path(__file__).parents[1] / "dbt_project" / "seeds" / "vendors.csv"
_LANDED_AT = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
_LEAST_DPI = 150


@dataclass
class Read:
    """What was read of one document: field by field whether it is right, and whether it would be booked."""

    name: str
    carrier: str
    right: dict[str, bool]
    is_quarantined: bool = False
    would_book: bool = False
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


def vendor_patterns() -> list[tuple[str, str]]:
    """Return (beginning of a name in lower case, vendor) of every vendor the demo's practice knows."""
    with _VENDORS.open(encoding="utf-8", newline="") as file:
        return [(row["vendor_pattern"].rstrip("%"), row["vendor_name"]) for row in csv.DictReader(file)]


def read_paper(paper: Paper, seed: int) -> Read:
    """Print one document, read it, and judge it."""
    from orchestration.formats.documents.reader import read
    from orchestration.stores.ocr import OcrEngine

    content = print_paper(paper, seed)
    before = _cpu_seconds()
    document = OcrEngine().read(SourceFile(file_id(content), paper.file_name, content, _LANDED_AT))
    tables = {name: table.to_pylist() for name, table in read([document]).to_arrow().items()}
    seconds = _cpu_seconds() - before
    carrier = "printed" if paper.medium == "printed" else f"{paper.medium} {paper.dpi}"
    if not tables["bills"]:
        return Read(paper.file_name, carrier, dict.fromkeys(FIELDS, False), is_quarantined=True, seconds=seconds)
    bill: dict[str, Any] = tables["bills"][0]
    known = [name for start, name in vendor_patterns() if (bill["vendor_name"] or "").lower().startswith(start)]
    vendor = known[0] if known else bill["vendor_name"] or ""
    tax = bill["tax_amount"] or Decimal(0)
    right = {
        "date": bill["bill_date"] == paper.document_date,
        "total": bill["total_amount"] == from_cents(paper.total_cents),
        "tax": tax == from_cents(paper.tax_cents),
        "number": bill["bill_number"] == paper.document_number,
        "vendor": vendor.lower() == paper.vendor_name.lower(),
    }
    is_fine_enough = bill["text_source"] == "text_layer" or (bill["dpi"] or 0) >= _LEAST_DPI
    would_book = bool(bill["is_arithmetic_proved"] and bill["bill_date"] and known and is_fine_enough)
    wrong = [name for name in ("date", "total", "vendor") if not right[name]]
    return Read(
        paper.file_name, carrier, right, would_book=would_book, seconds=seconds, wrong=wrong if would_book else []
    )


def _cpu_seconds() -> float:
    """Return CPU-seconds of this process and of the programs it waited for."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _one(arguments: tuple[int, int]) -> Read:
    number, seed = arguments
    *_, paper = make_papers(seed, number)
    return read_paper(paper, seed)


def judge(count: int, seed: int, processes: int) -> list[Read]:
    """Return what was read of the first ``count`` documents of a set."""
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        return pool.map(_one, [(number, seed) for number in range(1, count + 1)], chunksize=5)


def table(found: list[Read]) -> list[str]:
    """Return the lines to print."""
    by_carrier: defaultdict[str, list[Read]] = defaultdict(list)
    for each in found:
        by_carrier[each.carrier].append(each)
        by_carrier["all"].append(each)
    lines = [f"{'carrier':14} {'count':>5} " + " ".join(f"{name:>7}" for name in FIELDS) + "  booked  CPU-s"]
    for carrier, reads in sorted(by_carrier.items()):
        shares = " ".join(f"{sum(each.right[name] for each in reads) / len(reads):7.3f}" for name in FIELDS)
        booked = sum(each.would_book for each in reads) / len(reads)
        seconds = sum(each.seconds for each in reads) / len(reads)
        lines.append(f"{carrier:14} {len(reads):5} {shares} {booked:7.3f} {seconds:6.2f}")
    return lines


def main() -> int:
    """Measure, print, and return 1 when anything wrong would have been booked."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=600)
    arguments.add_argument("--seed", type=int, default=7)
    arguments.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    arguments.add_argument("--out", type=Path, help="every document's verdict as JSON")
    chosen = arguments.parse_args()
    found = judge(chosen.count, chosen.seed, chosen.processes)
    print("\n".join(table(found)))
    booked = [each for each in found if each.would_book]
    wrong = [each for each in booked if each.wrong]
    print(f"could be booked without a person: {len(booked)} of {len(found)}; wrong among them: {len(wrong)}")
    for each in wrong:
        print(f"  {each.name} ({each.carrier}): {', '.join(each.wrong)}")
    if chosen.out:
        chosen.out.write_text(json.dumps([vars(each) for each in found], indent=1), encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
