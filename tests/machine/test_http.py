"""Requests over real sockets: TLS and its failures, proxies, slow and broken servers, redirects, canary tokens."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.web import Authority, Handler, answer, listening, read_head, tunnel

from sshwizard.errors import CannotCheck, Refused, SshwizardError, UsageError
from sshwizard.machine.http import HttpReply, HttpRequest, send
from sshwizard.machine.machine import Machine
from sshwizard.secret import Secret

Make = Callable[..., Machine]
CANARY = "canary-token-5f2b"
HOST = "api.forge.test"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def ask(machine: Machine, url: str, method: str = "GET", timeout: float = 10.0) -> HttpReply:
    request = HttpRequest(
        method=method,
        url=url,
        secret_headers={"Authorization": Secret(f"Bearer {CANARY}")},
        body=b'{"key": "x"}' if method == "POST" else None,
    )
    return send(machine, request, timeout=timeout)


def error_of(machine: Machine, url: str, method: str = "GET", timeout: float = 10.0) -> SshwizardError:
    with pytest.raises(SshwizardError) as caught:
        ask(machine, url, method, timeout)
    assert CANARY not in f"{caught.value!r}{caught.value.message}{caught.value.hint}{caught.value.where}"
    return caught.value


def test_a_company_s_authority_and_proxy_are_honoured(authority: Authority, make_machine: Make) -> None:
    asked: list[bytes] = []
    with (
        listening(answer("200 OK", b'{"a": 1}'), authority.context(HOST)) as port,
        listening(tunnel(asked, port)) as proxy,
    ):
        env = {"HTTPS_PROXY": f"http://127.0.0.1:{proxy}", "SSL_CERT_FILE": str(authority.certificate)}
        reply = ask(make_machine(env=env), f"https://{HOST}/user")

    assert (200, b'{"a": 1}') == (reply.status, reply.body)
    assert asked[0].startswith(f"CONNECT {HOST}:443 ".encode())
    assert CANARY.encode() not in asked[0]


def test_a_proxy_without_a_scheme_is_understood(authority: Authority, make_machine: Make) -> None:
    with (
        listening(answer("200 OK"), authority.context(HOST)) as port,
        listening(tunnel([], port)) as proxy,
    ):
        env = {"https_proxy": f"127.0.0.1:{proxy}", "SSL_CERT_FILE": str(authority.certificate)}

        assert 200 == ask(make_machine(env=env), f"https://{HOST}/").status


@pytest.mark.parametrize("trouble", ["stranger", "expired", "other name"])
def test_a_certificate_that_is_not_trusted_ends_it_before_the_token(
    trouble: str, authority: Authority, make_machine: Make, tmp_path: Path
) -> None:
    heads: list[bytes] = []
    trusted = Authority(tmp_path, "somebody else") if trouble == "stranger" else authority
    context = authority.context(
        "other.forge.test" if trouble == "other name" else HOST, days=-1 if trouble == "expired" else 1
    )
    with (
        listening(lambda peer: heads.append(read_head(peer)), context) as port,
        listening(tunnel([], port)) as proxy,
    ):
        env = {"HTTPS_PROXY": f"http://127.0.0.1:{proxy}", "SSL_CERT_FILE": str(trusted.certificate)}
        error = error_of(make_machine(env=env), f"https://{HOST}/user")

    assert "service-unreachable" == error.code
    assert "certificate" in error.message
    way_on = {"stranger": "SSL_CERT_FILE", "expired": "clock", "other name": "check the address"}
    assert way_on[trouble] in error.hint
    assert [] == [head for head in heads if head]


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"])
def test_a_proxy_that_says_no_is_an_unreachable_service(status: str, make_machine: Make) -> None:
    with listening(tunnel([], None, status)) as proxy:
        machine = make_machine(env={"HTTPS_PROXY": f"http://user:hidden@127.0.0.1:{proxy}"})
        error = error_of(machine, f"https://{HOST}/user")

    assert "service-unreachable" == error.code
    assert "hidden" not in error.message + error.hint
    assert ("NAME:PASSWORD" in error.hint) == status.startswith("407")


@pytest.mark.parametrize(
    "proxy", ["socks5://127.0.0.1:1", "ftp://127.0.0.1:1", "http://[", "http://127.0.0.1:1"]
)
def test_a_proxy_that_cannot_be_used_is_said_and_no_crash(proxy: str, make_machine: Make) -> None:
    assert "service-unreachable" == error_of(make_machine(env={"ALL_PROXY": proxy}), f"https://{HOST}/").code


def test_loopback_and_exceptions_need_no_proxy(make_machine: Make) -> None:
    with listening(answer("200 OK")) as port:
        machine = make_machine(env={"HTTP_PROXY": "http://127.0.0.1:1"})

        assert 200 == ask(machine, f"http://127.0.0.1:{port}/").status


def silent(peer: socket.socket) -> None:
    peer.recv(65536)
    peer.recv(1)


def dripping(peer: socket.socket) -> None:
    """Send a byte now and then, for ever: no single wait is long."""
    read_head(peer)
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    pause = threading.Event()
    while not pause.wait(0.1):
        peer.sendall(b" ")


def dripping_head(peer: socket.socket) -> None:
    read_head(peer)
    peer.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    pause = threading.Event()
    while not pause.wait(0.1):
        peer.sendall(b"a")


@pytest.mark.parametrize("handle", [silent, dripping, dripping_head])
def test_the_time_limit_is_for_the_whole_exchange(handle: Handler, machine: Machine) -> None:
    with listening(handle) as port:
        begun = time.monotonic()
        error = error_of(machine, f"http://127.0.0.1:{port}/", timeout=1.0)

    assert "service-unreachable" == error.code
    assert 3 == error.exit_code
    assert time.monotonic() - begun < 4


def says(data: bytes) -> Handler:
    def handle(peer: socket.socket) -> None:
        read_head(peer)
        peer.sendall(data)

    return handle


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2p1\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 999999 What\r\n\r\n",
        b"\x00\xff" * 500,
    ],
)
def test_a_broken_answer_is_an_unreachable_service(data: bytes, machine: Machine) -> None:
    with listening(says(data)) as port:
        error = error_of(machine, f"http://127.0.0.1:{port}/")

    assert ("service-unreachable", CannotCheck) == (error.code, type(error))


def test_a_reply_that_cannot_be_unpacked_is_not_the_service_s_own(machine: Machine) -> None:
    data = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"
    with listening(says(data)) as port:
        error = error_of(machine, f"http://127.0.0.1:{port}/")

    assert ("service-error", CannotCheck) == (error.code, type(error))
    assert "cannot be unpacked" in error.message


def test_a_reply_that_swells_when_unpacked_is_cut_off(machine: Machine) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
    with listening(says(head.encode() + bomb)) as port:
        error = error_of(machine, f"http://127.0.0.1:{port}/")

    assert "service-error" == error.code


@pytest.mark.parametrize(("method", "said"), [("GET", "Check the network"), ("DELETE", "is not known")])
def test_a_change_without_an_answer_may_have_happened(method: str, said: str, machine: Machine) -> None:
    with listening(says(b"")) as port:
        error = error_of(machine, f"http://127.0.0.1:{port}/", method)

    assert said in error.hint


def test_an_authority_s_file_that_is_not_there_is_named(make_machine: Make) -> None:
    error = error_of(make_machine(env={"SSL_CERT_FILE": "/nowhere/ca.pem"}), "https://api.forge.test/")

    assert ("service-unreachable", "/nowhere/ca.pem") == (error.code, error.where)
    assert "SSL_CERT_FILE" in error.hint


def test_a_circle_of_redirects_has_a_way_out(machine: Machine) -> None:
    with listening(answer("302 Found", b"", "Location: /user")) as port:
        error = error_of(machine, f"http://127.0.0.1:{port}/user")

    assert ("service-error", 302) == (error.code, error.status)
    assert "--api-url" in error.hint


def test_an_endless_answer_is_cut_off(machine: Machine) -> None:
    def flood(peer: socket.socket) -> None:
        read_head(peer)
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
        for _number in range(99):
            peer.sendall(b" " * 1_000_000)

    with listening(flood) as port:
        error = error_of(machine, f"http://127.0.0.1:{port}/")

    assert "service-error" == error.code
    assert "longer than any list of keys" in error.message


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "target", ["https://evil.test/", "//evil.test/x", "http://127.0.0.1:9/", "https://127.0.0.1/", "ftp://x/"]
)
def test_a_redirect_elsewhere_is_refused_with_its_status(target: str, method: str, machine: Machine) -> None:
    with listening(answer("302 Found", b"", f"Location: {target}")) as port:
        error = error_of(machine, f"http://127.0.0.1:{port}/user", method)

    assert ("redirect-refused", 302, Refused) == (error.code, error.status, type(error))


def test_a_redirect_on_the_same_host_is_followed_for_reading_only(machine: Machine) -> None:
    def handle(peer: socket.socket) -> None:
        head = read_head(peer)
        moved = b" /new " not in head
        text = b"HTTP/1.1 301 Moved\r\nLocation: /new\r\n" if moved else b"HTTP/1.1 200 OK\r\n"
        peer.sendall(text + b"Connection: close\r\nContent-Length: 2\r\n\r\n{}")

    with listening(handle) as port:
        url = f"http://127.0.0.1:{port}/old"

        assert 200 == ask(machine, url).status
        assert "redirect-refused" == error_of(machine, url, "POST").code


def test_a_circle_of_redirects_ends(machine: Machine) -> None:
    with listening(answer("302 Found", b"", "Location: /again")) as port:
        assert "service-error" == error_of(machine, f"http://127.0.0.1:{port}/again").code


@pytest.mark.parametrize(
    "url",
    ["http://forge.test/", "ftp://127.0.0.1/", "forge.test", "", "https://", "http://127.0.0.1:99999/",
     "https://user:pw@forge.test/", "http://[::1/"],
)  # fmt: skip
def test_an_address_that_would_show_the_token_or_is_none_is_refused(url: str, machine: Machine) -> None:
    assert UsageError is type(error_of(machine, url))


@pytest.mark.parametrize("token", [f"{CANARY}\n", f"{CANARY}\r\nX-Evil: 1", f"é{CANARY}", f"{CANARY}\x00"])
def test_a_token_that_fits_no_header_is_not_repeated_in_the_error(token: str, machine: Machine) -> None:
    request = HttpRequest(
        method="GET", url="http://127.0.0.1:9/", secret_headers={"Authorization": Secret(token)}
    )
    with pytest.raises(UsageError) as caught:
        send(machine, request)

    assert CANARY not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"
