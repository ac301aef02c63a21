"""What a host does after a login: the greeting of a session without a command, the answer of git's own commands.

Every wait is bounded; nothing is changed on the host: a git command is ended before it transfers anything.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sshwizard.probe.limits import Limit, bounded

if TYPE_CHECKING:
    from sshwizard.probe.transport import Conversation

SECONDS = 6.0
MOST = 64 * 1024
"""Bytes kept of each stream."""

FLUSH = b"0000"
"""An empty pkt-line: "nothing more" to git-upload-pack and git-receive-pack."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a session printed."""

    out: bytes
    err: bytes
    status: int | None
    """Exit status; None when the host named none."""


def run(conversation: Conversation, command: str | None, limit: Limit) -> Said:
    """Open a session, with a command or as `ssh -T` does without one, and read what it says.

    Raises OSError when no session could be had (also when the connection is gone), Stopped.
    """
    return bounded(lambda: _talk(conversation, command), limit, SECONDS * 2)


def _talk(conversation: Conversation, command: str | None) -> Said:
    import paramiko

    try:
        channel = conversation.transport.open_session(timeout=SECONDS)
    except (paramiko.SSHException, EOFError) as error:
        raise OSError(str(error)) from error
    reader = _Reader(channel)
    try:
        if command is None:
            channel.invoke_shell()
            channel.shutdown_write()
        else:
            channel.exec_command(command)
            reader.read_until(lambda: bool(reader.out) or channel.exit_status_ready())
            channel.sendall(FLUSH)
            channel.shutdown_write()
    except (paramiko.SSHException, EOFError, OSError):
        # The host refused the command or hung up; what it said before that is still there.
        pass
    reader.read_until(channel.exit_status_ready)
    reader.drain()
    status = channel.recv_exit_status() if channel.exit_status_ready() else None
    channel.close()
    return Said(bytes(reader.out), bytes(reader.err), None if status == -1 else status)


class _Reader:
    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self._end = time.monotonic() + SECONDS
        self.out = bytearray()
        self.err = bytearray()

    def read_until(self, enough: Any) -> None:
        """Read both streams until `enough()`, the end of the session, or the end of our time."""
        while not enough() and not self._channel.closed and time.monotonic() < self._end:
            if not self.drain():
                self._channel.status_event.wait(0.02)

    def drain(self) -> bool:
        """Take what is there; False when nothing is."""
        got = False
        for ready, receive, kept in (
            (self._channel.recv_ready, self._channel.recv, self.out),
            (self._channel.recv_stderr_ready, self._channel.recv_stderr, self.err),
        ):
            while ready():
                got = True
                piece = receive(MOST)
                kept += piece[: max(0, MOST - len(kept))]
        return got
