"""The ``medbooks`` command: one module per verb, thin. Data to stdout, words to stderr; heavy imports inside verbs."""
