"""The fast path: 835 segments as numpy arrays of offsets into the bytes, never as Python strings.

``index`` (bytes to segments and elements) → ``values`` (elements to money, dates, keys) → ``loops`` (which claim and
line a segment belongs to) → ``facts`` (sums, balances, findings) → ``rows`` (Arrow tables). What does not belong here:
files, envelopes and everything that is rare enough for plain Python (``payment``, ``envelope``).
"""
