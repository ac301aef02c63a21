"""known_hosts as ssh reads it: lines, markers, hashed names, patterns, and the verdict on a host key.

Sources: sshd(8) SSH_KNOWN_HOSTS FILE FORMAT, OpenSSH's hostfile.c and sshconnect.c. Knows no I/O and no
network, and never decides to trust: it says what ssh would find.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sshwizard.model.config import Effective
from sshwizard.model.files import FileSeen
from sshwizard.model.identity import Certificate, PublicKey
from sshwizard.openssh.keys.blob import NotAKey
from sshwizard.openssh.keys.public import read_public_line
from sshwizard.text import visible_bytes

Marker = Literal["", "cert-authority", "revoked"]
State = Literal["known", "unknown", "changed", "revoked"]

HASH_MAGIC = b"|1|"
WILDCARDS_SINCE = (10, 3)
"""From here on a host certificate's principals may be patterns, and one without principals is for no host."""

_NO_AUTHORITY = "no matching certificate authority"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One usable line."""

    path: str
    line: int
    """1-based."""
    marker: Marker
    hosts: bytes
    """The names field as written: patterns separated by commas, or one hashed name."""
    public: PublicKey
    raw: bytes
    """The whole line without its line end, as needed to replace it exactly."""

    @property
    def where(self) -> str:
        return f"{self.path}:{self.line}"

    @property
    def hashed(self) -> bool:
        return self.hosts.startswith(b"|")

    def matches(self, name: str) -> bool:
        """Whether the names field covers a name such as `github.com` or `[host]:2222` (hostfile.c)."""
        return host_matches(self.hosts, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """A line that ssh skips, with the reason."""

    path: str
    line: int
    reason: str
    text: str
    """The beginning of the line, visible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownHosts:
    """What one or several files say, in reading order."""

    entries: tuple[Entry, ...]
    bad: tuple[BadLine, ...]

    def of(self, name: str) -> tuple[Entry, ...]:
        """Return the entries that cover a name, in order."""
        return tuple(entry for entry in self.entries if entry.matches(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class ForCertificates:
    """What a host certificate is judged by, besides the lines of known_hosts."""

    now: float = 0.0
    """Seconds since the epoch."""
    release: tuple[int, int] = (99, 0)
    """Of the ssh whose rules hold."""
    ca_algorithms: tuple[str, ...] = ()
    """CASignatureAlgorithms; empty: any."""
    careless: bool = False
    """StrictHostKeyChecking no: ssh goes on with a revoked key, and looks no further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What ssh finds in known_hosts for the key that a host shows."""

    state: State
    entry: Entry | None = None
    """The line that decided; None for "unknown"."""
    expected: tuple[Entry, ...] = ()
    """The plain entries for this name (what was expected, when the key is another one)."""
    certificate: str = ""
    """Why a host certificate was not taken and its plain key was looked up instead; "" if none was shown."""
    warned: Entry | None = None
    """For "unknown": the line that revokes the key under the name without its port. ssh prints its warning, and then
    treats the key as one that it has never seen."""


def paths(effective: Effective) -> tuple[str, ...]:
    """Return the files that ssh reads for a destination, the user's first; relative ones as they are written."""
    values = (
        value.text
        for keyword in ("userknownhostsfile", "globalknownhostsfile")
        for value in effective.options.get(keyword, ())
    )
    return tuple(dict.fromkeys(path for path in values if path != "none"))


def read(seen: Iterable[FileSeen]) -> KnownHosts:
    """Read several files as ssh does: user files first, then the system's, all lines in one list."""
    entries: list[Entry] = []
    bad: list[BadLine] = []
    for file in seen:
        for number, line in enumerate(file.data.split(b"\n"), 1):
            found = _read_line(file.path, number, line.rstrip(b"\r"))
            if isinstance(found, Entry):
                entries.append(found)
            elif found is not None:
                bad.append(found)
    return KnownHosts(entries=tuple(entries), bad=tuple(bad))


def lookup_name(hostname: str, port: int, alias: str = "") -> str:
    """Return the name ssh looks up: HostKeyAlias as it stands, else the host name, in brackets off port 22."""
    if alias:
        return alias
    name = hostname.lower()
    return name if port == 22 else f"[{name}]:{port}"


def judge(
    known: KnownHosts,
    public: PublicKey,
    *,
    hostname: str,
    port: int,
    alias: str = "",
    rules: ForCertificates = ForCertificates(),  # noqa: B008
) -> Verdict:
    """Compare the key that a host shows with known_hosts as ssh does (sshconnect.c `check_host_key`).

    On an unusual port, a name that is unknown there is looked up without the port as well, where only a match counts.
    """
    entries = known.of(lookup_name(hostname, port, alias))
    portless = known.of(hostname.lower()) if port != 22 and not alias else None
    return _judge(entries, portless, public, alias or hostname.lower(), rules)


def differs_by_address(known: KnownHosts, public: PublicKey, ip: str, port: int) -> Entry | None:
    """Return the line that has another key for the address than the one shown; None: none has (CheckHostIP).

    Certificates are not compared by address.
    """
    if public.certificate:
        return None
    verdict = _judge_plain(known.of(lookup_name(ip, port)), public, "")
    return verdict.entry if verdict.state == "changed" else None


def preferred_types(known: KnownHosts, *, hostname: str, port: int, alias: str = "") -> tuple[str, ...]:
    """Return the plain key types known for a host: ssh asks the host for these first (`order_hostkeyalgs`).

    The name `cert-authority` is among them when a certificate authority covers the host. A type whose first key is
    revoked for the host does not count (hostfile.c `check_hostkeys_by_key_or_type`).
    """
    entries = known.of(lookup_name(hostname, port, alias))
    first = {entry.public.type: entry for entry in reversed(entries) if not entry.marker}
    plain = (entry.public.type for entry in entries if not entry.marker)
    types = [name for name in dict.fromkeys(plain) if _revoked(entries, first[name].public) is None]
    authority = ["cert-authority"] if any(entry.marker == "cert-authority" for entry in entries) else []
    return tuple(dict.fromkeys(types + authority))


def host_matches(hosts: bytes, name: str) -> bool:
    """Match a names field against a name: hashed, or a comma list of patterns with `!` negation.

    The name is compared in lower case, as ssh asks for it; one negated match rules the line out.
    """
    wanted = name.lower().encode("utf-8", "surrogateescape")
    if hosts.startswith(b"|"):
        return _hash_matches(hosts, wanted)
    matched = False
    for pattern in hosts.lower().split(b","):
        negated = pattern.startswith(b"!")
        if _pattern_matches(pattern[negated:], wanted):
            if negated:
                return False
            matched = True
    return matched


def names(data: bytes) -> tuple[str, ...]:
    """Return the plain names in a file: no patterns, no hashed or revoked ones; `[h]:p` as `ssh://h:p`."""
    found: dict[str, None] = {}
    for entry in read([FileSeen(path="", kind="file", data=data)]).entries:
        if entry.hashed or entry.marker:
            continue
        for raw in entry.hosts.split(b","):
            text = raw.decode("ascii", "replace")
            if text and text.isprintable() and not set("*?!\ufffd") & set(text):
                found[_as_destination(text)] = None
    return tuple(found)


def without_lines(data: bytes, numbers: Collection[int]) -> bytes:
    """Return a file's content without these lines (1-based); every other byte stays."""
    lines = data.split(b"\n")
    return b"\n".join(line for number, line in enumerate(lines, 1) if number not in numbers)


def line_for(name: str, public: PublicKey, *, salt: bytes | None = None) -> str:
    """Write a known_hosts line for a name (`github.com`, `[h]:2222`); hashed when `salt` (20 bytes) is given."""
    key = f"{public.type} {binascii.b2a_base64(public.blob, newline=False).decode()}"
    return f"{hashed_name(name, salt) if salt else name.lower()} {key}"


def hashed_name(name: str, salt: bytes | None = None) -> str:
    """Write a name as HashKnownHosts does: `|1|salt|HMAC-SHA1`, both base64."""
    salt = salt or os.urandom(20)
    digest = hmac.new(salt, name.lower().encode(), hashlib.sha1).digest()
    parts = (binascii.b2a_base64(part, newline=False).decode() for part in (salt, digest))
    return "|1|" + "|".join(parts)


def _read_line(path: str, number: int, raw: bytes) -> Entry | BadLine | None:
    line = raw.lstrip(b" \t")
    if not line or line[:1] in (b"#", b"\0"):
        return None
    marker: Marker = ""
    if line.startswith(b"@"):
        # Only a space ends a marker (hostfile.c `check_markers`); behind a tab the line counts for nothing.
        word, _blank, line = line.partition(b" ")
        line = line.lstrip(b" \t")
        if word not in (b"@cert-authority", b"@revoked") or line.startswith(b"@"):
            return _bad(path, number, raw, "unknown marker")
        marker = "cert-authority" if word == b"@cert-authority" else "revoked"
    hosts, blank, key = _split(line)
    if not blank or not key or key.startswith(b"#"):
        return _bad(path, number, raw, "no key in the line")
    try:
        public = read_public_line(key)
    except NotAKey as error:
        return _bad(path, number, raw, str(error))
    return Entry(path=path, line=number, marker=marker, hosts=hosts, public=public, raw=raw)


def _bad(path: str, number: int, raw: bytes, reason: str) -> BadLine:
    return BadLine(path=path, line=number, reason=reason, text=visible_bytes(raw[:80], keep=""))


def _split(line: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the first word, the blank after it (empty at the end of the line), and the rest."""
    ends = [place for place in (line.find(b" "), line.find(b"\t")) if place >= 0]
    if not ends:
        return line, b"", b""
    end = min(ends)
    return line[:end], line[end : end + 1], line[end:].lstrip(b" \t")


def _judge(
    entries: Sequence[Entry],
    portless: Sequence[Entry] | None,
    public: PublicKey,
    principal: str,
    rules: ForCertificates,
) -> Verdict:
    """Judge a certificate first, and its plain key only when no authority vouches for it.

    `portless` holds the entries for the name without its port; only a match counts there, and ssh looks
    there whenever it finds nothing under the full name: once for the certificate, once for the plain key.
    A revocation there makes it warn, and then count the key as unknown all the same.
    """
    revoked = _revoked(entries, public)
    if revoked:
        return Verdict(state="revoked", entry=revoked)
    reason, warned = "", None
    if public.certificate:
        authority, reason = _authority(entries, public.certificate, principal, rules)
        if authority:
            return Verdict(state="known", entry=authority)
        if portless is not None and reason == _NO_AUTHORITY:
            without = _judge(portless, None, public, principal, rules)
            if without.state == "known":
                return without
            warned = without.entry if without.state == "revoked" else None
            if warned and rules.careless:
                return Verdict(state="unknown", certificate=reason, warned=warned)
    verdict = _judge_plain(entries, public, reason)
    if verdict.state == "unknown" and portless is not None:
        plain = replace(public, certificate=None)
        without = _judge(portless, None, plain, principal, rules)
        if without.state == "known":
            return without
        warned = without.entry if without.state == "revoked" else warned
        return replace(verdict, warned=warned)
    return verdict


def _judge_plain(entries: Sequence[Entry], public: PublicKey, reason: str) -> Verdict:
    plain = tuple(entry for entry in entries if not entry.marker)
    for entry in plain:
        if entry.public.fingerprint == public.fingerprint and entry.public.certificate is None:
            return Verdict(state="known", entry=entry, expected=plain, certificate=reason)
    if not plain:
        return Verdict(state="unknown", certificate=reason)
    # ssh names the last entry that it compared as the offending one.
    return Verdict(state="changed", entry=plain[-1], expected=plain, certificate=reason)


def _revoked(entries: Sequence[Entry], public: PublicKey) -> Entry | None:
    shown = {public.fingerprint}
    if public.certificate:
        shown.add(public.certificate.ca_fingerprint)
    return next((e for e in entries if e.marker == "revoked" and e.public.fingerprint in shown), None)


def _authority(
    entries: Sequence[Entry], certificate: Certificate, principal: str, rules: ForCertificates
) -> tuple[Entry | None, str]:
    """Find the `@cert-authority` line that vouches for a host certificate, or say why none does."""
    signer = certificate.ca_fingerprint
    entry = next(
        (e for e in entries if e.marker == "cert-authority" and e.public.fingerprint == signer), None
    )
    if entry is None:
        return None, _NO_AUTHORITY
    if certificate.kind != "host":
        return None, "it is not a host certificate"
    if certificate.valid_after > rules.now or (certificate.valid_before or rules.now + 1) <= rules.now:
        return None, "the certificate is not valid now"
    if not _names(certificate, principal, rules):
        return None, "the certificate does not name this host"
    if certificate.critical_options:
        return None, "the certificate has options that ssh does not know"
    if rules.ca_algorithms and not _any_matches(rules.ca_algorithms, certificate.signature):
        return None, "its authority signed with an algorithm that ssh does not take"
    return entry, ""


def _names(certificate: Certificate, principal: str, rules: ForCertificates) -> bool:
    """Whether a host certificate is for this host (sshkey.c `sshkey_cert_check_authority`)."""
    if rules.release >= WILDCARDS_SINCE:
        return _any_matches(certificate.principals, principal)
    return not certificate.principals or principal in certificate.principals


def _any_matches(patterns: Iterable[str], text: str) -> bool:
    wanted = text.encode("utf-8", "surrogateescape")
    return any(_pattern_matches(pattern.encode("utf-8", "surrogateescape"), wanted) for pattern in patterns)


def _pattern_matches(pattern: bytes, text: bytes) -> bool:
    """Match `*` and `?` only, without backtracking over more than the last `*` (match.c)."""
    at = place = 0
    star = mark = -1
    while place < len(text):
        if at < len(pattern) and (pattern[at] == 0x3F or (pattern[at] == text[place] != 0x2A)):
            at, place = at + 1, place + 1
        elif at < len(pattern) and pattern[at] == 0x2A:
            star, mark, at = at, place, at + 1
        elif star >= 0:
            mark += 1
            at, place = star + 1, mark
        else:
            return False
    return all(char == 0x2A for char in pattern[at:])


def _hash_matches(hosts: bytes, wanted: bytes) -> bool:
    if not hosts.startswith(HASH_MAGIC):
        return False
    salt_text, bar, digest = hosts[len(HASH_MAGIC) :].partition(b"|")
    try:
        salt = binascii.a2b_base64(salt_text)
    except binascii.Error:
        return False
    if not bar or len(salt) != 20:
        return False
    own = hmac.new(salt, wanted, hashlib.sha1).digest()
    return binascii.b2a_base64(own, newline=False) == digest


def _as_destination(name: str) -> str:
    if name.startswith("[") and "]:" in name:
        host, _bracket, port = name[1:].partition("]:")
        return f"ssh://[{host}]:{port}" if ":" in host else f"ssh://{host}:{port}"
    return name
