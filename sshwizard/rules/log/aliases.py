"""Rules about names in a log: the right key is configured, but for another name than the one contacted."""

from __future__ import annotations

import re

from sshwizard.model.finding import Evidence
from sshwizard.model.log import LogAttempt, LogEvent
from sshwizard.rules.log.view import Suspicion, Suspicions, View, suspect
from sshwizard.text import _


def other_name(view: View) -> Suspicions:
    """A Host block for another name holds the key."""
    attempt = view.attempt
    if not view.failed or view.has(*ALREADY_EXPLAINED):
        return
    if attempt.outcome in ("unknown", "cut-off") and view.has("local-error"):
        return
    applied = any(attempt.host and attempt.host in e.fields["pattern"] for e in attempt.all("config-apply"))
    works = next(
        (a for a in view.reading.attempts if a.outcome == "authenticated" and a is not attempt), None
    )
    alias, block = _alias(view)
    if works is not None and not applied and attempt.host and _same_place(works, attempt.host):
        yield _works_elsewhere(view, works, alias, block)
    elif block is not None and not applied:
        yield _block_for_another(view, alias, block)
    else:
        yield from _alias_in_words(view, works)


ALREADY_EXPLAINED = (
    "config-option", "config-owner", "config-syntax", "host-key-failed", "host-key-box", "no-match",
)  # fmt: skip


def _works_elsewhere(view: View, works: LogAttempt, alias: str, block: LogEvent | None) -> Suspicion:
    host = view.attempt.host
    shown = works.command or works.host
    return suspect(
        "config-host-mismatch", 89, "likely",
        _("It works under one name ({works}) and fails under {host}: the Host block with the key is for the other name.").format(
            works=_typed(works.command) or works.host, host=host),
        (*view.quote(block, view.attempt.first("denied", "closed")), Evidence(source="log", line=works.first_line, text=shown)),
        host=host, other=alias or _typed(works.command),
    )  # fmt: skip


def _block_for_another(view: View, alias: str, block: LogEvent) -> Suspicion:
    attempt = view.attempt
    addresses = (*view.reading.around("url", "remote"), *attempt.all("command"))
    used = next((event for event in addresses if alias not in event.text), None)
    return suspect(
        "config-host-mismatch", 79 if attempt.host and alias != attempt.host else 45, "likely" if attempt.host else "possible",
        _("The configuration has a block for {alias}, but the address uses {host}: the block does not apply.").format(
            alias=alias, host=attempt.host or _("another name")),
        view.quote(block, used, attempt.first("denied")), host=attempt.host, other=alias,
    )  # fmt: skip


def _alias_in_words(view: View, works: LogAttempt | None) -> Suspicions:
    attempt = view.attempt
    said = view.heard(ALIAS_WORDS) or (view.heard(r"\balias\b") if works and not attempt.host else None)
    if said is None:
        return
    yield suspect(
        "config-host-mismatch", 84 if works or not attempt.debug else 50, "likely" if works else "possible",
        _("An alias in the configuration holds the key, but the address does not use the alias."),
        view.quote(said, attempt.first("denied", "closed")), host=attempt.host, other=_typed(works.command) if works else "",
    )  # fmt: skip


ALIAS_WORDS = (
    r"\balias\b.{0,80}(?:IdentityFile|HostName|config|url|remote)|config\b.{0,60}\balias"
    r"|(?:Host|block|pattern).{0,40}(?:does not|doesn't|didn't) match"
)


def _typed(command: str) -> str:
    words = [w for w in command.split() if not w.startswith("-")]
    return words[-1].split("@")[-1] if len(words) > 1 else ""


def _same_place(works: LogAttempt, failing: str) -> bool:
    """Tell whether two attempts went to the same forge or host by different names."""
    host, command = works.host, works.command
    if not host and not command:
        return True
    if host == failing:
        typed = _typed(command)
        return bool(typed) and typed.split(":")[0] != failing
    typed = _typed(command)
    if typed and "." not in typed and typed != failing:
        return True
    mine, theirs = failing.split(".")[-2:], host.split(".")[-2:]
    return mine == theirs


def _alias(view: View) -> tuple[str, LogEvent | None]:
    """Return a Host block, pasted along, that names a key and does not cover the host contacted."""
    block: LogEvent | None = None
    covers = False
    for event in view.reading.around("config"):
        keyword, value = event.fields["keyword"], event.fields["value"]
        if keyword in ("host", "match"):
            block = event
            covers = any(_covers(pattern, view.host) for pattern in value.split())
        elif keyword == "identityfile" and block is not None and not covers:
            alias = block.fields["value"].split()[0]
            if alias != "*":
                return alias, block
    return "", None


def _covers(pattern: str, host: str) -> bool:
    if not host:
        return False
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, host, re.I) is not None
