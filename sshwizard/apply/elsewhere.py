"""Steps whose effect is on another machine: keys on accounts of services, and in `authorized_keys` of servers.

Each is recorded before, done, and reversed with the same credentials; a service that does not give a key back,
or a server that cannot be asked, leaves a note that says what to do.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sshwizard.apply.journal import Record
from sshwizard.errors import CannotApply
from sshwizard.model.steps import InstallKey, RemoveKey, UploadKey
from sshwizard.secret import Secret
from sshwizard.text import _, visible

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine
    from sshwizard.providers.api import KeyApi
    from sshwizard.providers.server import Installed


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What opens an account for one change; nothing of it is kept."""

    token: Secret | None = None
    otp: Secret | None = None
    """The code of a second factor."""


def record_upload(step: UploadKey) -> Record:
    return {
        "kind": "upload_key",
        "sentence": _("Added the public half to the account at {provider}.").format(provider=step.provider),
        "paths": [],
        "provider": step.provider,
        "api_url": step.api_url,
        "public_line": step.public_line,
        "title": step.title,
        "result": None,
        "restore": [
            _("# remove the key {title} from your account at {provider}").format(
                title=shlex.quote(step.title), provider=step.provider
            )
        ],
    }


def upload(machine: Machine, step: UploadKey, record: Record, login: Login) -> None:
    """Send the public half, re-serialised from what it parses to. Raises what the provider raises."""
    from sshwizard.openssh.keys import read_public_line
    from sshwizard.providers.upload import add_key

    api = _open(machine, step.provider, step.api_url, login)
    added = add_key(api, read_public_line(step.public_line), step.title, rsa_min=step.rsa_min)
    record["result"] = added.result
    record["id"] = added.key.id
    record["account"] = added.account


def undo_upload(machine: Machine, record: Record, login: Login) -> list[str]:
    """Remove from the account what was added. The key itself stays here. Raises CannotApply without a token."""
    from sshwizard.openssh.keys import read_public_line
    from sshwizard.providers.upload import remove_key, same_key

    if record["result"] != "added":
        return []
    if not login.token:
        raise left_as_it_is(record)
    api = _open(machine, record["provider"], record["api_url"], login)
    there = same_key(api.list_keys(), read_public_line(record["public_line"]))
    if there is not None:
        remove_key(api, there)
    return []


def record_removal(step: RemoveKey) -> Record:
    return {
        "kind": "remove_key",
        "sentence": _("Removed the key {title} from the account at {provider}.").format(
            title=visible(step.title, keep=""), provider=step.provider
        ),
        "paths": [],
        "provider": step.provider,
        "api_url": step.api_url,
        "id": step.id,
        "public_line": step.public_line,
        "title": step.title,
        "usage": step.usage,
        "result": None,
        "restore": [
            _("# put the key {title} back on your account at {provider}: {line}").format(
                title=shlex.quote(step.title),
                provider=step.provider,
                line=step.public_line or _("its line is not known"),
            )
        ],
    }


def remove(machine: Machine, step: RemoveKey, record: Record, login: Login) -> None:
    """Take a key off its account and look again to be sure. Raises what the provider raises."""
    from sshwizard.providers.upload import find_key, remove_key

    api = _open(machine, step.provider, step.api_url, login)
    there = [key for key in find_key(api.list_keys(), step.id) if key.id == step.id]
    if not there:
        record["result"] = "absent"
        return
    record["result"] = "removed"
    try:
        remove_key(api, there[0])
    except BaseException:
        if any(key.id == step.id for key in api.list_keys()):
            record["result"] = None
        raise


def undo_removal(machine: Machine, record: Record, login: Login) -> list[str]:
    """Put a key back where it was. Raises CannotApply without a token, or what the service says."""
    from sshwizard.openssh.keys import read_public_line
    from sshwizard.providers.api import NO_WISH, Wish
    from sshwizard.providers.upload import add_key

    if record["result"] != "removed":
        return []
    if not record["public_line"]:
        words = _(
            "{provider} does not give a key back, so {title} cannot be put on the account again from here."
        )
        return [words.format(provider=record["provider"], title=visible(record["title"], keep=""))]
    if not login.token:
        raise left_as_it_is(record)
    api = _open(machine, record["provider"], record["api_url"], login)
    wish = Wish(usage=record["usage"]) if "usage" in api.wishes else NO_WISH
    add_key(api, read_public_line(record["public_line"]), record["title"], wish)
    return []


def record_install(step: InstallKey) -> Record:
    return {
        "kind": "install_key",
        "sentence": _("Added the public half to authorized_keys of {name}.").format(
            name=visible(step.destination, keep="")
        ),
        "paths": [],
        "destination": step.destination,
        "flags": list(step.flags),
        "public_line": step.public_line,
        "title": step.title,
        "private_path": step.private_path,
        "result": None,
        "restore": [
            _("# take this line out of ~/.ssh/authorized_keys of {name}: {line}").format(
                name=visible(step.destination, keep=""), line=step.public_line
            )
        ],
    }


def install(machine: Machine, step: InstallKey, record: Record, *, attached: bool) -> None:
    """Append the line unless it is there. `attached`: ssh may ask on the terminal. Raises CannotCheck, Refused."""
    from sshwizard.openssh.keys import read_public_line
    from sshwizard.providers.server import install_key

    public = read_public_line(step.public_line)
    done = install_key(
        machine, step.destination, public, title=step.title, flags=step.flags, attached=attached
    )
    record["result"] = done.result
    record["sentence"] = " ".join(_installed(done, step.destination))


def _installed(done: Installed, destination: str) -> list[str]:
    """Say what became of the line, and what would make sshd ignore it."""
    words = (
        _("Added to {path} of {name}.")
        if done.result == "added"
        else _("{path} of {name} has this key already.")
    )
    loose = _("{path} there may be written by others, so sshd ignores the key: `chmod go-w {path}`.")
    said = [words.format(path=done.path, name=visible(destination, keep=""))]
    return [*said, *(loose.format(path=path) for path in done.loose)]


def undo_install(machine: Machine, record: Record) -> list[str]:
    """Take the line out again, logging in without a question: with the very key, or what else lets in."""
    from sshwizard.errors import SshwizardError
    from sshwizard.openssh.keys import read_public_line
    from sshwizard.providers.server import remove_key

    if record["result"] != "added":
        return []
    alone = ("-o", "BatchMode=yes", *(("-i", record["private_path"]) if record["private_path"] else ()))
    flags = (*record["flags"], *alone)
    try:
        remove_key(
            machine,
            record["destination"],
            read_public_line(record["public_line"]),
            flags=flags,
            attached=False,
        )
    except SshwizardError as error:
        raise left_as_it_is(record) from error
    return []


def left_as_it_is(record: Record) -> CannotApply:
    """Return the error that names what is still as the change left it, and the command that takes it back."""
    title = visible(record["title"], keep="")
    if record["kind"] == "install_key":
        return CannotApply(
            _("The key {title} is still in authorized_keys of {name}; `{command}` takes it out.").format(
                title=title,
                name=visible(record["destination"], keep=""),
                command=visible(_command("remove", record["destination"], "FILE.pub"), keep=""),
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
        words.format(title=title, provider=record["provider"], command=visible(command, keep="")),
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
    return False


def _open(machine: Machine, provider: str, api_url: str, login: Login) -> KeyApi:
    from sshwizard.providers import open_account

    if not login.token:
        raise CannotApply(
            _("A token for {provider} is needed; none was given.").format(provider=provider),
            code="token-missing",
            hint=_("Name the variable that holds it with `--token-env`."),
        )
    return open_account(machine, provider, token=login.token, api_url=api_url or None, otp=login.otp)


def _command(*words: str) -> str:
    return shlex.join(["sshwizard", "keys", *words])
