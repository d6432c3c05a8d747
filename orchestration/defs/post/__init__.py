"""Proposals → the book of record."""
