"""One module per vendor, with everything that is particular to it: limits, questions, addresses, client, dimensions.

``description.py`` says what a vendor is, ``registry.py`` names the modules. Adding a vendor is one module with a
``VENDOR`` in it and one line in the registry. What does not belong here: what all vendors share (``answers.py`` and
``wire/`` beside this folder), and any decision by a vendor's name.
"""
