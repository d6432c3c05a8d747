"""What all X12 is written in: bytes, delimiters, segments, elements, envelopes.

``segments`` (the exact tokenizer, by ``delimiters``), ``parts`` (regular files window by window, for files of any
size), ``layout`` (a file that can be written back), ``sets`` (transaction sets of files that are held whole),
``envelope`` (the same for files that are not), ``values`` (what an element holds). What does not belong here: what any
transaction set means, and every import from a sibling of this package.
"""
