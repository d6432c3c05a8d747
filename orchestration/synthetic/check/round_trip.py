"""The round trip of the synthetic practice: what readers make of its files, compared with what is true of them.

Every feed is read by the reader a real file of that format goes to; the caller hands these in by kind of file. Sums by
month, payer and provider must equal the truth to the cent, as far as a format says these; charge lines of all formats
must be the same lines; nothing may be refused. The truth's sums come from the hidden ledger's columns, never from what
a writer wrote. What does not belong here: the lake. What becomes of the rows there is compared by ``books``.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow.parquet as pq

from orchestration.core.ids import file_id
from orchestration.core.tables import SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from orchestration.core.tables import RawBatch

    Reader = Callable[[Sequence[SourceFile]], RawBatch]
    Readers = Mapping[str, Reader]
    Row = dict[str, Any]
    Sums = Counter[tuple[str, ...]]
    _Truth = Mapping[str, Counter[tuple[str, str, str]]]

# any day after the practice's: files land when they are read
_LANDED_AT = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
_MONTH, _PAYER, _PROVIDER = "month", "payer", "provider"
_ALL = (_MONTH, _PAYER, _PROVIDER)
# a claim number has twelve digits, a charge's one more
_CHARGE_ID_LENGTH = 13
_SELF = "SELF"


@dataclass(frozen=True, slots=True)
class TruthComparison:
    """One quantity of one feed: how many cells were compared, how many differ, and by how much together."""

    feed: str
    what: str
    cells: int
    differing: int
    difference: Decimal = Decimal(0)

    @property
    def holds(self) -> bool:
        """Whether what was read is what is true; nothing to compare proves nothing and does not hold."""
        return self.cells > 0 and not self.differing


class _Charges(NamedTuple):
    """A feed of ledger transactions: by what it can be summed, and which measures it has beside the charges.

    ``payments_by`` narrows the measures further. A feed without ``has_voids`` has lost what was entered by mistake.
    """

    by: tuple[str, ...]
    measures: tuple[str, ...]
    payments_by: tuple[str, ...] | None = None
    has_lines: bool = True
    has_voids: bool = True


_PAID = ("patient_paid", "payer_paid", "adjusted")
_CHARGE_FEEDS: Mapping[str, _Charges] = {
    "generic_csv": _Charges(_ALL, ("patient_paid",)),
    "athena": _Charges((_MONTH,), (*_PAID, "transferred")),
    "epic": _Charges(_ALL, _PAID),
    "eclinicalworks": _Charges(_ALL, _PAID),
    "fhir": _Charges(_ALL, ()),
    "redox": _Charges(_ALL, ("patient_paid",)),
    "hl7": _Charges(_ALL, ("patient_paid",)),
    # a line item names no payer, and a deleted one is not there
    "drchrono": _Charges((_MONTH, _PROVIDER), ("payer_paid", "adjusted", "transferred"), _ALL, has_voids=False),
    # a ChargeItem names neither payer nor modifiers
    "fhir_charge_items": _Charges((_MONTH, _PROVIDER), (), has_lines=False),
}
# which kind of file a feed of charges is; the others are exports of an EHR
_KIND_OF: Mapping[str, str] = {
    "hl7": "hl7",
    "fhir": "fhir",
    "fhir_charge_items": "fhir",
    "redox": "billing_api",
    "drchrono": "billing_api",
}


def compare(out: Path, readers: Readers) -> list[TruthComparison]:
    """Return every comparison of a generated practice: its inbox, and the feeds beside it.

    ``readers`` are those of real files, by kind of file.
    """
    truth = _truth(out)
    inbox = sorted((out / "inbox").iterdir())
    folders = {"generic_csv": [path for path in inbox if path.name.startswith("charges_")]}
    feeds = out / "feeds"
    if feeds.is_dir():
        folders |= {folder.name: sorted(folder.iterdir()) for folder in sorted(feeds.iterdir())}
    found: list[TruthComparison] = []
    lines: dict[str, Counter[tuple[Any, ...]]] = {}
    for feed, paths in folders.items():
        if feed in _CHARGE_FEEDS:
            rows = _FeedRows(readers[_KIND_OF.get(feed, "ehr")], paths)
            found += _compare_sums(feed, rows, truth)
            lines[feed] = rows.lines
            found.append(rows.refused(feed))
    found += [
        _compare_lines(feed, lines["generic_csv"], of_feed, has_voids=_CHARGE_FEEDS[feed].has_voids)
        for feed, of_feed in lines.items()
        if feed != "generic_csv" and _CHARGE_FEEDS[feed].has_lines
    ]
    found += _remittances([path for path in inbox if path.suffix == ".835"], truth, readers)
    found += _bank("ofx", [path for path in inbox if path.name.startswith("bank_")], truth, readers)
    registers = [path for path in inbox if path.name.startswith("payroll_")]
    found += _payroll("payroll_csv", registers, truth, readers)
    for feed, comparer in _OTHERS.items():
        if feed in folders:
            found += comparer(feed, folders[feed], truth, readers)
    if "hl7" in folders:
        booked = [path for path in folders["hl7"] if path.name.startswith("siu_booked_")]
        found.append(_booked(booked, out, readers))
    if "fee_schedules" in folders:
        found.append(_fees(folders["fee_schedules"], inbox, readers))
    return found


def _truth(out: Path) -> _Truth:
    """Return the ledger table as sums by month, payer and provider, per measure."""
    truth: dict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
    for row in pq.read_table(out / "truth" / "ledger.parquet").to_pylist():
        truth[row["measure"]][row["month"], row["payer_id"] or "", row["provider_npi"] or ""] += row["amount"]
    truth["adjusted"] = truth["contractual"] + truth["sequestration"]
    return truth


def _read(reader: Reader, paths: Iterable[Path]) -> Iterator[dict[str, list[Row]]]:
    """Yield every file apart as its rows by table, so that one file stands in memory."""
    for path in paths:
        content = path.read_bytes()
        batch = reader([SourceFile(file_id(content), path.name, content, _LANDED_AT)])
        yield {name: table.to_pylist() for name, table in batch.to_arrow().items()}


class _FeedRows:
    """The ledger transactions of one feed: sums, charge lines and refusals."""

    def __init__(self, reader: Reader, paths: Iterable[Path]) -> None:
        self.sums: dict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
        self.lines: Counter[tuple[Any, ...]] = Counter()
        self.records = 0
        self.errors = 0
        charges: dict[str, Row] = {}
        voided: set[str] = set()
        for tables in _read(reader, paths):
            self.records += sum(row["record_count"] or 0 for row in tables["files"])
            self.errors += sum(row["severity"] == "error" for row in tables["findings"])
            for row in tables["transactions"]:
                self._add(row, charges, voided)
        for identity, row in charges.items():
            is_void = row["void_date"] is not None or identity in voided
            self.lines[
                identity,
                row["procedure_code"],
                row["modifier_1"],
                row["units"],
                row["amount"],
                row["service_date"],
                row["post_date"],
                is_void,
            ] += 1

    def _add(self, row: Row, charges: dict[str, Row], voided: set[str]) -> None:
        kind, amount = row["transaction_type"], row["amount"]
        key = (f"{row['post_date']:%Y-%m}", row["payer_id"] or _SELF, row["rendering_provider_id"] or "")
        if kind == "CHARGE":
            if amount < 0:
                # a credit names its charge, or has its number with a letter behind it
                voided.add(_charge_id(row["parent_charge_id"] or row["transaction_id"].rstrip("C")))
            else:
                charges[_charge_id(row["transaction_id"])] = row
            # a charge that was voided in its own row is worth nothing
            if row["void_date"] is None:
                self.sums["charged"][key] += amount
        elif kind == "PAYMENT":
            is_patient = row["bucket"] == "patient" or (row["bucket"] is None and row["payer_id"] is None)
            self.sums["patient_paid" if is_patient else "payer_paid"][key] -= amount
        elif kind == "ADJUSTMENT":
            self.sums["adjusted"][key] -= amount
        elif kind == "TRANSFER_OUT":
            self.sums["transferred"][key] -= amount

    def refused(self, feed: str) -> TruthComparison:
        return TruthComparison(feed, "records read", self.records, self.errors)


def _charge_id(transaction_id: str) -> str:
    """Return the practice's number of a charge: FHIR names it by its Claim and the item's place in it."""
    claim, _, rest = transaction_id.partition("-")
    return claim if len(claim) == _CHARGE_ID_LENGTH else claim + rest.split("-")[0]


def _compare_sums(feed: str, rows: _FeedRows, truth: _Truth) -> Iterator[TruthComparison]:
    kind = _CHARGE_FEEDS[feed]
    for measure in ("charged", *kind.measures):
        # no export says whose member a patient's payment is
        by = kind.by if measure == "charged" or kind.payments_by is None else kind.payments_by
        by = tuple(name for name in by if name != _PAYER or measure != "patient_paid")
        yield compared(
            feed, f"{measure} by {', '.join(by)}", _along(rows.sums[measure], by), _along(truth[measure], by)
        )


def _along(sums: Counter[tuple[str, str, str]], by: tuple[str, ...]) -> Sums:
    found: Sums = Counter()
    for key, amount in sums.items():
        found[tuple(part for name, part in zip(_ALL, key, strict=True) if name in by)] += amount
    return found


def compared(feed: str, what: str, read: Sums, true: Sums) -> TruthComparison:
    """Return one comparison of sums; a cell that is zero on both sides is none."""
    cells = {key for key in (*read, *true) if read[key] or true[key]}
    differing = [key for key in cells if read[key] != true[key]]
    gap = sum((abs(read[key] - true[key]) for key in differing), Decimal(0))
    return TruthComparison(feed, what, len(cells), len(differing), Decimal(gap))


def _compare_lines(
    feed: str, ours: Counter[tuple[Any, ...]], theirs: Counter[tuple[Any, ...]], *, has_voids: bool
) -> TruthComparison:
    if not has_voids:
        ours = Counter({line: count for line, count in ours.items() if not line[-1]})
    differing = (ours - theirs).total() + (theirs - ours).total()
    return TruthComparison(feed, "charge lines, as in generic_csv", len(ours), differing)


def _remittances(paths: list[Path], truth: _Truth, readers: Readers) -> Iterator[TruthComparison]:
    paid: Counter[tuple[str, str, str]] = Counter()
    remitted: Counter[tuple[str, str, str]] = Counter()
    errors = records = 0
    for tables in _read(readers["era835"], paths):
        errors += sum(row["severity"] == "error" for row in tables["findings"])
        payments = {row["transaction_number"]: row for row in tables["transactions"]}
        for payment in payments.values():
            remitted[f"{payment['payment_date']:%Y-%m}", payment["payer_id"], ""] += payment["paid_amount"]
        for claim in tables["claims"]:
            payment = payments[claim["transaction_number"]]
            key = (f"{payment['payment_date']:%Y-%m}", payment["payer_id"], claim["rendering_provider_npi"])
            paid[key] += claim["paid_amount"]
            records += 1
    yield compared("835", "payer_paid by month, payer, provider", _along(paid, _ALL), _along(truth["payer_paid"], _ALL))
    by = (_MONTH, _PAYER)
    yield compared("835", "remitted by month, payer", _along(remitted, by), _along(truth["remitted"], by))
    yield TruthComparison("835", "claims read", records, errors)


def _bank(feed: str, paths: list[Path], truth: _Truth, readers: Readers) -> Iterator[TruthComparison]:
    sums: dict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
    for tables in _read(readers["bank"], paths):
        for row in tables["transactions"]:
            name = "deposited" if row["amount"] > 0 else "withdrawn"
            sums[name][f"{row['posted_date']:%Y-%m}", "", ""] += abs(row["amount"])
    for name in ("deposited", "withdrawn"):
        yield compared(feed, f"{name} by month", _along(sums[name], (_MONTH,)), _along(truth[name], (_MONTH,)))


def _fees(paths: list[Path], inbox: list[Path], readers: Readers) -> TruthComparison:
    """Compare the practice's own fees with every charge that was made: fee of one unit times units."""
    asked: dict[tuple[str, str, int], Decimal] = {}
    for tables in _read(readers["fees"], paths):
        for row in tables["fee_schedule_lines"]:
            if row["fee_basis"] == "charge":
                asked[row["procedure_code"], row["modifier"] or "", row["effective_date"].year] = row["fee_amount"]
    cells = differing = 0
    for tables in _read(readers["ehr"], [path for path in inbox if path.name.startswith("charges_")]):
        for row in tables["transactions"]:
            if row["transaction_type"] == "CHARGE":
                code, year = row["procedure_code"], row["service_date"].year
                fee = asked.get((code, row["modifier_1"] or "", year), asked.get((code, "", year)))
                cells += 1
                differing += fee is None or fee * row["units"] != row["amount"]
    return TruthComparison("fee_schedules", "charges priced by the schedule", cells, differing)


def _booked(paths: list[Path], out: Path, readers: Readers) -> TruthComparison:
    """Compare the appointments of days to come, by day on which they were told, day and provider."""
    read: Sums = Counter()
    true: Sums = Counter()
    for path in paths:
        for tables in _read(readers["hl7"], [path]):
            for row in tables["appointments"]:
                if row["appointment_state"] == "booked":
                    told = f"{path.stem[-8:-4]}-{path.stem[-4:-2]}-{path.stem[-2:]}"
                    read[told, str(row["appointment_date"]), row["provider_id"]] += 1
    for row in pq.read_table(out / "truth" / "appointments.parquet").to_pylist():
        true[str(row["booked_date"]), str(row["appointment_date"]), row["provider_npi"]] += row["appointment_count"]
    return compared("hl7", "appointments to come by day told, day, provider", read, true)


def _payroll(feed: str, paths: list[Path], truth: _Truth, readers: Readers) -> Iterator[TruthComparison]:
    sums: dict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
    names = {
        "gross_pay": "gross_amount",
        "net_pay": "net_amount",
        "employer_tax": "employer_tax_amount",
    }
    for tables in _read(readers["payroll"], paths):
        for row in tables["pay_lines"]:
            for measure, column in names.items():
                sums[measure][f"{row['pay_date']:%Y-%m}", "", row["provider_npi"] or ""] += row[column]
    # only the register by layout says which employee is which provider
    by = (_MONTH, _PROVIDER) if feed == "payroll_csv" else (_MONTH,)
    for name in names:
        yield compared(feed, f"{name} by {', '.join(by)}", _along(sums[name], by), _along(truth[name], by))


def _claims(feed: str, paths: list[Path], truth: _Truth, readers: Readers) -> Iterator[TruthComparison]:
    """Compare claims as submitted, by the month of their interchange; a claim that was turned away is sent twice."""
    sums: Counter[tuple[str, str, str]] = Counter()
    lines: Counter[tuple[str, str, str]] = Counter()
    for path in paths:
        month = f"{path.stem[-8:-4]}-{path.stem[-4:-2]}"
        for tables in _read(readers["claims837"], [path]):
            for claim in tables["claims"]:
                key = (month, claim["payer_id"], claim["rendering_provider_npi"])
                sums[key] += claim["charged_amount"]
            claims = {(c["transaction_number"], c["claim_number"]): c for c in tables["claims"]}
            for line in tables["service_lines"]:
                claim = claims[line["transaction_number"], line["claim_number"]]
                lines[month, claim["payer_id"], claim["rendering_provider_npi"]] += line["charged_amount"]
    for what, found in (("claims", sums), ("service lines", lines)):
        true = truth["submitted"]
        yield compared(feed, f"submitted {what} by {', '.join(_ALL)}", _along(found, _ALL), _along(true, _ALL))


def _acknowledgements(feed: str, paths: list[Path], truth: _Truth, readers: Readers) -> Iterator[TruthComparison]:
    """Compare what was turned away, by month of the answer and payer."""
    sums: Counter[tuple[str, str, str]] = Counter()
    for path in paths:
        for tables in _read(readers["acks"], [path]):
            for status in tables["claim_statuses"]:
                if (status["level"], status["outcome"]) == ("claim", "rejected"):
                    key = (f"{status['effective_date']:%Y-%m}", status["sender_code"], "")
                    sums[key] += status["charged_amount"]
    by = (_MONTH, _PAYER)
    yield compared(feed, f"rejected by {', '.join(by)}", _along(sums, by), _along(truth["rejected"], by))


def _supplies(feed: str, paths: list[Path], truth: _Truth, readers: Readers) -> Iterator[TruthComparison]:
    """Compare what was ordered, came (at the order's price) and was billed, by month of each document."""
    sums: dict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
    prices: dict[tuple[str, str], Decimal] = {}
    read = list(_read(readers["supplies"], sorted(paths, key=lambda path: not path.name.startswith("orders_"))))
    for tables in read:
        for row in tables["order_lines"]:
            prices[row["order_number"], row["item_id"]] = row["unit_price"]
            sums["supplies_ordered"][f"{row['order_date']:%Y-%m}", "", ""] += row["line_amount"]
        for row in tables["receipt_lines"]:
            amount = row["received_quantity"] * prices[row["order_number"], row["item_id"]]
            sums["supplies_received"][f"{row['received_date']:%Y-%m}", "", ""] += amount
        for row in tables["invoice_lines"]:
            sums["supplies_billed"][f"{row['invoice_date']:%Y-%m}", "", ""] += row["line_amount"]
    for name in ("supplies_ordered", "supplies_received", "supplies_billed"):
        yield compared(feed, f"{name} by month", _along(sums[name], (_MONTH,)), _along(truth[name], (_MONTH,)))


_OTHERS: Mapping[str, Callable[[str, list[Path], _Truth, Readers], Iterable[TruthComparison]]] = {
    "bai2": _bank,
    "camt053": _bank,
    "gusto": _payroll,
    "onpay": _payroll,
    "rippling": _payroll,
    "837": _claims,
    "837i": _claims,
    "277ca": _acknowledgements,
    "supplies": _supplies,
    "x12_supplies": _supplies,
}
