"""Data quality before posting: the rules in words, the columns they see, their evaluation, and the pages finance reads.

What does not belong here: which rows are new and what a failed gate stops (``operations.judge``).
"""
