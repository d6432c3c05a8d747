"""The book of record: an append-only journal in a transactional store, and the audit chain beside it.

No row of it is ever changed or deleted; what is wrong is reversed by another entry. Triggers of the store
hold that against any program, not only ours. Sending entries to outside ledgers does not belong here (gl).
"""
