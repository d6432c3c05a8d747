"""Copies for readers: the HTML report, DuckDB and Parquet without direct identifiers."""
