"""Steps whose effect is on another machine, and what of them is left; here those on accounts of services.

Each is recorded before, done, and reversed with the same credentials; a service that does not give a key back
leaves a note that says what to do. Those on servers are in `apply.server`.
"""

from __future__ import annotations

import datetime
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sshwizard.apply.journal import Record
from sshwizard.errors import CannotApply
from sshwizard.model.change import Outcome
from sshwizard.model.steps import RemoveKey, UploadKey
from sshwizard.secret import Secret
from sshwizard.text import _, visible

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine
    from sshwizard.model.account import RemoteKey
    from sshwizard.providers.api import KeyApi, Wish


ON_ACCOUNTS, ON_SERVERS = ("upload_key", "remove_key"), ("install_key", "uninstall_key")
"""Kinds of steps whose effect is on another machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What opens accounts and servers for one change; nothing of it is kept."""

    token: Secret | None = None
    otp: Secret | None = None
    """The code of a second factor."""
    timeout: float = 20.0
    """Seconds for each answer of a service."""
    attached: bool = False
    """ssh may ask its questions on the terminal."""


def record_upload(step: UploadKey) -> Record:
    return {
        "kind": "upload_key",
        "sentence": _("Added the public half to the account at {provider}.").format(
            provider=step.service or step.provider
        ),
        "paths": [],
        "provider": step.provider,
        "service": step.service,
        "api_url": step.api_url,
        "public_line": step.public_line,
        "title": step.title,
        "result": None,
        "restore": [
            _("# remove the key {title} from your account at {provider}").format(
                title=shlex.quote(step.title), provider=step.service or step.provider
            )
        ],
    }


def upload(machine: Machine, step: UploadKey, record: Record, login: Login) -> None:
    """Send the public half, re-serialised from what it parses to. Raises what the provider raises."""
    from sshwizard.openssh.keys import read_public_line
    from sshwizard.providers.api import Wish
    from sshwizard.providers.upload import add_key

    api = _open(machine, step.provider, step.api_url, step.service, login)
    wish = Wish(usage=step.usage, expires=step.expires)
    added = add_key(api, read_public_line(step.public_line), step.title, wish, rsa_min=step.rsa_min)
    record["result"] = added.result
    record["account"] = added.account
    record["uses"] = list(added.uses)
    _note_key(record, added.key)
    if added.result == "already_there":
        record["sentence"] = _("The account at {provider} had this key already.").format(
            provider=step.service or step.provider
        )


def undo_upload(machine: Machine, record: Record, login: Login) -> list[str]:
    """Remove from the account what was added. The key itself stays here. Raises CannotApply without a token."""
    from sshwizard.openssh.keys import read_public_line
    from sshwizard.providers.upload import remove_key, same_key

    if record["result"] != "added":
        return []
    if not login.token:
        raise left_as_it_is(record)
    api = _open_again(machine, record, login)
    keys, public = api.list_keys(), read_public_line(record["public_line"])
    for use in record.get("uses", ("auth",)):
        there = same_key(keys, public, use)
        if there is not None:
            remove_key(api, there)
            keys = tuple(key for key in keys if key.called != there.called)
    return []


def record_removal(step: RemoveKey) -> Record:
    return {
        "kind": "remove_key",
        "sentence": _("Removed the key {title} from the account at {provider}.").format(
            title=visible(step.title, keep=""), provider=step.service or step.provider
        ),
        "paths": [],
        "provider": step.provider,
        "service": step.service,
        "api_url": step.api_url,
        "id": step.id,
        "public_line": step.public_line,
        "title": step.title,
        "usage": step.usage,
        "expires": step.expires,
        "rsa_min": step.rsa_min,
        "result": None,
        "restore": [
            _("# put the key {title} back on your account at {provider}: {line}").format(
                title=shlex.quote(step.title),
                provider=step.service or step.provider,
                line=step.public_line or _("its line is not known"),
            )
        ],
    }


def remove(machine: Machine, step: RemoveKey, record: Record, login: Login) -> None:
    """Take a key off its account and look again to be sure. Raises what the provider raises."""
    from sshwizard.providers.upload import find_key, remove_key

    api = _open(machine, step.provider, step.api_url, step.service, login)
    there = [key for key in find_key(api.list_keys(), step.id) if step.id in (key.called, key.id)]
    if not there:
        record["result"] = "absent"
        record["sentence"] = _("The key {title} was not on the account at {provider} any more.").format(
            title=visible(step.title, keep=""), provider=step.service or step.provider
        )
        return
    _note_key(record, there[0])
    record["result"] = "removed"
    try:
        remove_key(api, there[0])
    except BaseException:
        if any(key.called == there[0].called for key in api.list_keys()):
            record["result"] = None
        raise


def undo_removal(machine: Machine, record: Record, login: Login) -> list[str]:
    """Put a key back as it was: for the same use, with the same end. Raises CannotApply without a token, or what
    the service says. One whose end has passed stays off, since without it the key would be good for ever.
    """
    from sshwizard.openssh.keys import read_public_line
    from sshwizard.providers.upload import add_key

    if record["result"] != "removed":
        return []
    if not record["public_line"]:
        words = _(
            "{provider} does not give a key back, so {title} cannot be put on the account again from here."
        )
        return [words.format(provider=_called(record), title=visible(record["title"], keep=""))]
    if not login.token:
        raise left_as_it_is(record)
    api = _open_again(machine, record, login)
    wish = _wish(api, record)
    if wish.expires and wish.expires <= datetime.datetime.now(datetime.UTC).date().isoformat():
        words = _("The end of {title}, {date}, has passed: it was not put back on the account at {provider}.")
        return [
            words.format(title=visible(record["title"], keep=""), date=wish.expires, provider=_called(record))
        ]
    public = read_public_line(record["public_line"])
    add_key(api, public, record["title"], wish, rsa_min=record.get("rsa_min"))
    return []


def _wish(api: KeyApi, record: Record) -> Wish:
    from sshwizard.providers.api import Wish

    kept = {"usage": record.get("usage") or "", "expires": (record.get("expires") or "")[:10]}
    return Wish(**{name: value for name, value in kept.items() if name in api.wishes})


def _note_key(record: Record, key: RemoteKey) -> None:
    """Keep what the service says of the key: how it is named there, for taking the change back."""
    record["id"] = key.id
    record["found"] = {"title": key.title, "fingerprint": key.fingerprint, "usage": key.usage}


def outcome(record: Record) -> Outcome:
    """Return what became of a step on another machine."""
    found = record.get("found") or {}
    return Outcome(
        result=record["result"] or "",
        account=record.get("account"),
        id=record.get("id") or "",
        title=found.get("title") or record["title"],
        fingerprint=found.get("fingerprint"),
        usage=found.get("usage"),
        path=record.get("path") or "",
        loose=tuple(record.get("loose") or ()),
    )


def did_nothing(record: Record) -> bool:
    """Tell whether the other machine was as wanted already."""
    return record.get("result") in ("already_there", "absent")


def left_as_it_is(record: Record) -> CannotApply:
    """Return the error that names what is still as the change left it, and the command that takes it back."""
    title = visible(record["title"], keep="")
    if record["kind"] in ON_SERVERS:
        there = record["kind"] == "install_key"
        words = (
            _("The key {title} is still in authorized_keys of {name}; `{command}` takes it out.")
            if there
            else _("The key {title} is no longer in authorized_keys of {name}; `{command}` puts it back.")
        )
        command = _command("remove" if there else "add", record["destination"], "FILE.pub")
        return CannotApply(
            words.format(
                title=title,
                name=visible(record["destination"], keep=""),
                command=visible(command, keep=""),
            ),
            code="service-unreachable",
        )
    where = ("--api-url", record["api_url"]) if record["api_url"] else ()
    if record["kind"] == "remove_key":
        words = _("The key {title} is no longer on your account at {provider}; `{command}` puts it back.")
        command = _command("add", record["provider"], "FILE.pub", *where)
    else:
        words = _("The key {title} is still on your account at {provider}; `{command}` removes it there.")
        command = _command("remove", record["provider"], record.get("id") or record["title"], *where)
    return CannotApply(
        words.format(title=title, provider=_called(record), command=visible(command, keep="")),
        code="token-missing",
        hint=_("With a token undo does it too: `sshwizard undo --token-env VAR --yes`."),
    )


def is_left(record: dict[str, Any]) -> bool:
    """Tell whether something outside this machine is still as the change left it, and could be taken back."""
    if not record.get("begun") or record.get("reversed"):
        return False
    match record.get("kind"):
        case "upload_key" | "install_key":
            return record.get("result") == "added"
        case "remove_key":
            return record.get("result") == "removed" and bool(record.get("public_line"))
        case "uninstall_key":
            return record.get("result") == "removed"
    return False


def _open_again(machine: Machine, record: Record, login: Login) -> KeyApi:
    return _open(machine, record["provider"], record["api_url"], record.get("service") or "", login)


def _called(record: Record) -> str:
    return str(record.get("service") or record["provider"])


def _open(machine: Machine, provider: str, api_url: str, service: str, login: Login) -> KeyApi:
    from sshwizard.providers import open_account

    if not login.token:
        raise CannotApply(
            _("A token for {provider} is needed; none was given.").format(provider=service or provider),
            code="token-missing",
            hint=_("Name the variable that holds it with `--token-env`."),
        )
    return open_account(
        machine,
        provider,
        token=login.token,
        api_url=api_url or None,
        title=service,
        otp=login.otp,
        timeout=login.timeout,
    )


def _command(*words: str) -> str:
    return shlex.join(["sshwizard", "keys", *words])
