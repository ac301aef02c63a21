"""A field for a passphrase or a token: dots, a counter elsewhere, never a copy of what was typed."""

from __future__ import annotations

from textual.binding import Binding
from textual.message import Message
from textual.widgets import Input

from sshwizard.secret import Secret


class SecretInput(Input):
    """An `Input` whose content leaves it only as a `Secret`: no copy, no cut, no message with the text."""

    BINDINGS = [Binding("ctrl+r", "reveal", "show", show=False)]

    class Told(Message):
        """What the two messages of the field have in common: the field, and nothing of its content."""

        def __init__(self, field: SecretInput) -> None:
            super().__init__()
            self.field = field

        @property
        def control(self) -> SecretInput:
            return self.field

    class Typed(Told):
        """Something was typed; look at the field itself."""

    class Entered(Told):
        """Enter was pressed in the field."""

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:
        super().__init__(placeholder=placeholder, password=True, id=id, compact=True)

    def post_message(self, message: Message) -> bool:
        """Replace the messages that would carry the plain text (they can end in a log)."""
        if isinstance(message, Input.Changed):
            return super().post_message(self.Typed(self))
        if isinstance(message, Input.Submitted):
            return super().post_message(self.Entered(self))
        if isinstance(message, Input.Blurred):
            return False
        return super().post_message(message)

    def action_copy(self) -> None:
        self.app.bell()

    def action_cut(self) -> None:
        self.app.bell()

    def action_reveal(self) -> None:
        """Show the characters instead of dots, or hide them again."""
        self.password = not self.password

    @property
    def length(self) -> int:
        """How many characters were typed."""
        return len(self.value)

    def peek(self) -> Secret:
        """Return what was typed, for judging it; it stays in the field."""
        return Secret(self.value)

    def take(self) -> Secret:
        """Return what was typed and forget it."""
        secret = Secret(self.value)
        self.clear()
        return secret
