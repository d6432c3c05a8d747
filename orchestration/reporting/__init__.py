"""What a person looks at: rows in, text out, as plain words, charts and one HTML page.

No disk, no network, no clock, no database. What does not belong here: deciding what a figure is (the marts do).
"""
