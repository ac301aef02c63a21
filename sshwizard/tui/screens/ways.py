"""Every remedy for what was found, the best one first."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList

from sshwizard.model.finding import Finding, Fix
from sshwizard.text import _
from sshwizard.tui import look, words
from sshwizard.tui.widgets.choices import Choices, Item
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar


class WaysScreen(Screen[int]):
    """Asks which remedy; answers with its number in the list it was given."""

    help_title = _("Other ways")
    help_lines = (
        _(
            "The first is the one with the fewest effects elsewhere. Where there are several causes, each line names its own."
        ),
        _("Choosing one only shows it; nothing is written before you agree on the next screen."),
    )

    def __init__(self, ways: Sequence[tuple[Finding, Fix]]) -> None:
        super().__init__()
        self._ways = tuple(ways)

    def compose(self) -> ComposeResult:
        yield TitleBar(_("Ways to mend it"))
        with VerticalScroll(id="body"):
            yield Choices(
                [
                    Item(
                        str(number),
                        (look.bold(fix.title), look.muted(words.remedy_note(fix)), *self._cause(finding)),
                    )
                    for number, (finding, fix) in enumerate(self._ways)
                ]
            )
        yield CommandStrip(self._ways[0][1].command if self._ways else "")
        yield KeyLine(("↑↓", _("choose")), ("enter", _("show it")))

    def _cause(self, finding: Finding) -> tuple[Content, ...]:
        """Name the cause where the ways mend different ones."""
        causes = {one.id for one, _fix in self._ways}
        return (look.muted(finding.id),) if len(causes) > 1 else ()

    def on_mount(self) -> None:
        self.query_one(Choices).focus()

    @on(OptionList.OptionHighlighted)
    def _pointed(self) -> None:
        value = self.query_one(Choices).value
        if value:
            self.query_one(CommandStrip).say(self._ways[int(value)][1].command)

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        self.dismiss(int(self.query_one(Choices).value))
