"""Rules about what comes after the keys: a login that does not follow, a repository that says no.

Certain is only what the host itself said; nothing here is known without a real login.
"""

from __future__ import annotations

from collections.abc import Iterator

from sshwizard.model.finding import Case, Evidence, Finding, Fix
from sshwizard.model.transcript import Check, Transcript
from sshwizard.rules import sight
from sshwizard.text import _

_BREAKS_OFF = (("userauth", "timeout"), ("userauth", "closed"), ("session", "timeout"))
"""Layer and code."""


def repository(case: Case) -> Iterator[Finding]:
    """The login works; say what the host lets this account do with the repository."""
    transcript = case.transcript
    if transcript is None or case.plan is None or not sight.accepted(case):
        return
    match transcript.access:
        case "sso":
            yield _single_sign_on(case, transcript)
        case "read_only":
            yield _read_only(case, transcript)
        case "denied" | "not_found" if len(transcript.known) < 2:
            yield _no_access(case, transcript)
        case "unknown" if transcript.access_detail:
            yield _something_else(case, transcript)


def no_login_after_all(case: Case) -> Iterator[Finding]:
    """The host takes the key and still lets nobody in."""
    check = _session(case)
    if check is None or case.plan is None or check.code not in ("closed", "signature-refused"):
        return
    yield sight.finding(
        "server-account-config",
        "fail",
        "likely",
        _(
            "{host} takes your key and then does not let {user} in: {detail} The account may be locked or expired,"
            " or an option of the key forbids it."
        ).format(host=sight.host(case), user=case.plan.target.user, detail=check.detail),
        [sight.checked(case, check)],
        [
            sight.advice(
                _("Ask whoever runs {host}").format(host=sight.host(case)),
                _("Its log says why, at the time of this attempt."),
                _("At a forge: log in on its web page, and look for a message about the account."),
            )
        ],
        title=_("The host takes the key, and the login fails"),
    )


def breaks_off(case: Case) -> Iterator[Finding]:
    """The host began the login, and then said nothing or hung up."""
    check = sight.failed_check(case)
    if check is None or (check.id, check.code) not in _BREAKS_OFF:
        return
    silent = check.code == "timeout"
    words = (
        _(
            "{host} was reached and began the login, but did not answer in time. That is no verdict on your keys."
        )
        if silent
        else _("{host} was reached and began the login, but then hung up. That is no verdict on your keys.")
    )
    title = (
        _("The host falls silent in the middle of the login")
        if silent
        else _("The host hangs up in the middle of the login")
    )
    yield sight.finding(
        "login-breaks-off",
        "fail",
        "certain",
        words.format(host=sight.host(case)),
        [sight.checked(case, check)],
        [
            sight.advice(
                _("Try once more in some minutes"),
                _("An overloaded host, or one whose account database is slow, answers late.")
                if silent
                else _("A host that shuts out an address after failed logins does it without a word, for minutes."),
                _("If only this network shows it, large packets may be lost on the way (VPN, tunnel)."),
                _("If it stays: ask whoever runs {host} what its log says.").format(host=sight.host(case)),
            )
        ],
        title=title,
    )  # fmt: skip


def second_factor(case: Case) -> Iterator[Finding]:
    """The host takes the key and lets nobody in by it alone."""
    check = _session(case)
    if check is None or check.code != "partial-success":
        return
    yield sight.finding(
        "second-factor-wanted",
        "warn",
        "certain",
        _("{detail}. Your key is right; ssh asks you for the rest, such as a password or a code.").format(
            detail=check.detail
        ),
        [sight.checked(case, check)],
        [
            sight.advice(
                _("Log in from a terminal, where ssh can ask you"),
                _("git without a terminal, and machines, cannot get in: ask for a way by key alone."),
                command=_again(case),
            )
        ],
    )


def own_limit(case: Case) -> Iterator[Finding]:
    """Our own transport cannot go where ssh may."""
    check = sight.failed_check(case)
    if check is None or check.code != "own-limit":
        return
    yield sight.finding(
        "own-limit",
        "warn",
        "certain",
        _("{detail} Nothing is known to be wrong.").format(detail=check.detail),
        [sight.checked(case, check)],
        [
            sight.advice(
                _("Let ssh itself try, and give its log to `sshwizard log`"),
                command=f"ssh -v -T {sight.typed(case.plan.target.host if case.plan else 'HOST')}",
            )
        ],
    )


def _session(case: Case) -> Check | None:
    checks = case.transcript.checks if case.transcript else ()
    return next((check for check in checks if check.id == "session" and check.state == "failed"), None)


def _said(case: Case, transcript: Transcript) -> list[Evidence]:
    texts = [transcript.access_detail or transcript.access, transcript.greeting]
    return [Evidence(source=sight.where(case), text=sight.clean(text)) for text in texts if text]


def _path(case: Case) -> str:
    return (case.plan.target.path if case.plan else "") or _("the repository")


def _who(transcript: Transcript) -> str:
    return sight.clean(transcript.account) if transcript.account else _("this key")


def _single_sign_on(case: Case, transcript: Transcript) -> Finding:
    return sight.finding(
        "saml-sso-required",
        "fail",
        "certain",
        _("{host} knows your key, but the organisation wants it authorised for single sign-on first.").format(
            host=sight.host(case)
        ),
        _said(case, transcript),
        [
            sight.advice(
                _("Authorise the key"),
                _("In your account: SSH keys, Configure SSO beside this key, Authorize."),
                command=_again(case),
            )
        ],
    )


def _read_only(case: Case, transcript: Transcript) -> Finding:
    return sight.finding(
        "deploykey-readonly",
        "info",
        "certain",
        _("{account} may read {path} but not write to it.").format(
            account=_who(transcript), path=_path(case)
        ),
        _said(case, transcript),
        [
            sight.advice(
                _("If you want to push"),
                _("A deploy key: add it anew to the repository, with write access."),
                _("An account: ask the repository's owner for the right to write."),
            )
        ],
    )


def _no_access(case: Case, transcript: Transcript) -> Finding:
    account = _who(transcript)
    if transcript.account and "/" in transcript.account:
        return _other_repository(case, transcript)
    return sight.finding(
        "repository-no-access",
        "fail",
        "certain",
        _(
            "Your key is fine: {host} lets you in as {account}. But it gives {account} no access to {path}, or there"
            " is no such repository; hosts say the same for both."
        ).format(host=sight.host(case), account=account, path=_path(case)),
        _said(case, transcript),
        [
            sight.advice(
                _("Compare the address, then ask for access"),
                _("Compare the spelling of {path} with what the host's page shows, capitals too.").format(
                    path=_path(case)
                ),
                _("If it is right: ask the repository's owner to give {account} access.").format(
                    account=account
                ),
                _("If you have another account there: give it a key of its own, and name that key for this host."),
                command=_again(case),
            )
        ],
    )  # fmt: skip


def _other_repository(case: Case, transcript: Transcript) -> Finding:
    return sight.finding(
        "wrong-account-key",
        "fail",
        "certain",
        _("{host} takes your key as the deploy key of {other}; it opens that repository only, not {path}.").format(
            host=sight.host(case), other=_who(transcript), path=_path(case)
        ),
        _said(case, transcript),
        [
            sight.advice(
                _("Use a key of your account, or one more deploy key"),
                _("A deploy key belongs to one repository; make another for {path}, or a key for your account.").format(
                    path=_path(case)
                ),
                command=f"sshwizard setup {sight.typed(case.plan.target.host if case.plan else '')}",
            )
        ],
    )  # fmt: skip


def _something_else(case: Case, transcript: Transcript) -> Finding:
    return sight.finding(
        "auth-ok-other-error",
        "warn",
        "likely",
        _("SSH works: {host} lets you in as {account}. What it says about {path} is another matter: {words}").format(
            host=sight.host(case), account=_who(transcript), path=_path(case), words=sight.clean(transcript.access_detail),
        ),
        _said(case, transcript),
        [_look(case)],
    )  # fmt: skip


def _look(case: Case) -> Fix:
    return sight.advice(
        _("Leave the keys as they are"),
        _("Follow the host's own words; its status page may know more."),
        command=_again(case),
    )


def _again(case: Case) -> str:
    """Return the command that shows the same with git."""
    target = case.plan.target if case.plan else None
    if target is None:
        return ""
    if target.remote:
        return f"git ls-remote {sight.typed(target.remote)}"
    return f"git ls-remote {sight.typed(target.typed)}" if ":" in target.typed else ""
