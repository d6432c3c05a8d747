"""Our verdict and pyx12's on the same remittance file, side by side, as one row.

pyx12 needs about four CPU-seconds a megabyte, so of a large file it is asked about an excerpt: one transaction in its
own envelope, chosen by the file's hash. What does not belong here: which files are asked about, and when.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.tables import LOADED_AT, Column, SourceFile, Table
from orchestration.formats.x12.era835.engine import Engine
from orchestration.formats.x12.era835.inspect import is_accepted
from orchestration.formats.x12.era835.validation.comparison import compare
from orchestration.formats.x12.era835.validation.second_opinion import SMALL_FILE_BYTES, ask_pyx12
from orchestration.formats.x12.era835.validation.verdict import validate
from orchestration.formats.x12.syntax.parts import IrregularError, Part, regular_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

SECOND_OPINIONS: Final = Table(
    "quality",
    "second_opinions",
    "one row per remittance file pyx12 was asked about",
    (
        Column("file_id", "text", "SHA-256 of the file's bytes"),
        Column(
            "scope", "text", "file: all of it; excerpt: one transaction of a large file; none: it has none to ask of"
        ),
        Column("verdict", "text", "ours: accepted or rejected, by guide, counts and balances"),
        Column("pyx12_verdict", "text", "accepted, rejected, or failed: it ended with an exception"),
        Column("pyx12_error_count", "integer", "errors pyx12 counts"),
        Column("comparison", "text", "agree, known_defect, disagreement or not_compared"),
        Column("defects", "text", "numbers of docs/pyx12-defects.md that explain a difference, joined by ;"),
        Column("reason", "text", "the same in plain words"),
        LOADED_AT,
    ),
)


def second_opinion(file: SourceFile) -> tuple[Any, ...]:
    """Return the row of one file. Never raises, whatever the bytes."""
    scope, content = "file", file.content
    if len(content) > SMALL_FILE_BYTES:
        found = excerpt(content, file.file_id)
        scope, content = ("excerpt", found) if found is not None else ("none", b"")
    if scope == "none":
        words = "the file is large and no single transaction could be taken out of it"
        return (file.file_id, scope, None, None, None, "not_compared", None, words, file.landed_at)
    reading = Engine().read([SourceFile(file.file_id, file.file_name, content, file.landed_at)])[0]
    is_balanced = not any(r.is_unbalanced or r.unbalanced_lines or r.unbalanced_claims for r in reading.remittances)
    opinion = ask_pyx12(content)
    compared = compare(content, reading.verdict or validate(content), opinion, is_balanced=is_balanced)
    return (
        file.file_id,
        scope,
        "accepted" if is_accepted(reading) else "rejected",
        opinion.outcome,
        opinion.error_count,
        compared.kind,
        ";".join(compared.defects) or None,
        compared.words,
        file.landed_at,
    )


def excerpt(content: bytes, identity: str) -> bytes | None:
    """Return one whole transaction of a large file in an envelope of its own, ``None`` when there is none.

    ``identity`` (hexadecimal) chooses which of those in the first stretch of the file.
    """
    try:
        part = next(regular_parts(BytesIO(content)))
    except (IrregularError, StopIteration):
        return None
    found = [each for each in _transactions(part) if sum(map(len, each)) <= SMALL_FILE_BYTES]
    if not found:
        return None
    header, group, *segments = found[int(identity[:8], 16) % len(found)]
    separator = bytes((part.marks.element,))
    control = header.split(separator)[13]
    group_control = (group.split(separator) + [b""] * 7)[6]
    trailers = [separator.join((b"GE", b"1", group_control)), separator.join((b"IEA", b"1", control))]
    end = bytes((part.marks.terminator,))
    return b"".join(segment + end for segment in (header, group, *segments, *trailers))


def _transactions(part: Part) -> Iterator[list[bytes]]:
    """Yield ISA, GS and the segments from ST to SE of every whole transaction."""
    separator = bytes((part.marks.element,))
    header = group = b""
    held: list[bytes] = []
    for segment in part.data.split(bytes((part.marks.terminator,))):
        name = segment.split(separator, 1)[0]
        if name == b"ISA":
            header = segment
        elif name == b"GS":
            group = segment
        elif name == b"ST":
            held = [segment]
        elif held:
            held.append(segment)
            if name == b"SE":
                if header and group:
                    yield [header, group, *held]
                held = []
