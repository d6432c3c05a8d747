import ast
from pathlib import Path

import pytest

from orchestration.operations.vocabulary import vocabulary
from orchestration.reporting.words import denial_class_name, plain

ROOT = Path(__file__).parents[3]
VOCABULARY = vocabulary()

# every `hold_reason` the lake gives, by the model that gives it
LAKE_REASONS = {
    "era835": (
        "duplicate_payment",
        "payment_identity_conflict",
        "not_postable",
        "test_data",
        "taken_without_notice",
        "original_not_found",
    ),
    "ehr": ("duplicate_transaction", "unmapped_procedure", "missing_posting_date", "unknown_adjustment_reason"),
    "hl7": (
        "duplicate_transaction",
        "unmapped_procedure",
        "missing_posting_date",
        "missing_amount",
        "unseen_charge",
        "shifted_fields",
        "procedure_codes_disagree",
        "foreign_currency",
    ),
    "bank": (
        "duplicate_transaction",
        "deposit_differs_from_remittance",
        "unidentified_deposit",
        "unidentified_withdrawal",
    ),
    "payroll": ("duplicate_pay_line", "payroll_does_not_tie", "missing_pay_date"),
    "documents": (
        "duplicate_bill",
        "foreign_currency",
        "arithmetic_not_proved",
        "missing_bill_date",
        "unknown_vendor",
        "scan_too_coarse",
        "over_approval_limit",
    ),
    "supplies": (
        "duplicate_bill",
        "duplicate_receipt",
        "received_without_order",
        "billed_without_order",
        "order_without_price",
        "units_differ",
        "dearer_than_ordered",
        "billed_not_received",
        "billed_more_than_ordered",
        "over_approval_limit",
    ),
}
READERS = {
    "x12/claims837": "claims837",
    "x12/acks": "acks",
    "x12/trade": "supplies",
    "fhir": "fhir",
    "billing_api": "billing_api",
    "x12/era835": "era835",
    "x12/syntax": "era835",
    "exports": "ehr",
    "hl7": "hl7",
    "bank": "bank",
    "payroll": "payroll",
    "documents": "documents",
    "fees": "fees",
    "supplies": "supplies",
}


def codes_of_reader(reader: str) -> set[str]:
    """The codes of a reader without those of the readers in folders of its own."""
    folder = ROOT / "orchestration" / "formats"
    inner = [folder / other for other in READERS if other.startswith(f"{reader}/")]
    paths = [path for path in (folder / reader).rglob("*.py") if not set(inner) & set(path.parents)]
    return set().union(*map(codes_of, paths))


def codes_of_module(name: str) -> set[str]:
    return codes_of(ROOT / "orchestration" / "formats" / name)


def codes_of(place: Path) -> set[str]:
    """The codes a reader writes as the first argument of what makes a finding."""
    found = set()
    for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict):
                if getattr(node.target, "id", "") in {"_REFUSALS", "_NOTES"}:
                    found |= {key.value for key in node.value.keys if isinstance(key, ast.Constant)}
                continue
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            first = node.args[0]
            if (
                name in {"Finding", "RefusedError", "note", "_note", "_warn", "_fail", "_refused", "_refuse"}
                and isinstance(first, ast.Constant)
                and isinstance(first.value, str)
            ):
                found.add(first.value)
    return found


@pytest.mark.parametrize(("source", "code"), [(s, c) for s, codes in LAKE_REASONS.items() for c in codes])
def test_every_hold_reason_of_the_lake_has_words_of_its_own(source, code):
    assert VOCABULARY.knows(source, code)
    meaning, action = VOCABULARY.reason(source, code)
    assert meaning.endswith(".")
    assert action.endswith(".")
    assert "_" not in meaning + action


@pytest.mark.parametrize("reader", sorted(READERS))
def test_every_code_a_reader_can_give_has_words_of_its_own(reader):
    codes = codes_of_reader(reader)
    assert codes, "the search for codes found none, so it proves nothing"
    assert not {code for code in codes if not VOCABULARY.knows(READERS[reader], code)}


@pytest.mark.parametrize("source", ["claims837", "acks"])
def test_claims_and_acknowledgements_are_never_called_remittances(source):
    reader = next(reader for reader, name in READERS.items() if name == source)
    codes = codes_of(ROOT / "orchestration" / "formats" / reader) | codes_of_module("x12/syntax/sets.py")
    said = {code: " ".join(VOCABULARY.reason(source, code)).lower() for code in codes}
    assert "stray_segment" in said
    assert not {code: words for code, words in said.items() if "remittance" in words or "payer for" in words}


def test_an_unknown_code_falls_back_to_itself_in_words():
    meaning, action = VOCABULARY.reason("bank", "moon_phase_wrong")
    assert meaning == "Moon phase wrong."
    assert action
    assert not VOCABULARY.knows("bank", "moon_phase_wrong")


def test_the_same_code_means_something_else_in_another_kind_of_file():
    assert VOCABULARY.reason("bank", "duplicate_transaction") != VOCABULARY.reason("ehr", "duplicate_transaction")


def test_sources_and_classes_nobody_named_are_shown_as_words():
    assert VOCABULARY.title("era835") == "Payer remittances"
    assert VOCABULARY.title("fax_machine") == "Fax machine"
    assert denial_class_name("timely") == "Filed too late"
    assert denial_class_name("brand_new") == "Brand new"
    assert not plain("")
