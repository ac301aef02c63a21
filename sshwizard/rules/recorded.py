"""Lines of known_hosts that hold a withdrawn host key: found without any connection, taken out on demand.

The match is by the key, so hashed names hide nothing. Knows known_hosts and the host book.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from sshwizard.hosts import book
from sshwizard.model.finding import Case, Evidence, Finding, Fix
from sshwizard.model.steps import WriteFile
from sshwizard.openssh import known_hosts
from sshwizard.openssh.known_hosts import Entry
from sshwizard.rules import sight
from sshwizard.text import _


def withdrawn_key_on_record(case: Case) -> Iterator[Finding]:
    """Report lines that make ssh believe whoever has a key that its owner has withdrawn."""
    if case.facts is None:
        return
    by_owner: dict[str, list[Entry]] = {}
    for entry in known_hosts.read(case.facts.known_hosts).entries:
        owner = "" if entry.marker else _owner(entry)
        if owner:
            by_owner.setdefault(owner, []).append(entry)
    for owner, entries in by_owner.items():
        yield _finding(case, owner, entries)


def _owner(entry: Entry) -> str:
    """Return the host whose withdrawn key a line holds; "" for any other key.

    Only a key that known_hosts would be believed with: a name that is no service's may keep what it likes.
    """
    key = book.withdrawn_key(entry.public.fingerprint)
    if key is None:
        return ""
    host, _book_key = key
    plain = [name for name in entry.hosts.decode("utf-8", "replace").split(",") if not name.startswith("|")]
    return host if not plain or any(_is_of(name, host) for name in plain) else ""


def _is_of(name: str, host: str) -> bool:
    """Tell whether a names field's word is about this host or its service, addresses included."""
    bare = name.strip("[]").split("]:")[0].lower()
    mine, theirs = book.find(bare), book.find(host)
    return (
        bare == host
        or (mine is not None and mine == theirs)
        or bare.replace(".", "").isdigit()
        or "*" in bare
    )


def _finding(case: Case, owner: str, entries: Sequence[Entry]) -> Finding:
    found = book.withdrawn_key(entries[0].public.fingerprint)
    source = found[1].source if found else ""
    concerns = case.plan is not None and owner == case.plan.effective.hostname.lower()
    return sight.finding(
        "hostkey-withdrawn",
        "warn" if concerns else "info",
        "certain",
        _(
            "{path} still trusts a host key that {owner} has withdrawn ({fingerprint}). Whoever has the old key can"
            " pose as {owner} to this machine. Source: {source}"
        ).format(
            path=sight.short(case, entries[0].path),
            owner=owner,
            fingerprint=entries[0].public.fingerprint,
            source=source,
        ),
        [
            Evidence(
                source=entry.path,
                line=entry.line,
                text=f"{entry.public.type} {entry.public.fingerprint}",
            )
            for entry in entries
        ],
        _removals(case, owner, entries),
    )


def _removals(case: Case, owner: str, entries: Sequence[Entry]) -> list[Fix]:
    """Propose one change for each file; where the file is not the user's, its command."""
    fixes = []
    for path in dict.fromkeys(entry.path for entry in entries):
        numbers = [entry.line for entry in entries if entry.path == path]
        command = f"ssh-keygen -R {sight.typed(owner)} -f {sight.typed(sight.short(case, path))}"
        title = _("Take the withdrawn key of {owner} out of {path}").format(
            owner=owner, path=sight.short(case, path)
        )
        if case.facts is None or not _own(case, path):
            fixes.append(sight.advice(title, _("The file is the administrator's."), command=command))
            continue
        before = case.facts.files.look(path).data
        fixes.append(
            Fix(
                title=title,
                steps=(
                    WriteFile(path=path, before=before, after=known_hosts.without_lines(before, numbers)),
                ),
                why=_("Only this line goes; keys of {owner} on other lines stay.").format(owner=owner),
                safe=True,
            )
        )
    return fixes


def _own(case: Case, path: str) -> bool:
    home = case.facts.environment.home if case.facts else ""
    return bool(home) and os.path.normpath(path).startswith(home.rstrip("/") + "/")
