"""Logs in which a host asks for a password that its service does not have: its word for an unknown key."""

from __future__ import annotations

from collections.abc import Iterator

from sshwizard.rules import sight
from sshwizard.rules.log.view import Suspicion, View, suspect
from sshwizard.text import _


def for_nothing(view: View) -> Iterator[Suspicion]:
    """The host book says that a password question there means one thing: the key is not known."""
    prompt = view.attempt.first("password-prompt")
    forge = view.forge
    if prompt is None or forge is None or not forge.password_means_unknown or view.accepted is not None:
        return
    yield suspect(
        "key-not-registered",
        78,
        "likely",
        _(
            "{host} asks for a password, which {title} does not have for git: that is how it says that it does not"
            " know your key."
        ).format(host=view.name, title=forge.title),
        view.quote(prompt, view.attempt.first("denied", "denied-again")),
        [
            sight.advice(
                _("Add the public half to your account at {title}").format(title=forge.title),
                _("Leave the question with Ctrl+C: nothing that is typed there works."),
                _("Its page of keys: {page}").format(page=forge.key_page),
                _("If the key is on the account, ssh does not send it to this host: one block for all of its names"
                  " is Host {patterns}").format(patterns=forge.config_hosts or view.name),
                command=f"sshwizard keys add {forge.name}",
            )
        ],
    )  # fmt: skip
