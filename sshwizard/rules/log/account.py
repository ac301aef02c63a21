"""Rules about a login that worked: as whom, with which rights, and what went wrong afterwards."""

from __future__ import annotations

from sshwizard.rules.log.view import Suspicions, View, suspect
from sshwizard.text import _


def rights(view: View) -> Suspicions:
    """The forge let somebody in and then said no."""
    attempt = view.attempt
    for event in attempt.all("saml"):
        yield suspect(
            "saml-sso-required", 97, "certain",
            _("{host} knows the key; the organisation demands that it is authorised for single sign-on.").format(host=view.name),
            view.quote(event),
        )  # fmt: skip
    for event in attempt.all("read-only"):
        yield suspect(
            "deploykey-readonly", 97, "certain",
            _("The key that was used may fetch, but not push."), view.quote(event), host=attempt.host, user=attempt.user,
        )  # fmt: skip
    denied = attempt.first("git-denied")
    if denied is not None:
        yield suspect(
            "wrong-account-key", 94, "likely",
            _("{host} let you in as {account}, and {account} may not do this with {repo}.").format(
                host=view.name, account=denied.fields.get("account", "?"), repo=denied.fields.get("repo", "?")),
            view.quote(attempt.first("greeting"), denied), host=attempt.host, user="git",
        )  # fmt: skip
    in_use = next(iter(view.reading.around("key-in-use")), None)
    if in_use is not None:
        yield suspect(
            "wrong-account-key", 80, "likely",
            _("The key already belongs to another account, or to a repository as its deploy key."),
            view.quote(in_use), host=attempt.host, user="git",
        )  # fmt: skip
    lost = attempt.first("repo-not-found")
    if lost is not None and denied is None:
        yield suspect(
            "wrong-account-key", 60 if view.has("https-not-found", "https-auth") else 84, "likely",
            _("{host} let somebody in who cannot see that repository: another account's key, or the path is misspelt.").format(host=view.name),
            view.quote(attempt.first("greeting"), lost, view.heard(r"account|deploy key|private")), host=attempt.host, user="git",
        )  # fmt: skip


def works(view: View) -> Suspicions:
    """The login worked; the error is another one."""
    attempt = view.attempt
    if attempt.outcome != "authenticated" or view.has("git-denied", "repo-not-found", "saml", "read-only"):
        return
    local = attempt.first("local-error")
    said = view.heard(
        r"could not create work tree|already exists and is not an empty|dubious ownership|\[rejected\]|unable to create"
    )
    problem = local or said
    if problem is None and any(a.outcome != "authenticated" and a.events for a in view.reading.attempts):
        return
    greeting = attempt.first("greeting", "authenticated")
    yield suspect(
        "auth-ok-other-error", 93 if problem else 40, "certain" if problem and attempt.first("authenticated") else "likely",
        _("SSH works: {host} let you in{who}.").format(
            host=view.name, who=_(" as {account}").format(account=attempt.account) if attempt.account else "")
        + (" " + _("The error is about something else.") if problem else ""),
        view.quote(attempt.first("accepted"), greeting, problem), severity="warn" if problem else "info",
    )  # fmt: skip


def local_error(view: View) -> Suspicions:
    """An error of git's own, with a login that shows elsewhere in the paste."""
    attempt = view.attempt
    problem = attempt.first("local-error")
    if problem is None or attempt.outcome == "authenticated" or view.has("denied", "host-key-failed"):
        return
    yield suspect(
        "auth-ok-other-error", 76, "likely",
        _("This error is git's own, about a folder or a branch on this machine; SSH is not involved."), view.quote(problem),
        severity="warn",
    )  # fmt: skip


def crash(view: View) -> Suspicions:
    """The client crashed."""
    event = view.attempt.first("crashed")
    if event is not None:
        yield suspect(
            "client-bug",
            66,
            "likely",
            _("This build of ssh crashed."),
            view.quote(view.attempt.first("client"), event),
        )
