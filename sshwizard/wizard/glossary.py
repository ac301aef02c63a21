"""The field's words in plain ones, for `?` and `sshwizard explain WORD`. Findings are in `rules.catalogue`."""

from __future__ import annotations

from dataclasses import dataclass

from sshwizard.text import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One word, explained."""

    word: str
    also: tuple[str, ...]
    """Other spellings people look for."""
    text: str


def _term(word: str, text: str, *also: str) -> Term:
    return Term(word=word, also=also, text=text)


TERMS: tuple[Term, ...] = (
    _term(
        "key",
        "A key is a pair of files that belong together: the private half (`id_ed25519`) stays on this machine, "
        "the public half (`id_ed25519.pub`) may be given to any host. Whoever has the private half can log in "
        "wherever the public half is known.",
        "key pair",
        "keypair",
        "ssh key",
    ),
    _term(
        "public half",
        "The part of a key that hosts may see, one line in a file that ends in `.pub`. It is added to your "
        "account at the host. Giving it away does no harm.",
        "public key",
    ),
    _term(
        "private half",
        "The part of a key that never leaves this machine. ssh refuses to use the file when other people on "
        "the machine can read it. A passphrase protects it if the disk is stolen.",
        "private key",
    ),
    _term(
        "identity",
        "A key that ssh may use: a file that the configuration names (`IdentityFile`), a file with a default "
        "name, or a key that the agent holds.",
    ),
    _term(
        "offer",
        "ssh shows the host one public half after the other and asks: would you take this one? Each question is "
        "an offer. The first key that the host accepts decides who you are there.",
        "offering public key",
    ),
    _term(
        "PK_OK",
        "The host's answer to an offer: I would take this key (SSH_MSG_USERAUTH_PK_OK, RFC 4252 section 7). It "
        "is willingness, not a login: the client still has to prove with a signature that it has the private half.",
        "accepted",
    ),
    _term(
        "permission denied",
        "`Permission denied (publickey)` means: the host was reached, and it accepted none of the keys that ssh "
        "offered for this user name. The word in brackets is what it would take.",
        "permission denied (publickey)",
        "denied",
    ),
    _term(
        "try limit",
        "A host hangs up after a number of refused keys, usually 6 (MaxAuthTries in sshd_config). When the right "
        "key is the 7th, the host never sees it.",
        "MaxAuthTries",
        "too many authentication failures",
    ),
    _term(
        "default name",
        "Files that ssh tries unasked when the configuration names none: id_rsa, id_ecdsa, id_ecdsa_sk, "
        "id_ed25519, id_ed25519_sk (and id_xmss, id_dsa in some versions) in ~/.ssh. A key with any other name "
        "is sent only when a line or the agent brings it.",
        "default names",
        "id_rsa",
        "id_ed25519",
    ),
    _term(
        "agent",
        "The program that remembers your keys while you are logged in, so that a passphrase is typed once. ssh "
        "finds it through the variable SSH_AUTH_SOCK or the option IdentityAgent, and offers the keys it holds "
        "before keys that are only in files.",
        "ssh-agent",
        "SSH_AUTH_SOCK",
    ),
    _term(
        "passphrase",
        "A sentence that locks the private half on this disk. It is not the password of any account, and it is "
        "never sent anywhere.",
    ),
    _term(
        "fingerprint",
        "A short name for a public half, computed from it: `SHA256:` and 43 characters. Two keys with the same "
        "fingerprint are the same key. Older tools show the MD5 form with colons.",
        "SHA256",
        "MD5",
    ),
    _term(
        "comment",
        "Free text at the end of a public half, often `you@machine`. It means nothing to ssh or to the host.",
    ),
    _term(
        "host key",
        "The key by which a host proves that it is itself. ssh notes it in known_hosts at the first visit and "
        "refuses to go on when it has changed.",
        "hostkey",
    ),
    _term(
        "known_hosts",
        "The file ~/.ssh/known_hosts with the host keys seen before. Names in it may be hashed, so that the file "
        "does not tell where you connect to.",
        "known hosts",
    ),
    _term(
        "ssh_config",
        "The file ~/.ssh/config (and /etc/ssh/ssh_config) with options for ssh. For most options the first value "
        "found wins, so special blocks stand above general ones. `sshwizard config show HOST` says which line won.",
        "config",
        "ssh config",
        "~/.ssh/config",
    ),
    _term(
        "Host block",
        "The lines after `Host NAME` in ssh_config hold for destinations whose name, as typed, matches one of the "
        "patterns. `*` matches anything, `!name` excludes.",
        "Host",
        "alias",
    ),
    _term(
        "Match block",
        "The lines after `Match …` in ssh_config hold when all of its conditions do. sshwizard runs no "
        "`Match exec` command; it shows both outcomes.",
        "Match",
    ),
    _term(
        "IdentityFile",
        "Names a key file to offer. Several lines add up: one in a block for the host and one under `Host *` are "
        "both in force.",
    ),
    _term(
        "IdentitiesOnly",
        "`IdentitiesOnly yes` keeps ssh from offering keys of the agent that no IdentityFile line names. Named "
        "keys that the agent holds still go before named keys in files.",
    ),
    _term(
        "IdentityAgent",
        "Names the agent that ssh asks, in place of SSH_AUTH_SOCK; `none` switches agents off.",
    ),
    _term(
        "ProxyJump",
        "Reach a host by way of another one. Each of the two logins has its own keys and its own configuration.",
        "jump",
        "jump host",
        "bastion",
    ),
    _term(
        "certificate",
        "A public half signed by an authority that the host trusts, with a time during which it is valid and the "
        "account names (principals) it is good for.",
        "principal",
    ),
    _term(
        "security key",
        "A key whose private half is in a small device; each use needs a touch. Its type begins with `sk-`.",
        "FIDO",
        "yubikey",
        "ed25519-sk",
    ),
    _term(
        "ed25519",
        "The kind of key to make today: short, fast, taken nearly everywhere. A few services take only RSA.",
    ),
    _term(
        "rsa",
        "The oldest kind of key still in use. 3072 bits or more are advised. The key type is `ssh-rsa` for ever; "
        "what was retired is the SHA-1 signature of the same name (see `signature algorithm`).",
        "ssh-rsa",
    ),
    _term(
        "signature algorithm",
        "How a key signs. An RSA key can sign as ssh-rsa (SHA-1, refused by current ssh and hosts), rsa-sha2-256 or "
        "rsa-sha2-512 (RFC 8332). Old software may know only the first.",
        "rsa-sha2-512",
        "rsa-sha2-256",
        "algorithm",
    ),
    _term(
        "kex",
        "Key exchange: how client and host agree on the secret that encrypts the connection, before any login "
        "(RFC 4253). It has nothing to do with your keys.",
        "key exchange",
    ),
    _term(
        "banner",
        "Text that a host shows before the login. The line that begins with `SSH-2.0-` is its identification string.",
        "version string",
    ),
    _term(
        "deploy key",
        "A public half that belongs to one repository instead of an account; often it may only read.",
        "account key",
    ),
    _term(
        "remote",
        "A repository's name for a place to fetch from and push to, `origin` for instance. `git remote -v` lists "
        "them. Only addresses like `git@host:path` and `ssh://…` use keys.",
        "origin",
        "git remote",
    ),
    _term(
        "undo",
        "Every change made by sshwizard is noted with what was there before. `sshwizard history` lists them, "
        "`sshwizard undo` takes the last one back, and refuses where a file was edited since.",
        "history",
    ),
    _term(
        "practice ground",
        "A git host, an account and a home folder of their own on this machine, with something wrong in it. "
        "Nothing real is touched. `sshwizard practice --list` names what there is.",
        "practice",
    ),
)


def find(word: str) -> Term | None:
    """Find a term by its word or another spelling of it, whatever the case."""
    wanted = _plain(word)
    return next((term for term in TERMS if wanted in map(_plain, (term.word, *term.also))), None)


def explained(term: Term) -> str:
    """Return a term's text in the language in use."""
    return _(term.text)


def _plain(word: str) -> str:
    return word.lower().replace("_", " ").replace("-", " ").strip()
