"""Key files that the configuration names: missing, public only, in another system's spelling; IdentitiesOnly."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sshwizard.model.config import Effective
from sshwizard.model.lint import LintProblem
from sshwizard.model.source import Source
from sshwizard.openssh.config.directives import Do
from sshwizard.openssh.config.known_tokens import command_tokens
from sshwizard.openssh.config.remarks.reading import Line, Reading, host_names
from sshwizard.openssh.tokens import CannotExpand, expand_both, expand_tilde
from sshwizard.text import _, visible

_BY_HOST = re.compile(r"%[Chjknpr]")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_MSYS = re.compile(r"/(?:mnt/)?[A-Za-z]/[Uu]sers/")
_SHELL_VARIABLE = re.compile(r"\$(?:env:)?[A-Za-z_]|%[A-Z]{2,}%")


def problems(reading: Reading) -> Iterator[LintProblem]:
    """Remark on identity and certificate files and on IdentitiesOnly."""
    for line in reading.lines():
        if line.directive.action is Do.ADD_FILE:
            yield from _file(reading, line)
        elif line.directive.action is Do.INCLUDE:
            yield from _include(reading, line)
    yield from _identities_only(reading)


def _file(reading: Reading, line: Line) -> Iterator[LintProblem]:
    text = str(line.directive.payload)
    if text.lower() == "none":
        return
    spelling = _spelling(reading, line, text)
    if spelling is not None:
        yield spelling
        return
    path = _path(reading, text)
    if path is None or _BY_HOST.search(text):
        return
    private, public = reading.view.look(path), reading.view.look(f"{path}.pub")
    if private.kind == "missing" and public.kind == "missing":
        yield _missing(line, path)
    elif _is_public_alone(reading, line, path):
        yield LintProblem(
            id="identityfile-public-half",
            source=line.source,
            title=_("`{path}` is a public key, and its private half is not next to it").format(
                path=visible(path)
            ),
            text=_(
                "This works only while an agent holds the private half; without one ssh offers the key and cannot sign."
            ),
            severity="warn",
        )


def _is_public_alone(reading: Reading, line: Line, path: str) -> bool:
    is_public = path.endswith(".pub") and line.directive.keyword == "identityfile"
    return is_public and reading.view.look(path.removesuffix(".pub")).kind == "missing"


def _path(reading: Reading, text: str) -> str | None:
    environment = reading.environment
    tokens = command_tokens(environment, "", "", "22", environment.user, "")
    try:
        path = expand_both(expand_tilde(text, environment.home, environment.homes), tokens, environment.env)
    except CannotExpand:
        return None
    return path if path.startswith("/") or _DRIVE.match(path) else None


def _missing(line: Line, path: str) -> LintProblem:
    certificate = line.directive.keyword == "certificatefile"
    return LintProblem(
        id="certificatefile-missing" if certificate else "identityfile-path",
        source=line.source,
        title=_("There is no file `{path}`").format(path=visible(path)),
        text=_("ssh goes on without this certificate.")
        if certificate
        else _("ssh goes on without this key, and no longer tries the default ones either."),
        severity="warn",
    )


def _spelling(reading: Reading, line: Line, text: str) -> LintProblem | None:
    shown = visible(text, keep="")
    windows = reading.reader.version.windows
    words = ""
    if any(quote in text for quote in "\u201c\u201d\u2018\u2019"):
        words = _("The quotes are typographic ones, which ssh reads as part of the name.")
    elif not windows and (_DRIVE.match(text) or "\\" in text):
        words = _("This ssh takes `/` alone as separator, and no drive letters.")
    elif windows and _MSYS.match(text):
        words = _("The ssh of Windows does not know this spelling of Git Bash. Write `C:/Users/…` or `~/…`.")
    elif _SHELL_VARIABLE.search(text) and not text.startswith("${"):
        words = _("ssh expands `~` and `${NAME}`, but not the shell's `$NAME` or `%NAME%`.")
    if not words:
        return None
    return LintProblem(
        id="identityfile-path",
        source=line.source,
        title=_("`{path}` is not a path that this ssh finds").format(path=shown),
        text=words,
        severity="warn",
    )


def _include(reading: Reading, line: Line) -> Iterator[LintProblem]:
    user = line.file.path != reading.environment.system_config
    for name in line.directive.payload:
        if name and not any(char in name for char in "*?[$%") and not reading.reader.included([name], user):
            yield LintProblem(
                id="include-missing",
                source=line.source,
                title=_("There is no file `{name}` to include").format(name=visible(name)),
                text=_(
                    "ssh says nothing about it. Relative names are looked up in `~/.ssh`, whatever file the line is in."
                ),
                severity="info",
            )


def _identities_only(reading: Reading) -> Iterator[LintProblem]:
    for file, block in reading.blocks():
        source = Source(file.path, block.line)
        for name in host_names(block):
            effective = reading.hosts.get(name)
            if effective is None or source not in effective.blocks:
                continue
            own = [each for each in effective.identity_files if _within(each.source, file.path, block)]
            if own and not effective.identities_only:
                yield _agent_first(source, name)
            elif (
                effective.identities_only and effective.identity_files and effective.identity_files[0].default
            ):
                yield _only_defaults(effective, name)
            elif own and effective.identities_only and len(effective.identity_files) > len(own):
                yield _more_keys(effective, own[0].source, name)
            break


def _within(place: Source | None, path: str, block: object) -> bool:
    from sshwizard.openssh.config.parse import Block

    assert isinstance(block, Block)
    return (
        place is not None
        and place.where == path
        and any(place.line == number for number, _d in block.directives)
    )


def _agent_first(source: Source, name: str) -> LintProblem:
    return LintProblem(
        id="identitiesonly-missing",
        source=source,
        title=_("For `{name}` other keys may go first").format(name=visible(name)),
        text=_(
            "Without `IdentitiesOnly yes` ssh first offers what the agent holds; a host may accept another account's key."
        ),
        severity="info",
    )


def _only_defaults(effective: Effective, name: str) -> LintProblem:
    return LintProblem(
        id="identitiesonly-without-identityfile",
        source=effective.source("identitiesonly"),
        title=_("`IdentitiesOnly yes` without an `IdentityFile` for `{name}`").format(name=visible(name)),
        text=_(
            "Only the keys with default names are tried. Other keys of the agent are left out: name one with `IdentityFile`."
        ),
        severity="warn",
    )


def _more_keys(effective: Effective, own: Source | None, name: str) -> LintProblem:
    others = [each for each in effective.identity_files if each.source != own and each.source is not None]
    place = str(others[-1].source) if others else ""
    return LintProblem(
        id="identityfile-accumulates",
        source=own,
        title=_("For `{name}` more than this key is named").format(name=visible(name)),
        text=_(
            "`IdentityFile` lines add up: the one at {place} counts for this host too, and goes first when the agent "
            "holds that key and not this one."
        ).format(place=place),
        severity="info",
    )
