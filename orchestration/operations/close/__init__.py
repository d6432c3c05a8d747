"""The close of a fiscal period: which period, its checklist, and the figures its end adds."""
