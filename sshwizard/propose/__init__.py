"""Configuration changes that really make ssh send the wanted key first, found by simulation.

`wanted_key` says which key should win, `propose` finds the smallest edit that makes it win and changes no
other destination; `repairs` puts files right, `ways` answers other findings, `fix_all` says which fixes may go together. Pure: reads files through the facts' view, changes nothing, touches no network.
"""

from __future__ import annotations

from sshwizard.propose.forms import propose
from sshwizard.propose.identities import alias_url, commit_signing, host_alias, own_ssh_command
from sshwizard.propose.repairs import repairs
from sshwizard.propose.settings import settings
from sshwizard.propose.tidy import tidy
from sshwizard.propose.together import fix_all, may_go_together, safe_ones
from sshwizard.propose.wanted import wanted_key
from sshwizard.propose.ways import ways

__all__ = [
    "alias_url",
    "commit_signing",
    "fix_all",
    "host_alias",
    "may_go_together",
    "own_ssh_command",
    "propose",
    "repairs",
    "safe_ones",
    "settings",
    "tidy",
    "wanted_key",
    "ways",
]
