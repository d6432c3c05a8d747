"""Pure bookkeeping: entries that balance by construction, their mirrors, the chart of accounts.

Values in, values out. Nothing here opens a file, a database or a clock, and nothing here knows a file
format: the lake is where formats and bookkeeping meet.
"""
