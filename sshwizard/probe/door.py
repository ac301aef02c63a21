"""Opening streams to one host, first and again: by TCP, or through the proxy that the configuration names.

The first opening settles `dns`, `tcp` and `proxy`; later ones go to the address that answered.
"""

from __future__ import annotations

from sshwizard.machine.machine import Machine
from sshwizard.machine.network import Address
from sshwizard.model.facts import Facts
from sshwizard.model.plan import Plan
from sshwizard.probe import reach
from sshwizard.probe.limits import Limit
from sshwizard.probe.record import Record
from sshwizard.probe.wire import Wire


class Door:
    """The way to one host."""

    def __init__(self, machine: Machine, facts: Facts, plan: Plan, record: Record, limit: Limit) -> None:
        self._machine = machine
        self._facts = facts
        self._plan = plan
        self._record = record
        self._limit = limit
        self.address: Address | None = None
        """The address that answered; None through a proxy."""

    @property
    def inside(self) -> bool:
        """Whether the host is this machine or in a private network."""
        return self.address is not None and reach.is_inside(self.address.ip)

    def open(self) -> Wire | None:
        """Connect; None when that failed, with the layer settled. Raises Stopped."""
        if self.address is not None:
            return self._again(self.address)
        addresses = reach.resolve(self._machine, self._plan.effective, self._record, self._limit)
        if not addresses:
            return None
        found = reach.connect(self._machine, addresses, self._plan.effective, self._record, self._limit)
        if found is None:
            return None
        self._record.skip("proxy")
        connection, self.address = found
        return Wire(connection)

    def _again(self, address: Address) -> Wire | None:
        try:
            return Wire(
                reach.open_address(
                    self._machine, address, self._limit, self._limit.left(reach.CONNECT_SECONDS)
                )
            )
        except OSError:
            return None
