"""What stands around and before the lines: the same log through every wrapper says the same."""

from __future__ import annotations

import html
import json
import textwrap
from collections.abc import Callable

import pytest

from sshwizard.logs import read_log, read_stream
from sshwizard.rules import diagnose_log

FINGERPRINT = "SHA256:" + "w" * 43
LOG = f"""\
OpenSSH_9.6p1 Ubuntu-3ubuntu13.5, OpenSSL 3.0.13 30 Jan 2024
debug1: Reading configuration data /home/ria/.ssh/config
debug1: /home/ria/.ssh/config line 3: Applying options for git.example.org
debug1: Connecting to git.example.org [198.51.100.23] port 22.
debug1: Connection established.
debug1: identity file /home/ria/.ssh/id_rsa type 0
debug1: identity file /home/ria/.ssh/id_ed25519 type 3
debug1: Remote protocol version 2.0, remote software version OpenSSH_6.6.1
debug1: Authenticating to git.example.org:22 as 'git'
debug1: SSH2_MSG_SERVICE_ACCEPT received
debug1: Authentications that can continue: publickey
debug1: Next authentication method: publickey
debug1: Offering public key: /home/ria/.ssh/id_rsa RSA {FINGERPRINT}
debug1: send_pubkey_test: no mutual signature algorithm
debug1: Trying private key: /home/ria/.ssh/id_ecdsa
debug1: No more authentication methods to try.
git@git.example.org: Permission denied (publickey).
"""


def prefixed(prefix: str, end: str = "\n") -> Callable[[str], str]:
    return lambda text: "".join(f"{prefix}{line}{end}" for line in text.splitlines())


def numbered(text: str) -> str:
    return "".join(f"{number}: {line}\n" for number, line in enumerate(text.splitlines(), 1))


def coloured(text: str) -> str:
    return "".join(f"\x1b[0;33m{line}\x1b[0m\x1b[K\n" for line in text.splitlines())


def folded(text: str) -> str:
    return "".join(textwrap.fill(line, 72, break_on_hyphens=False) + "\n" for line in text.splitlines())


def ansible(text: str) -> str:
    failed = {"changed": False, "msg": f"Failed to connect to the host via ssh: {text}", "unreachable": True}
    return f"fatal: [web1]: UNREACHABLE! => {json.dumps(failed)}\n"


WRAPPERS: dict[str, Callable[[str], str]] = {
    "GitHub Actions": prefixed("2026-11-21T10:11:12.1234567Z "),
    "GitHub Actions, job and step": prefixed("build\tUNKNOWN STEP\t2026-11-21T10:11:12.1234567Z "),
    "GitLab CI": prefixed("2026-11-21T10:11:12.123456Z 01E "),
    "Jenkins": prefixed("[2026-11-21T10:11:12.123Z] "),
    "Jenkins, stderr": prefixed("stderr: "),
    "Docker build": prefixed("#12 0.513 "),
    "docker compose": prefixed("app-1  | "),
    "Kubernetes": prefixed("2026-11-21T10:11:12.123456789Z stderr F "),
    "journald": prefixed("Nov 21 10:11:12 box git[4711]: "),
    "VS Code Remote": prefixed("[10:11:12.123] > "),
    "VS Code git output": prefixed("2026-11-21 10:11:12.123 [info] > "),
    "JetBrains": prefixed("10:11:12.123: "),
    "GitHub Desktop": prefixed("2026-11-21T10:11:12.123Z - error: [ui] "),
    "Maven": prefixed("[ERROR] "),
    "npm": prefixed("npm ERR! "),
    "git": prefixed("remote: "),
    "mail": prefixed("> "),
    "mail, twice": prefixed("> > "),
    "indented": prefixed("    "),
    "a table": prefixed("| "),
    "numbered": numbered,
    "coloured": coloured,
    "carriage returns": prefixed("", "\r\n"),
    "blank lines": prefixed("", "\n\n"),
    "HTML entities": lambda text: html.escape(text).replace("'", "&#x27;"),
    "HTML": lambda text: "<pre>" + html.escape(text).replace("\n", "<br/>\n") + "</pre>",
    "a code block": lambda text: f"It says:\n```\n{text}```\nWhat now?\n",
    "folded by a mail program": folded,
    "Ansible": ansible,
    "a JSON string": lambda text: json.dumps(text),
    "tabs": prefixed("\t"),
    "non-breaking blanks": lambda text: text.replace(" ", "\u00a0"),
    "script(1)": lambda text: f"Script started on 2026-11-21\n{prefixed('', chr(13) + chr(10))(text)}Script done\n",
}  # fmt: skip


@pytest.mark.parametrize("name", WRAPPERS)
def test_a_wrapped_log_says_the_same(name: str) -> None:
    text = WRAPPERS[name](LOG)
    found = diagnose_log(read_log(text))
    attempt = found.reading.attempts[0]

    assert len(found.reading.attempts) == 1
    assert (attempt.host, attempt.user, attempt.outcome) == ("git.example.org", "git", "denied")
    assert [(offer.path, offer.fingerprint) for offer in attempt.offers if offer.kind == "query"] == [
        ("/home/ria/.ssh/id_rsa", FINGERPRINT)
    ]
    assert found.findings[0].id == "alg-rsa-sha1-sig"


@pytest.mark.parametrize("name", WRAPPERS)
def test_a_wrapped_stream_says_the_same(name: str) -> None:
    data = WRAPPERS[name](LOG).encode()
    streamed = read_stream(data[at : at + 7] for at in range(0, len(data), 7))

    assert diagnose_log(streamed).findings[0].id == "alg-rsa-sha1-sig"


@pytest.mark.parametrize("cut", range(1, LOG.count("\n")))
def test_a_log_without_its_end_is_never_certain(cut: int) -> None:
    text = "".join(LOG.splitlines(keepends=True)[:cut])
    found = diagnose_log(read_log(text))

    assert all(one.certainty != "certain" for one in found.findings)
    assert found.verdict == "cannot_tell" or found.findings[0].id == "alg-rsa-sha1-sig"
    assert found.ask_for
