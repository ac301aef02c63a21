"""A question with its possible answers, as a value: what a front end shows and what it hands back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One possible answer."""

    value: str
    """What the answer is to the program; unique within its choice."""
    label: str
    """What a person reads; foreign text in it is already visible."""
    note: str = ""
    """Half a sentence beside the label: why one would take it."""
    disabled: str = ""
    """Why it cannot be taken now; "" when it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One question per screen, with a default."""

    question: str
    options: tuple[Option, ...]
    default: str
    """The `value` that Enter takes; "" only when there is nothing to take."""
    other: str = ""
    """The prompt for a typed answer, where one is possible beside the options; "" where none is."""

    def option(self, value: str) -> Option | None:
        """Return the option with this value."""
        return next((option for option in self.options if option.value == value), None)

    @property
    def default_number(self) -> int:
        """The 1-based number of the default, 0 when there is none."""
        values = [option.value for option in self.options]
        return values.index(self.default) + 1 if self.default in values else 0
