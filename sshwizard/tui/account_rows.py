"""The keys of an account as lines of a list and as pairs of details. Values in, values out."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence

from textual.content import Content

from sshwizard.model.identity import Identity, PublicKey
from sshwizard.providers.place import Place
from sshwizard.report.keys import comment_words
from sshwizard.text import _
from sshwizard.tui import look
from sshwizard.tui.inventory import Pairs
from sshwizard.tui.widgets.choices import Item
from sshwizard.wizard import account
from sshwizard.wizard.account import Account, Foreign, Row

Shown = Callable[[str], str]


def lines(opened: Account, others: Sequence[Foreign], shown: Shown, today: datetime.date) -> tuple[Item, ...]:
    """Return the list: what is on the account, what is only here, what is on another account."""
    on_it = [_on_account(row, shown, today) for row in opened.rows]
    sources = {one.public.blob: one.source for one in others}
    only_here = [_only_here(opened, one, sources.get(one.public.blob, ""), shown) for one in opened.only_here]
    mine = {one.public.blob for one in opened.only_here}
    elsewhere = [
        Item(
            f"foreign:{one.public.fingerprint}",
            (
                look.bold(one.called),
                look.muted(one.public.kind),
                "",
                Content(_("on {source}").format(source=one.source)),
            ),
        )
        for one in others
        if one.public.blob not in mine
    ]
    groups = (
        (_("on the account"), _("age"), _("on this machine"), on_it),
        (_("only here"), "", "", only_here),
        (_("elsewhere"), "", "", elsewhere),
    )
    found: list[Item] = []
    for title, age, where, items in groups:
        if items:
            found += [Item("", ("", "", "", ""), True)] if found else []
            heading = [look.muted(text) for text in (title, "", age, where)]
            found += [Item("", tuple(heading), True), *items]
    return tuple(found)


def _only_here(opened: Account, one: Identity, source: str, shown: Shown) -> Item:
    reason, where = account.not_taken(opened.place, one.public), account.place_of(one, shown)
    if source:
        where = _("{file}, also on {source}").format(file=where, source=source)
    cells = (
        look.bold(one.name),
        look.muted(one.public.kind),
        "",
        look.amber(reason) if reason else Content(where),
    )
    return Item(f"here:{one.public.fingerprint}", cells)


def _on_account(row: Row, shown: Shown, today: datetime.date) -> Item:
    where = account.here(row, shown)
    return Item(
        f"account:{row.key.id}",
        (
            look.bold(row.key.title or row.key.id),
            look.muted(account.kind(row.key)),
            look.muted(account.age(row.key.created, today)),
            Content(where) if row.local is not None else look.muted(where),
        ),
    )


def key_pairs(row: Row, shown: Shown) -> Pairs:
    """Return everything that the service says of a key, the most wanted first."""
    key = row.key
    pairs = (
        (_("fingerprint"), key.fingerprint or _("the service does not give it")),
        (_("added"), key.created or _("the service does not say when")),
        (_("last used"), key.last_used or _("the service does not say")),
        (_("here"), account.here(row, shown)),
        (_("id"), key.id),
        (_("ends"), key.expires or ""),
        (_("usage"), key.usage or ""),
        (_("MD5"), key.public.fingerprint_md5 if key.public else ""),
    )
    return tuple((label, text) for label, text in pairs if text)


def adding_pairs(place: Place, public: PublicKey) -> Pairs:
    """Return what to know of a key before it is added."""
    reason, follows = account.not_taken(place, public), account.before_adding(place)
    pairs = [(_("fingerprint"), public.fingerprint)]
    if reason:
        pairs.append((_("no"), reason + "."))
    else:
        pairs.append((_("a"), _("sends its public half to the account, and waits until the host takes it")))
        pairs += [(_("then"), follows)] if follows else []
    return tuple(pairs)


def public_pairs(public: PublicKey) -> Pairs:
    """Return what a public half alone tells."""
    return (
        (_("fingerprint"), public.fingerprint),
        (_("kind"), f"{public.kind} ({public.type})"),
        (_("comment"), comment_words(public)),
        (_("MD5"), public.fingerprint_md5),
    )
