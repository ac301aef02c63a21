"""Rules about agents in a log: absent, dead, empty, refusing."""

from __future__ import annotations

import re

from sshwizard.model.log import LogEvent
from sshwizard.rules.log.view import Suspicions, View, suspect
from sshwizard.text import _

_HARDWARE = re.compile(r"cardno|-SK\b|yubikey|PIV|token|gpg|smart ?card", re.I)
_DEVICE = re.compile(r"device not found|requested feature|no such device|FIDO|sk_sign", re.I)
OPEN_MODE = r"\b0?[67][0-7][4-7]\b|mode|permission|chmod|backup|copied|readable"
UPGRADE = r"upgrad|updat|restart|reboot|new version|old version|bridge|relay|forward|wsl|npiperelay"


def without_secret(view: View) -> Suspicions:
    """`Agent admitted failure to sign`: the name is there, the private half is not."""
    event = view.attempt.first("agent-no-secret")
    if event is None or not view.failed:
        return
    desktop = view.heard(r"keyring|seahorse|kwallet|passphrase|pinentry|after (?:login|the login|logging in)")
    yield suspect(
        "agent-missing-keys", 84, "likely" if desktop is None else "possible",
        _("The agent knows the key's name but cannot sign with it: the private half is not loaded."), view.quote(event),
    )  # fmt: skip
    yield suspect(
        "agent-cannot-prompt", 86 if desktop else 58, "likely" if desktop else "possible",
        _("The agent could not ask you for the passphrase of the key."), view.quote(event, desktop),
    )  # fmt: skip


def refused(view: View) -> Suspicions:
    """`agent refused operation`: the agent has the key and does not sign."""
    event = view.attempt.first("agent-refused", "agent-refused-add")
    if event is None or not view.failed or "refused operation" not in event.text:
        return
    if "fetching identities" in event.text:
        return
    in_line = bool(_HARDWARE.search(event.text))
    hardware = in_line or view.heard(r"gpg|pinentry|yubikey|keyring|fido|security key|touch") is not None
    open_mode, upgrade = view.heard(OPEN_MODE), view.heard(UPGRADE)
    quoted = view.quote(event, open_mode or upgrade)
    yield suspect(
        "agent-cannot-prompt", 84 if hardware else 76, "likely",
        _("The agent holds the key and refused to sign: it could not ask for a passphrase, a PIN or a touch, or cannot use this kind of key."),
        quoted,
    )  # fmt: skip
    yield suspect(
        "key-perms-open", 85 if open_mode and not in_line else 64, "likely" if open_mode else "possible",
        _("Desktop agents say the same when others can read the private key's file: look at its mode first."),
        quoted,
    )  # fmt: skip
    yield suspect(
        "agent-stale-or-bridge", 80 if upgrade and not hardware else 56, "likely" if upgrade else "possible",
        _("After an update, or over a bridge, an old agent may still be answering: restart it."), quoted,
    )  # fmt: skip
    yield suspect("agent-bug", 30, "possible", _("Some releases of agents refuse everything."), quoted)


def token(view: View) -> Suspicions:
    """The security key or enclave cannot be used."""
    gone = (e for e in view.attempt.all("sign-failed") if _DEVICE.search(e.text))
    event = view.attempt.first("sk-failed") or next(gone, None)
    if event is not None and view.failed:
        yield suspect(
            "sk-token-unavailable", 92, "likely",
            _("The security key (or the chip that holds the key) could not be used."), view.quote(event),
        )  # fmt: skip


def unreachable(view: View) -> Suspicions:
    """Messages of ssh-add and of ssh about an agent that does not answer."""
    reading, attempt = view.reading, view.attempt
    absent = next(iter(reading.around("agent-absent")), None)
    service = next(iter(reading.around("agent-service")), None)
    pipe = next((e for e in attempt.all("agent-error") if "no such file" in e.text.lower()), None)
    if service is not None:
        yield suspect(
            "agent-not-running", 88, "likely",
            _("The service of the agent is switched off in Windows."), view.quote(service),
        )  # fmt: skip
    elif absent is not None:
        started = view.heard(r"SSH_AGENT_PID|ssh-agent -s|eval")
        yield suspect(
            "agent-not-running", 70 if not view.userauth else 40, "likely" if not view.userauth else "possible",
            _("No agent is reachable from this terminal: SSH_AUTH_SOCK is not set here."), view.quote(started, absent),
        )  # fmt: skip
    elif pipe is not None and view.failed and not view.offered:
        yield suspect(
            "agent-not-running", 38, "possible", _("ssh found no agent; keys kept only there could not be offered."), view.quote(pipe),
        )  # fmt: skip


def silent(view: View) -> Suspicions:
    """`Error connecting to agent`, `communication with agent failed`, `error fetching identities`."""
    event: LogEvent | None = view.attempt.first("agent-connect", "agent-comm") if view.failed else None
    listed = next(iter(view.reading.around("agent-fetch")), None)
    if event is None and listed is None:
        return
    event = event or listed
    text = event.text if event else ""
    if "agent refused" in text:
        yield suspect(
            "agent-bug", 64, "possible", _("The agent answers, but refuses even to list its keys."), view.quote(event, view.heard(UPGRADE)),
        )  # fmt: skip
        yield suspect(
            "agent-stale-or-bridge", 60, "possible", _("The agent may be locked, or the wrong one may be answering."), view.quote(event),
        )  # fmt: skip
        return
    stopped = view.heard(
        r"\b(?:Stopped|Disabled)\b.{0,40}ssh-agent|ssh-agent\b.{0,80}\b(?:stopped|disabled|not (?:running|started))\b"
    )
    if stopped is not None and "no such file" in text.lower():
        yield suspect(
            "agent-not-running", 86, "likely", _("The agent's service is not running."), view.quote(event, stopped),
        )  # fmt: skip
    yield suspect(
        "agent-stale-or-bridge", 78, "likely" if not view.offered else "possible",
        _("ssh is pointed to an agent that does not answer as it should."), view.quote(event, view.heard(UPGRADE)),
    )  # fmt: skip
    if "communication" in text:
        hint = view.heard(
            r"(?:another|different|other|two) (?:build|version|install|openssh|client)|one (?:OpenSSH )?build"
        )
        yield suspect(
            "two-ssh-clients", 80 if hint else 62, "likely" if hint else "possible",
            _("Or the client and the agent come from two installations that do not understand one another."), view.quote(event, hint),
        )  # fmt: skip


def empty(view: View) -> Suspicions:
    """The agent holds nothing, and the program takes keys only from there."""
    attempt = view.attempt
    nothing = next((e for e in (*view.reading.around("agent-empty"), *attempt.all("agent-empty"))), None)
    go = next((e for e in attempt.all("other-no-key") if "attempted methods" in e.text), None)
    container = view.heard(
        r"devcontainer|container|docker|codespace|/workspaces?\b|vscode ➜|forward(?:ed|ing)? agent|agent forward|keychain"
    )
    if go is not None:
        yield suspect(
            "agent-missing-keys", 66, "likely",
            _("This program takes keys from the agent; it had none there that the host took."), view.quote(go, nothing),
        )  # fmt: skip
        yield suspect(
            "wrong-username", 74 if view.heard(r"\buser(?:name)?\b.{0,30}(?:set|account|name|login)|\bUser\b") else 50, "possible",
            _("Or it logged in under another name than {user}.").format(user=_user(view)),
            view.quote(go, view.heard(r"\buser(?:name)?\b")), user=_user(view), host=view.host,
        )  # fmt: skip
        yield suspect(
            "key-not-registered", 40, "possible", _("Or the host does not know its key."), view.quote(go)
        )
        return
    if nothing is None or view.offered or not view.failed:
        return
    yield suspect(
        "agent-missing-keys", 60 if container else 44, "likely" if container else "possible",
        _("The agent is running, but holds no key."), view.quote(nothing, container),
    )  # fmt: skip


def _user(view: View) -> str:
    return (view.forge.user if view.forge else None) or "git"
