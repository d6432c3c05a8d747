"""The verdict on one file, on made-up files and on the samples."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from support.format_examples import PAID_CLAIM, era, interchange, join, only, rows_of, source, transaction

from orchestration.formats.x12 import era835

# index.json was counted by splitting at the first interchange's delimiters; expected.json says what is right
# balanced, loaded and postable, but not written as 005010X221A1 wants it: pyx12 does not accept them, nor do we
NOT_BY_THE_GUIDE = {
    "03_reversal_legacy_CR_group.835",
    "19_wrapped_80_columns.835",
    "30_amount_formats.835",
    "31_plb_multi_npi_refs_with_component.835",
    "40_isa_not_padded.835",
}
NAIVELY_COUNTED = {
    "quirks/19_wrapped_80_columns.835",
    "quirks/20_bom_leading_blank_trailing_junk.835",
    "quirks/21_two_isa_different_delims.835",
}


def _inspect(*segments: str, paid: str = "80"):
    return era835.inspect(source(era(*segments, paid=paid), "a.835"))


def test_an_accepted_file_is_counted_and_summed():
    verdict = _inspect(*PAID_CLAIM, "PLB*1*20261231*WO:A*20*L6*-1.50", paid="61.5")
    assert verdict == {
        "file": "a.835",
        "interchanges": 1,
        "groups": 1,
        "transactions": 1,
        "claims": 1,
        "service_lines": 1,
        "adjustments": 1,
        "provider_adjustments": 2,
        "segments": 22,
        "paid_amount": "61.50",
        "claim_paid_amount": "80.00",
        "provider_adjustment_amount": "18.50",
        "unbalanced": {"line": 0, "claim": 0, "transaction": 0},
        "denied_claims": 0,
        "reversals": 0,
        "verdict": "accepted",
        "findings": [],
    }
    json.dumps(verdict)


def test_a_quarantined_file_is_rejected_and_counted_as_far_as_it_reads():
    verdict = era835.inspect(source(era()[:-30]))
    assert (verdict["verdict"], verdict["claims"], verdict["paid_amount"]) == ("rejected", 1, "80.00")
    assert verdict["findings"][0]["code"] == "truncated"


def test_a_departure_from_the_guide_rejects_and_holds_nothing():
    content = era().replace(b"N3*1 PAYER ROAD~", b"").replace(b"SE*17*", b"SE*16*")
    verdict = era835.inspect(source(content))
    assert verdict["verdict"] == "rejected"
    assert {f["severity"] for f in verdict["findings"]} == {"warning"}
    assert only(era835.read([source(content)]), "transactions")["is_postable"]


def test_warnings_do_not_reject():
    verdict = era835.inspect(source(join(interchange(transaction(*PAID_CLAIM), usage="T"))))
    assert verdict["verdict"] == "accepted"
    assert [f["severity"] for f in verdict["findings"]] == ["warning"]


@pytest.mark.parametrize(
    ("status", "adjustment", "expected"),
    [
        pytest.param("1", "CO*16*100", 1, id="denied under status 1"),
        pytest.param("4", "PR*27*100", 1, id="not covered any more"),
        pytest.param("1", "CO*97*100", 1, id="bundled"),
        pytest.param("1", "CO*109*100", 1, id="another payer is due"),
        pytest.param("1", "CO*24*100", 0, id="capitation"),
        pytest.param("1", "PR*1*100", 0, id="deductible"),
        pytest.param("1", "PR*3*100", 0, id="copay"),
        pytest.param("4", "CO*45*100", 0, id="contractual under status 4"),
        pytest.param("2", "OA*23*100", 0, id="prior payer paid"),
        pytest.param("19", "CO*22*100", 0, id="forwarded after processing"),
        pytest.param("23", "OA*22*100", 0, id="not ours, forwarded"),
        pytest.param("25", "CO*16*100", 0, id="predetermination"),
        pytest.param("22", "CO*16*100", 0, id="reversal"),
    ],
)
def test_a_denial_is_told_by_its_codes_and_never_by_its_status(status, adjustment, expected):
    on_line = (f"CLP*P1*{status}*100*0", "SVC*HC:99213*100*0", f"CAS*{adjustment}")
    on_claim = (f"CLP*P1*{status}*100*0", f"CAS*{adjustment}")
    assert _inspect(*on_line, paid="0")["denied_claims"] == expected
    assert _inspect(*on_claim, paid="0")["denied_claims"] == expected


def test_a_claim_is_denied_once_however_many_lines_are():
    lines = ("SVC*HC:1*50*0", "CAS*CO*16*50", "SVC*HC:2*50*0", "CAS*CO*29*50")
    assert _inspect("CLP*P1*1*100*0", *lines, paid="0")["denied_claims"] == 1


def test_a_line_that_is_paid_is_not_denied_by_a_partial_code():
    assert _inspect("CLP*P1*1*100*80", "SVC*HC:1*100*80", "CAS*CO*151*20")["denied_claims"] == 0


def _samples(shared):
    folder = shared / "samples" / "era835"
    return folder, sorted(p for sub in ("real", "quirks", "no_envelope") for p in (folder / sub).iterdir())


@pytest.mark.shared
def test_every_sample_is_counted_as_its_index_says(shared):
    folder, _ = _samples(shared)
    index = json.loads((folder / "index.json").read_text())
    for name, expected in index.items():
        if name in NAIVELY_COUNTED:
            continue
        file = source((folder / name).read_bytes(), name)
        verdict = era835.inspect(file)
        counted = [
            verdict[key] for key in ("interchanges", "groups", "transactions", "claims", "service_lines", "segments")
        ]
        assert counted == [expected[key] for key in ("isa", "gs", "st", "clp", "svc", "segs")], name
        assert list(verdict["unbalanced"].values()) == [expected["unbalanced"][k] for k in ("line", "claim", "txn")], (
            name
        )


@pytest.mark.shared
def test_every_sample_is_loaded_or_quarantined_without_losing_money(shared):
    _, files = _samples(shared)
    batch = era835.read([source(path.read_bytes(), path.name) for path in files if path.suffix != ".json"])
    statuses = {row["file_name"]: row["status"] for row in rows_of(batch, "files")}
    assert [name for name, status in statuses.items() if status != "loaded"] == ["23_truncated_no_trailers.835"]
    assert len(statuses) == 62
    batch.to_arrow()


@pytest.mark.shared
def test_every_quirk_is_read_as_expected(shared):
    folder = shared / "samples" / "era835" / "quirks"
    for name, expected in json.loads((folder / "expected.json").read_text()).items():
        verdict = era835.inspect(source((folder / name).read_bytes(), name))
        facts = {
            "claims": verdict["claims"],
            "bpr": Decimal(verdict["paid_amount"]),
            "bpr_total": Decimal(verdict["paid_amount"]),
            "reversals": verdict["reversals"],
            "denials": verdict["denied_claims"],
            "interchanges": verdict["interchanges"],
            "transactions": verdict["transactions"],
            "cas_triplets": verdict["adjustments"],
            "plb_items": verdict["provider_adjustments"],
            "svc": verdict["service_lines"],
        }
        for key in facts.keys() & expected.keys():
            wanted = Decimal(expected[key]) if key.startswith("bpr") else expected[key]
            assert facts[key] == wanted, (name, key)
        is_good = expected.get("balanced", True) is not False and expected.get("valid", True)
        is_good = is_good and name not in NOT_BY_THE_GUIDE
        assert verdict["verdict"] == ("accepted" if is_good else "rejected"), name


@pytest.mark.shared
def test_the_same_remittance_under_another_interchange_has_the_same_content(shared):
    path = shared / "samples" / "era835" / "quirks" / "37_duplicate_trn_resend.835"
    rows = rows_of(era835.read([source(path.read_bytes())]), "transactions")
    assert len(rows) == 2
    assert len({row["content_key"] for row in rows}) == 1


@pytest.mark.shared
def test_a_file_without_envelope_is_read(shared):
    path = shared / "samples" / "era835" / "no_envelope" / "edi835__blue_cross_nc_sample.txt"
    batch = era835.read([source(path.read_bytes())])
    assert only(batch, "transactions")["paid_amount"] == Decimal("1922.86")
    assert len(rows_of(batch, "service_lines")) == 3
