"""Layouts of supplier files, one TOML file each."""
