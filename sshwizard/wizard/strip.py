"""The command that a screen stands for, as a person would type it. Knows shells' quoting and no screen."""

from __future__ import annotations

import shlex

from sshwizard.model.plan import Target


def word(text: str) -> str:
    """Quote one shell word, leaving a leading `~/` for the shell to expand."""
    if text.startswith("~/"):
        rest = shlex.quote(text[2:]) if text[2:] else ""
        return f"~/{rest}"
    return shlex.quote(text)


def line(*words: str) -> str:
    """Join words to one shell command line."""
    return " ".join(word(part) for part in words)


def wizard(*words: str, options: tuple[str, ...] = ()) -> str:
    """Write a command of this program; `options` are the global ones in force (`--home DIR`)."""
    return line("sshwizard", *options, *words)


def keygen(type: str, bits: int | None, shown_path: str, comment: str) -> str:
    """Write the ssh-keygen(1) command that makes the same key."""
    size = () if bits is None or type == "ed25519" else ("-b", str(bits))
    return line("ssh-keygen", "-t", type, *size, "-f", shown_path, "-C", comment)


def login(target: Target) -> str:
    """Write the ssh(1) command that tries the login itself, without a terminal or a remote command."""
    port = () if target.port == 22 else ("-p", str(target.port))
    return line("ssh", "-T", *port, destination(target))


def destination(target: Target) -> str:
    """Return what ssh would be given: the alias, with the user where one is known."""
    return f"{target.user}@{target.host}" if target.user else target.host


def upload(
    provider: str, shown_path: str, title: str, *, api_url: str = "", options: tuple[str, ...] = ()
) -> str:
    """Write the command that adds a public half to an account."""
    url = ("--api-url", api_url) if api_url else ()
    return wizard("keys", "add", provider, shown_path, "--title", title, *url, options=options)


def remove(provider: str, key: str, *, api_url: str = "", options: tuple[str, ...] = ()) -> str:
    """Write the command that takes a key off an account."""
    url = ("--api-url", api_url) if api_url else ()
    return wizard("keys", "remove", provider, key, *url, options=options)


def copy_id(shown_path: str, destination: str, flags: tuple[str, ...] = ()) -> str:
    """Write the ssh-copy-id(1) command that puts a public half onto a server."""
    return line("ssh-copy-id", "-i", shown_path, *flags, destination)


def show_public(shown_path: str) -> str:
    """Write the command that shows a public half, for adding it by hand."""
    return line("cat", shown_path)


def settle(target: Target, shown_path: str, *, options: tuple[str, ...] = ()) -> str:
    """Write the command that makes ssh send this key to this host."""
    return wizard("config", "add", target.host, "-i", shown_path, options=options)
