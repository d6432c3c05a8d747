"""What the books tell the lake: the tables of schema ``raw_books``, declared once like those of every reader.

The lake is a product of the landed files, but what was booked and what people decided are facts, too, and they
are no files. What does not belong here: who fills them (``operations.tell_books``), and what they mean (dbt).
"""

from __future__ import annotations

from typing import Final

from orchestration.core.tables import Column, Table

SCHEMA: Final = "raw_books"

MOVEMENTS: Final = Table(
    SCHEMA,
    "movements",
    "one row per movement of an account that earlier runs proposed, in either book",
    (
        Column("event_id", "text", "event it was proposed by", required=True),
        Column(
            "base_event_id",
            "text",
            "business event it belongs to: the event itself, or the one it corrects",
            required=True,
        ),
        Column("book", "text", "accrual or cash", required=True),
        Column("file_id", "text", "SHA-256 of the file that brought it"),
        Column("source", "text", "kind of file, or what else it came by", required=True),
        Column("entry_date", "date", "day of the entry", phi="limited"),
        Column("rule_id", "text", "posting rule"),
        Column("account_code", "text", "account of the chart"),
        Column("account_role", "text", "role of the account when it was proposed"),
        Column("payer_class", "text", "class of the payer"),
        Column("payer_id", "text", "payer, where the movement has one"),
        Column("provider_id", "text", "NPI of the provider, or the source's own id"),
        Column("location_id", "text", "where the service was given"),
        Column("entity_id", "text", "legal entity", required=True),
        Column("claim_id", "text", "the claim: CLP01 of the remittance", phi="direct"),
        Column("service_key", "text", "service of the claim that it stands on"),
        Column(
            "part", "text", "what it is of a receivable: charge, payment, contractual, transfer, suspense, adjustment"
        ),
        Column("signed_amount", "amount", "dollars, positive a debit, negative a credit", required=True),
        Column("remembered_id", "text", "SHA-256 of the sealed list it is kept in", required=True),
    ),
)

ITEM_DECISIONS: Final = Table(
    SCHEMA,
    "item_decisions",
    "one row per part of a decision that holds: what a person decided about an item that waited",
    (
        Column("item_key", "text", "the item, as its waiting model names it", required=True),
        Column("decision_number", "integer", "number of the decision", required=True),
        Column("part_number", "integer", "part of a split, from 1", required=True),
        Column("verb", "text", "release, split, match, apply, reclassify, write-off, correct or reject", required=True),
        Column("account_code", "text", "account it goes to, where the verb names one"),
        Column("entity_id", "text", "legal entity, where the verb names one"),
        Column("other_item_key", "text", "item it is matched with or applied to"),
        Column("amount", "amount", "dollars of the part; nothing where the verb takes the whole item"),
        Column("value", "text", "what is right instead, for the verb correct"),
        Column("decided_date", "date", "day of the decision", required=True),
    ),
    key=("decision_number", "part_number"),
)

CLOSED_PERIODS: Final = Table(
    SCHEMA,
    "closed_periods",
    "one row per period of a legal entity that is closed now",
    (
        Column("entity_id", "text", "legal entity", required=True),
        Column("start_date", "date", "first day of the period", required=True),
        Column("end_date", "date", "last day of the period", required=True),
        Column("first_open_date", "date", "first day after it that is open", required=True),
    ),
    key=("entity_id", "start_date", "end_date"),
)

TABLES: Final = (MOVEMENTS, ITEM_DECISIONS, CLOSED_PERIODS)
