"""Every use case once: what people and machines do with a practice's books, whoever asks for it.

A shell (Dagster, the command line, a web page) calls one function here and shows what it returns. What does not belong
here: Dagster, Typer, HTTP; opening stores (``stores``); arithmetic of the books (``accounting``); words of the report.
"""
