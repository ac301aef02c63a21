"""`?` on any screen: three lines in plain words, the keys that work there, and the glossary."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from sshwizard.rules.explain import mentioned
from sshwizard.text import _
from sshwizard.tui.widgets.frame import KeyLine
from sshwizard.tui.widgets.rows import Rows

_WORDS = 3
"""Words of the screen's lines that are explained at once."""


class HelpScreen(ModalScreen[None]):
    """Explains the screen below it. Esc or Enter closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "app.back", _("close")),
        Binding("escape,question_mark,f1", "app.back", _("close"), show=False),
    ]

    def __init__(self, below: Screen[Any]) -> None:
        super().__init__()
        self._title = getattr(below, "help_title", _("Help"))
        self._lines: tuple[str, ...] = getattr(below, "help_lines", ())
        self._keys = [
            (self.app.get_key_display(binding), binding.tooltip or binding.description)
            for node, binding, _enabled, _tip in below.active_bindings.values()
            if binding.description
            and (binding.show or binding.tooltip or (binding.key == "enter" and node is below))
        ]

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="card"):
            yield Static(Content.styled(self._title, "bold $text-primary"), markup=False, classes="lead")
            yield Rows([(line,) for line in self._lines], classes="lead")
            keys = [*self._keys, ("c", _("copy the command at the bottom (f2 while you type)"))]
            keys += [("^p", _("all commands, by name")), ("^c", _("leave; says what was changed"))]
            unique = list(dict(keys).items())
            yield Rows([(Content.styled(key, "bold"), words) for key, words in unique], classes="lead")
            words = mentioned(" ".join(self._lines), _WORDS)
            yield Rows([(Content.styled(one.word, "bold"), _(one.text)) for one in words], classes="lead")
            yield Static(
                Content.styled(
                    _("Another word you do not know: `sshwizard explain WORD`."), "$foreground-muted"
                ),
                markup=False,
            )
            yield KeyLine(("↑↓", _("scroll")))
