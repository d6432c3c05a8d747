"""What is read and booked of the synthetic practice, compared with what is true of it, to the cent.

What does not belong here: opening files, lake or ledger; readers and rows are handed in.
"""
