"""`hosts`: what the host book says about a service: host keys, ports, key rules, dates and sources; and your own."""

from __future__ import annotations

import argparse
from typing import Any

from sshwizard.cli import exits, own_hosts
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
        entries, mine = book.entries(), own_hosts.look(desk)
        desk.out.object(
            contract.envelope(
                "hosts",
                hosts=[_fields(entry, entry.ssh_host) for entry in entries],
                own=[own_hosts.fields(desk, one) for one in mine],
            )
        )
        if mine:
            desk.out.answer([*table(own_hosts.rows(desk, mine), width=desk.out.style.width), ""])
        rows = [[_("name"), _("service"), _("ssh"), _("looked at")]]
        rows += [[one.name, one.title, _address(one), one.reviewed] for one in entries]
        desk.out.answer(table(rows, width=desk.out.style.width))
        return exits.DONE
    own = own_hosts.named(desk, desk.args.name)
    if own is not None:
        desk.out.object(contract.envelope("hosts", hosts=[], own=[own_hosts.fields(desk, own)]))
        lines = _columns(own_hosts.facts(desk, own), desk.out.style.width)
        desk.out.answer([desk.out.style.paint(own.name, "strong"), *lines])
        return exits.DONE
    entry = book.find(desk.args.name)
    if entry is None:
        raise UsageError(
            _("The host book has no {name}.").format(name=desk.args.name),
            code="unknown-host",
            hint=_("`sshwizard hosts` lists what it has."),
        )
    desk.out.object(contract.envelope("hosts", hosts=[_fields(entry, _host(desk.args.name, entry))], own=[]))
    notice = book.notice(desk.args.name)
    if notice is not None:
        desk.out.answer(_("{host}: {words}").format(host=desk.args.name, words=notice.words))
    desk.out.answer(_page(desk, entry))
    return exits.DONE


def _page(desk: Desk, entry: book.Entry) -> list[str]:
    host = _host(desk.args.name, entry)
    facts = [
        (_("ssh"), _address(entry, host)),
        (_("also"), ", ".join(f"{host}:{port}" for host, port in entry.alternates)),
        (
            _("keys taken"),
            ", ".join(entry.key_types) + (f" (rsa ≥ {entry.rsa_min})" if entry.rsa_min else ""),
        ),
        (_("perhaps"), ", ".join(entry.unsure_types)),
        (
            _("user name"),
            entry.user_at(host) or _("not the same for everybody"),
        ),
        (_("greeting"), _greeting(entry)),
        (
            _("new key"),
            _("works about {n} s after the upload").format(n=entry.delay_s) if entry.delay_s else "",
        ),
        (_("https"), (entry.https or "").format(path=_("PATH")) if entry.https else ""),
        (_("one account"), _("a key may be on one account only") if entry.one_account else ""),
        (_("key page"), entry.key_page),
        (_("token page"), entry.token_page or ""),
        (_("api"), _api(entry)),
        (_("Host line"), entry.config_hosts or ""),
        (_("retired"), entry.retired.words if entry.retired else ""),
        (_("moved"), entry.moved.words if entry.moved else ""),
        *((_("not"), words) for _host, words in entry.wrong_hosts),
        (_("looked at"), f"{entry.reviewed}, {entry.confidence}"),
        (_("source"), entry.source),
    ]
    lines = [desk.out.style.paint(entry.title, "strong"), *_columns(facts, desk.out.style.width)]
    lines.append("  " + _("host keys of {host}").format(host=host))
    keys = sorted(book.host_keys(host, entry.port), key=lambda key: (key.withdrawn, key.status == "claimed"))
    for key in keys:
        lines.append(f"    {key.type}  {key.fingerprint or key.fingerprint_md5}")
        lines.append(f"      {_standing(key)}")
    if not keys:
        lines.append("    " + _("none published that we know of"))
    lines += [line for note in entry.notes for line in wrap(note, desk.out.style.width, indent="  ")]
    return lines


def _columns(facts: list[tuple[str, str]], width: int) -> list[str]:
    """Set labels before their values, which go on under themselves where they are long."""
    room = max(len(label) for label, _value in facts) + 4
    lines: list[str] = []
    for label, value in facts:
        if value:
            first, *others = wrap(value, width - room)
            lines += [f"  {label:<{room - 4}}  {first}", *(" " * room + other for other in others)]
    return lines


def _standing(key: book.BookKey) -> str:
    """Say whether a host key is the one to expect, and who says so."""
    if key.status == "claimed":
        return _("a third party's word only: compare it with another source")
    words = {
        "current": _("in use"),
        "rotated": _("replaced: not to be trusted any more"),
        "compromised": _("its private half became known: do not trust it"),
        "retired": _("no longer in use"),
        "legacy": _("no longer used"),
    }
    source = {
        "documented": _("published by the service"),
        "recomputed": _("computed from the whole key, which others published"),
    }
    return f"{words[key.status]} ({source.get(key.confidence, key.confidence)})"


def _greeting(entry: book.Entry) -> str:
    if not entry.greeting:
        return ""
    if "(?P<account>" not in entry.greeting:
        return _("does not name the account")
    always = "|" not in entry.greeting
    return _("names the account that a key belongs to") if always else _("names the account at times")


def _host(typed: str, entry: book.Entry) -> str:
    """Return the host whose keys to show: the one that was typed, else the service's usual one."""
    typed = typed.lower().rstrip(".")
    return typed if typed != entry.name and book.host_keys(typed, entry.port) else entry.ssh_host


def _api(entry: book.Entry) -> str:
    """Return the address of its key API, "" where there is none that we speak."""
    from sshwizard.providers.catalogue import PROVIDERS

    provider = PROVIDERS.get(entry.name)
    if provider is None:
        return _("none; keys are added on its page")
    return provider.api_url or _("of the instance: `--api-url`")


def _address(entry: book.Entry, host: str = "") -> str:
    host = host or entry.ssh_host
    if entry.retired and host in entry.retired.hosts:
        return _("none for git since {date}").format(date=entry.retired.since)
    user = entry.user_at(host)
    port = next((port for other, port in entry.alternates if other == host), entry.port)
    return f"{user}@{host}:{port}" if user else f"{host}:{port}"


def _fields(entry: book.Entry, host: str) -> dict[str, Any]:
    return {
        "name": entry.name,
        "title": entry.title,
        "hosts": list(entry.hosts),
        "ssh_host": entry.ssh_host,
        "user": entry.user,
        "port": entry.port,
        "alternates": [{"host": host, "port": port} for host, port in entry.alternates],
        "key_types": list(entry.key_types),
        "unsure_types": list(entry.unsure_types),
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
                "confidence": key.confidence,
                "source": key.source,
            }
            for key in book.host_keys(host, entry.port)
        ],
        "greeting": entry.greeting or None,
        "banner": entry.banner or None,
        "https": entry.https,
        "delay_s": entry.delay_s,
        "accepts_any_key": entry.accepts_any_key,
        "password_means_unknown": entry.password_means_unknown,
        "config_hosts": entry.config_hosts,
        "retired": {
            "since": entry.retired.since,
            "hosts": list(entry.retired.hosts),
            "text": entry.retired.words,
        }
        if entry.retired
        else None,
        "moved": {
            "from": entry.moved.old,
            "to": entry.moved.new,
            "since": entry.moved.since,
            "text": entry.moved.words,
        }
        if entry.moved
        else None,
        "wrong_hosts": dict(entry.wrong_hosts),
        "notes": list(entry.notes),
        "source": entry.source,
        "confidence": entry.confidence,
        "reviewed": entry.reviewed,
    }
