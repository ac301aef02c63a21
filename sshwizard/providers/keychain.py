"""The system's keychain, through `keyring`: our own entries, and those that other tools are known to make there.

Knows no service. Nothing is read where another home than the account's is looked at, for the keychain is the
account's.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from sshwizard.secret import Secret

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

GO_BASE64, GO_HEX = "go-keyring-base64:", "go-keyring-encoded:"
"""How tools in Go (zalando/go-keyring, `keyring_darwin.go`) write what macOS's `security` would garble."""


def read_entry(machine: Machine, service: str, account: str) -> Secret | None:
    """Return an entry's secret; None where there is none, no keychain, or a home that is not the account's."""
    if machine.env.get("SSHWIZARD_NO_KEYCHAIN") or machine.home != machine.account_home:
        return None
    return stored(service, account)


def stored(service: str, account: str) -> Secret | None:
    """Return an entry's secret, whatever home is looked at; None where there is none or no keychain."""
    import keyring
    from keyring.errors import KeyringError

    try:
        found = keyring.get_password(service, account)
    except (KeyringError, OSError):
        return None
    return None if found is None else Secret(_decoded(found))


def write_entry(service: str, account: str, secret: Secret) -> bool:
    """Store a secret; False where there is no keychain."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(service, account, secret.reveal())
    except (KeyringError, OSError):
        return False
    return True


def delete_entry(service: str, account: str) -> bool:
    """Remove an entry; say whether there was one."""
    import keyring
    from keyring.errors import KeyringError

    try:
        if keyring.get_password(service, account) is None:
            return False
        keyring.delete_password(service, account)
    except (KeyringError, OSError):
        return False
    return True


def _decoded(text: str) -> str:
    try:
        if text.startswith(GO_BASE64):
            return base64.b64decode(text.removeprefix(GO_BASE64), validate=True).decode()
        if text.startswith(GO_HEX):
            return bytes.fromhex(text.removeprefix(GO_HEX)).decode()
    except (binascii.Error, ValueError):
        return ""
    return text
