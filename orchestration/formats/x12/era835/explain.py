"""One claim of a remittance in plain words, with its arithmetic: what ``medbooks era explain`` prints.

What does not belong here: printing, and what a code is called (the caller brings labels, the lake's seed has them).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.money import ZERO
from orchestration.formats.x12.era835.denials import DENIAL_CLASSES, STATUS_WITHOUT_DENIAL, denies
from orchestration.formats.x12.era835.reader import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from decimal import Decimal

    from orchestration.core.tables import RawBatch, SourceFile

# our own words for CLP02 and CAS01
_STATUS: Final = {
    "1": "decided by the primary payer",
    "2": "decided by the secondary payer",
    "3": "decided by the tertiary payer",
    "4": "refused: the payer does not know the patient",
    "19": "decided by the primary payer and sent on to another",
    "20": "decided by the secondary payer and sent on to another",
    "21": "decided by the tertiary payer and sent on to another",
    "22": "a reversal: it takes back an earlier decision, every amount is negated",
    "23": "not this payer's, sent on to another",
    "25": "a predetermination: nothing is paid",
}
_GROUPS: Final = {
    "CO": "the practice writes it off under its contract",
    "PR": "the patient owes it",
    "OA": "another reason",
    "PI": "the payer's own reduction",
    "CR": "a correction of an earlier decision",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an explanation: words, and the amount it adds or takes, if any; ``depth`` indents."""

    words: str
    amount: Decimal | None = None
    depth: int = 0


@dataclass(slots=True)
class Explanation:
    """What a file says of one claim, once for every time it stands in it."""

    steps: list[Step] = field(default_factory=list)


def explain(file: SourceFile, claim_id: str, label: Callable[[str | None, str | None], str]) -> list[Explanation]:
    """Return one explanation per CLP whose CLP01 or CLP07 is ``claim_id``, in the order of the file.

    ``label`` names a group and reason code in our words.
    """
    batch = read([file])
    wanted = [
        claim
        for claim in _rows(batch, "claims")
        if claim_id in {claim["patient_control_number"], claim["payer_control_number"]}
    ]
    return [_explained(batch, claim, label) for claim in wanted]


def _rows(batch: RawBatch, table: str) -> Iterator[dict[str, Any]]:
    yield from batch.to_arrow()[table].to_pylist()


def _explained(batch: RawBatch, claim: dict[str, Any], label: Callable[[str | None, str | None], str]) -> Explanation:
    def own(table: str) -> list[dict[str, Any]]:
        keys = ("transaction_number", "claim_number")
        return [row for row in _rows(batch, table) if all(row[k] == claim[k] for k in keys)]

    payment = next(t for t in _rows(batch, "transactions") if t["transaction_number"] == claim["transaction_number"])
    adjustments, lines, remarks = own("adjustments"), own("service_lines"), own("remarks")
    explanation = Explanation()
    say = explanation.steps.append
    say(Step(f"{payment['payer_name'] or 'The payer'}, payment {payment['trace_number']} of {payment['payment_date']}"))
    status = claim["claim_status_code"]
    say(Step(f"Status {status}: {_STATUS.get(status or '', 'a status the guide does not know')}"))
    say(Step("The claim was charged", claim["charged_amount"]))
    for row in adjustments:
        if row["service_line_number"] is None:
            say(_adjustment(row, label, depth=1))
    for line in lines:
        explanation.steps.extend(_line_steps(line, adjustments, label))
    if claim["adjusted_amount"] is not None:
        say(Step("All reductions together", -claim["adjusted_amount"]))
    say(Step("The claim was paid", claim["paid_amount"]))
    say(Step(_verdict(claim)))
    patient = sum((r["adjustment_amount"] or ZERO for r in adjustments if r["group_code"] == "PR"), ZERO)
    say(Step("The patient owes", patient))
    _tell_denial(say, claim, adjustments, lines)
    codes = [row["remark_code"] for row in remarks]
    if codes:
        say(Step(f"Remarks: {', '.join(codes)}"))
    if not payment["is_postable"]:
        say(Step(f"The whole payment is held from posting: {payment['hold_reason_code']}"))
    return explanation


def _line_steps(
    line: dict[str, Any], adjustments: list[dict[str, Any]], label: Callable[[str | None, str | None], str]
) -> Iterator[Step]:
    yield Step(_line_words(line), line["charged_amount"], depth=1)
    for row in adjustments:
        if row["service_line_number"] == line["service_line_number"]:
            yield _adjustment(row, label, depth=2)
    yield Step("leaves paid", line["paid_amount"], depth=2)
    if line["is_balanced"] is False:
        yield Step("which does not add up", depth=2)


def _adjustment(row: dict[str, Any], label: Callable[[str | None, str | None], str], depth: int) -> Step:
    group, reason = row["group_code"], row["reason_code"]
    words = f"{group}-{reason} {label(group, reason)}: {_GROUPS.get(group or '', 'an unknown group')}"
    amount = row["adjustment_amount"]
    return Step(words, -amount if amount is not None else None, depth)


def _line_words(line: dict[str, Any]) -> str:
    modifiers = [line[f"modifier_{n}"] for n in range(1, 5) if line[f"modifier_{n}"]]
    code = "-".join([line["procedure_code"] or line["revenue_code"] or "no code", *modifiers])
    billed = line["submitted_procedure_code"]
    changed = f" (billed as {billed})" if billed and billed != line["procedure_code"] else ""
    day = f" on {line['service_date']}" if line["service_date"] else ""
    return f"Line {line['service_line_number']}: {code}{changed}{day}, charged"


def _verdict(claim: dict[str, Any]) -> str:
    if claim["is_balanced"] is None:
        return "Whether that adds up cannot be told: an amount is missing or unreadable"
    return "That adds up" if claim["is_balanced"] else "That does not add up"


def _tell_denial(
    say: Callable[[Step], None],
    claim: dict[str, Any],
    adjustments: list[dict[str, Any]],
    lines: list[dict[str, Any]],
) -> None:
    if claim["claim_status_code"] in STATUS_WITHOUT_DENIAL:
        return
    unpaid = {line["service_line_number"] for line in lines if line["paid_amount"] == 0}
    if not lines and claim["paid_amount"] == 0:
        unpaid = {None}
    for row in adjustments:
        on_claim = row["service_line_number"] is None
        if (
            denies(row["group_code"], row["reason_code"])
            and unpaid
            and (on_claim or row["service_line_number"] in unpaid)
        ):
            where = "The claim" if on_claim else f"Line {row['service_line_number']}"
            name = DENIAL_CLASSES[row["reason_code"]].replace("_", " ")
            say(Step(f"{where} was denied: {name} ({row['group_code']}-{row['reason_code']})"))
