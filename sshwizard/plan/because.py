"""Sentences: why ssh tries a key at its place, and why it leaves another out. Knows no order."""

from __future__ import annotations

from sshwizard.model.identity import Identity, PublicKey
from sshwizard.model.source import Source
from sshwizard.openssh.keys import shown_type
from sshwizard.plan.draft import Draft
from sshwizard.plan.order import Dropped
from sshwizard.text import _


def because(draft: Draft, home: str, listed: bool) -> str:
    """Say why ssh tries this identity. `listed`: ssh was told to use listed identities only."""
    if draft.named is None:
        return _("Only in the agent; no IdentityFile names it, and ssh tries all the agent's keys.")
    where = _where(draft.named.source, home)
    if draft.listed_certificate:
        return _("A certificate named by CertificateFile {where}; these go first.").format(where=where)
    if draft.beside:
        return _beside(draft)
    if draft.named.default:
        sentence = (
            _("A default name, and held by the agent: the agent's keys go first.")
            if draft.agent
            else _("A default name that ssh tries when no IdentityFile is set.")
        )
    elif draft.agent:
        sentence = _("Named by IdentityFile {where} and held by the agent: the agent's keys go first.")
    else:
        sentence = _("Named by IdentityFile {where}.")
    sentence = sentence.format(where=where)
    return sentence if draft.public is not None else f"{sentence} {_unknown_public(draft)}"


def left_out(public: PublicKey | None, dropped: Dropped, shortest_rsa: int) -> str:
    """Say why ssh does not try a key that it came across."""
    kind = shown_type(public.type) if public is not None else _("this")
    sentences = {
        "host-certificate": _("It is a certificate for a host, not for a user."),
        "no-provider": _("It lives on a security key, and no SecurityKeyProvider is set."),
        "skipped-type": _("{kind} keys are not in PubkeyAcceptedAlgorithms of this ssh."),
        "too-short": _("It is shorter than the {bits} bits that RequiredRSASize asks for."),
        "identities-only": _("The agent holds it, but IdentitiesOnly limits ssh to the identities named."),
        "no-certificate": _("CertificateFile names it, but there is no certificate in it."),
    }
    return sentences[dropped].format(kind=kind, bits=shortest_rsa)


def not_named(identity: Identity, agent_off: bool) -> str:
    """Say why ssh never comes across a key of the user."""
    if identity.agents and agent_off:
        return _("It is in an agent that ssh does not ask for this host, and no IdentityFile names it.")
    if identity.private_path is None and not identity.agents:
        return _("Only its public half is here, and no IdentityFile names it.")
    return _("No IdentityFile names it, its name is not a default one, and the agent does not hold it.")


def _where(source: Source | None, home: str) -> str:
    if source is None:
        return ""
    text = str(source)
    if home and text.startswith(home.rstrip("/") + "/"):
        text = "~/" + text[len(home.rstrip("/")) + 1 :]
    return _("in {place}").format(place=text) if source.line else _("on the {place}").format(place=text)


def _beside(draft: Draft) -> str:
    name = (draft.shown_in or draft.path).rsplit("/", 1)[-1]
    if draft.agent:
        return _("The certificate {name} lies beside the identity and is held by the agent.").format(
            name=name
        )
    return _("The certificate {name} lies beside the identity; ssh tries it right after the key.").format(
        name=name
    )


def _unknown_public(draft: Draft) -> str:
    if draft.dropped:
        return _("Its key is too short, so ssh forgets it again.")
    return _("Its public half cannot be read beforehand, so ssh does not ask but signs at once, if it can.")
