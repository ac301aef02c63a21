"""Facts about this machine without any destination: keys, agents, configuration files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sshwizard import gather
from sshwizard.errors import UsageError
from sshwizard.model.config import CommandLine
from sshwizard.model.identity import Identity, KeyFile
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.cli.desk import Desk
    from sshwizard.model.facts import Facts


def facts(desk: Desk, *extra: str) -> Facts:
    """Look at the machine; `extra` are further key files."""
    return gather.gather(desk.machine, CommandLine(destination=""), extra_keys=extra)


def strays(found: Facts) -> tuple[KeyFile, ...]:
    """Return the key-like files that belong to no identity: damaged, of another kind, without a public half."""
    joined = {
        path for one in found.identities for path in (one.private_path, one.public_path) if path is not None
    }
    return tuple(file for file in found.key_files if file.path not in joined)


def identity(desk: Desk, found: Facts, named: str) -> Identity:
    """Find a key by path, file name, fingerprint or comment. Raises UsageError when none, or several, fit."""
    from sshwizard.wizard.answers import absolute

    path = absolute(named, desk.machine.home, desk.machine.cwd).removesuffix(".pub")
    fits = [
        one
        for one in found.identities
        if path in (one.private_path, (one.public_path or "").removesuffix(".pub"))
        or named in (one.public.fingerprint, one.public.fingerprint_md5)
        or one.public.fingerprint == f"SHA256:{named}"
    ] or [one for one in found.identities if named in (one.name, one.public.comment)]
    if len(fits) == 1:
        return fits[0]
    if fits:
        raise UsageError(
            _("Several keys are called {name}.").format(name=named),
            code="key-ambiguous",
            hint=_("Name one by its fingerprint: {prints}.").format(
                prints=", ".join(one.public.fingerprint for one in fits)
            ),
        )
    raise UsageError(
        _("There is no key {name}.").format(name=named),
        code="key-unknown",
        where=path,
        hint=_("`sshwizard keys list` shows the keys found on this machine."),
    )
