"""Talking to ssh agents (draft-ietf-sshm-ssh-agent, PROTOCOL.agent): list, sign, add, remove.

Every wait is bounded; an agent that is dead, hangs or talks nonsense is an `Agent` with a `problem`, and
its list is believed exactly as far as ssh believes it. Listing tells the agent nothing and changes nothing.
"""

from __future__ import annotations

import os
import socket
import stat
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from sshwizard.errors import CannotApply, CannotCheck
from sshwizard.model.identity import Agent, PublicKey
from sshwizard.openssh.keys import NotAKey, UnknownKeyType, public_from_blob, refused_by_ssh
from sshwizard.openssh.keys.verify import is_sound
from sshwizard.openssh.wire import Cursor, WireError, string, uint32
from sshwizard.text import _, visible_bytes

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine
    from sshwizard.secret import Secret

CANCEL_SLICE = 0.1
"""Seconds between two looks at a cancel event."""
MAX_REPLY = 256 * 1024
"""Bytes of the longest reply ssh reads (authfd.c MAX_AGENT_REPLY_LEN)."""
MAX_KEYS = 2048
PIPE = "\\\\.\\pipe\\"
WINDOWS_AGENT = PIPE + "openssh-ssh-agent"

_FAILURES = (5, 30, 102)
_SUCCESS, _LIST, _IDENTITIES, _SIGN, _SIGNATURE = 6, 11, 12, 13, 14
_ADD, _REMOVE, _ADD_CONSTRAINED = 17, 18, 25
_LIFETIME, _CONFIRM = 1, 2
_SIGN_FLAGS = {"rsa-sha2-256": 2, "rsa-sha2-512": 4}

_NAMES = (
    ("1password", "1Password"),
    ("secretive", "Secretive"),
    ("bitwarden", "Bitwarden"),
    ("gpg-agent", "gpg-agent"),
    ("keyring", "gnome-keyring"),
    ("gcr", "gcr-ssh-agent"),
    ("proton", "Proton Pass"),
    ("openssh-ssh-agent", "OpenSSH agent service"),
    ("pageant", "Pageant"),
    ("vscode", "VS Code"),
)
"""Part of the socket's path → what people call the agent."""


class AgentError(ValueError):
    """The agent did not answer as the protocol says. The message is for people."""


def list_agent(machine: Machine, where: str, timeout: float = 2.0) -> Agent:
    """Ask the agent at a socket (or Windows pipe) for its keys. Raises nothing.

    A list in which one key is malformed is no list to ssh, so it is none here (`problem` says so); keys of
    unknown types are passed over, as ssh does.
    """
    name = name_of(where)
    try:
        reply = _ask(machine, where, bytes([_LIST]), timeout)
    except AgentError as error:
        return Agent(name=name, where=where, reachable=False, problem=str(error))
    try:
        keys = read_identities(reply)
    except AgentError as error:
        return Agent(name=name, where=where, reachable=True, problem=str(error))
    except (WireError, NotAKey) as error:
        words = _("The agent's list is damaged ({why}), so ssh uses none of its keys.")
        return Agent(name=name, where=where, reachable=True, problem=words.format(why=error))
    return Agent(name=name, where=where, reachable=True, keys=keys)


def find_agents(machine: Machine, timeout: float = 2.0) -> tuple[Agent, ...]:
    """List the agent at SSH_AUTH_SOCK (first, even when it is dead) and those at well-known places."""
    own = machine.env.get("SSH_AUTH_SOCK") or (WINDOWS_AGENT if machine.platform == "windows" else "")
    found = [list_agent(machine, own, timeout)] if own else []
    seen = {_real(machine, own)} if own else set()
    for where in _well_known(machine):
        real = _real(machine, where)
        if real not in seen and is_socket(real):
            seen.add(real)
            found.append(list_agent(machine, where, timeout / 2))
    return tuple(found)


def agent_sign(
    machine: Machine,
    where: str,
    public: PublicKey,
    data: bytes,
    algorithm: str,
    timeout: float = 30.0,
    cancel: threading.Event | None = None,
) -> bytes:
    """Let the agent sign `data`; returns the signature in SSH's encoding (algorithm and bytes).

    Raises CannotCheck when the agent refuses (locked, confirmation denied, hardware not touched in time), and
    soon after `cancel` is set.
    """
    flags = _SIGN_FLAGS.get(algorithm.removesuffix("-cert-v01@openssh.com"), 0)
    request = bytes([_SIGN]) + string(public.blob) + string(data) + uint32(flags)
    try:
        reply = Cursor(_ask(machine, where, request, timeout, cancel))
        kind = reply.byte()
        if kind == _SIGNATURE:
            return reply.string()
    except (AgentError, WireError) as error:
        raise CannotCheck(
            _("The agent gave no signature: {why}").format(why=error), code="agent-refused", where=where
        ) from error
    raise CannotCheck(
        _("The agent refused to sign with {key}.").format(key=public.called),
        code="agent-refused",
        where=where,
        hint=_("It may be locked, or wait for a confirmation or a touch."),
    )


def agent_add(
    machine: Machine,
    where: str,
    data: bytes,
    passphrase: Secret | None = None,
    *,
    comment: str = "",
    lifetime: int | None = None,
    confirm: bool = False,
    timeout: float = 10.0,
) -> None:
    """Load a private key (the content of its file) into the agent.

    `lifetime`: seconds; `confirm`: the agent asks at each use. Raises CannotApply: unreadable key, wrong
    passphrase (code `passphrase-wrong`), or the agent refused.
    """
    from sshwizard.openssh.keys.private import PassphraseNeeded, agent_form

    try:
        key = agent_form(data, passphrase, comment)
    except PassphraseNeeded as error:
        raise CannotApply(
            _("The passphrase does not open this key."), code="passphrase-wrong", where=where
        ) from error
    except NotAKey as error:
        raise CannotApply(_("The private key cannot be read."), code="key-damaged", where=where) from error
    constraints = bytes([_LIFETIME]) + uint32(lifetime) if lifetime else b""
    constraints += bytes([_CONFIRM]) if confirm else b""
    kind = _ADD_CONSTRAINED if constraints else _ADD
    _change(machine, where, bytes([kind]) + key + constraints, timeout)


def agent_remove(machine: Machine, where: str, public: PublicKey, timeout: float = 10.0) -> None:
    """Take one key out of the agent. Raises CannotApply when the agent refuses."""
    _change(machine, where, bytes([_REMOVE]) + string(public.blob), timeout)


def name_of(where: str) -> str:
    """Return what people call the agent at this socket, as far as its path tells."""
    lowered = where.lower()
    return next((name for part, name in _NAMES if part in lowered), "ssh-agent")


def _change(machine: Machine, where: str, request: bytes, timeout: float) -> None:
    try:
        reply = _ask(machine, where, request, timeout)
    except AgentError as error:
        raise CannotApply(str(error), code="agent-unreachable", where=where) from error
    if reply[:1] != bytes([_SUCCESS]):
        raise CannotApply(_("The agent refused."), code="agent-refused", where=where)


def read_identities(reply: bytes) -> tuple[PublicKey, ...]:
    """Read the reply to a list request as ssh does (authfd.c `ssh_fetch_identitylist`).

    Raises AgentError, WireError, NotAKey: then ssh uses none of the keys.
    """
    cursor = Cursor(reply)
    kind = cursor.byte()
    if kind in _FAILURES:
        raise AgentError(_("The agent refuses to list its keys."))
    count = cursor.uint32() if kind == _IDENTITIES else MAX_KEYS + 1
    if count > MAX_KEYS:
        raise AgentError(_("The agent's answer makes no sense, so ssh uses none of its keys."))
    keys = []
    for _number in range(count):
        blob, comment = cursor.string(), cursor.text()
        try:
            key = public_from_blob(blob, visible_bytes(comment, keep=""))
        except UnknownKeyType:
            continue
        if refused_by_ssh(key) or not is_sound(key):
            raise NotAKey(f"{key.type} {key.fingerprint}")
        keys.append(key)
    return tuple(keys)


def _ask(
    machine: Machine, where: str, request: bytes, timeout: float, cancel: threading.Event | None = None
) -> bytes:
    """Send one message and return the reply without its length. Raises AgentError."""
    if where.startswith(PIPE):
        return _ask_pipe(where, request, timeout)
    deadline = time.monotonic() + timeout
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(timeout)
            connection.connect(os.path.join(machine.cwd, where))
            connection.sendall(string(request))
            size = int.from_bytes(_receive(connection, 4, deadline, cancel), "big")
            if not 0 < size <= MAX_REPLY:
                raise AgentError(_("The agent's answer makes no sense, so ssh uses none of its keys."))
            return _receive(connection, size, deadline, cancel)
    except TimeoutError as error:
        raise AgentError(_("The agent did not answer within {n:g} s.").format(n=timeout)) from error
    except (OSError, ValueError, AttributeError) as error:
        _unreachable(error)


def _receive(
    connection: socket.socket, size: int, deadline: float, cancel: threading.Event | None = None
) -> bytes:
    data = bytearray()
    while len(data) < size:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if cancel is not None and cancel.is_set():
            raise AgentError(_("Cancelled."))
        connection.settimeout(left if cancel is None else min(left, CANCEL_SLICE))
        try:
            piece = connection.recv(size - len(data))
        except TimeoutError:
            continue
        if not piece:
            raise AgentError(_("The agent hung up in the middle of its answer."))
        data += piece
    return bytes(data)


def _ask_pipe(where: str, request: bytes, timeout: float) -> bytes:
    """Ask over a Windows pipe. Pipes have no time limit of their own: a thread waits in our place."""
    answers: list[bytes | Exception] = []

    def talk() -> None:
        try:
            with open(where, "r+b", buffering=0) as pipe:
                pipe.write(string(request))
                size = int.from_bytes(_read_pipe(pipe.read, 4), "big")
                answers.append(_read_pipe(pipe.read, min(size, MAX_REPLY)))
        except (OSError, ValueError) as error:
            answers.append(error)

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    thread.join(timeout)
    if not answers:
        raise AgentError(_("The agent did not answer within {n:g} s.").format(n=timeout))
    if isinstance(answers[0], Exception):
        _unreachable(answers[0])
    return answers[0]


def _read_pipe(read: Callable[[int], bytes | None], size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = read(size - len(data))
        if not piece:
            raise AgentError(_("The agent hung up in the middle of its answer."))
        data += piece
    return data


def _unreachable(error: Exception) -> NoReturn:
    if isinstance(error, AgentError):
        raise error
    if isinstance(error, FileNotFoundError):
        raise AgentError(_("There is no agent at this socket any more.")) from error
    if isinstance(error, ConnectionRefusedError):
        raise AgentError(_("Nobody listens at this socket: the agent has ended.")) from error
    words = getattr(error, "strerror", None) or str(error)
    raise AgentError(_("The agent cannot be reached: {why}.").format(why=words)) from error


def _well_known(machine: Machine) -> list[str]:
    """Return places where agents put their sockets, most used first."""
    runtime = machine.env.get("XDG_RUNTIME_DIR", "")
    in_home = (
        ".1password/agent.sock",
        "Library/Group Containers/2BUA8C4S2C.com.1password/t/agent.sock",
        "Library/Containers/com.maxgoedjen.Secretive.SecretAgent/Data/socket.ssh",
        ".bitwarden-ssh-agent.sock",
        ".gnupg/S.gpg-agent.ssh",
        ".ssh/agent.sock",
    )
    in_runtime = (
        "keyring/ssh",
        "gcr/ssh",
        "gnupg/S.gpg-agent.ssh",
        "ssh-agent.socket",
        "openssh_agent",
        "ssh-agent",
    )
    found = [os.path.join(machine.home, each) for each in in_home] if machine.home else []
    found += [os.path.join(runtime, each) for each in in_runtime] if runtime else []
    return found + _started_by_openssh(machine)


def _started_by_openssh(machine: Machine) -> list[str]:
    """Return the newest sockets in ~/.ssh/agent, where ssh-agent puts them from 10.1 on."""
    folder = os.path.join(machine.home, ".ssh", "agent")
    names = machine.files.names(folder) if machine.home else None
    return [os.path.join(folder, name) for name in (names or ())[:8]]


def _real(machine: Machine, where: str) -> str:
    try:
        return where if where.startswith(PIPE) else os.path.realpath(os.path.join(machine.cwd, where))
    except (OSError, ValueError):
        return where


def is_socket(path: str) -> bool:
    """Tell whether a socket stands at `path`."""
    try:
        return stat.S_ISSOCK(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False
