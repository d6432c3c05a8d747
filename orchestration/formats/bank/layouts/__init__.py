"""Layouts of bank downloads, one TOML file each."""
