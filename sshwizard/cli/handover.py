"""Where a key goes without an API: into `authorized_keys` of a server, or by hand onto a web page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sshwizard import apply
from sshwizard.cli import exits, stock
from sshwizard.errors import Cancelled, Refused, UsageError
from sshwizard.openssh.keys import public_line
from sshwizard.providers.own import path_of
from sshwizard.providers.upload import check_key
from sshwizard.report import contract
from sshwizard.text import _
from sshwizard.wizard import login, service, strip
from sshwizard.wizard.road import nothing_was_changed

if TYPE_CHECKING:
    from sshwizard.cli.desk import Desk
    from sshwizard.model.identity import PublicKey
    from sshwizard.providers.place import Place


def to_server(desk: Desk, place: Place, public: PublicKey, title: str) -> int:
    """Do what ssh-copy-id does, over the user's own ssh, and try the key before leaving."""
    line = public_line(public)
    key = {"id": None, "title": title, "fingerprint": public.fingerprint}
    if desk.args.dry_run:
        desk.out.object(
            contract.envelope("keys add", provider=place.name, result="dry_run", key=key, public=line)
        )
        words = _("Would add to ~/.ssh/authorized_keys of {name}:").format(name=place.name)
        desk.out.answer([words, line, nothing_was_changed()])
        return exits.DONE
    question = _("Add the public half {print} to ~/.ssh/authorized_keys of {name}?").format(
        print=public.fingerprint, name=place.name
    )
    if not desk.confirm(question):
        raise Cancelled(_("Not sent."))
    here = stock.facts(desk).identities
    path = next((one.private_path for one in here if one.public.blob == public.blob), None)
    command = strip.copy_id(desk.args.file or "FILE.pub", place.destination, place.flags)
    (done,) = apply.apply_fix(desk.machine, service.install_fix(place, public, title, path, command)).outcomes
    if done.result == "added":
        desk.done.append(_("the key was added at {name}").format(name=place.name))
    works = login.works(desk.machine, place, public, here)
    desk.out.object(
        contract.envelope(
            "keys add",
            provider=place.name,
            account=None,
            result=done.result,
            key=key,
            path=done.path,
            too_open=list(done.loose),
            logs_in=works,
        )
    )
    words = _("Added to {path} of {name}.")
    if done.result == "already_there":
        words = _("{path} of {name} has this key already.")
    desk.out.answer(words.format(path=done.path, name=place.name))
    for loose in done.loose:
        desk.out.answer(
            _("{path} there may be written by others, so sshd ignores the key: `chmod go-w {path}`.").format(
                path=loose
            )
        )
    desk.out.answer(login.proof(works, place))
    return exits.DONE if works is not False else exits.PROBLEM


def off_server(desk: Desk, place: Place) -> int:
    """Take a public half, named by its file, out of a server's `authorized_keys`."""
    from sshwizard.cli.accounts import public_file

    if not desk.args.key:
        raise UsageError(_("On a server, keys are removed one by one: name the public half's file."))
    public = public_file(desk, desk.args.key)
    key = {"id": None, "title": public.shown_comment, "fingerprint": public.fingerprint}
    if desk.args.dry_run:
        desk.out.object(contract.envelope("keys remove", provider=place.name, result="dry_run", key=key))
        desk.out.answer([_("Would remove {print}.").format(print=public.fingerprint), nothing_was_changed()])
        return exits.DONE
    question = _("Remove {print} from {name}? What logs in with it loses access.").format(
        print=public.fingerprint, name=place.name
    )
    if not desk.confirm(question, default=False):
        raise Cancelled(_("Not confirmed."))
    title = public.called
    command = strip.remove(place.name, desk.args.key, options=desk.options)
    (done,) = apply.apply_fix(desk.machine, service.uninstall_fix(place, public, title, command)).outcomes
    if done.result == "absent":
        raise Refused(
            _("{path} of {name} does not hold this key.").format(path=done.path, name=place.name),
            code="key-unknown",
        )
    desk.done.append(_("the key was removed at {name}").format(name=place.name))
    desk.out.object(contract.envelope("keys remove", provider=place.name, result="removed", key=key))
    desk.out.answer(_("Removed from {path} of {name}.").format(path=done.path, name=place.name))
    return exits.DONE


def by_hand(desk: Desk, place: Place, public: PublicKey) -> int:
    """Hand the line over for pasting: on screen, on the clipboard, the page named and opened when asked."""
    from sshwizard.machine import browser, clipboard

    check_key(place.name, public)
    line = public_line(public)
    copied = desk.may_ask() and clipboard.copy(desk.machine, line)
    opened = bool(desk.args.open and place.key_page) and browser.open_page(desk.machine, place.key_page)
    desk.out.object(
        contract.envelope(
            "keys add",
            provider=place.name,
            account=None,
            result="by_hand",
            key={"id": None, "title": public.shown_comment, "fingerprint": public.fingerprint},
            public=line,
            page=place.key_page or None,
            opened=opened,
        )
    )
    page = place.key_page or _("the page of your account for SSH keys")
    desk.out.answer(
        [
            _("{title} has no key API for this; its page takes the public half.").format(title=place.title),
            _("1. Open {page}").format(page=page) + (_(" (opened)") if opened else ""),
            _("2. Paste this one line, whole, without a line break")
            + (_(" (it is on the clipboard):") if copied else ":"),
            "",
            line,
            "",
            _("3. Save it there, then: sshwizard test {name}").format(name=place.name),
        ]
    )
    if not place.key_page:
        desk.out.answer(
            _(
                "If it is a GitLab, Gitea or GitHub of your own: name it in {path}, and `keys add` does the rest."
            ).format(path=desk.machine.shown(path_of(desk.machine)))
        )
    return exits.DONE if desk.may_ask() else exits.NEEDS_ANSWER
