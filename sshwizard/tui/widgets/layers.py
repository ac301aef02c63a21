"""The layers of a connection, one line each with its own time; those that were not reached share one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from sshwizard.model.transcript import Check
from sshwizard.text import _
from sshwizard.tui import look, words
from sshwizard.tui.widgets.rows import Rows


class Layers(Vertical):
    """Draws `Check`s; a mere title stands for a layer that is being asked."""

    DEFAULT_CSS = """
    Layers { height: auto; }
    """

    def compose(self) -> ComposeResult:
        yield Rows(id="reached")
        yield Static(markup=False, id="later")

    def show(
        self, layers: Sequence[Check | str], brief: Callable[[str], str], *, together: bool = False
    ) -> None:
        """Replace what is shown. `together`: the layers that passed at the beginning share one line."""
        shown = [layer for layer in layers if isinstance(layer, str) or layer.state != "skipped"]
        reached = [layer for layer in shown if isinstance(layer, str) or layer.state != "not_reached"]
        if together:
            reached = words.calm_layers_as_one(reached)
        rows = [words.layer_row(layer, brief) for layer in reached]
        calm = [n for n, layer in enumerate(reached) if isinstance(layer, str) or layer.state == "passed"]
        self.query_one("#reached", Rows).show(rows, clipped=calm)
        later = [one.title for one in shown if isinstance(one, Check) and one.state == "not_reached"]
        text = _("–     not reached: {layers}").format(layers=", ".join(later)) if later else ""
        line = self.query_one("#later", Static)
        line.update(look.muted(text))
        line.display = bool(text)
