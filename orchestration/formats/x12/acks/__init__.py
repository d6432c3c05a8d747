"""Acknowledgements to ``raw_acks``: TA1, 999, 997 and 277 (claim acknowledgement and status response).

A claim that is rejected here never reaches a payer's adjudication, so no remittance will ever name it. ``functional``
(999, 997, TA1) and ``statuses`` (277) turn transaction sets into rows, ``reader`` files. What does not belong here:
which claims of ours an acknowledgement means; the lake knows them.
"""
