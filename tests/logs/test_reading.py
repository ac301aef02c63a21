"""Every version's wording, every wrapper's prefix and every encoding come out as the same events."""

from __future__ import annotations

import html

import pytest

from sshwizard.logs import read_log, read_stream
from sshwizard.model.log import LogAttempt, LogReading

FP = "SHA256:" + "k" * 43


def attempt(text: str) -> LogAttempt:
    reading = read_log(text)
    assert 1 == len(reading.attempts), [a.command for a in reading.attempts]
    return reading.attempts[0]


@pytest.mark.parametrize(
    ("line", "path", "type", "fingerprint", "via", "explicit"),
    [
        ("Offering public key: /home/mia/.ssh/id_rsa", "/home/mia/.ssh/id_rsa", "", "", "file", False),
        ("Offering RSA public key: /home/mia/.ssh/id_rsa", "/home/mia/.ssh/id_rsa", "RSA", "", "file", False),
        ("Offering RSA public key: mia@laptop", "mia@laptop", "RSA", "", "agent", False),
        (f"Offering public key: RSA {FP} /home/mia/.ssh/id_rsa", "/home/mia/.ssh/id_rsa", "RSA", FP, "file", False),
        (f"Offering public key: /home/mia/my keys/id ED25519 {FP} explicit agent", "/home/mia/my keys/id", "ED25519", FP, "agent", True),
        (f"Offering public key: mia at home ED25519-SK {FP} authenticator agent", "mia at home", "ED25519-SK", FP, "agent", False),
        (f"Offering public key: C:\\\\Users\\\\mia/.ssh/id_rsa RSA {FP}", "C:\\\\Users\\\\mia/.ssh/id_rsa", "RSA", FP, "file", False),
    ],
)  # fmt: skip
def test_an_offer_is_read_in_every_version(
    line: str, path: str, type: str, fingerprint: str, via: str, explicit: bool
) -> None:
    offer = attempt(f"debug1: {line}\ndebug1: Authentications that can continue: publickey\n").offers[0]

    assert (path, type, fingerprint, via, explicit) == (
        offer.path, offer.type, offer.fingerprint, offer.via, offer.explicit,
    )  # fmt: skip
    assert ("refused", 2) == (offer.outcome, offer.outcome_line)


def test_the_old_acceptance_belongs_to_the_last_offer() -> None:
    seen = attempt(
        "debug1: Offering RSA public key: /a/.ssh/one\n"
        "debug1: Authentications that can continue: publickey\n"
        "debug1: Offering RSA public key: /a/.ssh/two\n"
        "debug1: Server accepts key: pkalg ssh-rsa blen 279\n"
        "debug1: Authentication succeeded (publickey).\n"
    )

    assert ["refused", "accepted"] == [o.outcome for o in seen.offers]
    assert "authenticated" == seen.outcome


@pytest.mark.parametrize(
    ("line", "client"),
    [
        ("OpenSSH_9.2p1 Debian-2, OpenSSL 3.0.11 19 Sep 2023", "openssh"),
        ("debug1: OpenSSH_10.0p2, OpenSSL 3.5.0", "openssh"),
        ("OpenSSH_9.0p1, LibreSSL 3.3.6", "apple-openssh"),
        ("OpenSSH_for_Windows_8.6p1, LibreSSL 3.4.3", "windows-openssh"),
        ("OpenSSH_5.3p1, OpenSSL 1.0.1e-fips 11 Feb 2013", "openssh"),
    ],
)
def test_the_client_is_known_by_its_first_line(line: str, client: str) -> None:
    assert client == attempt(f"{line}\ndebug1: Connecting to h.example [198.51.100.1] port 22.\n").client


def test_git_for_windows_is_known_by_its_paths() -> None:
    seen = attempt("OpenSSH_9.7p1, OpenSSL 3.2.1\ndebug1: identity file /c/Users/mia/.ssh/id_rsa type 0\n")

    assert ("git-bash", "/c/Users/mia") == (seen.client, seen.home)


PLAIN = (
    "OpenSSH_9.2p1 Debian-2, OpenSSL 3.0.11\n"
    "debug1: Reading configuration data /etc/ssh/ssh_config\n"
    "debug1: Connecting to git.example.com [198.51.100.1] port 22.\n"
    "debug1: Connection established.\n"
    "debug1: Remote protocol version 2.0, remote software version OpenSSH_9.6\n"
    "debug1: Authenticating to git.example.com:22 as 'git'\n"
    f"debug1: Offering public key: /home/mia/.ssh/id_ed25519 ED25519 {FP} explicit\n"
    "debug1: Authentications that can continue: publickey\n"
    "debug1: No more authentication methods to try.\n"
    "git@git.example.com: Permission denied (publickey).\n"
)


def essence(reading: LogReading) -> list[object]:
    return [
        (a.host, a.port, a.user, a.server_version, a.outcome, a.methods, [(o.path, o.fingerprint, o.outcome) for o in a.offers])
        for a in reading.attempts
    ]  # fmt: skip


def each_line(prefix: str, suffix: str = "") -> str:
    return "".join(f"{prefix}{line}{suffix}\n" for line in PLAIN.splitlines())


@pytest.mark.parametrize(
    "text",
    [
        each_line("> "),
        each_line(">> > "),
        each_line("    "),
        each_line("2026-11-21T12:00:00.1234567Z "),
        each_line("[12:00:01.123] "),
        each_line("[2026-11-21 12:00:01.123] [ssh] stderr: "),
        each_line("remote: "),
        each_line("\x1b[36m", "\x1b[0m"),
        each_line("", "\r"),
        each_line("\x1b]0;title\x07"),
        html.escape(PLAIN),
        "```\n" + PLAIN + "```\n",
        PLAIN.replace("\n", "\\n"),
        "\ufeff" + PLAIN,
    ],
    ids=["quoted", "twice quoted", "indented", "ci stamp", "clock", "vs code", "remote", "colour", "crlf", "title",
         "html", "fence", "json", "bom"],
)  # fmt: skip
def test_wrappers_change_nothing(text: str) -> None:
    assert essence(read_log(PLAIN)) == essence(read_log(text))


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-8"])
@pytest.mark.parametrize("piece", [1 << 16, 7])
def test_encodings_change_nothing(codec: str, piece: int) -> None:
    data = PLAIN.encode(codec)
    chunks = [data[start : start + piece] for start in range(0, len(data), piece)]
    if codec in ("utf-16-le", "utf-16-be") and piece == 7:
        chunks = [data[:64], *(data[start : start + piece] for start in range(64, len(data), piece))]

    assert essence(read_log(PLAIN)) == essence(read_stream(chunks))


def test_text_that_was_decoded_wrongly_is_read_all_the_same() -> None:
    assert essence(read_log(PLAIN)) == essence(read_log("".join(f"{char}\x00" for char in PLAIN)))


def test_a_wrapped_fingerprint_is_joined_again() -> None:
    wrapped = PLAIN.replace(f" {FP} explicit", f"\n{FP} explicit")

    assert FP == read_log(wrapped).attempts[0].offers[0].fingerprint


def test_several_runs_are_several_attempts() -> None:
    reading = read_log("$ ssh -v one\n" + PLAIN + "\n$ git push\n" + PLAIN)

    assert ["ssh -v one", "git push"] == [a.command for a in reading.attempts]


def test_a_second_run_without_a_prompt_is_a_new_attempt() -> None:
    assert 2 == len(read_log(PLAIN + PLAIN).attempts)


def test_two_addresses_are_one_attempt() -> None:
    seen = attempt(
        "debug1: Connecting to h.example [2001:db8::1] port 22.\n"
        "debug1: connect to address 2001:db8::1 port 22: Connection timed out\n"
        "debug1: Connecting to h.example [198.51.100.1] port 22.\n"
        "debug1: Connection established.\n"
    )

    assert "198.51.100.1" == seen.address


def test_what_was_pasted_along_is_kept() -> None:
    reading = read_log(
        "Host work\n  HostName git.example.com\n  IdentityFile ~/.ssh/id_work\n"
        "$ git remote -v\norigin\tgit@git.example.com:acme/app.git (fetch)\n"
        "$ ls -l ~/.ssh\n-rw-r--r-- 1 mia mia 1675 Jan  1 12:00 id_work\n"
        f"$ ssh-add -l\n256 {FP} mia@laptop (ED25519)\n"
    )
    kinds = {event.event for event in reading.surroundings}

    assert {"config", "remote", "listed", "agent-listed"} <= kinds
    assert () == reading.attempts


def test_a_pasted_private_key_is_noticed_and_not_repeated() -> None:
    secret = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ"
    reading = read_log(
        f"-----BEGIN OPENSSH PRIVATE KEY-----\n{secret}\n-----END OPENSSH PRIVATE KEY-----\n{PLAIN}"
    )

    assert reading.around("private-key")
    assert secret not in repr(reading)


@pytest.mark.parametrize(
    "line",
    [
        "FATAL ERROR: No supported authentication methods available (server sent: publickey)",
        "com.jcraft.jsch.JSchException: Auth fail",
        "paramiko.ssh_exception.AuthenticationException: Authentication failed.",
        "paramiko.ssh_exception.SSHException: No authentication methods available",
        "asyncssh.misc.PermissionDenied: Permission denied for user git on host git.example.com",
        "ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain",
        "dbclient: Connection to git@h:22 exited: No auth methods could be used.",
        "error: Failed to authenticate SSH session: Unable to send userauth-publickey request",
        "Access denied for 'publickey'. Authentication that can continue: publickey,password",
    ],
)
def test_other_clients_refusals_are_refusals(line: str) -> None:
    assert "denied" == attempt(line).outcome


def test_escape_sequences_and_endless_lines_come_out_harmless() -> None:
    reading = read_log(
        "debug1: Connecting to h\x1b]52;c;YQ==\x07.example [1.2.3.4] port 22.\n"
        + "debug1: Offering public key: \u202e[red]/x/\x9b31m\x07.ssh/id\n"
        + "A" * 3_000_000
        + " Permission denied (publickey).\ngit@h.example: Permission denied (publickey).\n"
    )
    shown = repr(reading)

    assert not set("\x1b\x07\x9b\u202e") & set(shown)
    assert 1 == len(reading.attempts)
    assert max(len(event.text) for event in reading.attempts[0].events) < 1500


def test_a_long_log_is_read_in_bounded_memory() -> None:
    reading = read_stream(PLAIN.encode() for _ in range(20_000))

    assert 200_000 == reading.lines
    assert len(reading.attempts) <= 200
    assert reading.left_out
