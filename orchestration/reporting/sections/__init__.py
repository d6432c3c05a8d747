"""The sections of the report, one module per question a practice manager asks, each ``section(report) -> Html``."""
