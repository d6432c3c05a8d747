"""The vocabulary every other package speaks: money, periods, ids, findings, errors, tables, delimited text.

Nothing here imports another package of this project, and nothing here opens a file, a socket or a clock.
"""
