"""Cures that do harm, seen in a paste, and secrets that should not be there. Never the cause of a failure."""

from __future__ import annotations

import re

from sshwizard.model.finding import Evidence
from sshwizard.model.log import LogReading
from sshwizard.rules import remedies
from sshwizard.rules.log.view import Suspicions, suspect
from sshwizard.rules.sight import advice
from sshwizard.text import _

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


def harmful(reading: LogReading) -> Suspicions:
    """Answer dangerous cures that the paste shows."""
    lines = [*reading.surroundings, *(e for a in reading.attempts for e in a.all("command"))]
    for pattern, harm, instead in BAD:
        compiled = re.compile(pattern, re.I)
        event = next((e for e in lines if compiled.search(e.text)), None)
        if event is not None:
            yield suspect(
                "bad-advice", 12, "possible", _(harm),
                [Evidence(source="log", line=event.line, text=event.text)],
                [advice(_("Instead"), _(instead))], severity="info",
            )  # fmt: skip


def secrets(reading: LogReading) -> Suspicions:
    """A private key stands in the paste."""
    event = next(iter(reading.around("private-key")), None)
    if event is not None:
        yield suspect(
            "private-key-pasted", 14, "possible",
            _("Line {line} begins a private key. If all of it is there, whoever can read this text can use it.").format(line=event.line),
            [Evidence(source="log", line=event.line, text="-----BEGIN …")],
            remedies.remedies("private-key-pasted"), severity="warn",
        )  # fmt: skip
