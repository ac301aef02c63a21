"""Getting the public half onto the account: by its API, by hand, or it is there already."""

from __future__ import annotations

from dataclasses import replace

from sshwizard.plain.dialogue import Back
from sshwizard.plain.visit import Visit
from sshwizard.text import _
from sshwizard.wizard import answers, choices, newkey, service, strip
from sshwizard.wizard.road import SetUp


def upload(visit: Visit, setup: SetUp) -> SetUp:
    """Get the public half onto the account: by the API, by hand, or it is there already."""
    target, public = setup.target, setup.public
    assert target is not None and public is not None
    provider = service.provider_of(visit.machine.env, target)
    token_from = ""
    if provider:
        from sshwizard.providers.tokens import find_tokens

        token_from = next((found.where for found in find_tokens(visit.machine, provider)), "")
    title = service.service_title(target)
    choice = choices.upload_choice(
        title, api=bool(provider), token_from=token_from, page=service.key_page(target)
    )
    way = visit.dialogue.choose(choice, back=True)
    shown = visit.machine.shown(f"{setup.private_path}.pub") if setup.private_path else ""
    if way == choices.API:
        return _by_api(visit, setup, provider, shown)
    if way == choices.BY_HAND:
        _show_public(visit, setup, shown)
        return replace(setup, upload="hand", uploaded=True)
    return replace(setup, upload="there", uploaded=True)


def _by_api(visit: Visit, setup: SetUp, provider: str, shown: str) -> SetUp:
    """Send the public half to the account API."""
    assert setup.public is not None
    title = visit.dialogue.ask(
        _("Name of the key on the account"),
        setup.public.comment or newkey.suggested_comment(visit.facts()),
        answers.check_title,
    )
    api_url = visit.machine.env.get(service.PRACTICE_URL, "") if provider == service.PRACTICE else ""
    command = strip.upload(provider, shown, title, options=visit.options.options)
    visit.command(command)
    change = visit.apply(service.upload_fix(provider, api_url, setup.public, title))
    if change is None:
        raise Back
    return replace(
        setup,
        upload="api",
        uploaded=True,
        title=title,
        done=(*setup.done, change.title),
        commands=(*setup.commands, command),
    )


def _show_public(visit: Visit, setup: SetUp, shown: str) -> None:
    from sshwizard.openssh.keys import public_line

    assert setup.target is not None and setup.public is not None
    visit.command(strip.show_public(shown))
    visit.say("", public_line(setup.public), "")
    page = service.key_page(setup.target)
    if page:
        visit.say(_("Paste this line there: {page}").format(page=page))
    else:
        visit.say(
            _("Paste this line into the page for ssh keys of your account, or into authorized_keys there.")
        )
    visit.dialogue.ask(_("Press Enter when it is there"))
