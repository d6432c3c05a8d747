"""Layouts of fee schedules, one TOML file each."""
