"""The books as text for people and other programs: one module per program or shape, each registered in ``registry.py``.

An export reads posted entries and answers with a whole file. What does not belong here: files that another program
books from (``vendors/import_files.py``), and anything that is sent.
"""
