"""Is a remittance file written as its implementation guide says: grammar, exact walker, pyx12 beside it.

``guide_5010`` and ``guide_4010`` are the guides as tables, with ``codes`` for their long lists; ``grammar`` makes rules
of them. ``verdict.validate`` judges a file: ``reading`` its bytes, ``walker`` its segments, ``elements`` their values,
``violations`` says what a departure is. ``stretches`` does the same stretch by stretch, and passes over what ``prover``
proved at once by ``detail``. ``second_opinion`` asks pyx12, ``comparison`` explains a difference.

What does not belong here: what a segment means for the books, the three balances, and which files are asked about.
"""
