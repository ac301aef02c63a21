"""The ground of every test: a clean environment, a home of its own, loopback only, and the real servers."""

from __future__ import annotations

import dataclasses
import os
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

os.environ["TEXTUAL_ANIMATIONS"] = "none"

import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402
from servers.agent import Agent  # noqa: E402
from servers.keychain import Chain  # noqa: E402
from servers.keys import KeyMaker  # noqa: E402
from servers.namespace import RealSsh  # noqa: E402
from servers.sshd import Sshd  # noqa: E402

from sshwizard.machine import lookup  # noqa: E402
from sshwizard.machine.machine import Machine, here  # noqa: E402

# A loaded machine makes one example slow by chance; the benchmarks watch over time.
settings.register_profile("sshwizard", deadline=None)
settings.load_profile("sshwizard")

_KEPT = ("PATH", "LANG", "TMPDIR", "VIRTUAL_ENV", "TEXTUAL_ANIMATIONS")
_KEPT_PREFIXES = ("PYTHON", "PYENV_", "PYTEST_", "COV_", "COVERAGE_", "HYPOTHESIS_")


class NetworkBlocked(OSError):
    """A test tried to leave the machine."""


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty home folder, mode 0700; also HOME of every test."""
    folder = tmp_path_factory.mktemp("home")
    folder.chmod(0o700)
    return folder


@pytest.fixture(autouse=True)
def clean_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take everything out of the environment that could steer ssh, git, us or reach an account."""
    for name in list(os.environ):
        if name not in _KEPT and not name.startswith(_KEPT_PREFIXES):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections to and look-ups of anything but this machine."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _must_be_local(self, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _must_be_local(self, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *arguments: Any, **named: Any) -> Any:
        if host is not None and not _is_local(host) and not _is_numeric(host):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return getaddrinfo(host, *arguments, **named)

    start = subprocess.Popen.__init__

    def guarded_start(self: subprocess.Popen[bytes], argv: Any, *arguments: Any, **named: Any) -> None:
        """Refuse to start a look-up of a name elsewhere; it is then made in this process, and refused there."""
        if argv[4:5] == [lookup._CHILD] and not _is_local(bytes.fromhex(argv[5])):
            raise NetworkBlocked(f"tests stay on loopback; tried to look up {bytes.fromhex(argv[5])!r}")
        start(self, argv, *arguments, **named)

    monkeypatch.setattr(subprocess.Popen, "__init__", guarded_start)
    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)


@pytest.fixture
def make_machine(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Machine]:
    """Return `make(home=…, env=…, cwd=…, **fields)`: this machine with another home.

    Without `home` it is the fixture's; `env` comes on top of a minimal environment; `cwd` is the working
    folder (the home if not given); further fields replace those of `Machine` (`connect=…`, `platform=…`).
    """

    runtime = tmp_path_factory.mktemp("run")
    runtime.chmod(0o700)

    def make(
        home: Path | str = home,
        env: Mapping[str, str] | None = None,
        cwd: Path | str | None = None,
        config: str | None = None,
        **fields: Any,
    ) -> Machine:
        whole = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", **(env or {})}
        machine = here(home=str(home), config=config, env=whole)
        fields.setdefault("runtime_dir", str(runtime))
        return dataclasses.replace(machine, cwd=str(cwd or home), **fields)

    return make


@pytest.fixture
def machine(make_machine: Callable[..., Machine]) -> Machine:
    """This machine with the fixture's home."""
    return make_machine()


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyMaker:
    """Makes key pairs quickly: `keys.make(folder, "work")`."""
    return KeyMaker(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def start_sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Sshd]]:
    """Return `start(accounts, **options)`: a running `servers.sshd.Sshd`, stopped after the test."""
    with ExitStack() as stack:

        def start(accounts: Mapping[str, list[str]] | None = None, **options: Any) -> Sshd:
            return stack.enter_context(Sshd(tmp_path_factory.mktemp("sshd"), accounts, **options))

        yield start


@pytest.fixture
def start_agent() -> Iterator[Callable[..., Agent]]:
    """Return `start(*private_key_paths)`: a running `servers.agent.Agent`, stopped after the test."""
    with ExitStack() as stack:
        yield lambda *keys: stack.enter_context(Agent(*keys))


@pytest.fixture
def real_ssh(home: Path) -> RealSsh:
    """The real ssh and git with the fixture's home as the account's home."""
    return RealSsh(home)


@pytest.fixture
def chain() -> Iterator[Chain]:
    """An empty keychain instead of the system's."""
    import keyring

    before, made = keyring.get_keyring(), Chain()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def _must_be_local(sock: socket.socket, address: Any) -> None:
    if sock.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(address[0]):
        raise NetworkBlocked(f"tests stay on loopback; tried to reach {address!r}")


def _is_local(host: Any) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    return name in ("", "localhost", "::1", "::", "0.0.0.0") or name.startswith(("127.", "::ffff:127."))


def _is_numeric(host: Any) -> bool:
    import ipaddress

    try:
        ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host)
    except ValueError:
        return False
    return True
