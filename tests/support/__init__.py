"""What several tests share: examples, stand-ins, servers and programs, ways to make books and to kill them.

``tests`` is on the path, so a test says ``from support.book_examples import entry``. A test imports this, never another
test. What does not belong here: tests, and what the tests of one folder alone need (a module beside them).
"""
