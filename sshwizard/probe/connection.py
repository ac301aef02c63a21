"""One connection up to the host key: version string, key exchange, and what the host showed on the way.

Knows how the layers up to `kex` pass or fail; what the host key is worth and the keys are decided above.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sshwizard.model.config import Effective
from sshwizard.model.identity import PublicKey
from sshwizard.openssh.keys.blob import NotAKey, public_from_blob
from sshwizard.probe import happenings as h
from sshwizard.probe.door import PROXY_SECONDS, Door
from sshwizard.probe.limits import Limit
from sshwizard.probe.record import Record
from sshwizard.probe.wire import Wire
from sshwizard.text import _, one_line, visible_bytes

if TYPE_CHECKING:
    from sshwizard.probe.transport import Conversation

BANNER_SECONDS = 8.0
KEX_SECONDS = 10.0
OWN_LIMIT = "own-limit"
"""Code for a host with which ssh agrees on algorithms, and our own transport does not."""

_SLOTS = {
    "kex": ("kexalgorithms", "no-common-kex"),
    "hostkey": ("hostkeyalgorithms", "no-common-hostkey"),
    "cipher": ("ciphers", "no-common-cipher"),
    "mac": ("macs", "no-common-mac"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A connection on which the host has shown its key."""

    conversation: Conversation
    server_version: str
    host_key: PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Where and why a connection ended before its host key."""

    layer: str
    code: str
    detail: str
    at: float
    """time.monotonic() of the end."""
    server_version: str = ""


def meet(
    wire: Wire,
    door: Door,
    effective: Effective,
    host_key_algorithms: Sequence[str],
    record: Record,
    limit: Limit,
) -> Met | Failed:
    """Exchange version strings and keys on a connected stream. Settles `banner` and `kex`. Raises Stopped.

    With a `Failed` of code OWN_LIMIT `kex` is left to the caller, who may know another way to ask.

    The stream belongs to the conversation of a `Met`; otherwise it is closed.
    """
    from sshwizard.probe.transport import Conversation

    conversation = Conversation(
        wire,
        host_key_algorithms=host_key_algorithms,
        banner_seconds=limit.left(PROXY_SECONDS if door.proxy else BANNER_SECONDS),
    )
    result: Met | Failed | None = None
    try:
        if not door.proxy:
            record.start("banner")
        conversation.start()
        result = _Meeting(conversation, door, effective, record, limit).run()
        return result
    finally:
        if not isinstance(result, Met):
            conversation.close()


class _Meeting:
    def __init__(
        self, conversation: Conversation, door: Door, effective: Effective, record: Record, limit: Limit
    ) -> None:
        self._conversation = conversation
        self._door = door
        self._effective = effective
        self._record = record
        self._limit = limit
        self._version = ""
        self._offered: Mapping[str, tuple[str, ...]] = {}
        self._host_key = b""
        self._words = ""

    def run(self) -> Met | Failed:
        end = time.monotonic() + PROXY_SECONDS + KEX_SECONDS
        while True:
            happening = self._conversation.next(self._limit, max(0.0, end - time.monotonic()))
            if happening is None:
                return self._fail("kex" if self._version else "banner", "timeout", _("The host went silent."))
            result = self._take(happening)
            if result is not None:
                return result

    def _take(self, happening: h.Happening) -> Met | Failed | None:
        match happening:
            case h.IdentificationCame():
                self._version = visible_bytes(happening.line, keep="")
                self._door.heard(happening.at)
                detail = one_line(self._version, 100)
                if happening.before:
                    detail += " " + _("({n} lines came before it)").format(n=len(happening.before))
                self._record.done("banner", "passed", detail, at=happening.at)
                self._record.start("kex")
            case h.NotSshCame():
                return self._fail("banner", happening.code, happening.detail)
            case h.AlgorithmsCame():
                self._offered = happening.offered
                return self._ssh_lacks()
            case h.HostKeyCame():
                self._host_key = happening.blob
            case h.KeysInForce():
                return self._met(happening)
            case h.Disconnected():
                self._words = happening.text
            case h.Ended():
                return self._ended(happening)
        return None

    def _met(self, happening: h.KeysInForce) -> Met | Failed:
        try:
            public = public_from_blob(self._host_key)
        except NotAKey as error:
            return self._fail(
                "kex", "protocol", _("The host key is damaged: {words}").format(words=str(error))
            )
        least = self._effective.first("requiredrsasize", "0")
        if "rsa" in public.type and least.isdigit() and (public.bits or 0) < int(least):
            detail = _("The host's RSA key has {bits} bits; ssh asks for {least} (RequiredRSASize).").format(
                bits=public.bits, least=least
            )
            return self._fail("kex", "hostkey-too-short", detail)
        self._record.done("kex", "passed", happening.agreed, at=happening.at)
        return Met(conversation=self._conversation, server_version=self._version, host_key=public)

    def _ended(self, happening: h.Ended) -> Failed:
        layer = "kex" if self._version else "banner"
        if happening.kind == "no-common":
            return self._no_common()
        if happening.kind == "reset":
            return self._fail(layer, "reset", _("The connection was reset."))
        if happening.kind == "protocol":
            detail = _("The key exchange went wrong: {words}").format(words=happening.problem)
            return self._fail(layer, "protocol", detail)
        words = one_line(self._words, 120)
        detail = (
            _("The host hung up: {words}").format(words=words)
            if words
            else _("The host closed the connection.")
        )
        return self._fail(layer, "closed", detail)

    def _ssh_lacks(self) -> Failed | None:
        """Fail where ssh itself finds nothing in common, even if our own transport takes more than it."""
        for slot, (keyword, code) in _SLOTS.items():
            own, offered = self._lists(slot, keyword)
            if own and not set(own) & set(offered) and not (slot == "mac" and self._cipher_needs_no_mac()):
                detail = _("The host offers only {offered}; ssh takes none of these ({keyword}).").format(
                    offered=one_line(", ".join(offered) or "-", 160), keyword=keyword
                )
                return self._fail("kex", code, detail)
        return None

    def _no_common(self) -> Failed:
        """Our own transport lacks what ssh and the host can agree on: say so, and do not blame the host."""
        from sshwizard.probe.transport import supported

        for slot, (keyword, code) in _SLOTS.items():
            own, offered = self._lists(slot, keyword)
            if not set(offered) & set(supported(slot)):
                both = ", ".join(word for word in own if word in offered) or ", ".join(offered)
                detail = _("ssh can agree on {both} here; sshwizard's own transport cannot.").format(
                    both=one_line(both, 120)
                )
                return self._fail("kex", OWN_LIMIT if own else code, detail)
        return self._fail("kex", OWN_LIMIT, _("sshwizard's own transport found nothing in common."))

    def _lists(self, slot: str, keyword: str) -> tuple[list[str], list[str]]:
        """Return what ssh would propose (empty when not known) and what the host offers."""
        own = [word for word in self._effective.first(keyword).split(",") if word]
        marks = ("ext-info", "kex-strict")
        return own, [word for word in self._offered.get(slot, ()) if word and not word.startswith(marks)]

    def _cipher_needs_no_mac(self) -> bool:
        own, offered = self._lists("cipher", "ciphers")
        agreed = next((word for word in own if word in offered), "")
        return "gcm" in agreed or "poly1305" in agreed

    def _fail(self, layer: str, code: str, detail: str) -> Failed:
        layer, code, detail = self._door.blame(layer, code, detail)
        if layer == "banner":
            self._door.heard(time.monotonic())
        now = time.monotonic()
        if code != OWN_LIMIT:
            self._record.done(layer, "failed", detail, code, at=now)
        return Failed(layer=layer, code=code, detail=detail, at=now, server_version=self._version)
