"""`hosts`: what the host book says about a service: host keys, ports, key rules, dates and sources."""

from __future__ import annotations

import argparse
from typing import Any

from sshwizard.cli import exits
from sshwizard.cli.desk import Desk
from sshwizard.errors import UsageError
from sshwizard.hosts import book
from sshwizard.report import contract
from sshwizard.report.columns import table, wrap
from sshwizard.text import _


def hosts_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the argument of `hosts`."""
    parser.add_argument("name", nargs="?", metavar="HOST", help=_("a service's name or a host name"))


def run_hosts(desk: Desk) -> int:
    """List the services, or show one."""
    if not desk.args.name:
        entries = book.entries()
        desk.out.object(contract.envelope("hosts", hosts=[_fields(entry) for entry in entries]))
        rows = [[_("name"), _("service"), _("ssh"), _("looked at")]]
        rows += [[one.name, one.title, _address(one), one.reviewed] for one in entries]
        desk.out.answer(table(rows, width=desk.out.style.width))
        return exits.DONE
    entry = book.find(desk.args.name)
    if entry is None:
        raise UsageError(
            _("The host book has no {name}.").format(name=desk.args.name),
            code="unknown-host",
            hint=_("`sshwizard hosts` lists what it has."),
        )
    desk.out.object(contract.envelope("hosts", hosts=[_fields(entry)]))
    desk.out.answer(_page(desk, entry))
    return exits.DONE


def _page(desk: Desk, entry: book.Entry) -> list[str]:
    facts = [
        (_("ssh"), _address(entry)),
        (_("also"), ", ".join(f"{host}:{port}" for host, port in entry.alternates)),
        (
            _("keys taken"),
            ", ".join(entry.key_types) + (f" (rsa ≥ {entry.rsa_min})" if entry.rsa_min else ""),
        ),
        (_("one account"), _("a key may be on one account only") if entry.one_account else ""),
        (_("key page"), entry.key_page),
        (_("token page"), entry.token_page or ""),
        (_("retired"), f"{entry.retired.words} ({entry.retired.since})" if entry.retired else ""),
        (_("moved"), f"{entry.moved.words} ({entry.moved.since})" if entry.moved else ""),
        (_("looked at"), f"{entry.reviewed}, {entry.confidence}"),
    ]
    width = max(len(label) for label, _value in facts)
    lines = [desk.out.style.paint(entry.title, "strong")]
    lines += [f"  {label:<{width}}  {value}" for label, value in facts if value]
    lines.append("  " + _("host keys"))
    for key in book.host_keys(entry.ssh_host, entry.port):
        lines.append(f"    {key.type}  {key.fingerprint or key.fingerprint_md5}  {key.status}")
    lines += [line for note in entry.notes for line in wrap(note, desk.out.style.width, indent="  ")]
    return lines


def _address(entry: book.Entry) -> str:
    user = f"{entry.user}@" if entry.user else ""
    return f"{user}{entry.ssh_host}:{entry.port}"


def _fields(entry: book.Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "title": entry.title,
        "hosts": list(entry.hosts),
        "ssh_host": entry.ssh_host,
        "user": entry.user,
        "port": entry.port,
        "alternates": [{"host": host, "port": port} for host, port in entry.alternates],
        "key_types": list(entry.key_types),
        "rsa_min": entry.rsa_min,
        "one_account": entry.one_account,
        "key_page": entry.key_page,
        "token_page": entry.token_page,
        "host_keys": [
            {
                "type": key.type,
                "fingerprint": key.fingerprint,
                "fingerprint_md5": key.fingerprint_md5,
                "status": key.status,
                "source": key.source,
            }
            for key in book.host_keys(entry.ssh_host, entry.port)
        ],
        "notes": list(entry.notes),
        "confidence": entry.confidence,
        "reviewed": entry.reviewed,
    }
