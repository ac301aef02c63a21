"""The user's own ssh as a witness: what does it really offer? Without a network and without being answered.

ssh is started with a ProxyCommand that is the refusing server of `sink`; options see to it that nothing is
asked, stored, forwarded or added to an agent. What ssh says and what the sink is asked are read together.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from base64 import b64decode
from binascii import Error
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from sshwizard.errors import Cancelled, CannotCheck
from sshwizard.machine import ssh
from sshwizard.model.config import CommandLine
from sshwizard.model.identity import PublicKey
from sshwizard.model.plan import Offer, Plan
from sshwizard.openssh.config.versions import parse_version
from sshwizard.openssh.keys import NotAKey, public_from_blob, shown_type
from sshwizard.probe.program import Witness, as_words, run
from sshwizard.probe.proxy import own_config
from sshwizard.text import _, one_line, visible

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

MARK = "sshwizard-sink"
SAFE = (
    "BatchMode=yes",
    "StrictHostKeyChecking=no",
    "UserKnownHostsFile=/dev/null",
    "GlobalKnownHostsFile=/dev/null",
    "KnownHostsCommand=none",
    "UpdateHostKeys=no",
    "HostKeyAlgorithms=ecdsa-sha2-nistp256",
    "KexAlgorithms=curve25519-sha256@libssh.org",
    "Ciphers=aes128-ctr",
    "MACs=hmac-sha2-256",
    "AddKeysToAgent=no",
    "ControlMaster=no",
    "ControlPath=none",
    "ForwardAgent=no",
    "ForwardX11=no",
    "ClearAllForwardings=yes",
    "PermitLocalCommand=no",
    "RequestTTY=no",
    "RemoteCommand=none",
    "Tunnel=no",
    "ConnectionAttempts=1",
    "FingerprintHash=sha256",
    "GSSAPIAuthentication=no",
    "HostbasedAuthentication=no",
)
"""Options set before the user's: ssh takes the first value, so none of these can be undone by a file."""

ANNOUNCES_SINCE = (10, 5)
_SINCE: Mapping[str, tuple[int, int]] = {"KnownHostsCommand": (8, 4)}
"""Options that an older ssh would refuse."""
_LINE = re.compile(r"^debug1: (Will attempt key|Offering public key|Trying private key): (.*)$")
_PATH = re.compile(
    r"^(?P<path>.*) (?P<type>[A-Z0-9-]+) (?P<fingerprint>SHA256:[A-Za-z0-9+/]{43})(?P<marks>(?: (?:explicit|token|authenticator|agent))*)$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """One key that ssh really tried."""

    path: str
    """As ssh prints it."""
    kind: Literal["query", "private"]
    type: str
    """As ssh names it (`ED25519`); "" when only a private file was tried."""
    fingerprint: str | None
    public: PublicKey | None
    """As it arrived at the sink; None when nothing arrived."""
    explicit: bool
    agent: bool
    token: bool = False
    """ssh itself found it on a token (PKCS11Provider)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """What ssh planned and did."""

    attempts: tuple[str, ...]
    """Its "Will attempt key" lines, without their beginning; empty before OpenSSH 7.9."""
    offered: tuple[Witnessed, ...]
    announced: tuple[str, ...] | None = None
    """What `ssh -Z` says it would try (10.5 and later), in the same form as `attempts`; None: it cannot say."""


def offered_by_ssh(
    machine: Machine, command_line: CommandLine, timeout: float = 20.0
) -> tuple[Witnessed, ...]:
    """Let the user's own ssh connect to the sink; return what it tried, in order.

    Runs ssh itself, hence also the commands of `Match exec`. Raises CannotCheck: no ssh, a configuration
    that ssh refuses, a home that is not the account's, or no end within `timeout` seconds.
    """
    return testimony(machine, command_line, timeout).offered


def testimony(
    machine: Machine,
    command_line: CommandLine,
    timeout: float = 20.0,
    *,
    plan: Plan | None = None,
    cancel: threading.Event | None = None,
) -> Testimony:
    """Like `offered_by_ssh`, with ssh's own announcement. Raises CannotCheck, and Cancelled after `cancel`.

    `plan` is what we expect: where nothing in it hangs on the home, ssh may be asked for another home too.
    """
    require(machine, plan)
    done = run(
        machine,
        [machine.ssh, *_arguments(machine, command_line)],
        {"PYTHONPATH": os.pathsep.join(sys.path)},
        timeout,
        cancel,
    )
    _unless_cancelled(done)
    if done.status is None:
        raise CannotCheck(
            _("ssh did not end: {why}.").format(why=done.problem), code="witness-timeout", where=machine.ssh
        )
    text = done.log
    if "SSH2_MSG_NEWKEYS received" not in text:
        words = [line for line in text.split("\n") if line and not line.startswith(("debug1:", "OpenSSH_"))]
        raise CannotCheck(
            _("ssh did not get as far as offering a key: {why}").format(
                why=one_line(words[-1] if words else "")
            ),
            code="witness-failed",
            where=machine.ssh,
        )
    return replace(read_testimony(text), announced=announced_by_ssh(machine, command_line, timeout, cancel))


def announced_by_ssh(
    machine: Machine,
    command_line: CommandLine,
    timeout: float = 20.0,
    cancel: threading.Event | None = None,
) -> tuple[str, ...] | None:
    """Return the lines of `ssh -Z`, which prints its plan without connecting; None before OpenSSH 10.5.

    It runs the commands of `Match exec`, too. Raises Cancelled.
    """
    if parse_version(ssh.version(machine)).release < ANNOUNCES_SINCE:
        return None
    argv = [machine.ssh, "-Z", "-o", "BatchMode=yes", *own_config(machine), *_typed(command_line)]
    done = run(machine, argv, {}, timeout, cancel)
    _unless_cancelled(done)
    return tuple(visible(line, keep="") for line in done.out.splitlines()) if done.status == 0 else None


def _unless_cancelled(done: Witness) -> None:
    if done.problem == "cancelled":
        raise Cancelled(_("The check was stopped; nothing was changed."))


def compare(plan: Plan, testimony: Testimony) -> tuple[str, ...]:
    """Return one sentence for each place at which plan and ssh differ; () when they agree.

    Keys that ssh itself finds on a token (PKCS11Provider) are no part of a plan, and none of the comparison.
    """
    tokens = {seen.fingerprint for seen in testimony.offered if seen.token}
    planned = [offer for offer in plan.offers if not offer.skipped and offer.fingerprint not in tokens]
    ours = [_said(offer) for offer in planned]
    theirs = [_seen(seen) for seen in testimony.offered if seen.fingerprint not in tokens]
    found = []
    for place in range(max(len(ours), len(theirs))):
        mine = ours[place] if place < len(ours) else _("nothing")
        real = theirs[place] if place < len(theirs) else _("nothing")
        if mine != real:
            sentence = _("{n}: sshwizard expected {mine}; ssh tried {real}.")
            found.append(sentence.format(n=place + 1, mine=mine, real=real))
    if testimony.announced is not None and not found:
        lines = (_PATH.match(line) for line in testimony.announced)
        announced = [line and line["fingerprint"] for line in lines]
        said = [one for one in announced if one is None or one not in tokens]
        if said != [offer.fingerprint for offer in plan.offers if offer in planned or offer.skipped]:
            found.append(_("`ssh -Z` announces other keys, or the same in another order."))
    return tuple(found)


def read_testimony(text: str) -> Testimony:
    """Read ssh's `-v` output with the sink's notes in between."""
    attempts: list[str] = []
    offered: list[Witnessed] = []
    for line in text.split("\n"):
        match = _LINE.match(line)
        if match and match[1] == "Will attempt key":
            attempts.append(visible(match[2], keep=""))
        elif match:
            offered.append(_tried(match[1], match[2]))
        elif line.startswith(MARK + " query ") and offered and offered[-1].kind == "query":
            offered[-1] = _arrived(offered[-1], line.split(" "))
    return Testimony(attempts=tuple(attempts), offered=tuple(offered))


def require(machine: Machine, plan: Plan | None = None, *, files: Iterable[str] = ()) -> None:
    """Make sure that the real ssh reads what we read. Raises CannotCheck when it cannot be a witness.

    ssh takes its home from the account database. For another home it can still speak where the configuration
    (given to it with -F) names every key of the plan by an absolute path; `files`: further keywords, lower
    case, whose files must be named so.
    """
    if not machine.ssh:
        raise CannotCheck(_("No `ssh` program was found."), code="no-ssh")
    same = machine.home == machine.account_home or (
        machine.account_home and os.path.realpath(machine.home) == os.path.realpath(machine.account_home)
    )
    if not (same or machine.user_config_is_flag or (plan and _needs_no_home(plan, files))):
        raise CannotCheck(
            _("ssh always uses the home of your account, {home}; it cannot be a witness for another.").format(
                home=machine.account_home
            ),
            code="witness-other-home",
            where=machine.home,
            hint=_("Name a configuration with `-F`, or leave out `--home`."),
        )


def _needs_no_home(plan: Plan, files: Iterable[str]) -> bool:
    effective = plan.effective
    named = [*effective.identity_files, *effective.certificate_files]
    if effective.fatal or not all(file.source and _is_absolute(file.text) for file in named):
        return False
    values = [value for keyword in files for value in effective.options.get(keyword, ())]
    if not all(value.source and _is_absolute(value.text) for value in values):
        return False
    return not effective.first("identityagent").startswith("~")


def _is_absolute(text: str) -> bool:
    return text.startswith("/") and "%d" not in text


def _arguments(machine: Machine, command_line: CommandLine) -> Iterable[str]:
    yield "-v"
    yield from own_config(machine)
    release = parse_version(ssh.version(machine)).release
    for option in SAFE:
        if release >= _SINCE.get(option.partition("=")[0], (0, 0)):
            yield from ("-o", option)
    yield from ("-o", f"ProxyCommand={_sink(machine)}")
    yield "-T"
    yield from _typed(replace(command_line, flags=_without_jump(command_line)))


def _without_jump(command_line: CommandLine) -> tuple[tuple[str, str], ...]:
    """Empty the place of `-J`, which ssh refuses beside a ProxyCommand; the number of flags stays."""
    return tuple(
        ("-o", "ProxyJump=none") if flag == "-J" else (flag, value) for flag, value in command_line.flags
    )


def _typed(command_line: CommandLine) -> Iterable[str]:
    """Write flags, destination and remote command in the order in which ssh was given them."""
    before = max(0, len(command_line.flags) - command_line.late)
    yield from as_words(command_line.flags[:before])
    yield command_line.destination
    yield from as_words(command_line.flags[before:])
    if command_line.command:
        yield command_line.command


def _sink(machine: Machine) -> str:
    program = sys.executable.replace("%", "%%")
    quoted = f'"{program}"' if machine.platform == "windows" else "'" + program.replace("'", "'\\''") + "'"
    return f"{quoted} -m sshwizard.probe.sink"


def _tried(kind: str, text: str) -> Witnessed:
    text = visible(text, keep="")
    match = _PATH.match(text) if kind.startswith("Offering") else None
    marks = match["marks"].split() if match else []
    return Witnessed(
        path=match["path"] if match else text,
        kind="query" if kind.startswith("Offering") else "private",
        type=match["type"] if match else "",
        fingerprint=match["fingerprint"] if match else None,
        public=None,
        explicit="explicit" in marks,
        agent="agent" in marks,
        token="token" in marks,
    )


def _arrived(seen: Witnessed, words: list[str]) -> Witnessed:
    try:
        return replace(seen, public=public_from_blob(b64decode(words[-1])))
    except (NotAKey, Error):
        return seen


def _said(offer: Offer) -> str:
    kind = shown_type(offer.public.type) if offer.public else ""
    return _words(offer.path, kind, offer.fingerprint, offer.explicit, offer.via == "agent")


def _seen(seen: Witnessed) -> str:
    return _words(seen.path, seen.type, seen.fingerprint, seen.explicit, seen.agent)


def _words(path: str, kind: str, fingerprint: str | None, explicit: bool, agent: bool) -> str:
    """Write a key as ssh's log does. "Trying private key" tells nothing but the path."""
    marks = ("explicit" if explicit else "", "agent" if agent else "") if kind else ()
    return " ".join(word for word in (_octal(path), kind, fingerprint or "", *marks) if word)


def _octal(path: str) -> str:
    """Write what is not ASCII as ssh's log does, in octal."""
    return "".join(
        char if char.isascii() else "".join(f"\\{byte:03o}" for byte in char.encode()) for char in path
    )
