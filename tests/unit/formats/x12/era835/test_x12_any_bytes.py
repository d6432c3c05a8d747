"""Whatever the bytes: nothing raises, nothing hangs, nothing is lost, and the file can be written back."""

from __future__ import annotations

import gc
import io
import time

import pytest
from fuzz.remittances import fuzz
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.format_examples import PAID_CLAIM, damaged, era, interchange, join, rows_of, source, transaction

from orchestration.core.tables import SourceFile
from orchestration.formats.x12 import era835
from orchestration.formats.x12.era835 import engine
from orchestration.formats.x12.era835.engine import Engine
from orchestration.formats.x12.era835.inspect import report
from orchestration.formats.x12.era835.remittances import FINDINGS_KEPT
from orchestration.formats.x12.era835.validation.verdict import validate
from orchestration.formats.x12.syntax import parts
from orchestration.formats.x12.syntax.layout import as_read, lay_out
from orchestration.formats.x12.syntax.segments import tokenize

TWO = era() + join(interchange(transaction(*PAID_CLAIM), control="000000002"), "\n").translate(
    bytes.maketrans(b"*:", b"|>")
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(damaged(TWO), damaged(era(end="~\r\n")), st.binary(max_size=300)))
def test_any_bytes_are_written_back_as_they_were(content):
    assert lay_out(content).write() == content


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged(TWO))
def test_a_layout_holds_the_segments_that_were_read(content):
    found = [
        as_read(segment, interchange.delimiters)
        for interchange, segment in zip(
            (i for i in tokenize(content).interchanges for _ in i.segments), lay_out(content).segments, strict=True
        )
    ]
    assert found == [segment for i in tokenize(content).interchanges for segment in i.segments]


@pytest.mark.shared
def test_every_sample_is_written_back_byte_for_byte(shared):
    files = [path for path in (shared / "samples" / "era835").rglob("*") if path.is_file()]
    assert len(files) > 60
    for path in files:
        content = path.read_bytes()
        assert lay_out(content).write() == content, path.name


def test_thousands_of_spoiled_files_raise_nothing_and_lose_nothing():
    assert fuzz(2000, seed=1) == 2000


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged(TWO + era(end="~\r\n")))
@example(b"\x00" + era())
@example(era()[:-1])
@example(b"\x00" + era()[:-1])
def test_the_fast_path_says_what_the_exact_path_says(content):
    fast = Engine().read_streams([(source(content), io.BytesIO(content))])[0]
    exact = Engine().read_streams([(source(content), io.BytesIO(content))], exact={0})[0]
    left, right = report(fast), report(exact)
    for each in (left, right):
        # findings about the file as a whole stand in no order
        each["findings"] = sorted((f["code"], f["segment_number"] or 0) for f in each["findings"])
    assert left == right


def test_a_header_that_is_cut_off_at_the_end_of_a_file_opens_nothing():
    cut = era() + era()[: era().index(b"~")]
    found = report(Engine().read([source(cut)])[0])
    assert found["interchanges"] == 1
    assert found["segments"] == tokenize(cut).segment_count
    assert "text_outside_interchange" in {finding["code"] for finding in found["findings"]}


def test_a_trailer_that_names_a_header_opens_no_interchange():
    content = era() + era().replace(b"IEA*", b"IEA*ISA*") + era()
    tokens = tokenize(content)
    reading = Engine().read([source(content)])[0]
    assert [len(interchange.segments) for interchange in tokens.interchanges] == [tokens.segment_count // 3] * 3
    assert (reading.segment_count, len(reading.remittances)) == (tokens.segment_count, 3)


@pytest.mark.parametrize("odd", [b"\x00", b"\x1a", b" "], ids=["NUL", "SUB", "blank"])
def test_a_stray_character_at_any_place_is_read_alike_fast_and_exactly(odd):
    content = era()
    inserted = [content[:place] + odd + content[place:] for place in range(len(content))]
    replaced = [content[:place] + odd + content[place + 1 :] for place in range(len(content))]
    for reading in Engine().read([source(changed) for changed in inserted + replaced]):
        tokens = tokenize(reading.file.content)
        assert reading.segment_count == tokens.segment_count, reading.file.content
        assert reading.verdict == validate(reading.file.content, tokens), reading.file.content


def test_an_id_with_a_nul_behind_it_is_another_id():
    spoiled = era() + era().replace(b"ISA*", b"ISA\x00*", 1)
    reading = Engine().read([source(spoiled)])[0]
    assert reading.segment_count == tokenize(spoiled).segment_count
    assert [finding.code for finding in reading.findings].count("text_outside_interchange") == 1


@pytest.mark.parametrize("is_on", [True, False])
def test_reading_leaves_the_collector_of_cycles_as_it_was(is_on):
    before = gc.isenabled()
    (gc.enable if is_on else gc.disable)()
    try:
        Engine().read([source(era()), source(b"junk")])
        assert gc.isenabled() is is_on
    finally:
        (gc.enable if before else gc.disable)()


def test_files_read_together_say_what_each_says_alone():
    files = [source(era()), source(TWO), source(b"junk"), source(era()[:-40]), source(era(end="~\n")), source(era())]
    together = [report(reading) for reading in Engine().read(files)]
    assert together == [report(Engine().read([file])[0]) for file in files]


def test_a_file_of_many_windows_is_read_as_one(monkeypatch):
    sets = [transaction(*PAID_CLAIM * 3, control=f"{n:04d}", paid="240") for n in range(60)]
    content = join(interchange(*sets))
    whole = report(Engine().read([source(content)])[0])
    monkeypatch.setattr(parts, "WINDOW", 2000)
    assert report(Engine().read([source(content)])[0]) == whole
    assert whole["claims"] == 180


def test_a_file_that_turns_out_irregular_halfway_is_loaded_once(monkeypatch):
    sets = [transaction(*PAID_CLAIM * 3, control=f"{n:04d}", paid="240") for n in range(60)]
    content = join(interchange(*sets))
    odd = content[:-400] + content[-400:].replace(b"~CAS", b"~ CAS", 1)
    monkeypatch.setattr(parts, "WINDOW", 2000)
    monkeypatch.setattr(engine, "WINDOW", 2000)
    batch = era835.read([source(era()), source(odd)])
    assert len(rows_of(batch, "claims")) == len(rows_of(batch, "service_lines")) == 181
    assert len(rows_of(batch, "transactions")) == 61


class _Endless(io.RawIOBase):
    """A file of a size that is never in memory: one byte, repeated behind a beginning."""

    def __init__(self, size: int, byte: bytes, head: bytes = b"") -> None:
        self.size, self.byte, self.head, self.place = size, byte, head, 0

    def seek(self, offset: int, whence: int = 0) -> int:
        self.place = offset + (self.size if whence == 2 else self.place if whence == 1 else 0)
        return self.place

    def tell(self) -> int:
        return self.place

    def read(self, count: int = -1) -> bytes:
        count = max(min(count if count >= 0 else self.size, self.size - self.place), 0)
        piece = self.head[self.place : self.place + count]
        piece += self.byte * (count - len(piece))
        self.place += count
        return piece


@pytest.mark.long
@pytest.mark.parametrize(
    ("stream", "code"),
    [
        pytest.param(_Endless(2 << 30, b"~"), "not_x12", id="2 GB of terminators"),
        pytest.param(_Endless(1 << 30, b"A", era()[:300]), "irregular_and_too_large", id="1 GB without a terminator"),
        pytest.param(_Endless(1 << 30, b"\x00"), "empty_file", id="1 GB of nothing"),
        pytest.param(_Endless(1 << 30, b"~", era()), "irregular_and_too_large", id="a file and 1 GB of terminators"),
    ],
)
def test_a_file_of_gigabytes_that_is_no_remittance_is_named_in_bounded_memory(stream, code):
    started = time.process_time()
    reading = Engine().read_streams([(SourceFile("a", "a", b"", source(b"").landed_at), stream)])[0]
    assert reading.reason is not None
    assert reading.reason.code == code
    # two seconds on a quiet machine: a bound against loops, not a measurement
    assert time.process_time() - started < 60


def test_elements_of_a_megabyte_are_read():
    claim = [segment.replace("JANE", "J" * 1_000_000) for segment in PAID_CLAIM]
    found = report(Engine().read([source(era(*claim))])[0])
    assert (found["claims"], found["unbalanced"]["claim"]) == (1, 0)
    assert "element_too_long" in {finding["code"] for finding in found["findings"]}


def test_findings_are_capped_by_code_and_counted():
    claims = [f"CLP*P{n}*1*100*90**12*I" for n in range(FINDINGS_KEPT + 500)]
    found = report(Engine().read([source(era(*claims, paid="0"))])[0])
    codes = [finding["code"] for finding in found["findings"]]
    assert codes.count("unbalanced_claim") == FINDINGS_KEPT
    assert "more_findings" in codes
    assert found["unbalanced"]["claim"] == FINDINGS_KEPT + 500
