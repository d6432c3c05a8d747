"""Small valid files the tests of the readers share, and the law every reader keeps.

What does not belong here: sample files of others, and expectations about one reader.
"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from orchestration.core.ids import file_id
from orchestration.core.tables import RawBatch, SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LANDED = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
PAID_CLAIM = (
    "CLP*P1*1*100*80**12*ICN1*11*1",
    "NM1*QC*1*DOE*JANE****MI*W000000001",
    "SVC*HC:99213:25*100*80**1",
    "DTM*472*20260110",
    "CAS*CO*45*20",
    "REF*6R*L1",
)


def source(content: bytes | str, name: str = "example") -> SourceFile:
    body = content.encode() if isinstance(content, str) else content
    return SourceFile(file_id(body), name, body, LANDED)


def header(control: str = "000000001", usage: str = "P") -> str:
    """An ISA without its terminator."""
    blank = " " * 10
    parties = f"ZZ*{'PAYER':<15}*ZZ*{'CLINIC':<15}"
    return f"ISA*00*{blank}*00*{blank}*{parties}*260301*1200*^*00501*{control}*0*{usage}*:"


def transaction(
    *segments: str,
    paid: str = "80",
    payment: str | None = None,
    trace: str = "TRN*1*TRC1*1512345678",
    control: str = "0001",
) -> list[str]:
    """An ST to SE whose count is right, around the segments given."""
    order = payment if payment is not None else f"BPR*I*{paid}*C*ACH************20260301"
    inner = [
        *filter(None, (order, trace)),
        "DTM*405*20260301",
        "N1*PR*SYNTH HEALTH*XV*60054",
        "N3*1 PAYER ROAD",
        "N4*AUSTIN*TX*78701",
        "PER*BL*HELP DESK*TE*5125550100",
        "N1*PE*SYNTH CLINIC*XX*1234567893",
        "LX*1",
        *segments,
    ]
    return [f"ST*835*{control}", *inner, f"SE*{len(inner) + 2}*{control}"]


def interchange(*transactions: Sequence[str], usage: str = "P", control: str = "000000001") -> list[str]:
    inside = [segment for one in transactions for segment in one]
    return [
        header(control, usage),
        "GS*HP*PAYER*CLINIC*20260301*1200*1*X*005010X221A1",
        *inside,
        f"GE*{len(transactions)}*1",
        f"IEA*1*{control}",
    ]


def join(segments: Sequence[str], end: str = "~") -> bytes:
    return "".join(segment + end for segment in segments).encode()


def era(*segments: str, paid: str = "80", end: str = "~") -> bytes:
    """One interchange with one transaction; without segments one claim paid in full."""
    return join(interchange(transaction(*(segments or PAID_CLAIM), paid=paid)), end)


CHARGES_HEADER = (
    "transaction_id,transaction_type,claim_id,patient_id,patient_name,patient_birth_date,service_date,post_date,"
    "rendering_provider_npi,rendering_provider_name,location_id,payer_id,payer_name,procedure_code,modifiers,units,"
    "diagnosis_codes,place_of_service,amount,parent_transaction_id,void_date"
)


def charge(**cells: str) -> str:
    """One record of the generic export; every cell can be replaced by name."""
    values = {
        "transaction_id": "T1",
        "transaction_type": "CHARGE",
        "claim_id": "C1",
        "patient_id": "PT1",
        "patient_name": "Doe Jane",
        "patient_birth_date": "1980-02-03",
        "service_date": "2026-01-10",
        "post_date": "2026-01-11",
        "rendering_provider_npi": "1234567893",
        "rendering_provider_name": "Roe Richard",
        "location_id": "LOC1",
        "payer_id": "60054",
        "payer_name": "SYNTH HEALTH",
        "procedure_code": "99213",
        "modifiers": "25 59",
        "units": "1",
        "diagnosis_codes": "J02.9;G47.33",
        "place_of_service": "11",
        "amount": "150.00",
        "parent_transaction_id": "",
        "void_date": "",
    }
    return ",".join({**values, **cells}.values())


def charges(*records: str, header_line: str = CHARGES_HEADER) -> bytes:
    return "\n".join([header_line, *records, ""]).encode()


def entry(amount: str = "80.00", posted: str = "20260303", identity: str = "F1", memo: str = "") -> str:
    leaves = f"<TRNTYPE>CREDIT\n<DTPOSTED>{posted}\n<TRNAMT>{amount}\n<FITID>{identity}\n<NAME>SYNTH HEALTH\n"
    return f"<STMTTRN>\n{leaves}{f'<MEMO>{memo}' if memo else ''}\n</STMTTRN>\n"


def statement(*entries: str) -> bytes:
    """An OFX 1.x statement of one checking account."""
    return (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n<OFX>\n<BANKMSGSRSV1><STMTTRNRS>"
        "<STMTRS>\n<CURDEF>USD\n<BANKACCTFROM>\n<BANKID>071000013\n<ACCTID>000123454321\n<ACCTTYPE>CHECKING\n"
        "</BANKACCTFROM>\n<BANKTRANLIST>\n<DTSTART>20260301\n<DTEND>20260331\n"
        + "".join(entries)
        + "</BANKTRANLIST>\n<LEDGERBAL>\n<BALAMT>1234.56\n<DTASOF>20260331\n</LEDGERBAL>\n"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1>\n</OFX>\n"
    ).encode("cp1252")


PAYROLL_HEADER = (
    "payroll_run_id,pay_date,period_start,period_end,employee_id,employee_name,role,provider_npi,location_id,"
    "gross_pay,employee_taxes,deductions,net_pay,employer_taxes"
)


def pay_line(
    gross: str = "1000.00",
    taxes: str = "200.00",
    deductions: str = "50.00",
    net: str = "750.00",
    employer: str = "76.50",
) -> str:
    person = "R1,2026-03-06,2026-02-15,2026-02-28,E1,Roe Richard,provider,1234567893,LOC1"
    return f"{person},{gross},{taxes},{deductions},{net},{employer}"


def payroll(*records: str, header_line: str = PAYROLL_HEADER) -> bytes:
    return "\n".join([header_line, *records, ""]).encode()


def rows_of(batch: RawBatch, table: str) -> list[dict[str, Any]]:
    """Rows of a table as dictionaries by column name."""
    if table in batch.columns:
        return [row for chunk in batch.columns[table] for row in chunk.to_pylist()]
    names = next([column.name for column in t.columns] for t in batch.tables if t.name == table)
    return [dict(zip(names, row, strict=True)) for row in batch.rows[table]]


def codes_of(batch: RawBatch) -> list[str]:
    return [finding["code"] for finding in rows_of(batch, "findings")]


def only(batch: RawBatch, table: str) -> dict[str, Any]:
    """The single row of a table."""
    (row,) = rows_of(batch, table)
    return row


def assert_conserved(batch: RawBatch, control: Callable[[RawBatch, str], Decimal]) -> None:
    """Money in = money in rows + money quarantined, file by file, and every row fits its table.

    ``control`` gives the control amount of the rows of one file.
    """
    for file in rows_of(batch, "files"):
        assert file["in_amount"] == control(batch, file["file_id"]) + file["quarantined_amount"]
        assert file["status"] in {"loaded", "quarantined"}
        if file["status"] == "quarantined":
            assert file["reason"]
            assert file["quarantined_amount"] == file["in_amount"]
            kept = [t.name for t in batch.tables if t.name not in {"files", "findings"}]
            assert not [row for name in kept for row in rows_of(batch, name) if row["file_id"] == file["file_id"]]
    batch.to_arrow()


def reading(
    read: Callable[[Sequence[SourceFile]], RawBatch], control: Callable[[RawBatch, str], Decimal]
) -> Callable[..., RawBatch]:
    """Return a function that reads one file and holds it to the law; what is not text or bytes becomes JSON."""

    def read_one(content: object, name: str = "example") -> RawBatch:
        body = content if isinstance(content, bytes | str) else json.dumps(content)
        batch = read([source(body, name)])
        assert_conserved(batch, control)
        return batch

    return read_one


def sum_of(
    table: str, *columns: str, where: Callable[[dict[str, Any]], bool] = lambda _row: True
) -> Callable[[RawBatch, str], Decimal]:
    """A control amount: the sum of columns of a table's rows, nulls aside."""

    def control(batch: RawBatch, identity: str) -> Decimal:
        rows = [row for row in rows_of(batch, table) if row["file_id"] == identity and where(row)]
        return sum((row[name] for row in rows for name in columns if row[name] is not None), Decimal(0))

    return control


charged = sum_of("transactions", "amount", where=lambda row: row["transaction_type"] == "CHARGE")
money_in = sum_of("transactions", "amount", where=lambda row: row["amount"] > 0)


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """A valid file after a few bytes were changed, lost, doubled or put in, or after it was cut."""
    body = bytearray(content)
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, max(len(body) - 1, 0)))
        kind = draw(st.sampled_from(("change", "insert", "remove", "repeat", "cut", "swap")))
        if kind == "change" and body:
            body[place] = draw(st.integers(0, 255))
        elif kind == "insert":
            body[place:place] = draw(st.binary(min_size=1, max_size=8))
        elif kind == "remove":
            del body[place : place + draw(st.integers(1, 40))]
        elif kind == "repeat":
            body[place:place] = body[place : place + draw(st.integers(1, 200))]
        elif kind == "cut":
            del body[place:]
        elif body:
            other = draw(st.integers(0, len(body) - 1))
            body[place], body[other] = body[other], body[place]
    return bytes(body)
