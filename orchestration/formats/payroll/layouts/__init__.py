"""Layouts of payroll registers, one TOML file each."""
