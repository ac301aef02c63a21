"""`explain`: a finding's id or a word of the field, in plain words, without any network.

The texts are those of `rules.explain`. `explain HOST` is `why HOST`; `names_a_topic` tells the two apart.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from sshwizard.cli import exits
from sshwizard.cli.desk import Desk
from sshwizard.errors import UsageError
from sshwizard.report import contract
from sshwizard.report.columns import Style, wrap
from sshwizard.rules import explain
from sshwizard.rules.explain import Explanation
from sshwizard.text import _

_VALUED = frozenset({"--home", "-F", "--ssh", "--lang"})
"""Flags of every command whose value is the next word."""


def explain_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the argument of `explain`."""
    parser.add_argument("topic", nargs="*", metavar="WORD|ID", help=_("a word, or a finding's id"))


def run_explain(desk: Desk) -> int:
    """Explain one topic; without one, list them."""
    topic = " ".join(desk.args.topic)
    if not topic:
        return _list(desk)
    found = explain.explain(topic)
    if found is None:
        raise UsageError(
            _("There is nothing about {topic} here.").format(topic=repr(topic)),
            hint=_hint(topic),
        )
    desk.out.object(_fields(found))
    desk.out.answer(_page(found, desk.out.style))
    return exits.DONE


def names_a_topic(words: Sequence[str]) -> bool:
    """Whether the words after `explain` are a topic, or so nearly one that a slip is likelier than a host.

    Options that only ssh and `why` know (-p, -J, --offline, …) stand for a host.
    """
    topics, rest = [], iter(words)
    for word in rest:
        if word in _VALUED:
            next(rest, "")
        elif not word.startswith("-"):
            topics.append(word)
    topic = " ".join(topics)
    if not topics or explain.explain(topic):
        return True
    return len(topics) == 1 and not set(topic) & set("@:/.\\") and bool(_guess(topic, 0.8))


def _page(found: Explanation, style: Style) -> Iterator[str]:
    heading = f"{found.word}: {_(found.title)}" if found.kind == "finding" else found.word
    yield style.paint(heading, "strong")
    yield from wrap(_(found.text), style.width, indent="  ")
    if found.steps:
        yield ""
        yield style.paint(_("What to do: {title}").format(title=_readable(_(found.remedy))), "strong")
        for number, step in enumerate(found.steps, 1):
            yield from wrap(f"{number}. {_readable(_(step))}", style.width, indent="  ")
    if found.command:
        yield f"     {_readable(found.command)}"
    if found.see:
        yield ""
        yield from wrap(_("See also: {words}").format(words=", ".join(found.see)), style.width)


def _fields(found: Explanation) -> contract.Json:
    return contract.envelope(
        "explain",
        topic=found.word,
        kind=found.kind,
        title=_(found.title),
        text=_(found.text),
        remedy=_readable(_(found.remedy)) or None if found.remedy else None,
        steps=[_readable(_(step)) for step in found.steps],
        command_line=_readable(found.command) or None,
        see_also=list(found.see),
    )


def _readable(text: str) -> str:
    """Fill the fields of a step ({host}, {path}) with words that say what to put there."""
    return explain.filled(text, {})


def _list(desk: Desk) -> int:
    topics = [found for word in explain.all_words() if (found := explain.explain(word))]
    words = [found.word for found in topics if found.kind == "term"]
    ids = [found.word for found in topics if found.kind == "finding"]
    desk.out.object(contract.envelope("explain", words=words, findings=ids))
    width = desk.out.style.width
    desk.out.answer([_("Words:"), *wrap(", ".join(words), width, indent="  ")])
    desk.out.answer([_("Findings:"), *wrap(", ".join(ids), width, indent="  ")])
    return exits.DONE


def _hint(topic: str) -> str:
    guess = _guess(topic, 0.6)
    if guess:
        return _("Did you mean `sshwizard explain {guess}`? For a host: `sshwizard why {topic}`.").format(
            guess=guess, topic=topic
        )
    return _("`sshwizard explain` lists the topics.")


def _guess(topic: str, cutoff: float) -> str:
    import difflib

    found = difflib.get_close_matches(topic.lower(), explain.spellings(), n=1, cutoff=cutoff)
    return found[0] if found else ""
