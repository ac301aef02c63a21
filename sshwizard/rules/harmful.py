"""Cures that are passed around and do harm: how they look, what they do, what to do instead.

Data only; used for pasted texts and for configurations.
"""

from __future__ import annotations

BAD: tuple[tuple[str, str, str], ...] = (
    (
        r"\brm (?:-\w+ )*\S*known_hosts|delete .{0,20}known_hosts|> ?\S*/known_hosts\b",
        "Deleting the whole known_hosts gives up the protection for every host.",
        "Remove one host's line only: `ssh-keygen -R HOST`.",
    ),
    (
        r"StrictHostKeyChecking[ =]+no\b|UserKnownHostsFile[ =]+/dev/null",
        "With host key checks switched off, anybody on the way can take the host's place.",
        "Record the published host key instead; `accept-new` is the least bad shortcut.",
    ),
    (
        r"chmod (?:-R )?0?777",
        "Mode 777 lets everybody change the files, and ssh then refuses them.",
        "`chmod 700 ~/.ssh; chmod 600` on private keys and config.",
    ),
    (
        r"sudo git\b",
        "With sudo, git uses root's keys and leaves files that belong to root.",
        "Run git as yourself; give the folder to your account.",
    ),
    (
        r"(?:PubkeyAccepted\w+|HostKeyAlgorithms)[ =]+\+ssh-(?:rsa|dss)",
        "SHA-1 signatures are allowed again; that is acceptable for one old host only.",
        "Keep the line inside the Host block of that host, never under `Host *`.",
    ),
    (
        r"\bcp \S*(?:id_\w+|\.ssh)\S* /root",
        "A copied private key has two places to be stolen from.",
        "Run the command as yourself, or make a key for the other account.",
    ),
    (
        r"http\.sslVerify (?:false|0)",
        "With sslVerify off, git trusts any web server; it has nothing to do with SSH.",
        "`git config --unset http.sslVerify`.",
    ),
    (
        r"ssh-keygen -p\b.{0,40}-N ['\"]{2}",
        "Without its passphrase a stolen key file can be used at once.",
        "Keep the passphrase and load the key into an agent.",
    ),
)
"""Pattern, what it does, what to do instead."""
