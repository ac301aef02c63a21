"""The embedded git host: an SSH server on 127.0.0.1 that knows accounts by their keys, as the forges do.

It takes the login user `git` only, greets by account name, and refuses like OpenSSH's server: refused keys
count, queried or signed (the first "none" does not), and the one that reaches the try limit is answered by
a disconnect (auth2.c, RFC 4252 §5.1). Needs paramiko; knows nothing of sandbox homes and scenarios.
"""

from __future__ import annotations

import contextlib
import io
import logging
import select
import shlex
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import paramiko
from paramiko.auth_handler import AuthHandler
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
    cMSG_DISCONNECT,
    cMSG_USERAUTH_FAILURE,
)

from sshwizard.openssh.keys import public_line, read_public_line
from sshwizard.openssh.keys.generate import generate
from sshwizard.practice.accounts import Accounts
from sshwizard.practice.repositories import SERVICES, Repositories
from sshwizard.text import visible

USER = "git"
TRY_LIMIT = 6
"""OpenSSH's default MaxAuthTries."""
VERSION = "SSH-2.0-SshwizardPractice"
_TOO_MANY = "Too many authentication failures"
_PROTOCOL_ERROR = 2
_CHANNEL_SUCCESS = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One publickey request that reached the host."""

    user: str
    blob: bytes
    signed: bool
    """False: only a query (RFC 4252 §7)."""
    account: str | None
    """The account the key belongs to; None: refused."""


class Host:
    """A running server. `close` ends it, its connections and its threads."""

    def __init__(self, accounts: Accounts, repositories: Repositories, try_limit: int = TRY_LIMIT) -> None:
        logging.getLogger("paramiko").addHandler(logging.NullHandler())
        logging.getLogger("paramiko").propagate = False
        self.accounts = accounts
        self.repositories = repositories
        self.try_limit = try_limit
        private, line = generate("ed25519", None, "", None)
        self.key = paramiko.Ed25519Key(file_obj=io.StringIO(private.decode()))
        self.key_line = public_line(read_public_line(line))
        """The host key as it stands in known_hosts: `ssh-ed25519 AAAA…`."""
        self._asked: list[Asked] = []
        self._connections: list[paramiko.Transport] = []
        self._sessions: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._accept, name="practice-host", daemon=True)
        self._thread.start()

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Every publickey request so far, oldest first."""
        with self._lock:
            return tuple(self._asked)

    def note(self, asked: Asked) -> None:
        with self._lock:
            self._asked.append(asked)

    def serve(self, session: threading.Thread) -> None:
        """Start a session's thread and remember it for `close`."""
        with self._lock:
            self._sessions = [*(thread for thread in self._sessions if thread.is_alive()), session]
        session.start()

    def close(self) -> None:
        """Hang up on everybody and wait until every thread has ended."""
        self._wake.close()
        self._thread.join(5)
        self._woken.close()
        self._listener.close()
        self.repositories.stop()
        with self._lock:
            connections, sessions = self._connections, self._sessions
            self._connections, self._sessions = [], []
        for connection in connections:
            connection.close()
        for thread in (*connections, *sessions):
            thread.join(5)

    def _accept(self) -> None:
        while True:
            ready, _, _ = select.select([self._listener, self._woken], [], [])
            if self._woken in ready:
                return
            try:
                connection, _ = self._listener.accept()
            except OSError:
                continue
            self._welcome(connection)

    def _welcome(self, connection: socket.socket) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            transport = _Connection(connection)
        except (OSError, paramiko.SSHException):
            connection.close()
            return
        transport.local_version = VERSION
        transport.add_server_key(self.key)
        transport.auth_handler = _Authentication(transport, self)
        transport.start_server(event=threading.Event(), server=_Door(self, transport))
        with self._lock:
            self._connections = [*(one for one in self._connections if one.is_alive()), transport]


class _Connection(paramiko.Transport):
    """A transport that says when a channel request has been granted, so that output never comes before."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection)
        self.granted = threading.Semaphore(0)

    def _send_user_message(self, data: paramiko.Message) -> None:
        super()._send_user_message(data)
        if data.asbytes()[0] == _CHANNEL_SUCCESS:
            self.granted.release()


class _Authentication(AuthHandler):
    """paramiko's server side of userauth, counting tries and refusing unknown key types as OpenSSH does."""

    def __init__(self, transport: paramiko.Transport, host: Host) -> None:
        super().__init__(transport)
        self._host = host
        self._failures = 0
        self._was_none = False
        self.signed = False

    def _parse_userauth_request(self, message: paramiko.Message) -> None:
        look = paramiko.Message(message.asbytes())
        look.get_string()
        look.get_string()
        method = look.get_text()
        self._was_none = method == "none"
        self.signed = method == "publickey" and look.get_boolean()
        super()._parse_userauth_request(message)

    def _generate_key_from_request(self, algorithm: str, blob: bytes) -> paramiko.PKey:
        if "-cert-" not in algorithm:
            try:
                key = super()._generate_key_from_request(algorithm, blob)
            except (paramiko.SSHException, ValueError, TypeError):
                key = None
            if isinstance(key, paramiko.PKey):
                return key
        return _Stranger(blob)

    def _send_auth_result(self, username: str, method: str, result: int) -> None:
        if result == AUTH_SUCCESSFUL:
            super()._send_auth_result(username, method, result)
            return
        if not (self._was_none and self._failures == 0):
            self._failures += 1
        if self._failures >= self._host.try_limit:
            self._hang_up()
            return
        message = paramiko.Message()
        message.add_byte(cMSG_USERAUTH_FAILURE)
        message.add_string("publickey")
        message.add_boolean(False)
        self.transport._send_message(message)

    def _hang_up(self) -> None:
        message = paramiko.Message()
        message.add_byte(cMSG_DISCONNECT)
        message.add_int(_PROTOCOL_ERROR)
        message.add_string(_TOO_MANY)
        message.add_string("")
        self.transport._send_message(message)
        self.transport.close()


class _Stranger(paramiko.PKey):
    """A key of a type or form that this host never takes."""

    def __init__(self, blob: bytes) -> None:
        self._blob = blob

    def asbytes(self) -> bytes:
        return self._blob


class _Door(paramiko.ServerInterface):
    """What one connection may do."""

    def __init__(self, host: Host, transport: _Connection) -> None:
        self._host = host
        self._transport = transport
        self._account = ""
        self._env: dict[str, str] = {}

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"

    def check_auth_none(self, username: str) -> int:
        return AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        blob = key.asbytes()
        account = self._host.accounts.account_with(blob) if username == USER else None
        signed = bool(getattr(self._transport.auth_handler, "signed", False))
        self._host.note(Asked(user=username, blob=blob, signed=signed, account=account))
        self._account = account or ""
        return AUTH_SUCCESSFUL if account else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_env_request(self, channel: paramiko.Channel, name: bytes, value: bytes) -> bool:
        if name != b"GIT_PROTOCOL":
            return False
        self._env["GIT_PROTOCOL"] = value.decode("ascii", "replace")
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        return self._start(channel, "")

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        return self._start(channel, command.decode("utf-8", "replace"))

    def _start(self, channel: paramiko.Channel, command: str) -> bool:
        session = _Session(self._host, self._account, command, dict(self._env))
        work = threading.Thread(
            target=session.run, args=(channel, self._transport.granted), name="practice-session", daemon=True
        )
        self._host.serve(work)
        return True


@dataclass(frozen=True, slots=True)
class _Session:
    """One command (or the wish for a shell) of a logged-in account."""

    host: Host
    account: str
    command: str
    env: Mapping[str, str]

    def run(self, channel: Any, granted: threading.Semaphore) -> None:
        granted.acquire(timeout=1)
        try:
            channel.send_exit_status(self._serve(channel))
        except (OSError, EOFError, paramiko.SSHException):
            pass
        finally:
            with contextlib.suppress(OSError, EOFError):
                channel.close()

    def _serve(self, channel: Any) -> int:
        if not self.command:
            return _refuse(
                channel,
                f"Hi {self.account}! You've successfully authenticated, "
                "but the practice ground does not provide shell access.",
            )
        service, path = _git_command(self.command)
        if service not in SERVICES:
            return _refuse(channel, f"Invalid command: '{visible(self.command)}'")
        if not self.host.accounts.may_read(self.account, path):
            return _refuse(channel, "ERROR: Repository not found.")
        if not self.host.repositories.served:
            return _refuse(channel, "ERROR: git is not installed where the practice ground runs.")
        return self.host.repositories.serve(service, channel, self.env)


def _refuse(channel: Any, words: str) -> int:
    channel.sendall_stderr(words.encode() + b"\n")
    return 1


def _git_command(command: str) -> tuple[str, str]:
    """Split `git-upload-pack 'path'` (or `git upload-pack 'path'`) into service and path."""
    try:
        words = shlex.split(command)
    except ValueError:
        return "", ""
    if words[:1] == ["git"] and len(words) > 1:
        words[:2] = [f"git-{words[1]}"]
    return (words[0], words[1]) if len(words) == 2 else ("", "")
