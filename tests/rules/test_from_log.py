"""Each cause that a log can show: a few lines that show it, and lines that only look like it."""

from __future__ import annotations

import pytest

from sshwizard.logs import read_log
from sshwizard.model.log import LogDiagnosis
from sshwizard.rules import diagnose_log
from sshwizard.rules.catalogue import CATALOGUE

START = (
    "OpenSSH_9.2p1 Debian-2+deb12u3, OpenSSL 3.0.14 4 Jun 2024\n"
    "debug1: Reading configuration data /home/mia/.ssh/config\n"
    "debug1: Connecting to {host} [198.51.100.7] port 22.\n"
    "debug1: Connection established.\n"
    "debug1: identity file /home/mia/.ssh/id_ed25519 type 3\n"
    "debug1: Remote protocol version 2.0, remote software version {server}\n"
    "debug1: Authenticating to {host}:22 as '{user}'\n"
    "debug1: SSH2_MSG_SERVICE_ACCEPT received\n"
    "debug1: Authentications that can continue: publickey\n"
    "debug1: Next authentication method: publickey\n"
)
FP = "SHA256:" + "c" * 43
OFFER = f"debug1: Offering public key: /home/mia/.ssh/id_ed25519 ED25519 {FP}\n"
ACCEPT = f"debug1: Server accepts key: /home/mia/.ssh/id_ed25519 ED25519 {FP}\n"
REFUSAL = "debug1: Authentications that can continue: publickey\n"
END = "debug1: No more authentication methods to try.\n{user}@{host}: Permission denied (publickey).\n"
LOGIN = 'Authenticated to {host} ([198.51.100.7]:22) using "publickey".\n'


def forge(*parts: str, user: str = "git") -> str:
    return (START + "".join(parts)).format(host="github.com", server="babeld-8b3f2", user=user)


def box(*parts: str, server: str = "OpenSSH_9.6") -> str:
    return (START + "".join(parts)).format(host="box.example.net", server=server, user="mia")


REFUSED = forge(OFFER, REFUSAL, END)
NOTHING = forge("debug1: Trying private key: /home/mia/.ssh/id_rsa\n", END)
WORKS = forge(
    OFFER,
    ACCEPT,
    LOGIN,
    "Hi mia! You've successfully authenticated, but GitHub does not provide shell access.\n",
)

SHOWS: dict[str, tuple[str, str]] = {
    "config-perms": ("Bad owner or permissions on /home/mia/.ssh/config", "ls: /home/mia/.ssh/config: Permission denied"),
    "config-encoding-bom": (r"/c/Users/mia/.ssh/config: line 1: Bad configuration option: \357\273\277host", "/c/Users/mia/.ssh/config: line 1: Bad configuration option: hosst"),
    "config-unsupported-option": ("/Users/mia/.ssh/config: line 3: Bad configuration option: addkeystoagents", r"config: line 1: Bad configuration option: \357\273\277#"),
    "config-syntax": ('/home/mia/.ssh/config line 8: garbage at end of line; "keys/id".', "debug1: /home/mia/.ssh/config line 8: Applying options for *"),
    "config-not-read": (NOTHING.replace("/home/mia/.ssh/config", "/etc/ssh/ssh_config") + "\n$ ls ~/.ssh\nconfig.txt  id_work  id_work.pub", NOTHING + "\n$ ls ~/.ssh\nconfig.txt"),
    "root-user-mismatch": ("$ sudo git pull\ngit@github.com: Permission denied (publickey).", "$ git pull\ngit@github.com: Permission denied (publickey).\nThe same without sudo."),
    "home-dir-mismatch": (NOTHING.replace("/home/mia", "C:\\Windows\\system32\\config\\systemprofile"), NOTHING),
    "two-ssh-clients": ("$ git fetch\nFATAL ERROR: No supported authentication methods available (server sent: publickey)", REFUSED),
    "https-ssh-mismatch": ("$ git clone https://github.com/mia/app\nfatal: repository 'https://github.com/mia/app/' not found", "$ git clone git@github.com:mia/app\nERROR: Repository not found."),
    "net-dns-wrong": ("debug1: Connecting to github.com [127.0.0.1] port 22.\nssh: connect to host github.com port 22: Connection refused", "debug1: Connecting to localhost [127.0.0.1] port 22.\nssh: connect to host localhost port 22: Connection refused"),
    "net-vpn-route": ("ssh: connect to host git.example.com port 22: No route to host", "ssh: connect to host git.example.com port 22: Connection timed out"),
    "net-ipv6-broken": ("debug1: Connecting to git.example.com [2001:db8::7] port 22.\ndebug1: connect to address 2001:db8::7 port 22: Connection timed out\ndebug1: Connecting to git.example.com [198.51.100.7] port 22.\ndebug1: Connection established.\n", "debug1: Connecting to git.example.com [2001:db8::7] port 22.\ndebug1: Connection established.\n"),
    "net-qos-tos": ("debug1: Connecting to git.example.com [198.51.100.7] port 22.\ndebug3: set_sock_tos: set socket 3 IP_TOS 0x48\ndebug1: connect to address 198.51.100.7 port 22: Network is unreachable", "debug1: Connecting to git.example.com [198.51.100.7] port 22.\ndebug1: connect to address 198.51.100.7 port 22: No route to host"),
    "net-port-blocked": ("ssh: connect to host github.com port 22: Operation timed out", "ssh: connect to host github.com port 22: No route to host"),
    "net-proxy-misconfig": ("debug1: Executing proxy command: exec nc -X 5 -x 127.0.0.1:1080 github.com 22\nkex_exchange_identification: Connection closed by remote host\nConnection closed by UNKNOWN port 65535", "kex_exchange_identification: Connection closed by remote host\nConnection closed by 198.51.100.7 port 22"),
    "net-ssh-filtered": ("debug1: Connecting to git.example.com [198.51.100.7] port 22.\ndebug1: Connection established.\nkex_exchange_identification: read: Connection reset by peer", "debug1: Connecting to git.example.com [198.51.100.7] port 22.\ndebug1: Connection established.\nkex_exchange_identification: banner line 0: HTTP/1.1 502 Bad Gateway"),
    "server-busy": ("kex_exchange_identification: banner line 0: Not allowed at this time\nConnection closed", "Permission denied (publickey)."),
    "wrong-host-reached": (forge(OFFER, REFUSAL, END).replace("babeld-8b3f2", "OpenSSH_8.9p1 Ubuntu-3"), REFUSED),
    "hostkey-changed": ("@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nOffending ECDSA key in /home/mia/.ssh/known_hosts:4\nHost key verification failed.", "No ED25519 host key is known for box.example.net and you have requested strict checking.\nHost key verification failed."),
    "hostkey-revoked": ("@       WARNING: REVOKED HOST KEY DETECTED!               @\nThe ED25519 host key for box.example.net is marked as revoked.\nHost key verification failed.", "Host key verification failed."),
    "hostkey-unknown-noninteractive": ("No ED25519 host key is known for box.example.net and you have requested strict checking.\nHost key verification failed.", "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed."),
    "alg-kex-mismatch": ("Unable to negotiate with 198.51.100.7 port 22: no matching cipher found. Their offer: aes128-cbc,3des-cbc", "Unable to negotiate with 198.51.100.7 port 22: no matching host key type found. Their offer: ssh-dss"),
    "alg-hostkey-mismatch": ("Unable to negotiate with 198.51.100.7 port 22: no matching host key type found. Their offer: ssh-rsa", "Unable to negotiate with 198.51.100.7 port 22: no matching MAC found. Their offer: hmac-md5"),
    "alg-rsa-sha1-sig": (box(OFFER.replace("ED25519", "RSA"), "debug1: send_pubkey_test: no mutual signature algorithm\n", END, server="OpenSSH_6.6"), box(OFFER, REFUSAL, END)),
    "key-type-dsa-disabled": (box("debug1: Skipping ssh-dss key /home/mia/.ssh/id_dsa - corresponding algo not in PubkeyAcceptedAlgorithms\n", END), box(OFFER, REFUSAL, END)),
    "key-perms-open": ("Permissions 0644 for '/home/mia/.ssh/id_ed25519' are too open.\nPermission denied (publickey).", "Permissions 0777 for '/mnt/c/keys/id' are too open.\nLogin next: " + "mia@box.example.net: Permission denied (publickey)."),
    "key-perms-wsl-mount": ("Permissions 0555 for '/mnt/d/keys/id_rsa' are too open.", "Permissions 0644 for '/home/mia/mnt/id_rsa' are too open."),
    "key-perms-windows-acl": (r"Bad permissions. Try removing permissions for user: NT AUTHORITY\\Authenticated Users (S-1-5-11) on file D:/keys/id_rsa.", "Permissions 0644 for '/home/mia/.ssh/id' are too open."),
    "identityfile-path": ("Warning: Identity file /home/mia/id_work not accessible: No such file or directory.\nmia@box.example.net: Permission denied (publickey).", REFUSED),
    "pubkey-used-as-private": ('Load key "/home/mia/.ssh/work.pub": invalid format\ngit@github.com: Permission denied (publickey).', 'Load key "/home/mia/.ssh/work.ppk": invalid format\ngit@github.com: Permission denied (publickey).'),
    "key-format-unsupported": ('Load key "C:\\keys\\work.ppk": invalid format', 'Load key "/home/mia/.ssh/id": bad permissions'),
    "key-file-corrupt": ('Load key "/tmp/deploy": error in libcrypto\ngit@github.com: Permission denied (publickey).', 'Load key "/tmp/deploy": incorrect passphrase supplied to decrypt private key'),
    "key-pair-mismatch": (forge(OFFER, ACCEPT, "identity_sign: private key /home/mia/.ssh/id_ed25519 contents do not match public\n", END), REFUSED),
    "passphrase-no-prompt": (forge(OFFER, ACCEPT, "debug1: read_passphrase: can't open /dev/tty: No such device or address\n", END), REFUSED),
    "agent-not-running": ("$ ssh-add ~/.ssh/id\nCould not open a connection to your authentication agent.", "$ ssh-add -l\nThe agent has no identities."),
    "agent-stale-or-bridge": ("$ ssh-add -l\nerror fetching identities: communication with agent failed", "$ ssh-add -l\nThe agent has no identities."),
    "agent-cannot-prompt": (forge(OFFER, ACCEPT, 'sign_and_send_pubkey: signing failed for ED25519-SK "mia" from agent: agent refused operation\n', END), REFUSED),
    "agent-missing-keys": ("Agent admitted failure to sign using the key.\nPermission denied (publickey).", REFUSED),
    "agent-bug": ("$ ssh-add -l\nerror fetching identities: agent refused operation", "$ ssh-add -l\nThe agent has no identities."),
    "sk-token-unavailable": (forge(OFFER, ACCEPT, 'sign_and_send_pubkey: signing failed for ED25519-SK "k": device not found\n', END), REFUSED),
    "wrong-username": (forge(OFFER, REFUSAL, END, user="mia"), REFUSED),
    "key-missing": (NOTHING + "\n$ ssh-add -l\nThe agent has no identities.\n", REFUSED),
    "config-host-mismatch": ("Host gh-work\n  HostName github.com\n  IdentityFile ~/.ssh/id_work\n\n$ git remote -v\norigin  git@github.com:acme/app.git (fetch)\n" + REFUSED, "Host *.com\n  IdentityFile ~/.ssh/id_work\n\n" + REFUSED),
    "key-nondefault-name": (NOTHING + "\n$ ls ~/.ssh\nacme  acme.pub  known_hosts\n", WORKS),
    "too-many-keys": (box(OFFER, REFUSAL, OFFER.replace("id_ed25519", "b").replace("c" * 43, "d" * 43), "Received disconnect from 198.51.100.7 port 22:2: Too many authentication failures\n"), box(OFFER, REFUSAL, END)),
    "wrong-account-key": ("ERROR: Permission to acme/app.git denied to mia-home.\nfatal: Could not read from remote repository.", "remote: Permission to write the file denied"),
    "key-not-registered": (REFUSED, WORKS),
    "server-authorized-keys-perms": ("Nov 21 12:00:01 box sshd[812]: Authentication refused: bad ownership or modes for directory /home/mia", REFUSED),
    "server-selinux": ("Nov 21 12:00:01 box sshd[812]: error: Could not open user 'mia' authorized keys '/home/mia/.ssh/authorized_keys': Permission denied", "Nov 21 12:00:01 box sshd[812]: Could not open user 'mia' authorized keys '/etc/keys/mia': No such file or directory"),
    "server-account-config": ("Nov 21 12:00:01 box sshd[812]: User mia from 198.51.100.9 not allowed because not listed in AllowUsers", "Nov 21 12:00:01 box sshd[812]: Accepted publickey for mia from 198.51.100.9 port 5000 ssh2: ED25519 " + FP),
    "ssh-missing": ("error: cannot run ssh: No such file or directory\nfatal: unable to fork", "fatal: Could not read from remote repository.\n"),
    "server-no-publickey": ("mia@box.example.net: Permission denied (password,keyboard-interactive).", "mia@box.example.net: Permission denied (publickey,password)."),
    "saml-sso-required": ("ERROR: The 'acme' organization has enabled or enforced SAML SSO. To access\nfatal: Could not read from remote repository.", WORKS),
    "deploykey-readonly": ("ERROR: The key you are authenticating with has been marked as read only.", WORKS),
    "auth-ok-other-error": (WORKS + "fatal: could not create work tree dir 'app': Permission denied", REFUSED),
    "client-bug": ("OpenSSH_8.0p1, OpenSSL 1.0.2s\ndebug1: Connecting to box.example.net [198.51.100.7] port 22.\ndebug1: Connection established.\nSegmentation fault (core dumped)", REFUSED),
    "bad-advice": ("$ chmod -R 777 ~/.ssh\n" + REFUSED, REFUSED),
    "private-key-pasted": ("$ cat id\n-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n" + REFUSED, "$ head -1 id.pub\nssh-ed25519 AAAA mia\n" + REFUSED),
}  # fmt: skip
"""Finding → a log that shows it, and one that does not."""

NOT_IN_A_LOG = {
    "foreign-files", "ssh-folder-perms", "private-half-misnamed", "public-half-misnamed", "public-half-missing",
    "hostkey-unknown", "key-weak-blacklisted", "wrong-text-registered", "transport-retired",
    "host-moved", "password-for-nothing",
    "rule-crashed", "login-breaks-off", "second-factor-wanted", "own-limit", "certificate-not-valid", "config-value", "config-missing", "config-include-depth", "block-never-matches",
    "hostname-not-a-name", "duplicate-host", "order-trap", "unreachable-line", "identitiesonly-missing",
    "identitiesonly-without-identityfile", "identityfile-accumulates", "identityfile-public-half",
    "certificatefile-missing", "include-missing", "obsolete-option", "repository-no-access", "hostkey-withdrawn",
}  # fmt: skip
"""Causes that no line of a log gives away, or that only a live check can find."""


def diagnose(text: str) -> LogDiagnosis:
    found = diagnose_log(read_log(text))
    assert not [f for f in found.findings if f.id == "rule-crashed"], found.findings
    return found


def test_every_cause_has_its_log() -> None:
    assert {entry.id for entry in CATALOGUE} == set(SHOWS) | NOT_IN_A_LOG


@pytest.mark.parametrize("id", SHOWS)
def test_the_cause_is_named(id: str) -> None:
    found = diagnose(SHOWS[id][0])

    ids = [f.id for f in found.findings]
    remarks = id in ("bad-advice", "private-key-pasted")
    assert id in ids if remarks else id == ids[0], ids
    finding = next(f for f in found.findings if f.id == id)
    assert finding.evidence and all(e.line for e in finding.evidence)
    assert finding.fixes and finding.conclusion


@pytest.mark.parametrize("id", SHOWS)
def test_what_only_looks_like_it_is_not_taken_for_it(id: str) -> None:
    found = diagnose(SHOWS[id][1])

    assert not [f for f in found.findings if f.id == id and f.certainty != "possible"], found.findings


def test_a_bare_refusal_is_not_decided_and_asks_for_the_debug_lines() -> None:
    found = diagnose(
        "git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.\n"
    )

    assert "cannot_tell" == found.verdict
    assert {"possible"} == {f.certainty for f in found.findings}
    assert found.ask_for[0].startswith("ssh -v -T git@github.com")
    assert found.missing


def test_a_refusal_of_git_asks_through_git() -> None:
    found = diagnose("$ git push\ngit@github.com: Permission denied (publickey).\n")

    assert found.ask_for[0].startswith('GIT_SSH_COMMAND="ssh -v" git')


def test_a_decided_log_asks_for_nothing() -> None:
    assert () == diagnose(SHOWS["config-perms"][0]).ask_for


def test_the_latest_success_does_not_hide_an_earlier_failure() -> None:
    found = diagnose(SHOWS["hostkey-changed"][0] + "\n" + WORKS)

    assert "hostkey-changed" == found.findings[0].id


def test_client_and_server_logs_are_judged_together() -> None:
    found = diagnose(box(OFFER, REFUSAL, END) + SHOWS["server-authorized-keys-perms"][0])

    assert "server-authorized-keys-perms" == found.findings[0].id
    assert "certain" == found.findings[0].certainty


def test_a_name_out_of_the_log_never_becomes_part_of_a_command() -> None:
    evil = "Warning: Identity file /tmp/$(touch x);rm not accessible: No such file or directory.\nPermission denied (publickey).\n"
    commands = [
        fix.command
        for f in diagnose(
            evil + SHOWS["key-perms-open"][0].replace("/home/mia/.ssh/id_ed25519", "/tmp/`id`")
        ).findings
        for fix in f.fixes
    ]

    assert commands
    assert not [c for c in commands if "touch" in c or "`id`" in c]


def test_an_old_record_and_the_published_key_are_told_apart() -> None:
    log = SHOWS["hostkey-changed"][0].replace(
        "Offending",
        "The fingerprint for the RSA key sent by the remote host is\nSHA256:uNiVztksCsDhcc0u9e8BujQXVUpKZIDTMczCvj3tD2s.\nOffending",
    )

    assert "GitHub publishes" in diagnose(log).findings[0].conclusion
