"""The only place that opens things: the home folder, inboxes, landed files, the lake, dbt, the OCR engine, tracking.

Plain classes without Dagster. What does not belong here: what is done with an open store (``operations``).
"""
