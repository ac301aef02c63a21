"""Named files whose `~user`, token or ${VAR} cannot be expanded: ssh connects, and ends before it offers a key.

`ssh -G` says nothing of it, so the configuration looks right until the first login.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sshwizard.model.config import NamedFile
from sshwizard.model.finding import Case, Finding, Fix
from sshwizard.rules import sight
from sshwizard.text import _

_VARIABLE = re.compile(r"\$\{(\w+)\}")


def value_that_ends_ssh(case: Case) -> Iterator[Finding]:
    """Report the first IdentityFile or CertificateFile at which ssh ends (ssh.c, load_public_identity_files)."""
    named = sight.unexpandable(case)
    if case.plan is None or named is None:
        return
    keyword = "CertificateFile" if named in case.plan.effective.certificate_files else "IdentityFile"
    place = str(named.source) if named.source else _("the command line")
    yield sight.finding(
        "config-value",
        "fail",
        "certain",
        _("ssh connects to {host} and then ends at {place}, before it offers any key. It says: {words}").format(
            host=sight.host(case), place=place, words=sight.clean(named.problem)
        ),
        [sight.seen(named.source, f"{keyword} {sight.clean(named.text)}")],
        [_correct(named, place)],
    )  # fmt: skip


def _correct(named: NamedFile, place: str) -> Fix:
    variable = _VARIABLE.search(named.text)
    if variable is None:
        return sight.advice(
            _("Correct the path at {place}").format(place=place),
            _("Write the whole path, or begin it with `~/`."),
            _("A percent sign that belongs to the name is written twice."),
        )
    return sight.advice(
        _("Write the path without the variable, at {place}").format(place=place),
        _("The variable {name} is not set here; a path in full, or one that begins with `~/`, always works.").format(
            name=variable[1]
        ),
        _("If you want to keep it: set {name} where your shell or desktop starts, for every program that runs ssh.").format(
            name=variable[1]
        ),
    )  # fmt: skip
