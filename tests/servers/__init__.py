"""Real peers for the tests: sshd, dropbear, agents, keys, and the real ssh with a home of its own.

Import them as `servers.sshd` and so on, or use the fixtures of `conftest.py`. Everything stays on loopback
and below the folder it is given.
"""
