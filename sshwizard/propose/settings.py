"""Options for one host (another port, algorithms for an old server), placed where they really win. Pure."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence

from sshwizard.model.facts import Facts
from sshwizard.model.finding import Fix, HostEffect
from sshwizard.model.plan import Plan
from sshwizard.model.steps import MakeFolder, Step, WriteFile
from sshwizard.openssh import config_edit
from sshwizard.openssh.config_layout import read_layout
from sshwizard.propose.draft import Draft, content, editable, lines_changed
from sshwizard.propose.effects import ANY_OTHER, changed_by, names

Simulate = Callable[[str, Mapping[str, bytes | None]], Plan]


def settings(
    facts: Facts,
    plan: Plan,
    options: Sequence[tuple[str, str]],
    simulate: Simulate,
    *,
    hosts: tuple[str, ...],
    title: str,
    why: str = "",
) -> Fix | None:
    """Return the smallest edit after which the plan's host has these options and every other stays as it is.

    `options`: keyword and value as written; a value such as `+ssh-rsa` counts as reached when it changes what
    is in force. None when no form works, or the configuration is not the user's to change.
    """
    config, host = facts.environment.user_config, plan.target.host
    if config is None or not editable(facts, config):
        return None
    try:
        drafts = sorted(_starts(facts, config, host, options), key=lambda draft: lines_changed(facts, draft))
    except ValueError:
        return None
    others = [name for name in dict.fromkeys((*hosts, ANY_OTHER)) if name != host]
    now = {name: simulate(name, {}) for name in others}
    for draft in drafts:
        after = simulate(host, dict(draft.contents))
        if _reached(plan, after, options) and not changed_by(simulate, draft, now):
            effect = HostEffect(host=host, before=names(plan), after=names(after))
            return Fix(
                title=title,
                steps=_steps(facts, draft),
                why=why,
                safe=True,
                affects_hosts=(effect,),
                hosts_checked=len(others) - 1,
                unchanged_hosts=tuple(name for name in others if name != ANY_OTHER),
            )
    return None


def _starts(facts: Facts, config: str, host: str, options: Sequence[tuple[str, str]]) -> Iterator[Draft]:
    config_edit.check_name(host)
    keywords = frozenset(keyword.lower() for keyword, _value in options)
    for path in dict.fromkeys([config, *(seen.path for seen in facts.config_files)]):
        data = content(facts, None, path)
        if editable(facts, path):
            for header in config_edit.named_blocks(data, host):
                placed = config_edit.add_options(data, header, options, ahead_of=keywords)
                yield Draft(kind="extend").with_file(path, placed)
    data = content(facts, None, config)
    headers = [block.header + 1 for block in read_layout(data).blocks if block.header is not None]
    for before in (None, *headers):
        yield Draft(kind="block").with_file(
            config, config_edit.insert_block(data, [host], options, before=before)
        )
    yield Draft(kind="top").with_file(config, config_edit.insert_block_at_top(data, [host], options))


def _reached(before: Plan, after: Plan, options: Sequence[tuple[str, str]]) -> bool:
    if after.effective.fatal is not None:
        return False
    for keyword, value in options:
        old, new = before.effective.first(keyword.lower()), after.effective.first(keyword.lower())
        if new.lower() != value.strip('"').lower() and (value[:1] not in "+-^" or new == old):
            return False
    return True


def _steps(facts: Facts, draft: Draft) -> tuple[Step, ...]:
    steps: list[Step] = []
    for path, after in draft.contents.items():
        seen = facts.files.look(path)
        folder = os.path.dirname(path)
        if facts.files.look(folder).kind == "missing":
            steps.append(MakeFolder(path=folder, mode=0o700))
        before = seen.data if seen.kind == "file" else None
        steps.append(WriteFile(path=path, before=before, after=after, mode=0o600))
    return tuple(steps)
