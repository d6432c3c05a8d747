"""What the findings and hold reasons of X12 files mean, and what to do, kind by kind. The words are ours, not X12's.

What does not belong here: when a code is given (the readers and the lake decide), and words that other files share.
"""

from __future__ import annotations

from typing import Final

from orchestration.core.words import ASK_AGAIN, CORRECT_EXPORT, SEND_AS_REAL, Words

_ASK_PAYER: Final = (
    "Ask the payer for a corrected remittance. Do not post it by hand: the deposit stays in clearing until then."
)
_TELL_PAYER: Final = "Nothing must be done: the money is booked. Tell the payer when it is to be fixed."
_CORRECT_CLAIM: Final = (
    "Correct the claim in the billing system and send it again; the receiver may refuse it as it is."
)
_SPLIT_FILE: Final = "Put each kind of message into a file of its own, if these are to be read."

_SEND_AGAIN_AS_REAL: Final = (
    "Nothing, if it is a test. If it is real, have the supplier mark it as production and send it again."
)

# what every kind of X12 file may have wrong with its envelope
_SYNTAX: Final[dict[str, Words]] = {
    "control_number_mismatch": Words("Header and trailer carry different numbers: parts may be mixed up.", ASK_AGAIN),
    "group_control_mismatch": Words("Header and trailer of the group carry different numbers.", ASK_AGAIN),
    "interchange_control_mismatch": Words("Header and trailer of the file carry different numbers.", ASK_AGAIN),
    "interchange_count_mismatch": Words("The file holds more or fewer groups than it says.", ASK_AGAIN),
}

_ENVELOPE: Final[dict[str, str]] = {
    "segment_count_mismatch": "The {} is shorter or longer than its own count says.",
    "transaction_control_mismatch": "Header and trailer of the {} carry different numbers: parts may be mixed up.",
    "group_count_mismatch": "The file holds more or fewer messages than it says: the {} may not be whole.",
    "missing_trailer": "The end of the {} is missing.",
    "stray_segment": "A part of the file stands outside any {}.",
    "unknown_segment": "The file holds a part that a {} does not have; it was not read.",
    "text_outside_interchange": "The file holds text before, between or after what makes up the {}.",
    "not_x12": "The file is no {}, or is damaged.",
}

_REMITTANCE: Final[dict[str, Words]] = {
    "not_postable": Words("The remittance cannot be proved to the cent.", _ASK_PAYER),
    "duplicate_payment": Words(
        "The same payment arrived again with the same content. It is booked once.",
        "Nothing: payers resend. Look only if the bank shows two deposits.",
    ),
    "payment_identity_conflict": Words(
        "A payment that is booked already arrived again with other content.",
        "Ask the payer which one is right. medbooks waiting list shows its number: release books it beside the first, "
        "reject leaves it out.",
    ),
    "paid_twice": Words(
        "The same payment of the same claim came before and was not taken back: its money waits in 2300.",
        "Ask the payer. medbooks waiting list shows its number: apply owes it to the payer, release books it to the "
        "claim, reject says that no such money came.",
    ),
    "notification_with_amount": Words(
        "The remittance says that it only tells of a payment, and states an amount all the same.",
        "Nothing when the payment itself comes under its own number; else medbooks waiting list, then release.",
    ),
    "reversal_not_negative": Words(
        "A reversal takes back amounts that are not negative: it contradicts itself.",
        "Ask the payer for a corrected remittance; medbooks waiting list shows its number.",
    ),
    "payee_not_ours": Words(
        "The remittance pays a payee that practice.toml does not list.",
        "Add the payee to practice.toml if it is yours; else return the payment. medbooks waiting list has its number.",
    ),
    "taken_without_notice": Words(
        "A payer took money back that it had never announced and nobody had recognised as owed.",
        "Ask the payer for the letter and the claim, then accept it or dispute it; the money waits in 2215.",
    ),
    "original_not_found": Words(
        "A payer reverses a payment that is not in the books.",
        "Find the original payment: when it lands, the two settle by themselves. Until then the money taken back waits "
        "in 2215; medbooks waiting list shows its number.",
    ),
    "unbalanced_line": Words("A service line is not charge less adjustments = payment.", _ASK_PAYER),
    "unbalanced_claim": Words("A claim is not charge less adjustments = payment.", _ASK_PAYER),
    "unbalanced_transaction": Words("The claims of the remittance do not add up to the payment.", _ASK_PAYER),
    "balance_not_evaluable": Words("An amount is missing, so the sums cannot be proved.", _ASK_PAYER),
    "misplaced_segment": Words("A part of a claim stands outside any claim.", ASK_AGAIN),
    "segment_too_long": Words("More adjustments stand in one place than the format allows.", _ASK_PAYER),
    "repeated_payment": Words("The remittance states its payment twice.", _ASK_PAYER),
    "missing_payment": Words("The remittance does not state what was paid.", _ASK_PAYER),
    "missing_payment_date": Words("The remittance does not say when it was paid.", _ASK_PAYER),
    "unreadable_payment_date": Words("The day of payment cannot be read.", _ASK_PAYER),
    "missing_paid_amount": Words("The remittance does not state what was paid.", _ASK_PAYER),
    "unreadable_paid_amount": Words("What was paid cannot be read.", _ASK_PAYER),
    "missing_trace_number": Words("The payment has no trace number to find it at the bank.", _ASK_PAYER),
    "repeated_trace_number": Words("The payment has a second trace number, which was not read.", _ASK_PAYER),
    "missing_reason_code": Words("An adjustment does not say why.", _ASK_PAYER),
    "predetermination_with_payment": Words("An estimate (no claim yet) carries a payment.", _ASK_PAYER),
    "other_transaction_set": Words(
        "The file also holds messages that are not remittances; they were not read.", "Nothing."
    ),
    "unreadable_information": Words(
        "A detail that no sum needs cannot be read.", "Nothing; the money is not affected."
    ),
    "not_an_835": Words("The file holds no remittance.", "Put it where files of its kind belong."),
    "irregular_and_too_large": Words(
        "The file is irregular and too large to be taken apart in memory.", "Ask the sender for it in smaller files."
    ),
    "more_findings": Words("There are more findings of a kind than are listed.", "Fix the ones that are listed first."),
    "unreadable_amount": Words(
        "An amount inside the remittance cannot be read, so its sums cannot be proved.", _ASK_PAYER
    ),
}

# what a remittance departs from its implementation guide by: the money is not held for it
_GUIDE: Final[dict[str, Words]] = {
    "control_character": Words("A value holds a control character or a line break.", _TELL_PAYER),
    "element_has_parts": Words("A value is cut into parts where it may have none.", _TELL_PAYER),
    "element_missing": Words("A required element is empty.", _TELL_PAYER),
    "element_not_used": Words("An element is filled that its guide does not use.", _TELL_PAYER),
    "element_too_long": Words("A value is longer than its guide allows.", _TELL_PAYER),
    "element_too_short": Words("A value is shorter than its guide allows.", _TELL_PAYER),
    "elements_disagree": Words("Elements that go together are not all there.", _TELL_PAYER),
    "empty_segment": Words("Two segment ends follow each other with nothing between.", _TELL_PAYER),
    "group_not_judged": Words(
        "A group holds other messages than remittances; only its envelope was judged.", _TELL_PAYER
    ),
    "invalid_character": Words("A value holds a character X12 does not know.", _TELL_PAYER),
    "invalid_code": Words("A code is none of those its guide allows there.", _TELL_PAYER),
    "invalid_date": Words("A date does not exist.", _TELL_PAYER),
    "invalid_number": Words("A number is not written as X12 writes numbers.", _TELL_PAYER),
    "invalid_time": Words("A time of day does not exist.", _TELL_PAYER),
    "leading_blank": Words("Blanks stand before a segment.", _TELL_PAYER),
    "line_break_in_segment": Words("A line breaks inside a segment.", _TELL_PAYER),
    "loop_repeated": Words("A part of the remittance stands more often than its guide allows.", _TELL_PAYER),
    "missing_loop": Words("A required part of the remittance is missing.", _TELL_PAYER),
    "missing_segment": Words("A required segment is missing.", _TELL_PAYER),
    "no_elements": Words("A segment holds no value at all.", _TELL_PAYER),
    "no_interchange_header": Words("The file does not begin with the header of an interchange.", _TELL_PAYER),
    "no_remittance": Words("The file holds no remittance.", _TELL_PAYER),
    "outside_interchange": Words("Segments stand outside any interchange.", _TELL_PAYER),
    "repeated_group_control": Words("Two groups carry the same control number.", _TELL_PAYER),
    "repeated_interchange_control": Words("Two interchanges carry the same control number.", _TELL_PAYER),
    "repeated_transaction_control": Words("Two transactions of a group carry the same control number.", _TELL_PAYER),
    "segment_repeated": Words("A segment stands more often than its guide allows.", _TELL_PAYER),
    "too_many_elements": Words("A segment has more elements than its guide knows.", _TELL_PAYER),
    "too_many_parts": Words("A value has more parts than its guide knows.", _TELL_PAYER),
    "trailing_separator": Words("A segment ends with separators that hold nothing.", _TELL_PAYER),
    "trailing_spaces": Words("A value ends with blanks it does not need.", _TELL_PAYER),
    "unexpected_segment": Words("A segment stands where its guide has no place for it.", _TELL_PAYER),
    "unknown_qualifier": Words("A segment says by a qualifier its guide does not know what it is.", _TELL_PAYER),
    "unreadable_layout": Words("Line breaks or blanks stand inside segments.", _TELL_PAYER),
    "unterminated_segment": Words("The last segment does not end as the others do.", _TELL_PAYER),
    "wide_characters": Words("The file has two bytes a character; X12 has one.", _TELL_PAYER),
    "more_violations": Words("There are more departures from the guide than are listed.", _TELL_PAYER),
}

_CLAIM: Final[dict[str, Words]] = {
    "missing_control_number": Words("A claim has no number, so no answer can be matched to it.", _CORRECT_CLAIM),
    "claim_without_lines": Words("A claim has no service line.", _CORRECT_CLAIM),
    "no_claims": Words("A batch holds no claim.", "Check whether the billing system sent what it should."),
    "unknown_diagnosis": Words("A service points to a diagnosis that its claim does not have.", _CORRECT_CLAIM),
    "unreadable_code": Words("A diagnosis or other code of a claim is not written as it must be.", _CORRECT_CLAIM),
    "unknown_level": Words("A part of the file is of a kind its format does not have.", ASK_AGAIN),
    "unreadable_amount": Words("A charge of a claim cannot be read.", _CORRECT_CLAIM),
    "unbalanced_claim": Words("The lines of a claim do not add up to its total.", _CORRECT_CLAIM),
    "misplaced_segment": Words("A part of a claim stands outside any claim.", _CORRECT_CLAIM),
    "unreadable_service_date": Words("The day of service on a claim cannot be read.", _CORRECT_CLAIM),
    "other_transaction_set": Words(
        "The file holds no claim, or also messages of other kinds; those were not read.", _SPLIT_FILE
    ),
}

_ACKNOWLEDGEMENT: Final[dict[str, Words]] = {
    "missing_group": Words("An acknowledgement does not say which batch it answers.", ASK_AGAIN),
    "missing_outcome": Words("An acknowledgement does not say whether the batch was taken.", ASK_AGAIN),
    "unknown_level": Words("A part of the file is of a kind its format does not have.", ASK_AGAIN),
    "other_transaction_set": Words(
        "The file acknowledges nothing, or also holds messages of other kinds; those were not read.", _SPLIT_FILE
    ),
}

_TRADE: Final[dict[str, Words]] = {
    "cut_document": Words("The end of an order, a ship notice or an invoice is missing.", ASK_AGAIN),
    "test_document": Words(
        "The sender marks an order, a ship notice or an invoice as a test: it is not used.",
        _SEND_AGAIN_AS_REAL,
    ),
    "document_is_no_original": Words(
        "A supplier's document changes or cancels an earlier one.",
        "Compare it with the earlier one; enter or reverse by hand what it changes.",
    ),
    "order_acknowledgement": Words(
        "A supplier answers an order. The answer never changes what was ordered.",
        "Compare it with the order; send a corrected order when you agree to what it changes.",
    ),
    "unreadable_price": Words("The price of a line is not a number.", CORRECT_EXPORT),
    "line_count_mismatch": Words(
        "An order, a ship notice or an invoice does not count its own lines: some may be missing.", ASK_AGAIN
    ),
    "empty_document": Words("An order, a ship notice or an invoice has no lines.", ASK_AGAIN),
    "total_mismatch": Words(
        "The total of an invoice is not the sum of its lines, charges and taxes: it is not booked.",
        "Compare it with the order, and ask the supplier for a corrected invoice.",
    ),
    "broken_hierarchy": Words("The levels of a ship notice do not hang together.", ASK_AGAIN),
    "charge_not_booked": Words(
        "An invoice also bills freight, tax or another charge, or allows something. Its lines are used without that.",
        "Enter the amount by hand, then reject the finding.",
    ),
    "other_transaction_set": Words(
        "The file holds no order, ship notice or invoice, or also messages of other kinds; those were not read.",
        _SPLIT_FILE,
    ),
}


def _of(noun: str, test: str = "nothing is made of it", what_to_do: str = SEND_AS_REAL) -> dict[str, Words]:
    """Return the words about an envelope, which each kind of X12 file has under its own name."""
    return {
        **_SYNTAX,
        **{code: Words(text.format(noun), ASK_AGAIN) for code, text in _ENVELOPE.items()},
        "test_interchange": Words(f"The sender marks the {noun} as a test: {test}.", what_to_do),
    }


ERA835_WORDS: Final = {**_of("remittance", "what it would move is held"), **_GUIDE, **_REMITTANCE}
CLAIMS837_WORDS: Final = {**_of("claim file"), **_CLAIM}
ACKS_WORDS: Final = {**_of("acknowledgement"), **_ACKNOWLEDGEMENT}
TRADE_WORDS: Final = {
    **_of(
        "supplier's document",
        what_to_do=_SEND_AGAIN_AS_REAL,
    ),
    **_TRADE,
}
