"""The answer to the person who sent a log: the cause, what to do, what else is needed. Text or Markdown. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sshwizard.model.finding import Evidence, Finding, Fix
from sshwizard.model.log import LogDiagnosis
from sshwizard.report import contract
from sshwizard.text import _

_MARKED = re.compile(r"([\\`*_\[\]<>#|~!])")
"""Characters that Markdown or HTML inside it may take for markup."""
_OTHERS = 2
"""Further causes named when the first one is not certain."""


def reply(diagnosis: LogDiagnosis, *, markdown: bool = False) -> str:
    """Write an answer to send: calm, short, without the words of this program."""
    return "\n".join(_markdown(diagnosis) if markdown else _text(diagnosis)).strip("\n")


def _text(diagnosis: LogDiagnosis) -> Iterator[str]:
    best = diagnosis.findings[0] if diagnosis.findings else None
    if best is None:
        yield _nothing(diagnosis)
    else:
        yield from (_opening(best), "", best.conclusion or best.title)
        shows = _shows(best)
        if shows:
            yield _("What shows it ({place}): {text}").format(place=_place(shows), text=shows.text)
        for fix in best.fixes[:1]:
            yield from ("", _("What to do: {title}").format(title=fix.title))
            yield from (f"  {sentence}" for sentence in contract.instructions(fix))
            yield from (f"    {command}" for command in _commands(fix))
        others = _others(diagnosis)
        if others:
            yield from ("", _("It may also be one of these:"), *(f"  - {one.title}" for one in others))
    if _asks(diagnosis):
        yield from ("", _("To be sure, please send the output of:"))
        yield from (f"    {command}" for command in diagnosis.ask_for)
        yield _("None of these shows a private key or a password.")


def _markdown(diagnosis: LogDiagnosis) -> Iterator[str]:
    best = diagnosis.findings[0] if diagnosis.findings else None
    if best is None:
        yield _nothing(diagnosis)
    else:
        yield from (f"**{escaped(_opening(best))}**", "", escaped(best.conclusion or best.title))
        shows = _shows(best)
        if shows:
            yield from ("", _("What shows it ({place}):").format(place=escaped(_place(shows))), "")
            yield from fenced([shows.text])
        for fix in best.fixes[:1]:
            yield from ("", "**" + escaped(_("What to do: {title}").format(title=fix.title)) + "**", "")
            for number, sentence in enumerate(contract.instructions(fix), 1):
                yield f"{number}. {_with_code(sentence)}"
            commands = _commands(fix)
            if commands:
                yield from ("", *fenced(commands))
        others = _others(diagnosis)
        if others:
            yield from (
                "",
                _("It may also be one of these:"),
                "",
                *(f"- {escaped(one.title)}" for one in others),
            )
    if _asks(diagnosis):
        yield from ("", _("To be sure, please send the output of:"), "")
        yield from fenced(list(diagnosis.ask_for))
        yield from ("", _("None of these shows a private key or a password."))


def escaped(text: str) -> str:
    """Return foreign text so that Markdown shows it as it is."""
    return _MARKED.sub(r"\\\1", text)


def fenced(lines: list[str]) -> list[str]:
    """Put lines into a code block whose fence no line can close."""
    longest = max((len(run) for line in lines for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence, *lines, fence]


def _with_code(sentence: str) -> str:
    """Keep the `code` of our own sentences, and nothing else that could be markup."""
    parts = sentence.split("`")
    if len(parts) % 2 == 0:
        return escaped(sentence)
    return "".join(f"`{part}`" if number % 2 else escaped(part) for number, part in enumerate(parts))


def _nothing(diagnosis: LogDiagnosis) -> str:
    if diagnosis.verdict == "healthy":
        return _("The log shows a login that works; nothing in it explains an error.")
    return _("The log does not show what went wrong.")


def _opening(best: Finding) -> str:
    if best.severity == "info":
        return _("Your log shows no fault of SSH: {title}.").format(title=best.title)
    return {
        "certain": _("Your log shows what is wrong: {title}."),
        "likely": _("Your log shows what is most likely wrong: {title}."),
        "possible": _("One thing that fits your log: {title}."),
    }[best.certainty].format(title=best.title)


def _shows(best: Finding) -> Evidence | None:
    return next((one for one in best.evidence if one.line), next(iter(best.evidence), None))


def _place(shows: Evidence) -> str:
    if not shows.line:
        return _("the log")
    if shows.source == "log":
        return _("line {n}").format(n=shows.line)
    return _("{file}, line {n}").format(file=shows.source, n=shows.line)


def _commands(fix: Fix) -> list[str]:
    return fix.command.splitlines() if fix.command else []


def _others(diagnosis: LogDiagnosis) -> tuple[Finding, ...]:
    """Return further causes worth naming: none beside a certain one."""
    if diagnosis.findings[0].certainty == "certain":
        return ()
    return tuple(one for one in diagnosis.findings[1:] if one.severity == "fail")[:_OTHERS]


def _asks(diagnosis: LogDiagnosis) -> bool:
    best = diagnosis.findings[0] if diagnosis.findings else None
    return bool(diagnosis.ask_for) and (best is None or best.certainty != "certain")
