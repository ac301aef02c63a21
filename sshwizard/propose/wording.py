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


def to_fix(wish: Wish, draft: Draft, effects: Effects, checked: tuple[str, ...]) -> Fix:
    """Make a Fix of a draft; one that concerns files the user may not change is left to be done by hand."""
    key, host = wish.naming.identity.name, wish.host
    by_hand = [path for path in draft.contents if not editable(wish.facts, path)]
    title = (
        _("Send {key} to {host} first, by a change in another account's file")
        if by_hand
        else _("Send {key} to {host} first")
    )
    return Fix(
        title=title.format(key=visible(key, keep=""), host=visible(host, keep="")),
        steps=() if by_hand else _steps(wish.facts, draft),
        why=_why(wish, draft, effects),
        safe=not effects.others and not effects.lost_options and not by_hand and wish.whatever,
        affects_hosts=(effects.wanted, *effects.others),
        hosts_checked=len(checked),
        unchanged_hosts=tuple(name for name in checked if name not in {one.host for one in effects.others}),
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
        words = (
            _("Make this change in {path}:")
            if editable(facts, path)
            else _("Make this change in {path}, which belongs to another account:")
        )
        lines.append(words.format(path=visible(path, keep="")))
        lines.append(unified_diff(before, after, path))
        if b"\r\n" in after:
            lines.append(_("Its lines end in CR LF, which is not shown here: keep them so."))
    return tuple(lines)


def _why(wish: Wish, draft: Draft, effects: Effects) -> str:
    sentences = [_form(wish, draft), *_extras(wish, draft)]
    if wish.anyones:
        sentences.append(_("No change of your own files alone does it."))
    if effects.lost_options:
        sentences.append(
            _("For {host} these options change as well: {options}.").format(
                host=visible(wish.host, keep=""), options=", ".join(sorted(effects.lost_options))
            )
        )
    if not wish.whatever:
        commands = ", ".join(f"`{condition.command}`" for condition in wish.plan.effective.conditions)
        sentences.append(
            _(
                "It holds as long as {commands} (Match exec) does not succeed; for the other case no form works."
            ).format(commands=visible(commands, keep=""))
        )
    if effects.others:
        sentences.append(_("No form leaves every other host as it is; this one changes the fewest."))
    return " ".join(sentences)


def _form(wish: Wish, draft: Draft) -> str:
    if draft.kind == "extend":
        words = _("The lines go into the block that {host} has already.")
    elif draft.kind == "complete":
        words = _("The block of {host} names {key} already; this makes it the first.")
    elif draft.kind == "top":
        words = _("The new block stands on top: what comes before the first Host line would win over it.")
    else:
        words = _("The new block stands where nothing before it wins for {host}.")
    return words.format(host=visible(wish.host, keep=""), key=visible(wish.naming.identity.name, keep=""))


def _extras(wish: Wish, draft: Draft) -> list[str]:
    words = {
        "narrowed": _(
            "{culprits}, so ssh would still send that first: its block no longer applies to {host}."
        ),
        "split": _("{culprits}, so ssh would still send that first: that line no longer applies to {host}."),
        "commented": _("{culprits}, so ssh would still send that first: that line becomes a comment."),
        "agent-off": _(
            "ssh sends keys of the agent first, so the agent is not asked for {host}; {key} is read from its file."
        ),
        "as-typed": _(
            "It counts for the name as typed: this configuration is read again under the real host name, where a"
            " `Host {host}` line would count for other names too."
        ),
        "pinned": _("The public half of {key} is written to a file, so that a line can name this one key."),
    }
    sentences = [
        words[reason].format(
            culprits=_culprits(wish, draft),
            host=visible(wish.host, keep=""),
            key=visible(wish.naming.identity.name, keep=""),
        )
        for reason in draft.reasons
        if reason in words
    ]
    if wish.naming.agent:
        sentences.append(_("The key is in another agent than the one ssh asks, so that one is named."))
    return sentences


def _culprits(wish: Wish, draft: Draft) -> str:
    """Say which lines, as they are now, name keys that would come first."""
    now = {offer.public.blob: offer for offer in wish.plan.offers if offer.public is not None}
    parts = []
    for overcome in draft.overcome:
        offer = now.get(overcome.public.blob, overcome) if overcome.public is not None else overcome
        words = (
            _("line {line} of {file} names {key}, which your agent holds")
            if offer.via == "agent"
            else _("line {line} of {file} names {key}")
        )
        if offer.source is not None:
            file, line = os.path.basename(offer.source.where), offer.source.line
            parts.append(
                words.format(
                    line=line, file=visible(file, keep=""), key=visible(os.path.basename(offer.path), keep="")
                )
            )
    text = ", ".join(parts) or _("another line names a key")
    return text[:1].upper() + text[1:]
