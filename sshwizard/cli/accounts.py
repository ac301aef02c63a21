"""`keys add` and `keys remove`: public halves on an account, on a server, or by hand on a web page."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from sshwizard.cli import exits, flags, remote, stock
from sshwizard.cli.desk import Desk
from sshwizard.errors import Cancelled, UsageError
from sshwizard.hosts import book
from sshwizard.providers.api import Wish
from sshwizard.providers.remote import looks_like_key_material
from sshwizard.providers.upload import account_of, check_key, check_title, check_wish, public_half
from sshwizard.report import contract
from sshwizard.text import _
from sshwizard.wizard import account, answers, service, strip
from sshwizard.wizard.road import nothing_was_changed

if TYPE_CHECKING:
    from sshwizard.machine.http import HttpRequest
    from sshwizard.model.account import RemoteKey
    from sshwizard.model.change import Outcome
    from sshwizard.model.identity import PublicKey
    from sshwizard.providers.api import KeyApi
    from sshwizard.providers.place import Place
    from sshwizard.wizard.credentials import Login


def keys_add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `keys add`."""
    parser.add_argument(
        "provider",
        nargs="?",
        metavar="PROVIDER|HOST",
        help=_(
            "github, gitlab, heroku, … (`sshwizard hosts`), a host, a remote, or user@host of a server;"
            " else this repository's remote"
        ),
    )
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help=_("the public half; else the only one there is")
    )
    parser.add_argument("--title", "--name", metavar=_("TEXT"), help=_("its name on the account"))
    parser.add_argument(
        "--expires", default="", metavar=_("DATE"), help=_("when it ends (GitLab, Bitbucket)")
    )
    parser.add_argument(
        "--usage",
        default="",
        metavar=_("USE"),
        help=_("auth, signing or auth_and_signing (GitHub, GitLab)"),
    )
    parser.add_argument(
        "--open", action="store_true", help=_("where there is no API: open the page in the browser")
    )
    flags.add_account(parser)


def run_keys_add(desk: Desk) -> int:
    """Bring a public half, written anew from what was read, to where it has to go; look again to be sure."""
    _settle_words(desk)
    place = remote.place_of(desk, desk.args.provider)
    public = _chosen_public(desk)
    title = desk.args.title or _title_of(desk, public)
    problem = answers.check_title(title)
    if problem:
        raise UsageError(problem)
    check_title(title)
    if place.kind != "api":
        from sshwizard.cli import handover

        to_server = place.kind == "server"
        return (
            handover.to_server(desk, place, public, title)
            if to_server
            else handover.by_hand(desk, place, public)
        )
    check_key(place.provider, public, rsa_min=place.rsa_min)
    api = _unopened(desk, place)
    check_wish(api, _wish(desk))
    if desk.args.dry_run:
        return _would_add(desk, place, public, title, api.add_request(public, title, _wish(desk)))
    question = _("Send the public half {print} ({title}) to {provider}?").format(
        print=public.fingerprint, title=title, provider=place.title
    )
    if not desk.confirm(question):
        raise Cancelled(_("Not sent."))
    path = desk.args.file or "FILE.pub"
    command = strip.upload(place.name, path, title, api_url=desk.args.api_url or "", options=desk.options)
    fix = service.upload_fix(place, public, title, command, _wish(desk))
    added = remote.with_login(desk, place, lambda login: remote.change(desk, login, fix))
    return _said_added(desk, place, public, added)


def _settle_words(desk: Desk) -> None:
    """Take a lone file for the file, and this repository's remote for the place that was left out."""
    if desk.args.provider and not desk.args.file and desk.args.provider.endswith(".pub"):
        desk.args.provider, desk.args.file = None, desk.args.provider
    if not desk.args.provider:
        desk.args.provider = _of_repository(desk)


def _of_repository(desk: Desk) -> str:
    """Return where this repository's remote leads; a service without git over SSH has an account all the same."""
    from sshwizard import gather
    from sshwizard.cli.https_only import CODE

    try:
        target, _line = gather.target_of(desk.machine, "")
    except UsageError as error:
        if error.code != CODE:
            raise
        return error.where
    return f"{target.user}@{target.host}" if target.user else target.host


def _said_added(desk: Desk, place: Place, public: PublicKey, key: Outcome) -> int:
    if key.result == "added":
        desk.done.append(
            _("the key {title} was added at {service}").format(title=key.title, service=place.title)
        )
    desk.out.object(
        contract.envelope(
            "keys add",
            provider=place.name,
            account=key.account,
            result=key.result,
            key={
                "id": key.id,
                "title": key.title,
                "fingerprint": key.fingerprint or public.fingerprint,
            },
        )
    )
    words = _("Added to {account} at {service}: {title}.")
    if key.usage == "signing":
        words = _("Added to {account} at {service}, for signing: {title}.")
    if key.result == "already_there":
        words = _("{account} at {service} has this key already: {title}.")
    desk.out.answer(
        words.format(account=key.account or _("the account"), service=place.title, title=key.title)
    )
    if place.provider == "codecommit":
        desk.out.answer(_("Its id is the user name for ssh: {id}.").format(id=key.id))
    return exits.DONE


def keys_remove_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `keys remove`."""
    parser.add_argument("provider", metavar="PROVIDER|HOST", help=_("where the account is"))
    parser.add_argument(
        "key",
        nargs="?",
        metavar="KEY",
        help=_("its id, fingerprint, title or a part of it; for a server: the public half's file"),
    )
    parser.add_argument("--all", action="store_true", help=_("every key on the account"))
    flags.add_account(parser)


def run_keys_remove(desk: Desk) -> int:
    """Take keys off an account. The files on this machine stay."""
    if bool(desk.args.key) == desk.args.all:
        raise UsageError(
            _("Name the key to remove, or say `--all`; not both."),
            hint=_("`sshwizard keys list --remote {name}` lists them.").format(name=desk.args.provider),
        )
    place = remote.place_of(desk, desk.args.provider)
    if not (desk.args.yes or desk.args.dry_run or desk.may_ask()):
        raise desk.need(_("Removing a key from an account needs your consent."), "--yes")
    if place.kind == "server":
        from sshwizard.cli import handover

        return handover.off_server(desk, place)
    place = remote.account_place(desk, desk.args.provider)
    return remote.with_login(desk, place, lambda login: _remove(desk, place, login))


def _remove(desk: Desk, place: Place, login: Login) -> int:
    api = remote.opened(desk, place, login)
    keys = api.list_keys() if desk.args.all else (remote.one_key(api, desk.args.key),)
    shown = [{"id": key.id, "title": key.title, "fingerprint": key.fingerprint} for key in keys]
    fields: dict[str, Any] = {"keys": shown} if desk.args.all else {"key": shown[0]}
    if desk.args.dry_run:
        desk.out.object(contract.envelope("keys remove", provider=place.name, result="dry_run", **fields))
        words = _("Would remove {title} ({id}).")
        desk.out.answer([words.format(title=key.title, id=key.id) for key in keys])
        desk.out.answer(nothing_was_changed())
        return exits.DONE
    if not desk.args.yes:
        _type_to_confirm(keys, place)
        desk.args.yes = True
    found = account.joined(place, account_of(api), keys, ())
    for key in keys:
        command = strip.remove(place.name, key.id, api_url=desk.args.api_url or "", options=desk.options)
        remote.change(desk, login, account.removal(found, key, command))
        desk.done.append(
            _("the key {title} was removed at {service}").format(title=key.title, service=place.title)
        )
        desk.out.answer(_("Removed from {service}: {title}.").format(service=place.title, title=key.title))
    desk.out.object(contract.envelope("keys remove", provider=place.name, result="removed", **fields))
    if not keys:
        desk.out.answer(_("There is no key on this account."))
    return exits.DONE


def _wish(desk: Desk) -> Wish:
    usage = {"authentication": "auth"}.get(desk.args.usage, desk.args.usage)
    return Wish(expires=desk.args.expires, usage=usage)


def _chosen_public(desk: Desk) -> PublicKey:
    """Return the public half of the file named, or of the only key there is. Raises UsageError."""
    if desk.args.file:
        return public_file(desk, desk.args.file)
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


def public_file(desk: Desk, typed: str) -> PublicKey:
    """Read the public half in a file: a path, or a bare name in this folder or in ~/.ssh. Raises UsageError."""
    machine = desk.machine
    path = answers.absolute(typed, machine.home, machine.cwd)
    in_cwd = f"{machine.cwd.rstrip('/')}/{typed}"
    if "/" not in typed and machine.files.look(in_cwd).kind == "file":
        path = in_cwd
    return public_half(machine.files.look(path))


def _would_add(desk: Desk, place: Place, public: PublicKey, title: str, request: HttpRequest) -> int:
    from sshwizard.openssh.keys import public_line

    line = public_line(public)
    desk.out.object(
        contract.envelope(
            "keys add",
            provider=place.name,
            result="dry_run",
            key={"id": None, "title": title, "fingerprint": public.fingerprint},
            public=line,
            request={
                "method": request.method,
                "url": request.url,
                "headers": {**request.headers, **{name: "…" for name in request.secret_headers}},
                "body": (request.body or b"").decode(),
            },
        )
    )
    desk.out.answer([_("Would send to {provider}, as {title}:").format(provider=place.title, title=title)])
    desk.out.answer([f"{request.method} {request.url}", (request.body or b"").decode()])
    desk.out.answer(nothing_was_changed())
    return exits.DONE


def _unopened(desk: Desk, place: Place) -> KeyApi:
    """Return the account without a token: good for building requests, not for sending them."""
    from sshwizard.providers import open_account
    from sshwizard.secret import Secret

    token = Secret("name:token" if place.provider in ("bitbucket", "codecommit") else "token")
    return open_account(desk.machine, place.provider, token=token, api_url=place.api_url, title=place.title)


def _title_of(desk: Desk, public: PublicKey) -> str:
    """Return the key's comment, or who and where this is when that could be anything but a name."""
    if public.comment and not looks_like_key_material(public.comment):
        return public.comment
    return f"{desk.machine.user}@{desk.machine.hostname.split('.', 1)[0]}"


def _type_to_confirm(keys: tuple[RemoteKey, ...], place: Place) -> None:
    from sshwizard.plain.dialogue import Dialogue

    dialogue = Dialogue()
    entry = book.find(place.provider)
    for key in keys:
        dialogue.say(
            _("{title} will be removed from {service}. Machines that use it lose access.").format(
                title=key.title, service=place.title
            )
        )
    if entry is not None and entry.before_removing:
        dialogue.say(entry.before_removing)
    word = keys[0].id if len(keys) == 1 else _("all {n}").format(n=len(keys))
    typed = dialogue.ask(
        _("Type its id or title to confirm ({id})").format(id=word)
        if len(keys) == 1
        else _("Type “{word}” to confirm").format(word=word)
    )
    accepted = (keys[0].id, keys[0].title) if len(keys) == 1 else (word,)
    if not keys or typed not in accepted:
        raise Cancelled(_("Not confirmed."))
