"""One TOML file per layout of an export. What does not belong here: code."""
