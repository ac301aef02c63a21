"""A judged draft as a Fix: title, steps, the sentence that says why this form and not another."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from sshwizard.model.facts import Facts
from sshwizard.model.finding import Fix
from sshwizard.model.steps import MakeFolder, Step, WriteFile
from sshwizard.openssh.difference import unified_diff
from sshwizard.propose.draft import Draft, editable
from sshwizard.propose.effects import Effects
from sshwizard.text import _, visible

if TYPE_CHECKING:
    from sshwizard.propose.forms import Wish


def to_fix(wish: Wish, draft: Draft, effects: Effects, hosts_checked: int) -> Fix:
    """Make a Fix of a draft; one that concerns files the user may not change is left to be done by hand."""
    key, host = wish.naming.identity.name, wish.host
    title = _("Send {key} to {host} first").format(key=visible(key), host=visible(host))
    by_hand = [path for path in draft.contents if not editable(wish.facts, path)]
    return Fix(
        title=title,
        steps=() if by_hand else _steps(wish.facts, draft),
        why=_why(wish, draft, effects),
        safe=not effects.others and not effects.lost_options and not by_hand,
        affects_hosts=(effects.wanted, *effects.others),
        hosts_checked=hosts_checked,
        command=_command(wish),
        instructions=_instructions(wish.facts, draft) if by_hand else (),
    )


def _command(wish: Wish) -> str:
    identity = wish.naming.identity
    key = identity.private_path or identity.public_path or identity.public.fingerprint
    home = wish.facts.environment.home.rstrip("/") + "/"
    shown = "~/" + shlex.quote(key.removeprefix(home)) if key.startswith(home) else shlex.quote(key)
    return f"sshwizard config add {shlex.quote(wish.host)} -i {shown}"


def _steps(facts: Facts, draft: Draft) -> tuple[Step, ...]:
    steps: list[Step] = []
    made: set[str] = set()
    for path, after in draft.contents.items():
        folder = os.path.dirname(path)
        if folder not in made and facts.files.look(folder).kind == "missing":
            steps.append(MakeFolder(path=folder, mode=0o700))
            made.add(folder)
        seen = facts.files.look(path)
        mode = 0o644 if path.endswith(".pub") else 0o600
        if seen.kind == "missing":
            steps.append(WriteFile(path=path, before=None, after=after, mode=mode))
        else:
            steps.append(WriteFile(path=path, before=seen.data, after=after))
    return tuple(steps)


def _instructions(facts: Facts, draft: Draft) -> tuple[str, ...]:
    lines: list[str] = []
    for path, after in draft.contents.items():
        seen = facts.files.look(path)
        before = seen.data if seen.kind == "file" else None
        lines.append(_("Make this change in {path}, which belongs to another account:").format(path=path))
        lines.append(unified_diff(before, after, path))
    return tuple(lines)


def _why(wish: Wish, draft: Draft, effects: Effects) -> str:
    sentences = [_form(wish, draft), *_extras(wish, draft)]
    if effects.lost_options:
        sentences.append(
            _("For {host} these options change as well: {options}.").format(
                host=visible(wish.host), options=", ".join(sorted(effects.lost_options))
            )
        )
    if effects.others:
        sentences.append(_("No form leaves every other host as it is; this one changes the fewest."))
    return " ".join(sentences)


def _form(wish: Wish, draft: Draft) -> str:
    if draft.kind == "extend":
        words = _("The block of {host} names {key} first, and IdentitiesOnly keeps other agent keys back.")
    elif draft.kind == "top":
        words = _(
            "The new block stands on top, since options before the first Host line would win otherwise."
        )
    else:
        words = _("The new block stands before the first one that would win over it for {host}.")
    return words.format(host=visible(wish.host), key=visible(wish.naming.identity.name))


def _extras(wish: Wish, draft: Draft) -> list[str]:
    words = {
        "narrowed": _(
            "A general block names a key that your agent holds or that comes first, so ssh would still send "
            "that one; it no longer applies to {host}."
        ),
        "split": _(
            "A line elsewhere names a key that your agent holds or that comes first, so ssh would still send "
            "that one; that line alone no longer applies to {host}."
        ),
        "commented": _("The line that named another key for {host} becomes a comment."),
        "agent-off": _(
            "ssh sends keys of the agent first, so the agent is not asked for {host}; the key is read from its file."
        ),
        "pinned": _("The public half is written to a file, so that the line can name this one key."),
    }
    sentences = [words[reason].format(host=visible(wish.host)) for reason in draft.reasons if reason in words]
    if wish.naming.agent:
        words_agent = _("The key is in another agent than the one ssh asks, so that one is named.")
        sentences.append(words_agent)
    return sentences
