"""Second payers, copays at the desk, credits and refunds, capitation: an involved practice has them."""

import datetime as dt
from collections import Counter, defaultdict
from decimal import Decimal

import pytest
from practice_files import claims_of, read_practice

from orchestration.synthetic.entities import PRACTICE, involved
from orchestration.synthetic.generate import generate


@pytest.fixture(scope="module")
def involved_practice(tmp_path_factory):
    out = tmp_path_factory.mktemp("involved")
    generate(out, providers=2, start=dt.date(2025, 11, 1), days=150, seed=11, entity=involved(PRACTICE))
    return read_practice(out)


def claims(practice):
    for name, segments in sorted(practice.segments().items(), key=lambda item: item[0].split("_")[2]):
        for claim in claims_of(segments):
            yield name.split("_")[1], claim


def test_a_second_payer_pays_what_the_first_left_as_coinsurance(involved_practice):
    coinsurance = defaultdict(Decimal)
    seconds = 0
    for payer, claim in claims(involved_practice):
        number, status = claim["clp"][1], claim["clp"][2]
        if status == "2":
            seconds += 1
            assert payer != "10001"
            assert coinsurance[number] == Decimal(claim["clp"][4]) > 0
            assert {(group, code) for group, code, _ in claim["cas"]} <= {("OA", "23"), ("PR", "1")}
            assert any((group, code) == ("OA", "23") for group, code, _ in claim["cas"])
        else:
            coinsurance[number] += sum(amount for group, code, amount in claim["cas"] if (group, code) == ("PR", "2"))
    assert seconds == involved_practice.manifest["counts"]["secondary_reports"] > 50


def test_what_is_under_capitation_comes_back_unpaid_and_a_month_is_paid_at_once(involved_practice):
    capitated = [
        (payer, svc)
        for payer, claim in claims(involved_practice)
        for svc, adjusted in claim["lines"]
        if ("CO", "24") in {(group, code) for group, code, _ in claim["cas"]} and adjusted == Decimal(svc[2])
    ]
    assert {payer for payer, _ in capitated} == {"30002"}
    assert len(capitated) > 20
    deposits = [line for line in involved_practice.bank_lines() if line.get("MEMO", "").startswith("CAPITATION")]
    assert len(deposits) == 5
    assert (
        f"{sum(line['amount'] for line in deposits):.2f}" == involved_practice.manifest["amounts"]["capitation_amount"]
    )


def test_what_was_taken_too_much_at_the_desk_is_refunded_by_cheque(involved_practice):
    paid = defaultdict(Counter)
    for row in involved_practice.rows("charges"):
        if row["transaction_type"] == "PAYMENT":
            paid[row["parent_transaction_id"]][row["transaction_id"][-1]] -= Decimal(row["amount"])
    desk = {line: of_line["0"] for line, of_line in paid.items() if of_line["0"]}
    refunds = {line: -of_line["3"] for line, of_line in paid.items() if of_line["3"]}
    assert len(desk) > 100
    assert refunds
    assert all(0 < amount <= desk[line] for line, amount in refunds.items())
    cheques = [line["amount"] for line in involved_practice.bank_lines() if line["NAME"] == "PATIENT REFUND"]
    assert -sum(cheques) == Decimal(involved_practice.manifest["amounts"]["patient_refund_amount"]) > 0
    # a refund posted on the last days may not have left the bank yet
    assert -sum(cheques) <= sum(refunds.values())


def test_a_plain_practice_has_none_of_it(practice):
    assert practice.manifest["counts"]["secondary_reports"] == 0
    assert practice.manifest["amounts"]["capitation_amount"] == "0.00"
    assert practice.manifest["amounts"]["patient_refund_amount"] == "0.00"
    assert not any(claim["clp"][2] == "2" for _, claim in claims(practice))
