"""Rules about hosts that are not, or no longer, the ones for git over SSH; they come before any talk of keys.

The host book is the witness. The remedy is a remote's new address, and for one that becomes HTTPS also a look at
whether git will find a password for it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from sshwizard.hosts import book
from sshwizard.model.facts import Facts, GitRemote
from sshwizard.model.finding import Case, Evidence, Finding, Fix, Severity
from sshwizard.model.steps import SetRemoteUrl
from sshwizard.providers.git_password import git_password, how_to_log_in
from sshwizard.rules import sight
from sshwizard.text import _

IDS = {"retired": "transport-retired", "moved": "host-moved", "wrong": "host-moved"}


def retired_transport(case: Case) -> Iterator[Finding]:
    """The provider has ended git over SSH at this host, moved it elsewhere, or never had it there."""
    notice = book.notice(case.plan.target.hostname) if case.plan else None
    if notice is None or _means_https(case):
        return
    since = f" ({notice.since})" if notice.since and notice.since not in notice.words else ""
    evidence = [
        Evidence(
            source=_("host book, {date}").format(date=notice.entry.reviewed),
            text=f"{notice.entry.title}: {notice.words}",
        ),
        *(
            Evidence(source=remote.folder, text=f"{remote.name} {sight.clean(remote.url)}")
            for remote in _remotes(case, notice)
        ),
    ]
    yield sight.finding(
        IDS[notice.kind],
        _severity(case, notice),
        "likely",
        _("{words}{since} No key changes that; another address does.").format(
            words=notice.words, since=since
        ),
        evidence,
        _fixes(case, notice),
    )


def password_for_nothing(case: Case) -> Iterator[Finding]:
    """A host that goes on to ask for a password where no password exists: it does not know the key."""
    if case.plan is None or case.transcript is None or sight.accepted(case) or not sight.asked(case):
        return
    entry = book.find(case.plan.target.hostname)
    if entry is None or not entry.password_means_unknown or case.transcript.known:
        return
    host = sight.host(case)
    methods = ", ".join(case.transcript.methods)
    yield sight.finding(
        "password-for-nothing",
        "info",
        "likely",
        _(
            "Where {host} asks for a password, it means that it does not know your key. {title} has no password"
            " for git: nothing that you type there works."
        ).format(host=host, title=entry.title),
        [Evidence(source=sight.where(case), text=_("methods: {methods}").format(methods=methods or "?"))],
        [
            sight.advice(
                _("Leave the question with Ctrl+C and add your public half"),
                _("Its page of keys: {page}").format(page=entry.key_page),
                _("The host to test and the hosts to push to differ; one block covers all: Host {patterns}").format(
                    patterns=entry.config_hosts or host
                ),
                command=f"sshwizard keys add {entry.name}",
            )
        ],
    )  # fmt: skip


def _means_https(case: Case) -> bool:
    """Whether the talk is of an HTTPS address, which has what it needs: only the look at ssh was our idea."""
    if case.facts is None or case.plan is None:
        return False
    target = case.plan.target
    named = next((one for one in case.facts.git.remotes if one.name == target.remote), None)
    return target.typed.startswith(("https://", "http://")) or (
        named is not None and named.transport != "ssh"
    )


def _severity(case: Case, notice: book.Notice) -> Severity:
    if sight.accepted(case):
        return "info"
    return "warn" if notice.since > datetime.date.today().isoformat() else "fail"


def _remotes(case: Case, notice: book.Notice) -> tuple[GitRemote, ...]:
    """Return this repository's remotes that go over ssh to the host in question, aliases of it included."""
    if case.facts is None or case.plan is None:
        return ()
    typed, real = case.plan.target.host, case.plan.target.hostname
    return tuple(
        remote
        for remote in case.facts.git.remotes
        if remote.transport == "ssh" and remote.path and remote.host in (typed, real)
    )


def _fixes(case: Case, notice: book.Notice) -> tuple[Fix, ...]:
    made = tuple(
        fix
        for remote in _remotes(case, notice)
        if (fix := _new_address(case.facts, remote, notice)) is not None
    )
    return made or (_by_hand(case, notice),)


def _new_address(facts: Facts | None, remote: GitRemote, notice: book.Notice) -> Fix | None:
    url = _https(remote, notice.entry) if notice.kind == "retired" else _other_host(remote, notice.new_host)
    if facts is None or not url:
        return None
    password = _password(facts, url) if notice.kind == "retired" else _first_contact(notice.new_host)
    region = _("Another region has another host.") if notice.kind == "wrong" else ""
    step = SetRemoteUrl(folder=remote.folder, remote=remote.name, before=remote.url, after=url)
    return Fix(
        title=_("Point the remote {name} to {url}").format(name=remote.name, url=url),
        steps=(step,),
        why=" ".join(filter(None, [password, region])),
        safe=notice.kind != "wrong",
        command=f"git remote set-url {sight.typed(remote.name)} {sight.typed(url)}",
    )


def _https(remote: GitRemote, entry: book.Entry) -> str:
    path = (remote.path or "").strip("/").removesuffix(".git")
    return entry.https.format(path=f"{quote(path)}.git") if entry.https and path else ""


def _other_host(remote: GitRemote, host: str) -> str:
    path = (remote.path or "").lstrip("/")
    user = remote.user or "git"
    return f"{user}@{host}:{path}" if path else ""


def _password(facts: Facts, url: str) -> str:
    """Say whether git will find a password for an HTTPS remote, as far as its settings and netrc tell."""
    host = url.split("/")[2]
    found = git_password(facts.files, facts.environment.home, facts.git.credential_helpers, host)
    if found is None:
        return f"{_('git asks for a password there.')} {how_to_log_in(host)}"
    if found.kind == "netrc":
        words = _("{path} has an entry for {host}, so git will not ask for a password.")
    else:
        words = _(
            "{path} names a credential helper for {host} (`{helper}`), so git will not ask for a password."
        )
    return words.format(path=sight.clean(found.where), host=host, helper=sight.clean(found.helper))


def _first_contact(host: str) -> str:
    return _("ssh will show the host key of {host} once: compare it with `sshwizard hosts {host}`.").format(
        host=host
    )


def _by_hand(case: Case, notice: book.Notice) -> Fix:
    entry = notice.entry
    if notice.kind == "retired":
        target = case.plan.target if case.plan else None
        path = ((target.path if target else "") or "APP").strip("/").removesuffix(".git")
        url = entry.https.format(path=f"{quote(path)}.git") if entry.https else ""
        return sight.advice(
            _("Use the HTTPS address"),
            _("Keys of the account still serve other purposes there; git does not use them."),
            command=f"git remote set-url origin {sight.typed(url)}",
        )
    instructions = [
        _("In remotes and in ~/.ssh/config, put {host} in its place.").format(host=notice.new_host)
    ]
    if entry.config_hosts:
        instructions.append(
            _("One block covers all of its names: Host {names}").format(names=entry.config_hosts)
        )
    user = entry.user or "git"
    return replace(
        sight.advice(_("Use {host}").format(host=notice.new_host), *instructions),
        command=f"ssh -T {user}@{notice.new_host}",
    )
