"""One random home twice: through the real ssh against a refusing sshd, and through our own plan."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from servers.namespace import account_home, prefix

from differential.homes import Home, write
from differential.listing_agent import ListingAgent
from sshwizard.gather import gather
from sshwizard.machine.files import Files
from sshwizard.machine.machine import Machine, here
from sshwizard.model.config import CommandLine
from sshwizard.model.files import FileSeen
from sshwizard.model.plan import Offer, Plan
from sshwizard.openssh.config.versions import parse_version
from sshwizard.openssh.keys import shown_type
from sshwizard.plan import make_plan
from sshwizard.plan.notes import stops

_LINE = re.compile(r"^debug1: (Will attempt key|Offering public key|Trying private key): (.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What ssh's log says about keys."""

    attempts: tuple[str, ...]
    tries: tuple[str, ...]
    """`Offering …` and `Trying …` lines."""
    refused: bool
    """ssh did not get as far as the host."""
    log: str


class Elsewhere:
    """The disk, with one folder standing in for another: as ssh sees it in the mount namespace."""

    def __init__(self, moved: Mapping[str, str]) -> None:
        self._moved = moved
        self._files = Files()

    def look(self, path: str) -> FileSeen:
        return dataclasses.replace(self._files.look(self._there(path)), path=path)

    def names(self, folder: str) -> tuple[str, ...] | None:
        return self._files.names(self._there(folder))

    def glob(self, pattern: str) -> tuple[str, ...]:
        return tuple(self._back(path) for path in self._files.glob(self._there(pattern)))

    def _there(self, path: str) -> str:
        for shown, real in self._moved.items():
            if path == shown or path.startswith(shown + "/"):
                return real + path[len(shown) :]
        return path

    def _back(self, path: str) -> str:
        for shown, real in self._moved.items():
            if path == real or path.startswith(real + "/"):
                return shown + path[len(real) :]
        return path


class Stage:
    """A folder in which homes are set up, with two agents and a refusing server."""

    def __init__(self, folder: Path, port: int, ssh: str = "ssh") -> None:
        self.ssh = ssh
        self.folder = folder
        self.port = port
        self.account_home = account_home()
        self.system = folder / "ssh_config"
        self.agents = [ListingAgent(str(folder / f"agent{number}")) for number in range(2)]
        self._count = 0

    def set_up(self, home: Home) -> Path:
        """Write a home; returns its folder."""
        self._count += 1
        place = self.folder / f"home{self._count}"
        place.mkdir(mode=0o700)
        home.files = {
            name: (None if content is None else self._sockets(content), mode)
            for name, (content, mode) in home.files.items()
        }
        write(home, place)
        self.system.write_bytes(self._sockets(home.system_config.encode()))
        for agent, keys in zip(self.agents, home.agents, strict=True):
            agent.keys = keys
        return place

    def environment(self, home: Home) -> dict[str, str]:
        env = {"PATH": os.environ["PATH"], "HOME": self.account_home, "LC_ALL": "C"}
        return env | {name: self._sockets(value.encode()).decode() for name, value in home.env.items()}

    def command_line(self, home: Home) -> CommandLine:
        known = (
            ("-o", "HostName=127.0.0.1"),
            ("-p", str(self.port)),
            ("-o", "BatchMode=yes"),
            ("-o", "StrictHostKeyChecking=no"),
            ("-o", "UserKnownHostsFile=/dev/null"),
            ("-o", "KexAlgorithms=curve25519-sha256"),
        )
        flags = ((name, self._sockets(value.encode()).decode()) for name, value in home.flags)
        return CommandLine(destination=home.destination, flags=(*known, *flags))

    def ask_ssh(self, home: Home, place: Path) -> Seen:
        line = self.command_line(home)
        flags = [word for flag in line.flags for word in flag]
        binds: list[tuple[Path | str, Path | str]] = [
            (self.system, "/etc/ssh/ssh_config"),
            (place, self.account_home),
        ]
        done = subprocess.run(
            [*prefix(binds), self.ssh, "-v", *flags, line.destination, "true"],
            env=self.environment(home) | {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"},
            cwd=place,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        log = done.stderr.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
        matches = [match for match in map(_LINE.match, log.split("\n")) if match]
        return Seen(
            attempts=tuple(match[2] for match in matches if match[1].startswith("Will")),
            tries=tuple(match[2] for match in matches if not match[1].startswith("Will")),
            refused="SSH2_MSG_NEWKEYS received" not in log,
            log=log,
        )

    def machine(self, home: Home, place: Path) -> Machine:
        env = self.environment(home)
        flag = next((value for name, value in home.flags if name == "-F"), None)
        machine = here(home=self.account_home, env=env, config=flag, ssh=self.ssh)
        moved = {self.account_home: str(place), "/etc/ssh/ssh_config": str(self.system)}
        return dataclasses.replace(machine, cwd=self.account_home, files=Elsewhere(moved))

    def ask_us(self, home: Home, place: Path) -> Plan:
        return make_plan(gather(self.machine(home, place), self.command_line(home)))

    def _sockets(self, data: bytes) -> bytes:
        for number, agent in enumerate(self.agents):
            data = data.replace(f"@{number}".encode(), agent.path.encode())
        return data


def as_ssh_writes(offer: Offer) -> str:
    """Write an offer as ssh's "Will attempt key" line does (sshconnect2.c `format_identity`)."""
    public = offer.public
    text = f"{offer.path} "
    if public is not None:
        text += f"{shown_type(public.type)} {public.fingerprint}"
    text += " explicit" if offer.explicit else ""
    text += " token" if offer.via == "token" else ""
    text += " authenticator" if public is not None and public.is_security_key else ""
    return text + (" agent" if offer.via == "agent" else "")


def as_ssh_tries(offer: Offer) -> str:
    """Write what ssh logs when the offer's turn comes."""
    return as_ssh_writes(offer) if offer.kind == "query" else offer.path


def differences(plan: Plan, seen: Seen) -> list[str]:
    """Compare; an empty list means that plan and ssh agree."""
    stopped = stops(plan.effective)
    if seen.refused or stopped:
        if seen.refused and stopped and not plan.offers:
            return []
        return [f"refused: ssh {seen.refused}, we {stopped!r}", *seen.log.split("\n")[-6:]]
    ours = [_printable(as_ssh_writes(offer)) for offer in plan.offers]
    found = []
    late = parse_version(plan.ssh_version).release >= (9, 6)
    if late and any(offer.skipped for offer in plan.offers):
        ours = []
    if ours != list(seen.attempts):
        found += ["ssh plans:", *seen.attempts, "we plan:", *ours]
    tries = [_printable(as_ssh_tries(offer)) for offer in plan.offers if not offer.skipped]
    if tries != list(seen.tries):
        found += ["ssh tries:", *seen.tries, "we try:", *tries]
    return found


def _printable(text: str) -> str:
    """Escape as ssh's log does (vis(3), octal) what is not ASCII."""
    return "".join(
        char if char.isascii() else "".join(f"\\{byte:03o}" for byte in char.encode()) for char in text
    )
