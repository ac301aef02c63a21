"""Where a public half has to go: from what was typed to an account API, a server's own file, or a web page.

Contacts nobody. Which hosts an ssh configuration stands for is told by the caller (`login_at`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sshwizard.errors import UsageError
from sshwizard.hosts import book
from sshwizard.openssh.destination import Destination, parse_destination
from sshwizard.providers.catalogue import PROVIDERS
from sshwizard.providers.own import Own, own_instances
from sshwizard.text import _, visible

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

PRACTICE = "practice"
PRACTICE_URL = "SSHWIZARD_PRACTICE_URL"
IAM = {"us-gov": "https://iam.us-gov.amazonaws.com", "cn": "https://iam.cn-north-1.amazonaws.com.cn"}
"""IAM's addresses for the AWS partitions that have their own, by the start of the region's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Who logs in where, as ssh would for a typed destination."""

    host: str
    user: str
    port: int = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a key goes, and how."""

    kind: Literal["api", "server", "page"]
    """"api": an account with a key API; "server": `authorized_keys` on a server; "page": by hand."""
    name: str
    """What to type for it: `github`, `work`, `anna@box`."""
    title: str
    provider: str = ""
    """For "api": what `open_account` takes."""
    api_url: str | None = None
    """None: the provider's own."""
    destination: str = ""
    """For "server": what ssh takes."""
    flags: tuple[str, ...] = ()
    """For "server": ssh's own flags."""
    key_page: str = ""
    """Where keys are pasted by hand; "" when it is not known."""
    rsa_min: int | None = None
    """An own instance's rule, in place of the host book's."""


LoginAt = Callable[[str], Login | None]


def find_place(machine: Machine, typed: str, *, login_at: LoginAt = lambda _typed: None) -> Place:
    """Find where keys go for a service's name, a host, a git address, a remote's name, or `user@host`.

    `login_at` says whom ssh would log in as for a destination (its configuration included), None where the
    name stands for nothing there. Raises UsageError for a word that names nothing, and for a file of own
    instances that cannot be read.
    """
    typed = typed.strip()
    practice = machine.env.get(PRACTICE_URL)
    if practice and typed.rsplit("@", 1)[-1].split(":", 1)[0] == PRACTICE:
        return Place(
            kind="api", name=PRACTICE, title=PROVIDERS[PRACTICE].title, provider=PRACTICE, api_url=practice
        )
    own = own_instances(machine)
    for one in own:
        if typed == one.name:
            return own_place(one)
    if typed in PROVIDERS:
        return _provider_place(typed)
    entry = book.find(typed)
    if entry is not None and entry.name == typed:
        return _entry_place(entry, entry.ssh_host)
    return _host_place(machine, typed, own, login_at)


def _host_place(machine: Machine, typed: str, own: tuple[Own, ...], login_at: LoginAt) -> Place:
    address = _address(machine, typed)
    login = login_at(f"{address.user}@{address.host}" if address.user else address.host)
    for host in dict.fromkeys([address.host.lower(), login.host.lower() if login else address.host.lower()]):
        for one in own:
            if host == one.ssh_host:
                return own_place(one)
        entry = book.find(host)
        if entry is not None:
            return _entry_place(entry, host)
    is_word = "." not in address.host and not address.user and address.path is None
    if is_word and (login is None or login.host == address.host):
        raise _unknown(typed)
    user = address.user or (login.user if login else "")
    if user == "git" or address.path is not None or address.scheme in ("http", "https"):
        return Place(kind="page", name=visible(address.host), title=visible(address.host))
    destination = f"{address.user}@{address.host}" if address.user else address.host
    flags = ("-p", str(address.port)) if address.port else ()
    return Place(
        kind="server",
        name=visible(destination),
        title=visible(address.host),
        destination=destination,
        flags=flags,
    )


def _address(machine: Machine, typed: str) -> Destination:
    """Understand what was typed as a destination; a remote of this repository comes first."""
    from sshwizard.machine import git

    if not any(char in typed for char in "@:/.") and git.top_folder(machine, machine.cwd):
        remote = next((one for one in git.look(machine).remotes if one.name == typed), None)
        if remote is not None and remote.host:
            return parse_destination(remote.push_url or remote.url)
    return parse_destination(typed)


def own_place(one: Own) -> Place:
    """Return where the keys of a user's own instance go."""
    return Place(
        kind="api",
        name=one.name,
        title=one.name,
        provider=one.provider,
        api_url=one.api_url,
        key_page=one.key_page,
        rsa_min=one.rsa_min,
    )


def _provider_place(name: str) -> Place:
    entry = book.find(name)
    return Place(
        kind="api",
        name=name,
        title=PROVIDERS[name].title,
        provider=name,
        key_page=entry.key_page if entry else "",
    )


def _entry_place(entry: book.Entry, host: str) -> Place:
    if entry.name not in PROVIDERS:
        return Place(kind="page", name=entry.name, title=entry.title, key_page=entry.key_page)
    return Place(
        kind="api",
        name=entry.name,
        title=entry.title,
        provider=entry.name,
        api_url=_api_of(entry, host),
        key_page=entry.key_page,
    )


def _api_of(entry: book.Entry, host: str) -> str | None:
    """Return the API's address where it depends on the host; None where the provider's own is right."""
    if entry.name == "github" and host.endswith(".ghe.com"):
        return f"https://api.{host}"
    if entry.name == "gitea":
        return f"https://{host}"
    if entry.name == "codecommit":
        region = host.removeprefix("git-codecommit.").removeprefix("git-codecommit-fips.")
        return next((url for start, url in IAM.items() if region.startswith(f"{start}-")), None)
    return None


def _unknown(typed: str) -> UsageError:
    import difflib

    known = [*PROVIDERS, *(entry.name for entry in book.entries())]
    near = difflib.get_close_matches(typed.lower(), known, n=1, cutoff=0.6)
    hint = _("Known services: {names}; or name a host, `user@host` or a remote.").format(
        names=", ".join(dict.fromkeys(known))
    )
    return UsageError(
        _("{name} is no service, host or remote known here.").format(name=visible(typed)),
        hint=_("Did you mean `{name}`?").format(name=near[0]) if near else hint,
    )
