"""Rules about a configuration that ssh refuses whole. Ssh's own words are the evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sshwizard.model.config import ConfigProblem
from sshwizard.model.finding import Case, Evidence, Finding, Fix
from sshwizard.model.steps import Chmod, WriteFile
from sshwizard.rules import catalogue, sight
from sshwizard.rules.harmful import BAD
from sshwizard.text import _

BOM = b"\xef\xbb\xbf"


def refused_configuration(case: Case) -> Iterator[Finding]:
    """Report what makes ssh stop before it connects to anything."""
    if case.plan is None:
        return
    for problem in case.plan.effective.problems:
        if problem.fatal:
            yield _refused(case, problem)


def harmful_lines(case: Case) -> Iterator[Finding]:
    """Lines for all hosts that switch a protection off."""
    for file in case.facts.config_files if case.facts else ():
        if case.facts and not file.path.startswith(case.facts.environment.home):
            continue
        general = True
        for number, raw in enumerate(file.data.decode("utf-8", "replace").splitlines(), 1):
            line = raw.strip()
            words = line.replace("=", " ", 1).split()
            if words and words[0].lower() in ("host", "match"):
                general = words[1:] in (["*"], ["all"])
            harm = next((b for b in BAD if re.match(b[0], line, re.I)), None) if general else None
            if harm is not None:
                yield sight.finding(
                    "bad-advice",
                    "info",
                    "certain",
                    _(harm[1]),
                    [Evidence(source=file.path, line=number, text=sight.clean(line))],
                    [sight.advice(_("Instead"), _(harm[2]))],
                    title=_("A line for all hosts switches a protection off"),
                )


def _refused(case: Case, problem: ConfigProblem) -> Finding:
    id = problem.code if catalogue.entry(problem.code) else "config-syntax"
    place = str(problem.source) if problem.source else _("the command line")
    conclusion = _("ssh stops at {place} for every host and says: {message}").format(
        place=place, message=problem.message
    )
    return sight.finding(
        id,
        "fail",
        "certain",
        conclusion,
        [sight.seen(problem.source, problem.message)],
        _cures(case, id, problem),
    )


def _cures(case: Case, id: str, problem: ConfigProblem) -> tuple[Fix, ...]:
    if problem.source is None or case.facts is None:
        return ()
    path = problem.source.where
    match id:
        case "config-perms":
            return _close(case, path)
        case "config-encoding-bom":
            return _without_bom(case, path)
        case "config-unsupported-option":
            return _ignore_unknown(case, problem)
    return (
        sight.advice(
            _("Correct line {line} of {path}").format(line=problem.source.line or "?", path=path),
            _("Open {path} at line {line}.").format(path=path, line=problem.source.line or "?"),
            _("Write one keyword and its value; put a value with blanks in double quotes."),
            _("Check it with `ssh -G {host}`: it prints no error any more.").format(
                host=case.plan.target.host if case.plan else "HOST"
            ),
        ),
    )


def _close(case: Case, path: str) -> tuple[Fix, ...]:
    file = case.facts.files.look(path) if case.facts else None
    if file is None or file.mode is None:
        return ()
    closed = file.mode & ~0o022
    if closed == file.mode:
        return sight.repaired(case, path, "config-perms") or (
            sight.advice(
                _("Make {path} your own").format(path=path),
                _("The file belongs to another account; ssh accepts only yours or root's."),
                command=f"sudo chown $USER {sight.typed(path)}",
            ),
        )
    return (
        Fix(
            title=_("Let only you write {path}").format(path=path),
            steps=(Chmod(path=path, before=file.mode, after=closed),),
            safe=True,
            command=f"chmod go-w {sight.typed(path)}",
        ),
    )


def _without_bom(case: Case, path: str) -> tuple[Fix, ...]:
    before = case.facts.files.look(path).data if case.facts else b""
    after = _as_utf8(before)
    if after is None or after == before:
        return ()
    return (
        Fix(
            title=_("Save {path} as UTF-8 without byte-order mark").format(path=path),
            steps=(WriteFile(path=path, before=before, after=after),),
            safe=True,
            why=_("The words stay as they are; only the invisible mark in front of them goes."),
        ),
    )


def _as_utf8(data: bytes) -> bytes | None:
    """Return the same text as UTF-8 without mark, or None when it cannot be told what it was."""
    if data.startswith(BOM):
        return data[len(BOM) :]
    for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            try:
                return data[2:].decode(codec).encode()
            except UnicodeDecodeError:
                return None
    return None


def _ignore_unknown(case: Case, problem: ConfigProblem) -> tuple[Fix, ...]:
    source = problem.source
    if source is None or source.line is None or case.facts is None:
        return ()
    before = case.facts.files.look(source.where).data
    lines = before.splitlines(keepends=True)
    if not 0 < source.line <= len(lines):
        return ()
    line = lines[source.line - 1]
    words = line.replace(b"=", b" ").split()
    if not words:
        return ()
    indent = line[: len(line) - len(line.lstrip())]
    end = b"\r\n" if line.endswith(b"\r\n") else b"\n"
    option = words[0]
    added = indent + b"IgnoreUnknown " + option + end
    after = b"".join([*lines[: source.line - 1], added, *lines[source.line - 1 :]])
    name = sight.clean(option.decode("utf-8", "replace"))
    return (
        Fix(
            title=_("Let this ssh skip `{option}`").format(option=name),
            steps=(WriteFile(path=source.where, before=before, after=after),),
            why=_("An ssh that knows the option still obeys it."),
            safe=False,
        ),
        sight.advice(
            _("Find out which ssh this is"),
            _("`UseKeychain` is known to Apple's ssh only; Homebrew, Nix and Conda bring another."),
            command="type -a ssh; ssh -V",
        ),
    )
