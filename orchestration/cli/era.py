"""``medbooks era``: remittance files by themselves, without a practice, a lake or a ledger."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orchestration.core.tables import SourceFile

app = typer.Typer(help="835 remittance files.", no_args_is_help=True)

Paths = Annotated[list[Path], typer.Argument(help="835 files, .zip or .gz of them, or folders.", exists=True)]
# enough for one pass, little enough for any machine
_BATCH_BYTES = 32 << 20
# below the usual limit of open files
_MOST_FILES = 500


@app.callback()
def era() -> None:
    """Group of verbs."""
    # no matrix is multiplied here: a second thread of numpy's BLAS costs as much to start as numpy to import
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@app.command("inspect")
def inspect(
    files: Paths,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per file.")] = False,
) -> None:
    """Count, add up and validate 835 files; exits 0 for bad files too, and says what is wrong with them."""
    from orchestration.formats.x12.era835.inspect import inspect_streams

    for batch in _batches(_opened(files)):
        for report in inspect_streams((file, stream) for file, stream in batch):
            if as_json:
                typer.echo(json.dumps(report))
            else:
                _show(report)


@app.command("parse")
def parse(
    files: Paths,
    out: Annotated[Path, typer.Option("--out", help="Folder for one Parquet file per table.", file_okay=False)],
) -> None:
    """Write the tables of 835 files as Parquet; files that are quarantined appear in files and findings only."""
    from orchestration.formats.x12.era835.parquet import ParquetWriters

    out.mkdir(parents=True, exist_ok=True)
    with ParquetWriters(out) as writers:
        for batch in _batches(_opened(files)):
            writers.write(batch)
    for name, count in writers.counts.items():
        typer.echo(f"{count:>12,}  {name}.parquet")


@app.command("explain")
def explain(
    file: Annotated[Path, typer.Argument(help="An 835 file.", exists=True, dir_okay=False)],
    claim: Annotated[str, typer.Option("--claim", help="The claim: CLP01, or the payer's id CLP07.")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON on stdout.")] = False,
) -> None:
    """Tell in plain words what a payer decided about one claim, with the arithmetic."""
    from orchestration.formats.x12.era835.explain import explain as tell

    labels = _labels()
    told = [each for source, stream in _opened([file]) for each in tell(_whole(source, stream), claim, labels)]
    if as_json:
        typer.echo(
            json.dumps(
                [
                    [{"words": s.words, "amount": None if s.amount is None else f"{s.amount:.2f}"} for s in one.steps]
                    for one in told
                ]
            )
        )
        return
    if not told:
        typer.echo("no claim of that id stands in the file: the id is CLP01, or CLP07 of the payer", err=True)
        raise typer.Exit(1)
    for one in told:
        for step in one.steps:
            words = "  " * step.depth + step.words
            typer.echo(words if step.amount is None else f"{words:<84} {step.amount:>14,.2f}")
        typer.echo("")


def _labels() -> Callable[[str | None, str | None], str]:
    """Return our label of a group and reason code, as the lake's seed has them."""
    import csv

    from orchestration.stores.home import DBT_PROJECT

    with (DBT_PROJECT / "seeds" / "adjustment_codes.csv").open(encoding="utf-8", newline="") as seed:
        known = {(row["group_code"], row["reason_code"]): row["adjustment_label"] for row in csv.DictReader(seed)}

    def label(group: str | None, reason: str | None) -> str:
        found = known.get((group or "", reason or "")) or known.get(("*", reason or ""))
        return f"({found.lower()})" if found else "(a code we have no words for)"

    return label


def _opened(paths: list[Path]) -> Iterator[tuple[SourceFile, BinaryIO]]:
    """Yield every file of the paths with its bytes as a stream: folders are walked, archives opened."""
    from io import BytesIO

    from orchestration.core.tables import SourceFile
    from orchestration.formats.archives import UnreadableArchiveError, is_archive, members

    now = dt.datetime.now(dt.UTC)
    for path in paths:
        for each in sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]:
            stream = each.open("rb")
            if not is_archive(stream):
                yield SourceFile(_identity(stream), each.name, b"", now), stream
                continue
            try:
                opened = [(member.name, BytesIO(b"".join(member.pieces))) for member in members(each.name, stream)]
            except UnreadableArchiveError:
                yield SourceFile(each.name, each.name, b"", now), stream
                continue
            stream.close()
            for name, inside in opened:
                yield SourceFile(_identity(inside), name, b"", now), inside


def _identity(stream: BinaryIO) -> str:
    import hashlib

    stream.seek(0)
    return hashlib.file_digest(stream, "sha256").hexdigest()


def _batches(files: Iterator[tuple[SourceFile, BinaryIO]]) -> Iterator[list[tuple[SourceFile, BinaryIO]]]:
    """Yield files a few at a time, and close them afterwards: thousands of them share one pass and few descriptors."""
    batch: list[tuple[SourceFile, BinaryIO]] = []
    size = 0
    for file, stream in files:
        batch.append((file, stream))
        stream.seek(0, 2)
        size += stream.tell()
        if size > _BATCH_BYTES or len(batch) >= _MOST_FILES:
            yield from _closing(batch)
            batch, size = [], 0
    yield from _closing(batch)


def _closing(batch: list[tuple[SourceFile, BinaryIO]]) -> Iterator[list[tuple[SourceFile, BinaryIO]]]:
    if batch:
        yield batch
    for _, stream in batch:
        stream.close()


def _whole(file: SourceFile, stream: BinaryIO) -> SourceFile:
    from dataclasses import replace

    stream.seek(0)
    return replace(file, content=stream.read())


def _show(report: dict[str, Any]) -> None:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    is_good = report["verdict"] == "accepted"
    console.print(Text(f"{report['file']}: {report['verdict']}", style="bold green" if is_good else "bold red"))
    table = Table(box=SIMPLE, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    for key in ("transactions", "claims", "service_lines", "adjustments", "provider_adjustments", "segments"):
        table.add_row(key.replace("_", " "), f"{report[key]:,}")
    table.add_row("claims paid", report["claim_paid_amount"])
    table.add_row("less provider adjustments", report["provider_adjustment_amount"])
    table.add_row("payment", Text(report["paid_amount"], style="bold"))
    for level, count in report["unbalanced"].items():
        table.add_row(f"unbalanced: {level}", Text(str(count), style="red" if count else "green"))
    table.add_row("denied claims", f"{report['denied_claims']:,}")
    table.add_row("reversals", f"{report['reversals']:,}")
    console.print(table)
    for found in report["findings"]:
        where = f"segment {found['segment_number']} {found['segment_id'] or ''}" if found["segment_number"] else "file"
        console.print(Text(f"  {found['severity']:<7} {where.strip()}: {found['message']}"), soft_wrap=True)
