"""One line → the events it means. All forms of all clients in one table of anchor words.

Fast by construction: a line is split into words once, and only forms filed under one of its words are
tried. Lines of `-v` that no form knows are passed over at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sshwizard.logs import git_forms, openssh_forms, other_forms, surroundings
from sshwizard.logs.form import Form, index
from sshwizard.logs.lines import LONGEST, from_syslog, tidy

Seen = tuple[str, Mapping[str, str]]

ANCHORS = index(git_forms.REFUSALS + openssh_forms.FORMS + git_forms.GREETINGS + other_forms.FORMS)
SERVER_ANCHORS = index(other_forms.SERVER)
SERVER_ONLY = index(other_forms.SERVER_ONLY + other_forms.SERVER)

_WORDS = frozenset(ANCHORS) | frozenset(SERVER_ANCHORS) | frozenset(SERVER_ONLY)
_SERVER_WORDS = frozenset(SERVER_ANCHORS)
_SIGN = re.compile(
    r"\$|#|@|&|<|=|\x1b|\r(?!\Z)|://|::1|\.pub|127\.|0\.0\.0\.0|-----|SHA256:|MD5:|OpenSSH_|PuTTY"
)
"""What every line that is neither a known form nor a remark has in it, unless its first word tells."""
_FIRST = surroundings.KEYWORDS | {"using", "login"}
_MARKED = re.compile(r"\x1b|OpenSSH_")
_DEBUG = frozenset({"debug1:", "debug2:", "debug3:"})
_OF_NOTE = _WORDS | _DEBUG | surroundings.SHELL_WORDS | {"(fetch)", "(push)"}
_NOT_REMARKS = frozenset({"command", "config", "remote", "listed", "private-key"})
_CLIENT = re.compile(
    r"^(?:[^A-Za-z]|debug1:|[A-Z][a-z]{2} \d|T\d|\dZ |\w+[:|>] ){0,60}(?P<version>OpenSSH_(?:for_Windows_)?\d[\w.]*(?:[ ,].*)?)$"
)
_SSHD = re.compile(r"\bsshd(?:-session|-auth)?(?:\[\d+\])?: ")
_GAP = re.compile(r"^\W*(?:\[\.{2,3}\]|\[…\]|\.{3,}|…|<snip>|\[snip\]|-- ?snip ?--)\W*$")
_WRAPPED = re.compile(
    r"^\s*(?P<fingerprint>(?:SHA256:[A-Za-z0-9+/]{43}|MD5:[0-9a-f:]{47}))(?P<rest>(?: [a-z]+)*)\.?\s*$"
)
_PUTTY = re.compile(r"Using username \"(?P<user>[^\"]+)\"|PuTTY_Release_(?P<version>[\d.]+)")


def recognise(raw: str, remarks: bool = True) -> tuple[str, list[Seen]] | None:
    """Return the tidied line and the events in it, or None when it says nothing that matters.

    With `remarks` false, sentences around the log are passed over: enough of them were kept.
    """
    if len(raw) > LONGEST:
        raw = raw[:LONGEST]
    words = raw.split()
    if not words:
        return None
    if "sshd" not in raw and _is_plain(raw, words):
        kept = remarks and not from_syslog(raw) and surroundings.remark(raw[:400])
        return (tidy(raw)[:400], [("remark", {})]) if kept else None
    if _WORDS.isdisjoint(words):
        if not _DEBUG.isdisjoint(words[:6]) and not _MARKED.search(raw):
            return None
        if from_syslog(raw):
            return None
    line = tidy(raw)
    if line != raw:
        words = line.split()
        if not words:
            return None
    if "sshd" in line and ("sshd[" in line or _SSHD.search(line)):
        found = _by_anchor(SERVER_ONLY, line, words)
        return (line, [found]) if found else None
    if not _WORDS.isdisjoint(words):
        found = _by_anchor(ANCHORS, line, words)
        if found is None and not _SERVER_WORDS.isdisjoint(words):
            found = _by_anchor(SERVER_ANCHORS, line, words)
        if found is not None:
            return line, [found, *_beside(line, found[0])]
    if "OpenSSH_" in line:
        client = _CLIENT.search(line)
        if client and "software" not in words and "match:" not in words:
            return line, [("client", client.groupdict())]
    if not _DEBUG.isdisjoint(words[:6]):
        return None
    return _rest(line[:400], words, remarks)


def _is_plain(raw: str, words: list[str]) -> bool:
    """Tell at little cost that a line is a sentence like any other, so that long prose is passed over fast."""
    if not _OF_NOTE.isdisjoint(words) or len(words) < 3 or _SIGN.search(raw) is not None:
        return False
    first = words[0]
    return first.lower() not in _FIRST and first[:2] not in surroundings.LISTING


def _by_anchor(anchors: Mapping[str, tuple[Form, ...]], line: str, words: list[str]) -> Seen | None:
    for word in words:
        if word in anchors:
            for form in anchors[word]:
                fields = form.read(line)
                if fields is not None:
                    return form.kind, fields
    return None


def _beside(line: str, kind: str) -> list[Seen]:
    """Return the command that shares its line with an event (`$ ssh host: …` pasted in one line)."""
    if kind.startswith("https") or kind == "dns-failure":
        return [("url", {"url": url}) for url in re.findall(r"https?://[^\s']+", line)[:1]]
    return []


def _rest(line: str, words: list[str], remarks: bool) -> tuple[str, list[Seen]] | None:
    if len(words) <= 2 and _GAP.match(line):
        return line, [("gap", {})]
    if "SHA256:" in line or "MD5:" in line:
        wrapped = _WRAPPED.match(line)
        if wrapped:
            return line, [("wrapped", wrapped.groupdict())]
    if words[0] in ("Using", "login") or "PuTTY_Release_" in line:
        putty = _PUTTY.search(line)
        if putty:
            return line, [("putty", {k: v for k, v in putty.groupdict().items() if v})]
    seen = surroundings.read(line, words)
    kinds = {kind for kind, _fields in seen}
    if remarks and kinds.isdisjoint(_NOT_REMARKS) and surroundings.remark(line):
        seen.append(("remark", {}))
    return (line, seen) if seen else None
