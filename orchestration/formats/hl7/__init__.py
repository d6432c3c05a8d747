"""HL7 version 2 to ``raw_hl7``: charges (DFT), patients and visits (ADT, BAR), appointments (SIU), alone or in batches.

What does not belong here: sockets (an interface engine writes files), disk, clock, lake, and what a charge means for
the books.
"""
