"""The sentence on top: what was found, how sure it is, what follows. Out of sight until it is known."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from sshwizard.tui import look
from sshwizard.tui.widgets.rows import Rows


class Verdict(Vertical):
    """A word, a bold sentence, a certainty; below it what follows."""

    DEFAULT_CSS = """
    Verdict { height: auto; margin-bottom: 1; display: none; }
    """

    def compose(self) -> ComposeResult:
        yield Rows(id="cause")
        yield Static(markup=False, id="conclusion")

    def say(self, word: Content, title: str, *, certainty: str = "", below: tuple[str, ...] = ()) -> None:
        """Show a verdict."""
        self.query_one("#cause", Rows).show([(word, look.bold(title), look.muted(certainty))])
        conclusion = self.query_one("#conclusion", Static)
        conclusion.update(Content("\n".join(below)))
        conclusion.display = bool(below)
        self.display = True

    def hide(self) -> None:
        """Take it away: nothing is known yet."""
        self.display = False
