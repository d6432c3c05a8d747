"""What reading remittances costs: ours against pyx12 and others, on the same generated files, in one run.

    .venv/bin/python benchmarks/era835.py                 # 1, 10 and 100 MB, and 2,000 files of 20 KB
    .venv/bin/python benchmarks/era835.py --megabytes 1   # a minute

Ours does everything: all tables as Arrow columns, the implementation guide, counts, control numbers and the three
balances; its totals are compared with the generator's truth before a figure is printed. Every reader runs in a process
of its own; CPU-seconds are those of the process less its imports, memory is its peak. A reader that would need more
than a few minutes for a size is not asked; its speed at the largest size it was asked for stands for it, marked ``~``.
Needs the generator beside the checkout (MEDBOOKS_SHARED) and the extra ``bench``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("MEDBOOKS_SHARED") or PROJECT.parent / "shared")
SMALL_FILES, SMALL_KILOBYTES = 2000, 20
# megabytes each is asked for at most: the slow ones would take an hour for 100
READERS = {
    "medbooks, all tables and full validation": 100,
    "medbooks, inspect (full validation)": 100,
    "numpy, find every delimiter (floor)": 100,
    "plain Python loop, no validation": 10,
    "openx12 0.2.1": 10,
    "edi-835-parser 1.6.0": 10,
    "pyx12 4.0.0, segment reader": 10,
    "pyx12 4.0.0, validation": 10,
}
OURS, BASE = next(iter(READERS)), list(READERS)[-1]


# --- the readers: each takes paths, reads them and returns what it counted ------------------------------------------


def read_ours(paths: list[Path]) -> dict[str, Any]:
    from orchestration.formats.x12.era835.rows import Rows

    class Sink(Rows):
        """Builds every table of a run and lets it go, as a writer would."""

        def collect(self, run: object) -> None:
            super().collect(run)
            self.chunks.clear()

    return {"claims": sum(reading.claim_count for reading in _readings(Sink(), paths))}


def _readings(sink: object, paths: list[Path]) -> list[Any]:
    import datetime as dt

    from orchestration.core.tables import SourceFile
    from orchestration.formats.x12.era835.engine import Engine

    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    streams = [(SourceFile(path.name, path.name, b"", now), path.open("rb")) for path in paths]
    readings = Engine(sink).read_streams(streams)
    for _, stream in streams:
        stream.close()
    return readings


def totals_of_ours(paths: list[Path]) -> dict[str, Any]:
    """Add up every table, for the comparison with the truth: a pass of its own that is not timed."""
    from collections import Counter

    import pyarrow.compute as pc

    from orchestration.formats.x12.era835.inspect import is_accepted
    from orchestration.formats.x12.era835.rows import Rows

    totals: Counter[str] = Counter()

    class Sink(Rows):
        """Adds up the tables of a run."""

        def collect(self, run: object) -> None:
            super().collect(run)
            for name, chunks in self.chunks.items():
                totals[name] += sum(chunk.num_rows for chunk in chunks)
            claims, adjustments = self.chunks["claims"][-1], self.chunks["adjustments"][-1]
            totals["paid"] += int((pc.sum(claims["paid_amount"]).as_py() or 0) * 100)
            totals["charge"] += int((pc.sum(claims["charged_amount"]).as_py() or 0) * 100)
            by_group = adjustments.group_by("group_code").aggregate([("adjustment_amount", "sum")]).to_pylist()
            for row in by_group:
                totals[f"group {row['group_code']}"] += int(row["adjustment_amount_sum"] * 100)
            self.chunks.clear()

    readings = _readings(Sink(), paths)
    totals["accepted"] = sum(is_accepted(reading) for reading in readings)
    totals["bpr"] = int(sum(reading.paid_amount for reading in readings) * 100)
    totals["segments"] = sum(reading.segment_count for reading in readings)
    totals["st"] = sum(len(reading.remittances) for reading in readings)
    totals["isa"] = sum(len(reading.interchanges) for reading in readings)
    for reading in readings:
        for remittance in reading.remittances:
            for pair in remittance.payment.provider_adjustments:
                totals["plb"] += 1
                totals[f"plb {pair[3]}"] += int(pair[5] * 100)
    return dict(totals)


def read_inspect(paths: list[Path]) -> dict[str, Any]:
    import datetime as dt

    from orchestration.core.tables import SourceFile
    from orchestration.formats.x12.era835.inspect import inspect_streams

    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    streams = [(SourceFile(path.name, path.name, b"", now), path.open("rb")) for path in paths]
    reports = inspect_streams(streams)
    for _, stream in streams:
        stream.close()
    return {"claims": sum(report["claims"] for report in reports)}


def read_numpy(paths: list[Path]) -> dict[str, Any]:
    import numpy as np

    found = 0
    for path in paths:
        with path.open("rb") as stream:
            while piece := stream.read(8 << 20):
                buffer = np.frombuffer(piece, dtype=np.uint8)
                found += len(np.flatnonzero((buffer == ord("~")) | (buffer == ord("*"))))
    return {"delimiters": found}


def read_loop(paths: list[Path]) -> dict[str, Any]:
    from decimal import Decimal

    claims: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    adjustments: list[tuple[Any, ...]] = []
    for path in paths:
        for segment in path.read_text(encoding="latin-1").split("~"):
            parts = segment.split("*")
            if parts[0] == "CLP":
                claims.append((parts[1], parts[2], Decimal(parts[3]), Decimal(parts[4]), *parts[5:]))
            elif parts[0] == "SVC":
                lines.append((*parts[1].split(":"), Decimal(parts[2]), Decimal(parts[3]), *parts[4:]))
            elif parts[0] == "CAS":
                adjustments.extend(
                    (parts[1], parts[place], Decimal(parts[place + 1])) for place in range(2, len(parts) - 1, 3)
                )
    return {"claims": len(claims), "lines": len(lines), "adjustments": len(adjustments)}


def read_openx12(paths: list[Path]) -> dict[str, Any]:
    from openx12 import x835

    return {"claims": sum(len(x835.parse(path.read_text(encoding="latin-1")).claims) for path in paths)}


def read_edi_835_parser(paths: list[Path]) -> dict[str, Any]:
    from edi_835_parser import parse

    return {"sets": sum(len(parse(str(path)).transaction_sets) for path in paths)}


def read_pyx12_segments(paths: list[Path]) -> dict[str, Any]:
    from pyx12.x12file import X12Reader

    count = 0
    for path in paths:
        with path.open(encoding="ascii") as stream:
            count += sum(1 for _ in X12Reader(stream))
    return {"segments": count}


def read_pyx12(paths: list[Path]) -> dict[str, Any]:
    import io
    import logging

    from pyx12.params import ParamsBase
    from pyx12.x12n_document import x12n_document

    logging.getLogger("pyx12").addHandler(logging.NullHandler())
    logging.getLogger("pyx12").propagate = False
    parameters = ParamsBase()
    accepted = 0
    for path in paths:
        with path.open(encoding="ascii") as stream:
            accepted += bool(x12n_document(parameters, io.StringIO(stream.read()), None, None))
    return {"accepted": accepted}


FUNCTIONS = dict(
    zip(
        READERS,
        (
            read_ours,
            read_inspect,
            read_numpy,
            read_loop,
            read_openx12,
            read_edi_835_parser,
            read_pyx12_segments,
            read_pyx12,
        ),
        strict=True,
    )
)


def run_one(name: str, paths: list[Path], warm: Path) -> None:
    """Print what one reader needed, as JSON.

    It reads a small file first, so imports and tables that are made once are not counted.
    """
    import resource
    import time

    sys.path.insert(0, str(PROJECT))
    FUNCTIONS[name]([warm])
    started = time.process_time()
    counted = FUNCTIONS[name](paths)
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if name == OURS:
        counted = totals_of_ours(paths)
    print(json.dumps({"seconds": seconds, "peak_megabytes": peak, "counted": counted}))


# --- the table ------------------------------------------------------------------------------------------------------


def generate(folder: Path, name: str, megabytes: float, seed: int) -> tuple[Path, dict[str, Any]]:
    path = folder / name
    command = [sys.executable, str(SHARED / "bench/era835/gen835.py"), "--mb", str(megabytes), "--seed", str(seed)]
    told = subprocess.run(  # the generator beside the checkout
        [*command, "-o", str(path)], check=True, capture_output=True, text=True
    )
    return path, json.loads(told.stdout.splitlines()[-1])


def check(counted: dict[str, Any], truths: list[dict[str, Any]]) -> None:
    """Stop when a total of ours is not the generator's."""
    names = {"claims": "claims", "svc": "service_lines", "cas": "adjustments", "lq": "remarks"}
    names |= {name: name for name in ("plb", "st", "isa", "segments")}
    for theirs, ours in names.items():
        # remarks of MIA and MOA stand in the same table as those of LQ
        expected, found = sum(truth.get(theirs, 0) for truth in truths), counted.get(ours, 0)
        assert found == expected or (theirs == "lq" and found > expected), (ours, found, expected)
    for name in ("paid", "charge", "bpr"):
        assert counted[name] == sum(truth["cents"][name] for truth in truths), name
    for part, prefix in (("by_group", "group"), ("plb", "plb")):
        for code in {code for truth in truths for code in truth["cents"][part]}:
            expected = sum(truth["cents"][part].get(code, 0) for truth in truths)
            assert counted.get(f"{prefix} {code}", 0) == expected, (prefix, code)
    assert counted["accepted"] == len(truths), "the generator's files keep to the guide"


def measure(name: str, paths: list[Path], warm: Path) -> dict[str, Any]:
    listing = warm.parent / "paths.json"
    listing.write_text(json.dumps([str(path) for path in paths]))
    told = subprocess.run(  # this file again
        [sys.executable, __file__, "--one", name, "--paths", str(listing), "--warm", str(warm)],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(told.stdout.splitlines()[-1])


def compare(
    title: str,
    paths: list[Path],
    truths: list[dict[str, Any]],
    warm: Path,
    speeds: dict[str, float],
    few: dict[str, int],
) -> None:
    """Measure every reader on one set of files and print a line each; ``few`` are asked about so many of them only."""
    megabytes = sum(path.stat().st_size for path in paths) / 1e6
    results = {}
    for name, most in READERS.items():
        if name in few:
            asked = paths[: few[name]]
            result = measure(name, asked, warm)
            speeds[name] = sum(path.stat().st_size for path in asked) / 1e6 / result["seconds"]
        elif megabytes <= most * 1.5 or name not in speeds:
            results[name] = measure(name, paths, warm)
            speeds[name] = megabytes / results[name]["seconds"]
    check(results[OURS]["counted"], truths)
    print(f"\n{title}: {megabytes:.1f} MB")
    print(f"  {'reader':<44}{'CPU-s':>10}{'MB/CPU-s':>11}{'× pyx12':>10}{'peak MB':>10}")
    for name in READERS:
        result = results.get(name)
        seconds = f"{result['seconds']:.3f}" if result else f"~{megabytes / speeds[name]:.0f}"
        memory = f"{result['peak_megabytes']}" if result else ""
        ratio = speeds[name] / speeds[BASE]
        print(f"  {name:<44}{seconds:>10}{speeds[name]:>11.2f}{ratio:>10.1f}{memory:>10}", flush=True)


def compare_start(small: Path) -> None:
    """Print what the command line takes on one small file, with everything it imports: the median of eleven."""
    binaries = Path(sys.executable).parent
    commands = {
        "medbooks era inspect": (binaries / "medbooks", "era", "inspect", small),
        "medbooks era inspect --json": (binaries / "medbooks", "era", "inspect", "--json", small),
        "pyx12 4.0.0, x12valid": (binaries / "x12valid", small),
    }
    seconds = {name: statistics.median(_cpu_seconds(command) for _ in range(11)) for name, command in commands.items()}
    print(f"\none file of {small.stat().st_size / 1000:.0f} KB, command line from start to end")
    for name, taken in seconds.items():
        print(f"  {name:<44}{taken:>10.2f} CPU-s")


def _cpu_seconds(command: tuple[Path | str, ...]) -> float:
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # x12valid fails on a good file, too: its acknowledgement of an 835 does
    subprocess.run(command, check="era" in command, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, nargs="*", default=[1, 10, 100])
    parser.add_argument("--no-small", action="store_true", help="without the 2,000 small files")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--one", choices=list(READERS), help=argparse.SUPPRESS)
    parser.add_argument("--paths", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--warm", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        run_one(options.one, [Path(path) for path in json.loads(options.paths.read_text())], options.warm)
        return
    if not (SHARED / "bench/era835/gen835.py").exists():
        sys.exit("the generator is not beside the checkout: set MEDBOOKS_SHARED to the folder that holds bench/")
    with tempfile.TemporaryDirectory(dir=os.environ.get("MEDBOOKS_BENCH_FOLDER")) as name:
        folder = Path(name)
        warm, _ = generate(folder, "warm.835", 0.2, 99)
        small, _ = generate(folder, "small.835", SMALL_KILOBYTES / 1000, options.seed)
        compare_start(small)
        speeds: dict[str, float] = {}
        for megabytes in options.megabytes:
            path, truth = generate(folder, f"{megabytes}.835", megabytes, options.seed)
            compare(f"one file of {megabytes} MB", [path], [truth], warm, speeds, {})
            path.unlink()
        if not options.no_small:
            made = [
                generate(folder, f"small{n}.835", SMALL_KILOBYTES / 1000, options.seed + n) for n in range(SMALL_FILES)
            ]
            paths, truths = [path for path, _ in made], [truth for _, truth in made]
            title = f"{SMALL_FILES} files of {SMALL_KILOBYTES} KB"
            # small files have fixed costs, so nothing is carried over from large ones
            compare(title, paths, truths, warm, {}, {name: 200 for name, most in READERS.items() if most <= 10})  # noqa: PLR2004


if __name__ == "__main__":
    main()
