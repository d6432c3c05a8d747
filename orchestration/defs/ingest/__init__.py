"""Inbox → landed → raw: every file that arrives is sealed, registered and read into typed rows, or quarantined."""
