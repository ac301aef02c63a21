"""Lines → attempts, surroundings, server lines. Streaming: keeps events, never the lines.

Knows which event belongs to which attempt; draws no conclusion.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from sshwizard.logs.attempt import Attempt, shown_fields, shown_line
from sshwizard.logs.lines import decode, pieces, split, unstamped
from sshwizard.logs.recognise import recognise
from sshwizard.model.log import LogEvent, LogFile, LogReading
from sshwizard.text import visible

MOST_ATTEMPTS = 200
MOST_AROUND = 400
MOST_REMARKS = 150
MOST_SERVER = 200
"""Lines of a server's log kept of each kind."""
SEEN_LINES = 4096
"""Repeated lines are read once; this many are remembered."""

AROUND = frozenset(
    {"config", "key-file", "listed", "remote", "url", "resolves-loopback", "private-key", "shell", "agent-listed",
     "remark", "putty", "key-in-use", "agent-empty", "agent-absent", "agent-service", "agent-fetch"}
)  # fmt: skip
"""Events that stand beside an attempt rather than in it."""
Found = tuple[str, list[tuple[str, Mapping[str, str]]]]


class Reader:
    """Reads a paste of any length in bounded memory."""

    def __init__(self) -> None:
        self._number = 0
        self._attempts: deque[Attempt] = deque()
        self._first: list[Attempt] = []
        self._current: Attempt | None = None
        self._around: list[tuple[int, str, str, Mapping[str, str]]] = []
        self._server: dict[str, deque[tuple[int, str, str, Mapping[str, str]]]] = {}
        self._remarks = 0
        self._left_out = 0
        self._seen: dict[str, Found | None] = {}
        self._files: list[LogFile] = []

    def begin_file(self, name: str) -> None:
        """Say that another file begins here: what follows belongs to no attempt before it."""
        self._close()
        self._files.append(LogFile(name=name, first_line=self._number + 1))

    def feed(self, lines: Iterable[str]) -> None:
        """Read some more lines."""
        seen = self._seen
        number = self._number
        for raw in lines:
            number += 1
            if raw not in seen:
                raw = unstamped(raw)
            if raw in seen:
                found = seen[raw]
            else:
                found = recognise(raw, self._remarks < MOST_REMARKS)
                if len(seen) < SEEN_LINES and len(raw) < 400:
                    seen[raw] = found
            if found is not None:
                self._take(number, found)
        self._number = number

    def _take(self, number: int, found: Found) -> None:
        line, seen = found
        for kind, fields in seen:
            if kind in AROUND:
                self._beside(number, kind, line, fields)
                continue
            if kind[:5] == "sshd-":
                self._of_server(number, kind, line, fields)
                continue
            self._in_attempt(number, kind, line, fields)

    def _beside(self, number: int, kind: str, line: str, fields: Mapping[str, str]) -> None:
        if kind == "remark":
            self._remarks += 1
            if self._remarks > MOST_REMARKS:
                return
        if kind == "private-key":
            line = "-----BEGIN …"
        self._append(self._around, MOST_AROUND, (number, kind, line, fields))

    def _of_server(self, number: int, kind: str, line: str, fields: Mapping[str, str]) -> None:
        """Keep the latest lines of each kind: strangers' attempts must not crowd out the reason."""
        kept = self._server.get(kind)
        if kept is None:
            kept = self._server[kind] = deque(maxlen=MOST_SERVER)
        elif len(kept) == MOST_SERVER:
            self._left_out += 1
        kept.append((number, kind, line, fields))

    def _append(
        self,
        kept: list[tuple[int, str, str, Mapping[str, str]]],
        most: int,
        event: tuple[int, str, str, Mapping[str, str]],
    ) -> None:
        if len(kept) < most:
            kept.append(event)
        else:
            self._left_out += 1

    def _in_attempt(self, number: int, kind: str, line: str, fields: Mapping[str, str]) -> None:
        current = self._current
        if kind == "gap":
            if current is not None:
                current.gaps = True
            return
        if current is None:
            current = self._current = Attempt(number)
        elif current.begins_anew(kind, fields):
            self._close()
            current = self._current = Attempt(number)
        current.add(number, kind, line, fields)

    def _close(self) -> None:
        if self._current is None:
            return
        self._left_out += self._current.dropped
        if len(self._first) < MOST_ATTEMPTS // 2:
            self._first.append(self._current)
        else:
            self._attempts.append(self._current)
            if len(self._attempts) > MOST_ATTEMPTS // 2:
                dropped = self._attempts.popleft()
                self._left_out += len(dropped.events)
        self._current = None

    def done(self) -> LogReading:
        """Return what was read."""
        self._close()
        attempts = tuple(attempt.done() for attempt in (*self._first, *self._attempts))
        return LogReading(
            attempts=attempts,
            surroundings=_events(self._around),
            server=_events(sorted((event for kept in self._server.values() for event in kept), key=_line)),
            lines=self._number,
            left_out=self._left_out,
            complete=not attempts or attempts[-1].outcome not in ("cut-off", "unknown"),
            files=tuple(self._files),
        )


def _line(event: tuple[int, str, str, Mapping[str, str]]) -> int:
    return event[0]


def _events(raw: Iterable[tuple[int, str, str, Mapping[str, str]]]) -> tuple[LogEvent, ...]:
    return tuple(
        LogEvent(line=line, event=kind, text=shown_line(text), fields=shown_fields(fields))
        for line, kind, text, fields in raw
    )


def read_log(text: str) -> LogReading:
    """Read a pasted log of any client, with whatever was pasted around it. Raises nothing."""
    reader = Reader()
    for batch in split(pieces(_unescaped(text))):
        reader.feed(batch)
    return reader.done()


def read_stream(chunks: Iterable[bytes]) -> LogReading:
    """Read a log from a file or a pipe, piece by piece, in bounded memory. Raises nothing of its own."""
    reader = Reader()
    for batch in split(decode(chunks)):
        reader.feed(batch)
    return reader.done()


def read_files(files: Iterable[tuple[str, Iterable[bytes]]]) -> LogReading:
    """Read several logs of one story, the client's and the server's for instance, in bounded memory.

    Each file is given with the name to show. Raises nothing of its own.
    """
    reader = Reader()
    for name, chunks in files:
        reader.begin_file(visible(name, keep=""))
        for batch in split(decode(chunks)):
            reader.feed(batch)
    return reader.done()


def _unescaped(text: str) -> str:
    r"""Undo a paste that came as one line of JSON: `\n` written as two characters."""
    if "\n" not in text and "\\n" in text and len(text) < 1_000_000:
        return text.replace("\\r\\n", "\n").replace("\\n", "\n")
    return text
