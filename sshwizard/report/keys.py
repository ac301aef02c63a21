"""Keys and agents as plain text. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from sshwizard.report.columns import Style, table, wrap
from sshwizard.report.contract import permissions
from sshwizard.text import _, plural

if TYPE_CHECKING:
    from sshwizard.model.agents import Permanent
    from sshwizard.model.identity import Agent, Identity, KeyFile, PublicKey


def key_lines(
    identities: Sequence[Identity],
    strays: Sequence[KeyFile],
    agents: Sequence[Agent],
    shown: Callable[[str], str],
    style: Style,
) -> Iterator[str]:
    """Write the list of keys, what is wrong with each, and the agents."""
    names = {agent.where: agent.name for agent in agents}
    if not identities:
        yield _("No key was found. `sshwizard keys new` makes one.")
    else:
        head = [_("key"), _("kind"), _("half"), _("agent")]
        held = [", ".join(names.get(where, where) for where in one.agents) or "–" for one in identities]
        rows = [
            [name_of(one, shown), one.public.kind, half(one), agent]
            for one, agent in zip(identities, held, strict=True)
        ]
        first, *lines = table([head, *rows], width=style.width)
        yield first
        for one, line in zip(identities, lines, strict=True):
            yield line
            yield f"  {one.public.fingerprint}  {one.public.shown_comment}".rstrip()
            for problem in one.problems:
                yield from wrap(problem.title, style.width, indent="  ")
    for file in strays:
        for problem in file.problems:
            yield from wrap(f"{shown(file.path)}: {problem.title}", style.width)
    yield from agent_lines(agents, style)


def agent_lines(agents: Sequence[Agent], style: Style) -> Iterator[str]:
    """Write one line for each agent."""
    for one in agents:
        said = (
            plural(len(one.keys), "{n} key", "{n} keys") if one.reachable else (one.problem or _("no answer"))
        )
        yield from wrap(
            _("agent {name}: {said} ({where})").format(name=one.name, said=said, where=one.where), style.width
        )


def permanent_lines(ways: Sequence[Permanent], load: Sequence[str], style: Style) -> Iterator[str]:
    """Write the ways to have an agent after every login, each with the lines to copy."""
    for number, one in enumerate(ways, 1):
        yield from wrap(f"{number}  {one.title}: {one.note}", style.width)
        yield from (f"    {line}" for line in one.lines)
        yield ""
    yield from wrap(_("So that keys come into it when they are used first:"), style.width)
    yield from (f"    {line}" for line in load)


def key_page(one: Identity, shown: Callable[[str], str]) -> Iterator[str]:
    """Write everything about one key."""
    public = one.public
    facts = [
        (_("kind"), f"{public.kind} ({public.type})"),
        (_("private half"), shown(one.private_path) if one.private_path else _("not in a file here")),
        (_("public half"), shown(one.public_path) if one.public_path else _("not in a file here")),
        (_("fingerprint"), public.fingerprint),
        ("", public.fingerprint_md5),
        (_("comment"), comment_words(public)),
        (_("format"), one.format or _("not known")),
        (_("passphrase"), {True: _("yes"), False: _("no"), None: _("not known")}[one.encrypted]),
        (_("permissions"), permissions(one.mode) or _("not known")),
        (_("agents"), ", ".join(one.agents) or _("none")),
    ]
    width = max(len(label) for label, _value in facts)
    yield from (f"{label:<{width}}  {value}" for label, value in facts)
    yield from (f"{_('problem'):<{width}}  {problem.title}" for problem in one.problems)


def name_of(one: Identity, shown: Callable[[str], str]) -> str:
    """Return the path of a key, or the comment of one that only an agent holds."""
    path = one.private_path or one.public_path
    return shown(path) if path else one.name


def half(one: Identity) -> str:
    """Say which halves are in files."""
    if one.has_private:
        return _("both") if one.public_path else _("private")
    return _("public") if one.public_path else _("agent")


def comment_words(public: PublicKey) -> str:
    """Return a key's comment, or say that there is none, or why it is not shown."""
    if public.comment and public.shown_comment != public.comment:
        return _("not shown: it looks like a piece of a private half, or like a token")
    return public.comment or _("none")
