"""Accounts at forges and platforms: list, add and remove public keys, and say whose account it is.

Each provider is data (`catalogue`) and one small class over `session.Session`. `open_account` is the way in;
`upload.add_key` is the one road by which a key leaves the machine.
"""

from __future__ import annotations

from sshwizard.providers.catalogue import open_account, provider_names

__all__ = ["open_account", "provider_names"]
