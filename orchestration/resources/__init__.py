"""The only place that opens things: the home folder, the lake, landed files, the inbox, the OCR engine.

Plain classes, no Dagster: ``defs/resources.py`` hands them to the assets, the command line uses them as they are.
"""
