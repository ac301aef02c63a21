"""Opening streams to one host, first and again: by TCP, or through the proxy that the configuration names.

The first opening settles `dns`, `tcp` and `proxy`; later ones go to the address that answered.
"""

from __future__ import annotations

import sys
import threading
from importlib import import_module

from sshwizard.machine.machine import Machine
from sshwizard.machine.network import Address
from sshwizard.machine.pipe import Piped
from sshwizard.model.plan import Plan
from sshwizard.probe import proxy, reach
from sshwizard.probe.limits import Limit
from sshwizard.probe.record import Record
from sshwizard.probe.wire import Wire
from sshwizard.text import _, one_line, visible

TRANSPORT = "sshwizard.probe.transport"

PROXY_SECONDS = 15.0
"""For the first word through a proxy: a jump host wants a login before."""

_SILENT = ("closed", "reset", "silence", "timeout")


class Door:
    """The way to one host."""

    def __init__(self, machine: Machine, plan: Plan, record: Record, limit: Limit) -> None:
        self._machine = machine
        self._plan = plan
        self._record = record
        self._limit = limit
        self._piped: Piped | None = None
        self.proxy = proxy.command(machine, plan)
        """The program that makes the connection; () for a direct one."""
        self.address: Address | None = None
        """The address that answered; None through a proxy."""

    @property
    def inside(self) -> bool:
        """Whether the host is this machine or in a private network."""
        return self.address is not None and reach.is_inside(self.address.ip)

    def open(self) -> Wire | None:
        """Connect; None when that failed, with the layer settled. Raises Stopped."""
        if self.proxy:
            return self._through_proxy()
        if self.address is not None:
            return self._again(self.address)
        addresses = reach.resolve(self._machine, self._plan.effective, self._record, self._limit)
        if not addresses:
            return None
        _load_transport()
        found = reach.connect(self._machine, addresses, self._plan.effective, self._record, self._limit)
        if found is None:
            return None
        self._record.skip("proxy")
        connection, self.address = found
        return Wire(connection)

    def heard(self, at: float) -> None:
        """The host's first word came: a proxy, if there is one, lets us through."""
        if self.proxy:
            self._record.done("proxy", "passed", one_line(" ".join(self.proxy), 120), at=at)

    def blame(self, layer: str, code: str, detail: str) -> tuple[str, str, str]:
        """Return layer, code and words for a connection that ended before the host's first word.

        Through a proxy, silence is the proxy's; its own last words say why.
        """
        if self._piped is None or layer != "banner" or code not in _SILENT:
            return layer, code, detail
        words = proxy.last_words(self._piped)
        late = code in ("silence", "timeout")
        return "proxy", "timeout" if late else "proxy-failed", words or detail

    def _through_proxy(self) -> Wire | None:
        self._record.skip("dns", _("left to the proxy"))
        self._record.skip("tcp", _("left to the proxy"))
        self._record.start("proxy")
        if self._plan.effective.first("proxyusefdpass") == "yes":
            detail = _("ProxyUseFdpass is set: ssh can use this proxy, sshwizard cannot.")
            self._record.done("proxy", "failed", detail, "own-limit")
            return None
        try:
            self._piped = piped = proxy.start(self._machine, self.proxy)
        except OSError as error:
            self._record.done("proxy", "failed", visible(error.strerror or str(error)), "proxy-failed")
            return None
        _load_transport()
        return Wire(piped.socket, piped.end)

    def _again(self, address: Address) -> Wire | None:
        seconds = self._limit.left(reach.CONNECT_SECONDS)
        try:
            return Wire(reach.open_address(self._machine, address, self._limit, seconds))
        except OSError:
            return None


def _load_transport() -> None:
    """Load the transport while the stream is being opened: loading takes as long."""
    if TRANSPORT not in sys.modules:
        threading.Thread(
            target=import_module, args=(TRANSPORT,), name="sshwizard-loading", daemon=True
        ).start()
