"""One module per format that a practice's systems write: each takes the same events and says them in its own way.

What does not belong here: deciding anything, and reading anything back.
"""
