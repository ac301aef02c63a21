"""Looking things up in the host book. Knows no network; everything it says carries its source and date.

Data: `entries.json` (hosts, users, ports, greetings, key rules) and `host_keys.json` (official host keys).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sshwizard.hosts import names

KeyStatus = Literal["current", "rotated", "compromised", "legacy", "retired", "claimed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookKey:
    """One host key as published (or once published) for a host."""

    type: str
    fingerprint: str | None
    """`SHA256:…`; None where only an MD5 is known."""
    fingerprint_md5: str | None
    blob: str | None
    """Base64 of the wire blob, where the whole key is known."""
    status: KeyStatus
    confidence: str
    source: str

    @property
    def withdrawn(self) -> bool:
        """Published once and replaced since."""
        return self.status in ("rotated", "compromised", "retired", "legacy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """A transport that a provider has ended."""

    since: str
    hosts: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A host name that a provider has replaced."""

    old: str
    new: str
    since: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Why a host name is not (or no longer) the one for git over SSH."""

    kind: Literal["retired", "moved", "wrong"]
    """"retired": over SSH nothing answers for git; "moved": another host does; "wrong": never did, or long ago."""
    words: str
    since: str
    """ISO date; "" where none is known."""
    new_host: str
    """The host to use instead over SSH; "" for "retired"."""
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One provider."""

    name: str
    title: str
    hosts: tuple[str, ...]
    """Names and `*` patterns."""
    ssh_host: str
    user: str | None
    """None: not the same for everybody (a key id, an account name)."""
    users: tuple[tuple[str, str], ...]
    """User names at hosts of the service that have another one: pattern and name."""
    port: int
    alternates: tuple[tuple[str, int], ...]
    """Other host and port of the same service, for networks that block port 22."""
    greeting: str
    """Regular expression for a good login's text, with the group `account` where it names one."""
    key_types: tuple[str, ...]
    """Families: `ssh-ed25519`, `ecdsa`, `sk`, `rsa`, `dsa`."""
    unsure_types: tuple[str, ...]
    """Families of which no source says whether the service takes them: it is left to answer."""
    rsa_min: int | None
    one_account: bool
    """The service refuses a key that another account already has."""
    key_page: str
    token_page: str | None
    https: str | None
    """Template of the HTTPS remote, with `{path}`."""
    banner: str
    """What its identification string contains; "" when not known."""
    delay_s: int
    """Seconds until a new key usually works."""
    accepts_any_key: bool
    """Says yes to any key at first, so an accepted key proves nothing."""
    password_means_unknown: bool
    config_hosts: str | None
    """The Host patterns that cover all of its names."""
    retired: Retired | None
    moved: Moved | None
    wrong_hosts: tuple[tuple[str, str], ...]
    """Names that people use and that are not its git hosts, each with what to say."""
    notes: tuple[str, ...]
    before_adding: str
    """What follows when a key is added to an account there (an e-mail, for instance); "" when nothing does."""
    before_removing: str
    """What to know before a key is taken off an account there; "" when there is nothing special."""
    source: str
    """Where all this was read."""
    confidence: str
    reviewed: str
    """ISO date."""

    def user_at(self, hostname: str) -> str | None:
        """Return the user name at one of the service's hosts."""
        host = hostname.lower().rstrip(".")
        return next((user for pattern, user in self.users if names.matches(pattern, host)), self.user)

    def account_in(self, text: str) -> str | None:
        """Return the account that a greeting names, if it does."""
        found = re.search(self.greeting, text) if self.greeting else None
        return found.groupdict().get("account") if found else None

    def takes(self, key_type: str, bits: int | None, *, rsa_min: int | None = None) -> str:
        """Return "" if the service takes such a key (or may), else the reason in a few words.

        `rsa_min` is that of a user's own instance, in place of the book's.
        """
        family, least = family_of(key_type), rsa_min or self.rsa_min
        if family not in self.key_types and family not in self.unsure_types:
            return f"{self.title} does not take {family} keys"
        if family == "rsa" and least and bits and bits < least:
            return f"{self.title} takes RSA keys of {least} bits or more; this one has {bits}"
        return ""


def family_of(key_type: str) -> str:
    """Return the family of a key type: `rsa`, `ecdsa`, `sk`, `dsa`, `ssh-ed25519`, …"""
    plain = key_type.removesuffix("-cert-v01@openssh.com").removesuffix("@openssh.com")
    if plain.startswith("sk-"):
        return "sk"
    if plain.startswith("ecdsa-"):
        return "ecdsa"
    return {"ssh-rsa": "rsa", "ssh-dss": "dsa"}.get(plain, plain)


@cache
def entries() -> tuple[Entry, ...]:
    """Return the whole book, in the order in which it is offered to people."""
    data = names.load("entries.json")
    return tuple(_entry(raw, data["reviewed"]) for raw in data["entries"])


def find(name_or_host: str) -> Entry | None:
    """Find a provider by its name (`github`) or by a host name (`ssh.osc-fr1.scalingo.com`)."""
    number = names.number_of(name_or_host)
    return None if number is None else entries()[number]


def notice(hostname: str) -> Notice | None:
    """Say why a host is not the right one for git over SSH; None when there is nothing to say."""
    host = hostname.lower().rstrip(".")
    entry = find(host)
    if entry is None:
        return None
    if entry.retired and host in entry.retired.hosts:
        gone = entry.retired
        return Notice(kind="retired", words=gone.words, since=gone.since, new_host="", entry=entry)
    if entry.moved and host == entry.moved.old:
        moved = entry.moved
        return Notice(kind="moved", words=moved.words, since=moved.since, new_host=moved.new, entry=entry)
    words = dict(entry.wrong_hosts).get(host)
    return (
        Notice(kind="wrong", words=words, since="", new_host=entry.ssh_host, entry=entry) if words else None
    )


def host_keys(hostname: str, port: int = 22) -> tuple[BookKey, ...]:
    """Return every key the book has for a host, withdrawn ones included; () for a host it does not know.

    A provider's alternate on another port shows the same keys; any other port is somebody else's server.
    """
    wanted = hostname.lower().rstrip(".")
    entry = find(wanted)
    ports = {22} | {number for host, number in (entry.alternates if entry else ()) if host == wanted}
    if port not in ports:
        return ()
    return tuple(_key(raw) for raw in names.load("host_keys.json")["keys"] if wanted in raw["hosts"])


def withdrawn_key(fingerprint: str) -> tuple[str, BookKey] | None:
    """Find a key that some host published and has withdrawn; None for every key that is still in use anywhere."""
    withdrawn: tuple[str, BookKey] | None = None
    for raw in names.load("host_keys.json")["keys"]:
        if raw.get("sha256") == fingerprint:
            key = _key(raw)
            if not key.withdrawn:
                return None
            withdrawn = withdrawn or (raw["hosts"][0], key)
    return withdrawn


def _entry(raw: dict[str, Any], reviewed: str) -> Entry:
    retired, moved = raw.get("retired"), raw.get("moved")
    return Entry(
        name=raw["name"],
        title=raw["title"],
        hosts=tuple(raw["hosts"]),
        ssh_host=raw["ssh_host"],
        user=raw["user"],
        users=tuple(raw.get("users", {}).items()),
        port=raw["port"],
        alternates=tuple((host, int(port)) for host, port in (text.split(":") for text in raw["alternates"])),
        greeting=raw["greeting"],
        key_types=tuple(raw["key_types"]),
        unsure_types=tuple(raw.get("unsure_types", ())),
        rsa_min=raw["rsa_min"],
        one_account=raw["one_account"],
        key_page=raw["key_page"],
        token_page=raw["token_page"],
        https=raw["https"],
        banner=raw["banner"],
        delay_s=raw["delay_s"],
        accepts_any_key=raw.get("accepts_any_key", False),
        password_means_unknown=raw.get("password_means_unknown", False),
        config_hosts=raw.get("config_hosts"),
        retired=Retired(since=retired["since"], hosts=tuple(retired["hosts"]), words=retired["words"])
        if retired
        else None,
        moved=Moved(old=moved["from"], new=moved["to"], since=moved["since"], words=moved["words"])
        if moved
        else None,
        wrong_hosts=tuple(raw.get("wrong_hosts", {}).items()),
        notes=tuple(raw["notes"]),
        before_adding=raw.get("before_adding", ""),
        before_removing=raw.get("before_removing", ""),
        source=raw["source"],
        confidence=raw["confidence"],
        reviewed=raw.get("reviewed", reviewed),
    )


def _key(raw: dict[str, Any]) -> BookKey:
    return BookKey(
        type=raw["type"],
        fingerprint=raw.get("sha256"),
        fingerprint_md5=raw.get("md5"),
        blob=raw.get("key"),
        status=raw["status"],
        confidence=raw["confidence"],
        source=raw["source"],
    )
