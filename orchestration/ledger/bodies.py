"""An entry as text that can wait in a table, and back: exact, and the same entry has the same text.

What does not belong here: the identity of an entry (``accounting.journal.entry_key``).
"""

from __future__ import annotations

import datetime as dt
import json

from orchestration.accounting.journal import Entry, Line
from orchestration.core.money import from_cents, to_cents


def entry_text(entry: Entry) -> str:
    """Return the entry as JSON, amounts in whole cents."""
    return json.dumps(
        {
            "event_id": entry.event_id,
            "entity_id": entry.entity_id,
            "book": entry.book,
            "entry_date": entry.entry_date.isoformat(),
            "description": entry.description,
            "source": entry.source,
            "source_ids": entry.source_ids,
            "lines": [
                [
                    line.account_code,
                    to_cents(line.debit_amount),
                    to_cents(line.credit_amount),
                    line.rule_id,
                    line.payer_class,
                    line.provider_id,
                    line.location_id,
                ]
                for line in entry.lines
            ],
        },
        separators=(",", ":"),
        ensure_ascii=False,
    )


def entry_of(text: str) -> Entry:
    """Return the entry of ``entry_text``; raises ``ValueError`` or ``UnbalancedEntryError`` for an edited text."""
    value = json.loads(text)
    return Entry(
        event_id=value["event_id"],
        entity_id=value["entity_id"],
        book=value["book"],
        entry_date=dt.date.fromisoformat(value["entry_date"]),
        description=value["description"],
        source=value["source"],
        source_ids=tuple(value["source_ids"]),
        lines=tuple(
            Line(code, from_cents(debit), from_cents(credit), rule_id, payer_class, provider_id, location_id)
            for code, debit, credit, rule_id, payer_class, provider_id, location_id in value["lines"]
        ),
    )
