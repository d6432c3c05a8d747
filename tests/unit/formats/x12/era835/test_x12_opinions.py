"""Two verdicts on one file, side by side."""

from __future__ import annotations

import pytest
from support.format_examples import PAID_CLAIM, era, source
from support.x12_mutations import clean

from orchestration.formats.x12.era835.opinions import SECOND_OPINIONS, excerpt, second_opinion
from orchestration.formats.x12.era835.validation.second_opinion import SMALL_FILE_BYTES


def _row(content: bytes) -> dict[str, object]:
    return dict(zip([c.name for c in SECOND_OPINIONS.columns], second_opinion(source(content)), strict=True))


@pytest.mark.parametrize(
    ("content", "verdicts", "comparison"),
    [
        pytest.param(clean(), ("accepted", "accepted"), "agree", id="a good file"),
        pytest.param(clean(("LX*1", "LX*A")), ("rejected", "rejected"), "agree", id="a file against the guide"),
        pytest.param(clean(("BPR*I*80", "BPR*I*81")), ("rejected", "accepted"), "known_defect", id="out of balance"),
        pytest.param(b"\xef\xbb\xbf" + clean(), ("accepted", "failed"), "known_defect", id="a byte order mark"),
        pytest.param(b"no X12 at all", ("rejected", "rejected"), "agree", id="another kind of file"),
    ],
)
def test_both_verdicts_are_kept_and_a_difference_is_explained(content, verdicts, comparison):
    row = _row(content)
    assert (row["verdict"], row["pyx12_verdict"]) == verdicts
    assert row["comparison"] == comparison
    assert row["reason"]


def test_of_a_large_file_one_whole_transaction_is_asked_about():
    one = [s for s in clean().decode().split("~") if s]
    many = [*one[:2], *(s for n in range(1200) for s in _numbered(one[2:-2], n)), "GE*1200*1", one[-1]]
    content = "".join(f"{segment}~" for segment in many).encode()
    assert len(content) > SMALL_FILE_BYTES
    row = _row(content)
    assert (row["scope"], row["verdict"], row["comparison"]) == ("excerpt", "accepted", "agree")
    small = excerpt(content, "00000005")
    assert small is not None
    assert b"ST*835*0005~" in small
    assert small.count(b"ST*835") == 1


def _numbered(segments: list[str], number: int) -> list[str]:
    return [s.replace("*0001", f"*{number:04d}") if s[:3] in {"ST*", "SE*"} else s for s in segments]


def test_a_large_file_without_whole_transactions_is_not_compared():
    row = _row(b"x" * (SMALL_FILE_BYTES + 1))
    assert (row["scope"], row["comparison"], row["verdict"]) == ("none", "not_compared", None)
    assert excerpt(era(*PAID_CLAIM * 6000), "00000000") is None
