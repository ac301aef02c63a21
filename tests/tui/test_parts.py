"""The small parts: columns that wrap, lists with a pointer, a change as a script."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.content import Content

from sshwizard.tui.columns import NARROWEST, lay_out
from sshwizard.tui.widgets.choices import Choices, Item

CELLS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=60)


@settings(max_examples=200)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=4), st.integers(40, 120))
def test_columns_never_exceed_the_width(rows: list[list[str]], width: int) -> None:
    for row in lay_out(rows, width):
        assert all(
            line.cell_length <= max(width, 3 * NARROWEST + 4) for line in row.split("\n", allow_blank=True)
        )


@settings(max_examples=200)
@given(st.lists(CELLS, min_size=1, max_size=3), st.integers(40, 120))
@example(cells=["\U0001f3fb"], width=40)
def test_no_character_is_lost_when_a_cell_wraps(cells: list[str], width: int) -> None:
    shown = lay_out([cells], width)[0].plain

    assert sorted("".join(shown.split())) == sorted("".join("".join(cells).split()))


def test_markup_in_a_cell_stays_text() -> None:
    text = "[red]x[/] [@click=app.bell]y[/] a [/] b"

    assert lay_out([[text, "next"]], 80)[0].plain == f"{text}  next"


class Listing(App[None]):
    def compose(self) -> ComposeResult:
        yield Choices(
            [
                Item("", ("heading",), True),
                Item("a", ("first", Content("one"))),
                Item("b", ("second", "two")),
            ],
            value="b",
        )


async def test_a_pointer_marks_the_chosen_line_without_colour() -> None:
    app = Listing()
    async with app.run_test(size=(40, 10)) as pilot:
        app.query_one(Choices).focus()
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
        lines = ["".join(segment.text for segment in strip).rstrip() for strip in strips]

        assert lines[1:3] == ["  first    one", "▸ second   two"]
        await pilot.press("up", "up")
        assert app.query_one(Choices).value in ("a", "b")
