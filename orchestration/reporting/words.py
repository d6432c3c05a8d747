"""Codes in plain words, for the person who has to act on them: what a code means, and what to do.

Words that a kind of file has for itself stand beside the kind and are handed in; here are those of the lake and the
ledger, and of what every reader may find. Light on purpose: the command line imports it. What does not belong here:
when a code is given (the readers and the lake decide), and any text of X12, the AMA or the ADA: the words are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestration.core.words import ASK_AGAIN, CORRECT_EXPORT, SEND_AS_REAL, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

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

_ASK_PAYER: Final = (
    "Ask the payer for a corrected remittance. Do not post it by hand: the deposit stays in clearing until then."
)
_MEND_RULE: Final = "Correct the seed or posting rule that made it; then medbooks rebuild."

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
    "test_data": Words("The sender marks it as test data, and this book is no trial.", SEND_AS_REAL),
    "over_approval_limit": Words(
        "The bill is above the amount that is booked without a person.",
        "The practice administrator looks at it: medbooks gl preview shows its number, medbooks gl approve books it.",
    ),
    "exception_over_limit": Words(
        "It moves more than the limit on an account for what nobody could place.",
        "A person looks first: medbooks gl preview shows its number, medbooks gl approve books it.",
    ),
    "rejected": Words("A person decided not to book it.", "Nothing, unless the decision was wrong: fix the file then."),
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
    "duplicate_bill": Words(
        "A bill of the same supplier with the same number arrived before. It is booked once.",
        "Nothing, if it was scanned twice. Compare the totals, and make sure that it is not paid twice.",
    ),
    # --- what charges of any source may have -----------------------------------------------------------------------
    "unmapped_procedure": Words(
        "The charge has no procedure code, or one that falls in no revenue category.",
        "Correct the code in the EHR, or add its range to the procedure categories with the next mapping version "
        "and run medbooks rebuild --no-check.",
    ),
    "missing_posting_date": Words(
        "The charge has neither a posting date nor a service date, so no period can take it.", CORRECT_EXPORT
    ),
    "waits_for_remittance": Words(
        "The billing system took something off for a payer whose remittance is not here yet.",
        "Put the remittance into the inbox; it books the reduction.",
    ),
    "told_by_remittance": Words(
        "The billing system repeats what the payer's remittance said. It is booked once.", "Nothing."
    ),
    "unknown_adjustment_reason": Words(
        "Somebody adjusted an account in the billing system for a reason that says nothing to the books.",
        "Add the reason to the adjustment reasons. A payer's own reduction needs nothing: the remittance brings it.",
    ),
    "unseen_charge": Words(
        "A credit takes back a charge that never arrived.",
        "Find the charge in the EHR and send it; then send the credit again.",
    ),
    "missing_amount": Words("An amount is missing, so the sums cannot be proved.", _ASK_PAYER),
    "missing_service_date": Words("A service has no date that can be read.", CORRECT_EXPORT),
    "unpriced": Words("A charge has no price.", "Import the fee schedule, or let the source export the price."),
    "service_after_post": Words("A charge was posted before the service.", "Check the two dates in the EHR."),
    "unreadable_units": Words("The units of a charge are not a number.", CORRECT_EXPORT),
    "units_not_positive": Words("The units of a charge are zero or less.", "Check the units in the EHR."),
    "unreadable_quantity": Words("The quantity or factor of a charge is not a number.", CORRECT_EXPORT),
    "too_many_modifiers": Words("A charge has more than four modifiers.", "Check the modifiers in the EHR."),
    "npi_check_digit": Words("A provider's number fails its check digit.", "Correct the NPI where it is kept."),
    "unknown_type": Words("A row is neither a charge nor a payment nor an adjustment.", CORRECT_EXPORT),
    "missing_transaction_id": Words("A transaction has no id, so it cannot be told from its copy.", CORRECT_EXPORT),
    "test_message": Words("The sender marks the message as a test; it is held.", SEND_AS_REAL),
    # --- what every reader may find ------------------------------------------------------------------------------
    "truncated": Words("The file ends in the middle: it was still being written, or was cut off.", ASK_AGAIN),
    "unreadable_archive": Words(
        "The archive cannot be opened: it is damaged, under a password, or too large.",
        "Open it by hand and put the files that are in it into the inbox.",
    ),
    "unreadable_json": Words("A part of the file is damaged.", ASK_AGAIN),
    "empty_file": Words("The file is empty.", ASK_AGAIN),
    "amount_out_of_range": Words("The amounts add up to more than money can be: the file is damaged.", ASK_AGAIN),
    "unknown_kind": Words("Nothing in the file says what kind of file it is.", "Put in the inbox only what is known."),
    "unreadable_amount": Words("An amount cannot be read.", CORRECT_EXPORT),
    "unreadable_date": Words("A date cannot be read.", CORRECT_EXPORT),
    "unreadable_service_date": Words("The day of service is missing or cannot be read.", CORRECT_EXPORT),
    "unreadable_post_date": Words("The day of posting is missing or cannot be read.", CORRECT_EXPORT),
    "unreadable_void_date": Words("The day a charge was voided cannot be read.", CORRECT_EXPORT),
    "ragged_record": Words("A row has more or fewer cells than the header: values may have moved.", CORRECT_EXPORT),
    "repeated_column": Words("A column stands twice in the file with different content.", CORRECT_EXPORT),
    "missing_column": Words("A column that is needed is not in the file.", CORRECT_EXPORT),
    "extra_column": Words("The file has a column nobody reads.", "Nothing."),
    "unknown_layout": Words(
        "The columns are those of no export that is known.", "Choose a known layout in the EHR, or describe this one."
    ),
    "undecodable_text": Words("The characters of the file are not what it says they are.", ASK_AGAIN),
    "windows_1252_text": Words("The file was written in an old Windows character set.", "Nothing."),
    "nul_byte": Words("The file is not text, or was damaged.", ASK_AGAIN),
    "unreadable_delimited_text": Words("A quotation mark in the file never closes.", CORRECT_EXPORT),
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
    "unreadable_workbook": Words("The workbook cannot be opened: it is damaged.", ASK_AGAIN),
    "workbook_too_large": Words("The workbook is too large to be opened safely.", "Export it as CSV."),
    "totals_do_not_tie": Words("The file's own total is not the sum of what it holds: it is not complete.", ASK_AGAIN),
    "counts_do_not_tie": Words("The file does not hold as many records as it says: it is not complete.", ASK_AGAIN),
    "ambiguous_date": Words("A date can be read as two days.", CORRECT_EXPORT),
    "ambiguous_service_date": Words("The day of service can be read as two days.", CORRECT_EXPORT),
    "ambiguous_post_date": Words("The day of posting can be read as two days.", CORRECT_EXPORT),
    "ambiguous_void_date": Words("The day of a void can be read as two days.", CORRECT_EXPORT),
}
_UNKNOWN: Final = "unknown"
_TITLE_OF_UNKNOWN: Final = "Files of no known kind"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of all kinds of file: ``titles`` by kind, ``words`` by kind and code."""

    titles: Mapping[str, str]
    words: Mapping[str, Mapping[str, Words]]

    def reason(self, source: str, code: str) -> Words:
        """Return what a hold reason or a finding means and what to do, in plain words.

        The two sentences unpack like a pair. An unknown code falls back to itself with spaces, so that nothing is
        hidden.
        """
        return self._known(source, code) or Words(f"{plain(code)}.", "Look at the file it came from.")

    def knows(self, source: str, code: str) -> bool:
        """Tell whether the code has words of its own."""
        return self._known(source, code) is not None

    def title(self, source: str) -> str:
        """Return a kind of file in plain words."""
        return _TITLE_OF_UNKNOWN if source == _UNKNOWN else self.titles.get(source, plain(source))

    def _known(self, source: str, code: str) -> Words | None:
        # the meaning may depend on which kind of file it happens in
        return self.words.get(source, {}).get(code) or _BY_CODE.get(code)


def denial_class_name(denial_class: str) -> str:
    """Return our class of a denial in plain words."""
    return _CLASS_NAMES.get(denial_class, plain(denial_class))


def plain(code: str) -> str:
    """Return a code as words: ``scan_too_coarse`` is ``Scan too coarse``."""
    text = code.replace("_", " ").strip()
    return text[:1].upper() + text[1:]
