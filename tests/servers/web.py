"""Web servers on loopback for what real networks do: TLS with a test authority, proxies, slow and broken peers."""

from __future__ import annotations

import contextlib
import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Handler = Callable[[socket.socket], None]


class Authority:
    """A certificate authority of a test: `certificate` is its file, `context(name)` a server's TLS settings."""

    def __init__(self, folder: Path, name: str = "test authority") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        usage = x509.BasicConstraints(ca=True, path_length=None)
        self._own = self._signed(self._name, self._key, [(usage, True)])
        self.certificate = folder / f"{name.replace(' ', '-')}.pem"
        self.certificate.write_bytes(self._own.public_bytes(serialization.Encoding.PEM))

    def context(self, host: str, *, days: int = 1) -> ssl.SSLContext:
        """Return TLS settings of a server that is `host` by this authority's word; `days` < 0: expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        made = self._signed(_name(host), key, [(names, False)], days=days)
        file = self._folder / f"{host}-{days}.pem"
        pem = serialization.Encoding.PEM
        plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file.write_bytes(made.public_bytes(pem) + plain)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _signed(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        extensions: list[tuple[x509.ExtensionType, bool]],
        *,
        days: int = 1,
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=9))
            .not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(identifier, critical=False)
            .add_extension(authority, critical=False)
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical=critical)
        return builder.sign(self._key, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@contextlib.contextmanager
def listening(handle: Handler, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve connections one by one, each with `handle`, TLS first where a context is given; yield the port."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.05)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                peer, _address = server.accept()
            except TimeoutError:
                continue
            threading.Thread(target=take, args=(peer,), daemon=True).start()

    def take(peer: socket.socket) -> None:
        peer.settimeout(5)
        with contextlib.suppress(OSError), peer:
            wrapped = context.wrap_socket(peer, server_side=True) if context else peer
            with wrapped:
                handle(wrapped)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        over.set()
        thread.join(5)
        server.close()


def read_head(peer: socket.socket) -> bytes:
    """Read up to the empty line that ends a request's headers."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = peer.recv(4096)
        if not part:
            break
        data += part
    return data


def answer(status: str, body: bytes = b"{}", *headers: str) -> Handler:
    """Return a handler that reads a request's head and gives one answer."""

    def handle(peer: socket.socket) -> None:
        read_head(peer)
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
        peer.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    return handle


def tunnel(asked: list[bytes], to: int | None, status: str = "200 OK") -> Handler:
    """Return a CONNECT proxy that remembers what it was asked and leads everything to one port of loopback."""

    def handle(peer: socket.socket) -> None:
        asked.append(read_head(peer))
        peer.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
        if to is None:
            return
        with socket.create_connection(("127.0.0.1", to), 5) as other:
            back = threading.Thread(target=_pump, args=(other, peer), daemon=True)
            back.start()
            _pump(peer, other)
            back.join(5)

    return handle


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(4096):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
