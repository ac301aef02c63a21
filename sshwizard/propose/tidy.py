"""Tidying a configuration: lines that count for no host become comments, marks and modes are put right. Pure.

A line is commented out only where the simulation shows that nothing changes for any destination.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sshwizard.model.facts import Facts
from sshwizard.model.finding import Fix
from sshwizard.model.lint import LintProblem
from sshwizard.model.plan import Plan
from sshwizard.model.steps import Step, WriteFile
from sshwizard.openssh import config_edit
from sshwizard.openssh.config_layout import BOM, read_layout
from sshwizard.propose.draft import Draft, content, editable
from sshwizard.propose.effects import ANY_OTHER, changed_by
from sshwizard.propose.repairs import repairs
from sshwizard.text import _, plural, visible

Simulate = Callable[[str, Mapping[str, bytes | None]], Plan]
WITHOUT_EFFECT = frozenset({"obsolete-option", "unreachable-line"})
"""Remarks about lines that ssh reads and that change nothing."""


def tidy(
    facts: Facts, problems: Iterable[LintProblem], simulate: Simulate, *, hosts: tuple[str, ...]
) -> tuple[Fix, ...]:
    """Return what can be put right without changing what any destination gets, each on its own.

    `problems` are the remarks of `lint`; `hosts` every destination of the user. Modes and byte order marks
    come first: with those ssh refuses the whole file, so nothing can be simulated before they are mended.
    """
    problems = tuple(problems)
    fixes = [repair.fix for repair in repairs(facts) if repair.problem == "config-perms"]
    marked = [fix for path in _paths(problems, {"config-encoding-bom"}) for fix in _without_mark(facts, path)]
    if fixes or marked:
        return (*fixes, *marked)
    draft = _commented(facts, problems, simulate, hosts)
    return (draft,) if draft else ()


def _paths(problems: Iterable[LintProblem], ids: set[str]) -> list[str]:
    return list(dict.fromkeys(one.source.where for one in problems if one.id in ids and one.source))


def _without_mark(facts: Facts, path: str) -> list[Fix]:
    data = facts.files.look(path).data
    if not data.startswith(BOM) or not editable(facts, path):
        return []
    step = WriteFile(path=path, before=data, after=data[len(BOM) :])
    return [
        Fix(
            title=_("Take the byte order mark out of {path}").format(path=visible(path, keep="")),
            steps=(step,),
            safe=True,
        )
    ]


def _commented(
    facts: Facts, problems: Iterable[LintProblem], simulate: Simulate, hosts: tuple[str, ...]
) -> Fix | None:
    now = {name: simulate(name, {}) for name in dict.fromkeys((*hosts, ANY_OTHER))}
    if any(plan.effective.fatal for plan in now.values()):
        return None
    draft, count = Draft(kind="tidy"), 0
    for problem in problems:
        source = problem.source
        if problem.id not in WITHOUT_EFFECT or source is None or source.line is None:
            continue
        if not editable(facts, source.where):
            continue
        data = content(facts, draft, source.where)
        if read_layout(data).lines[source.line - 1].keyword in ("", "host", "match"):
            continue
        tried = draft.with_file(source.where, config_edit.comment_out(data, source.line))
        if not changed_by(simulate, tried, now):
            draft, count = tried, count + 1
    steps: tuple[Step, ...] = tuple(
        WriteFile(path=path, before=facts.files.look(path).data, after=after)
        for path, after in draft.contents.items()
    )
    if not steps:
        return None
    return Fix(
        title=plural(count, "Comment out {n} line without effect", "Comment out {n} lines without effect"),
        steps=steps,
        why=_("ssh reads them and does nothing with them; what every host gets stays the same."),
        safe=True,
        hosts_checked=len(now) - 1,
        unchanged_hosts=tuple(name for name in now if name != ANY_OTHER),
    )
