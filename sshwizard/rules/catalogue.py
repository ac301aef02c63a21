"""Every finding: its frozen id, its area, its title and one line for the table. In the order that blocks.

The order is that in which a login meets the troubles: configuration, place, network, host key, algorithms,
key files, agents, offers, account, after the login. Knows no case and draws no conclusion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sshwizard.text import _

Area = Literal[
    "configuration",
    "place",
    "network",
    "host key",
    "algorithms",
    "key files",
    "agent",
    "offers",
    "account",
    "server",
    "after the login",
    "tool",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One kind of finding."""

    id: str
    """kebab-case, frozen: part of the JSON contract."""
    area: Area
    title: str
    """The trouble as a sentence fragment for a heading; translatable."""
    summary: str
    """One line for the table: what it means and what mends it; translatable."""


def _entry(id: str, area: Area, title: str, summary: str) -> Entry:
    return Entry(id=id, area=area, title=title, summary=summary)


CATALOGUE: tuple[Entry, ...] = (
    _entry(
        "config-perms",
        "configuration",
        "Others can change your ssh configuration",
        "ssh refuses every connection until the file belongs to you and only you can write it.",
    ),
    _entry(
        "config-encoding-bom",
        "configuration",
        "The ssh configuration has the wrong encoding",
        "A byte-order mark or UTF-16 stands before the first word; save the file as UTF-8 without BOM.",
    ),
    _entry(
        "config-unsupported-option",
        "configuration",
        "The configuration uses an option this ssh does not know",
        "Put `IgnoreUnknown OPTION` above it, or find out which other ssh is running.",
    ),
    _entry(
        "config-syntax",
        "configuration",
        "ssh cannot read a line of the configuration",
        "ssh stops at that line for every host; quote paths with blanks, correct the value.",
    ),
    _entry(
        "config-not-read",
        "configuration",
        "ssh does not read your configuration file",
        "It lies under a name or in a place where ssh does not look (`config.txt`, another home).",
    ),
    _entry(
        "config-value",
        "configuration",
        "ssh refuses a value in the configuration",
        "Correct the value; ssh stops there for every host.",
    ),
    _entry(
        "config-missing",
        "configuration",
        "A configuration file is missing or cannot be read",
        "Correct the path after -F or Include, or the file's rights.",
    ),
    _entry(
        "config-include-depth",
        "configuration",
        "Configuration files include one another too deeply",
        "Take the circle out of the Include lines.",
    ),
    _entry(
        "block-never-matches",
        "configuration",
        "A Host block never matches",
        "Correct the pattern; ssh compares it with the name as typed.",
    ),
    _entry(
        "hostname-not-a-name",
        "configuration",
        "HostName holds more than a name",
        "HostName takes a name or an address; user and port have lines of their own.",
    ),
    _entry(
        "duplicate-host",
        "configuration",
        "Two Host blocks for the same name",
        "The first value wins, IdentityFile adds up; one block is easier to read.",
    ),
    _entry(
        "order-trap",
        "configuration",
        "A general line comes before the particular ones",
        "Move what is for all hosts to the end of the file.",
    ),
    _entry(
        "unreachable-line",
        "configuration",
        "A line never takes effect",
        "An earlier line has set the same option already.",
    ),
    _entry(
        "identitiesonly-missing",
        "configuration",
        "Other keys may go first",
        "Without `IdentitiesOnly yes` the agent's keys are offered first.",
    ),
    _entry(
        "identitiesonly-without-identityfile",
        "configuration",
        "IdentitiesOnly without a key",
        "Only default names are tried; name a key with IdentityFile.",
    ),
    _entry(
        "identityfile-accumulates",
        "configuration",
        "More than one key is named for a host",
        "IdentityFile lines of all matching blocks add up.",
    ),
    _entry(
        "identityfile-public-half",
        "configuration",
        "IdentityFile names a public half",
        "Works only while an agent holds the private half.",
    ),
    _entry(
        "certificatefile-missing",
        "configuration",
        "A certificate file is not there",
        "ssh goes on without the certificate.",
    ),
    _entry(
        "include-missing",
        "configuration",
        "An included file is not there",
        "ssh says nothing about it; relative names are looked up in ~/.ssh.",
    ),
    _entry(
        "obsolete-option",
        "configuration",
        "An option has no effect any more",
        "Take the line out.",
    ),
    _entry(
        "root-user-mismatch",
        "place",
        "The command runs as root, the keys belong to you",
        "Run git and ssh without `sudo`; root has its own home and its own keys.",
    ),
    _entry(
        "home-dir-mismatch",
        "place",
        "ssh looks into another home folder",
        "Your keys are in one home, ssh reads another; correct HOME or give that account its own key.",
    ),
    _entry(
        "two-ssh-clients",
        "place",
        "git uses another ssh than the one you test with",
        "Two ssh programs have two sets of keys; choose one with `core.sshCommand`.",
    ),
    _entry(
        "ssh-missing",
        "place",
        "There is no ssh program",
        "Install OpenSSH, or tell git where it is (core.sshCommand).",
    ),
    _entry(
        "transport-retired",
        "place",
        "The provider has ended git over SSH at that address",
        "No key helps; use the address that the provider names instead.",
    ),
    _entry(
        "host-moved",
        "place",
        "The provider's git host has another name",
        "Point the remote to the name that the provider uses now.",
    ),
    _entry(
        "https-ssh-mismatch",
        "place",
        "The remote uses HTTPS, not SSH",
        "Keys play no part for an HTTPS URL; change the URL with `git remote set-url`, or use a token.",
    ),
    _entry(
        "net-dns-wrong",
        "network",
        "The host's name leads nowhere or to the wrong address",
        "Look at the spelling, the hosts file and the resolver.",
    ),
    _entry(
        "net-vpn-route",
        "network",
        "There is no route to the host",
        "Usually a VPN or the local network; try with the VPN off (or on).",
    ),
    _entry(
        "net-ipv6-broken",
        "network",
        "IPv6 leads nowhere on this network",
        "`ssh -4` works; `AddressFamily inet` for that host mends it.",
    ),
    _entry(
        "net-qos-tos",
        "network",
        "A device drops ssh's packets because of their service mark",
        "`IPQoS none` for that host.",
    ),
    _entry(
        "net-port-blocked",
        "network",
        "The ssh port of the host cannot be reached",
        "Port 22 is blocked on the way, or nothing listens; several forges also answer on port 443.",
    ),
    _entry(
        "net-proxy-misconfig",
        "network",
        "A proxy stands between you and the host and does not work",
        "Correct or remove the ProxyCommand or ProxyJump line, or the proxy itself.",
    ),
    _entry(
        "net-ssh-filtered",
        "network",
        "The connection is cut before ssh has begun",
        "Something on the way closes ssh connections; try another network or port 443.",
    ),
    _entry(
        "server-busy",
        "network",
        "The server turns connections away for now",
        "It has too many at once, or it penalises this address for a while; wait, then try once.",
    ),
    _entry(
        "wrong-host-reached",
        "network",
        "Something else answers at that address",
        "Not the server you meant: a port forward, a virtual machine, a captive portal.",
    ),
    _entry(
        "hostkey-changed",
        "host key",
        "The host shows another key than the one on record",
        "Compare with the published fingerprint; replace only this host's line, and only if it is equal.",
    ),
    _entry(
        "hostkey-revoked",
        "host key",
        "The host shows a key that is marked as revoked",
        "Do not connect; ask whoever runs the host.",
    ),
    _entry(
        "hostkey-withdrawn",
        "host key",
        "known_hosts still trusts a host key that its owner has withdrawn",
        "Take that line out: whoever has the old key could pose as the host.",
    ),
    _entry(
        "hostkey-unknown-noninteractive",
        "host key",
        "ssh meets this host for the first time and nobody can answer its question",
        "Put the published host key into known_hosts of the account that runs the job.",
    ),
    _entry(
        "hostkey-unknown",
        "host key",
        "ssh meets this host for the first time",
        "ssh will ask; compare the fingerprint before you type yes.",
    ),
    _entry(
        "alg-kex-mismatch",
        "algorithms",
        "Client and host have no key exchange, cipher or MAC in common",
        "The host is very old (or very strict): update it, or allow its method for this host only.",
    ),
    _entry(
        "alg-hostkey-mismatch",
        "algorithms",
        "Client and host have no host key type in common",
        "`HostKeyAlgorithms +ssh-rsa` for this host only, until the host is updated.",
    ),
    _entry(
        "alg-rsa-sha1-sig",
        "algorithms",
        "The host takes only SHA-1 signatures from RSA keys",
        "Use an Ed25519 or ECDSA key, or allow ssh-rsa for this host only.",
    ),
    _entry(
        "key-type-dsa-disabled",
        "algorithms",
        "The key is a DSA key, which ssh no longer uses",
        "Make an Ed25519 key and register it.",
    ),
    _entry(
        "key-weak-blacklisted",
        "algorithms",
        "The key comes from Debian's broken random generator",
        "Make a new key.",
    ),
    _entry(
        "foreign-files",
        "key files",
        "Files in your ssh folder belong to another account",
        "`sudo chown $USER` those files: a command under sudo made them.",
    ),
    _entry(
        "ssh-folder-perms",
        "key files",
        "Other accounts may write in your ssh folder",
        "`chmod 700 ~/.ssh`.",
    ),
    _entry(
        "private-half-misnamed",
        "key files",
        "A private half has the name of a public one",
        "Give each half a file of its own; nothing that holds a private half may end in .pub.",
    ),
    _entry(
        "public-half-misnamed",
        "key files",
        "A public half has a name that ssh does not look for",
        "Its name must be that of the private half, with .pub at the end.",
    ),
    _entry(
        "public-half-missing",
        "key files",
        "The public half of a key is missing",
        "`ssh-keygen -y` makes it from the private one.",
    ),
    _entry(
        "key-perms-open",
        "key files",
        "Others can read the private key, so ssh ignores it",
        "`chmod 600` the private key.",
    ),
    _entry(
        "key-perms-wsl-mount",
        "key files",
        "The key lies on a Windows drive, where WSL cannot protect it",
        "Copy it into the Linux home, then `chmod 600`.",
    ),
    _entry(
        "key-perms-windows-acl",
        "key files",
        "Windows lets other accounts read the private key",
        "Remove the inherited permissions with `icacls`.",
    ),
    _entry(
        "identityfile-path",
        "key files",
        "The configured key file is not where the path says",
        "Write `~/.ssh/NAME`; correct the spelling or the quotes.",
    ),
    _entry(
        "pubkey-used-as-private",
        "key files",
        "The public half stands where the private half belongs",
        "Name the file without `.pub`; put the private half into the secret.",
    ),
    _entry(
        "key-format-unsupported",
        "key files",
        "The key file has a format this ssh does not read",
        "Export it in OpenSSH format (PuTTYgen: Conversions).",
    ),
    _entry(
        "key-file-corrupt",
        "key files",
        "The private key file is damaged",
        "Line ends, a missing last line or a bad paste; write it again.",
    ),
    _entry(
        "certificate-not-valid",
        "key files",
        "The certificate is not valid now",
        "It has ended, or not begun; get a new one from whoever signs them.",
    ),
    _entry(
        "key-pair-mismatch",
        "key files",
        "The `.pub` file belongs to another private key",
        "Rebuild it: `ssh-keygen -y -f KEY > KEY.pub`.",
    ),
    _entry(
        "passphrase-no-prompt",
        "key files",
        "The key needs a passphrase and nobody can type it",
        "Load the key into an agent first, or use a separate key for machines.",
    ),
    _entry(
        "agent-not-running",
        "agent",
        "No agent is running",
        "Only needed to remember passphrases: start one, or name the key in the configuration.",
    ),
    _entry(
        "agent-stale-or-bridge",
        "agent",
        "The agent that ssh is pointed to does not answer",
        "Start the agent again or correct SSH_AUTH_SOCK or IdentityAgent.",
    ),
    _entry(
        "agent-cannot-prompt",
        "agent",
        "The agent has the key but refuses to sign",
        "It cannot ask you for the passphrase, the PIN or a touch, or you declined.",
    ),
    _entry(
        "agent-missing-keys",
        "agent",
        "The agent runs, but the key is not in it",
        "`ssh-add` the key.",
    ),
    _entry(
        "agent-bug",
        "agent",
        "The agent program itself seems broken",
        "Compare its version with the project's known faults; update or step back.",
    ),
    _entry(
        "sk-token-unavailable",
        "agent",
        "The security key cannot be used now",
        "Plug it in, unlock it, touch it; have a second key for remote sessions.",
    ),
    _entry(
        "wrong-username",
        "offers",
        "The login name is not the one the host expects",
        "`git@` on nearly every forge; some want their own name.",
    ),
    _entry(
        "key-missing",
        "offers",
        "There is no key on this machine yet",
        "Make one, then give the public half to the host.",
    ),
    _entry(
        "config-host-mismatch",
        "offers",
        "The right key is configured, but for another name",
        "Use the alias in the URL, or let the Host block match the real name.",
    ),
    _entry(
        "key-nondefault-name",
        "offers",
        "The right key exists, but ssh does not offer it",
        "Its name is not a default one and no configuration names it for this host.",
    ),
    _entry(
        "too-many-keys",
        "offers",
        "The host hangs up before the right key is offered",
        "Offer one key only: IdentityFile with `IdentitiesOnly yes`.",
    ),
    _entry(
        "wrong-account-key",
        "offers",
        "ssh logs in with the key of another account",
        "Name the wanted key for this host so that it goes first.",
    ),
    _entry(
        "wrong-text-registered",
        "account",
        "Something else than the public key was pasted into the account",
        "Copy the whole line of the `.pub` file and paste it again.",
    ),
    _entry(
        "key-not-registered",
        "account",
        "The host does not know your key",
        "Add the public half to your account there.",
    ),
    _entry(
        "password-for-nothing",
        "account",
        "The host asks for a password that does not exist",
        "It means that your key is not known there; add the public half to the account.",
    ),
    _entry(
        "login-breaks-off",
        "server",
        "The host falls silent or hangs up in the middle of the login",
        "It says nothing about the key; try once more later, then ask whoever runs the host.",
    ),
    _entry(
        "server-no-publickey",
        "server",
        "The host does not take keys at all",
        "It offers other ways to log in; keys must be allowed there first.",
    ),
    _entry(
        "server-authorized-keys-perms",
        "server",
        "The server ignores authorized_keys because others could change it",
        "On the server: `chmod go-w ~; chmod 700 ~/.ssh; chmod 600 ~/.ssh/authorized_keys`.",
    ),
    _entry(
        "server-selinux",
        "server",
        "SELinux keeps the server from reading authorized_keys",
        "On the server: `restorecon -R -v ~/.ssh`.",
    ),
    _entry(
        "server-account-config",
        "server",
        "The server's configuration or account keeps you out",
        "AllowUsers, a locked account, another AuthorizedKeysFile, or an option of the key.",
    ),
    _entry(
        "second-factor-wanted",
        "account",
        "The host takes the key and wants something more",
        "ssh asks you for it in a terminal; git without one cannot get in.",
    ),
    _entry(
        "saml-sso-required",
        "after the login",
        "The organisation wants the key authorised for single sign-on",
        "In the account's key list: Configure SSO, Authorize.",
    ),
    _entry(
        "repository-no-access",
        "after the login",
        "The key is fine; the account has no access to the repository",
        "Compare the repository's address; ask its owner for access.",
    ),
    _entry(
        "deploykey-readonly",
        "after the login",
        "The key may read but not write",
        "A deploy key with write access, or a key of your account.",
    ),
    _entry(
        "auth-ok-other-error",
        "after the login",
        "SSH works; the error is another one",
        "The key was accepted; look at the message after the login.",
    ),
    _entry(
        "client-bug",
        "tool",
        "This build of ssh seems to have a defect",
        "Try another build of ssh.",
    ),
    _entry(
        "bad-advice",
        "tool",
        "A dangerous cure was tried or suggested",
        "What to do instead, and how to take it back.",
    ),
    _entry(
        "private-key-pasted",
        "tool",
        "A private key stands in the text",
        "Take that key out of every account and make a new one.",
    ),
    _entry(
        "own-limit",
        "tool",
        "sshwizard cannot ask this host, though ssh may",
        "Let ssh itself try: `ssh -v`, and give its log to `sshwizard log`.",
    ),
    _entry(
        "rule-crashed",
        "tool",
        "One of our own checks failed",
        "The other findings stand; please report it.",
    ),
)

_RANK = {entry.id: number for number, entry in enumerate(CATALOGUE)}
_BY_ID = {entry.id: entry for entry in CATALOGUE}


def entry(id: str) -> Entry | None:
    """Return the entry of a finding id, or None for an unknown one."""
    return _BY_ID.get(id)


def rank(id: str) -> int:
    """Return how early this trouble meets a login: lower blocks first."""
    return _RANK.get(id, len(_RANK))


def title(id: str) -> str:
    """Return the translated heading of a finding id."""
    found = _BY_ID.get(id)
    return _(found.title) if found else id


def table() -> str:
    """Return the table of findings for the README, in Markdown."""
    rows = [
        f"| `{found.id}` | {found.title} | {found.summary} |"
        for found in sorted(CATALOGUE, key=lambda found: found.id)
    ]
    return "\n".join(["| id | what is wrong | in short |", "| --- | --- | --- |", *rows])
