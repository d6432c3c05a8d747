"""The remittances of one run, judged: sums, balances, findings and hold reasons, filed with their files.

What does not belong here: the sums of claims and lines (``facts``), the words of a balance (``balancing``), rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from orchestration.core.findings import Finding
from orchestration.core.money import ZERO, from_cents
from orchestration.formats.x12.era835 import balancing
from orchestration.formats.x12.era835.columnar.index import distinct
from orchestration.formats.x12.era835.columnar.values import group_sums
from orchestration.formats.x12.era835.content import content_keys
from orchestration.formats.x12.era835.payment import RemittancePayment
from orchestration.formats.x12.era835.remittances import RemittanceAdvice

if TYPE_CHECKING:
    from orchestration.formats.x12.era835.columnar.index import Flags, Places
    from orchestration.formats.x12.era835.facts import Note
    from orchestration.formats.x12.era835.run import Piece, Run
    from orchestration.formats.x12.syntax.envelope import SetBounds

# findings of claims come after those of the payment at the same segment
_AFTER_OWN = 100


def judge(run: Run, mine: list[tuple[Piece, SetBounds]]) -> None:
    """File the remittances of a run with their files: sums, verdicts, findings."""
    loops, facts, index = run.loops, run.facts, run.index
    payments = _payments(run, [piece for piece, _ in mine])
    claims_of = np.searchsorted(loops.claims, np.append(loops.set_first, len(index)))
    lines_of = np.searchsorted(loops.lines, np.append(loops.set_first, len(index)))
    stated = index.has_text(index.element(loops.claims, 3)) | index.has_text(index.element(loops.claims, 4))
    paid, is_paid_known = group_sums(facts.claim_paid.units, claims_of[:-1], claims_of[1:])
    unknown = _counts(stated & ~facts.claim_paid.is_read, claims_of)
    bad_claims = _counts(facts.claim_evaluable & ~facts.claim_balanced, claims_of)
    bad_lines = _counts(facts.line_evaluable & ~facts.line_balanced, lines_of)
    blind = _counts(~facts.claim_evaluable, claims_of) + _counts(~facts.line_evaluable, lines_of)
    denied = _counts(facts.claim_denied, claims_of)
    reversed_ = _counts(facts.claim_reversed, claims_of)
    triplets = np.searchsorted(facts.triplets.segment, np.append(loops.set_first, len(index)))
    holds = _first_errors(run, len(mine))
    contents = content_keys(index, loops.set_first, loops.set_end, [found.is_closed for _, found in mine])
    for place, (piece, found) in enumerate(mine):
        reading, payment = piece.reading, payments[place]
        readable = from_cents(int(paid[place])) if is_paid_known[place] else ZERO
        claim_paid = readable if is_paid_known[place] and not unknown[place] else None
        adjusted = balancing.bounded(payment.provider_adjusted)
        difference = balancing.remainder(claim_paid, adjusted, payment.paid)
        payment.finish(found.first_segment_number)
        if difference and claim_paid is not None and adjusted is not None and payment.paid is not None:
            words = balancing.explanation(
                "the transaction",
                (claim_paid, adjusted, payment.paid),
                ("claim payments of", "provider adjustments of"),
            )
            amount = difference if balancing.bounded(difference) is not None else None
            payment.findings.append(
                Finding(
                    "unbalanced_transaction",
                    "error",
                    words,
                    segment_number=found.first_segment_number,
                    segment_id="ST",
                    amount=amount,
                )
            )
        own = [f for f in (*found.findings, *payment.findings) if f.severity == "error"]
        candidates = [(f.segment_number or 0, rank, f.code) for rank, f in enumerate(own)]
        candidates.extend(holds[place])
        is_balanced = balancing.verdict(
            [
                None if difference is None else not difference,
                False if bad_claims[place] or bad_lines[place] else None if blind[place] else True,
            ]
        )
        remittance = RemittanceAdvice(
            set=found,
            number=len(reading.remittances) + 1,
            payment=payment,
            claim_count=int(claims_of[place + 1] - claims_of[place]),
            line_count=int(lines_of[place + 1] - lines_of[place]),
            claim_paid=claim_paid,
            claim_paid_readable=readable,
            unbalanced_lines=int(bad_lines[place]),
            unbalanced_claims=int(bad_claims[place]),
            is_unbalanced=bool(difference),
            is_balanced=is_balanced,
            content_key=contents[place],
            own_hold=min(candidates)[2] if candidates else None,
        )
        reading.remittances.append(remittance)
        run.remittances.append((reading, remittance))
        reading.claim_count += remittance.claim_count
        reading.line_count += remittance.line_count
        reading.adjustment_count += int(triplets[place + 1] - triplets[place])
        reading.provider_adjustment_count += len(payment.provider_adjustments)
        reading.denied_claims += int(denied[place])
        reading.reversals += int(reversed_[place])
        reading.add(found.findings)
        reading.add(payment.findings)
    for piece in run.pieces:
        piece.reading.segment_count += piece.end - piece.begin
    for note in facts.notes:
        _put_into_words(run, note)


def _counts(flags: Flags, bounds: Places) -> Places:
    """Return how many flags are set between bounds."""
    running = np.zeros(len(flags) + 1, dtype=np.int64)
    np.cumsum(flags, out=running[1:])
    counted: Places = running[bounds[1:]] - running[bounds[:-1]]
    return counted


def _payments(run: Run, pieces: list[Piece]) -> list[RemittancePayment]:
    """Read the headers and the provider adjustments of the remittances; ``pieces`` are where they stand."""
    loops, index = run.loops, run.index
    claims = np.append(loops.claims, len(index))
    heads = np.minimum(claims[np.searchsorted(loops.claims, loops.set_first)], loops.set_end)
    # of what stands behind the first claim only these are the payment's
    later = loops.of("PLB", "BPR", "TRN")
    later = later[later >= heads[loops.set_of(later)]]
    bounds = np.searchsorted(later, np.append(loops.set_first, len(index))).tolist()
    later_raws = list(zip(later.tolist(), index.raws_at(later), strict=True))
    element, component = index.separator, chr(index.marks.component)
    payments = []
    for place, (piece, first, head) in enumerate(zip(pieces, loops.set_first.tolist(), heads.tolist(), strict=True)):
        payment = RemittancePayment()
        shift = piece.first_number - piece.begin
        header = enumerate(index.raws(first, head), start=first)
        for segment, raw in [*header, *later_raws[bounds[place] : bounds[place + 1]]]:
            payment.take(segment + shift, raw.split(element), component)
        payments.append(payment)
    return payments


def _first_errors(run: Run, count: int) -> list[list[tuple[int, int, str]]]:
    """Return for every remittance the first error of each kind among its claims: segment number, rank, code."""
    first: list[list[tuple[int, int, str]]] = [[] for _ in range(count)]
    for rank, note in enumerate(run.facts.notes):
        if note.severity != "error":
            continue
        sets = run.loops.set_of(note.segments)
        at = np.flatnonzero(np.append(True, sets[1:] != sets[:-1]))  # numpy's own
        sets = sets[at]
        numbers = run.numbers(note.segments[at])
        for place, number in zip(sets.tolist(), numbers.tolist(), strict=True):
            first[place].append((number, _AFTER_OWN + rank, note.code))
    return first


def _put_into_words(run: Run, note: Note) -> None:
    """Put the findings of a note into words, file by file, as many as are kept."""
    pieces = run.piece_of(note.segments)
    numbers = run.numbers(note.segments)
    for place in distinct(pieces).tolist():
        reading = run.pieces[place].reading
        rows = np.flatnonzero(pieces == place)
        for row in rows[: reading.room(note.code, len(rows))].tolist():
            segment = int(note.segments[row])
            reading.findings.append(note.finding(row, int(numbers[row]), run.facts.segment_id(segment)))
