"""Rules about `~/.ssh` as a whole: who may write in it, and halves of keys under names that ssh never looks for."""

from __future__ import annotations

from collections.abc import Iterator

from sshwizard.model.finding import Case, Evidence, Finding
from sshwizard.rules import sight
from sshwizard.text import _


def open_folder(case: Case) -> Iterator[Finding]:
    """Others may write in `~/.ssh`: whoever can, can put keys and configuration there."""
    for repair in case.repairs:
        if repair.problem == "ssh-folder-perms" and case.facts is not None:
            mode = f"{case.facts.ssh_folder.mode or 0:04o}"
            yield sight.finding(
                "ssh-folder-perms",
                "warn",
                "certain",
                _("Other accounts may write in {path} (mode {mode}): they could put keys or lines of theirs there.").format(
                    path=sight.short(case, repair.path), mode=mode
                ),
                [Evidence(source=repair.path, text=_("mode {mode}").format(mode=mode))],
                [repair.fix],
            )  # fmt: skip


def foreign_files(case: Case) -> Iterator[Finding]:
    """Files in `~/.ssh` of another account, as a command under sudo leaves them: unreadable, or not to be written."""
    for repair in case.repairs:
        if repair.problem != "foreign-files" or case.facts is None:
            continue
        files = [file for file in case.facts.foreign if file.path != case.facts.environment.user_config]
        unreadable = [file for file in files if not file.readable]
        written = any(
            file.path == repair.path or "known_hosts" in file.path.rsplit("/", 1)[-1] for file in files
        )
        words = (
            _("{n} of them cannot be read by you, so ssh does without.").format(n=len(unreadable))
            if unreadable
            else _("ssh can read them, but it cannot write there, and you cannot change them.")
        )
        yield sight.finding(
            "foreign-files",
            "fail" if unreadable and sight.asked(case) and not sight.accepted(case)
            else "warn" if unreadable or written else "info",
            "certain",
            _("In {path} there are files of another account. {words}").format(
                path=sight.short(case, repair.path), words=words
            ),
            [Evidence(source=file.path, text=_("belongs to account {uid}").format(uid=file.owner[0])) for file in files[:8]],
            [repair.fix],
        )  # fmt: skip


def misnamed_halves(case: Case) -> Iterator[Finding]:
    """A private half under a public name, or a public half under a name that ssh never looks for."""
    for repair in case.repairs:
        path = sight.short(case, repair.path)
        if repair.problem == "private-in-public-file":
            yield sight.finding(
                "private-half-misnamed",
                "warn",
                "certain",
                _("{path} holds a private half, and its name says that it may be shown to others.").format(path=path),
                [Evidence(source=repair.path, text=_("begins like a private key"))],
                [repair.fix],
            )  # fmt: skip
        elif repair.problem == "pub-txt":
            yield sight.finding(
                "public-half-misnamed",
                "info",
                "certain",
                _("{path} is a public half, but ssh looks only for names that end in .pub.").format(
                    path=path
                ),
                [Evidence(source=repair.path, text=_("ends in .pub.txt"))],
                [repair.fix],
            )


def lone_private_half(case: Case) -> Iterator[Finding]:
    """A private half without its `.pub` beside it."""
    for repair in case.repairs:
        if repair.problem == "public-missing":
            yield sight.finding(
                "public-half-missing",
                "info",
                "certain",
                _("{path} has no public half beside it; it can be made from the private one.").format(
                    path=sight.short(case, repair.path)
                ),
                [Evidence(source=f"{repair.path}.pub", text=_("there is no such file"))],
                [repair.fix],
            )
