"""`keys add`, `keys remove`, `keys list --remote`: the keys on an account of a provider."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from sshwizard.cli import exits, secrets, stock
from sshwizard.cli.desk import Desk
from sshwizard.errors import Cancelled, UsageError
from sshwizard.providers import open_account
from sshwizard.providers.catalogue import find_provider
from sshwizard.providers.upload import add_key, public_half, same_key
from sshwizard.report import contract
from sshwizard.report.columns import table
from sshwizard.text import _
from sshwizard.wizard import answers
from sshwizard.wizard.road import nothing_was_changed

if TYPE_CHECKING:
    from sshwizard.model.account import RemoteKey
    from sshwizard.model.identity import Identity, PublicKey
    from sshwizard.providers.api import KeyApi


def keys_add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `keys add`."""
    parser.add_argument(
        "provider", metavar="PROVIDER", help=_("github, gitlab, heroku, … (`sshwizard hosts`)")
    )
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help=_("the public half; else the only one there is")
    )
    parser.add_argument("--title", "--name", metavar=_("TEXT"), help=_("its name on the account"))
    _add_account_flags(parser)


def run_keys_add(desk: Desk) -> int:
    """Upload a public half, written anew from what was read; look again to be sure."""
    find_provider(desk.args.provider)
    public = _chosen_public(desk)
    title = desk.args.title or public.comment or _default_title(desk)
    problem = answers.check_title(title)
    if problem:
        raise UsageError(problem)
    if desk.args.dry_run:
        return _would_add(desk, public, title)
    question = _("Send the public half {print} ({title}) to {provider}?").format(
        print=public.fingerprint, title=title, provider=desk.args.provider
    )
    if not desk.confirm(question):
        raise Cancelled(_("Not sent."))
    api = _account(desk)
    added = add_key(api, public, title)
    if added.result == "added":
        desk.done.append(_("the key {title} was added at {service}").format(title=title, service=api.title))
    key = added.key
    desk.out.object(
        contract.envelope(
            "keys add",
            provider=desk.args.provider,
            account=added.account,
            result=added.result,
            key={"id": key.id, "title": key.title, "fingerprint": key.fingerprint or public.fingerprint},
        )
    )
    words = _("Added to {account} at {service}: {title}.")
    if added.result == "already_there":
        words = _("{account} at {service} has this key already: {title}.")
    desk.out.answer(
        words.format(account=added.account or _("the account"), service=api.title, title=key.title)
    )
    return exits.DONE


def keys_remove_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `keys remove`."""
    parser.add_argument("provider", metavar="PROVIDER", help=_("where the account is"))
    parser.add_argument("key", metavar="KEY", help=_("its id, fingerprint or title there"))
    _add_account_flags(parser)


def run_keys_remove(desk: Desk) -> int:
    """Take a key off an account. The files on this machine stay."""
    find_provider(desk.args.provider)
    if not (desk.args.yes or desk.args.dry_run or desk.may_ask()):
        raise desk.need(_("Removing a key from an account needs your consent."), "--yes")
    api = _account(desk)
    key = _find_remote(api, desk.args.key)
    fields = {"id": key.id, "title": key.title, "fingerprint": key.fingerprint}
    if desk.args.dry_run:
        desk.out.object(
            contract.envelope("keys remove", provider=desk.args.provider, result="dry_run", key=fields)
        )
        desk.out.answer(
            [_("Would remove {title} ({id}).").format(title=key.title, id=key.id), nothing_was_changed()]
        )
        return exits.DONE
    if not desk.args.yes:
        _type_to_confirm(key, api.title)
    api.remove_key(key)
    desk.done.append(_("the key {title} was removed at {service}").format(title=key.title, service=api.title))
    desk.out.object(
        contract.envelope("keys remove", provider=desk.args.provider, result="removed", key=fields)
    )
    desk.out.answer(_("Removed from {service}: {title}.").format(service=api.title, title=key.title))
    return exits.DONE


def list_remote(desk: Desk) -> int:
    """List the keys on an account, each with the file here that belongs to it."""
    desk.args.provider = desk.args.remote
    api = _account(desk)
    account = api.who_am_i()
    remote = api.list_keys()
    here = stock.facts(desk).identities
    rows = [_row(key, here) for key in remote]
    desk.out.object(contract.envelope("keys list", provider=desk.args.provider, account=account, keys=rows))
    lines = [[_("title"), _("fingerprint"), _("kind"), _("here")]]
    lines += [
        [
            str(row["title"]),
            str(row["fingerprint"] or _("not given")),
            str(row["type"] or ""),
            desk.machine.shown(str(row["local_path"])) if row["local_path"] else "–",
        ]
        for row in rows
    ]
    desk.out.answer(_("{service}, account {account}:").format(service=api.title, account=account))
    desk.out.answer(
        table(lines, width=desk.out.style.width, whole=(1,))
        if rows
        else _("There is no key on this account.")
    )
    return exits.DONE


def _add_account_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--api-url", metavar="URL", help=_("the address of its API, for an instance of your own")
    )
    parser.add_argument("--token-env", metavar="VAR", help=_("the variable that holds the API token"))


def _account(desk: Desk) -> KeyApi:
    token = secrets.account_token(desk, desk.args.provider)
    return open_account(desk.machine, desk.args.provider, token=token, api_url=desk.args.api_url)


def _chosen_public(desk: Desk) -> PublicKey:
    """Return the public half of the file named, or of the only key there is. Raises UsageError."""
    machine = desk.machine
    if desk.args.file:
        path = answers.absolute(desk.args.file, machine.home, machine.cwd)
        in_cwd = f"{machine.cwd.rstrip('/')}/{desk.args.file}"
        if "/" not in desk.args.file and machine.files.look(in_cwd).kind == "file":
            path = in_cwd
        return public_half(machine.files.look(path))
    usable = [one for one in stock.facts(desk).identities if one.has_private or one.agents]
    if len(usable) == 1:
        return usable[0].public
    raise UsageError(
        _("Which key? There are {n}.").format(n=len(usable)),
        code="key-ambiguous" if usable else "key-unknown",
        hint=_("Name the public half: `sshwizard keys add {provider} ~/.ssh/NAME.pub`.").format(
            provider=desk.args.provider
        ),
    )


def _would_add(desk: Desk, public: PublicKey, title: str) -> int:
    from sshwizard.openssh.keys import public_line

    line = public_line(public)
    desk.out.object(
        contract.envelope(
            "keys add",
            provider=desk.args.provider,
            result="dry_run",
            key={"id": None, "title": title, "fingerprint": public.fingerprint},
            public=line,
        )
    )
    desk.out.answer(
        [_("Would send to {provider}, as {title}:").format(provider=desk.args.provider, title=title), line]
    )
    desk.out.answer(nothing_was_changed())
    return exits.DONE


def _default_title(desk: Desk) -> str:
    return f"{desk.machine.user}@{desk.machine.hostname.split('.', 1)[0]}"


def _find_remote(api: KeyApi, wanted: str) -> RemoteKey:
    """Find a key on the account by id, fingerprint or title. Raises UsageError."""
    keys = api.list_keys()
    prints = {wanted, f"SHA256:{wanted}", f"MD5:{wanted}"}
    fits = [key for key in keys if key.id == wanted or key.fingerprint in prints]
    fits = fits or [key for key in keys if key.public and key.public.fingerprint_md5 in prints]
    fits = fits or [key for key in keys if key.title == wanted]
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


def _type_to_confirm(key: RemoteKey, service: str) -> None:
    from sshwizard.plain.dialogue import Dialogue

    dialogue = Dialogue()
    dialogue.say(
        _("{title} will be removed from {service}. Machines that use it lose access.").format(
            title=key.title, service=service
        )
    )
    typed = dialogue.ask(_("Type its id or title to confirm ({id})").format(id=key.id))
    if typed not in (key.id, key.title):
        raise Cancelled(_("Not confirmed."))


def _row(key: RemoteKey, here: tuple[Identity, ...]) -> dict[str, Any]:
    local = next((one for one in here if same_key((key,), one.public)), None)
    return {
        "id": key.id,
        "title": key.title,
        "fingerprint": key.fingerprint,
        "type": key.type,
        "created": key.created,
        "last_used": key.last_used,
        "local_path": (local.private_path or local.public_path) if local else None,
    }
