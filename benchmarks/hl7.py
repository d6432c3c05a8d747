"""Our HL7 reader against hl7apy and python-hl7, on one generated batch of charge messages, in one run.

Every parser hands over the same ten fields of every charge, and they are compared before any figure is printed. Ours
is measured twice: reading those fields with its parsing layer, as the other two do, and the whole of what the pipeline
makes of a file: bytes in; nine typed tables as Arrow, findings and control amounts out. The bars are for both. Figures
are CPU seconds of this process, the best of nine runs.

    python -m benchmarks.hl7 [--messages 20000] [--slow-messages 400] [--check]

``--check`` exits with 1 when either of ours is not at least 300 times hl7apy and 15 times python-hl7. The two others
read the first ``--slow-messages`` of the batch only; their figures are per message. What does not belong here:
correctness of the reader on odd input (tests/unit/formats/test_hl7.py).
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import sys
import time
import tracemalloc
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from orchestration.core.ids import file_id, npi_check_digit
from orchestration.core.tables import SourceFile
from orchestration.formats.hl7 import reader as ours
from orchestration.formats.hl7.encoding import encoding_of
from orchestration.formats.hl7.framing import frames
from orchestration.formats.hl7.message import Dialect, Message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from orchestration.formats.hl7.encoding import Encoding

HL7APY_BAR, PYTHON_HL7_BAR = 300, 15
_CODES = ("99213", "99214", "99203", "71046", "80053", "36415", "93000", "90471", "20610", "99396")
_DIAGNOSES = ("J02.9", "I10", "E11.9", "M25.561", "R05.9", "Z00.00", "N39.0")
Batch = TypeVar("Batch")
Found = TypeVar("Found")
Charge = tuple[str, str, str, str, str, str, str, str, str, str]


class Measured(NamedTuple):
    """What one parser needed for its messages, and the fields it found."""

    name: str
    cpu_seconds: float
    message_count: int
    peak_mebibytes: float
    charges: list[Charge]

    @property
    def messages_per_cpu_second(self) -> float:
        """The figure that is compared."""
        return self.message_count / self.cpu_seconds


def generate(count: int, seed: int = 7) -> list[str]:
    """Return DFT^P03 messages of a practice, one to four charges each, as an interface engine writes them."""
    draw = random.Random(seed)  # noqa: S311  # made-up charges, nothing secret
    npis = [f"{first}{npi_check_digit(first)}" for first in (f"12345{number:04}" for number in range(12))]
    start = dt.date(2026, 1, 1)
    return [_message(number, start + dt.timedelta(days=number % 365), npis, draw) for number in range(count)]


def _message(number: int, day: dt.date, npis: Sequence[str], draw: random.Random) -> str:
    stamp = f"{day:%Y%m%d}{draw.randrange(8, 18):02}{draw.randrange(60):02}00"
    npi = draw.choice(npis)
    mrn = f"MRN{draw.randrange(60_000):06}"
    person = f"{npi}^SYNTH^PROVIDER^^^^^^NPI&2.16.840.1.113883.4.6&ISO"
    segments = [
        f"MSH|^~\\&|EHR|CLINIC|BOOKS|CLINIC|{stamp}||DFT^P03^DFT_P03|M{number:08}|P|2.5.1",
        f"EVN|P03|{stamp}",
        _pid(number, mrn, draw),
        f"PV1|1|O|MAIN^ROOM{number % 9}^^CLINIC||||{person}||||||||||||VIS{number:08}|||||||||||||||||||||||||{stamp}",
    ]
    for line in range(1, draw.choice((1, 1, 2, 2, 3, 4)) + 1):
        code, (diagnosis, other) = draw.choice(_CODES), draw.sample(_DIAGNOSES, 2)
        modifiers = draw.choice(("", "", "", "25", "59", "26", "25~59"))
        cents = draw.randrange(1_500, 60_000)
        segments.append(
            f"FT1|{line}|T{number:08}-{line}|B{day:%y%j}|{day:%Y%m%d}|{day:%Y%m%d}|CG|{code}^SYNTH SERVICE^C4|||"
            f"{draw.choice(('1', '1', '1', '2'))}|{cents // 100}.{cents % 100:02}&USD|||||MAIN^^^CLINIC|||"
            f"{diagnosis}^^I10~{other}^^I10|{person}|{person}||O{number:08}||{code}^SYNTH SERVICE^C4|"
            f"{modifiers}"
        )
    segments.append(
        f"IN1|1|PLAN{number % 5}|6005{number % 5}|SYNTH HEALTH {number % 5}||||GRP{number % 7}||||20260101||||||||||"
    )
    return "\r".join(segments) + "\r"


def _pid(number: int, mrn: str, draw: random.Random) -> str:
    born = f"19{draw.randrange(40, 99)}0203"
    address = f"{number % 900} SYNTH ST^^SPRINGFIELD^IL^60601^US"
    return f"PID|1||{mrn}^^^CLINIC^MR||SYNTH^PATIENT||{born}|F|||{address}||5555550100|||S||ACC{number:08}"


def with_our_parser(messages: Sequence[str]) -> list[Charge]:
    """Return the fields by our splitter, message and value layers, which is what the other two parsers are."""
    found: list[Charge] = []
    dialects: dict[Encoding, Dialect] = {}
    for frame in frames("".join(messages)):
        encoding = encoding_of(frame.segments[0])
        if encoding is None:
            continue
        dialect = dialects.get(encoding)
        if dialect is None:
            dialect = dialects[encoding] = Dialect(encoding)
        message = Message(frame, dialect)
        values = dialect.values
        first = values.first
        patient, payer = (values.patient(message.all("PID")[0][1][3]), first(message.all("IN1")[0][1][3]))
        found += [
            (
                first(ft1[2]),
                patient,
                first(ft1[4]),
                first(ft1[25]),
                "~".join(map(first, values.repeats(ft1[26]))),
                first(ft1[10]),
                first(ft1[11]),
                ";".join(map(first, values.repeats(ft1[19]))),
                first(ft1[20]),
                payer,
            )
            for _, ft1 in message.ft1s
        ]
    return found


def with_our_pipeline(file: SourceFile) -> dict[str, pa.Table]:
    """Read a batch as the pipeline does, up to the tables that go into the lake."""
    return ours.read([file]).to_arrow()


def compared_fields(tables: dict[str, pa.Table]) -> list[Charge]:
    """Return the compared fields of the rows the pipeline made."""
    return [
        (
            row["transaction_id"],
            row["patient_id"],
            f"{row['service_date']:%Y%m%d}",
            row["procedure_code"],
            "~".join(filter(None, (row[f"modifier_{number}"] for number in range(1, 5)))),
            f"{row['units'].normalize():f}",
            f"{row['amount']:.2f}",
            row["diagnosis_codes"],
            row["rendering_provider_id"],
            row["payer_id"],
        )
        for row in tables["transactions"].to_pylist()
    ]


def with_python_hl7(messages: Sequence[str]) -> list[Charge]:
    """Return the same fields by python-hl7 (the package ``hl7``)."""
    import hl7  # an extra that only this benchmark needs

    found = []
    for text in messages:
        message = hl7.parse(text)
        patient = str(message.segment("PID")[3][0][0])
        payer = str(message.segment("IN1")[3][0])
        found += [
            (
                str(ft1[2]),
                patient,
                str(ft1[4]),
                str(ft1[25][0][0]),
                str(ft1[26]),
                str(ft1[10]),
                str(ft1[11]).partition("&")[0],
                ";".join(str(repeat[0]) for repeat in ft1[19]),
                str(ft1[20][0][0]),
                payer,
            )
            for ft1 in message.segments("FT1")
        ]
    return found


def with_hl7apy(messages: Sequence[str]) -> list[Charge]:
    """Return the same fields by hl7apy, without searching for groups, which is its fastest way."""
    from hl7apy.parser import parse_message  # as above

    found = []
    for text in messages:
        message = parse_message(text, find_groups=False)
        patient = message.pid.pid_3.cx_1.value
        payer = message.in1.in1_3.cx_1.value
        found += [
            (
                ft1.ft1_2.value,
                patient,
                ft1.ft1_4.value,
                ft1.ft1_25.ce_1.value,
                "~".join(repeat.value for repeat in ft1.ft1_26),
                ft1.ft1_10.value,
                ft1.ft1_11.cp_1.mo_1.to_er7(),
                ";".join(repeat.ce_1.value for repeat in ft1.ft1_19),
                ft1.ft1_20.xcn_1.value,
                payer,
            )
            for ft1 in message.ft1
        ]
    return found


def measure(
    name: str, read: Callable[[Batch], Found], batch: Batch, message_count: int, fields: Callable[[Found], list[Charge]]
) -> Measured:
    """Return the best of nine runs, and the memory peak of a run of its own (tracing slows what it traces)."""
    best = float("inf")
    for _ in range(9):
        started = time.process_time()
        found = read(batch)
        best = min(best, time.process_time() - started)
    charges = fields(found)
    tracemalloc.start()
    read(batch)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Measured(name, best, message_count, peak / 2**20, charges)


def main() -> int:
    """Print one line per parser and the two ratios."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--messages", type=int, default=20_000)
    arguments.add_argument("--slow-messages", type=int, default=400)
    arguments.add_argument("--check", action="store_true")
    chosen = arguments.parse_args()
    messages = generate(chosen.messages)
    few = messages[: chosen.slow_messages]
    content = "".join(messages).encode()
    file = SourceFile(file_id(content), "batch.hl7", content, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    results = [
        measure("ours, parser", with_our_parser, messages, len(messages), list),
        measure("ours, whole pipeline", with_our_pipeline, file, len(messages), compared_fields),
        measure("python-hl7", with_python_hl7, few, len(few), list),
        measure("hl7apy", with_hl7apy, few, len(few), list),
    ]
    fast, whole, python_hl7, hl7apy = results
    expected = fast.charges[: len(python_hl7.charges)]
    if fast.charges != whole.charges or not expected == python_hl7.charges == hl7apy.charges:
        sys.stderr.write("the parsers do not agree on the fields: no figure means anything\n")
        return 1
    size = sum(map(len, messages)) / 2**20
    print(f"{len(messages)} messages, {len(fast.charges)} charges, {size:.1f} MiB; the same fields out of all four")
    for each in results:
        print(
            f"{each.name:22}{each.messages_per_cpu_second:12,.0f} messages per CPU second"
            f"{each.cpu_seconds:9.2f} s{each.peak_mebibytes:9.1f} MiB peak for {each.message_count} messages"
        )
    for each in (fast, whole):
        times = [each.messages_per_cpu_second / other.messages_per_cpu_second for other in (hl7apy, python_hl7)]
        print(f"{each.name}: {times[0]:,.0f} times hl7apy, {times[1]:,.0f} times python-hl7")
    enough = all(
        each.messages_per_cpu_second >= HL7APY_BAR * hl7apy.messages_per_cpu_second
        and each.messages_per_cpu_second >= PYTHON_HL7_BAR * python_hl7.messages_per_cpu_second
        for each in (fast, whole)
    )
    verdict = "met" if enough else "MISSED"
    print(f"bars for both: {HL7APY_BAR} times hl7apy, {PYTHON_HL7_BAR} times python-hl7: {verdict}")
    return int(chosen.check and not enough)


if __name__ == "__main__":
    sys.exit(main())
