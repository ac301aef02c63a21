"""Credentials for account APIs that are already on the machine: found, named, never printed.

Each finder says where it looked and, where it can, whose token it is, without asking the service. Nothing
is used before the user has seen where it came from. Knows file places; which header a token goes into is
in `catalogue`.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sshwizard.providers.catalogue import find_provider
from sshwizard.secret import Secret
from sshwizard.text import one_line

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

KEYCHAIN = "sshwizard"
"""Service name of tokens that the user asked us to keep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundToken:
    """One credential and where it was seen."""

    token: Secret
    where: str
    """For people: `the variable HEROKU_API_KEY`, `~/.netrc, machine api.heroku.com`."""
    account: str | None = None
    """The account that the place names; None when it does not say."""


def find_tokens(machine: Machine, provider_name: str) -> tuple[FoundToken, ...]:
    """Return the credentials found for a provider, in the order in which its own tools would use them."""
    provider = find_provider(provider_name)
    found = [
        FoundToken(token=Secret(machine.env[name]), where=f"the variable {name}")
        for name in provider.token_env
        if machine.env.get(name)
    ]
    for finder in (*FINDERS.get(provider_name, ()), _kept):
        found += finder(machine, provider_name)
    unique: list[FoundToken] = []
    for one in found:
        if one.token and all(one.token != other.token for other in unique):
            unique.append(one)
    return tuple(unique)


def keep_token(provider_name: str, account: str, token: Secret) -> None:
    """Store a token in the system's keychain. Raises keyring.errors.KeyringError where there is none."""
    import keyring

    keyring.set_password(KEYCHAIN, f"{provider_name} {account}".strip(), token.reveal())
    keyring.set_password(KEYCHAIN, provider_name, account)


def forget_token(provider_name: str) -> bool:
    """Remove a stored token; say whether there was one."""
    import keyring
    from keyring.errors import KeyringError

    try:
        account = keyring.get_password(KEYCHAIN, provider_name)
        if account is None:
            return False
        keyring.delete_password(KEYCHAIN, f"{provider_name} {account}".strip())
        keyring.delete_password(KEYCHAIN, provider_name)
    except KeyringError:
        return False
    return True


def _kept(machine: Machine, provider_name: str) -> Iterator[FoundToken]:
    if machine.env.get("SSHWIZARD_NO_KEYCHAIN") or machine.home != machine.account_home:
        return
    import keyring
    from keyring.errors import KeyringError

    try:
        account = keyring.get_password(KEYCHAIN, provider_name)
        token = keyring.get_password(KEYCHAIN, f"{provider_name} {account}".strip()) if account else None
    except (KeyringError, OSError):
        return
    if token:
        yield FoundToken(token=Secret(token), where="the system's keychain", account=account)


def _heroku_store(machine: Machine, _name: str) -> Iterator[FoundToken]:
    """Heroku's CLI keeps the account in `login.json` and the token in the system's store."""
    if machine.env.get("HEROKU_NETRC_WRITE", "").lower() in ("1", "true"):
        return
    folder = machine.env.get("HEROKU_DATA_DIR") or os.path.join(
        machine.env.get("XDG_DATA_HOME") or os.path.join(machine.home, ".local", "share"), "heroku"
    )
    account = _text(_json(machine, os.path.join(folder, "login.json")), "account")
    if not account:
        return
    command = {
        "darwin": ["security", "find-generic-password", "-a", account, "-s", "heroku-cli", "-w"],
        "linux": ["secret-tool", "lookup", "service", "heroku-cli", "account", account],
    }.get(machine.platform)
    if command:
        done = machine.run(command, timeout=5)
        if done.ok and done.out.strip():
            yield FoundToken(
                token=Secret(done.out.decode("utf-8", "replace").strip()),
                where="Heroku's entry in the system's keychain",
                account=one_line(account),
            )


def _netrc(*hosts: str) -> Callable[[Machine, str], Iterator[FoundToken]]:
    def find(machine: Machine, _name: str) -> Iterator[FoundToken]:
        for file_name in (".netrc", "_netrc"):
            path = os.path.join(machine.home, file_name)
            text = _netrc_text(machine, path)
            for host in hosts:
                login, password = netrc_entry(text, host)
                if password:
                    yield FoundToken(
                        token=Secret(password),
                        where=f"{machine.shown(path)}, machine {host}",
                        account=one_line(login) or None,
                    )
                    return

    return find


def _netrc_text(machine: Machine, path: str) -> str:
    """Return a netrc's text; an encrypted one beside it comes first, as in Heroku's CLI."""
    if machine.files.look(path + ".gpg").kind == "file":
        done = machine.run(["gpg", "--batch", "--quiet", "--decrypt", path + ".gpg"], timeout=10)
        if done.ok:
            return done.out.decode("utf-8", "replace")
    return machine.files.look(path).data.decode("utf-8", "replace")


def netrc_entry(text: str, host: str) -> tuple[str, str]:
    """Return (login, password) of the first entry for a host; ("", "") where there is none."""
    lexer = shlex.shlex(text, posix=True)
    lexer.whitespace_split = True
    lexer.escape = ""
    try:
        words = list(lexer)
    except ValueError:
        return "", ""
    entry: dict[str, str] | None = None
    for word, value in zip(words, [*words[1:], ""], strict=False):
        if word == "machine":
            if entry is not None:
                break
            entry = {} if value == host else None
        elif word in ("login", "password") and entry is not None:
            entry.setdefault(word, value)
    return (entry.get("login", ""), entry.get("password", "")) if entry else ("", "")


def _clever_cli(machine: Machine, _name: str) -> Iterator[FoundToken]:
    token, secret = machine.env.get("CLEVER_TOKEN"), machine.env.get("CLEVER_SECRET")
    if token and secret:
        yield FoundToken(
            token=Secret(f"{token}:{secret}"), where="the variables CLEVER_TOKEN and CLEVER_SECRET"
        )
    base = machine.env.get("XDG_CONFIG_HOME") or os.path.join(machine.home, ".config")
    path = machine.env.get("CONFIGURATION_FILE") or os.path.join(base, "clever-cloud", "clever-tools.json")
    data = _json(machine, path)
    profiles = data.get("profiles") if isinstance(data, dict) else None
    first = profiles[0] if isinstance(profiles, list) and profiles else data
    token, secret = _text(first, "token"), _text(first, "secret")
    if token and secret:
        yield FoundToken(
            token=Secret(f"{token}:{secret}"),
            where=machine.shown(path),
            account=one_line(_text(first, "email")) or None,
        )


def _scalingo_cli(machine: Machine, _name: str) -> Iterator[FoundToken]:
    folder = machine.env.get("CONFIG_DIR") or os.path.join(machine.home, ".config", "scalingo")
    path = machine.env.get("AUTH_FILE") or os.path.join(folder, "auth")
    data = _json(machine, path)
    hosts = data.get("auth_config_data") if isinstance(data, dict) else None
    for host, entry in hosts.items() if isinstance(hosts, dict) else ():
        tokens = entry.get("tokens") if isinstance(entry, dict) else None
        token = _text(tokens, "token")
        if token:
            user = _text(entry.get("user"), "username") or _text(entry.get("user"), "email")
            yield FoundToken(
                token=Secret(token),
                where=f"{machine.shown(path)}, {one_line(host)}",
                account=one_line(user) or None,
            )


def _gh(host: str) -> Callable[[Machine, str], Iterator[FoundToken]]:
    def find(machine: Machine, _name: str) -> Iterator[FoundToken]:
        base = machine.env.get("XDG_CONFIG_HOME") or os.path.join(machine.home, ".config")
        path = os.path.join(machine.env.get("GH_CONFIG_DIR") or os.path.join(base, "gh"), "hosts.yml")
        text = machine.files.look(path).data.decode("utf-8", "replace")
        block = yaml_block(text, host)
        user = yaml_value(block, "user")
        token = yaml_value(block, "oauth_token")
        if token:
            yield FoundToken(token=Secret(token), where=machine.shown(path), account=user or None)
        elif block:
            done = machine.run(["gh", "auth", "token", "--hostname", host], timeout=5)
            if done.ok and done.out.strip():
                yield FoundToken(
                    token=Secret(done.out.decode("utf-8", "replace").strip()),
                    where="`gh auth token`",
                    account=user or None,
                )

    return find


def _glab(host: str) -> Callable[[Machine, str], Iterator[FoundToken]]:
    def find(machine: Machine, _name: str) -> Iterator[FoundToken]:
        base = machine.env.get("XDG_CONFIG_HOME") or os.path.join(machine.home, ".config")
        folder = machine.env.get("GLAB_CONFIG_DIR") or os.path.join(base, "glab-cli")
        path = os.path.join(folder, "config.yml")
        text = machine.files.look(path).data.decode("utf-8", "replace")
        block = yaml_block(text, host)
        token = yaml_value(block, "token")
        if token:
            user = yaml_value(block, "user")
            yield FoundToken(token=Secret(token), where=machine.shown(path), account=user or None)

    return find


def _git_credential(host: str) -> Callable[[Machine, str], Iterator[FoundToken]]:
    def find(machine: Machine, _name: str) -> Iterator[FoundToken]:
        quiet = {"GIT_TERMINAL_PROMPT": "0", "GCM_INTERACTIVE": "never", "GIT_ASKPASS": "true"}
        asked = f"protocol=https\nhost={host}\n\n".encode()
        done = machine.run(["git", "credential", "fill"], timeout=5, env=quiet, stdin=asked)
        fields = dict(
            line.split("=", 1) for line in done.out.decode("utf-8", "replace").splitlines() if "=" in line
        )
        if done.ok and fields.get("password"):
            yield FoundToken(
                token=Secret(fields["password"]),
                where=f"git's credential helper for {host}",
                account=one_line(fields.get("username", "")) or None,
            )

    return find


def _bitbucket_credential(machine: Machine, name: str) -> Iterator[FoundToken]:
    for found in _git_credential("bitbucket.org")(machine, name):
        if found.account and "@" in found.account:
            yield FoundToken(
                token=Secret(f"{found.account}:{found.token.reveal()}"),
                where=found.where,
                account=found.account,
            )


def _aws(machine: Machine, _name: str) -> Iterator[FoundToken]:
    """The usual places: the environment, then the profile in ~/.aws/credentials."""
    key, secret = machine.env.get("AWS_ACCESS_KEY_ID"), machine.env.get("AWS_SECRET_ACCESS_KEY")
    if key and secret:
        parts = [key, secret, machine.env.get("AWS_SESSION_TOKEN", "")]
        yield FoundToken(token=Secret(":".join(filter(None, parts))), where="the variables AWS_…")
    path = machine.env.get("AWS_SHARED_CREDENTIALS_FILE") or os.path.join(machine.home, ".aws", "credentials")
    profile = machine.env.get("AWS_PROFILE") or "default"
    import configparser

    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(machine.files.look(path).data.decode("utf-8", "replace"))
    except configparser.Error:
        return
    if parser.has_section(profile):
        entry = parser[profile]
        parts = [entry.get(f"aws_{part}", "") for part in ("access_key_id", "secret_access_key")]
        if all(parts):
            parts.append(entry.get("aws_session_token", ""))
            yield FoundToken(
                token=Secret(":".join(filter(None, parts))),
                where=f"{machine.shown(path)}, profile {one_line(profile)}",
            )


def yaml_block(text: str, host: str) -> str:
    """Return the indented lines under `host:` in the simple YAML that gh and glab write."""
    found = re.search(rf"^([ ]*)[\"']?{re.escape(host)}[\"']?:[ ]*\n((?:\1[ ]+.*\n?|[ ]*\n)*)", text, re.M)
    return found.group(2) if found else ""


def yaml_value(block: str, name: str) -> str:
    """Return a scalar of a block, without its quotes; "" where there is none."""
    found = re.search(rf"^[ ]+{re.escape(name)}:[ ]*(?:!!null[ ]*)?(\S.*?)[ ]*$", block, re.M)
    return found.group(1).strip("\"'") if found else ""


def _json(machine: Machine, path: str) -> Any:
    try:
        return json.loads(machine.files.look(path).data)
    except ValueError:
        return {}


def _text(data: Any, name: str) -> str:
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, str) else ""


FINDERS: dict[str, tuple[Callable[[Machine, str], Iterator[FoundToken]], ...]] = {
    "heroku": (_heroku_store, _netrc("api.heroku.com", "git.heroku.com")),
    "clevercloud": (_clever_cli,),
    "scalingo": (_scalingo_cli,),
    "github": (_gh("github.com"), _git_credential("github.com")),
    "gitlab": (_glab("gitlab.com"), _netrc("gitlab.com"), _git_credential("gitlab.com")),
    "bitbucket": (_bitbucket_credential,),
    "codeberg": (_netrc("codeberg.org"), _git_credential("codeberg.org")),
    "codecommit": (_aws,),
}
