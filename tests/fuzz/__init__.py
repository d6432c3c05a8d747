"""Programs that spoil files by the million and read them; the tests of the readers run a little of each.

What does not belong here: tests, and what a good file says.
"""
