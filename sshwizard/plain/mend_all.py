"""Several safe repairs at once, line by line: a numbered list, choose some, a look after each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sshwizard import check, mending, propose
from sshwizard.model.events import notes
from sshwizard.plain.asking import apply_asking
from sshwizard.plain.visit import Visit
from sshwizard.text import _, plural

if TYPE_CHECKING:
    from sshwizard.mending import Mended
    from sshwizard.model.finding import Diagnosis

NONE = ("n", "none", "0")


def offer(visit: Visit, typed: str, diagnosis: Diagnosis) -> Diagnosis:
    """List what is safe to mend, where that is more than one, and make what is chosen; return the last look."""
    repairs = propose.safe_ones(diagnosis.findings)
    if len(repairs) < 2:
        return diagnosis
    visit.say("", plural(len(repairs), "", "{n} things are safe to mend; each can be taken back:"))
    visit.say(
        *(f"  {number}  {fix.title}  ({finding.id})" for number, (finding, fix) in enumerate(repairs, 1))
    )
    visit.command(visit.ours("fix", "--all", *((typed,) if typed else ())))
    answer = visit.dialogue.ask(
        _("Which? Numbers with blanks between, `all`, or `n` for one by one"),
        "all",
        lambda words: "" if _numbers(words, len(repairs)) is not None else _misread(len(repairs)),
    )
    chosen = [repairs[number] for number in _numbers(answer, len(repairs)) or ()]
    if not chosen:
        return diagnosis
    if visit.options.dry_run:
        for _finding, fix in chosen:
            visit.show(fix)
        return diagnosis
    last = diagnosis
    for mended in mending.mend(
        visit.machine,
        diagnosis,
        chosen,
        look=lambda machine: check.run(machine, visit.request(typed), on_event=notes(visit.say)),
        make=lambda machine, fix: apply_asking(machine, visit.dialogue, fix),
    ):
        _tell(visit, mended)
        last = mended.after or last
    visit.machine = visit.machine.fresh()
    return last


def _tell(visit: Visit, mended: Mended) -> None:
    title, change = mended.fix.title, mended.change
    if mended.state == "begun":
        visit.show(mended.fix)
    elif mended.state == "done" and change is not None:
        visit.done.append(change)
        visit.say(_("ok    {title}; tested again (change {n})").format(title=title, n=change.number))
    elif mended.state == "needless":
        visit.say(_("–     {title}: not needed any more").format(title=title))
    elif mended.state == "worse":
        visit.say(
            _("FAIL  {title}: worse after it ({why}), so it was taken back").format(
                title=title, why=mended.words
            )
        )
    else:
        visit.say(_("FAIL  {title}: {why}").format(title=title, why=mended.words))


def _numbers(words: str, last: int) -> list[int] | None:
    """Read an answer as indexes in order, once each; None when it cannot be read."""
    if words.strip().lower() == "all":
        return list(range(last))
    if words.strip().lower() in NONE:
        return []
    parts = words.replace(",", " ").split()
    if not parts or not all(part.isdecimal() and 1 <= int(part) <= last for part in parts):
        return None
    return sorted({int(part) - 1 for part in parts})


def _misread(last: int) -> str:
    return _("Type numbers from 1 to {last}, `all`, or `n`.").format(last=last)
