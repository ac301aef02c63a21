"""The only code that touches the world: files, processes, sockets, environment, platform.

Everything above sees values. Platform differences are settled here, once.
"""
