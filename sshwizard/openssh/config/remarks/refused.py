"""Lines at which ssh stops or which it reports: bad values, unknown options, quotes, owners and modes."""

from __future__ import annotations

from collections.abc import Iterator

from sshwizard.model.lint import LintProblem
from sshwizard.model.source import Source
from sshwizard.openssh.config.directives import Do
from sshwizard.openssh.config.keywords import keywords_of
from sshwizard.openssh.config.match import Criteria
from sshwizard.openssh.config.remarks.reading import Line, Reading, matches_everything
from sshwizard.openssh.patterns import match_list
from sshwizard.text import _, visible

_FOREIGN = {
    "usekeychain": "Apple",
    "noneenabled": "HPN-SSH",
    "noneswitch": "HPN-SSH",
    "hpndisabled": "HPN-SSH",
    "tcprcvbufpoll": "HPN-SSH",
    "gssapikeyexchange": "Debian, Fedora",
    "gssapitrustdns": "Debian, Fedora",
    "gssapirenewalforcesrekey": "Debian, Fedora",
    "gssapiclientidentity": "Debian, Fedora",
    "gssapiserveridentity": "Debian, Fedora",
    "gssapikexalgorithms": "Debian, Fedora",
    "rsaminsize": "Fedora",
}
_OF_SERVER = (
    "acceptenv allowagentforwarding allowgroups allowtcpforwarding allowusers authenticationmethods authorizedkeyscommand "
    "authorizedkeysfile authorizedprincipalsfile banner chrootdirectory clientalivecountmax clientaliveinterval denygroups "
    "denyusers forcecommand hostcertificate hostkey listenaddress logingracetime maxauthtries "
    "maxsessions maxstartups permitemptypasswords permitopen permitrootlogin permittty permittunnel "
    "permituserenvironment pidfile printlastlog printmotd strictmodes subsystem trustedusercakeys "
    "usedns usepam x11displayoffset x11forwarding x11uselocalhost "
)


def problems(reading: Reading) -> Iterator[LintProblem]:
    """Remark on what ssh refuses or reports."""
    ignored: list[tuple[Line, str]] = []
    for line in reading.lines():
        directive = line.directive
        if directive.action is Do.SET and directive.keyword == "ignoreunknown":
            ignored.append((line, directive.payload))
        elif directive.action is Do.UNKNOWN:
            yield from _unknown(reading, line, ignored)
        elif directive.action in (Do.BAD, Do.BUT_BAD):
            yield _bad(line)
        elif directive.action is Do.REPORT:
            yield _obsolete(line)
    yield from _late_ignores(ignored)
    yield from _criteria(reading)
    yield from _about_files(reading)


def _unknown(reading: Reading, line: Line, ignored: list[tuple[Line, str]]) -> Iterator[LintProblem]:
    word = line.directive.keyword
    if any(
        match_list(word, patterns, lower=True) is True
        for other, patterns in ignored
        if matches_everything(other.block)
    ):
        return
    shown = visible(word, keep="")
    if word.startswith("\ufeff"):
        yield LintProblem(
            id="config-encoding-bom",
            source=line.source,
            title=_("The file begins with a byte order mark"),
            text=_(
                "ssh reads the mark as part of the first word and stops. Save the file as UTF-8 without a mark."
            ),
            severity="fail",
        )
        return
    yield LintProblem(
        id="config-unsupported-option",
        source=line.source,
        title=_("`{word}` is not an option of this ssh").format(word=shown),
        text=_("ssh stops here for every host, even where this block does not match. {advice}").format(
            advice=_advice(reading, word, shown)
        ),
        severity="fail",
    )


def _advice(reading: Reading, word: str, shown: str) -> str:
    if word in _FOREIGN:
        return _(
            "The option belongs to the ssh of {vendor}: put `IgnoreUnknown {word}` above it, outside of every block."
        ).format(vendor=_FOREIGN[word], word=shown)
    if f" {word} " in f" {_OF_SERVER}":
        return _("It is an option of the server, sshd, and belongs into `sshd_config` there.")
    near = _nearest(word, list(keywords_of(reading.reader.version)))
    if near:
        return _("Perhaps `{near}` was meant.").format(near=near)
    return _("Take the line out, or put `IgnoreUnknown {word}` above it, outside of every block.").format(
        word=shown
    )


def _nearest(word: str, known: list[str]) -> str | None:
    """Return the keyword at most two changed letters away, or None."""
    best = min(
        ((_distance(word, name), name) for name in known if abs(len(name) - len(word)) < 3), default=(9, "")
    )
    return best[1] if best[0] <= 2 and len(word) > 3 else None


def _distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, row[0] = row[0], at
        for position, candidate in enumerate(other, 1):
            before, row[position] = (
                row[position],
                min(row[position] + 1, row[position - 1] + 1, before + (letter != candidate)),
            )
    return row[-1]


def _bad(line: Line) -> LintProblem:
    words = line.directive.words[-1][1]
    if words == "invalid quotes":
        problem_id, title = "config-syntax", _("A quote is opened and never closed")
    else:
        problem_id, title = (
            "config-value",
            _("ssh does not take the value of `{word}`").format(word=visible(line.directive.keyword)),
        )
    return LintProblem(
        id=problem_id,
        source=line.source,
        title=title,
        text=_(
            "ssh stops here for every host, even where this block does not match. It says: {words}"
        ).format(words=visible(words, keep="")),
        severity="fail",
    )


def _obsolete(line: Line) -> LintProblem:
    return LintProblem(
        id="obsolete-option",
        source=line.source,
        title=_("`{word}` has no effect any more").format(word=visible(line.directive.keyword)),
        text=_("ssh reports the line each time it reads it. Take it out."),
        severity="info",
    )


def _late_ignores(ignored: list[tuple[Line, str]]) -> Iterator[LintProblem]:
    first = next((line for line, _patterns in ignored if matches_everything(line.block)), None)
    for line, _patterns in ignored:
        if first is not None and line is not first:
            yield LintProblem(
                id="unreachable-line",
                source=line.source,
                title=_("A second `IgnoreUnknown` never counts"),
                text=_(
                    "The first value wins, and that is the one at {place}. Put all names there, with commas."
                ).format(place=first.source),
                severity="warn",
            )


def _criteria(reading: Reading) -> Iterator[LintProblem]:
    for file, block in reading.blocks():
        assert block.header is not None
        payload = block.header.payload
        words = ""
        if isinstance(payload, Criteria):
            wrong = next((part for part in payload.parts if part.name == "error"), None)
            words = wrong.argument.removeprefix("{place}: ") if wrong else ""
            if payload.left_over:
                words = "keyword match extra arguments at end of line"
        elif "" in payload:
            words = "keyword host empty argument"
        if words:
            yield LintProblem(
                id="config-syntax",
                source=Source(file.path, block.line),
                title=_("ssh does not understand this line"),
                text=_("ssh stops here for every host. It says: {words}").format(
                    words=visible(words, keep="")
                ),
                severity="fail",
            )


def _about_files(reading: Reading) -> Iterator[LintProblem]:
    refused = reading.refused
    if refused is None:
        return
    for problem in refused.problems:
        if problem.code == "config-perms" and problem.source:
            yield LintProblem(
                id="config-perms",
                source=problem.source,
                title=_("Others may write to the file, or it belongs to somebody else"),
                text=_("ssh stops and says: {words}. `chmod 600` makes it yours alone.").format(
                    words=problem.message
                ),
                severity="fail",
            )
        elif problem.code in ("config-include-depth", "config-missing"):
            yield LintProblem(
                id=problem.code,
                source=problem.source,
                title=_("A file cannot be included"),
                text=_("ssh stops for every host. It says: {words}").format(words=problem.message),
                severity="fail",
            )
