"""What the practice's own history says about the future: frames in, a model and its numbers out.

Every model stands in a folder of its own with a ``card.md`` (data, limits, figures, the command that reproduces
each). Nothing here imports ``orchestration``, opens the lake, or reads a clock: ``as_of`` is always an argument.
Floats are allowed here for probabilities and fits; money enters as Decimal and leaves as Decimal.
``registry.py`` is the only module that imports MLflow.
"""
