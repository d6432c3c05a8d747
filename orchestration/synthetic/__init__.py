"""The synthetic practice: one hidden, seeded ledger, written as the files a real practice receives.

What belongs here: the world (demand, people, fees, encounters, adjudication, patients, payroll, bills), one writer
per kind of file, and the truth that is saved beside them. What does not: reading any of it back, and the clock.
``generate.generate`` is the way in. Money inside is whole cents; a day inside is its distance from the first day.
"""
