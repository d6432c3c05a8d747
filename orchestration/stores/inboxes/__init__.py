"""Where files arrive: a folder, SFTP, S3, mail. One module per way in; ``configured`` opens those a practice names.

What does not belong here: what kind of file something is (``formats``), and sealing it (``operations.land``).
"""
