"""Each question of the guided roads, with its options and default. Pure: facts in, `Choice` out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from sshwizard.model.choices import Choice, Option
from sshwizard.model.facts import Facts, GitRemote
from sshwizard.model.finding import Fix
from sshwizard.model.identity import Identity, PublicKey
from sshwizard.text import _
from sshwizard.wizard.newkey import NewKey

NEW, AGENT_ONLY = "new", "agent:"
API, BY_HAND, THERE = "api", "hand", "there"
YES, NO = "yes", "no"


def host_choice(facts: Facts, known: Sequence[str] = (), catalogue: Sequence[tuple[str, str]] = ()) -> Choice:
    """Ask which host. This repository's remotes first, then hosts this machine knows, then the host book.

    `known` are destinations (`check.hosts_of`), `catalogue` pairs of host book name and what it is.
    Values are what `check.Request.typed` takes.
    """
    options = [_remote_option(remote) for remote in facts.git.remotes]
    hosts = {remote.host for remote in facts.git.remotes if remote.transport == "ssh"}
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
        other=_("another host or git address"),
    )


def key_choice(
    identities: Sequence[Identity],
    shown: Callable[[str], str],
    *,
    known: Collection[PublicKey] = (),
    host: str = "",
) -> Choice:
    """Ask which key to set up. `known` are the keys that the host would take already.

    Values: a fingerprint, or `NEW`. The default is a usable key that the host knows, else a new one.
    """
    blobs = {public.blob for public in known}
    options = [_key_option(identity, shown, identity.public.blob in blobs, host) for identity in identities]
    options.append(Option(value=NEW, label=_("Make a new key"), note=_("its own name, only for this host")))
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


def upload_choice(service: str, *, api: bool, token_from: str = "", page: str = "") -> Choice:
    """Ask how the public half gets onto the account. `api`: we can do it for this service.

    `token_from` says where a token was found; `page` is the web page for doing it by hand.
    """
    options = []
    if api:
        note = (
            _("with the token found in {where}").format(where=token_from)
            if token_from
            else _("asks for an API token; it is not stored")
        )
        options.append(
            Option(
                value=API, label=_("Add it to the account at {service}").format(service=service), note=note
            )
        )
    options.append(
        Option(value=BY_HAND, label=_("I add it myself"), note=page or _("the public half is shown to copy"))
    )
    options.append(Option(value=THERE, label=_("It is there already"), note=_("go on to the test")))
    return Choice(
        question=_("How does the public half get to {service}?").format(service=service),
        options=tuple(options),
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


def _key_option(identity: Identity, shown: Callable[[str], str], known: bool, host: str) -> Option:
    notes = [identity.public.kind]
    if identity.encrypted:
        notes.append(_("protected by a passphrase"))
    if identity.agents:
        notes.append(_("in your agent"))
    if known:
        notes.append(_("{host} knows it").format(host=host or _("the host")))
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
