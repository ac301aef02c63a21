"""What stands around every screen: title line, step line, command strip, line of keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from sshwizard.text import _


class TitleBar(Horizontal):
    """One line: where we are on the left, what it is about on the right."""

    DEFAULT_CSS = """
    TitleBar {
        height: 1; width: 1fr;
        & > #title { width: auto; text-style: bold; color: $text-primary; }
        & > #about { width: 1fr; text-align: right; color: $foreground-muted; text-overflow: ellipsis; text-wrap: nowrap; }
    }
    """

    def __init__(self, title: str, about: str = "") -> None:
        super().__init__()
        self._title = title
        self._about = about

    def compose(self) -> ComposeResult:
        yield Static(Content(f"{self._title}  "), id="title", markup=False)
        yield Static(Content(self._about), id="about", markup=False)

    def say(self, about: str) -> None:
        """Replace the words on the right."""
        self.query_one("#about", Static).update(Content(about))


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the step line."""

    title: str
    short: str
    """One word, for the row of ticks."""
    done: bool


class Steps(Container):
    """The fixed step line: where we are, in words, and a row of ticks for what is satisfied."""

    DEFAULT_CSS = """
    Steps {
        height: auto; width: 1fr; layout: horizontal;
        & > Static { width: auto; }
        & > #ticks { padding-left: 3; }
    }
    """

    def __init__(self, steps: Sequence[Step], current: int) -> None:
        super().__init__()
        self._steps = tuple(steps)
        self._current = current

    def compose(self) -> ComposeResult:
        steps, current = self._steps, self._current
        number = _("Step {n} of {total} · {title}").format(
            n=current + 1, total=len(steps), title=steps[current].title
        )
        yield Static(Content.styled(number, "bold"), markup=False)
        yield Static(Content("  ").join(map(self._tick, range(len(steps)))), id="ticks", markup=False)

    def _tick(self, index: int) -> Content:
        step = self._steps[index]
        colour = "$text-success" if step.done else "$foreground-muted"
        if index == self._current:
            colour = "bold $text-success" if step.done else "bold $text-primary"
        return Content.styled(f"✓ {step.short}" if step.done else step.short, colour)


class CommandStrip(Widget):
    """The shell command that the screen stands for; the app copies it on `c`."""

    DEFAULT_CSS = """
    CommandStrip { height: 1; width: 1fr; background: $surface; color: $foreground; }
    """

    def __init__(self, command: str = "") -> None:
        super().__init__()
        self.command = command

    def say(self, command: str) -> None:
        """Show another command."""
        self.command = command
        self.refresh()

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._focus_changed)

    def _focus_changed(self, _screen: Screen[Any]) -> None:
        self.refresh()

    def render(self) -> Content:
        if not self.command:
            return Content("")
        key = "f2" if isinstance(self.screen.focused, (Input, TextArea)) else "c"
        hint = Content.assemble((key, "bold $text-primary"), (" " + _("copy"), "$foreground-muted"))
        width = self.content_size.width
        room = max(width - hint.cell_length - 4, 10)
        line = Content.assemble((" $ ", "$foreground-muted"), Content(self.command)).truncate(
            room, ellipsis=True
        )
        return Content("").join(
            [line, Content(" " * max(width - line.cell_length - hint.cell_length - 1, 1)), hint]
        )


class KeyLine(Widget):
    """The keys that work here, in words; wraps to as many lines as it needs instead of hiding one."""

    DEFAULT_CSS = """
    KeyLine { height: auto; width: 1fr; padding: 0 1; }
    """

    def __init__(self, *hints: tuple[str, str]) -> None:
        super().__init__()
        self.auto_links = False
        self._hints = hints

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def say(self, *hints: tuple[str, str]) -> None:
        """Replace the hints for keys that belong to the focused list or field."""
        self._hints = hints
        self.refresh(layout=True)

    def _bindings_changed(self, _screen: Screen[Any]) -> None:
        self.refresh(layout=True)

    def _items(self) -> list[Content]:
        items = [
            self._item(key, words, True, "enter" if key == "enter" else "") for key, words in self._hints
        ]
        seen = set()
        for _node, binding, enabled, _tooltip in self.screen.active_bindings.values():
            if binding.show and binding.action not in seen:
                seen.add(binding.action)
                shown = self.app.get_key_display(binding)
                items.append(self._item(shown, binding.description, enabled, binding.key))
        return items

    @staticmethod
    def _item(shown: str, words: str, enabled: bool, key: str) -> Content:
        """Return one key with its words; a click on it presses `key`, if there is one."""
        if not enabled:
            return Content.styled(f"{shown} {words}", "dim")
        item = Content.assemble((shown, "bold $text-primary"), (f" {words}", "$foreground-muted"))
        return item.stylize(Style.from_meta({"@click": ("app.simulate_key", (key,))})) if key else item

    def lines(self, width: int) -> list[Content]:
        """Return the keys in lines of at most `width` cells, closer together where that saves a line."""
        items = self._items()
        wide, close = self._filled(items, width, 3), self._filled(items, width, 2)
        return close if len(close) < len(wide) else wide

    @staticmethod
    def _filled(items: Sequence[Content], width: int, gap: int) -> list[Content]:
        lines: list[Content] = []
        for item in items:
            if lines and lines[-1].cell_length + gap + item.cell_length <= width:
                lines[-1] = Content(" " * gap).join([lines[-1], item])
            else:
                lines.append(item)
        return lines

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return max(len(self.lines(width)), 1)

    def render(self) -> Content:
        return Content("\n").join(self.lines(self.content_size.width))
