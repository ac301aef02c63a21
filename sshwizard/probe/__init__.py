"""Asking the host without secrets: names, TCP, proxy, version string, key exchange, host key, keys.

`probe` walks a plan's road to its host and asks what the host thinks of every key, with unsigned queries.
It opens no private key and signs nothing unless a login is wanted, and it stores nothing. The siblings:
`matrix` (keys × hosts), `wait` (until a key works), `doors` (other ports of the same service), `second` (the
machine's own ssh and git as witness), `witness` and `sink` (what ssh really offers, without a network).

One probe, from top to bottom: `road` (the sequence) over `door`, `reach`, `proxy` (a stream to the host),
`connection` (up to the host key), `hostkey`, `asking` (queries on one connection), `through_ssh` (where our
transport cannot), `visit` over `login` and `session` (after a wanted login); `tally` and `outcome` draw the sum.
Only `transport` and `session` know paramiko.
"""

from sshwizard.probe.road import probe

__all__ = ["probe"]
