"""Asking the host without secrets: names, TCP, proxy, version string, key exchange, host key, keys.

`probe` walks a plan's road to its host and asks what the host thinks of every key, with unsigned queries.
It opens no private key and signs nothing unless a login is wanted, and it stores nothing. The siblings:
`matrix` (keys × hosts), `wait` (until a key works), `second` (the machine's own ssh and git as witness).
"""

from sshwizard.probe.road import probe

__all__ = ["probe"]
