"""What people paste around a log: commands, configuration, listings, remotes, remarks.

Each function reads one line and says what it is; none executes or looks anything up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

Seen = tuple[str, Mapping[str, str]]

SHELL_WORDS = frozenset(
    {
        "ssh", "git", "sudo", "ssh-add", "ssh-agent", "ssh-keygen", "ls", "cat", "ping", "chmod", "chown",
        "scp", "sftp", "rsync", "plink", "gh", "eval", "ssh.exe", "rm", "ssh-keyscan", "cp", "ssh-copy-id",
    }
)  # fmt: skip
LISTING = ("-r", "dr", "lr")
"""How a line of `ls -l` begins."""
_PROMPT = re.compile(
    r"(?:(?:^|\s)(?P<prompt>[^\s$#%>]{0,60}[$#%❯➜]|PS(?: [A-Z]:\\[^>]{0,100})?>|\+)\s{1,4}|(?:^|\s)(?:(?:PS )?[A-Z]:\\[^>]{0,100}>)\s{0,4})"
    r"(?P<command>(?:[A-Z_]{1,30}=(?:\"[^\"]*\"|'[^']*'|\S+) )*[a-z][\w.-]*(?: .*)?)$"
)
_BARE = re.compile(
    r"^\W{0,3}(?P<command>(?:sudo )?(?:ssh(?:\.exe)? (?:-[a-zA-Z46]|\S+@\S|\S+$)|git (?:clone|push|pull|fetch|ls-remote|remote|config|submodule)\b"
    r"|ssh-add(?: -|$| [~/])|ssh-keygen -|scp -|chmod \d|rm -).*)$"
)
_SENTENCE = re.compile(
    r"[.:;,]\s*$|[;,] | (?:is|are|was|works?|fails?|does|did|of|from the|to the|over|by an?) "
)
_RUNS = re.compile(
    r"(?<![\w./~-])(?:ssh(?:\.exe)?(?: |$)|git (?:clone|push|pull|fetch|ls-remote|submodule)|scp |sftp |rsync |plink |gh (?:repo|cs|codespace) )"
)
_REMOTE = re.compile(r"(?P<name>[\w./-]+)\s+(?P<url>\S+) \((?:fetch|push)\)")
_LISTED = re.compile(
    r"^[>\s]*(?P<mode>[-dl][rwxsStT-]{9})[.+@]?\s+\d+\s+(?P<owner>\S+)\s+.*?(?P<name>\S+)(?: -> (?P<to>\S+))?$"
)
_PUB = re.compile(r"(?<![\w.~/\\:@+-])(?P<path>[\w.~/\\:@+-]*[\w+-])\.pub\b")
_URL = re.compile(r"(?P<url>(?:(?:git\+)?ssh://|https?://|git@|[\w.-]+@)[\w.-]+[:/][\w./~@:-]+)")
_LOOPBACK = re.compile(
    r"(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|us|de|fr|cn|dev)).{0,40}?(?P<address>\b127\.\d+\.\d+\.\d+|(?<![\w:])::1\b|\b0\.0\.0\.0)"
    r"|(?P<address2>^\s*(?:127\.\d+\.\d+\.\d+|::1|0\.0\.0\.0))\s+(?P<host2>[a-z0-9-]+(?:\.[a-z0-9-]+)+)"
)
_PEM = re.compile(r"-----BEGIN (?P<what>(?:[A-Z0-9]+ )*PRIVATE KEY)-----|(?P<ppk>PuTTY-User-Key-File-\d)")
_CONFIG = re.compile(r"^[\s>|]*(?P<keyword>[A-Za-z]+)(?:\s*=\s*|\s+)(?P<value>\"[^\"]+\"|\S.*?)\s*$")
_PATTERN = re.compile(r"^[\w.*?!:/@\[\]-]+$")
KEYWORDS = frozenset(
    {
        "host", "match", "hostname", "user", "port", "identityfile", "identitiesonly", "identityagent",
        "proxycommand", "proxyjump", "include", "addkeystoagent", "usekeychain", "pubkeyacceptedalgorithms",
        "pubkeyacceptedkeytypes", "hostkeyalgorithms", "kexalgorithms", "stricthostkeychecking",
        "preferredauthentications", "userknownhostsfile", "addressfamily", "ipqos", "certificatefile",
        "pubkeyauthentication",
    }
)  # fmt: skip
_SEVERAL = frozenset({"identityfile", "proxycommand", "include", "certificatefile", "ipqos"})
"""Keywords whose value may have several words."""
_BOILERPLATE = re.compile(r"Please make sure you have the correct access|^\W*and the repository exists", re.I)
_REMARK = frozenset(
    word.encode()
    for word in {
        "1password", "access", "account", "accounts", "action", "actions", "added", "agent", "agents",
        "alias", "another", "authorized_keys", "backup", "bitbucket", "bitwarden", "blank", "brew",
        "browser", "build", "ci", "clone", "collaborator", "comment", "company", "computer", "conda",
        "config", "container", "copied", "corporate", "crlf", "cron", "deploy", "different", "docker",
        "encrypted", "expired", "firewall", "format", "forwarded", "gerrit", "git", "github", "gitlab",
        "gpg", "heroku", "home", "homebrew", "hook", "host", "hostname", "hosts", "hotel", "hotspot",
        "http", "https", "identitiesonly", "identityfile", "install", "installed", "ipv6", "jenkins",
        "keepassxc", "key", "keyring", "keys", "known_hosts", "laptop", "line", "linux", "login", "machine",
        "mode", "mounted", "name", "named", "network", "newline", "nix", "office", "pageant", "passphrase",
        "password", "pasted", "path", "pem", "permission", "permissions", "ping", "port", "ppk", "proxy",
        "push", "putty", "puttygen", "quote", "quoted", "quotes", "registered", "remote", "renamed", "root",
        "router", "runner", "school", "secret", "selinux", "server", "service", "space", "ssh", "ssh-add",
        "sudo", "token", "tos", "university", "update", "updated", "upgrade", "upgraded", "upgrading",
        "upload", "uploaded", "url", "user", "username", "version", "virtual", "vpn", "webhook", "wi-fi",
        "wifi", "windows", "work", "works", "wsl", "yaml", "yubikey",
    }
)  # fmt: skip
"""Words that make a sentence worth keeping."""
_PUNCTUATION = bytes.maketrans(b"()[]{}<>.,;:!?\"'`=/\\@~*", b" " * 23)


def command(line: str) -> Seen | None:
    """Read a typed command: `$ ssh -T git@host`, `[root@box dir]# git pull`, `git push` alone on a line."""
    found = _PROMPT.search(line)
    prompt = line[: found.start("command")].rstrip() if found else ""
    if found is None:
        found = _BARE.match(line)
        if found is not None and _SENTENCE.search(found["command"]):
            return None
    if found is None:
        return None
    text = found["command"].strip()
    if text.split()[0].lstrip("-") not in SHELL_WORDS and "=" not in text.split()[0]:
        return None
    fields = {"command": text}
    if "root@" in prompt or (prompt.endswith("#") and "@" in prompt):
        fields["root"] = "yes"
    if re.match(r"sudo\b", text):
        fields["sudo"] = "yes"
    return ("command" if _RUNS.search(text) else "shell"), fields


def config_line(line: str, words: Sequence[str]) -> Seen | None:
    """Read one line of ssh_config (or of `ssh -G`, whose keywords are lower case)."""
    found = _CONFIG.match(line)
    if found is None or found["keyword"].lower() not in KEYWORDS:
        return None
    keyword, value = found["keyword"].lower(), found["value"].strip()
    tokens = value.split()
    if keyword in ("host", "match"):
        sentence = len(tokens) > 1 and not all(re.search(r"[.*?!-]", t) for t in tokens)
        if keyword == "host" and (
            sentence or tokens[0] in ("key", "block") or not all(_PATTERN.match(t) for t in tokens)
        ):
            return None
    elif len(tokens) > (6 if keyword in _SEVERAL else 1) or (value.endswith(".") and len(tokens) > 2):
        return None
    if found["keyword"].islower() and keyword not in ("host", "match") and "=" not in line and len(words) > 2:
        return None
    return "config", {"keyword": keyword, "value": value.strip('"')}


def key_files(line: str, words: Sequence[str]) -> list[Seen]:
    """Read the names of key pairs in a listing or a sentence."""
    seen: list[Seen] = []
    present = {word.strip(",;'\"()") for word in words}
    for found in _PUB.finditer(line):
        path = found["path"]
        name = re.split(r"[/\\]", path)[-1]
        pair = "yes" if path in present or name in present else ""
        seen.append(("key-file", {"name": name, "path": path, **({"pair": pair} if pair else {})}))
    return seen[:20]


def listing(line: str) -> Seen | None:
    """Read one line of `ls -l`."""
    found = _LISTED.match(line)
    if found is None:
        return None
    return "listed", {name: value for name, value in found.groupdict().items() if value}


def remark(line: str) -> bool:
    """Tell whether a sentence may matter to a diagnosis."""
    words = line.lower().encode("utf-8", "replace").translate(_PUNCTUATION).split()
    return not _REMARK.isdisjoint(words) and _BOILERPLATE.search(line) is None


def read(line: str, words: Sequence[str]) -> list[Seen]:
    """Return what a line beside the log shows; empty when it shows nothing."""
    if not words:
        return []
    first = words[0]
    if first[:2] in LISTING and (found := listing(line)):
        return [found]
    if (secret := _PEM.search(line)) is not None:
        return [("private-key", {"what": secret["what"] or secret["ppk"]})]
    seen: list[Seen] = []
    if not SHELL_WORDS.isdisjoint(words) or "$" in line or "#" in line:
        typed = command(line)
        if typed:
            seen.append(typed)
    if "(fetch)" in words or "(push)" in words:
        remote = _REMOTE.search(line)
        if remote:
            return [("remote", remote.groupdict())]
    if not seen and first.lower().split("=")[0] in KEYWORDS:
        config = config_line(line, words)
        if config:
            return [config]
    if ".pub" in line:
        seen += key_files(line, words)
    if "127." in line or "::1" in line or "0.0.0.0" in line:
        loop = _LOOPBACK.search(line)
        if loop:
            host, address = loop["host"] or loop["host2"], loop["address"] or loop["address2"].strip()
            seen.append(("resolves-loopback", {"host": host, "address": address}))
    if "@" in line or "://" in line:
        seen += [("url", {"url": found["url"]}) for found in list(_URL.finditer(line))[:4]]
    return seen
