"""How states, severities and kinds of line look: `report`'s word first, a colour second. Makes no sentence.

Red is kept for two troubles (`report.words.LEAKS`): a secret may leak, a host key that matches nothing.
"""

from __future__ import annotations

from textual.content import Content

from sshwizard.model.finding import Finding
from sshwizard.model.transcript import Check, CheckState
from sshwizard.report import words
from sshwizard.report.columns import Tone

STYLES: dict[Tone, str] = {
    "ok": "$text-success",
    "warn": "$text-warning",
    "fail": "bold $text-warning",
    "danger": "bold $text-error",
    "dim": "$foreground-muted",
    "strong": "bold",
}
DANGEROUS_CODES = frozenset({"hostkey-changed", "hostkey-revoked"})


def check_word(state: CheckState, code: str = "") -> Content:
    """Return the word for a layer's state."""
    tone: Tone = "danger" if code in DANGEROUS_CODES else words.check_tone(state)
    return Content.styled(words.check_word(state), STYLES[tone])


def layer_word(layer: Check) -> Content:
    """Return the word for a layer."""
    return check_word(layer.state, layer.code)


def severity_word(finding: Finding) -> Content:
    """Return the word that opens a finding."""
    return Content.styled(words.severity_word(finding.severity), STYLES[words.severity_tone(finding)])


def good(text: str) -> Content:
    """Return text that says that something is well."""
    return Content.styled(text, "$text-success")


def amber(text: str) -> Content:
    """Return text that asks for attention."""
    return Content.styled(text, "$text-warning")


def muted(text: str) -> Content:
    """Return a side remark."""
    return Content.styled(text, "$foreground-muted")


def bold(text: str) -> Content:
    """Return what the line is about."""
    return Content.styled(text, "bold")


def key(text: str) -> Content:
    """Return the name of a key of the keyboard."""
    return Content.styled(text, "bold $text-primary")


def diff_line(line: str) -> Content:
    """Return one line of a unified diff; the sign at its start carries the meaning."""
    if line.startswith(("+++", "---")):
        return bold(line)
    if line.startswith("@@"):
        return muted(line)
    if line.startswith("+"):
        return good(line)
    return amber(line) if line.startswith("-") else Content(line)
