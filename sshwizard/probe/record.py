"""The layers of a connection as they pass or fail: measured, told as events, kept for the transcript.

Knows the layers' names and order, and nothing of how they are tested.
"""

from __future__ import annotations

import time

from sshwizard.model.events import AnswerCame, CheckDone, CheckStarted, Note, OnEvent
from sshwizard.model.transcript import Answer, Check, CheckState
from sshwizard.text import _

LAYERS = ("dns", "tcp", "proxy", "banner", "kex", "hostkey", "userauth", "session")


def title(layer: str) -> str:
    """Name a layer for people."""
    return {
        "dns": _("Name resolution"),
        "tcp": _("TCP connection"),
        "proxy": _("Proxy"),
        "banner": _("Version string"),
        "kex": _("Key exchange"),
        "hostkey": _("Host key"),
        "userauth": _("Keys"),
        "session": _("Login"),
    }[layer]


class Record:
    """What was seen so far. Each layer is told once when it starts and once when it is done."""

    def __init__(self, on_event: OnEvent) -> None:
        self._on_event = on_event
        self._started: dict[str, float] = {}
        self._checks: dict[str, Check] = {}

    def start(self, layer: str) -> None:
        if layer not in self._started:
            self._started[layer] = time.monotonic()
            self._on_event(CheckStarted(layer, title(layer)))

    def done(
        self,
        layer: str,
        state: CheckState = "passed",
        detail: str = "",
        code: str = "",
        at: float | None = None,
    ) -> None:
        """Settle a layer. `at` is the moment of the event (time.monotonic), where it was measured elsewhere.

        The first word on a layer stands: a second connection does not repeat it.
        """
        if layer in self._checks:
            return
        self.start(layer)
        end = time.monotonic() if at is None else at
        ms = max(0.0, (end - self._started[layer]) * 1000)
        self._put(Check(id=layer, title=title(layer), state=state, ms=ms, detail=detail, code=code))

    def skip(self, layer: str, detail: str = "") -> None:
        if layer not in self._checks:
            self._put(Check(id=layer, title=title(layer), state="skipped", ms=None, detail=detail))

    def is_done(self, layer: str) -> bool:
        return layer in self._checks

    def failed(self) -> Check | None:
        """Return the layer that has failed so far."""
        return next((check for check in self._checks.values() if check.state == "failed"), None)

    def stop(self, code: str, detail: str) -> None:
        """Fail the first layer that is not settled: where the conversation was when it ended.

        A login that had not begun yet is no failure.
        """
        open_layers = [layer for layer in LAYERS if layer not in self._checks]
        begun = [layer for layer in open_layers if layer in self._started]
        for layer in (begun or [layer for layer in open_layers if layer != "session"])[:1]:
            self.done(layer, "failed", detail, code)

    def note(self, text: str) -> None:
        self._on_event(Note(text))

    def answer(self, answer: Answer) -> None:
        self._on_event(AnswerCame(answer))

    def checks(self) -> tuple[Check, ...]:
        """Return all layers in order; those never settled are `not_reached`, and are told so now."""
        for layer in LAYERS:
            if layer not in self._checks:
                self._put(Check(id=layer, title=title(layer), state="not_reached", ms=None))
        return tuple(self._checks[layer] for layer in LAYERS)

    def _put(self, check: Check) -> None:
        self._checks[check.id] = check
        self._on_event(CheckDone(check))
