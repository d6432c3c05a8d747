"""The triggers that hold the books against any program, written once for every database.

A guard refuses one kind of change of one table. Its condition is SQL that SQLite and PostgreSQL read alike;
``sqlite.py`` and ``postgres.py`` turn it into a trigger of theirs. What does not belong here: the tables themselves.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

GuardMoment = Literal["INSERT", "UPDATE", "DELETE"]

# batches, entries, lines, periods and the audit chain are the books; proposals and decisions are what led to them
APPEND_ONLY = ("batches", "entries", "lines", "periods", "audit", "proposals", "decisions", "items", "item_decisions")

_TRANSITIONS = (
    ("pending", "sent"),
    ("pending", "quarantined"),
    ("sent", "pending"),
    ("sent", "posted"),
    ("sent", "quarantined"),
    ("posted", "reconciled"),
    ("posted", "pending"),
    ("reconciled", "posted"),
    ("quarantined", "pending"),
)


class Guard(NamedTuple):
    """Refuse a change of a table, row by row, when the condition on ``NEW`` and ``OLD`` holds."""

    name: str
    table: str
    moment: GuardMoment
    condition: str
    message: str


def _changed(*columns: str) -> str:
    return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)


def _in_order(table: str, key: str, what: str) -> Guard:
    return Guard(
        f"{table}_in_order",
        table,
        "INSERT",
        f"NEW.{key} IS DISTINCT FROM (SELECT coalesce(max({key}), 0) + 1 FROM {table})",  # noqa: S608  # our own names
        f"{what} are numbered without gaps",
    )


def _guards() -> tuple[Guard, ...]:
    guards = [
        guard
        for table in APPEND_ONLY
        for guard in (
            Guard(f"{table}_no_update", table, "UPDATE", "TRUE", f"{table} are never changed"),
            Guard(f"{table}_no_delete", table, "DELETE", "TRUE", f"{table} are never deleted"),
        )
    ]
    guards += [
        # an insert that replaces a row deletes without a delete trigger on SQLite, so a key that is there is refused
        Guard(
            "batches_no_replace",
            "batches",
            "INSERT",
            "EXISTS (SELECT 1 FROM batches WHERE batch_tag = NEW.batch_tag)",
            "the batch exists",
        ),
        _in_order("periods", "period_id", "periods"),
        Guard(
            "audit_in_order",
            "audit",
            "INSERT",
            "NEW.audit_id IS DISTINCT FROM (SELECT coalesce(max(audit_id), 0) + 1 FROM audit)"
            " OR NEW.previous_hash IS DISTINCT FROM coalesce("
            "(SELECT record_hash FROM audit ORDER BY audit_id DESC LIMIT 1), '')",
            "the audit chain only grows at its end",
        ),
        Guard("accounts_no_delete", "accounts", "DELETE", "TRUE", "accounts are never deleted"),
        Guard(
            "accounts_keep_code_and_type",
            "accounts",
            "UPDATE",
            "OLD.account_code IS DISTINCT FROM NEW.account_code OR (OLD.account_type IS DISTINCT FROM NEW.account_type"
            " AND EXISTS (SELECT 1 FROM lines WHERE account_code = OLD.account_code))",
            "an account keeps its code, and one with lines its type",
        ),
        Guard(
            "accounts_no_replace",
            "accounts",
            "INSERT",
            "EXISTS (SELECT 1 FROM accounts WHERE account_code = NEW.account_code)",
            "the account exists",
        ),
        Guard(
            "lines_only_before_their_entry",
            "lines",
            "INSERT",
            "EXISTS (SELECT 1 FROM entries WHERE entry_id = NEW.entry_id)",
            "the entry is posted and takes no more lines",
        ),
        _in_order("entries", "entry_id", "entries"),
        Guard(
            "entries_once",
            "entries",
            "INSERT",
            "EXISTS (SELECT 1 FROM entries WHERE entry_key = NEW.entry_key)"
            " OR EXISTS (SELECT 1 FROM entries WHERE reverses = NEW.reverses)"
            " OR (NEW.reverses IS NULL"
            " AND EXISTS (SELECT 1 FROM entries WHERE event_id = NEW.event_id AND reverses IS NULL))",
            "the entry exists",
        ),
        Guard(
            "entries_reverse_their_own_event",
            "entries",
            "INSERT",
            "NEW.reverses IS NOT NULL AND NOT EXISTS (SELECT 1 FROM entries WHERE entry_id = NEW.reverses"
            " AND event_id = NEW.event_id AND entity_id = NEW.entity_id AND book = NEW.book"
            " AND total_amount = NEW.total_amount)",
            "a reversal mirrors an entry of the same event",
        ),
        Guard(
            "entries_balance",
            "entries",
            "INSERT",
            # IS NOT TRUE: without lines the sums are unknown, and unknown is refused
            "(SELECT count(*) >= 2 AND count(*) = NEW.line_count AND sum(debit_amount) = NEW.total_amount"
            " AND sum(credit_amount) = NEW.total_amount FROM lines WHERE entry_id = NEW.entry_id) IS NOT TRUE",
            "the entry does not balance",
        ),
        Guard(
            "entries_in_open_periods",
            "entries",
            "INSERT",
            "(SELECT status FROM periods WHERE entity_id = NEW.entity_id"
            " AND NEW.entry_date BETWEEN start_date AND end_date ORDER BY period_id DESC LIMIT 1) = 'closed'",
            "the period is closed",
        ),
        _in_order("proposals", "proposal_id", "proposals"),
        _in_order("items", "item_number", "items"),
        _in_order("item_decisions", "decision_number", "decisions about items"),
        Guard(
            "items_no_replace",
            "items",
            "INSERT",
            "EXISTS (SELECT 1 FROM items WHERE item_key = NEW.item_key)",
            "the item has its number",
        ),
        Guard(
            "decisions_no_replace",
            "decisions",
            "INSERT",
            "EXISTS (SELECT 1 FROM decisions WHERE proposal_id = NEW.proposal_id)",
            "the proposal is decided",
        ),
        Guard(
            "decisions_by_somebody_else",
            "decisions",
            "INSERT",
            "NEW.decision = 'approved' AND EXISTS (SELECT 1 FROM proposals WHERE proposal_id = NEW.proposal_id"
            " AND proposed_by = NEW.decided_by)",
            "nobody approves what he proposed",
        ),
        Guard("targets_no_delete", "targets", "DELETE", "TRUE", "targets are never deleted"),
        Guard("outbox_no_delete", "outbox", "DELETE", "TRUE", "what goes out is never deleted"),
        _in_order("outbox", "outbox_id", "outbox items"),
        Guard(
            "outbox_starts_pending",
            "outbox",
            "INSERT",
            "NEW.state IS DISTINCT FROM 'pending' OR NEW.resend_count IS DISTINCT FROM 0",
            "an outbox item begins as pending",
        ),
        Guard(
            "outbox_keeps_its_identity",
            "outbox",
            "UPDATE",
            _changed("outbox_id", "target", "entry_id", "reference")
            + " OR (OLD.external_id IS NOT NULL AND OLD.external_id IS DISTINCT FROM NEW.external_id"
            " AND NEW.resend_count = OLD.resend_count)",
            "an outbox item keeps its entry, target, reference and receipt",
        ),
        Guard(
            "outbox_is_sent_again_once_for_each_decision",
            "outbox",
            "UPDATE",
            "NEW.resend_count NOT IN (OLD.resend_count, OLD.resend_count + 1)"
            " OR (OLD.state = 'posted' AND NEW.state = 'pending') <> (NEW.resend_count <> OLD.resend_count)",
            "an outbox item gives its receipt back only to be sent again",
        ),
        Guard(
            "outbox_moves_on_its_way",
            "outbox",
            "UPDATE",
            "OLD.state <> NEW.state AND (OLD.state || '>' || NEW.state) NOT IN ("
            + ", ".join(f"'{before}>{after}'" for before, after in _TRANSITIONS)
            + ")",
            "an outbox item cannot go from its state to that one",
        ),
    ]
    return tuple(guards)


GUARDS = _guards()
