"""Where each service's own tools keep a credential: one finder for each place, asked for one host.

Knows file places and programs that tell; which of them count for a service is in `FINDERS`, which token may be
used for what in `tokens`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sshwizard.providers.found_token import FoundToken, from_login
from sshwizard.providers.keychain import read_entry
from sshwizard.providers.token_files import json_of, text_in, yaml_block, yaml_children, yaml_value
from sshwizard.providers.token_heroku import in_heroku_netrc, in_store
from sshwizard.providers.token_netrc import in_netrc
from sshwizard.secret import Secret
from sshwizard.text import one_line

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine


def _netrc(machine: Machine, host: str) -> Iterator[FoundToken]:
    yield from in_netrc(machine, host)


def _clever_cli(machine: Machine, _host: str) -> Iterator[FoundToken]:
    """Read Clever Cloud's CLI: its first profile is in use. One with `overrides` is for another installation."""
    token, secret = machine.env.get("CLEVER_TOKEN"), machine.env.get("CLEVER_SECRET")
    if token and secret:
        yield FoundToken(
            token=Secret(f"{token}:{secret}"), where="the variables CLEVER_TOKEN and CLEVER_SECRET"
        )
    appdata = machine.env.get("APPDATA") if _is_windows(machine) else None
    file = os.path.join(appdata or _config_folder(machine), "clever-cloud", "clever-tools.json")
    path = machine.env.get("CONFIGURATION_FILE") or file
    data = _json(machine, path)
    profiles = data.get("profiles") if isinstance(data, dict) else None
    first = profiles[0] if isinstance(profiles, list) and profiles else data
    token, secret = text_in(first, "token"), text_in(first, "secret")
    if token and secret and not (isinstance(first, dict) and first.get("overrides")):
        yield FoundToken(
            token=Secret(f"{token}:{secret}"),
            where=machine.shown(path),
            account=one_line(text_in(first, "email")) or None,
        )


def _scalingo_cli(machine: Machine, wanted: str) -> Iterator[FoundToken]:
    """Read Scalingo's CLI: `CONFIG_DIR` moves its other files, not this one (Scalingo/cli, `config/config.go`)."""
    path = machine.env.get("AUTH_FILE") or os.path.join(machine.home, ".config", "scalingo", "auth")
    data = _json(machine, path)
    hosts = data.get("auth_config_data") if isinstance(data, dict) else None
    for host, entry in hosts.items() if isinstance(hosts, dict) else ():
        tokens = entry.get("tokens") if isinstance(entry, dict) else None
        token = text_in(tokens, "token")
        if token and host == wanted:
            user = text_in(entry.get("user"), "username") or text_in(entry.get("user"), "email")
            yield FoundToken(
                token=Secret(token),
                where=f"{machine.shown(path)}, {one_line(host)}",
                account=one_line(user) or None,
            )


def _gh(machine: Machine, host: str) -> Iterator[FoundToken]:
    named = "GitHub CLI" if _is_windows(machine) else "gh"
    folder = machine.env.get("GH_CONFIG_DIR") or os.path.join(_config_folder(machine), named)
    path = os.path.join(folder, "hosts.yml")
    block = yaml_block(machine.files.look(path).data.decode("utf-8", "replace"), host)
    user, token = yaml_value(block, "user"), yaml_value(block, "oauth_token")
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
    for name, other in yaml_children(block, "users"):
        if name != user and yaml_value(other, "oauth_token"):
            yield FoundToken(
                token=Secret(yaml_value(other, "oauth_token")), where=machine.shown(path), account=name
            )


def _glab(machine: Machine, host: str) -> Iterator[FoundToken]:
    folder = machine.env.get("GLAB_CONFIG_DIR") or os.path.join(_config_folder(machine), "glab-cli")
    path = os.path.join(folder, "config.yml")
    block = yaml_block(machine.files.look(path).data.decode("utf-8", "replace"), host)
    user = yaml_value(block, "user") or None
    token = yaml_value(block, "token")
    if token:
        yield FoundToken(token=Secret(token), where=machine.shown(path), account=user)
    for service in (f"glab:{host}:token", f"glab:{host}") if block and not token else ():
        kept = read_entry(machine, service, "")
        if kept:
            yield FoundToken(token=kept, where="glab's entry in the system's keychain", account=user)
            return


def _tea(machine: Machine, host: str) -> Iterator[FoundToken]:
    """Gitea's CLI keeps a list of logins, each with its address."""
    path = os.path.join(_config_folder(machine), "tea", "config.yml")
    text = machine.files.look(path).data.decode("utf-8", "replace")
    for entry in re.split(r"^[ ]*- ", text, flags=re.M)[1:]:
        block = "\n".join(f"  {line.strip()}" for line in entry.splitlines())
        token = yaml_value(block, "token")
        if token and urlsplit(yaml_value(block, "url")).hostname == host:
            user = yaml_value(block, "user")
            yield FoundToken(token=Secret(token), where=machine.shown(path), account=user or None)


def _hut(machine: Machine, host: str) -> Iterator[FoundToken]:
    """SourceHut's CLI keeps `instance "sr.ht" { access-token "…" }`."""
    path = os.path.join(_config_folder(machine), "hut", "config")
    text = machine.files.look(path).data.decode("utf-8", "replace")
    pattern = rf'instance\s+"?{re.escape(host)}"?\s*\{{[^}}]*?access-token\s+"?([^"\s}}]+)"?'
    found = re.search(pattern, text)
    if found:
        yield FoundToken(token=Secret(found.group(1)), where=machine.shown(path))


def _git_credential(machine: Machine, host: str) -> Iterator[FoundToken]:
    quiet = {"GIT_TERMINAL_PROMPT": "0", "GCM_INTERACTIVE": "never", "GIT_ASKPASS": "true"}
    asked = f"protocol=https\nhost={host}\n\n".encode()
    done = machine.run(["git", "credential", "fill"], timeout=5, env=quiet, stdin=asked)
    fields = dict(
        line.split("=", 1) for line in done.out.decode("utf-8", "replace").splitlines() if "=" in line
    )
    where = f"git's credential helper for {host}"
    found = from_login(fields.get("username", ""), fields.get("password", ""), where) if done.ok else None
    if found:
        yield found


def _bitbucket_credential(machine: Machine, host: str) -> Iterator[FoundToken]:
    for found in (*_git_credential(machine, host), *_netrc(machine, host)):
        if found.account and "@" in found.account:
            yield FoundToken(
                token=Secret(f"{found.account}:{found.token.reveal()}"),
                where=found.where,
                account=found.account,
            )


def _aws(machine: Machine, _host: str) -> Iterator[FoundToken]:
    """The usual places: the environment, the profile in ~/.aws/credentials, then what `aws` itself would use."""
    key, secret = machine.env.get("AWS_ACCESS_KEY_ID"), machine.env.get("AWS_SECRET_ACCESS_KEY")
    if key and secret:
        parts = [key, secret, machine.env.get("AWS_SESSION_TOKEN", "")]
        yield FoundToken(token=Secret(":".join(filter(None, parts))), where="the variables AWS_…")
    path = machine.env.get("AWS_SHARED_CREDENTIALS_FILE") or os.path.join(machine.home, ".aws", "credentials")
    profile = machine.env.get("AWS_PROFILE") or "default"
    parts = _aws_profile(machine.files.look(path).data.decode("utf-8", "replace"), profile)
    if parts:
        yield FoundToken(
            token=Secret(":".join(parts)), where=f"{machine.shown(path)}, profile {one_line(profile)}"
        )
    elif not (key and secret):
        yield from _aws_cli(machine, profile)


def _aws_profile(text: str, profile: str) -> list[str]:
    import configparser

    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error:
        return []
    if not parser.has_section(profile):
        return []
    names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    key, secret, session = (parser[profile].get(name, "") for name in names)
    return [part for part in (key, secret, session) if part] if key and secret else []


def _aws_cli(machine: Machine, profile: str) -> Iterator[FoundToken]:
    """Ask AWS's own tool, which knows single sign-on, roles and credential processes."""
    config = machine.env.get("AWS_CONFIG_FILE") or os.path.join(machine.home, ".aws", "config")
    if machine.files.look(config).kind != "file":
        return
    argv = ["aws", "configure", "export-credentials", "--profile", profile, "--format", "process"]
    done = machine.run(argv, timeout=10)
    try:
        data = json.loads(done.out) if done.ok else {}
    except ValueError:
        return
    key, secret = text_in(data, "AccessKeyId"), text_in(data, "SecretAccessKey")
    if key and secret:
        parts = filter(None, [key, secret, text_in(data, "SessionToken")])
        yield FoundToken(token=Secret(":".join(parts)), where=f"`aws configure`, profile {one_line(profile)}")


def _is_windows(machine: Machine) -> bool:
    return machine.platform in ("windows", "gitbash")


def _config_folder(machine: Machine) -> str:
    """Return where command-line tools keep their settings."""
    if machine.env.get("XDG_CONFIG_HOME"):
        return machine.env["XDG_CONFIG_HOME"]
    if _is_windows(machine) and machine.env.get("APPDATA"):
        return machine.env["APPDATA"]
    return os.path.join(machine.home, ".config")


def _json(machine: Machine, path: str) -> Any:
    return json_of(machine.files.look(path).data)


Finder = Callable[["Machine", str], Iterator[FoundToken]]
FINDERS: dict[str, tuple[Finder, ...]] = {
    "heroku": (in_store, in_heroku_netrc),
    "clevercloud": (_clever_cli,),
    "scalingo": (_scalingo_cli,),
    "github": (_gh, _git_credential),
    "github-enterprise": (_gh, _git_credential),
    "gitlab": (_glab, _netrc, _git_credential),
    "bitbucket": (_bitbucket_credential,),
    "codeberg": (_tea, _netrc, _git_credential),
    "gitea": (_tea, _netrc, _git_credential),
    "codecommit": (_aws,),
    "sourcehut": (_hut,),
}
"""For each provider; every finder takes the host whose token is wanted."""
OF_ANY_HOST: tuple[Finder, ...] = (
    _gh,
    _glab,
    _tea,
    _netrc,
    _git_credential,
    _bitbucket_credential,
    _scalingo_cli,
)
"""Those that look for the host they are given; the others know their service's own only."""
