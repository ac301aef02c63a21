"""From a host name to a connected socket: names, addresses, TCP. Every attempt has its limit.

The machine does the work (`resolve`, `connect`); this says in which order, and what went wrong.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
from dataclasses import dataclass

from sshwizard.hosts import book
from sshwizard.machine import network
from sshwizard.machine.lookup import CannotLookUp, Lookup
from sshwizard.machine.machine import Machine
from sshwizard.machine.network import Address
from sshwizard.model.config import Effective
from sshwizard.probe.limits import Limit, bounded
from sshwizard.probe.record import Record
from sshwizard.text import _, visible

DNS_SECONDS = 8.0
CONNECT_SECONDS = 8.0
PROXY_NAMES = ("ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy")

_FAMILIES = {"inet": socket.AF_INET, "inet6": socket.AF_INET6}
_CODES = {
    errno.ECONNREFUSED: "refused",
    errno.ETIMEDOUT: "timeout",
    errno.ENETUNREACH: "unreachable",
    errno.EHOSTUNREACH: "unreachable",
    errno.EADDRNOTAVAIL: "unreachable",
    errno.ECONNRESET: "reset",
    errno.EACCES: "blocked",
    errno.EPERM: "blocked",
}


@dataclass(frozen=True, slots=True)
class Tried:
    """One address that did not answer."""

    address: Address
    code: str
    words: str


def resolve(machine: Machine, effective: Effective, record: Record, limit: Limit) -> tuple[Address, ...]:
    """Find the addresses of the host; () when there are none, with the layer failed."""
    record.start("dns")
    host = effective.hostname
    try:
        found = look_up(machine, effective, limit, DNS_SECONDS)
    except socket.gaierror as error:
        temporary = error.errno == socket.EAI_AGAIN
        detail = _("{host} could not be resolved: {words}").format(
            host=host, words=visible(error.strerror or "")
        )
        record.done("dns", "failed", detail, "dns-failed" if temporary else "no-such-host")
        return ()
    except (TimeoutError, UnicodeError, OSError) as error:
        late = isinstance(error, TimeoutError)
        words = _("no answer in {n:.0f} s").format(n=DNS_SECONDS) if late else visible(str(error))
        detail = _("{host} could not be resolved: {words}").format(host=host, words=words)
        record.done("dns", "failed", detail, "dns-timeout" if late else "no-such-host")
        return ()
    _judge_addresses(host, found, record)
    return found


def look_up(machine: Machine, effective: Effective, limit: Limit, seconds: float) -> tuple[Address, ...]:
    """Return the addresses of the host, in the system's order.

    Raises OSError (socket.gaierror; TimeoutError after `seconds`), Stopped. No thread and no process stays behind.
    """
    host, port = effective.hostname, effective.port
    family = _FAMILIES.get(effective.first("addressfamily"), 0)
    if machine.resolve is network.resolve:
        try:
            return _in_a_child(host, port, family, limit, seconds)
        except CannotLookUp:
            # Without a child to end, a system that hangs keeps a thread of ours for as long.
            pass
    return bounded(lambda: machine.resolve(host, port, family), limit, seconds)


def _in_a_child(host: str, port: int, family: int, limit: Limit, seconds: float) -> tuple[Address, ...]:
    with Lookup(host, port, family, seconds) as lookup:
        try:
            return lookup.answer(limit.left(seconds), limit.cancel)
        except (InterruptedError, TimeoutError):
            limit.left()
            raise


def connect(
    machine: Machine, addresses: tuple[Address, ...], effective: Effective, record: Record, limit: Limit
) -> tuple[socket.socket, Address] | None:
    """Connect to the first address that answers, in order, as ssh does. None when none does."""
    record.start("tcp")
    tried: list[Tried] = []
    seconds = _connect_seconds(effective)
    for place, address in enumerate(addresses):
        share = limit.left() / (len(addresses) - place + 0.5)
        try:
            connection = open_address(machine, address, limit, min(seconds, share))
        except OSError as error:
            tried.append(Tried(address, _code(error), visible(error.strerror or str(error))))
            continue
        _judge_connection(address, tried, record)
        return connection, address
    _judge_failure(machine, effective.hostname, tried, record)
    return None


def open_address(machine: Machine, address: Address, limit: Limit, seconds: float) -> socket.socket:
    """Connect to one address. Raises OSError, Stopped."""
    if machine.connect is network.connect:
        try:
            return network.connect(address, limit.left(seconds), limit.cancel)
        except InterruptedError:
            limit.left()
            raise
    return bounded(lambda: machine.connect(address, seconds), limit, seconds + 0.2)


def _connect_seconds(effective: Effective) -> float:
    text = effective.first("connecttimeout")
    return min(CONNECT_SECONDS, float(text)) if text.isdigit() and int(text) else CONNECT_SECONDS


def _judge_addresses(host: str, found: tuple[Address, ...], record: Record) -> None:
    inside = [address.ip for address in found if not _is_global(address.ip)]
    if not inside or not book.find(host):
        record.done("dns", "passed", ", ".join(address.ip for address in found))
        return
    loopback = _all_loopback(found)
    text = (
        _("{host} leads to this computer itself ({addresses}).")
        if loopback
        else _("{host} leads to a private address ({addresses}), not to the public service.")
    )
    detail = text.format(host=host, addresses=", ".join(inside))
    record.done("dns", "warned", detail, "loopback" if loopback else "private")


def _judge_connection(address: Address, tried: list[Tried], record: Record) -> None:
    if not tried:
        record.done("tcp", "passed", str(address))
        return
    failed = "; ".join(f"{one.address}: {one.words}" for one in tried)
    only_six = all(one.address.family == socket.AF_INET6 for one in tried)
    broken_six = only_six and address.family == socket.AF_INET
    detail = _("{address} answered after others had not: {failed}").format(address=address, failed=failed)
    record.done("tcp", "warned", detail, "ipv6-broken" if broken_six else "some-addresses-down")


def _judge_failure(machine: Machine, host: str, tried: list[Tried], record: Record) -> None:
    codes = [one.code for one in tried]
    order = ("refused", "reset", "blocked", "timeout", "unreachable")
    code = next((word for word in order if word in codes), "unreachable")
    detail = "; ".join(f"{one.address}: {one.words}" for one in tried)
    proxy = next((name for name in PROXY_NAMES if machine.env.get(name)), "")
    if proxy:
        ignored = _("The environment names a proxy ({name}); ssh does not use it.").format(name=proxy)
        detail = f"{detail}. {ignored}"
    if book.find(host) and _all_loopback(tuple(one.address for one in tried)):
        code = "loopback"
    record.done("tcp", "failed", detail, code)


def _code(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    return _CODES.get(error.errno or 0, "unreachable")


def is_inside(ip: str) -> bool:
    """Whether an address is on this machine or in a private network."""
    return not _is_global(ip)


def _all_loopback(addresses: tuple[Address, ...]) -> bool:
    return all(ipaddress.ip_address(address.ip.split("%")[0]).is_loopback for address in addresses)


def _is_global(ip: str) -> bool:
    return ipaddress.ip_address(ip.split("%")[0]).is_global
