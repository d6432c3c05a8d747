"""One module per revision, in order: tables only. Guards are put in place after the last one, as they are now."""
