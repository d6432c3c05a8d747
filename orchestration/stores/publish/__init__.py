"""Where copies of the marts go for BI tools: one module per place, each swapped in by one step, never half written.

What does not belong here: which tables and columns may be published (``operations.publish``).
"""
