"""Each question of the guided roads, with its options and default. Pure: facts in, `Choice` out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from sshwizard.model.choices import Choice, Option
from sshwizard.model.facts import Facts, GitRemote
from sshwizard.model.finding import Fix
from sshwizard.model.identity import Identity, PublicKey
from sshwizard.text import _
from sshwizard.wizard.newkey import NewKey

if TYPE_CHECKING:
    from sshwizard.providers.place import Place
    from sshwizard.wizard.account import Foreign

NEW, AGENT_ONLY = "new", "agent:"
API, BY_HAND, THERE = "api", "hand", "there"
SERVER, INSTANCE = "server", "instance"
ELSEWHERE = "elsewhere"
YES, NO = "yes", "no"


def host_choice(
    facts: Facts,
    known: Sequence[str] = (),
    catalogue: Sequence[tuple[str, str]] = (),
    own: Sequence[tuple[str, str]] = (),
) -> Choice:
    """Ask which host. This repository's remotes, the user's own instances, hosts this machine knows, the host book.

    `own` are pairs of ssh address and name of an instance, `known` destinations (`check.hosts_of`), `catalogue`
    pairs of host book name and what it is.
    Values are what `check.Request.typed` takes.
    """
    options = [_remote_option(remote) for remote in facts.git.remotes]
    hosts = {remote.host for remote in facts.git.remotes if remote.transport == "ssh"}
    options += [
        Option(value=address, label=name, note=_("your own instance, {address}").format(address=address))
        for address, name in own
    ]
    options += [
        Option(value=name, label=name, note=_("known on this machine"))
        for name in dict.fromkeys(known)
        if name not in hosts
    ]
    options += [
        Option(value=name, label=name, note=words) for name, words in catalogue if name not in set(known)
    ]
    unique = list({option.value: option for option in reversed(options)}.values())[::-1]
    return Choice(
        question=_("Which host?"),
        options=tuple(unique),
        default=next((option.value for option in unique if not option.disabled), ""),
        other=_("another host, `user@server` or git address"),
    )


def key_choice(
    identities: Sequence[Identity],
    shown: Callable[[str], str],
    *,
    known: Collection[PublicKey] = (),
    host: str = "",
    others: Sequence[Foreign] = (),
    may_look: bool = False,
) -> Choice:
    """Ask which key to set up. `known` are the keys that the host would take already.

    `others` are keys on another account of the user's; those of this machine get a note, the rest lines of their own.
    `may_look` offers to look at another account. Values: a fingerprint, `NEW`, or `ELSEWHERE`. The default is a usable
    key that the host knows, else a new one.
    """
    blobs = {public.blob for public in known}
    seen = {one.public.blob: one.source for one in others}
    options = [
        _key_option(identity, shown, identity.public.blob in blobs, host, seen.get(identity.public.blob, ""))
        for identity in identities
    ]
    options += [_foreign_option(one, blobs, host) for one in others if one.local is None]
    options.append(Option(value=NEW, label=_("Make a new key"), note=_("its own name, only for this host")))
    if may_look:
        options.append(
            Option(
                value=ELSEWHERE,
                label=_("A key on another account of mine"),
                note=_("GitHub's public list, or another service"),
            )
        )
    fitting = (
        option.value
        for option, identity in zip(options, identities, strict=False)
        if not option.disabled and identity.public.blob in blobs
    )
    return Choice(question=_("Which key?"), options=tuple(options), default=next(fitting, NEW))


def pick_key(identities: Sequence[Identity], shown: Callable[[str], str], question: str) -> Choice:
    """Ask for one of the keys that are here. Values: fingerprints; the default is the first that can sign."""
    options = tuple(_key_option(identity, shown, False, "") for identity in identities)
    default = next((option.value for option in options if not option.disabled), "")
    return Choice(question=question, options=options, default=default)


def type_choice(suggested: NewKey) -> Choice:
    """Ask for the kind of a new key. Values: `ed25519`, `rsa:4096`, `rsa:3072`, `ecdsa:256`."""
    only_rsa = suggested.type == "rsa"
    why = suggested.because if only_rsa else ""
    return Choice(
        question=_("Which kind of key?"),
        options=(
            Option(
                value="ed25519",
                label="ed25519",
                note="" if only_rsa else suggested.because,
                disabled=why,
            ),
            Option(value="rsa:4096", label="rsa 4096", note=why or _("for old hosts; slower to make")),
            Option(value="rsa:3072", label="rsa 3072", note=why or _("ssh-keygen's own size for RSA")),
            Option(value="ecdsa:256", label="ecdsa 256", note=_("where a policy asks for it"), disabled=why),
        ),
        default=f"rsa:{suggested.bits}" if only_rsa else "ed25519",
    )


def upload_choice(place: Place, *, token_from: str = "") -> Choice:
    """Ask how the public half gets to where it has to go. Values: `API`, `SERVER`, `INSTANCE`, `BY_HAND`, `THERE`.

    `token_from` says which token would be used (`credentials.named`).
    """
    title = place.title
    by_api = Option(
        value=API,
        label=_("Add it to the account at {service}").format(service=title),
        note=_("with {token}").format(token=token_from)
        if token_from
        else _("asks for an API token; it is kept nowhere unless you ask"),
    )
    by_login = Option(
        value=SERVER,
        label=_("Log in to {host} and add it there").format(host=title),
        note=_("as ssh-copy-id does: with your password, or a key that gets in already"),
    )
    own = Option(
        value=INSTANCE,
        label=_("{host} is a GitLab, Gitea, Forgejo or GitHub of its own").format(host=title),
        note=_("finds out which, and adds the key by its API"),
    )
    by_hand = Option(
        value=BY_HAND,
        label=_("I add it myself"),
        note=place.key_page or _("the public half is shown to copy"),
    )
    there = Option(value=THERE, label=_("It is there already"), note=_("go on to the test"))
    options: tuple[Option, ...]
    if place.kind == "api":
        options = (by_api, by_hand, there)
    elif place.kind == "server":
        options = (by_login, own, by_hand, there)
    else:
        options = (by_hand, there) if place.key_page else (own, by_hand, by_login, there)
    return Choice(
        question=_("How does the public half get to {service}?").format(service=title),
        options=options,
        default=options[0].value,
    )


def fix_choice(fixes: Sequence[Fix]) -> Choice:
    """Ask which remedy. Values are indexes into `fixes` as text, or `NO`."""
    options = [
        Option(value=str(number), label=fix.title, note=_note_of(fix)) for number, fix in enumerate(fixes)
    ]
    options.append(Option(value=NO, label=_("Not now"), note=_("nothing is changed")))
    return Choice(question=_("What should be done?"), options=tuple(options), default=options[0].value)


def yes_no(question: str, *, default: bool, yes: str = "", no: str = "") -> Choice:
    """Ask yes or no; the labels may say more than that."""
    return Choice(
        question=question,
        options=(Option(value=YES, label=yes or _("yes")), Option(value=NO, label=no or _("no"))),
        default=YES if default else NO,
    )


def _remote_option(remote: GitRemote) -> Option:
    label = f"{remote.name}  {remote.url}"
    if remote.transport == "ssh":
        return Option(value=remote.name, label=label, note=_("this folder"))
    return Option(
        value=remote.name,
        label=label,
        note=_("this folder"),
        disabled=_("does not use SSH: no key is asked for there"),
    )


def _foreign_option(one: Foreign, known: Collection[bytes], host: str) -> Option:
    knows = [_("{host} knows it").format(host=host or _("the host"))] if one.public.blob in known else []
    return Option(
        value=one.public.fingerprint,
        label=one.called,
        note=", ".join(
            [one.public.kind, _("on {source}").format(source=one.source), _("not on this machine"), *knows]
        ),
    )


def _key_option(
    identity: Identity, shown: Callable[[str], str], known: bool, host: str, source: str = ""
) -> Option:
    notes = [identity.public.kind]
    if identity.encrypted:
        notes.append(_("protected by a passphrase"))
    if identity.agents:
        notes.append(_("in your agent"))
    if known:
        notes.append(_("{host} knows it").format(host=host or _("the host")))
    if source:
        notes.append(_("on {source}").format(source=source))
    usable = identity.usable_private or bool(identity.agents)
    return Option(
        value=identity.public.fingerprint,
        label=shown(identity.private_path or identity.public_path or identity.name),
        note=", ".join(notes),
        disabled="" if usable else _("its private half was not found or cannot be used"),
    )


def _note_of(fix: Fix) -> str:
    if not fix.steps:
        return _("by hand")
    return _("can be taken back") if fix.safe else ""
