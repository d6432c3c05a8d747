"""Codes in plain words, for whoever has to act on them: what it means, and what to do.

Light on purpose: the command line imports it. What does not belong here: when a code is given (the readers and the
lake decide), and any text of X12, the AMA or the ADA: the words are ours.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Words(NamedTuple):
    """Two sentences about a code."""

    what_it_means: str
    what_to_do: str


SOURCE_NAMES: Final[dict[str, str]] = {
    "era835": "Payer remittances",
    "ehr": "Charges from the EHR",
    "fhir": "Charges from FHIR",
    "billing_api": "Charges from a billing system's API",
    "claims837": "Claims sent to payers",
    "acks": "Acknowledgements of claims",
    "hl7": "Charges and visits by HL7",
    "bank": "Bank statements",
    "payroll": "Payroll",
    "documents": "Supplier bills",
    "fees": "Fee schedules",
    "supplies": "Supplier orders and invoices",
    "unknown": "Files of no known kind",
}

_CLASS_NAMES: Final[dict[str, str]] = {
    "coordination": "Another payer comes first",
    "eligibility": "Not covered on that day",
    "authorization": "Authorization or network",
    "coding": "Coding or bundling",
    "medical_necessity": "Medical necessity or records",
    "timely": "Filed too late",
    "duplicate": "Billed twice, says the payer",
    "non_covered": "Not covered, or limit reached",
}

_ASK_AGAIN = "Ask the sender for a complete copy and put it in the inbox; the rest of the file is not touched."
_ASK_PAYER = (
    "Ask the payer for a corrected remittance. Do not post it by hand: the deposit stays in clearing until then."
)
_TELL_PAYER = "Nothing must be done: the money is booked. Tell the payer when it is to be mended."
_ASK_INTERFACE = (
    "Ask whoever runs the HL7 interface to send it again, as the standard says, and put the new file in the inbox."
)
_CORRECT_EXPORT = "Correct it in the system that made the file, export again, and put the new file in the inbox."

_CORRECT_CLAIM = "Correct the claim in the billing system and send it again; the receiver may refuse it as it is."
_SEND_AS_REAL = (
    "Nothing, if it is a test. If it is real, have the sender mark it as production and put the new file in the inbox. "
    "A book kept for trials says so in practice.toml and runs medbooks rebuild --no-check."
)
_SPLIT_FILE = "Put each kind of message into a file of its own, if these are to be read."

# the meaning depends on which kind of file it happens in
_BY_SOURCE: Final[dict[tuple[str, str], Words]] = {
    ("bank", "duplicate_transaction"): Words(
        "The bank sent the same transaction twice. It is booked once.",
        "Nothing: overlapping statements do this. Look only if the two differ on the bank's website.",
    ),
    ("ehr", "duplicate_transaction"): Words(
        "The EHR exported the same charge twice. It is booked once.",
        "Nothing, if the exports overlap. Otherwise check that two visits were not given one id.",
    ),
    ("fhir", "duplicate_transaction"): Words(
        "The same charge arrived in an earlier export. It is booked once.",
        "Nothing: a bulk export repeats what it sent before. Look only if two services were given one id.",
    ),
    ("billing_api", "duplicate_transaction"): Words(
        "The same charge arrived in an earlier message or export. It is booked once.",
        "Nothing, if exports overlap. Otherwise check that two services were not given one id.",
    ),
    ("billing_api", "no_transactions"): Words("A message holds no transaction.", _CORRECT_EXPORT),
    ("fhir", "foreign_currency"): Words("A charge is not in dollars, and the books are.", _CORRECT_EXPORT),
    ("fhir", "truncated"): Words("The Bundle ends in the middle: it was cut off.", _ASK_AGAIN),
    ("claims837", "unreadable_amount"): Words("A charge of a claim cannot be read.", _CORRECT_CLAIM),
    ("claims837", "unbalanced_claim"): Words("The lines of a claim do not add up to its total.", _CORRECT_CLAIM),
    ("claims837", "misplaced_segment"): Words("A part of a claim stands outside any claim.", _CORRECT_CLAIM),
    ("claims837", "unreadable_service_date"): Words("The day of service on a claim cannot be read.", _CORRECT_CLAIM),
    ("claims837", "other_transaction_set"): Words(
        "The file holds no claim, or also messages of other kinds; those were not read.", _SPLIT_FILE
    ),
    ("acks", "other_transaction_set"): Words(
        "The file acknowledges nothing, or also holds messages of other kinds; those were not read.", _SPLIT_FILE
    ),
    ("supplies", "other_transaction_set"): Words(
        "The file holds no order, ship notice or invoice, or also messages of other kinds; those were not read.",
        _SPLIT_FILE,
    ),
    ("supplies", "unreadable_amount"): Words(
        "A line or a charge of an invoice has no amount that can be read.", _CORRECT_EXPORT
    ),
    ("hl7", "duplicate_transaction"): Words(
        "The same charge arrived by HL7 twice. It is booked once.",
        "Nothing, if messages were sent again. Otherwise check that two charges were not given one id.",
    ),
    ("hl7", "unreadable_amount"): Words("A charge has an amount that cannot be read.", _ASK_INTERFACE),
    ("hl7", "missing_amount"): Words(
        "The charge arrived without an amount, and the practice has no fee for its code on that day.",
        "Put the practice's fee schedule with that code into the inbox, and run medbooks rebuild --no-check.",
    ),
    ("hl7", "no_transactions"): Words("A charge message holds no charge.", _ASK_INTERFACE),
    ("hl7", "foreign_currency"): Words(
        "The charge is not in dollars, and the books are.",
        "Have the interface send dollars, or book it by hand at the rate of the day.",
    ),
    ("hl7", "truncated"): Words(
        "A batch has a header and no trailer: it was cut off, or is still being written.", _ASK_AGAIN
    ),
    ("hl7", "unmapped_procedure"): Words(
        "The charge has no procedure code, a code of the sender's own, or one that falls in no revenue category.",
        "Add the sender's code to the charge codes, or its range to the procedure categories, and run medbooks "
        "rebuild --no-check.",
    ),
    ("ehr", "unreadable_amount"): Words("A charge has no amount that can be read.", _CORRECT_EXPORT),
    ("payroll", "unreadable_amount"): Words("A pay line has an amount that cannot be read.", _CORRECT_EXPORT),
    ("bank", "unknown_record"): Words("A line is no record of such a statement: the file may be damaged.", _ASK_AGAIN),
    ("bank", "unreadable_amount"): Words("A bank transaction has no amount that can be read.", _ASK_AGAIN),
    ("era835", "unreadable_amount"): Words(
        "An amount inside the remittance cannot be read, so its sums cannot be proved.", _ASK_PAYER
    ),
}

# the kinds of X12 file, each by its own name
_X12: Final[dict[str, str]] = {
    "era835": "remittance",
    "claims837": "claim file",
    "acks": "acknowledgement",
    "supplies": "supplier's document",
}
_X12_ENVELOPE: Final[dict[str, str]] = {
    "segment_count_mismatch": "The {} is shorter or longer than its own count says.",
    "transaction_control_mismatch": "Header and trailer of the {} carry different numbers: parts may be mixed up.",
    "group_count_mismatch": "The file holds more or fewer messages than it says: the {} may not be whole.",
    "missing_trailer": "The end of the {} is missing.",
    "stray_segment": "A part of the file stands outside any {}.",
    "unknown_segment": "The file holds a part that a {} does not have; it was not read.",
    "text_outside_interchange": "The file holds text before, between or after what makes up the {}.",
    "not_x12": "The file is no {}, or is damaged.",
}
for _source, _noun in _X12.items():
    _BY_SOURCE.update(
        {(_source, _code): Words(_text.format(_noun), _ASK_AGAIN) for _code, _text in _X12_ENVELOPE.items()}
    )
    _said = "what it would move is held" if _source == "era835" else "nothing is made of it"
    _BY_SOURCE[_source, "test_interchange"] = Words(f"The sender marks the {_noun} as a test: {_said}.", _SEND_AS_REAL)

_BY_SOURCE["supplies", "test_interchange"] = Words(
    "The sender marks the supplier's document as a test: nothing is made of it.",
    "Nothing, if it is a test. If it is real, have the supplier mark it as production and send it again.",
)

_MEND_RULE = "Correct the seed or posting rule that made it; then medbooks rebuild."

_BY_CODE: Final[dict[str, Words]] = {
    # --- what the lake decides -----------------------------------------------------------------------------------
    "not_posted_yet": Words(
        "It is proposed and correct, but the ledger does not hold it yet.",
        "Run it now. If it stays, a check before posting refuses.",
    ),
    "changed_after_posting": Words(
        "It was posted, and what is proposed for it now is another amount.",
        "Undo the change of seed or model, or roll the batch back and book the difference by hand.",
    ),
    "rolled_back": Words(
        "It was posted and then rolled back, and the same event is not posted twice by itself.",
        "Decide what should stand instead; medbooks gl export shows both entries.",
    ),
    "test_data": Words("The sender marks it as test data, and this book is no trial.", _SEND_AS_REAL),
    "not_postable": Words("The remittance cannot be proved to the cent.", _ASK_PAYER),
    "duplicate_payment": Words(
        "The same payment arrived again with the same content. It is booked once.",
        "Nothing: payers resend. Look only if the bank shows two deposits.",
    ),
    "payment_identity_conflict": Words(
        "A payment that is booked already arrived again with other content.",
        "Ask the payer which one is right. If the new one is, reverse the first and release the second.",
    ),
    "unmapped_procedure": Words(
        "The charge has no procedure code, or one that falls in no revenue category.",
        "Correct the code in the EHR, or add its range to the procedure categories with the next mapping version "
        "and run medbooks rebuild --no-check.",
    ),
    "charged_by_other_resource": Words(
        "The visit was already charged through the other kind of FHIR resource (ChargeItem or Claim).",
        "Nothing, if both say the same. Otherwise let the source send one kind only.",
    ),
    "missing_posting_date": Words(
        "The charge has neither a posting date nor a service date, so no period can take it.", _CORRECT_EXPORT
    ),
    "deposit_differs_from_remittance": Words(
        "The bank shows another amount than the remittance with the same trace number.",
        "Compare deposit and remittance. Ask the payer about a take-back, ask the bank about a fee.",
    ),
    "unidentified_deposit": Words(
        "Money came in and no remittance or card settlement explains it.",
        "Find who sent it. If a payer did, ask for its remittance; it will match by itself when that arrives.",
    ),
    "unknown_adjustment_reason": Words(
        "Somebody adjusted an account in the billing system for a reason that says nothing to the books.",
        "Add the reason to the adjustment reasons. A payer's own reduction needs nothing: the remittance brings it.",
    ),
    "taken_without_notice": Words(
        "A payer took money back that it had never announced and nobody had recognised as owed.",
        "Ask the payer for the letter and the claim, then accept it or dispute it; the money waits in 2215.",
    ),
    "original_not_found": Words(
        "A payer reverses a payment that is not in the books.",
        "Find the original payment, or enter it; until then the money taken back waits in 2215.",
    ),
    "unidentified_withdrawal": Words(
        "Money left and no known vendor, payroll or rent explains it.",
        "Find what was paid. Add the payee to the vendors or the withdrawal patterns; then run again.",
    ),
    "duplicate_pay_line": Words(
        "The same pay line arrived in a second file. It is booked once.",
        "Nothing, if payroll was exported twice. Look if one person was paid twice.",
    ),
    "payroll_does_not_tie": Words(
        "Gross pay less taxes and deductions is not the net pay.",
        "Ask the payroll provider for a corrected register.",
    ),
    "missing_pay_date": Words("The pay line has no date, so no period can take it.", _CORRECT_EXPORT),
    "unknown_vendor": Words(
        "The bill is from a supplier that is not on the list of vendors.",
        "Check that the bill is real. Add the supplier and its account to the vendors; then run again.",
    ),
    "arithmetic_not_proved": Words(
        "The lines and the tax that were read do not add up to the total.",
        "Compare the figures with the document, and enter or rescan it.",
    ),
    "over_approval_limit": Words(
        "The bill is above the amount that is booked without a person.",
        "The practice administrator looks at it: medbooks gl preview shows its number, medbooks gl approve books it.",
    ),
    "exception_over_limit": Words(
        "It moves more than the limit on an account for what nobody could place.",
        "A person looks first: medbooks gl preview shows its number, medbooks gl approve books it.",
    ),
    "rejected": Words(
        "A person decided not to book it.", "Nothing, unless the decision was wrong: mend the file then."
    ),
    "closed_period": Words(
        "Its date lies in a period that is closed.",
        "medbooks gl approve books it on the first open day.",
    ),
    "unknown_account": Words(
        "It uses an account that the chart does not have.", "Add the account to the chart of accounts; then run again."
    ),
    "other_body": Words(
        "It was posted, and came again with other amounts or accounts.",
        "medbooks gl approve reverses what is posted and books the new one; --reject keeps what is posted.",
    ),
    "unbalanced_entry": Words("Its debits and credits differ, so no entry can be made of it.", _MEND_RULE),
    "missing_value": Words("A value that every entry needs is missing.", _MEND_RULE),
    "invalid_line": Words("A line has an amount that is not exact, negative, or on both sides.", _MEND_RULE),
    "mixed_header": Words("Its lines disagree on entity, book, date or source.", _MEND_RULE),
    "repeated_line_number": Words("A line came twice, which would double the money.", _MEND_RULE),
    "foreign_currency": Words(
        "The bill is not in dollars, and the books are.",
        "Book it by hand at the rate of the day it is paid.",
    ),
    "missing_bill_date": Words(
        "No date was found on the bill, so no period can take it.", "Read the date from the document, or rescan it."
    ),
    "duplicate_bill": Words(
        "A bill of the same supplier with the same number arrived before. It is booked once.",
        "Nothing, if it was scanned twice. Compare the totals, and make sure that it is not paid twice.",
    ),
    "duplicate_receipt": Words(
        "A receipt of the same supplier with the same number arrived before. It is booked once.",
        "Nothing, if it was exported twice. Otherwise give the second receipt a number of its own.",
    ),
    "received_without_order": Words(
        "Goods came that no order asked for, so nobody knows at what price.",
        "Put the order into the inbox. If there was none, the bill books them when it comes as a document.",
    ),
    "billed_without_order": Words(
        "A supplier bills what no order asked for.",
        "Put the order into the inbox, or dispute the invoice with the supplier.",
    ),
    "order_without_price": Words(
        "The order says no price, so the invoice cannot be compared with it.",
        "Put the order with its prices into the inbox.",
    ),
    "units_differ": Words(
        "It was ordered in one unit (a box, an each) and came or was billed in another.",
        "Find out how many there are, and have the supplier correct its document.",
    ),
    "dearer_than_ordered": Words(
        "The invoice is dearer than its order by more than is passed without a person.",
        "Ask the supplier for the agreed price, or put an order at the new price into the inbox before a new invoice.",
    ),
    "billed_not_received": Words(
        "More is billed than has come.",
        "Put the receipt into the inbox if the goods are here; it releases the invoice. Otherwise dispute it.",
    ),
    "billed_more_than_ordered": Words(
        "More is billed than was ordered.", "Send the rest back and dispute it, or order it after the fact."
    ),
    "scan_too_coarse": Words(
        "The scan is too coarse for its figures to be trusted.", "Scan it again at 300 dpi, or ask for the PDF."
    ),
    # --- what HL7 messages are held or refused for ---------------------------------------------------------------
    "shifted_fields": Words(
        "Fields of the charge stand where others belong, so its quantity would be read as dollars.",
        _ASK_INTERFACE,
    ),
    "procedure_codes_disagree": Words(
        "Two fields of the charge name two different procedures.",
        "Look in the EHR which one was done, and have the interface send only that one.",
    ),
    "unseen_charge": Words(
        "A credit takes back a charge that never arrived.",
        "Find the charge in the EHR and send it; then send the credit again.",
    ),
    "joined_segments": Words(
        "Segments of a message have run together on one line, so charges in it cannot be seen.", _ASK_INTERFACE
    ),
    "broken_segment": Words("A line end inside a charge has cut it in two.", _ASK_INTERFACE),
    "truncated_message": Words("A message never ends: it was cut off on its way.", _ASK_INTERFACE),
    "missing_message_type": Words("A message does not say what it is.", _ASK_INTERFACE),
    "bad_encoding_characters": Words("The header of a message does not say what separates its fields.", _ASK_INTERFACE),
    "batch_count_mismatch": Words("The batch counts more or fewer messages than arrived.", _ASK_AGAIN),
    "text_outside_message": Words("A part of the file stands outside any message; it was not read.", _ASK_AGAIN),
    "other_message_type": Words("A message about neither charges nor visits was not read.", "Nothing."),
    "odd_modifier": Words(
        "A modifier is not two characters, or there are more than four.", "Check the modifiers in the EHR."
    ),
    "other_diagnosis_system": Words("Diagnoses that are not ICD-10-CM were not read.", "Nothing."),
    "second_opinion": Words("A second parser was asked about a message that was refused.", "Nothing."),
    "second_opinion_differs": Words(
        "A second parser sees other segments in a message than ours.", "Look at the file before relying on it."
    ),
    "not_hl7": Words("The file holds no HL7 message, or is damaged.", _ASK_AGAIN),
    # --- what the remittance reader finds ------------------------------------------------------------------------
    "unbalanced_line": Words("A service line is not charge less adjustments = payment.", _ASK_PAYER),
    "unbalanced_claim": Words("A claim is not charge less adjustments = payment.", _ASK_PAYER),
    "unbalanced_transaction": Words("The claims of the remittance do not add up to the payment.", _ASK_PAYER),
    "balance_not_evaluable": Words("An amount is missing, so the sums cannot be proved.", _ASK_PAYER),
    "control_number_mismatch": Words("Header and trailer carry different numbers: parts may be mixed up.", _ASK_AGAIN),
    "group_control_mismatch": Words("Header and trailer of the group carry different numbers.", _ASK_AGAIN),
    "interchange_control_mismatch": Words("Header and trailer of the file carry different numbers.", _ASK_AGAIN),
    "interchange_count_mismatch": Words("The file holds more or fewer groups than it says.", _ASK_AGAIN),
    "truncated": Words("The file ends in the middle: it was still being written, or was cut off.", _ASK_AGAIN),
    "misplaced_segment": Words("A part of a claim stands outside any claim.", _ASK_AGAIN),
    "segment_too_long": Words("More adjustments stand in one place than the format allows.", _ASK_PAYER),
    "segment_limit_exceeded": Words("A part of the file is too long to be real.", _ASK_AGAIN),
    "repeated_payment": Words("The remittance states its payment twice.", _ASK_PAYER),
    "missing_payment": Words("The remittance does not state what was paid.", _ASK_PAYER),
    "missing_payment_date": Words("The remittance does not say when it was paid.", _ASK_PAYER),
    "unreadable_payment_date": Words("The day of payment cannot be read.", _ASK_PAYER),
    "missing_paid_amount": Words("The remittance does not state what was paid.", _ASK_PAYER),
    "unreadable_paid_amount": Words("What was paid cannot be read.", _ASK_PAYER),
    "missing_amount": Words("An amount is missing, so the sums cannot be proved.", _ASK_PAYER),
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
    # --- what a remittance departs from its implementation guide by: the money is not held for it -------------------
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
    "irregular_and_too_large": Words(
        "The file is irregular and too large to be taken apart in memory.", "Ask the sender for it in smaller files."
    ),
    "more_findings": Words(
        "There are more findings of a kind than are listed.", "Mend the ones that are listed first."
    ),
    "more_violations": Words("There are more departures from the guide than are listed.", _TELL_PAYER),
    "unreadable_archive": Words(
        "The archive cannot be opened: it is damaged, under a password, or too large.",
        "Open it by hand and put the files that are in it into the inbox.",
    ),
    # --- what the readers of claims and acknowledgements find -----------------------------------------------------
    "missing_control_number": Words("A claim has no number, so no answer can be matched to it.", _CORRECT_CLAIM),
    "claim_without_lines": Words("A claim has no service line.", _CORRECT_CLAIM),
    "no_claims": Words("A batch holds no claim.", "Check whether the billing system sent what it should."),
    "missing_service_date": Words("A service has no date that can be read.", _CORRECT_EXPORT),
    "unknown_diagnosis": Words("A service points to a diagnosis that its claim does not have.", _CORRECT_CLAIM),
    "unreadable_code": Words("A diagnosis or other code of a claim is not written as it must be.", _CORRECT_CLAIM),
    "unknown_level": Words("A part of the file is of a kind its format does not have.", _ASK_AGAIN),
    "missing_group": Words("An acknowledgement does not say which batch it answers.", _ASK_AGAIN),
    "missing_outcome": Words("An acknowledgement does not say whether the batch was taken.", _ASK_AGAIN),
    # --- what the reader of billing systems' APIs finds ------------------------------------------------------------
    "test_message": Words("The sender marks the message as a test; it is held.", _SEND_AS_REAL),
    "other_event": Words("The message is of an event that books nothing.", "Nothing."),
    "unknown_record": Words("A record is of no kind that is known.", _CORRECT_EXPORT),
    "unreadable_balance": Words("A balance that the source states cannot be read.", "Nothing: no sum needs it."),
    "no_money": Words("A transaction pays and adjusts nothing.", "Nothing."),
    # --- what the FHIR reader finds --------------------------------------------------------------------------------
    "no_resource": Words("A part of the file is no FHIR resource.", _CORRECT_EXPORT),
    "not_fhir": Words("Nothing in the file is a FHIR resource that can be read.", _ASK_AGAIN),
    "other_resource_type": Words("The file also holds resources that no books are made of.", "Nothing."),
    "unreadable_json": Words("A part of the file is damaged.", _ASK_AGAIN),
    "unreadable_parquet": Words("The Parquet file is damaged, or of a kind that cannot be read.", _ASK_AGAIN),
    "missing_id": Words("A resource has no id, so it cannot be told from its copy.", _CORRECT_EXPORT),
    "repeated_sequence": Words("Two items of a claim carry the same number.", _CORRECT_EXPORT),
    "unreadable_quantity": Words("The quantity or factor of a charge is not a number.", _CORRECT_EXPORT),
    "deleted_resource": Words(
        "The source deleted a resource.", "Cancel the claim or charge in the source, so that its credit is exported."
    ),
    "claim_total_mismatch": Words("The items of a claim do not add up to its total.", _CORRECT_EXPORT),
    "unitemised_total": Words(
        "Several items of a claim have no price; what they are worth together waits without a code.",
        "Let the source export a price for each item.",
    ),
    "binary_fraction": Words("An amount carries digits of a computer's rounding; it was read to the cent.", "Nothing."),
    "unpriced": Words("A charge has no price.", "Import the fee schedule, or let the source export the price."),
    "not_billed": Words("A claim or charge is not final in the source yet.", "Nothing: it comes when it is billed."),
    "missing_void_date": Words(
        "A cancelled charge does not say when; it was voided on the day it was posted.", "Check the day in the source."
    ),
    # --- what every reader may find ------------------------------------------------------------------------------
    "empty_file": Words("The file is empty.", _ASK_AGAIN),
    "amount_out_of_range": Words("The amounts add up to more than money can be: the file is damaged.", _ASK_AGAIN),
    "unknown_kind": Words("Nothing in the file says what kind of file it is.", "Put in the inbox only what is known."),
    "unreadable_amount": Words("An amount cannot be read.", _CORRECT_EXPORT),
    "unreadable_date": Words("A date cannot be read.", _CORRECT_EXPORT),
    "unreadable_service_date": Words("The day of service is missing or cannot be read.", _CORRECT_EXPORT),
    "unreadable_post_date": Words("The day of posting is missing or cannot be read.", _CORRECT_EXPORT),
    "unreadable_void_date": Words("The day a charge was voided cannot be read.", _CORRECT_EXPORT),
    "missing_transaction_id": Words("A transaction has no id, so it cannot be told from its copy.", _CORRECT_EXPORT),
    "unknown_type": Words("A row is neither a charge nor a payment nor an adjustment.", _CORRECT_EXPORT),
    "ragged_record": Words("A row has more or fewer cells than the header: values may have moved.", _CORRECT_EXPORT),
    "repeated_column": Words("A column stands twice in the file with different content.", _CORRECT_EXPORT),
    "missing_column": Words("A column that is needed is not in the file.", _CORRECT_EXPORT),
    "extra_column": Words("The file has a column nobody reads.", "Nothing."),
    "unknown_layout": Words(
        "The columns are those of no export that is known.", "Choose a known layout in the EHR, or describe this one."
    ),
    "undecodable_text": Words("The characters of the file are not what it says they are.", _ASK_AGAIN),
    "windows_1252_text": Words("The file was written in an old Windows character set.", "Nothing."),
    "nul_byte": Words("The file is not text, or was damaged.", _ASK_AGAIN),
    "unreadable_delimited_text": Words("A quotation mark in the file never closes.", _CORRECT_EXPORT),
    "npi_check_digit": Words("A provider's number fails its check digit.", "Correct the NPI where it is kept."),
    "service_after_post": Words("A charge was posted before the service.", "Check the two dates in the EHR."),
    "unreadable_units": Words("The units of a charge are not a number.", _CORRECT_EXPORT),
    "units_not_positive": Words("The units of a charge are zero or less.", "Check the units in the EHR."),
    "too_many_modifiers": Words("A charge has more than four modifiers.", "Check the modifiers in the EHR."),
    "not_ofx": Words("The file is not a bank statement, or is damaged.", _ASK_AGAIN),
    "no_transactions": Words("The bank statement holds no transaction.", "Ask the bank for the statement again."),
    # --- tables of every kind -----------------------------------------------------------------------------------
    "titles_above_header": Words("Titles stand above the header of the table.", "Nothing."),
    "mixed_encodings": Words(
        "Lines of the file were written in two character sets.", "Nothing, if the names look right."
    ),
    "undecodable_bytes": Words("Some characters of the file are none.", "Check the names in the source."),
    "old_or_protected_workbook": Words(
        "The workbook is of an old kind, or has a password.", "Save it as .xlsx without a password, or as CSV."
    ),
    "several_sheets": Words("Several sheets hold such a table.", "Save each sheet as a file of its own."),
    "sheet_not_read": Words("Other sheets of the workbook were not read.", "Look whether they hold anything."),
    "unreadable_workbook": Words("The workbook cannot be opened: it is damaged.", _ASK_AGAIN),
    "workbook_too_large": Words("The workbook is too large to be opened safely.", "Export it as CSV."),
    "totals_do_not_tie": Words("The file's own total is not the sum of what it holds: it is not complete.", _ASK_AGAIN),
    "counts_do_not_tie": Words("The file does not hold as many records as it says: it is not complete.", _ASK_AGAIN),
    "ambiguous_date": Words("A date can be read as two days.", _CORRECT_EXPORT),
    "ambiguous_service_date": Words("The day of service can be read as two days.", _CORRECT_EXPORT),
    "ambiguous_post_date": Words("The day of posting can be read as two days.", _CORRECT_EXPORT),
    "ambiguous_void_date": Words("The day of a void can be read as two days.", _CORRECT_EXPORT),
    "no_ledger_table": Words(
        "The table holds no charge, payment or adjustment.", "Send the table of transactions instead."
    ),
    "sign_contradicts_flag": Words("An amount's sign is not that of the flag beside it.", _CORRECT_EXPORT),
    "repeated_transaction_id": Words("An id is used twice in one file. The first counts.", "Check the two in the EHR."),
    "payment_before_service": Words(
        "A payment was posted before the service was given.", "Check whether it is a prepayment."
    ),
    "void_before_post": Words("A transaction was voided before it was posted.", "Check the two dates in the EHR."),
    "date_in_the_future": Words("A date lies after the day on which the file came.", "Check the date in the EHR."),
    # --- banks --------------------------------------------------------------------------------------------------
    "unreadable_xml": Words("The statement is cut off or damaged.", _ASK_AGAIN),
    "no_statement": Words("The message holds no account statement.", "Ask the bank for statements (CAMT.053)."),
    "not_booked": Words("An entry is only announced by the bank.", "Nothing: it comes when it is booked."),
    "no_dollars": Words("A line of the statement is information without money.", "Nothing."),
    "unknown_type_code": Words(
        "The bank's code does not say whether money came or went.", "Ask the bank what the code means."
    ),
    "balances_do_not_tie": Words("Opening balance and entries do not make the closing balance.", _ASK_AGAIN),
    "balance_does_not_follow": Words(
        "The running balance jumps: lines may be missing.", "Compare the lines with the bank's website."
    ),
    # --- payroll ------------------------------------------------------------------------------------------------
    "contribution_not_loaded": Words(
        "The firm's contributions to benefits are no pay and are not booked from here.", "Book the benefits' own bill."
    ),
    "no_accounts": Words("The payroll report holds no accounts.", "Export the general ledger report again."),
    "no_pay_lines": Words("The pay run holds nobody's pay.", "Export the run with its employees."),
    "run_not_paid": Words("A pay run is a draft, or was cancelled.", "Nothing: it comes when it is approved."),
    "run_missing": Words("Pay without its run has no date.", "Export the run together with its employees."),
    # --- fees ---------------------------------------------------------------------------------------------------
    "no_effective_date": Words(
        "The relative values do not say which quarter they are of.", "Name the file as CMS does, PPRRVU2026_JAN.csv."
    ),
    "no_procedure_code": Words("A line has no procedure code.", "Nothing, if it is a note."),
    "unreadable_relative_value": Words("A relative value is no number.", _ASK_AGAIN),
    "unknown_fee_basis": Words(
        "A fee is neither the practice's own nor a payer's.", "Leave the payer empty for the practice's own fees."
    ),
    "unreadable_effective_date": Words("The first day of a fee cannot be read.", _CORRECT_EXPORT),
    "ambiguous_effective_date": Words("The first day of a fee can be read as two days.", _CORRECT_EXPORT),
    "unreadable_end_date": Words("The last day of a fee cannot be read.", _CORRECT_EXPORT),
    "ambiguous_end_date": Words("The last day of a fee can be read as two days.", _CORRECT_EXPORT),
    "ends_before_it_begins": Words("A fee ends before it begins.", _CORRECT_EXPORT),
    "conflicting_fees": Words(
        "The file prices one service twice, differently, for the same day.", "Correct the schedule, and put it in anew."
    ),
    # --- supplies -----------------------------------------------------------------------------------------------
    "missing_order_number": Words("A line of an order has no order number.", _CORRECT_EXPORT),
    "missing_receipt_number": Words("A line of a receipt has no receipt number.", _CORRECT_EXPORT),
    "missing_invoice_number": Words("A line of an invoice has no invoice number.", _CORRECT_EXPORT),
    "missing_item_id": Words("A line does not say which item it is about.", _CORRECT_EXPORT),
    "missing_supplier": Words("A line names no supplier.", _CORRECT_EXPORT),
    "cut_document": Words("The end of an order, a ship notice or an invoice is missing.", _ASK_AGAIN),
    "test_document": Words(
        "The sender marks an order, a ship notice or an invoice as a test: it is not used.",
        "Nothing, if it is a test. If it is real, have the supplier mark it as production and send it again.",
    ),
    "document_is_no_original": Words(
        "A supplier's document changes or cancels an earlier one.",
        "Compare it with the earlier one; enter or reverse by hand what it changes.",
    ),
    "order_acknowledgement": Words(
        "A supplier answers an order. The answer never changes what was ordered.",
        "Compare it with the order; send a corrected order when you agree to what it changes.",
    ),
    "unreadable_price": Words("The price of a line is not a number.", _CORRECT_EXPORT),
    "line_count_mismatch": Words(
        "An order, a ship notice or an invoice does not count its own lines: some may be missing.", _ASK_AGAIN
    ),
    "empty_document": Words("An order, a ship notice or an invoice has no lines.", _ASK_AGAIN),
    "total_mismatch": Words(
        "The total of an invoice is not the sum of its lines, charges and taxes: it is not booked.",
        "Compare it with the order, and ask the supplier for a corrected invoice.",
    ),
    "broken_hierarchy": Words("The levels of a ship notice do not hang together.", _ASK_AGAIN),
    "charge_not_booked": Words(
        "An invoice also bills freight, tax or another charge, or allows something. Its lines are used without that.",
        "Enter the amount by hand, then reject the finding.",
    ),
    "line_does_not_multiply": Words(
        "Quantity times price is not the amount of the line.", "Compare the line with the order before it is paid."
    ),
    "untied_pay": Words(
        "Gross pay less taxes and deductions is not the net pay.", "Ask the payroll provider for a corrected register."
    ),
    "unknown_role": Words(
        "A role on the payroll is not one that is known.", "Correct the role where payroll keeps it."
    ),
    "no_text": Words("No text could be read on the document.", "Scan it again, straight and at 300 dpi."),
    "no_total": Words("No total was found: it may be no bill, or a poor scan.", "Look at the document, or rescan it."),
    "total_not_proved": Words(
        "The lines and the tax that were read do not add up to the total.",
        "Compare the figures with the document, and enter or rescan it.",
    ),
    "no_vendor": Words("No supplier was found on the bill.", "Read the supplier from the document."),
    "no_bill_date": Words("No date was found on the bill.", "Read the date from the document."),
    "no_bill_number": Words("No number was found on the bill.", "Make sure that it is not paid twice."),
    "resolution_too_low": Words("The scan is too coarse for its figures to be trusted.", "Scan it again at 300 dpi."),
    "low_resolution": Words("The scan is coarse: some figures may be misread.", "Scan at 300 dpi next time."),
    "not_a_document": Words("The document cannot be opened: it is damaged, or something else.", _ASK_AGAIN),
    "document_too_large": Words(
        "The document has too many pages, or pages too large.", "Send each bill as its own file."
    ),
    "ocr_unavailable": Words(
        "The bill is an image, and the program that reads images is missing.", "Install Tesseract."
    ),
    "ocr_timed_out": Words("Reading a page took too long.", "Scan it again in grey, at 300 dpi."),
}


def hold_reason_words(source: str, code: str) -> Words:
    """Return what a hold reason or a finding means and what to do, in plain words.

    The two sentences unpack like a pair. An unknown code falls back to itself with spaces, so that nothing is hidden.
    """
    known = _BY_SOURCE.get((source, code)) or _BY_CODE.get(code)
    return known or Words(f"{plain(code)}.", "Look at the file it came from.")


def is_known(source: str, code: str) -> bool:
    """Tell whether the code has words of its own."""
    return (source, code) in _BY_SOURCE or code in _BY_CODE


def source_name(source: str) -> str:
    """Return a kind of file in plain words."""
    return SOURCE_NAMES.get(source, plain(source))


def denial_class_name(denial_class: str) -> str:
    """Return our class of a denial in plain words."""
    return _CLASS_NAMES.get(denial_class, plain(denial_class))


def plain(code: str) -> str:
    """Return a code as words: ``scan_too_coarse`` is ``Scan too coarse``."""
    text = code.replace("_", " ").strip()
    return text[:1].upper() + text[1:]
