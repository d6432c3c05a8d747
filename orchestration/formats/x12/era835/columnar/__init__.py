"""The fast path: 835 segments as numpy arrays of offsets into the bytes, never as Python strings.

``index`` (bytes to segments and elements, ids found by ``lookup``) → ``values`` (elements to money, dates, keys),
``loops`` (which claim and line a segment belongs to). What does not belong here: sums, verdicts and tables (``facts``,
``rows``), files, and everything that is rare enough for plain Python (``payment``, ``syntax.envelope``).
"""
