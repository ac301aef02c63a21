"""The answer for an address whose service takes git over HTTPS only: nothing for ssh to do, and whether git has
what it needs there."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sshwizard.cli import exits
from sshwizard.errors import UsageError
from sshwizard.hosts.names import provider_of
from sshwizard.machine import git
from sshwizard.report import contract
from sshwizard.text import _, visible

if TYPE_CHECKING:
    from sshwizard.cli.desk import Desk
    from sshwizard.providers.git_password import GitPassword

CODE = "https-only"


def answered(command: str) -> Callable[[Callable[[Desk], int]], Callable[[Desk], int]]:
    """Let a command about a destination end well where the destination needs no key."""

    def around(run: Callable[[Desk], int]) -> Callable[[Desk], int]:
        @functools.wraps(run)
        def wrapped(desk: Desk) -> int:
            try:
                return run(desk)
            except UsageError as error:
                if error.code != CODE:
                    raise
                return _answer(desk, command, error.where)

        return wrapped

    return around


def _answer(desk: Desk, command: str, host: str) -> int:
    from sshwizard.providers.git_password import git_password

    facts = git.look(desk.machine)
    found = git_password(desk.machine.files, desk.machine.home, facts.credential_helpers, host)
    missing = found.program if found and found.program and not desk.machine.has_program(found.program) else ""
    state = "passed" if found and not missing else "warned"
    words = _words(desk, host, found, missing)
    desk.out.object(_fields(desk, command, host, state, words))
    desk.out.answer(
        _("Nothing for ssh to do: {host} takes git over HTTPS only, without any key.").format(host=host)
    )
    if state == "warned" or not desk.out.quiet:
        desk.out.answer(words)
    counts = state == "warned" and getattr(desk.args, "fail_on", "fail") == "warn"
    return exits.PROBLEM if counts else exits.DONE


def _words(desk: Desk, host: str, found: GitPassword | None, missing: str) -> str:
    from sshwizard.providers.git_password import how_to_log_in

    if found is None:
        return f"{_('git will ask for a password there.')} {how_to_log_in(host)}"
    where = visible(desk.machine.shown(found.where), keep="")
    if missing:
        gone = _("{where} names the credential helper `{helper}`, but there is no program `{program}` here.")
        return f"{gone.format(where=where, helper=found.helper, program=missing)} {how_to_log_in(host)}"
    if found.kind == "netrc":
        return _("git finds its password in {where}.").format(where=where)
    return _("git gets its password from the credential helper `{helper}` ({where}).").format(
        helper=found.helper, where=where
    )


def _fields(desk: Desk, command: str, host: str, state: str, words: str) -> dict[str, Any]:
    typed = {"typed": desk.destination, "host": host, "hostname": host, "port": 443, "user": None}
    check = {"id": "credentials", "title": _("password for git"), "state": state, "ms": None}
    return contract.envelope(
        command,
        target={**typed, "provider": provider_of(host), "path": None, "remote": None},
        ran_as={"ssh": desk.machine.ssh or None, "version": None, "config": [], "agent": None},
        offers=[],
        left_out=[],
        notes=[words],
        checks=[{**check, "detail": words, "code": None}],
        accepted=None,
        known=[],
        account=None,
        host=None,
        findings=[],
        verdict="healthy",
    )
