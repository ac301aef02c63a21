"""Getting the public half to where it has to go: by an API, over ssh, by hand, or it is there already."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sshwizard.errors import SshwizardError
from sshwizard.model.choices import Choice, Option
from sshwizard.plain.dialogue import Back
from sshwizard.plain.opening import agree, with_code
from sshwizard.plain.visit import Visit
from sshwizard.providers.place import Place
from sshwizard.text import _
from sshwizard.wizard import account, answers, choices, credentials, instance, login, newkey, service, strip
from sshwizard.wizard.road import SetUp

if TYPE_CHECKING:
    from sshwizard.providers.tokens import FoundToken


def upload(visit: Visit, setup: SetUp) -> SetUp:
    """Get the public half there, in the way that the user chooses."""
    target, public = setup.target, setup.public
    assert target is not None and public is not None
    place = setup.place or service.place_at(visit.machine, target)
    shown = visit.machine.shown(f"{setup.private_path}.pub") if setup.private_path else "FILE.pub"
    tokens = _tokens(visit, place)
    way = visit.dialogue.choose(choices.upload_choice(place, token_from=credentials.named(tokens)), back=True)
    if way == choices.INSTANCE:
        return replace(setup, place=_own_instance(visit, setup))
    if way == choices.API:
        named = credentials.only(tokens)
        if named is not None:
            agree(visit, place, named)
        return _by_api(visit, setup, place, shown)
    if way == choices.SERVER:
        server = place if place.kind == "server" else service.as_server(target)
        return _by_login(visit, setup, server, shown)
    if way == choices.BY_HAND:
        _show_public(visit, setup, place, shown)
        return replace(setup, upload="hand", uploaded=True)
    return replace(setup, upload="there", uploaded=True)


def _tokens(visit: Visit, place: Place) -> tuple[FoundToken, ...]:
    """Return the credentials for a place that are on this machine; none once the service refused the one named."""
    if place.kind != "api" or credentials.key_of(place) in visit.refused:
        return ()
    from sshwizard.providers.tokens import find_tokens

    return find_tokens(visit.machine, place.provider, api_url=place.api_url)


def _by_api(visit: Visit, setup: SetUp, place: Place, shown: str) -> SetUp:
    """Send the public half to the account API."""
    assert setup.public is not None
    title = visit.dialogue.ask(
        _("Name of the key on the account"),
        account.public_title(setup.public, newkey.suggested_comment(visit.facts())),
        answers.check_title,
    )
    follows = account.before_adding(place)
    visit.say(*([follows] if follows else []))
    command = strip.upload(place.name, shown, title, options=visit.options.options)
    visit.command(command)
    fix = service.upload_fix(place, setup.public, title, command)
    if visit.options.dry_run:
        visit.apply(fix)
        raise Back
    change = with_code(visit, place, lambda opened: visit.apply(fix, opened))
    assert change is not None
    return replace(
        setup,
        place=place,
        upload="api",
        uploaded=True,
        title=title,
        done=(*setup.done, change.title),
        commands=(*setup.commands, command),
    )


def _by_login(visit: Visit, setup: SetUp, place: Place, shown: str) -> SetUp:
    """Do what ssh-copy-id does; ssh asks for the password itself, on this terminal, and shows nothing of it."""
    assert setup.public is not None
    title = account.public_title(setup.public, newkey.suggested_comment(visit.facts()))
    command = strip.copy_id(shown, place.destination, place.flags)
    visit.command(command)
    visit.say(_("ssh logs in now; if it asks for a password, nothing shows while you type."))
    change = visit.apply(service.install_fix(place, setup.public, title, setup.private_path, command))
    if change is None:
        raise Back
    visit.say(*change.steps)
    works = login.works(visit.machine, place, setup.public, visit.facts().identities)
    visit.say(login.proof(works, place))
    return replace(
        setup,
        place=place,
        upload="server",
        uploaded=True,
        done=(*setup.done, change.title),
        commands=(*setup.commands, command),
    )


def _own_instance(visit: Visit, setup: SetUp) -> Place:
    """Find out what the host's web pages belong to; ask only what they do not tell; remember it on request."""
    from sshwizard.providers.family import find_family

    target = setup.target
    assert target is not None
    site, kind = instance.suggested_site(target), ""
    while not kind:
        site = instance.normal_site(
            visit.dialogue.ask(_("Address of its web pages"), site, instance.check_site)
        )
        visit.say(_("Asking {site} what it is…").format(site=site))
        try:
            found = find_family(visit.machine, site)
        except SshwizardError as error:
            visit.say(error.message, error.hint)
            if not visit.dialogue.yes_no(_("Try another address?"), default=True):
                raise Back from error
            continue
        if found is None:
            visit.say(_("{site} does not say what it is.").format(site=site))
            kind = visit.dialogue.choose(instance.kind_choice(), back=True)
        else:
            kind = found.kind
            visit.say(f"{instance.TITLES[kind]} {found.version}".rstrip())
    made = instance.described(visit.machine, target, kind, site)
    remember = Choice(
        question=_("Remember it?"),
        options=(
            Option(value=choices.NO, label=_("only this time")),
            Option(value=choices.YES, label=_("remember it"), note="~/.config/sshwizard/providers.toml"),
        ),
        default=choices.NO,
    )
    if visit.dialogue.choose(remember, back=True) == choices.YES:
        fix = instance.remember(visit.machine, made)
        visit.show(fix)
        visit.apply(fix)
    return made.place


def _show_public(visit: Visit, setup: SetUp, place: Place, shown: str) -> None:
    from sshwizard.machine import browser, clipboard
    from sshwizard.openssh.keys import public_line

    assert setup.public is not None
    visit.command(strip.show_public(shown))
    line = public_line(setup.public)
    copied = visit.options.hidden_input and clipboard.copy(visit.machine, line)
    visit.say("", line, "", *([_("It is on the clipboard too.")] if copied else []))
    if place.key_page:
        visit.say(_("Paste this line there: {page}").format(page=place.key_page))
        follows = account.before_adding(place)
        visit.say(*([follows] if follows else []))
        if visit.dialogue.yes_no(_("Open that page in a browser?"), default=False):
            opened = browser.open_page(visit.machine, place.key_page)
            visit.say(_("It was handed to your browser.") if opened else _("No browser was found here."))
    else:
        visit.say(
            _("Paste this line into the page for ssh keys of your account, or into authorized_keys there.")
        )
    visit.dialogue.ask(_("Press Enter when it is there"))
