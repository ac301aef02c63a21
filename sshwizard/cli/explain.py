"""`explain`: a word of the field or a finding's id, in plain words, without any network."""

from __future__ import annotations

import argparse

from sshwizard.cli import exits
from sshwizard.cli.desk import Desk
from sshwizard.errors import UsageError
from sshwizard.report import contract
from sshwizard.report.columns import wrap
from sshwizard.rules.catalogue import CATALOGUE, Entry
from sshwizard.text import _
from sshwizard.wizard import glossary


def explain_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the argument of `explain`."""
    parser.add_argument("topic", nargs="*", metavar="WORD|ID", help=_("a word, or a finding's id"))


def run_explain(desk: Desk) -> int:
    """Explain one topic; without one, list them."""
    topic = " ".join(desk.args.topic)
    if not topic:
        return _list(desk)
    term, entry = glossary.find(topic), _entry(topic)
    if entry:
        desk.out.object(
            contract.envelope("explain", topic=entry.id, title=_(entry.title), text=_(entry.summary))
        )
        desk.out.answer([desk.out.style.paint(f"{entry.id}: {_(entry.title)}", "strong")])
        desk.out.answer(wrap(_(entry.summary), desk.out.style.width, indent="  "))
        return exits.DONE
    if term is None:
        raise UsageError(
            _("There is nothing about {topic} here.").format(topic=repr(topic)),
            hint=_nearest(topic) or _("`sshwizard explain` lists the topics."),
        )
    text = glossary.explained(term)
    desk.out.object(contract.envelope("explain", topic=term.word, title=term.word, text=text))
    desk.out.answer(
        [desk.out.style.paint(term.word, "strong"), *wrap(text, desk.out.style.width, indent="  ")]
    )
    return exits.DONE


def _list(desk: Desk) -> int:
    words = sorted(term.word for term in glossary.TERMS)
    ids = [entry.id for entry in CATALOGUE]
    desk.out.object(contract.envelope("explain", words=words, findings=ids))
    desk.out.answer([_("Words:"), *wrap(", ".join(words), desk.out.style.width, indent="  ")])
    desk.out.answer([_("Findings:"), *wrap(", ".join(ids), desk.out.style.width, indent="  ")])
    return exits.DONE


def is_topic(topic: str) -> bool:
    """Whether this is something to explain, or so nearly that a slip of the finger is likelier than a host."""
    return bool(glossary.find(topic) or _entry(topic) or _guess(topic, 0.8))


def _entry(topic: str) -> Entry | None:
    wanted = topic.lower().replace("_", "-").replace(" ", "-")
    return next((one for one in CATALOGUE if one.id == wanted), None)


def _nearest(topic: str) -> str:
    guess = _guess(topic, 0.6)
    return _("Did you mean `sshwizard explain {guess}`?").format(guess=guess) if guess else ""


def _guess(topic: str, cutoff: float) -> str:
    import difflib

    known = [term.word for term in glossary.TERMS] + [entry.id for entry in CATALOGUE]
    return next(iter(difflib.get_close_matches(topic, known, n=1, cutoff=cutoff)), "")
