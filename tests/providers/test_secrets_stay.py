"""What leaves the machine: no private half in any form, no token but to its own host, nothing of either on show."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from providers.services import DIALECTS, TOKENS, Service
from servers.keys import KeyMaker

from sshwizard.errors import SshwizardError
from sshwizard.machine.http import HttpRequest
from sshwizard.machine.machine import here
from sshwizard.model.files import FileSeen
from sshwizard.openssh.keys import read_public_line
from sshwizard.providers import open_account, provider_names
from sshwizard.providers.upload import check_title, public_half
from sshwizard.secret import Secret

CANARY = "canaryTOKEN0123456789abcdefXYZ"
PIECE = 20
"""Bytes of a private half that are already too many."""
Private = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@cache
def privates() -> tuple[Private, ...]:
    return (
        ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"one").digest()),
        ec.derive_private_key(int.from_bytes(hashlib.sha256(b"two").digest()), ec.SECP256R1()),
        rsa.generate_private_key(65537, 2048),
    )


@cache
def files(index: int) -> tuple[bytes, ...]:
    """The private half in every form that tools write, locked and not."""
    key, pem, der = privates()[index], serialization.Encoding.PEM, serialization.Encoding.DER
    forms = serialization.PrivateFormat
    none = serialization.NoEncryption()
    found = [
        key.private_bytes(pem, forms.OpenSSH, none),
        key.private_bytes(pem, forms.PKCS8, none),
        key.private_bytes(der, forms.PKCS8, none),
        key.private_bytes(pem, forms.PKCS8, serialization.BestAvailableEncryption(b"two words")),
    ]
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        found.append(key.private_bytes(pem, forms.TraditionalOpenSSL, none))
    return tuple(found)


@cache
def public_line_of(index: int) -> bytes:
    public = privates()[index].public_key()
    return public.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)


@cache
def secret_numbers(index: int) -> tuple[bytes, ...]:
    key = privates()[index]
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return (key.private_bytes_raw(),)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return (key.private_numbers().private_value.to_bytes(32, "big"),)
    numbers = key.private_numbers()
    whole = (numbers.d, numbers.p, numbers.q, numbers.dmp1, numbers.dmq1, numbers.iqmp)
    return tuple(number.to_bytes((number.bit_length() + 7) // 8, "big") for number in whole)


@cache
def pieces(index: int) -> frozenset[str]:
    """Every piece of 20 bytes of the secret numbers: as base64 at each of its three positions, and as hex."""
    found = set()
    for number in secret_numbers(index):
        for at in range(len(number) - PIECE + 1):
            part = number[at : at + PIECE]
            found |= {part.hex(), base64.b64encode(part[:18]).decode()}
            found.add(base64.b64encode(b"\0" + part[:17])[2:-2].decode())
    return frozenset(found)


def text_of(request: HttpRequest) -> str:
    return f"{request.method} {request.url} {dict(request.headers)} {(request.body or b'').decode()}"


def every_request(line: bytes, title: str) -> Iterator[str]:
    """Build the request that adds this public half, for every provider."""
    machine = here(home="/nowhere", env={})
    public = read_public_line(line)
    for name in provider_names():
        token = Secret(TOKENS.get(name, "t"))
        api = open_account(machine, name, token=token, api_url="https://api.test")
        try:
            check_title(title)
            yield text_of(api.add_request(public, title))
        except SshwizardError:
            continue


def squeezed(text: str) -> str:
    """Return a text without what stands between pieces: blanks, colons, escapes of bytes."""
    return re.sub(r"\\u0000|\\+x00|[\s:]", "", text)


def seen(data: bytes) -> FileSeen:
    return FileSeen(path="/nowhere/key", kind="file", data=data)


@st.composite
def mixed_up(draw: st.DrawFn) -> tuple[int, bytes]:
    """A file as it comes out of wrong copying: a private half whole or cut, joined, wrapped, with a public line."""
    index = draw(st.integers(0, 2))
    data = draw(st.sampled_from(files(index)))
    start = draw(st.integers(0, max(0, len(data) - PIECE)))
    data = draw(st.sampled_from([data, data[start:], data[: start + PIECE]]))
    change = draw(
        st.sampled_from(["as it is", "one line", "CRLF", "spaces", "base64", "no headings", "hex", "UTF-16",
                         "blanks between", "hexdump", "colons", "base85", "uuencode", "PPK"])
    )  # fmt: skip
    if change == "one line":
        data = b" ".join(data.split())
    elif change == "CRLF":
        data = data.replace(b"\n", b"\r\n")
    elif change == "spaces":
        data = b"  " + data.replace(b"\n", b"\n  ")
    elif change == "base64":
        data = base64.b64encode(data)
    elif change == "no headings":
        data = b"".join(line for line in data.splitlines() if not line.startswith(b"-"))
    elif change == "hex":
        data = data.hex().encode()
    elif change == "UTF-16":
        data = data.decode("latin-1").encode("utf-16")
    elif change == "blanks between":
        body = b"".join(line for line in data.splitlines() if not line.startswith(b"-"))
        size = draw(st.integers(4, 76))
        data = b" ".join(body[at : at + size] for at in range(0, len(body), size))
    elif change == "hexdump":
        size = draw(st.sampled_from([1, 2, 4]))
        data = b" ".join(data[at : at + size].hex().encode() for at in range(0, len(data), size))
    elif change == "colons":
        data = b":".join(b"%02x" % byte for byte in secret_numbers(index)[0][start % 8 :])
    elif change == "base85":
        data = base64.b85encode(data)
    elif change == "uuencode":
        data = b"\n".join(binascii.b2a_uu(data[at : at + 45]).strip() for at in range(0, len(data), 45))
    elif change == "PPK":
        data = b"PuTTY-User-Key-File-3: x\nPrivate-Lines: 9\n" + data
    public = public_line_of(index)
    joined = draw(
        st.sampled_from(
            ["alone", "comment", "line before", "line after", "comment and lines", "in the key", "options"]
        )
    )
    whole = {
        "alone": data,
        "comment": public + b" " + data.replace(b"\n", b" "),
        "line before": data + b"\n" + public + b"\n",
        "line after": public + b"\n" + data,
        "comment and lines": public + b" " + data,
        "in the key": b" ".join(
            [public.split()[0], base64.b64encode(base64.b64decode(public.split()[1]) + data)]
        ),
        "options": b'environment="K=' + data.replace(b"\n", b" ") + b'" ' + public + b" laptop",
    }
    return index, whole[joined]


def hold(index: int, data: bytes) -> None:
    try:
        public = public_half(seen(data))
    except SshwizardError as error:
        assert not any(piece in error.message + error.hint for piece in pieces(index))
        return
    line = f"{public.type} {base64.b64encode(public.blob).decode()} {public.comment}"
    for text in every_request(line.encode("utf-8", "replace"), public.comment or "laptop"):
        assert not any(piece in form for form in (text, squeezed(text)) for piece in pieces(index))


@settings(max_examples=120)
@given(mixed_up())
def test_no_piece_of_a_private_half_is_ever_sent(made: tuple[int, bytes]) -> None:
    hold(*made)


@pytest.mark.slow
@settings(max_examples=4000)
@given(mixed_up())
def test_no_piece_of_a_private_half_is_ever_sent_at_length(made: tuple[int, bytes]) -> None:
    hold(*made)


@settings(max_examples=60)
@given(st.integers(0, 1), st.integers(0, 15), st.integers(28, 44))
def test_a_piece_of_a_key_is_no_title(index: int, start: int, length: int) -> None:
    piece = base64.b64encode(secret_numbers(index)[0]).decode()[start : start + length]

    for text in every_request(public_line_of(index), f"laptop {piece}"):
        assert piece not in text


@pytest.mark.parametrize(
    "title",
    ["kim@laptop", "Kim's work laptop, 2026", "gitlab-runner-01.prod.example.org", "DESKTOP-4F2K9QX",
     "ip-10-20-30-40.eu-west-1.compute.internal", "kim@a-very-long-host-name-of-the-marketing-department",
     "clé de Zoë", "sshwizard practice 2026-11-21", "administratorworkstation",
     "8b:48:5e:67:0e:c9:16:47:32:f2:87:0c:1f:c8:60:ad", "kim 550e8400-e29b-41d4-a716-446655440000",
     "root@2001:0db8:85a3:0000:0000:8a2e:0370:7334", "Yubikey 5C NFC #12345678 of Kim's MacBook Pro 16",
     "Kim On Her New Mac At Home 2026", "https://git.example.org/-/profile?tab=keys", "this desk that lamp"],
)  # fmt: skip
def test_the_names_that_people_give_are_titles(title: str) -> None:
    check_title(title)


def run_cli(
    home: Path, *words: str, env: dict[str, str] | None = None, under: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    whole = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", **(env or {})}
    return subprocess.run(
        [*under, sys.executable, "-m", "sshwizard", *words, "--home", str(home)],
        env=whole, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False, cwd=home,
    )  # fmt: skip


@pytest.fixture
def stocked(home: Path, keys: KeyMaker) -> Path:
    (home / ".ssh").mkdir(mode=0o700)
    keys.make(home / ".ssh", "id_rsa", type="rsa", bits=3072)
    return home


def token_of(name: str) -> str:
    return {"bitbucket": f"me@example.org:{CANARY}", "codecommit": f"AKIDCANARY:{CANARY}"}.get(name, CANARY)


def refusing(service: Service, status: int) -> None:
    service.override = lambda _request: (status, "application/json", b'{"message": "no", "id": "x"}')


@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_a_token_shows_nowhere_whatever_happens(name: str, stocked: Path) -> None:
    shown = []
    with Service(DIALECTS[name], token=token_of(name)) as service, Service(DIALECTS[name]) as other:
        flags = ("--api-url", service.url, "--token-env", "THE_TOKEN", "--yes")
        env = {"THE_TOKEN": token_of(name)}
        public = str(stocked / ".ssh" / "id_rsa.pub")
        added = run_cli(stocked, "keys", "add", name, public, "--title", "laptop", "--json", *flags, env=env)
        shown.append(added)
        shown.append(run_cli(stocked, "keys", "list", "--remote", name, "-vv", *flags, env=env))
        refusing(service, 401)
        shown.append(run_cli(stocked, "keys", "list", "--remote", name, *flags, env=env))
        service.override = lambda _request: (302, "text/plain", b"")
        service.extra_headers["Location"] = f"{other.url}/user"
        moved = run_cli(stocked, "keys", "list", "--remote", name, "--json", *flags, env=env)
        shown.append(moved)

    assert "added" == json.loads(added.stdout)["result"], added.stdout + added.stderr
    assert "redirect-refused" == json.loads(moved.stdout)["error"]["code"]
    assert [] == other.requests
    assert not any(CANARY in done.stdout + done.stderr for done in shown)
    assert not any(CANARY.encode() in path.read_bytes() for path in stocked.rglob("*") if path.is_file())


def test_a_token_is_in_no_command_line(stocked: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    (stocked / ".git-credentials").write_text(f"https://anna:{CANARY}@github.com\n")
    (stocked / ".gitconfig").write_text("[credential]\n  helper = store\n")
    with Service(DIALECTS["github"], token=CANARY) as service:
        under = ("strace", "-f", "-s", "65536", "-e", "trace=execve", "-o", str(trace))
        done = run_cli(stocked, "keys", "list", "--remote", "github", "--api-url", service.url, under=under)

    assert 0 == done.returncode, done.stderr
    assert "git's credential helper" in done.stderr
    assert "execve" in trace.read_text()
    assert CANARY not in trace.read_text() + done.stdout + done.stderr


@pytest.mark.parametrize("name", ["github", "gitlab", "gitea", "heroku", "scalingo"])
def test_a_found_token_is_not_offered_to_another_host(name: str, stocked: Path) -> None:
    (stocked / ".netrc").write_text(
        "".join(f"machine {host} login me password {CANARY}\n" for host in ("github.com", "gitlab.com", "api.heroku.com"))
    )  # fmt: skip
    env = dict.fromkeys(
        ("GH_TOKEN", "GITHUB_TOKEN", "GITLAB_TOKEN", "HEROKU_API_KEY", "SCALINGO_API_TOKEN"), CANARY
    )
    done = run_cli(
        stocked, "keys", "list", "--remote", name, "--api-url", "https://evil.test", "--json", env=env
    )

    assert ("token-missing", 5) == (json.loads(done.stdout)["error"]["code"], done.returncode)


@pytest.mark.parametrize("form", ["plain", "locked", "pem", "as .pub", "putty"])
def test_a_private_half_is_refused_before_anything_is_sent(form: str, stocked: Path, keys: KeyMaker) -> None:
    folder = stocked / ".ssh"
    keys.make(folder, "other", type="rsa" if form == "pem" else "ed25519",
              passphrase="two words" if form == "locked" else "", form="PEM" if form == "pem" else "")  # fmt: skip
    path = folder / "other"
    if form == "as .pub":
        path = path.rename(folder / "wrong.pub")
    elif form == "putty":
        made = folder / "other.ppk"
        subprocess.run(
            ["puttygen", str(path), "-o", str(made), "-O", "private"], check=True, capture_output=True
        )
        path = made
    with Service(DIALECTS["github"], token=CANARY) as service:
        done = run_cli(
            stocked, "keys", "add", "github", str(path), "--yes", "--json",
            "--api-url", service.url, "--token-env", "T", env={"T": CANARY},
        )  # fmt: skip

    assert ("private-key-refused", 2) == (json.loads(done.stdout)["error"]["code"], done.returncode)
    assert [] == service.requests
    lines = [line for line in path.read_text().splitlines() if len(line) > PIECE]
    assert not any(line in done.stdout + done.stderr for line in lines)
