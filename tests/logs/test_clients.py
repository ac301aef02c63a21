"""What the other clients print for a fault: each text names its client and the same cause as OpenSSH's would."""

from __future__ import annotations

import pytest

from sshwizard.logs import read_log
from sshwizard.rules import diagnose_log

KEY = "SHA256:" + "k" * 43
OLD = ":".join(["4f"] * 16)

SAID: dict[str, tuple[str, str, str]] = {
    "plink, no key": ("putty", "two-ssh-clients", "FATAL ERROR: No supported authentication methods available (server sent: publickey)\nfatal: Could not read from remote repository."),
    "plink, disconnected": ("putty", "two-ssh-clients", "FATAL ERROR: Disconnected: No supported authentication methods available (server sent: publickey,keyboard-interactive)"),
    "PuTTY, refused": ("putty", "key-not-registered", 'Using username "git".\nServer refused our key\nFATAL ERROR: No supported authentication methods available (server sent: publickey)'),
    "plink, host key not known": ("putty", "hostkey-unknown-noninteractive", "The host key is not cached for this server:\n  git.example.org (port 22)\nYou have no guarantee that the server is the computer you think it is.\nConnection abandoned."),
    "plink, host key changed": ("putty", "hostkey-changed", "WARNING - POTENTIAL SECURITY BREACH!\nThe host key does not match the one PuTTY has cached for this server:\n  git.example.org (port 22)"),
    "plink, timeout": ("putty", "net-port-blocked", "FATAL ERROR: Network error: Connection timed out"),
    "plink, key format": ("putty", "key-format-unsupported", 'Unable to use key file "C:\\keys\\id_ed25519" (OpenSSH SSH-2 private key (new format))\nFATAL ERROR: No supported authentication methods available (server sent: publickey)'),
    "plink, kex": ("putty", "alg-kex-mismatch", "FATAL ERROR: Couldn't agree a key exchange algorithm (available: diffie-hellman-group1-sha1)"),
    "Dropbear, refused": ("dropbear", "key-not-registered", "dbclient: Connection to git@git.example.org:22 exited: No auth methods could be used."),
    "Dropbear, host key": ("dropbear", "hostkey-unknown-noninteractive", "dbclient: Connection to git@git.example.org:22 exited: Didn't validate host key"),
    "libssh": ("libssh", "key-not-registered", "Error: Access denied for 'publickey'. Authentication that can continue: publickey"),
    "libssh, kex": ("libssh", "alg-kex-mismatch", "Error: kex error : no match for method kex algos: server [diffie-hellman-group1-sha1], client [curve25519-sha256]"),
    "libgit2": ("libssh2", "key-not-registered", "failed to authenticate SSH session: Callback returned error; class=Ssh (23); code=Auth (-16)"),
    "libssh2, no public half": ("libssh2", "key-format-unsupported", "Failed to authenticate SSH session: Unable to extract public key from private key file: Wrong passphrase or invalid/unrecognized private key file format"),
    "JSch, refused": ("jsch", "key-not-registered", "org.eclipse.jgit.api.errors.TransportException: git@git.example.org:team/app.git: Auth fail\nCaused by: com.jcraft.jsch.JSchException: Auth fail\n\tat com.jcraft.jsch.Session.connect(Session.java:519)"),
    "JSch, key format": ("jsch", "key-format-unsupported", "Caused by: com.jcraft.jsch.JSchException: invalid privatekey: [B@2b9627bc"),
    "JSch, host key": ("jsch", "hostkey-unknown-noninteractive", "com.jcraft.jsch.JSchException: UnknownHostKey: git.example.org. RSA key fingerprint is " + OLD),
    "JSch, host key changed": ("jsch", "hostkey-changed", "com.jcraft.jsch.JSchException: HostKey has been changed: git.example.org"),
    "JSch, reject": ("jsch", "hostkey-unknown-noninteractive", "com.jcraft.jsch.JSchException: reject HostKey: git.example.org"),
    "paramiko, refused": ("paramiko", "key-not-registered", "  File \"paramiko/client.py\", line 435, in connect\nparamiko.ssh_exception.AuthenticationException: Authentication failed."),
    "paramiko, nothing to offer": ("paramiko", "key-missing", "paramiko.ssh_exception.SSHException: No authentication methods available"),
    "paramiko, passphrase": ("paramiko", "passphrase-no-prompt", "paramiko.ssh_exception.PasswordRequiredException: Private key file is encrypted"),
    "paramiko, format": ("paramiko", "key-format-unsupported", "paramiko.ssh_exception.SSHException: not a valid OPENSSH private key file"),
    "paramiko, host key": ("paramiko", "hostkey-changed", "paramiko.ssh_exception.BadHostKeyException: Host key for server 'git.example.org' does not match: got 'AAAA', expected 'BBBB'"),
    "paramiko, unknown host": ("paramiko", "hostkey-unknown-noninteractive", "paramiko.ssh_exception.SSHException: Server 'git.example.org' not found in known_hosts"),
    "paramiko, port": ("paramiko", "net-port-blocked", "paramiko.ssh_exception.NoValidConnectionsError: [Errno None] Unable to connect to port 22 on 198.51.100.3"),
    "paramiko, banner": ("paramiko", "net-ssh-filtered", "paramiko.ssh_exception.SSHException: Error reading SSH protocol banner"),
    "asyncssh, refused": ("asyncssh", "key-not-registered", "asyncssh.misc.PermissionDenied: Permission denied for user git on host git.example.org"),
    "asyncssh, host key": ("asyncssh", "hostkey-unknown-noninteractive", "asyncssh.misc.HostKeyNotVerifiable: Host key is not trusted for host git.example.org"),
    "Go": ("go", "agent-missing-keys", "ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain"),
    "Go, host key": ("go", "hostkey-unknown-noninteractive", "ssh: handshake failed: knownhosts: key is unknown"),
    "Go, host key changed": ("go", "hostkey-changed", "ssh: handshake failed: knownhosts: key mismatch"),
    "Apple": ("apple-openssh", "config-unsupported-option", "OpenSSH_9.8p1, LibreSSL 3.3.6\n/Users/ria/.ssh/config: line 4: Bad configuration option: pubkeyacceptedtypes\n/Users/ria/.ssh/config: terminating, 1 bad configuration options"),
    "Windows": ("windows-openssh", "key-perms-windows-acl", "OpenSSH_for_Windows_9.5p1, LibreSSL 3.8.2\nBad permissions. Try removing permissions for user: BUILTIN\\\\Users (S-1-5-32-545) on file C:/Users/ria/.ssh/id_rsa."),
    "Git for Windows": ("git-bash", "key-missing", "debug1: OpenSSH_10.0p2, OpenSSL 3.2.4 11 Feb 2025\ndebug1: identity file /c/Users/ria/.ssh/id_rsa type -1\ndebug1: Authentications that can continue: publickey\ndebug1: Trying private key: /c/Users/ria/.ssh/id_rsa\ndebug1: No more authentication methods to try.\ngit@github.com: Permission denied (publickey).\n$ ls ~/.ssh\nls: cannot access '/c/Users/ria/.ssh': the folder does not exist, I have no key"),
    "OpenSSH 5.3": ("openssh", "key-not-registered", "OpenSSH_5.3p1, OpenSSL 1.0.1e-fips 11 Feb 2013\ndebug1: Authentications that can continue: publickey\ndebug1: Offering public key: /home/ria/.ssh/id_rsa\ndebug1: Authentications that can continue: publickey\ndebug1: No more authentication methods to try.\nPermission denied (publickey).\nI never uploaded it."),
    "OpenSSH 7.4": ("openssh", "too-many-keys", "OpenSSH_7.4p1, OpenSSL 1.0.2k-fips  26 Jan 2017\n" + "debug1: Offering RSA public key: k\ndebug1: Authentications that can continue: publickey\n" * 6 + "Received disconnect from 198.51.100.3 port 22:2: Too many authentication failures\n"),
    "VS Code Remote": ("openssh", "key-perms-open", "[10:11:12.345] > @         WARNING: UNPROTECTED PRIVATE KEY FILE!          @\n[10:11:12.346] > Permissions 0644 for '/Users/ria/.ssh/id_rsa' are too open.\n[10:11:12.400] > ria@box: Permission denied (publickey).\n[10:11:12.401] Got some output, clearing connection timeout\n"),
    "GitHub Desktop": ("openssh", "key-not-registered", "2026-11-21T10:11:12.345Z - error: [ui] `git -c credential.helper= fetch origin` exited with an unexpected code: 128.\nstderr:\ngit@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository."),
    "JetBrains": ("openssh", "hostkey-unknown-noninteractive", "10:11:12.345: [app] git -c core.quotepath=false fetch origin --progress --prune\nHost key verification failed.\nfatal: Could not read from remote repository."),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_the_cause_is_named_in_that_client_s_words(name: str) -> None:
    client, cause, text = SAID[name]
    found = diagnose_log(read_log(text))

    assert found.findings, found
    assert found.findings[0].id == cause, [(one.id, one.certainty) for one in found.findings]
    assert {attempt.client for attempt in found.reading.attempts} <= {client, "unknown"}


@pytest.mark.parametrize("name", [name for name in SAID if SAID[name][0] not in ("openssh",)])
def test_the_client_is_known_by_its_words(name: str) -> None:
    client, _cause, text = SAID[name]

    assert client in {attempt.client for attempt in read_log(text).attempts}


ALONG = f"""\
$ ssh -G github.com
host github.com
user git
hostname github.com
port 22
identityfile ~/.ssh/id_rsa
$ ssh-add -l
256 {KEY} ria@box (ED25519)
$ ls -l ~/.ssh
-rw------- 1 ria ria 411 Nov 21 10:00 work
-rw-r--r-- 1 ria ria 101 Nov 21 10:00 work.pub
$ git remote -v
origin\tgit@github.com:ria/app.git (fetch)
origin\tgit@github.com:ria/app.git (push)
$ git push
git@github.com: Permission denied (publickey).
"""


def test_what_is_pasted_along_is_read() -> None:
    reading = read_log(ALONG)
    kinds = {event.event for event in reading.surroundings}

    assert {"config", "agent-listed", "listed", "remote"} <= kinds
    assert reading.attempts[-1].host == "github.com"


def test_several_attempts_in_one_paste_are_told_apart() -> None:
    text = "$ ssh -T git@github.com\ngit@github.com: Permission denied (publickey).\n$ ssh -T git@gitlab.com\nWelcome to GitLab, @ria!\n"
    outcomes = [(one.host, one.outcome) for one in read_log(text).attempts]

    assert outcomes == [("github.com", "denied"), ("gitlab.com", "authenticated")]
