"""What every outside ledger needs between a request and an answer: pace, permission, one call.

What does not belong here: what a journal looks like at any one vendor (``vendors/``).
"""
