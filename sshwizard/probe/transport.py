"""paramiko's transport with our own user authentication on top: what the host says, as happenings in a queue.

paramiko does version exchange, key exchange, encryption and the check of the host's signature. Its own
client signs at once; here unsigned queries are sent (RFC 4252 §7), which needs neither a private key nor an
agent. Import this module late: paramiko is heavy.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import time
from collections.abc import Callable, Sequence
from typing import Any

import paramiko
from paramiko.packet import Packetizer

from sshwizard import __version__
from sshwizard.openssh.algorithms import CERT
from sshwizard.probe import happenings as h
from sshwizard.probe import identification
from sshwizard.probe.limits import Limit
from sshwizard.probe.wire import Wire
from sshwizard.text import visible_bytes

IDENTIFICATION = f"SSH-2.0-sshwizard_{__version__}"
CONNECTION = "ssh-connection"
BY_APPLICATION = 11
"""SSH_DISCONNECT_BY_APPLICATION (RFC 4253 §11.1)."""

CURVE = "curve25519-sha256@libssh.org"

DISCONNECT, SERVICE_REQUEST, SERVICE_ACCEPT = 1, 5, 6
REQUEST, FAILURE, SUCCESS, BANNER, PK_OK = 50, 51, 52, 53, 60

_quiet = logging.getLogger("sshwizard.probe.paramiko")
_quiet.addHandler(logging.NullHandler())
_quiet.propagate = False


class Conversation:
    """One connection to one host. Not thread-safe; `close` it in every case."""

    def __init__(self, wire: Wire, *, host_key_algorithms: Sequence[str], banner_seconds: float) -> None:
        self.wire = wire
        self._queue: queue.SimpleQueue[h.Happening] = queue.SimpleQueue()
        self.transport = _Transport(wire, self._queue.put, tuple(host_key_algorithms), banner_seconds)
        self.transport.auth_handler = _Listener(self.transport, self._queue.put)

    def start(self) -> None:
        """Send our identification string and go; everything else arrives through `next`."""
        self.transport.active = True
        self.transport.start()

    def next(self, limit: Limit, most: float) -> h.Happening | None:
        """Return what the host did next, or None after `most` seconds of nothing. Raises Stopped."""
        return limit.get(self._queue, most)

    def request_service(self) -> None:
        self._send(SERVICE_REQUEST, "ssh-userauth")

    def ask_none(self, user: str) -> None:
        """Send the "none" request, as ssh does first: its refusal names the methods and counts for nothing."""
        self._send(REQUEST, user, CONNECTION, "none")

    def ask_key(self, user: str, algorithm: str, blob: bytes) -> None:
        """Ask whether the host would take a key, without a signature. Raises EOFError, OSError."""
        self._send(REQUEST, user, CONNECTION, "publickey", False, algorithm, blob)

    def sign_in(self, user: str, algorithm: str, blob: bytes, sign: Callable[[bytes], bytes]) -> None:
        """Log in for real: `sign` gets the bytes of RFC 4252 §7 and returns the signature blob."""
        request = self._message(REQUEST, user, CONNECTION, "publickey", True, algorithm, blob)
        signed = paramiko.Message()
        signed.add_string(self.transport.session_id)
        signed.add_bytes(request.asbytes())
        request.add_string(sign(signed.asbytes()))
        self.transport._send_message(request)

    def close(self) -> None:
        """Say goodbye where that is possible, and leave no thread behind."""
        if self.transport.active:
            with contextlib.suppress(EOFError, OSError, paramiko.SSHException):
                self._send(DISCONNECT, BY_APPLICATION, "", "")
        self.transport.close()
        self.wire.close()
        if self.transport.ident is not None:
            self.transport.join(1.0)

    def _send(self, kind: int, *fields: str | bytes | bool | int) -> None:
        self.transport._send_message(self._message(kind, *fields))

    def _message(self, kind: int, *fields: str | bytes | bool | int) -> paramiko.Message:
        message = paramiko.Message()
        message.add_byte(bytes([kind]))
        for field in fields:
            if isinstance(field, bool):
                message.add_boolean(field)
            elif isinstance(field, int):
                message.add_int(field)
            else:
                message.add_string(field)
        return message


class _Packetizer(Packetizer):  # type: ignore[misc]
    def start_handshake(self, timeout: float) -> None:
        """Start no timer thread: every wait here has its own limit already."""


def _with_rfc_name() -> dict[str, Any]:
    """Return paramiko's key exchanges with curve25519 under its name of RFC 8731 too: the same method."""
    known = dict(paramiko.Transport._kex_info)
    if CURVE in known:
        known[CURVE.partition("@")[0]] = known[CURVE]
    return known


class _Transport(paramiko.Transport):  # type: ignore[misc]
    _kex_info = _with_rfc_name()
    _preferred_kex = tuple(
        name
        for each in paramiko.Transport._preferred_kex
        for name in ((CURVE.partition("@")[0], CURVE) if each == CURVE else (each,))
    )

    def __init__(
        self,
        wire: Wire,
        tell: Callable[[h.Happening], None],
        host_key_algorithms: tuple[str, ...],
        banner_seconds: float,
    ) -> None:
        super().__init__(wire, packetizer_class=_Packetizer)
        self.local_version = IDENTIFICATION
        self.daemon = True
        self.set_log_channel(_quiet.name)
        self._wire = wire
        self._tell = tell
        self._host_key_algorithms = host_key_algorithms
        self._banner_seconds = banner_seconds

    @property
    def preferred_keys(self) -> tuple[str, ...]:
        return self._host_key_algorithms

    def run(self) -> None:
        super().run()
        self._tell(_ending(self.saved_exception))

    def _log(self, level: int, msg: str, *args: object) -> None:
        """Say nothing: what matters is told as a happening."""

    def _check_banner(self) -> None:
        """Read the identification string within ssh's own bounds of size, and within our time."""
        data = b""
        end = time.monotonic() + self._banner_seconds
        while (found := identification.read(data)) is None:
            if time.monotonic() > end:
                found = identification.silent(data, self._banner_seconds)
                break
            try:
                piece = self._wire.recv(65536)
            except TimeoutError:
                if not self.active:
                    raise EOFError from None
                continue
            except ConnectionError:
                if not data:
                    raise
                piece = b""
            if not piece:
                found = identification.ended(data)
                break
            data += piece
        if isinstance(found, identification.NotSsh):
            self._tell(h.NotSshCame(at=time.monotonic(), code=found.code, detail=found.detail))
            raise EOFError
        self._wire.unread(found.rest)
        self._wire.greeting = False
        # The key exchange hash is over these very bytes, so they must not be decoded and encoded again.
        self.remote_version = found.line if not found.line.isascii() else found.line.decode()
        self._tell(h.IdentificationCame(at=time.monotonic(), line=found.line, before=found.before))

    def _parse_kex_init(self, m: paramiko.Message) -> None:
        lists = self._really_parse_kex_init(paramiko.Message(m.asbytes()))
        slots = {
            "kex": "kex_algo_list",
            "hostkey": "server_key_algo_list",
            "cipher": "client_encrypt_algo_list",
            "mac": "client_mac_algo_list",
            "compression": "client_compress_algo_list",
        }
        offered = {slot: tuple(lists[name]) for slot, name in slots.items()}
        self._tell(h.AlgorithmsCame(at=time.monotonic(), offered=offered))
        super()._parse_kex_init(m)

    def _verify_key(self, host_key: bytes, sig: bytes) -> None:
        super()._verify_key(host_key, sig)
        self._tell(h.HostKeyCame(at=time.monotonic(), blob=host_key))

    def _parse_newkeys(self, m: paramiko.Message) -> None:
        agreed = f"{self.host_key_type}, {self.remote_cipher}"
        super()._parse_newkeys(m)
        self._tell(h.KeysInForce(at=time.monotonic(), agreed=agreed))

    def _parse_ext_info(self, m: paramiko.Message) -> None:
        extensions = {m.get_binary(): m.get_binary() for _number in range(min(m.get_int(), 256))}
        self.server_extensions = extensions
        raw = extensions.get(b"server-sig-algs")
        algorithms = None if raw is None else tuple(raw.decode("ascii", "replace").split(","))
        self._tell(h.ExtensionsCame(at=time.monotonic(), server_sig_algs=algorithms))

    def _parse_disconnect(self, m: paramiko.Message) -> None:
        reason, text = m.get_int(), visible_bytes(m.get_binary())
        self._tell(h.Disconnected(at=time.monotonic(), reason=reason, text=text))


class _Listener:
    """The place of paramiko's AuthHandler: it only passes on what the host says."""

    def __init__(self, transport: _Transport, tell: Callable[[h.Happening], None]) -> None:
        self._transport = transport
        self._tell = tell
        self._handler_table: dict[int, Callable[[Any], None]] = {
            SERVICE_ACCEPT: lambda m: tell(h.ServiceAccepted(at=time.monotonic())),
            FAILURE: self._failure,
            SUCCESS: self._success,
            BANNER: lambda m: tell(h.BannerCame(at=time.monotonic(), text=m.get_binary())),
            PK_OK: self._pk_ok,
        }

    def is_authenticated(self) -> bool:
        return bool(self._transport.authenticated)

    def abort(self) -> None:
        """Called at the end of the stream, which is told separately."""

    def _failure(self, m: paramiko.Message) -> None:
        methods = tuple(word for word in m.get_binary().decode("ascii", "replace").split(",") if word)
        self._tell(h.Refused(at=time.monotonic(), methods=methods, partial=m.get_boolean()))

    def _success(self, m: paramiko.Message) -> None:
        self._transport._auth_trigger()
        self._tell(h.LoggedIn(at=time.monotonic()))

    def _pk_ok(self, m: paramiko.Message) -> None:
        algorithm = m.get_binary().decode("ascii", "replace")
        self._tell(h.KeyAccepted(at=time.monotonic(), algorithm=algorithm, blob=m.get_binary()))


def supported_host_keys() -> tuple[str, ...]:
    """Return the host key algorithms that paramiko can verify, certificates included."""
    plain: tuple[str, ...] = paramiko.Transport._preferred_keys
    return plain + tuple(f"{name}{CERT}" for name in plain)


def supported(slot: str) -> tuple[str, ...]:
    """Return what paramiko can do for `kex`, `cipher`, `mac` or `hostkey`."""
    if slot == "hostkey":
        return supported_host_keys()
    name = {"kex": "_preferred_kex", "cipher": "_preferred_ciphers", "mac": "_preferred_macs"}[slot]
    return tuple(getattr(_Transport, name))


def _ending(problem: BaseException | None) -> h.Ended:
    now = time.monotonic()
    if problem is None or isinstance(problem, EOFError):
        return h.Ended(at=now, problem="", kind="closed")
    words = visible_bytes(str(problem).encode("utf-8", "backslashreplace"), keep="")[:200]
    if isinstance(problem, ConnectionError):
        return h.Ended(at=now, problem=words, kind="reset")
    if isinstance(problem, paramiko.ssh_exception.IncompatiblePeer):
        return h.Ended(at=now, problem=words, kind="no-common")
    return h.Ended(at=now, problem=words, kind="protocol")
