"""What keeps protected health information inside: keys, sealed files, scrubbed errors (45 CFR 164.312)."""
