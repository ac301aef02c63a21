"""Opening an account from the command line: which place, which token, a second factor; listing what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from sshwizard import apply
from sshwizard.cli import exits, secrets, stock
from sshwizard.cli.desk import Desk
from sshwizard.errors import Refused, UsageError
from sshwizard.providers.place import Login as SshLogin
from sshwizard.providers.place import Place, find_place
from sshwizard.providers.upload import account_of, find_key, same_key
from sshwizard.report import contract
from sshwizard.report.columns import table
from sshwizard.text import _
from sshwizard.wizard.credentials import Login, open_place

if TYPE_CHECKING:
    from sshwizard.model.account import RemoteKey
    from sshwizard.model.change import Outcome
    from sshwizard.model.finding import Fix
    from sshwizard.model.identity import Identity
    from sshwizard.providers.api import KeyApi
    from sshwizard.secret import Secret

Result = TypeVar("Result")


def place_of(desk: Desk, typed: str) -> Place:
    """Find the place for keys that was typed, ssh's configuration included. Raises UsageError."""
    found = find_place(desk.machine, typed, login_at=lambda name: _login_at(desk, name))
    desk.args.provider = found.name
    return replace(found, api_url=desk.args.api_url or found.api_url)


def account_place(desk: Desk, typed: str) -> Place:
    """The same, for what only an account with an API can do. Raises UsageError for other places."""
    found = place_of(desk, typed)
    if found.kind == "server":
        raise UsageError(
            _("{name} is a server, not an account with a list of keys.").format(name=found.name),
            hint=_("Its keys are lines of `~/.ssh/authorized_keys` there."),
        )
    if found.kind == "page":
        page = found.key_page or _("its web page")
        raise UsageError(
            _("{title} has no key API that sshwizard speaks.").format(title=found.title),
            hint=_("Its keys are listed at {page}.").format(page=page),
        )
    return found


def with_account(desk: Desk, place: Place, work: Callable[[KeyApi], Result]) -> Result:
    """Open the account and do `work` with it; ask for a second factor's code once where one is wanted."""
    return with_login(desk, place, lambda login: work(opened(desk, place, login)))


def with_login(desk: Desk, place: Place, work: Callable[[Login], Result]) -> Result:
    """Do `work` with a credential of the account; ask for a second factor's code once where one is wanted."""
    chosen = secrets.chosen_token(desk, place.provider, api_url=place.api_url)
    used = Login(token=chosen.token, where=chosen.where)

    def attempt(code: Secret | None) -> Result:
        nonlocal used
        used = replace(used, otp=code)
        return work(used)

    try:
        result = secrets.with_code(desk, attempt)
    except Refused as error:
        if error.code == "token-refused" and chosen.where:
            error.hint += " " + _("It was the one in {where}.").format(where=chosen.place)
        raise
    if desk.args.keep_token:
        account = account_of(opened(desk, place, used))
        secrets.keep(desk, place.provider, place.api_url, account or "", used.token)
    return result


def change(desk: Desk, login: Login, fix: Fix) -> Outcome:
    """Make a change on an account, in the journal; return what the service made of it."""
    done = apply.apply_fix(desk.machine, fix, token=login.token, otp=login.otp, timeout=desk.args.timeout)
    return done.outcomes[0]


def opened(desk: Desk, place: Place, login: Login) -> KeyApi:
    """Open the account with a credential."""
    return open_place(desk.machine, place, login, timeout=desk.args.timeout)


def list_remote(desk: Desk) -> int:
    """List the keys on an account, each with the file here that belongs to it."""
    if desk.args.forget_token:
        return _forget(desk)
    place = account_place(desk, desk.args.remote)
    account, remote, title = with_account(
        desk, place, lambda api: (account_of(api), api.list_keys(), api.title)
    )
    here = stock.facts(desk).identities
    rows = [fields(key, here) for key in remote]
    desk.out.object(contract.envelope("keys list", provider=place.name, account=account, keys=rows))
    desk.out.answer(_("{service}, account {account}:").format(service=title, account=account or "?"))
    desk.out.answer(_table(desk, rows) if rows else _("There is no key on this account."))
    return exits.DONE


def show_remote(desk: Desk) -> int:
    """Show everything that a service says of one key on an account."""
    place = account_place(desk, desk.args.remote)

    def look(api: KeyApi) -> tuple[str | None, RemoteKey]:
        return account_of(api), api.get_key(one_key(api, desk.args.key).called)

    account, key = with_account(desk, place, look)
    shown = fields(key, stock.facts(desk).identities)
    desk.out.object(contract.envelope("keys show", provider=place.name, account=account, key=shown))
    width = max(len(name) for name in shown)
    desk.out.answer([f"{name:<{width}}  {value}" for name, value in shown.items() if value is not None])
    return exits.DONE


def one_key(api: KeyApi, wanted: str) -> RemoteKey:
    """Find a key on the account by id, fingerprint, title or part of it. Raises UsageError."""
    fits = find_key(api.list_keys(), wanted)
    if len(fits) == 1:
        return fits[0]
    if fits:
        raise UsageError(
            _("Several keys there are called {name}.").format(name=wanted),
            code="key-ambiguous",
            hint=_("Name one by its id: {ids}.").format(ids=", ".join(key.id for key in fits)),
        )
    raise UsageError(
        _("{service} has no key {name} on this account.").format(service=api.title, name=wanted),
        code="key-unknown",
        hint=_("`sshwizard keys list --remote {name}` lists them.").format(name=api.name),
    )


def fields(key: RemoteKey, here: tuple[Identity, ...]) -> dict[str, Any]:
    """Return a key on an account as the JSON contract has it."""
    local = next((one for one in here if same_key((key,), one.public, None)), None)
    return {
        "id": key.id,
        "title": key.title,
        "fingerprint": key.fingerprint,
        "type": key.type,
        "created": key.created,
        "last_used": key.last_used,
        "expires": key.expires,
        "usage": key.usage,
        "local_path": (local.private_path or local.public_path) if local else None,
    }


def _table(desk: Desk, rows: list[dict[str, Any]]) -> Iterator[str]:
    """Give each key a line for what it is, and one for its id and fingerprint, whole, for copying."""
    uses = any(row["usage"] not in (None, "auth") for row in rows)
    heading = [_("title"), _("kind"), _("added"), _("here")]
    lines = [[*heading, _("for")] if uses else heading]
    lines += [
        [
            str(row["title"] or _("no title")),
            str(row["type"] or "–"),
            str(row["created"] or "–")[:10],
            desk.machine.shown(str(row["local_path"])) if row["local_path"] else "–",
            *([str(row["usage"] or "auth").replace("_and_", ", ")] if uses else []),
        ]
        for row in rows
    ]
    first, *others = table(lines, width=desk.out.style.width)
    yield first
    for row, line in zip(rows, others, strict=True):
        yield line
        names = [str(row["id"])] if row["id"] != row["title"] else []
        yield "  " + "  ".join([*names, str(row["fingerprint"] or _("fingerprint not given"))])


def _forget(desk: Desk) -> int:
    place = account_place(desk, desk.args.remote)
    gone = secrets.forget(place.provider, place.api_url)
    desk.out.object(contract.envelope("keys list", provider=place.name, forgotten=gone))
    desk.out.answer(
        _("The token is no longer in the system's keychain.")
        if gone
        else _("There was no token in the system's keychain.")
    )
    return exits.DONE


def _login_at(desk: Desk, typed: str) -> SshLogin | None:
    """Return whom and what ssh would log in as and at; None for a word that the configuration does not name."""
    from sshwizard import gather
    from sshwizard.gather.target import environment_of
    from sshwizard.openssh.config import hosts_named, resolve

    machine = desk.machine
    environment = environment_of(machine)
    is_word = not any(char in typed for char in "@:/.")
    try:
        if is_word and typed not in hosts_named(environment, machine.files):
            return None
        _target, line = gather.target_of(machine, typed)
        effective = resolve(line, environment, machine.files)
    except UsageError:
        return None
    return SshLogin(host=effective.hostname, user=effective.user, port=effective.port)
