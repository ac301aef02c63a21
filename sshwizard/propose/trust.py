"""Writing a host key down in known_hosts: what it would take, and what speaks for it. Pure; trusts nothing.

A key that known_hosts contradicts is proposed only where the provider publishes it; the old line is replaced,
no other. Consent is the front end's to ask for.
"""

from __future__ import annotations

import os

from sshwizard.hosts import book
from sshwizard.model.facts import Facts
from sshwizard.model.finding import Fix
from sshwizard.model.plan import Plan
from sshwizard.model.steps import MakeFolder, Step, TrustHostKey
from sshwizard.model.transcript import HostKeySeen
from sshwizard.openssh import known_hosts
from sshwizard.openssh.keys import public_line
from sshwizard.propose.draft import editable
from sshwizard.text import _, visible


def trust(facts: Facts, plan: Plan, seen: HostKeySeen) -> Fix | None:
    """Return the change that writes the host key down, or None where nothing may be proposed.

    None for a key that known_hosts knows, revokes or contradicts without the provider publishing it, and
    where the file is not the user's to write.
    """
    path = user_file(facts, plan)
    published = _published(plan, seen)
    if path is None or not editable(facts, path) or seen.public.certificate is not None:
        return None
    if seen.state in ("unknown", "published"):
        replaces = None
    elif seen.state == "changed" and published:
        replaces = _old_line(facts, plan, seen, path)
        if replaces is None:
            return None
    else:
        return None
    name = lookup_name(plan)
    hashed = plan.effective.first("hashknownhosts") == "yes"
    step = TrustHostKey(
        path=path,
        host=known_hosts.hashed_name(name) if hashed else name,
        key_line=" ".join(public_line(seen.public).split()[:2]),
        fingerprint=seen.public.fingerprint,
        replaces=replaces,
        because=_("the same as published at {source}").format(source=published)
        if published
        else _("nobody published it; compare it with what the host's owner gives you"),
    )
    return Fix(title=_title(plan, replaces), steps=(*_folder(facts, path), step), why=_why(seen, published))


def user_file(facts: Facts, plan: Plan) -> str | None:
    """Return the first known_hosts file of the user's for this destination; None when it is switched off."""
    path = plan.effective.first("userknownhostsfile", "none")
    return None if path in ("none", "/dev/null") else os.path.join(facts.environment.cwd, path)


def lookup_name(plan: Plan) -> str:
    """Return the name that ssh looks up in known_hosts for the plan's host."""
    alias = plan.effective.first("hostkeyalias")
    return known_hosts.lookup_name(
        plan.effective.hostname, plan.effective.port, "" if alias == "none" else alias
    )


def _published(plan: Plan, seen: HostKeySeen) -> str:
    """Return where the provider publishes this key; "" if it does not."""
    for key in book.host_keys(plan.effective.hostname, plan.effective.port):
        if key.fingerprint == seen.public.fingerprint and not key.withdrawn:
            return key.source
    return ""


def _old_line(facts: Facts, plan: Plan, seen: HostKeySeen, path: str) -> str | None:
    """Return the line in the way, if it is in the user's own file and speaks of this host alone."""
    entries = known_hosts.read([facts.files.look(path)]).of(lookup_name(plan))
    for entry in entries:
        if entry.where == seen.where and not entry.marker and b"*" not in entry.hosts:
            return entry.raw.decode("utf-8", "surrogateescape")
    return None


def _folder(facts: Facts, path: str) -> tuple[Step, ...]:
    folder = os.path.dirname(path)
    return (MakeFolder(path=folder, mode=0o700),) if facts.files.look(folder).kind == "missing" else ()


def _title(plan: Plan, replaces: str | None) -> str:
    words = (
        _("Write the key of {host} into known_hosts")
        if replaces is None
        else _("Replace the old key of {host} in known_hosts by the one its provider publishes")
    )
    return words.format(host=visible(plan.effective.hostname, keep=""))


def _why(seen: HostKeySeen, published: str) -> str:
    if published:
        return _("{fingerprint} is the fingerprint published at {source}.").format(
            fingerprint=seen.public.fingerprint, source=published
        )
    return _("Only if {fingerprint} is what the host's owner gives you: nobody else vouches for it.").format(
        fingerprint=seen.public.fingerprint
    )
