"""The road "Explain a log someone sent": paste, read, conclude. Nothing is contacted."""

from __future__ import annotations

from sshwizard.plain.dialogue import Back
from sshwizard.plain.visit import Visit
from sshwizard.report import log as report
from sshwizard.text import _

END = "."


def walk(visit: Visit) -> None:
    """Read a pasted log and say what it shows; then an answer to send, if wanted."""
    from sshwizard import logs, rules

    visit.say("", _("Paste the log. End it with a line that holds a single dot (or Ctrl+D)."))
    visit.command(visit.ours("log", "-"))
    text = visit.dialogue.several_lines(END)
    if not text.strip():
        visit.say("", _("Nothing was pasted."))
        raise Back
    diagnosis = rules.diagnose_log(logs.read_log(text))
    visit.say("", report.to_text(diagnosis, visit.style))
    if diagnosis.findings and visit.dialogue.yes_no(_("Write an answer to send?"), default=False):
        visit.say("", report.reply(diagnosis))
