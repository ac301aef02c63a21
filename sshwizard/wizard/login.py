"""The proof after the job of ssh-copy-id: ssh, with this key alone and no question, gets in or does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sshwizard.model.identity import Identity, PublicKey
from sshwizard.providers import server
from sshwizard.providers.place import Place
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine


def works(machine: Machine, place: Place, public: PublicKey, identities: Sequence[Identity]) -> bool | None:
    """Log in with this key alone; None where its private half is not here or is locked."""
    mine = [one for one in identities if one.public.blob == public.blob]
    path = next((one.private_path for one in mine if one.private_path), None)
    if path is None:
        return None
    if server.logs_in(machine, place.destination, path, flags=place.flags):
        return True
    locked = any(one.encrypted is not False and not one.agents for one in mine)
    return None if locked else False


def proof(works: bool | None, place: Place) -> str:
    """Say how the proof ended."""
    if works:
        return _("Works: {name} let this key in.").format(name=place.name)
    if works is None:
        return _("Not tried: its private half is locked or not on this machine.")
    return _("{name} does not let it in yet; `sshwizard doctor {name}` finds out why.").format(
        name=place.name
    )
