from collections import defaultdict
from decimal import Decimal

from practice_files import claims_of

from orchestration.synthetic.entities import PRACTICE


def plb_of(segments):
    return [
        (segment[n], Decimal(segment[n + 1]))
        for segment in segments
        if segment[0] == "PLB"
        for n in range(3, len(segment), 2)
    ]


def test_every_line_claim_and_payment_balances(practice):
    count = 0
    for segments in practice.segments().values():
        paid = Decimal(0)
        for claim in claims_of(segments):
            clp = claim["clp"]
            for svc, adjusted in claim["lines"]:
                assert Decimal(svc[2]) - adjusted == Decimal(svc[3])
            assert sum(Decimal(svc[2]) for svc, _ in claim["lines"]) == Decimal(clp[3])
            assert Decimal(clp[3]) - claim["adjusted"] == Decimal(clp[4])
            paid += Decimal(clp[4])
            count += 1
        bpr = next(segment for segment in segments if segment[0] == "BPR")
        assert paid - sum(amount for _, amount in plb_of(segments)) == Decimal(bpr[2]) >= 0
    assert count > 2_000
    assert count == practice.manifest["counts"]["claim_reports"]


def test_envelopes_count_their_segments_and_repeat_their_numbers(practice):
    traces = []
    for name, segments in practice.segments().items():
        isa, gs, st, *body = segments
        se, ge, iea = body[-3:]
        assert (se[1], se[2]) == (str(len(segments) - 4), st[2])
        assert (ge[1], ge[2]) == ("1", gs[6])
        assert (iea[1], iea[2]) == ("1", isa[13])
        assert len(practice.files[name].split(b"~")[0]) == 105
        fields = {segment[0]: segment for segment in segments}
        payer = next(s for s in segments if s[:2] == ["N1", "PR"])[4]
        assert name == f"era_{payer}_{fields['BPR'][16]}.835"
        assert next(s for s in segments if s[:2] == ["N1", "PE"])[4] == PRACTICE.group_npi
        traces.append(fields["TRN"][2])
    assert len(set(traces)) == len(traces)


def test_deposits_with_a_trace_are_the_payments_whose_deposit_is_due(practice):
    paid = {}
    for segments in practice.segments().values():
        fields = {segment[0]: segment for segment in segments}
        if Decimal(fields["BPR"][2]):
            paid[f"TRN*1*{fields['TRN'][2]}*{fields['TRN'][3]}"] = (fields["BPR"][16], Decimal(fields["BPR"][2]))
    deposits = {line["MEMO"]: line for line in practice.bank_lines() if line.get("MEMO", "").startswith("TRN*")}
    assert set(deposits) <= set(paid)
    for memo, line in deposits.items():
        day, amount = paid[memo]
        assert line["amount"] == amount
        assert f"{line['date']:%Y%m%d}" >= day
    # only the last days' payments may still be on their way
    missing = {paid[memo][0] for memo in set(paid) - set(deposits)}
    assert all(day >= "20260325" for day in missing)
    total = sum(line["amount"] for line in deposits.values())
    assert f"{total:.2f}" == practice.manifest["amounts"]["eft_deposited_amount"]


def test_every_reported_line_was_charged_with_the_same_amount(practice):
    charges = {row["transaction_id"]: row for row in practice.rows("charges") if row["transaction_type"] == "CHARGE"}
    for segments in practice.segments().values():
        for claim in claims_of(segments):
            sign = -1 if claim["clp"][2] == "22" else 1
            assert len(claim["ids"]) == len(claim["lines"])
            for transaction_id, (svc, _) in zip(claim["ids"], claim["lines"], strict=True):
                charge = charges[transaction_id]
                assert charge["claim_id"] == claim["clp"][1]
                assert Decimal(charge["amount"]) == sign * Decimal(svc[2])
                assert charge["procedure_code"] == svc[1].split(":")[1]


def test_a_reversal_mirrors_the_first_report_and_a_correction_follows_it(practice):
    first: dict[str, dict] = {}
    reversals = overturned = paid_less = still_denied = 0
    for _, segments in sorted(practice.segments().items(), key=lambda item: item[0].split("_")[2]):
        claims = list(claims_of(segments))
        for position, claim in enumerate(claims):
            clp = claim["clp"]
            if clp[2] != "22":
                first.setdefault(clp[1], claim)
                continue
            reversals += 1
            original = first[clp[1]]
            assert clp[7] == original["clp"][7]
            assert claim["cas"] == [(group, code, -amount) for group, code, amount in original["cas"]]
            assert Decimal(clp[4]) == -Decimal(original["clp"][4])
            correction = claims[position + 1]
            assert (correction["clp"][1], correction["clp"][2] != "22") == (clp[1], True)
            assert correction["clp"][7] != clp[7]
            is_less = Decimal(correction["clp"][4]) < Decimal(original["clp"][4])
            is_same = correction["cas"] == original["cas"]
            paid_less += is_less
            still_denied += is_same
            overturned += not is_less and not is_same
    counts = practice.manifest["counts"]
    assert reversals == counts["reversals"] > 50
    assert paid_less == counts["takebacks"] > 0
    assert overturned == counts["overturned_appeals"] > 0
    assert still_denied == counts["decided_appeals"] - counts["overturned_appeals"]


def test_what_a_payer_carries_forward_comes_back_and_what_it_defers_it_takes(practice):
    carried: dict[str, Decimal] = defaultdict(Decimal)
    deferred: dict[str, list] = defaultdict(list)
    codes = set()
    for name, segments in sorted(practice.segments().items(), key=lambda item: item[0].split("_")[2]):
        payer = name.split("_")[1]
        adjustments = plb_of(segments)
        codes |= {code.split(":")[0] for code, _ in adjustments}
        back = sum(amount for code, amount in adjustments if code == "FB" and amount > 0)
        assert back == -carried.pop(payer, Decimal(0))
        carried[payer] = sum((amount for code, amount in adjustments if code == "FB" and amount < 0), Decimal(0))
        if carried[payer]:
            assert next(segment for segment in segments if segment[0] == "BPR")[2] == "0"
        for code, amount in adjustments:
            if code.startswith("WO:"):
                deferred[code].append(amount)
    assert {"FB", "WO", "L6", "CS"} <= codes
    assert any(len(pair) == 2 for pair in deferred.values())
    assert all(pair[0] < 0 and sum(pair[:2]) in {0, pair[0]} for pair in deferred.values())


def test_the_manifest_knows_what_was_paid_and_adjusted(practice):
    paid = Decimal(0)
    by_payer: dict[str, Decimal] = defaultdict(Decimal)
    by_code: dict[str, Decimal] = defaultdict(Decimal)
    adjusted: dict[str, Decimal] = defaultdict(Decimal)
    for name, segments in practice.segments().items():
        bpr = Decimal(next(segment for segment in segments if segment[0] == "BPR")[2])
        paid += bpr
        by_payer[name.split("_")[1]] += bpr
        for code, amount in plb_of(segments):
            by_code[code.split(":")[0]] += amount
        for claim in claims_of(segments):
            for group, code, amount in claim["cas"]:
                if (group, code) == ("CO", "45"):
                    adjusted["contractual"] += amount
                elif (group, code) == ("CO", "253"):
                    adjusted["sequestration"] += amount
                elif group == "PR":
                    # also what it denies is the patient's
                    adjusted["patient"] += amount
                else:
                    adjusted["denied"] += amount
    manifest = practice.manifest
    assert f"{paid:.2f}" == manifest["control_totals"]["era835"]
    assert {payer: f"{amount:.2f}" for payer, amount in by_payer.items()}.items() <= manifest["paid_by_payer"].items()
    assert {name: f"{amount:.2f}" for name, amount in adjusted.items()} == manifest["adjusted_by_class"]
    assert {code: f"{amount:.2f}" for code, amount in by_code.items()} == manifest["provider_adjusted_by_code"]
