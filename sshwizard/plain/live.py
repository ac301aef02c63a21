"""What happens while a check runs, as lines: each layer when it is settled, and a sign of life in between.

Lines go to the given stream (stderr for headless commands, stdout in the wizard). A thread says every five
seconds what is being waited for; nothing moves the cursor.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from sshwizard.model.events import AnswerCame, CheckDone, CheckStarted, Event, Note, PlanReady
from sshwizard.report import pages
from sshwizard.report.columns import Style
from sshwizard.report.rows import key_name
from sshwizard.report.words import answer_word, milliseconds
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.probe.wait import Look

EVERY = 5.0
"""Seconds between two signs of life."""


def patience(host: str, look: Look) -> str:
    """Say that a new key is not taken yet, and for how long that is."""
    return _("still working: {host} does not take it yet ({n} s)").format(host=host, n=round(look.seconds))


class Live:
    """`with Live(...) as live: check.run(…, on_event=live, cancel=live.cancel)`."""

    def __init__(
        self,
        *,
        speak: bool = True,
        layers: bool = False,
        stream: TextIO | None = None,
        style: Style | None = None,
        shown: Callable[[str], str] = str,
    ) -> None:
        """`speak`: write at all; `layers`: write each settled layer too; `shown`: how paths are written."""
        self.cancel = threading.Event()
        self._speak = speak
        self._layers = layers
        self._stream = stream or sys.stderr
        self._style = style or Style()
        self._waiting_for = _("this machine")
        self._shown = shown
        self._names: dict[bytes, str] = {}
        self._prints: dict[str, str] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="sign of life", daemon=True)

    def __enter__(self) -> Live:
        if self._speak:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if kind is not None:
            self.cancel.set()
        if self._thread.is_alive():
            self._thread.join(timeout=1.0)

    def __call__(self, event: Event) -> None:
        """Take one event."""
        match event:
            case PlanReady(plan=plan):
                self._waiting_for = plan.target.hostname
                kept = [(left.public, left.path) for left in plan.left_out if left.path]
                sent = [(offer.public, offer.path) for offer in plan.offers]
                self._names = {public.blob: path for public, path in (*kept, *sent) if public}
                self._prints = {
                    public.fingerprint: key_name(path) for public, path in (*kept, *sent) if public
                }
            case CheckStarted(title=title):
                self._waiting_for = title
            case CheckDone(check=check) if self._layers and self._speak:
                line = pages.shortened(pages.layer(check, 18, self._style), self._shown)
                for fingerprint, name in self._prints.items():
                    line = line.replace(fingerprint, name)
                self._write(line)
            case AnswerCame(answer=answer) if self._layers and self._speak:
                name = self._names.get(answer.public.blob, answer.public.called)
                said = f"{answer_word(answer.state)}  {milliseconds(answer.ms)}".rstrip()
                self._write(f"        {name.rsplit('/', 1)[-1]}: {said}")
            case Note(text=text) if self._speak:
                self._write(f"        {pages.shortened(text, self._shown)}")
            case _:
                pass

    def wait_for(self, what: str) -> None:
        """Name what is waited for from now on."""
        self._waiting_for = what

    def _beat(self) -> None:
        started = time.monotonic()
        while not self._over.wait(EVERY):
            waited = round(time.monotonic() - started)
            self._write(
                _("still working: waiting for {what} ({n} s)").format(what=self._waiting_for, n=waited)
            )

    def _write(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()
