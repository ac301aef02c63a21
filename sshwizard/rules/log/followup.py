"""What a log does not show, and the next command to ask for. Ready to paste, never with a secret in its answer."""

from __future__ import annotations

import re

from sshwizard.hosts import book
from sshwizard.model.finding import Finding
from sshwizard.model.log import LogAttempt, LogReading
from sshwizard.text import _

NEEDS: dict[str, tuple[str, ...]] = {
    "key-nondefault-name": ("ls -la ~/.ssh", "ssh-add -l", "ssh -G {host} | grep -iE '^(user|hostname|port|identit)'"),
    "key-missing": ("ls -la ~/.ssh", "ssh-add -l"),
    "key-not-registered": ("ssh-keygen -lf ~/.ssh/KEY.pub", "ssh-add -l"),
    "config-host-mismatch": ("git remote -v", "ssh -G {host} | grep -iE '^(user|hostname|port|identit)'"),
    "config-not-read": ("ls -la ~/.ssh",),
    "wrong-account-key": ("ssh -T {login}", "git remote -v"),
    "two-ssh-clients": ("type -a ssh; ssh -V", "git config --show-origin --get-all core.sshcommand; env | grep GIT_SSH"),
    "home-dir-mismatch": ("echo \"$HOME\"; whoami", "ls -la ~/.ssh"),
    "root-user-mismatch": ("whoami; ls -la ~/.ssh",),
    "net-port-blocked": ("ssh -v -T -p 443 git@{other}",),
    "net-ssh-filtered": ("ssh -vvv -T {login}",),
    "net-proxy-misconfig": ("ssh -G {host} | grep -i proxy", "env | grep -i proxy"),
    "net-dns-wrong": ("getent hosts {host} || nslookup {host}",),
    "net-ipv6-broken": ("ssh -4 -v -T {login}",),
    "net-vpn-route": ("ip route get $(getent ahosts {host} | awk 'NR==1 {{print $1}}') || route -n get {host}",),
    "wrong-host-reached": ("getent hosts {host} || nslookup {host}", "ssh-keyscan -t ed25519,rsa {host} | ssh-keygen -lf -"),
    "alg-rsa-sha1-sig": ("ssh -V; ssh -vv -T {login} 2>&1",),
    "sk-token-unavailable": ("ssh-add -l", "ssh -vvv -T {login} 2>&1"),
    "server-selinux": ("ls -ldZ ~ ~/.ssh ~/.ssh/authorized_keys", "sudo ausearch -m avc -c sshd -ts recent"),
    "client-bug": ("ssh -V; type -a ssh",),
    "net-qos-tos": ("ssh -o IPQoS=none -v -T {login}",),
    "hostkey-changed": ("ssh-keyscan -t ed25519,rsa {host} | ssh-keygen -lf -",),
    "hostkey-unknown-noninteractive": ("ssh-keygen -F {host}",),
    "key-perms-open": ("ls -la ~/.ssh",),
    "key-perms-windows-acl": ("icacls \"%USERPROFILE%\\.ssh\\*\"",),
    "key-file-corrupt": ("head -1 KEY; tail -1 KEY | od -c | tail -3", "ssh-keygen -y -f KEY > /dev/null"),
    "pubkey-used-as-private": ("head -c 30 KEY",),
    "key-format-unsupported": ("head -1 KEY",),
    "key-pair-mismatch": ("ssh-keygen -y -f KEY | ssh-keygen -lf -; ssh-keygen -lf KEY.pub",),
    "passphrase-no-prompt": ("ssh-add -l",),
    "agent-not-running": ("echo \"$SSH_AUTH_SOCK\"; ssh-add -l", "ssh -v -T {login}"),
    "agent-stale-or-bridge": ("echo \"$SSH_AUTH_SOCK\"; ssh-add -l", "ssh -G {host} | grep -i identityagent"),
    "agent-cannot-prompt": ("ssh-add -l", "ls -la ~/.ssh"),
    "agent-missing-keys": ("ssh-add -l",),
    "agent-bug": ("ssh -V; ssh-add -l",),
    "server-authorized-keys-perms": ("ls -ld ~ ~/.ssh ~/.ssh/authorized_keys", "sudo journalctl -u ssh -n 30"),
    "server-account-config": ("sudo journalctl -u ssh -n 30",),
    "config-unsupported-option": ("type -a ssh; ssh -V",),
}  # fmt: skip
"""Commands by cause. `KEY` is for the customer to fill in; none prints a private key."""


def ask_for(reading: LogReading, findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """Return the commands to ask the customer for, best first; empty when the log decides."""
    causes = [f for f in findings if f.severity == "fail"]
    if causes and causes[0].certainty == "certain":
        return ()
    likely = bool(causes) and causes[0].certainty == "likely"
    wanted: list[str] = []
    attempt = _failing(reading)
    if attempt is None and not reading.server:
        wanted.append("ssh -v -T git@HOST 2>&1")
    for finding in causes[: 2 if likely else 3]:
        wanted += NEEDS.get(finding.id, ())
    if attempt is not None and _wants_conversation(attempt, likely):
        wanted.insert(1 if likely and attempt.outcome != "cut-off" else 0, _verbose(attempt))
    if attempt is not None and attempt.offers and book.find(attempt.host) is None and not reading.server:
        wanted.insert(1, "sudo journalctl -u ssh -u sshd -n 30")
    if not wanted and causes:
        wanted.append("ssh -vvv -T {login} 2>&1")
    fields = _fields(attempt)
    return tuple(dict.fromkeys(command.format(**fields) for command in wanted))[:5]


def _wants_conversation(attempt: LogAttempt, likely: bool) -> bool:
    """Tell whether the lines of `ssh -v` are what is missing."""
    if attempt.outcome in ("authenticated", "stopped"):
        return False
    if attempt.outcome == "cut-off":
        return True
    return not attempt.debug and not (likely and attempt.outcome == "no-connection")


def _verbose(attempt: LogAttempt) -> str:
    if re.search(r"\bgit (?:push|pull|fetch|submodule|remote update)\b", attempt.command):
        return 'GIT_SSH_COMMAND="ssh -v" git fetch 2>&1'
    return "ssh -v -T {login} 2>&1"


def _fields(attempt: LogAttempt | None) -> dict[str, str]:
    host = _plain(attempt.host if attempt else "") or "HOST"
    entry = book.find(host)
    user = _plain(attempt.user if attempt else "") or (entry.user if entry and entry.user else "git")
    other = entry.alternates[0][0] if entry and entry.alternates else f"ssh.{host}"
    return {"host": host, "login": f"{user}@{host}", "other": other}


def _plain(text: str) -> str:
    """Return a name only if it is safe inside a command to paste."""
    return text if text and all(c.isalnum() or c in ".-_:" for c in text) and text[0] not in "-" else ""


def _failing(reading: LogReading) -> LogAttempt | None:
    failing = [a for a in reading.attempts if a.outcome != "authenticated"]
    return failing[-1] if failing else (reading.attempts[-1] if reading.attempts else None)


def missing(reading: LogReading, findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """Say in sentences what the paste does not show."""
    said: list[str] = []
    if not reading.attempts and not reading.server and not findings:
        return (_("No line of an SSH client or server was found in this text."),)
    attempt = _failing(reading)
    if attempt is not None and attempt.outcome != "authenticated":
        if not attempt.debug and attempt.outcome == "denied":
            said.append(_("The lines of `ssh -v`: which keys were offered and what the host said to each."))
        if attempt.outcome == "cut-off":
            said.append(_("The end of the log: the lines after line {line}.").format(line=attempt.last_line))
        if attempt.gaps:
            said.append(_("The lines that were left out (`[...]`)."))
        if attempt.debug and attempt.first("client") is None:
            said.append(_("The beginning of the log, with the version of ssh."))
        if attempt.outcome == "denied" and attempt.offers:
            said.append(_("Which key is registered in the account: the log cannot show that."))
    elif attempt is not None and any(f.id == "wrong-account-key" for f in findings) and not attempt.account:
        said.append(_("As whom the host let you in: the greeting of `ssh -T`."))
    if attempt is None and reading.server:
        said.append(_("The client's side: `ssh -v` of the same attempt."))
    return tuple(said)
